"""The title among the lines above an article: which one its own words, its place and its form speak for.

Invariant: pure; scores are sums of general clues with stated weights. A title must share words with the article, so a
site's slogan is told from a headline even where one document is all there is.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

import msgspec

from sitegen.convert.inference.calendar_words import plain
from sitegen.convert.inference.evidence import TITLE_BARS, Evidence, key_of
from sitegen.convert.inference.lines import Line
from sitegen.convert.inference.names import is_name
from sitegen.convert.inference.segment import Shape
from sitegen.convert.web_address import address_parts

MAX_TITLE: Final = 260  # characters
ENOUGH: Final = 1.0  # a lower score is no title
SLOGAN = re.compile(
    r"\b(?:since|seit|depuis|desde|dal|sinds|sedan|siden|od|с|منذ|از)\b.{0,12}\d{4}|\b(?:est\.|established)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_GOES_ON = re.compile(r"(?:[–—-]\s+)?[a-z]")
_STEM: Final = 5  # letters; inflected forms mostly share them


class Choice(msgspec.Struct, frozen=True):
    index: int  # of the line, -1 when there is none
    score: float
    margin: float  # to the next best line


def stems_of(text: str) -> set[str]:
    """Stems of the words that carry meaning; pairs of characters in scripts without spaces."""
    out: set[str] = set()
    for word in _WORD.findall(plain(text)):
        if "\u3040" <= word[0] <= "\u9fff" or "\uac00" <= word[0] <= "\ud7af":
            out.update(word[i : i + 2] for i in range(len(word) - 1))
        elif len(word) >= 4 or word.isdigit():
            out.add(word[:_STEM])
    return out


def slug_words(url: str) -> set[str]:
    """Words of the last part of an address that is made of words."""
    parts = [part for part in unquote(address_parts(url).path).split("/") if part]
    for part in reversed(parts):
        words = _WORD.findall(plain(re.sub(r"\.\w{2,5}$", "", part)))
        if sum(word.isalpha() and len(word) > 1 for word in words) >= 2:
            return {word for word in words if not word.isdigit() or len(word) <= 4}
    return set()


def choose_title(lines: Sequence[Line], shape: Shape, evidence: Evidence, url: str) -> Choice:
    """The best candidate above the first prose of the article. Cost: linear in the article's words."""
    dates = [i for i in range(min(len(lines), shape.prose + 4)) if lines[i].date_role == "whole"]
    candidates = [
        i
        for i in range(min(len(lines), shape.prose + 1))
        if _may_be_title(lines[i], i == shape.prose)
        and not (shape.recurring[i] and evidence.share(lines[i].text) > 0.5)
    ]
    if not candidates:
        return Choice(-1, 0.0, 0.0)
    body = Counter[str]()
    for line in lines[shape.prose : shape.stop]:
        body.update(stems_of(line.text))
    slug = slug_words(url) if url else set()
    keys = Counter(key_of(lines[i].text) for i in range(min(len(lines), shape.stop)))
    scored = []
    for rank, i in enumerate(candidates):
        if i == shape.prose and (not slug or _slug_share(lines[i].text, slug) < 0.75):
            continue  # the first prose itself is a title only where its address says so
        score = _form(lines[i]) + _place(i, rank, dates, shape) + 3.0 * _shared(lines[i].text, body)
        score += 4.0 * _slug_share(lines[i].text, slug)
        score += 3.0 * evidence.in_title_place(*neighbours(lines, shape, i))
        score += 1.5 * (rank == 0 and not dates and i == shape.prose - 1)  # the line above the text, with no other clue
        score -= 2.5 * shape.recurring[i]
        score -= 2.0 * (i + 1 < len(lines) and not lines[i].ends_sentence and bool(_GOES_ON.match(lines[i + 1].text)))
        score += 1.5 * (keys[key_of(lines[i].text)] > 1) + 1.5 * (
            evidence.without_ending(lines[i].text) != lines[i].text
        )
        scored.append((score, -i))
    if not scored:
        return Choice(-1, 0.0, 0.0)
    scored.sort(reverse=True)
    margin = scored[0][0] - scored[1][0] if len(scored) > 1 else 3.0
    return Choice(-scored[0][1], scored[0][0], margin) if scored[0][0] >= ENOUGH else Choice(-1, scored[0][0], margin)


def neighbours(lines: Sequence[Line], shape: Shape, index: int) -> tuple[str, str]:
    """What stands above and below a line, by kind, or as evidence counts it where it recurs."""
    return _kind(lines, shape, index - 1), _kind(lines, shape, index + 1)


def _kind(lines: Sequence[Line], shape: Shape, index: int) -> str:
    if not 0 <= index < len(lines):
        return "<edge>"
    line = lines[index]
    if line.date_role == "whole":
        return "<date>"
    if shape.recurring[index] or line.furniture:
        return key_of(line.text)
    if line.byline or is_name(line.text):
        return "<name>"
    return "<prose>" if index >= shape.prose else "<other>"


def _may_be_title(line: Line, is_prose: bool) -> bool:
    return not (
        len(line.text) > MAX_TITLE
        or line.date_role == "whole"
        or line.byline
        or (line.furniture and line.furniture != "navigation")
        or (line.furniture and line.words < 5)
        or (line.opens_the_end and line.words < 5)
        or (line.label and line.label.title)
        or (line.caption and line.caption.sure)
        or not re.search(r"[^\W\d_]", line.text)
        or (is_prose and line.words > 24)
    )


def _form(line: Line) -> float:
    words, score = line.words, 0.0
    if 4 <= words <= 18:
        score += 1.0
    elif words == 1:
        score -= 1.5
    elif words > 30:
        score -= 2.0
    elif words > 22:
        score -= 1.0
    if line.text.endswith((".", "。", "۔", "।")) and not line.text.endswith("..."):
        score -= 1.2
    if line.text.endswith((":", ",", ";")):
        score -= 1.0
    if line.bullet:
        score -= 1.5
    if line.furniture:
        score -= 3.0
    if is_name(line.text):
        score -= 1.5
    if line.caption:
        score -= 1.0
    if SLOGAN.search(line.text):
        score -= 2.0
    return score


def _place(index: int, rank: int, dates: Sequence[int], shape: Shape) -> float:
    near = min((abs(index - date) for date in dates), default=9)
    score = {1: 1.5, 2: 1.0, 3: 0.6, 4: 0.3}.get(near, 0.0)
    return score - 0.12 * min(rank, 12) - 0.03 * min(shape.prose - index, 40)


def _shared(text: str, body: Counter[str]) -> float:
    """The share of the line's meaning words that the article uses, surer with more of them."""
    stems = stems_of(text)
    if not stems or not body:
        return 0.0
    return sum(stem in body for stem in stems) / (len(stems) + 0.5)


def _slug_share(text: str, slug: set[str]) -> float:
    """How well a line and the words of the address cover each other, 0 to 1."""
    if not slug:
        return 0.0
    words = set(_WORD.findall(plain(text.replace("'", "").replace("’", ""))))
    both = len(words & slug)
    return both / len(slug) * 0.7 + both / max(len(words), 1) * 0.3 if both >= 2 or both == len(slug) else 0.0


def bare_title(text: str) -> str:
    """A title without bullets and doubled spaces."""
    return " ".join(re.sub(r"^(?:[•▪►*]|#{1,6})\s+", "", text).split())


def parts_of(title: str) -> list[str]:
    return TITLE_BARS.split(title)
