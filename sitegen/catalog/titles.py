"""All titles by their first letter: how an archive is browsed where no script runs.

Invariant: reads titles, addresses and languages alone, so typing in an article moves nothing here.
"""

import unicodedata
from collections.abc import Mapping

import msgspec

from sitegen.model import Keys


class Titled(msgspec.Struct, frozen=True):
    """An article by its title. `lang` is "" where it names none."""

    title: str
    url: str
    lang: str


class Initial(msgspec.Struct, frozen=True):
    """A letter, or "#" for digits and signs, and the articles whose title begins with it, by title."""

    letter: str
    entries: tuple[Titled, ...]


def titles(title: Mapping[str, str], by_id: Mapping[str, Keys], /) -> tuple[Initial, ...]:
    """Every article, by the first letter of its title; "#" comes last. Cost: O(n log n)."""
    found: dict[str, list[tuple[str, str, Titled]]] = {}
    for id, text in title.items():
        keys = by_id[id]
        if keys.kind == "article":
            name = "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum() or c == " ").strip()
            entry = (name, id, Titled(text, keys.url, keys.lang))
            found.setdefault(name[0].upper() if name and name[0].isalpha() else "#", []).append(entry)
    ordered = sorted(found, key=lambda letter: (letter == "#", letter))
    return tuple(
        Initial(letter, tuple(entry for _, _, entry in sorted(found[letter], key=_rank))) for letter in ordered
    )


def _rank(entry: tuple[str, str, Titled]) -> tuple[str, str]:
    return entry[:2]
