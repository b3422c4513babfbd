"""The nearest rows of a set of vectors: an inverted index, and a total order.

Invariant: scores are sums of whole numbers and ties end in the row's number, so neither order nor chunks matter.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sitegen.catalog.measure import (
    DAY_BITS,
    DAY_S,
    FAR,
    LEAST,
    MAX_ROWS,
    NO_DATE,
    ROW_BITS,
    SCORE_BITS,
    TOP_SCORE,
    UNIT,
    nearness,
)
from sitegen.catalog.vectors import Ints, Vectors, Weights, Words

Keys = NDArray[np.uint64]

BLOCK: Final = 1 << 15  # products formed at a time: a quarter of a megabyte, which stays in the processor's cache
DENSE_ROWS: Final = 2048  # up to so many, common terms are multiplied as matrices (8 MB for 1,000 terms)
COMMON_PART: Final = 32  # a term is common from this part of the rows on: there the two ways cost the same

# The rank of a neighbour, with its row within the block before it, fills 64 bits.
BLOCK_ROWS: Final = (1 << (64 - ROW_BITS - DAY_BITS - SCORE_BITS)) - 1
SHIFT: Final = np.uint64(32)
LOW: Final = np.uint64(0xFFFFFFFF)
RANK: Final = np.uint64(ROW_BITS + DAY_BITS + SCORE_BITS)

STRONG: Final = UNIT * UNIT // 10  # the tenth best of most rows has more in common than this
NEARNESS: Final = np.array(nearness(), np.int64)
LIFT: Final = int(NEARNESS[0])  # nearness in date can lift a row by this much over another


class Postings(NamedTuple):
    """For each term the rows that hold it, and what it asks and offers there; by term, then by row."""

    keys: Keys  # term << 32 | row
    asks: Weights
    offers: Weights
    terms: Words  # each once, ascending
    starts: Ints  # of each term's rows; one more than terms

    @classmethod
    def of(cls, vectors: Vectors) -> "Postings":
        """Cost: one sort of all entries."""
        keys = vectors.terms.astype(np.uint64) << SHIFT
        order = np.sort(keys | np.arange(len(keys), dtype=np.uint64)) & LOW
        rows = np.repeat(np.arange(len(vectors.starts) - 1, dtype=np.uint64), np.diff(vectors.starts))
        return cls.sorted(keys[order] | rows[order], vectors.asks[order], vectors.offers[order])

    @classmethod
    def sorted(cls, keys: Keys, asks: Weights, offers: Weights) -> "Postings":
        """From columns that are in order already."""
        terms = (keys >> SHIFT).astype(np.uint32)
        starts = np.flatnonzero(np.diff(terms, prepend=terms[:1] + np.uint32(1)))
        return cls(keys, asks, offers, terms[starts], np.append(starts, len(keys)))


class Matches(NamedTuple):
    """Pairs of rows that have enough in common, by place of the asked row and then by the other row."""

    places: Ints  # in the rows that were asked for
    others: Ints
    scores: Ints  # nearness in date included
    days: Ints


def matches_of(
    rows: Ints, vectors: Vectors, postings: Postings, epochs: Ints, *, asking: bool = True, best: int = 0
) -> Iterator[tuple[int, int, Matches]]:
    """What these rows find (`asking`), or what finds them, in blocks of places from, to.

    With `best`, only what may be among so many nearest of its row. Cost: about 15 ns for each holder of each term.
    """
    own, theirs = (vectors.asks, postings.offers) if asking else (vectors.offers, postings.asks)
    sizes = vectors.starts[rows + 1] - vectors.starts[rows]
    entries = ranges(vectors.starts[rows], sizes)
    places = np.repeat(np.arange(len(rows)), sizes)
    at = np.searchsorted(postings.terms, vectors.terms[entries])
    starts, lengths = postings.starts[at], postings.starts[at + 1] - postings.starts[at]
    few = int(lengths.sum()) < len(postings.keys)
    holders: Any = postings.keys if few else _shifted(postings.keys)  # keys, or rows already 32 bits up
    often = lengths * COMMON_PART > len(epochs) if len(epochs) <= DENSE_ROWS else np.zeros(len(at), np.bool_)
    seldom = np.where(often, 0, lengths)
    for lo, hi in _blocks(np.bincount(places, weights=seldom, minlength=len(rows)).astype(np.float64)):
        some = slice(*np.searchsorted(places, (lo, hi)))
        counts = seldom[some]
        hits = ranges(starts[some], counts)
        asked = np.repeat(own[entries[some]].astype(np.int64), counts)
        others = _shifted(holders[hits]) if few else holders[hits]
        near = np.repeat((places[some] - lo) << (32 + ROW_BITS), counts) | others
        sums = _summed(near | (asked * theirs[hits]))
        if often[some].any():
            dense = np.flatnonzero(often[some]) + some.start
            columns = _Columns(places[dense] - lo, at[dense], own[entries[dense]])
            sums = _with_common(sums, columns, postings, theirs, (hi - lo, len(epochs)))
        yield lo, hi, _dated(_enough(sums, rows[lo:hi], best), rows[lo:hi], epochs)


def _shifted(keys: Keys) -> Ints:
    """The rows of postings, 32 bits up."""
    return (keys & LOW).astype(np.int64) << 32


def ranges(starts: Ints, lengths: Ints) -> Ints:
    """The numbers of all runs, one run after the other."""
    ends = np.cumsum(lengths)
    return np.repeat(starts - ends + lengths, lengths) + np.arange(ends[-1] if len(ends) else 0)


def _blocks(costs: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Runs of rows whose products fit a block; at least one row each."""
    ends = np.cumsum(costs)
    lo, done = 0, 0.0
    while lo < len(costs):
        hi = int(np.searchsorted(ends, done + BLOCK, side="right"))
        hi = min(max(hi, lo + 1), lo + BLOCK_ROWS, len(costs))
        yield lo, hi
        lo, done = hi, ends[hi - 1]


