"""What stands under a picture, told into what it says and whom it credits.

Invariant: pure, one caption at a time. All of the text is a caption here, so names, agencies and labels at its end are
credits, which they are not in other lines (`captions.read_caption`).
"""
# ruff: noqa: E501 -- a phrase table reads best with a form a line

import re
from typing import Final

from sitegen.convert.inference.captions import MAX_CREDIT_WORDS, NAME, PHOTO, Caption, is_credit, read_caption
from sitegen.convert.inference.phrases import trimmed

_AGENCIES = (
    r"(?:Agence France-Presse|Associated Press|Reuters|AFP|AP|EPA|dpa|DPA|Getty(?: ?Images?)?|GETTY(?: ?IMAGES)?|Shutterstock|iStock(?:photo)?|Thinkstock|Statista|Unsplash|"
    r"Pexels|Pixabay|Alamy|[Ii]mago(?: images)?|IMAGO|Bloomberg|Xinhua|ANSA|EFE|TASS|Keystone|APA|Flickr|Wikimedia(?: Commons)?|Wikipedia|"
    r"Adobe ?Stock|Fotolia|Corbis|Anadolu(?: Agency)?|Kyodo|NurPhoto|Zuma|ZUMA|SIPA|Sipa|Magnum|picture[ -]alliance|PA(?: Wire)?|REX|Rex|AAP|"
    r"Press Association|Handout|NASA|ESA|USGS|NOAA|CC[ -]BY[\w .-]*|Depositphotos|Dreamstime|Canva|BBC|CNN|NBC|ABC|CBS)"
)
_NAMED = r"(?:[A-ZÀ-ÞА-Я][\w.'’-]+|de|van|von|der|la|al|bin|di|da)"
_PERSON = rf"{_NAMED}(?:\s+{_NAMED}){{0,4}}"
_ENDED = r"[.!?…\"”’)]"
_SAID_BY = r"(?i:(?:photo(?:graph|s)?|image|picture|foto|bild) (?:by|courtesy of|courtesy|from|von|via|de|di)|courtesy(?: of)?|via|by)"
_SHARED = rf"(?:{_PERSON}\s*[/|,–—-]\s*)?{_AGENCIES}(?:\s?[/|,–—-]\s?[^./]{{2,40}})*"
_BESIDE = (
    re.compile(
        rf"^(?P<caption>.{{3,}}?{_ENDED})\W*(?i:(?:image|photo|picture|video)?\s?(?:credits?|source|copyright|courtesy)(?: of)?|quelle)\s*[:：]\s*(?P<credit>{NAME})\.?$"
    ),
    re.compile(
        rf"^(?P<caption>.{{3,}}?)\s*\((?i:{PHOTO}|zeichnung|drawing|dessin|karte|map)\s*[:：]\s*(?P<credit>(?:[^()]|\([^()]*\)){{2,90}})\)\.?$"
    ),
    re.compile(
        r"^(?P<caption>.{3,}?)\s*\((?i:photo|foto|bild|image|imagen)\s[^:()]{2,30}:\s*(?P<credit>[^()]{2,60})\)\.?$"
    ),
    re.compile(r"^(?P<caption>[^©]{2,}?)\s*[–—|-]?\s*©\s*(?P<credit>[^©]{2,60}?)$"),
    re.compile(
        rf"^(?P<caption>.*?{_ENDED})\W*(?P<credit>{_PERSON}\s*(?:[/|,]|\s[–—-]\s|for|via|of)\s*(?:The )?[A-Z][^.]{{1,50}})$"
    ),
    re.compile(rf"^(?P<caption>.{{8,}}?)[\s.,|–—-]+[(\[]?(?P<credit>{_SHARED})[)\]]?\.?$"),
    re.compile(
        rf"^(?P<caption>.{{8,}}?)[\s.]+[(\[](?P<credit>{_NAMED}\s{_PERSON}(?:\s*[/,|–—-]\s*[^()\[\]]{{2,50}})?)[)\]]\.?$"
    ),
    re.compile(rf"^(?P<caption>.{{8,}}?{_ENDED})\W*(?P<credit>{_NAMED}\s{_PERSON})$"),
    re.compile(rf"^(?P<caption>.{{8,}}?{_ENDED})\s*{_SAID_BY}\s+(?P<credit>[^.]{{2,80}})\.?$"),
)
_DOMAIN = r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}"
_LABELLED = (  # a word or sign says that it is a credit, so that names in small letters, of hosts or of users, count too
    re.compile(rf"^(?P<caption>.*?)[\s,;|(\[–—-]*(?<!\w)(?i:{PHOTO})\s*[:：]\s*(?P<credit>[^:：]{{2,110}})$"),
    re.compile(rf"^(?P<caption>.*?)[\s,;|(\[–—-]*©\s*(?:(?i:{PHOTO})\s*[:：/]\s*)?(?P<credit>[^©]{{2,110}})$"),
    re.compile(
        r"^(?P<caption>.{3,}?)\s*[(\[]\s*(?i:source|quelle|via|courtesy of)\s+(?P<credit>[A-Z][^()\[\]]{2,60})[)\]]\.?$"
    ),
    re.compile(rf"^(?P<caption>.{{3,}}?)\s*[(\[](?P<credit>{_DOMAIN})[)\]]\.?$"),
    re.compile(rf"^(?P<caption>.{{8,}}?{_ENDED})\s*(?i:photo|foto|bild|image)\s+(?P<credit>{_SHARED})\.?$"),
    re.compile(rf"^(?P<credit>{_PERSON}\s*[|/]\s*{_AGENCIES})\s+(?P<caption>[A-ZÀ-Þ][^|/]{{12,}})$"),
)
_ALONE = (
    re.compile(rf"^(?P<credit>{_NAMED}\s{_PERSON}\s?/\s?[A-Z][\w.&’' -]{{1,40}})$"),
    re.compile(rf"^(?P<credit>{_NAMED}\s{_PERSON})[\s,/–—-]+(?i:(?:submitted|contributed|file|staff|handout) photo)$"),
)
_SENTENCE = re.compile(r"[^\W_]{4}[.!?…]\s+\w|[!?…]$")
_ADDRESS = re.compile(r"[\s,;|(]*https?://\S+\s*$")
MOST: Final = 14  # words of a credit that a word or sign marks, below a caption
_ONLY = re.compile(rf"^[(\[]?(?:©\s*)?(?P<credit>{_SHARED})[)\]]?\.?$")
_BY_ALONE = re.compile(
    r"^\W*(?i:courtesy(?: of)?|photo(?:graph|s)?|image|picture|illustration|foto|bild|©|\(c\)|copyright|credits?)[\s:]*"
    r"(?i:by|courtesy of|courtesy|from|von|via)?[\s:]+(?P<credit>[^.]{2,80})\.?$"
)


