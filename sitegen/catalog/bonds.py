"""Pairs of articles that each other's tables of related articles name as close: what stories are made of.

Invariant: a bond follows from two rows of the table, so an edit moves only the bonds of articles that are near to it.
Nothing here needs numpy: a build that has its table in memory asks for bonds first of all.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from sitegen.config import Curation

FULL: Final = 800 * 800  # a full match of two vectors: the square of their length in `catalog.vectors`
CLOSE: Final = FULL * 22 // 100  # score of two articles on one story; tried on collections of 45 and 507 articles
DAY_S: Final = 86_400


class Bond(msgspec.Struct, frozen=True, array_like=True):
    """Two articles, the smaller id first; the lower of the two scores; words that say why, heaviest first."""

    first: str
    second: str
    score: int
    words: tuple[str, ...] = ()


class StoryRules(msgspec.Struct, frozen=True):
    """What the config and `stories.yaml` say of stories."""

    least: int = 3  # articles of a story
    days: int = 1095  # between two articles that are bound to each other
    curation: Curation = Curation()


def bonds(related: Any, dates: Mapping[str, int | None], story_rules: StoryRules, /) -> tuple[Bond, ...]:
    """All bonds between dated articles that are near in time, by their ids."""
    found = []
    most = story_rules.days * DAY_S
    for bond in related.bonds(CLOSE):
        here, there = dates.get(bond.first), dates.get(bond.second)
        if here is not None and there is not None and abs(here - there) <= most:
            found.append(bond)
    return tuple(found)


def bonds_of(close: Mapping[str, Mapping[str, int]], words: Callable[[str, str], tuple[str, ...]]) -> tuple[Bond, ...]:
    """The bonds in a table, by their ids. `close` holds for each article its neighbours that are close enough, with
    scores; `words(a, b)` are the reasons that the row of a gives for b.
    """
    found = []
    for first, others in close.items():
        for second, score in others.items():
            if first < second and (back := close.get(second, _NONE).get(first)) is not None:
                why = dict.fromkeys((*words(first, second), *words(second, first)))
                found.append(Bond(first, second, min(score, back), tuple(why)))
    return tuple(sorted(found, key=lambda bond: (bond.first, bond.second)))


_NONE: Mapping[str, int] = {}
