"""An index of related articles in plain Python: how many articles hold each term, and the vectors of all rows.

Invariant: answers as `vectors.Frequencies` and `vectors.Vectors` do, from what is kept of them.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from itertools import accumulate, chain, compress, repeat
from math import floor, sqrt
from typing import NamedTuple

from sitegen.catalog.measure import (
    COMMON,
    COUNT_WEIGHTS,
    DAY_S,
    FAR,
    LATE,
    NO_DATE,
    TITLE_UNIT,
    UNIT,
    rarities,
    size_bucket,
    terms_kept,
)
from sitegen.catalog.packed import Numbers, packed, unpacked
from sitegen.catalog.related_kept import MOST, MOST_SLOTS, Counts, Packed
from sitegen.content.terms import IN_TITLE
from sitegen.model import Terms


class Vector(NamedTuple):
    """One row of `Columns`, by descending weight."""

    terms: list[int]
    asks: list[int]
    offers: list[int]


class Tally:
    """As `vectors.Frequencies`, from what is kept of one: `late` stands beside a table that is never written to."""

    def __init__(self, size: int, table: Counts, late: Mapping[int, int]) -> None:
        """Raises: ValueError."""
        if not 0 < table.size <= MOST_SLOTS or table.size & (table.size - 1):
            raise ValueError("a table of frequencies has no such size")
        self.size = size
        self.mask = table.size - 1
        self.late = late
        self.table = table
        self._slots = unpacked("I", table.slots)
        large = unpacked("I", table.large)
        self._large = dict(zip(all_of(table.small, bytes([MOST])), large, strict=True))
        if len(table.small) != len(self._slots):
            raise ValueError("counts of terms do not fit their slots")
        self._rarities = rarities(size_bucket(size))

    def slots(self, terms: Terms) -> list[int]:
        """The slots of some terms, in their order; two may share one."""
        return list(map(self.mask.__and__, unpacked("I", terms.hashes)))

    def holding(self, slot: int) -> int:
        """How many articles hold the terms of a slot."""
        found = self.late.get(slot)
        if found is not None:
            return found
        at = bisect_left(self._slots, slot)
        if at == len(self._slots) or self._slots[at] != slot:
            return 0
        count = self.table.small[at]
        return count if count != MOST else self._large[at]

    def weight(self, slot: int) -> int:
        """The weight of the rarity of a slot's terms."""
        return self._rarities[min(self.holding(slot), COMMON)]

    def rarity(self, hashes: Numbers) -> list[int]:
        """As `weight`, of terms by their hashes."""
        return [self.weight(hash & self.mask) for hash in hashes]

    def edited(self, lost: Iterable[int], won: Iterable[int]) -> "Tally | None":
        """With these slots counted once less, and once more; None when the table has to be copied for it."""
        late = dict(self.late)
        for step, slots in ((-1, lost), (1, won)):
            for slot in slots:
                late[slot] = (late[slot] if slot in late else self.holding(slot)) + step
        if len(late) >= LATE:
            return None
        found = copy(self)
        found.late = late
        return found


class Columns:
    """The vectors and dates of all rows."""

    def __init__(self, kept: Packed, size: int) -> None:
        """Raises: ValueError."""
        self.lengths = unpacked("H", kept.lengths)
        self.terms = unpacked("I", kept.terms)
        self.asks = unpacked("H", kept.asks)
        self.offers = unpacked("H", kept.offers)
        self.epochs = unpacked("q", kept.epochs)
        self.starts = [0, *accumulate(self.lengths)]
        if not len(self.lengths) == len(self.epochs) == size:
            raise ValueError(f"{len(self.lengths)} rows and {len(self.epochs)} dates where {size} belong")
        if not len(self.terms) == len(self.asks) == len(self.offers) == self.starts[-1]:
            raise ValueError("vectors do not fit their rows")

    def vector(self, row: int) -> Vector:
        """One row."""
        part = slice(self.starts[row], self.starts[row + 1])
        return Vector(self.terms[part].tolist(), self.asks[part].tolist(), self.offers[part].tolist())

    def replace(self, vectors: Mapping[int, Vector], epochs: Mapping[int, int | None]) -> dict[int, Vector]:
        """Put these rows and dates in place of those that are there. Gives the rows that are not as they were."""
        dated = {row: NO_DATE if epoch is None else epoch for row, epoch in epochs.items()}
        moved = {
            row: vector
            for row, vector in vectors.items()
            if vector != self.vector(row) or dated.get(row, self.epochs[row]) != self.epochs[row]
        }
        for row, epoch in dated.items():
            self.epochs[row] = epoch
        for row in sorted(moved, reverse=True):  # from the end, so that places before stay
            part = slice(self.starts[row], self.starts[row + 1])
            self.lengths[row] = len(vectors[row].terms)
            self.terms[part] = unpacked("I", packed("I", vectors[row].terms))
            self.asks[part] = unpacked("H", packed("H", vectors[row].asks))
            self.offers[part] = unpacked("H", packed("H", vectors[row].offers))
        self.starts = [0, *accumulate(self.lengths)]
        return moved

    def holders(self, wanted: set[int], weights: Numbers) -> dict[int, list[tuple[int, int]]]:
        """For each of these terms the rows that hold it, and what it weighs there. Cost: 0.1 µs an entry of all."""
        found: dict[int, list[tuple[int, int]]] = {term: [] for term in wanted}
        rows = chain.from_iterable(map(repeat, range(len(self.lengths)), self.lengths))
        every = zip(self.terms, rows, weights, strict=True)
        for term, row, weight in compress(every, map(wanted.__contains__, self.terms)):
            found[term].append((row, weight))
        return found

    def days(self, row: int, other: int) -> int:
        """Whole days between two rows, at most FAR; FAR where a date is missing."""
        here, there = self.epochs[row], self.epochs[other]
        return FAR if NO_DATE in (here, there) else min(abs(here - there) // DAY_S, FAR)


def all_of(content: bytes, part: bytes) -> Iterator[int]:
    """Where a part stands in some bytes."""
    at = content.find(part)
    while at >= 0:
        yield at
        at = content.find(part, at + 1)


def weighed(terms: Terms, tally: Tally) -> Vector:
    """As `vectors.vectors_of`, of one article. Cost: 0.1 ms for 300 terms."""
    hashes = unpacked("I", terms.hashes)
    found = []
    for place, (count, rarity) in enumerate(zip(terms.counts, tally.rarity(hashes), strict=True)):
        weight = COUNT_WEIGHTS[count & (IN_TITLE - 1)] * rarity
        if weight:
            titled = count >= IN_TITLE
            found.append((-(weight << titled), place, weight, titled))
    found.sort()
    del found[terms_kept(tally.size) :]
    asks = _scaled([weight for _, _, weight, _ in found], UNIT)
    adds = _scaled([weight * titled for _, _, weight, titled in found], TITLE_UNIT)
    offers = [ask + add for ask, add in zip(asks, adds, strict=True)]
    return Vector([hashes[place] for _, place, _, _ in found], asks, offers)


def _scaled(weights: list[int], unit: int) -> list[int]:
    """The weights brought to one length, rounded."""
    length = sqrt(max(sum([weight * weight for weight in weights]), 1))
    return [floor(weight * unit / length + 0.5) for weight in weights]
