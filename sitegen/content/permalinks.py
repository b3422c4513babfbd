"""Permalinks: from a pattern and an article's names to its site path.

Invariant: a filled pattern begins with "/", holds no empty, "." or ".." segment, and ends in "/" or in a file name.
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from sitegen.content.slugs import slug_of
from sitegen.model import Moment
from sitegen.notation.words import near
from sitegen.regex import regex

PLACEHOLDERS: Final = {
    "year": "four digits of the date",
    "month": "two digits of the date",
    "day": "two digits of the date",
    "slug": "the article's slug",
    "path": "the path below content/ (or content/pages/), slugified, with the slug last",
    "section": "the first folder below content/; nothing for articles that lie beside it",
    "lang": "the article's language",
}
FILE_SUFFIXES: Final = (".html", ".htm", ".xhtml", ".txt", ".xml", ".json")

_PLACEHOLDER = regex(r"\{([^{}]*)\}")


class Permalinks(msgspec.Struct, frozen=True):
    """The pattern of each kind of page. Cost of a change: every article is addressed anew."""

    article: str = "/{year}/{month}/{slug}/"
    page: str = "/{path}/"
    undated: str = "/undated/{slug}/"


class PatternFault(msgspec.Struct, frozen=True):
    """What is wrong with a pattern: the offset in it, its width, and how to mend it."""

    offset: int
    width: int
    message: str
    help: str


def pattern_fault(pattern: str, *, dated: bool = True) -> PatternFault | None:
    """The first fault of a pattern, or None. `dated` allows {year}, {month} and {day}."""
    return next(_faults(pattern, dated=dated), None)


def _faults(pattern: str, *, dated: bool) -> Iterator[PatternFault]:
    whole = len(pattern)
    if not pattern.startswith("/"):
        yield PatternFault(0, whole, "a permalink has to begin with /", f"write  /{pattern}")
    known = [name for name in PLACEHOLDERS if dated or name not in ("year", "month", "day")]
    names = set()
    for match in _PLACEHOLDER.finditer(pattern):
        names.add(match[1])
        if match[1] not in known:
            best = near(match[1], known)
            help = f"did you mean {{{best}}}?" if best else f"known are: {' '.join(f'{{{name}}}' for name in known)}"
            yield PatternFault(match.start(), len(match[0]), f"unknown placeholder {match[0]}", help)
    if not {"slug", "path"} & names:
        message = "without {slug} or {path} all articles would share one address"
        yield PatternFault(0, whole, message, "add {slug} or {path}")
    rest = _PLACEHOLDER.sub("x", pattern)
    if re.search(r"[{}?#\\%\s\x00-\x1f]", rest):
        message = "a permalink cannot hold a lone brace, a space, or any of ? # \\ %"
        yield PatternFault(0, whole, message, "use letters, digits, - and / around the placeholders")
    if "//" in rest or any(part in (".", "..") for part in rest.split("/")):
        yield PatternFault(0, whole, "a permalink cannot hold empty parts, . or ..", "write single slashes")
    if not rest.endswith(("/", *FILE_SUFFIXES)):
        yield PatternFault(0, whole, "a permalink has to end with / or .html", f"write  {pattern}/")


def fill(pattern: str, *, slug: str, folders: tuple[str, ...], date: Moment | None, lang: str = "") -> str:
    """The site path of a pattern without faults. `folders` are the names of the folders that an article lies in.

    A date that is missing leaves its parts out; so does a section or a language. Cost: about 1 µs.
    """
    if pattern == "/{year}/{month}/{slug}/" and date is not None:
        return f"/{date.iso[:4]}/{date.iso[5:7]}/{slug}/"
    parts = {"slug": slug, "lang": lang.lower(), "section": slug_of(folders[0]) if folders else ""}
    parts["path"] = "/".join([*(slug_of(folder) for folder in folders), *([slug] if slug else [])])
    day = date.date if date else ""
    parts |= {"year": day[:4], "month": day[5:7], "day": day[8:10]}
    filled = _PLACEHOLDER.sub(lambda match: parts[match[1]], pattern)
    return re.sub("//+", "/", filled)
