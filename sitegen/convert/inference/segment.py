"""Which lines are the article: the run of lines with the most prose and the least furniture.

Invariant: pure; weights are of general kinds of lines, never of single sites. The run is the one with the largest sum
(Kadane, 1984), so a box in the middle of an article is crossed and a menu before it is not.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from sitegen.convert.inference.evidence import Evidence
from sitegen.convert.inference.lines import Line
from sitegen.convert.inference.paragraphs import paragraphs

PROSE_CAP: Final = 40  # words that one line counts for at most, so that one long comment outweighs no article
RECURRING: Final = -7.0
FURNITURE: Final = -6.0
MAX_DECK_WORDS: Final = 45  # of a sentence that may stand between title and date
BULLETED: Final = -3.0  # lines of one document that is alone: menus are short lines, and so are lists in articles
SHORT: Final = -2.0
PLAIN: Final = -1.0
END: Final = -45.0  # a line that opens the end is crossed only for an article's worth of prose
DATE: Final = -5.0
WORTH_KEEPING: Final = 60.0  # weight of the prose after an inner end that shows that the article goes on


class Shape(msgspec.Struct, frozen=True):
    """The article's run `start:stop` of lines, the first line of prose in it, and which lines recur over the site."""

    start: int
    stop: int
    prose: int
    recurring: tuple[bool, ...]


def shape_of(lines: Sequence[Line], evidence: Evidence) -> Shape:
    """Where the article stands. Without any prose it is all lines. Cost: linear."""
    recurring = _recurring(lines, evidence)
    prose = _prose_words(lines, recurring)
    known = evidence.size >= 4
    weights = [_weight(line, recurs, words, known) for line, recurs, words in zip(lines, recurring, prose, strict=True)]
    start, stop = _heaviest(weights)
    first = _first_prose(
        lines, start, stop, [bool(words) and not recurs for words, recurs in zip(prose, recurring, strict=True)]
    )
    if first < 0:
        return Shape(0, len(lines), len(lines), tuple(recurring))
    return Shape(start, _stretched(lines, recurring, stop), first, tuple(recurring))


def _stretched(lines: Sequence[Line], recurring: Sequence[bool], stop: int) -> int:
    """The end, moved over short sentences that follow: an article's last words may be few."""
    while 0 < stop < len(lines) and not recurring[stop] and not _special(lines[stop]):
        line = lines[stop]
        if not (line.ends_sentence and line.words >= 2) or line.bullet or line.text.endswith((":", "：")):
            break
        stop += 1
    return stop


def _weight(line: Line, recurs: bool, prose: int, known: bool) -> float:  # noqa: PLR0911 -- a kind of line a line
    if line.opens_the_end:
        return END
    if recurs:
        return RECURRING
    if line.label and line.label.title:
        return 0.0
    if line.furniture:
        return FURNITURE
    if line.date_role == "whole":
        return DATE
    if line.byline:
        return -3.0
    if line.caption and line.caption.sure:
        return 0.0
    if prose:
        return float(min(prose, PROSE_CAP))
    if known:
        return 0.6  # a line that only this document has is its own until shown otherwise
    return BULLETED if line.bullet and line.words < 6 else (SHORT if line.words < 4 else PLAIN)


def _first_prose(lines: Sequence[Line], start: int, stop: int, prose: Sequence[bool]) -> int:
    """The first line of the text itself: a sentence just above the date or byline is a title or a deck; -1 for none."""
    found = [i for i in range(start, stop) if prose[i]]
    total = sum(lines[i].words for i in found)
    if total > 150:
        found = [i for i in found if lines[i].words > MAX_DECK_WORDS or _goes_on(lines, i, stop, prose)] or found
    for this, after in zip(found, [*found[1:], stop], strict=False):
        below = range(this + 1, min(after, this + 4))
        if (
            lines[this].words > MAX_DECK_WORDS
            or after >= stop
            or not any(lines[i].date_role == "whole" or lines[i].byline for i in below)
        ):
            return this
    return found[-1] if found else -1


def _goes_on(lines: Sequence[Line], at: int, stop: int, prose: Sequence[bool]) -> bool:
    """Whether more prose follows soon; a sentence alone among labels is a box above the article."""
    return at + 10 >= stop or sum(lines[i].words for i in range(at + 1, at + 10) if prose[i]) >= 12


def _recurring(lines: Sequence[Line], evidence: Evidence) -> list[bool]:
    """Lines that recur, but for a short one that stands alone among the article's own prose, such as a heading."""
    found = [evidence.recurs(line) for line in lines]
    for i in range(1, len(lines) - 1):
        alone = not (found[i - 1] or found[i + 1] or lines[i].furniture or lines[i].opens_the_end)
        if (
            found[i]
            and alone
            and lines[i].words <= 8
            and lines[i + 1].prose
            and i > 2
            and evidence.share(lines[i].text) < 0.5
        ):
            found[i] = False
    return found


def _prose_words(lines: Sequence[Line], recurring: Sequence[bool]) -> list[int]:
    """Words of each line that is prose, alone or as a part of a paragraph broken over several lines; 0 for others."""
    out = [0] * len(lines)
    run: list[int] = []
    for i in range(len(lines) + 1):
        special = i == len(lines) or recurring[i] or _special(lines[i])
        if not special:
            run.append(i)
            continue
        for group in paragraphs([lines[k] for k in run]):
            words = sum(lines[run[k]].words for k in group)
            wrapped = (
                words >= 10 and lines[run[group[-1]]].ends_sentence
                if len(group) == 2
                else words >= 24 and len(group) > 2
            )
            for k in group:
                if lines[run[k]].prose or wrapped:
                    out[run[k]] = lines[run[k]].words
        run = []
    return out


def _special(line: Line) -> bool:
    return bool(
        line.date_role == "whole"
        or line.furniture
        or line.opens_the_end
        or line.byline
        or (line.label and line.label.title)
    )


def _heaviest(weights: Sequence[float]) -> tuple[int, int]:
    best, best_start, best_stop, total, start = 0.0, 0, len(weights), 0.0, 0
    for i, weight in enumerate(weights):
        if total <= 0:
            total, start = 0.0, i
        total += weight
        if total > best:
            best, best_start, best_stop = total, start, i + 1
    return best_start, best_stop
