"""Lists that a page only types: lines or paragraphs that begin with a bullet, or with the numbers of a count.

Invariant: pure; no word is lost or added. One bullet alone is none, and a number counts only where the one before or
after it begins another line.
"""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from sitegen.convert.html.leaf import Leaf

BROKEN: Final = "\\\n"  # a line break as Markdown writes it
_BULLET = re.compile(r"(?:[•‣⁃▪▸►●○◦✓✔✅➤➔➢❖■□]|(?:\\-|[–—])(?=\s))\ufe0f?\s*(?=\S)")
_COUNT = re.compile(r"(\d{1,2})\\?[.)]\s+(?=\S)")


def typed_lists(leaves: Sequence[Leaf]) -> list[Leaf]:
    """The leaves of a body, with what they type as a list written as one."""
    out = [_lines(leaf) if BROKEN in leaf.markdown and leaf.kind == "text" else leaf for leaf in leaves]
    for start, stop in _runs(out, _BULLET):
        for i in range(start, stop):
            out[i] = _entry(out[i], "- " + _BULLET.sub("", out[i].markdown, count=1))
    last = 0
    counted: list[tuple[int, int]] = []
    for i, leaf in enumerate(out):
        found = _COUNT.match(leaf.markdown) if _plain(leaf) else None
        if found is None:
            last = last if leaf.kind != "heading" else 0
        elif int(found[1]) == last + 1:
            last += 1
            counted.append((last, i))
        else:
            last = int(found[1]) if int(found[1]) == 1 else 0
            counted += [(1, i)] if last else []
    for k, (number, i) in enumerate(counted):
        follows = k + 1 < len(counted) and counted[k + 1][0] == number + 1
        if number > 1 or follows:
            out[i] = _entry(out[i], f"{number}. " + _COUNT.sub("", out[i].markdown, count=1))
    return out


def _plain(leaf: Leaf) -> bool:
    return leaf.kind == "text" and not leaf.note and BROKEN not in leaf.markdown and "\n" not in leaf.markdown


def _entry(leaf: Leaf, markdown: str) -> Leaf:
    return msgspec.structs.replace(leaf, markdown=markdown)


def _runs(leaves: Sequence[Leaf], mark: re.Pattern[str]) -> list[tuple[int, int]]:
    """From and to of each run of two leaves or more that begin with a mark."""
    runs: list[tuple[int, int]] = []
    start = -1
    for i in range(len(leaves) + 1):
        marked = i < len(leaves) and _plain(leaves[i]) and bool(mark.match(leaves[i].markdown))
        if marked and start < 0:
            start = i
        elif not marked and start >= 0:
            runs += [(start, i)] if i - start > 1 else []
            start = -1
    return runs


def _lines(leaf: Leaf) -> Leaf:
    """A paragraph of lines of which two or more in a row begin with bullets, or count from 1."""
    lines = leaf.markdown.split(BROKEN)
    marks = [_mark(line) for line in lines]
    start = next((i for i in range(len(lines) - 1) if _goes_on(marks[i], marks[i + 1], first=True)), -1)
    if start < 0:
        return leaf
    stop = start + 1
    while stop < len(lines) and _goes_on(marks[stop - 1], marks[stop], first=False):
        stop += 1
    entries = [
        f"{mark or '-'}{'. ' if mark else ' '}" + (_COUNT if mark else _BULLET).sub("", line, count=1)
        for line, mark in zip(lines[start:stop], marks[start:stop], strict=True)
    ]
    parts = [BROKEN.join(lines[:start]), "\n".join(entries), BROKEN.join(lines[stop:])]
    return msgspec.structs.replace(leaf, markdown="\n\n".join(part for part in parts if part.strip()))


def _mark(line: str) -> int | None:
    """0 for a bullet, the number of a count, None for neither."""
    if _BULLET.match(line):
        return 0
    found = _COUNT.match(line)
    return int(found[1]) if found else None


def _goes_on(mark: int | None, following: int | None, *, first: bool) -> bool:
    if mark is None or following is None:
        return False
    if mark == 0 or following == 0:
        return mark == following
    return following == mark + 1 and (mark == 1 or not first)