def _summed(keys: Ints) -> tuple[Ints, Ints]:
    """Products of the same pair of rows added up: the pairs, ascending, and their sums."""
    keys.sort()
    pairs = keys >> 32
    ends = np.append(np.flatnonzero(pairs[1:] != pairs[:-1]), np.arange(len(keys))[-1:])
    return pairs[ends], np.diff(np.cumsum(keys & 0xFFFFFFFF)[ends], prepend=0)


class _Columns(NamedTuple):
    """What rows ask of the terms that many rows hold."""

    places: Ints
    terms: Ints  # numbers of terms in the postings
    asks: Weights


def _with_common(
    sums: tuple[Ints, Ints], asked: _Columns, postings: Postings, theirs: Weights, shape: tuple[int, int]
) -> tuple[Ints, Ints]:
    """The sums with the products of common terms added, by one product of matrices.

    Whole numbers below 2**24 are exact in 32-bit floats, in whatever order the matrices are multiplied.
    """
    terms, column = np.unique(asked.terms, return_inverse=True)
    asks = np.zeros((shape[0], len(terms)), np.float32)
    asks[asked.places, column] = asked.asks
    lengths = postings.starts[terms + 1] - postings.starts[terms]
    hits = ranges(postings.starts[terms], lengths)
    holders = (postings.keys[hits] & LOW).astype(np.int64)
    offers = np.zeros((len(terms), shape[1]), np.float32)
    offers[np.repeat(np.arange(len(terms)), lengths), holders] = theirs[hits]
    total = (asks @ offers).astype(np.int64)
    total[sums[0] >> ROW_BITS, sums[0] & (MAX_ROWS - 1)] += sums[1]
    places, others = np.nonzero(total >= LEAST)
    return (places << ROW_BITS) | others, total[places, others]


def _enough(sums: tuple[Ints, Ints], rows: Ints, best: int) -> tuple[Ints, Ints]:
    """Pairs with enough in common, and not of a row with itself; with `best`, near enough to be among so many."""
    pairs, scores = sums
    least = np.full(len(rows), LEAST)
    if best:
        strong = np.bincount(pairs[scores >= STRONG] >> ROW_BITS, minlength=len(rows))
        least[strong > best] = STRONG - LIFT  # one more than the best: the row itself is among them
    kept = np.flatnonzero(scores >= least[pairs >> ROW_BITS])
    pairs, scores = pairs[kept], scores[kept]
    if best:
        in_order = np.sort(((pairs >> ROW_BITS) << SCORE_BITS) | np.minimum(scores, TOP_SCORE))
        ends = np.searchsorted(in_order, np.arange(1, len(rows) + 1) << SCORE_BITS)
        some = np.diff(ends, prepend=0) > best
        least[some] = np.maximum((in_order[ends[some] - best - 1] & TOP_SCORE) - LIFT, least[some])
    kept = np.flatnonzero((scores >= least[pairs >> ROW_BITS]) & (rows[pairs >> ROW_BITS] != pairs & (MAX_ROWS - 1)))
    return pairs[kept], scores[kept]


def _dated(sums: tuple[Ints, Ints], rows: Ints, epochs: Ints) -> Matches:
    """The pairs with nearness in date added."""
    places, others = sums[0] >> ROW_BITS, sums[0] & (MAX_ROWS - 1)
    days = days_between(epochs[rows[places]], epochs[others])
    return Matches(places, others, np.minimum(sums[1] + NEARNESS[days], TOP_SCORE), days)


def days_between(here: Ints, there: Ints) -> Ints:
    """Whole days, at most FAR; FAR where a date is missing."""
    days: Ints = np.minimum(np.abs(here - there) // DAY_S, FAR)
    days[(here == NO_DATE) | (there == NO_DATE)] = FAR
    return days


def ranks(scores: Ints, days: Ints, rows: Ints) -> Ints:
    """A total order in one number each: smaller is nearer. By score, then nearness in date, then row."""
    return ((TOP_SCORE - scores) << (DAY_BITS + ROW_BITS)) | (days << ROW_BITS) | rows


def top_rows(rows: Ints, k: int, vectors: Vectors, postings: Postings, epochs: Ints) -> NDArray[np.int32]:
    """The k nearest of each row: an array of rows, k, (neighbour, score); (-1, 0) where there are fewer."""
    table = np.full((len(rows), k, 2), (-1, 0), np.int32)
    for lo, hi, found in matches_of(rows, vectors, postings, epochs, best=k):
        order = (found.places.astype(np.uint64) << RANK) | ranks(found.scores, found.days, found.others).astype(
            np.uint64
        )
        order.sort()
        firsts = np.searchsorted(order, np.arange(hi - lo + 1, dtype=np.uint64) << RANK)
        counts = np.minimum(np.diff(firsts), k)
        best = order[ranges(firsts[:-1], counts)].astype(np.int64) & ((1 << int(RANK)) - 1)
        into = np.repeat(np.arange(lo, hi), counts), ranges(np.zeros_like(counts), counts)
        table[(*into, 0)] = best & (MAX_ROWS - 1)
        table[(*into, 1)] = TOP_SCORE - (best >> (DAY_BITS + ROW_BITS))
    return table
