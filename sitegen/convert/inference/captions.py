"""Photo captions: a line -> what it says and whom it credits.

Invariant: pure, one line at a time. `sure` tells a credit that words or brackets mark from one that only a bar sets off;
the latter is a caption only where inference finds it in a caption's place.
"""
# ruff: noqa: E501 -- a phrase table reads best with a language a line

import re
from typing import Final

import msgspec

from sitegen.convert.inference.phrases import trimmed

_PHOTO = (
    r"(?:photo(?:graph)?s?|photography|pictures?|images?|illustration|graphics?|artwork|screenshot|file photo|video|credits?|courtesy(?: of)?|source)"
    r"(?: (?:credits?|courtesy|source|illustration|via))?(?: of)?"
    r"|fotos?(?:grafía|grafia|grafie)?|bild(?:er|nachweis|quelle)?|grafik|symbolbild|archivbild|quelle|photos? d[’']illustration|crédits?(?: photos?)?|crédito|imagen|cortesía|ilustración|imagem|imagine|immagine|afbeelding|beeld|kuva|zdjęcie|fot\.|kép|fotó|foto|fotoğraf|"
    r"фото|снимок|иллюстрация|φωτογραφία|φωτό|צילום|תמונה|(?:تصوير|الصورة|صورة|المصدر|عکس|عکاس|تصویر)|写真(?:提供)?|撮影|画像|提供|図|照片|图片?(?:来源)?|摄影|圖片?(?:來源)?|사진(?: ?제공)?"
)
_MARKS = _PHOTO.replace("|video|credits?", "").replace("|source)", ")")  # "open source: …" is a headline
_NAME = r"[^\[\]()|]{2,80}?"
_BRACKET = re.compile(r"^(?P<caption>.{3,}?)\s*[\[［【](?P<credit>[^\[\]]{2,80})[\]］】]\.?$")
_MARKED = re.compile(
    rf"^(?P<caption>.*?)[\s.]*[(（\[]\s*(?:{_PHOTO})\s*(?:[:：=/–-]|\bby\b|\bvon\b|\bpar\b|\bpor\b|\bdi\b|\bvia\b)\s*(?P<credit>[^()（）\[\]]{{2,80}})[)）\]]\.?$",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"^(?P<caption>.{12,}?)[\s.]*[(（](?P<credit>(?:[^()]{0,40}\bvia\b[^()]{2,40})|(?:[A-Z][^()]{1,40}/[^()]{2,40})|(?:[A-Z]{2,5} (?:Photo|Images?)[^()]{0,40}))[)）]\.?$"
)
_TRAILED = re.compile(
    rf"^(?P<caption>.{{3,}}?)(?:[.,;|–—-]\s*|\s+(?=[^a-z]))(?i:{_MARKS})\s*(?:[:：=]|\bby\b)\s*(?P<credit>{_NAME})\.?$"
)
_COPYRIGHT = re.compile(r"^(?P<caption>[^©]{8,}?)\s*[|(]?\s*©\s*(?P<credit>[^©]{2,60}?)\)?$")
_BAR = re.compile(
    rf"^(?P<caption>[^|]{{8,}}?)\s+[|｜]\s+(?:(?:{_PHOTO})\s*(?:[:：]|by)\s*)?(?P<credit>[^|]{{2,60}})$", re.IGNORECASE
)
_CREDIT_ONLY = re.compile(
    rf"^[(\[]?\s*(?:{_PHOTO})\s*(?:[:：=]|\bby\b|\bvon\b|\bpar\b|\bpor\b)\s*(?P<credit>{_NAME})[)\]]?\.?$",
    re.IGNORECASE,
)

_AGENCIES = (
    r"(?:Agence France-Presse|Associated Press|Reuters|AFP|AP|EPA|dpa|DPA|Getty(?: Images)?|GETTY(?: IMAGES)?|Shutterstock|iStock(?:photo)?|Unsplash|"
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
        rf"^(?P<caption>.{{3,}}?{_ENDED})\W*(?i:(?:image|photo|picture|video)?\s?(?:credits?|source|copyright|courtesy)(?: of)?|quelle)\s*[:：]\s*(?P<credit>{_NAME})\.?$"
    ),
    re.compile(
        rf"^(?P<caption>.{{3,}}?)\s*\((?i:{_PHOTO}|zeichnung|drawing|dessin|karte|map)\s*[:：]\s*(?P<credit>(?:[^()]|\([^()]*\)){{2,90}})\)\.?$"
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
_ONLY = re.compile(rf"^[(\[]?(?:©\s*)?(?P<credit>{_SHARED})[)\]]?\.?$")
_BY_ALONE = re.compile(
    r"^\W*(?i:photo(?:graph|s)?|image|picture|illustration|foto|bild|©|\(c\)|copyright|credits?)[\s:]*"
    r"(?i:by|courtesy of|courtesy|from|von|via)?[\s:]+(?P<credit>[^.]{2,80})\.?$"
)

MAX_CAPTION: Final = 600  # characters
MAX_CREDIT_WORDS: Final = 9


class Caption(msgspec.Struct, frozen=True):
    caption: str
    credit: str
    sure: bool


def read_caption(line: str) -> Caption | None:
    """A caption with its credit told apart; None for every other line."""
    if len(line) > MAX_CAPTION:
        return None
    for pattern in (_MARKED, _BRACKET, _AGENCY, _CREDIT_ONLY, _TRAILED, _COPYRIGHT):
        match = pattern.match(line)
        if match:
            caption = trimmed(match.groupdict().get("caption") or "").rstrip("([")
            credit = re.sub(
                rf"^(?:{_PHOTO})\s*(?:[:：=/]|\bby\b)\s*", "", match["credit"].strip(), flags=re.IGNORECASE
            ).strip(" .,;|")
            if _is_credit(credit) and not (pattern is _TRAILED and len(caption) > 300):
                return Caption(caption, credit, sure=True)
    match = _BAR.match(line)
    if match and _is_credit(match["credit"]) and len(match["caption"].split()) >= 3:
        return Caption(trimmed(match["caption"]), match["credit"].strip(), sure=False)
    return None


def read_figcaption(text: str, marked: str = "") -> Caption:
    """What stands under a picture, its credit told apart. `marked` is what the page itself marks as the credit.

    Here all is a caption, so names and agencies at its end are credits, too.
    """
    text = _OPENS.sub("", " ".join(text.split()))
    if marked and marked in text:
        return _without(text, marked)
    for pattern in (_ONLY, _BY_ALONE):
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
        if match and _is_credit(match["credit"]):
            return Caption(_edges(match["caption"]), credit_alone(match["credit"]), sure=True)
    return Caption(text, "", sure=False)


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
    rf"^(?:image source|image credit|photo credit|(?:{_PHOTO})|©|\(c\)|copyright|von|by|courtesy of)(?:\s*(?:[:：=/]|\bby\b|\bvon\b)\s*|\s+(?=\S))",
    re.IGNORECASE,
)


def _is_credit(text: str) -> bool:
    words = text.split()
    first = next((c for c in text if c.isalnum()), "")
    return (
        0 < len(words) <= MAX_CREDIT_WORDS
        and bool(re.search(r"[^\W\d_]{2}", text))
        and not first.islower()
        and not re.search(r"[^\W_]{2}[.!?]\s+\w|[!?]$|https?:", text)  # one letter and a dot is an initial
    )