def read_figcaption(text: str, marked: str = "") -> Caption:
    """What stands under a picture, its credit told apart. `marked` is what the page itself marks as the credit.

    Here all is a caption, so names and agencies at its end are credits, too.
    """
    text = _OPENS.sub("", " ".join(text.split()))
    if marked and marked in text:
        return _without(text, marked)
    for pattern in (_ONLY, _BY_ALONE, *_ALONE):
        if match := pattern.match(text):
            return Caption("", credit_alone(match["credit"]), sure=True)
    said = read_caption(text)
    if said and said.caption:
        ended = text[len(said.caption) : len(said.caption) + 1] if text.startswith(said.caption) else ""
        return Caption(said.caption + (ended if ended in (".", "!", "?", "…") else ""), said.credit, sure=True)
    if said:
        return said
    for pattern in _BESIDE:
        match = pattern.match(text)
        if match and is_credit(match["credit"]):
            return Caption(_edges(match["caption"]), credit_alone(match["credit"]), sure=True)
    return _labelled(text) or Caption(text, "", sure=False)


def _labelled(text: str) -> Caption | None:
    """A caption whose credit only its label tells from other words; the address behind it goes."""
    whole = _ADDRESS.sub("", text)
    for pattern in _LABELLED:
        match = pattern.match(whole)
        if match is None:
            continue
        caption, credit = _edges(match["caption"]).strip(" ©"), credit_alone(match["credit"])
        words = len(credit.split())
        if (
            0 < words <= (MOST if caption else MAX_CREDIT_WORDS)
            and re.search(r"[^\W\d_]{2}", credit)
            and not _SENTENCE.search(credit)
        ):
            return Caption(caption, credit, sure=True)
    return None


def _without(text: str, marked: str) -> Caption:
    """A caption without the credit that the page marks, and without a longer form of the same: "(Photo: Doe/Agency) Agency"."""
    at = text.rindex(marked)
    caption, credit = _edges(f"{text[:at]} {text[at + len(marked) :]}"), credit_alone(marked)
    said = read_caption(caption)
    if said and said.caption and credit.casefold() in said.credit.casefold():
        return Caption(said.caption, said.credit, sure=True)
    return Caption(caption, credit, sure=True)


def credit_alone(text: str) -> str:
    """A credit without the words and signs that only say that it is one."""
    text = _LABEL.sub("", _LABEL.sub("", text.strip(" .,;|()[]–—-:/")))  # "Image copyright …"
    text = text.strip(" .,;|()[]–—-:/")
    return f"{text})" if text.count("(") > text.count(")") else text


def _edges(text: str) -> str:
    return trimmed(" ".join(text.split())).strip(" |([").rstrip(" –—-/")


_OPENS = re.compile(r"^\s*(?i:(?:image|media) caption\b|bildunterschrift\b|caption\s*:)[\s:]*(?=\S)")
_LABEL = re.compile(
    rf"^(?!picture[ -]alliance)(?:image source|image credit|photo credit|(?:{PHOTO})|©|\(c\)|copyright|von|by|courtesy of)(?:\s*(?:[:：=/]|\bby\b|\bvon\b)\s*|\s+(?=\S))",
    re.IGNORECASE,
)
