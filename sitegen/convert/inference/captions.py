"""Photo captions: a line -> what it says and whom it credits.

Invariant: pure, one line at a time. `sure` tells a credit that words or brackets mark from one that only a bar sets off;
the latter is a caption only where inference finds it in a caption's place.
"""
# ruff: noqa: E501 -- a phrase table reads best with a language a line

import re
from typing import Final

import msgspec

from sitegen.convert.inference.phrases import trimmed

PHOTO = (
    r"(?:photo(?:graph)?s?|photography|pictures?|images?|illustration|graphics?|artwork|screenshot|file photo|video|credits?|courtesy(?: of)?|source)"
    r"(?: (?:credits?|courtesy|source|illustration|via))?(?: of)?"
    r"|fotos?(?:grafía|grafia|grafie)?|bild(?:er|nachweis|quelle)?|grafik|symbolbild|archivbild|quelle|photos? d[’']illustration|crédits?(?: photos?)?|crédito|imagen|cortesía|ilustración|imagem|imagine|immagine|afbeelding|beeld|kuva|zdjęcie|fot\.|kép|fotó|foto|fotoğraf|"
    r"фото|снимок|иллюстрация|φωτογραφία|φωτό|צילום|תמונה|(?:تصوير|الصورة|صورة|المصدر|عکس|عکاس|تصویر)|写真(?:提供)?|撮影|画像|提供|図|照片|图片?(?:来源)?|摄影|圖片?(?:來源)?|사진(?: ?제공)?"
)
_MARKS = PHOTO.replace("|video|credits?", "").replace("|source)", ")")  # "open source: …" is a headline
NAME = r"[^\[\]()|]{2,80}?"
_BRACKET = re.compile(r"^(?P<caption>.{3,}?)\s*[\[［【](?P<credit>[^\[\]]{2,80})[\]］】]\.?$")
_MARKED = re.compile(
    rf"^(?P<caption>.*?)[\s.]*[(（\[]\s*(?:{PHOTO})\s*(?:[:：=/–-]|\bby\b|\bvon\b|\bpar\b|\bpor\b|\bdi\b|\bvia\b)\s*(?P<credit>[^()（）\[\]]{{2,80}})[)）\]]\.?$",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"^(?P<caption>.{12,}?)[\s.]*[(（](?P<credit>(?:[^()]{0,40}\bvia\b[^()]{2,40})|(?:[A-Z][^()]{1,40}/[^()]{2,40})|(?:[A-Z]{2,5} (?:Photo|Images?)[^()]{0,40}))[)）]\.?$"
)
_TRAILED = re.compile(
    rf"^(?P<caption>.{{3,}}?)(?:[.,;|–—-]\s*|\s+(?=[^a-z]))(?i:{_MARKS})\s*(?:[:：=]|\bby\b)\s*(?P<credit>{NAME})\.?$"
)
_COPYRIGHT = re.compile(r"^(?P<caption>[^©]{8,}?)\s*[|(]?\s*©\s*(?P<credit>[^©]{2,60}?)\)?$")
_BAR = re.compile(
    rf"^(?P<caption>[^|]{{8,}}?)\s+[|｜]\s+(?:(?:{PHOTO})\s*(?:[:：]|by)\s*)?(?P<credit>[^|]{{2,60}})$", re.IGNORECASE
)
_CREDIT_ONLY = re.compile(
    rf"^[(\[]?\s*(?:{PHOTO})\s*(?:[:：=]|\bby\b|\bvon\b|\bpar\b|\bpor\b)\s*(?P<credit>{NAME})[)\]]?\.?$",
    re.IGNORECASE,
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
                rf"^(?:{PHOTO})\s*(?:[:：=/]|\bby\b)\s*", "", match["credit"].strip(), flags=re.IGNORECASE
            ).strip(" .,;|")
            if is_credit(credit) and not (pattern is _TRAILED and len(caption) > 300):
                return Caption(caption, credit, sure=True)
    match = _BAR.match(line)
    if match and is_credit(match["credit"]) and len(match["caption"].split()) >= 3:
        return Caption(trimmed(match["caption"]), match["credit"].strip(), sure=False)
    return None


def is_credit(text: str) -> bool:
    words = text.split()
    first = next((c for c in text if c.isalnum()), "")
    return (
        0 < len(words) <= MAX_CREDIT_WORDS
        and bool(re.search(r"[^\W\d_]{2}", text))
        and not first.islower()
        and not re.search(r"[^\W_]{2}[.!?]\s+\w|[!?]$|https?:", text)  # one letter and a dot is an initial
    )
