"""An archetype: the article that every new one of a site starts as.

It is Markdown with front matter. `{{ title }}`, `{{ date }}`, `{{ day }}`, `{{ year }}`, `{{ slug }}` and `{{ draft }}`
are filled in anywhere, quoted where they stand in the front matter. Where `title` or `date` is missing, or stands
there empty, it is added, so that the shortest archetype is an empty file.

Invariant: pure; the clock and the disk are the caller's.
"""

import re
from typing import Final

import msgspec

from sitegen.content.decode import decode_source, split_source
from sitegen.errors import Problem, Where, excerpt_of
from sitegen.notation.quoting import quoted
from sitegen.notation.words import did_you_mean
from sitegen.regex import regex

ARCHETYPE: Final = "archetypes/default.md"  # below the site's folder
DEFAULT: Final = """\
---
title: {{ title }}
date: {{ date }}
draft: {{ draft }}
tags: []
---

"""
_PLACE = regex(r"""(["']?)\{\{[ \t]*([\w.-]*)[ \t]*\}\}\1""")


class NewArticle(msgspec.Struct, frozen=True):
    """What is known of an article before it is written; `date` is ISO 8601 with its offset."""

    title: str
    date: str
    slug: str
    draft: bool = False


def fill(archetype: bytes, path: str, new: NewArticle) -> str | Problem:
    """The text of a new article, or what is wrong with the archetype; `path` names that in problems."""
    text = decode_source(archetype, path)
    parts = text if isinstance(text, Problem) else split_source(text, path)
    if isinstance(text, Problem) or isinstance(parts, Problem):
        return text if isinstance(text, Problem) else parts  # type: ignore[return-value]
    block = parts.block or ""
    for found in _PLACE.finditer(block):
        if found[2] not in _values(new):
            return _unknown(text, path, found)
    body = _filled(parts.body, {**_values(new), "title": new.title, "slug": new.slug})
    return f"---\n{_settled(_filled(block, _values(new)), new)}---\n{body or chr(10)}"


def _values(new: NewArticle) -> dict[str, str]:
    return {
        "title": quoted(new.title),
        "date": new.date,
        "day": new.date[:10],
        "year": new.date[:4],
        "slug": quoted(new.slug),
        "draft": "true" if new.draft else "false",
    }


def _filled(text: str, values: dict[str, str]) -> str:
    """The text with every known place filled in; others stay, since an article may write about templates."""

    def value(found: re.Match[str]) -> str:
        return values.get(found[2], found[0])

    return _PLACE.sub(value, text)


def _settled(block: str, new: NewArticle) -> str:
    """Front matter that has a title and a date, and is a draft when one is asked for."""
    values = _values(new)
    for name in ("draft", "date", "title"):
        line = f"{name}: {values[name]}"
        there = re.search(rf"^{name}[ \t]*:[ \t]*(.*)$", block, re.MULTILINE)
        if there is None and (name != "draft" or new.draft):
            block = f"{line}\n{block}" if name != "draft" else f"{block}{line}\n"
        elif there is not None and (not there[1] or (name == "draft" and new.draft)):
            block = block[: there.start()] + line + block[there.end() :]
    return block


def _unknown(text: str, path: str, found: re.Match[str]) -> Problem:
    start = text.index(found[0])
    line = text.count("\n", 0, start) + 1
    return Problem(
        code="archetype.unknown",
        where=Where(path, line, start - text.rfind("\n", 0, start)),
        message=f"{found[0]} is nothing that sitegen fills in",
        excerpt=excerpt_of(text, line),
        width=len(found[0]),
        help=did_you_mean(found[2], ("title", "date", "day", "year", "slug", "draft")),
    )
