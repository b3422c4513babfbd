"""Near misses ("did you mean") and language tags."""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final

from sitegen.regex import regex

LANGUAGE_TAG = regex(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})"  # language and its extensions
    r"(?:-[a-z]{4})?"  # script
    r"(?:-(?:[a-z]{2}|[0-9]{3}))?"  # region
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"  # variants
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*"  # extensions
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"  # private use
    r"|x(?:-[a-z0-9]{1,8})+",
    re.IGNORECASE | re.ASCII,
)
MAX_TAG: Final = 64  # characters; the longest in use has about 35


def is_language_tag(text: str) -> bool:
    """Whether a text has the shape of a BCP 47 tag; registries are not consulted."""
    return len(text) <= MAX_TAG and LANGUAGE_TAG.fullmatch(text) is not None


def canonical_tag(text: str) -> str:
    """A language tag with the usual capitals: `fa`, `zh-Hant`, `pt-BR`."""
    first, *rest = text.split("-")
    out = [first.lower()]
    for part in rest:
        single = any(len(earlier) == 1 for earlier in out)
        written = part.lower()
        if len(part) == 2 and not single:
            written = part.upper()
        elif len(part) == 4 and part.isalpha() and not single:
            written = part.title()
        out.append(written)
    return "-".join(out)


def near(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or "": one slip away, or two in a word of eight letters and more. Of
    three letters only a letter left out, or two that are swapped, is a slip: most words are as near to some other.

    Case, "-" and "_" do not count. Cost: linear in the words, for short words.
    """
    if len(word) > MAX_TAG:
        return ""
    plain = _fold(word)
    best, least = "", 3
    for candidate in known:
        meant = _fold(candidate)
        short = len(plain) < 4 and not (len(plain) == 3 and (len(meant) == 4 or sorted(meant) == sorted(plain)))
        allowed = 0 if short else 1 if len(plain) < 8 else 2
        distance = _distance(plain, meant, allowed)
        if distance <= allowed and distance < least:
            best, least = candidate, distance
    return best


def did_you_mean(word: str, known: Collection[str]) -> str:
    """A help text for an unknown word: the nearest known one, else all of them."""
    best = near(word, known)
    return f"did you mean {best}?" if best else f"known are: {', '.join(sorted(known))}"


@lru_cache(maxsize=4096)
def _fold(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")


def _distance(left: str, right: str, most: int) -> int:
    """How many letters were added, dropped, changed or swapped with a neighbour; more than `most` is `most` + 1."""
    if left == right:
        return 0
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, start=1):
        above, row, before = row, [i], row if i == 1 else before
        for j, other in enumerate(right, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = above
    return row[-1]
