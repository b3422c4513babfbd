"""Whom a page shows as its author: bylines at its head and end, lines that name themselves the author's, bare names
beside the date.

Invariant: pure; a line is judged by its place, its own words and the names of the element that holds it. What the page
shows in so many words is surer than what it tells machines alone.
"""
# ruff: noqa: E501 -- a table of phrases reads best with an entry a line

import re
from collections.abc import Iterator, Sequence
from typing import Final

from sitegen.convert.document import Fate, Hint
from sitegen.convert.html.leaf import Leaf
from sitegen.convert.html.people import said_role
from sitegen.convert.inference.dates import find_moments
from sitegen.convert.inference.names import is_name, names_beside, read_byline, read_names
from sitegen.convert.one_line import key

ABOVE: Final = 4  # leaves above the title in which its author may stand
BELOW: Final = 7  # and below it
AFTER: Final = 5  # leaves after the last of the article
MAX_LINE: Final = 160  # characters of a byline
MAX_LABEL: Final = 5  # words of a team or desk that a page names as its author
_AUTHOR_FORM = re.compile(
    r"(?:^|[\s_-])(?:author|byline|creator|writer)s?(?:[_-]*name)?(?:$|[\s_-])|author-?name|byline"
)
_NO_FORM = re.compile(r"bio|about|image|avatar|photo|social|link|more|role|title|date|desc", re.IGNORECASE)
_WRITTEN = re.compile(
    r"^\W*(?:(?:article|story|post|words|text) )?(?:written |posted |published |submitted )?by\b[\s:]*|^\W*authors?\s*:\s*",
    re.IGNORECASE,
)
_REST = re.compile(
    r"\s+(?:in|on|at|@|from|for|under|edited by|reviewed by|photos? by|updated)\s.*$|\s*[|·•—–(].*$|,.*$"
)
_HANDLE = re.compile(r"[^\W_][\w.-]{1,28}[^\W_]$")


def author_shown(leaves: Sequence[Leaf], fates: list[Fate], start: int, stop: int, stated: Hint | None) -> Hint | None:
    """The author as the page shows it, where that says more than `stated` or there is none stated; else `stated`.

    `start` and `stop` are the first and last leaf of the article. The line that was read becomes a field in `fates`.
    """
    title = next((i for i, fate in enumerate(fates) if fate == Fate("field", "title")), start)
    head = range(max(0, title - ABOVE), min(len(leaves), max(title + BELOW, start + 3)))
    for i in head:
        names = _said(leaves[i], near=i > title - 2)
        if names and (stated is None or _better(names, stated, leaves, head)):
            return _taken(names, 0.85, i, fates)
    if stated is not None:
        return stated
    found = next(_others(leaves, head, title, stop), None)
    return _taken(*found, fates) if found else None


def _taken(names: Sequence[str], sure: float, i: int, fates: list[Fate]) -> Hint:
    if fates[i].kind == "body":
        fates[i] = Fate("field", "authors")
    return Hint("; ".join(names), sure, f"block {i + 1}")


def _better(names: Sequence[str], stated: Hint, leaves: Sequence[Leaf], head: range) -> bool:
    """Whether a byline shows more names than are stated, or others, while the stated ones are not shown there."""
    own = [key(part) for part in re.split(r"[;,]", stated.value) if key(part)]
    told = [key(name) for name in names]
    if all(any(one in other for other in told) for one in own):
        return len(told) > len(own)
    shown = "".join(key(leaves[i].text) for i in head)
    return not any(one in shown for one in own)


def _others(leaves: Sequence[Leaf], head: range, title: int, stop: int) -> Iterator[tuple[tuple[str, ...], float, int]]:
    for i in head:
        if i > title and (names := _called_author(leaves[i])):
            yield names, 0.75, i
    for i in head:
        if i > title - 2 and (names := _beside_date(leaves, i)):
            yield names, 0.65, i
    for i in range(max(title + 1, stop - 3), min(len(leaves), stop + AFTER)):
        names = _said(leaves[i], near=False)
        if names and all(is_name(name) for name in names):
            yield names, 0.6, i
    for i in range(title, len(leaves)):
        leaf = leaves[i]
        if "about the author" in leaf.marks and leaf.kind in ("text", "heading") and is_name(leaf.text):
            yield (leaf.text,), 0.6, i


def _open(leaf: Leaf) -> bool:
    return (
        leaf.kind in ("text", "item", "heading", "caption")
        and len(leaf.text) <= MAX_LINE
        and not any(mark.startswith(("related", "comment")) for mark in leaf.marks)
    )


def _said(leaf: Leaf, *, near: bool) -> tuple[str, ...]:
    """The names in a line that says who wrote it. Beside the title, one word or a team's name counts as well."""
    if not _open(leaf):
        return ()
    moments = find_moments(leaf.text)
    text = f"{leaf.text[: moments[0].start]} | {leaf.text[moments[0].end :]}".strip(" |") if moments else leaf.text
    written = _WRITTEN.match(text)
    if not written:
        names = read_byline(text, least=2)
        return names if names and not any(map(said_role, names)) and all(map(is_name, names)) else ()
    rest = text[written.end() :]
    names = read_names(rest, least=2) or read_names(_REST.sub("", rest), least=1)
    if names and all(is_name(name, least=1) for name in names) and not any(map(said_role, names)):
        return names if near or all(map(is_name, names)) else ()
    bare = _REST.sub("", rest).strip(" .:-")
    if near and (_HANDLE.fullmatch(bare) or _is_label(bare)) and not said_role(bare):
        return (bare,)
    return ()


def _is_label(text: str) -> bool:
    """What a page may call a team, desk or site that wrote it: a few words, no sentence."""
    return (
        1 <= len(text.split()) <= MAX_LABEL
        and len(text) <= 40
        and text[:1].isupper()
        and not re.search(r"[\d@:!?/\"“”]|\.\s", text)
    )


def _called_author(leaf: Leaf) -> tuple[str, ...]:
    """The name in an element that names itself the author's."""
    _, _, named = leaf.form.partition(" ")
    if not _open(leaf) or not _AUTHOR_FORM.search(named.lower()) or _NO_FORM.search(named):
        return ()
    moments = find_moments(leaf.text)
    text = (leaf.text[: moments[0].start] if moments else leaf.text).strip(" ,-–—|·")
    names = read_names(text)
    if names and all(map(is_name, names)):
        return names
    return (text,) if _is_label(text) and not said_role(text) else ()


def _beside_date(leaves: Sequence[Leaf], i: int) -> tuple[str, ...]:
    """Names in the line of the date, or in a line of names alone that touches one with a date."""
    leaf = leaves[i]
    if not _open(leaf) or leaf.kind == "heading" or (leaf.linked and leaf.zone == "navigation"):
        return ()
    if moments := find_moments(leaf.text):
        names = names_beside(f"{leaf.text[: moments[0].start]}  | {leaf.text[moments[0].end :]}")
        return names if all(map(is_name, names)) and not any(map(said_role, names)) else ()
    names = read_names(leaf.text)
    whole = sum(len(key(name)) for name in names) >= 0.8 * len(key(leaf.text))
    if not names or not whole or not all(map(is_name, names)):
        return ()
    beside = [leaves[k] for k in (i - 1, i + 1, i + 2) if 0 <= k < len(leaves)]
    return names if any(len(one.text) < 60 and find_moments(one.text) for one in beside) else ()
