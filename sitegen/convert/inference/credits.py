"""Date and authors of an article, from the lines around its title.

Invariant: pure, and read on the untouched lines: nothing has been dropped yet when this looks. What a line says of the
whole site (a date in most of its documents) counts less than what it says of this document alone.
"""
# ruff: noqa: E501 -- a phrase table reads best with a language a line

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import msgspec

from sitegen.convert.document import Field
from sitegen.convert.inference.dates import Moment
from sitegen.convert.inference.evidence import Evidence
from sitegen.convert.inference.lines import Line
from sitegen.convert.inference.names import is_name, read_names
from sitegen.convert.inference.phrases import trimmed
from sitegen.convert.inference.segment import Shape
from sitegen.convert.web_address import address_parts

AFTER_PROSE: Final = 3  # lines of prose below which a date or byline of the head may still stand
_URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/-]|$)")
_URL_BASIC = re.compile(r"/((?:19|20)\d\d)(\d\d)(\d\d)(?=[/_-]|$)")
_AUTHOR_LABEL = re.compile(
    r"(?:about the )?(?:authors?|written by|by|posted by|published by|autor(?:in|en)?|auteure?s?|autores?|autori?|автор|作者|著者|الكاتب|بقلم)\s*[:：]?",
    re.IGNORECASE,
)
_AUTHOR_AFTER = re.compile(r"^(?P<name>.{4,40}?),? (?:author|is an? .{3,})", re.IGNORECASE)


class Dated(msgspec.Struct, frozen=True):
    """The chosen date: its moment, the line it stands on (-1: not in a line), how sure it is and where it was read."""

    moment: Moment
    index: int
    confidence: float
    origin: str


class Signed(msgspec.Struct, frozen=True):
    names: tuple[str, ...]
    indices: tuple[int, ...]
    confidence: float
    origin: str

    def field(self) -> Field:
        return Field(list(self.names), self.confidence, self.origin)


def choose_date(lines: Sequence[Line], title: int, shape: Shape, evidence: Evidence, url: str) -> Dated | None:
    """The date that the article was published, if a line near its head or its address says it."""
    from_url = _date_in(url)
    best: tuple[float, int, Dated] | None = None
    for i, moment, score in _dated_lines(lines, title, shape, evidence):
        same_day = from_url is not None and moment.day == from_url.day
        confidence = min(0.98, max(0.05, score + (0.1 if same_day else 0.0)))
        key = (score + (2.0 if same_day else 0.0), -i)
        if best is None or key > best[:2]:
            best = (*key, Dated(moment, i, confidence, f"line {lines[i].block.line}"))
    found = best[2] if best else None
    if from_url and (found is None or (found.moment.day != from_url.day and found.confidence < 0.8)):
        return Dated(from_url, -1, 0.9, "url")
    return found


def _dated_lines(
    lines: Sequence[Line], title: int, shape: Shape, evidence: Evidence
) -> Iterator[tuple[int, Moment, float]]:
    head = min(len(lines), shape.prose + AFTER_PROSE + 1)
    for i, line in enumerate(lines):
        if not line.date_role:
            continue
        found = line.moments[0]
        score = 0.9 if line.date_role == "whole" else 0.62
        if i >= head:
            if not (line.published and line.date_role == "whole") and not (line.byline or line.names_beside):
                continue
            if title >= 0 and shape.stop < len(lines) and i > shape.stop + 6:
                continue
            score -= 0.3
        elif line.date_role == "part" and (i >= shape.prose or line.words > 20) and not _says_when(line):
            continue
        if line.published:
            score += 0.06
        elif line.updated:
            score -= 0.15
        if evidence.dated(found.moment.day) > 0.5:
            score -= 0.45
        if title >= 0:
            score -= min(abs(i - title), 20) * 0.01
        if found.ambiguous:
            score = min(score, 0.45)
        yield i, found.moment, score


def _says_when(line: Line) -> bool:
    return line.words <= 30 and (line.published or line.updated or bool(line.names_beside))


def _date_in(url: str) -> Moment | None:
    path = address_parts(url).path if url else ""
    match = _URL_DAY.search(path) or _URL_BASIC.search(path)
    if not match:
        return None
    try:
        return Moment(date(*(int(part) for part in match.groups())).isoformat())
    except ValueError:
        return None


def choose_authors(lines: Sequence[Line], title: int, dated: int, shape: Shape, evidence: Evidence) -> Signed | None:
    """Who wrote it: a line that says "By", a name beside the date, or a name alone next to the date or the title."""
    head = min(len(lines), shape.prose + AFTER_PROSE)
    top = max(0, title - 8) if title >= 0 else 0
    options = [
        *_said(lines, top, head, evidence),
        *_beside_date(lines, top, head, evidence),
        *_alone(lines, title, dated, head, evidence),
    ]
    if not options:
        options = [*_after(lines, shape)]
    anchor = dated if 0 <= dated < head else title
    return max(options, key=lambda one: (one.confidence, -abs(one.indices[-1] - anchor)), default=None)


def _said(lines: Sequence[Line], top: int, head: int, evidence: Evidence) -> Iterator[Signed]:
    for i in range(top, head):
        line = lines[i]
        if line.byline and not line.updated and evidence.usual(line.text) < 0.95:
            sure = 0.92 if all(is_name(name) for name in line.byline) else 0.7
            if re.match(r"(?i)\W*(?:photo|reviewed|edited|medically|image)", line.text):
                sure -= 0.35
            yield Signed(line.byline, (i,), sure, f"line {line.block.line}")
        elif i + 1 < head and _AUTHOR_LABEL.fullmatch(trimmed(line.text)):
            names = read_names(lines[i + 1].text, least=2)
            if names:
                yield Signed(names, (i, i + 1), 0.88, f"lines {line.block.line}-{lines[i + 1].block.line}")


def _beside_date(lines: Sequence[Line], top: int, head: int, evidence: Evidence) -> Iterator[Signed]:
    for i in range(top, head):
        if lines[i].date_role and lines[i].names_beside and evidence.usual(lines[i].text) < 0.9:
            yield Signed(lines[i].names_beside, (i,), 0.85, f"line {lines[i].block.line}")


def _alone(lines: Sequence[Line], title: int, dated: int, head: int, evidence: Evidence) -> Iterator[Signed]:
    """A line that is nothing but names, touching the date line or just below the title."""
    for i in range(head):
        line = lines[i]
        near_date = dated >= 0 and abs(i - dated) == 1
        near_title = title >= 0 and (i == title + 1 or (i == title + 2 and dated == title + 1))
        if i == title or not (near_date or near_title) or line.date_role or line.furniture or line.bullet:
            continue
        names = read_names(line.text)
        if not names or line.words > 8 or line.caption:
            continue
        if evidence.usual(line.text) > 0.7:
            continue  # the same in nearly all of the site's documents: its own label, not a person
        sure = 0.6 + 0.1 * (near_date and near_title) + 0.1 * (evidence.size >= 4)
        yield Signed(names, (i,), sure, f"line {line.block.line}")


def _after(lines: Sequence[Line], shape: Shape) -> Iterator[Signed]:
    """A byline at the end of the article, as in "By Jane Doe" or "Posted by Jane Doe at …"."""
    for i in range(max(0, shape.stop - 2), min(len(lines), shape.stop + 4)):
        names = lines[i].byline or (lines[i].names_beside if lines[i].date_role else ())
        if names and all(is_name(name) for name in names):
            yield Signed(names, (i,), 0.6, f"line {lines[i].block.line}")
