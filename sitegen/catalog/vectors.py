"""Terms against their collection: how common each is, and what an article's heaviest terms weigh there.

Invariant: a vector follows from the article's own terms, the *bucket* (a power of two) of how many articles hold each
of them, and the bucket of the collection's size; so most edits move no other vector. The arithmetic is on integers, or
one IEEE operation deep: no chunk, process or machine changes a bit.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from sitegen.catalog.measure import (
    COMMON,
    COUNT_WEIGHTS,
    LATE,
    TITLE_UNIT,
    UNIT,
    rarities,
    size_bucket,
    terms_kept,
)
from sitegen.catalog.packed import Numbers
from sitegen.content.terms import IN_TITLE
from sitegen.model import Terms

Ints = NDArray[np.int64]
Words = NDArray[np.uint32]
Weights = NDArray[np.uint16]
Number = TypeVar("Number", bound=np.integer)

CHUNK: Final = 512  # articles counted or weighed at a time, 2 MB of them; no result depends on it
_COUNT_WEIGHT: Final = np.array(COUNT_WEIGHTS, np.uint8)


def distinct(values: NDArray[Number]) -> NDArray[Number]:
    """The values, each once, ascending. `np.unique` says the same, but imports masked arrays for it: 15 ms, once."""
    ordered = np.sort(values)
    is_first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]


class Unpacked(NamedTuple):
    """Terms of several articles side by side: how many each has, and all hashes and counts."""

    lengths: Ints
    hashes: Words
    counts: NDArray[np.uint8]


def unpack(terms: Sequence[Terms]) -> Unpacked:
    """Cost: one copy of the bytes."""
    return Unpacked(
        np.fromiter((len(each.counts) for each in terms), np.int64, len(terms)),
        np.frombuffer(b"".join([each.hashes for each in terms]), "<u4").astype(np.uint32, copy=False),
        np.frombuffer(b"".join([each.counts for each in terms]), np.uint8),
    )


class Frequencies(NamedTuple):
    """How many articles hold each term; terms share a slot where the last bits of their hashes are the same.

    Slots make counting one pass without sorting. At 5,000 articles about one term in twenty shares one, and then only
    counts as somewhat more common than it is. `table` is never written to again; what edits have changed stands in
    `late` (slots, ascending) and `counts`.
    """

    size: int  # articles counted
    table: NDArray[np.uint32]
    late: Words
    counts: NDArray[np.uint32]

    @classmethod
    def of(cls, terms: Sequence[Terms]) -> "Frequencies":
        """Cost: about 8 µs an article."""
        bits = max(min(size_bucket(len(terms)) + 12, 20), min(size_bucket(len(terms)) + 9, 23))
        table = np.zeros(1 << bits, np.uint32)
        for at in range(0, len(terms), CHUNK):
            np.add.at(table, unpack(terms[at : at + CHUNK]).hashes & np.uint32(len(table) - 1), np.uint32(1))
        return cls(len(terms), table, table[:0], table[:0])

    def edited(self, size: int, lost: Words, won: Words) -> "Frequencies":
        """With the terms of some articles gone and those of others added, by their slots. Cost: linear in the edits."""
        slots = distinct(np.concatenate((self.late, lost, won)))
        counts = self.holding(slots)
        np.subtract.at(counts, np.searchsorted(slots, lost), 1)
        np.add.at(counts, np.searchsorted(slots, won), 1)
        if len(slots) < LATE:
            return Frequencies(size, self.table, slots, counts)
        table = self.table.copy()
        table[slots] = counts
        return Frequencies(size, table, table[:0], table[:0])

    def slots(self, hashes: Words) -> Words:
        return hashes & np.uint32(len(self.table) - 1)

    def holding(self, slots: Words) -> NDArray[np.uint32]:
        """How many articles hold the terms of each slot."""
        counts = self.table[slots]
        if len(self.late):
            at = np.minimum(np.searchsorted(self.late, slots), len(self.late) - 1)
            counts = np.where(self.late[at] == slots, self.counts[at], counts)
        return counts

    def weights(self, slots: Words) -> NDArray[np.uint8]:
        """What the rarity of each slot's term counts: see `measure.rarities`."""
        return _rarity(size_bucket(self.size))[np.minimum(self.holding(slots), COMMON)]

    def rarity(self, hashes: Numbers) -> list[int]:
        """As `weights`, of terms by their hashes."""
        found: list[int] = self.weights(self.slots(np.frombuffer(hashes, np.uint32))).tolist()
        return found


@cache
def _rarity(whole: int) -> NDArray[np.uint8]:
    return np.array(rarities(whole), np.uint8)


class Vectors(NamedTuple):
    """The heaviest terms of several articles, row after row, in each by descending weight.

    `asks` is what a term weighs for the article whose neighbours are sought, `offers` for the one that is found.
    """

    starts: Ints  # one more than rows
    terms: Words
    asks: Weights
    offers: Weights


def vectors_of(terms: Sequence[Terms], frequencies: Frequencies) -> Vectors:
    """Cost: about 15 µs an article of 300 terms."""
    parts = [_weighed(unpack(terms[at : at + CHUNK]), frequencies) for at in range(0, max(len(terms), 1), CHUNK)]
    lengths = np.concatenate([part[0] for part in parts])
    starts = np.concatenate(([0], np.cumsum(lengths)))
    return Vectors(starts, *(np.concatenate([part[at] for part in parts]) for at in (1, 2, 3)))


def _weighed(unpacked: Unpacked, frequencies: Frequencies) -> tuple[Ints, Words, Weights, Weights]:
    lengths, hashes, counts = unpacked
    size = len(lengths)
    in_title = counts >= IN_TITLE
    weights = _COUNT_WEIGHT[counts & (IN_TITLE - 1)].astype(np.int64) * frequencies.weights(frequencies.slots(hashes))
    rows = np.repeat(np.arange(size), lengths)
    some = np.flatnonzero(weights)
    # One sort puts each row's terms in order of weight, those of the title as if they weighed twice, ties by place.
    order = np.sort((rows[some] << 44) | ((4095 - (weights[some] << in_title[some])) << 32) | some) & 0xFFFFFFFF
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows[order], minlength=size))))
    rank = np.arange(len(order)) - starts[rows[order]]
    order = order[rank < terms_kept(frequencies.size)]
    rows, weights, titled = rows[order], weights[order], weights[order] * in_title[order]
    asks = _scaled(weights, rows, size, UNIT)
    offers = asks + _scaled(titled, rows, size, TITLE_UNIT)
    return np.bincount(rows, minlength=size), hashes[order], asks.astype(np.uint16), offers.astype(np.uint16)


def _scaled(weights: Ints, rows: Ints, size: int, unit: int) -> Ints:
    """The weights of each row brought to one length, rounded."""
    squares = np.bincount(rows, weights=weights * weights, minlength=size)  # whole numbers far below 2**53: exact
    length = np.sqrt(np.maximum(squares, 1))[rows]
    return np.floor(weights * unit / length + 0.5).astype(np.int64)
