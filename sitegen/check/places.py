"""Where in a source something stands: the line and column to point at, and the problem that points there.

Invariant: pure; a place that cannot be found is the whole file, never a guess.
"""

import re
from collections.abc import Iterable
from typing import Literal

from sitegen.errors import Problem, Where, excerpt_of
from sitegen.regex import regex

_FENCE = regex(r"(?:[ \t]*\n)*---[ \t]*\n")
Severity = Literal["error", "warning", "note"]


def place_of(text: str, wanted: Iterable[str], *, after: int = 0) -> tuple[int, int, int]:
    """Line, column and width of the first of these words that a text holds; zeros where it holds none."""
    for word in wanted:
        at = text.find(word, after) if word else -1
        if at >= 0:
            return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1, len(word)
    return 0, 0, 1


def key_place(text: str, names: Iterable[str]) -> tuple[int, int, int]:
    """Line, column and width of a value in front matter, by the names that its key may have."""
    opening = _FENCE.match(text)
    if opening is None:
        return 0, 0, 1
    end = re.search(r"^(?:---|\.\.\.)[ \t]*$", text[opening.end() :], re.MULTILINE)
    block = text[: opening.end() + end.start()] if end else text
    for name in names:
        found = re.compile(rf"^{re.escape(name)}[ \t]*:[ \t]*", re.MULTILINE).search(block, opening.end())
        if found:
            line = block.count("\n", 0, found.start()) + 1
            value = block[found.end() :].partition("\n")[0].rstrip()
            return line, found.end() - found.start() + 1, max(1, len(value))
    return 0, 0, 1


def body_start(text: str) -> int:
    """Where the body of a source begins."""
    opening = _FENCE.match(text)
    if opening is None:
        return 0
    end = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE).search(text, opening.end())
    return end.end() if end else 0


def problem_at(
    path: str,
    text: str,
    place: tuple[int, int, int],
    code: str,
    message: str,
    help: str,
    *,
    severity: Severity = "warning",
) -> Problem:
    """A problem at a place of a text."""
    line, column, width = place
    return Problem(
        code=code,
        where=Where(path, line, column),
        message=message,
        excerpt=excerpt_of(text, line),
        width=width,
        help=help,
        severity=severity,
    )
