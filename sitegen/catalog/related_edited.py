"""Related articles under edits: an index, and beside it the few rows that edits have touched since it was built.

Invariant: what is answered is what an index built anew would answer; only time tells the two apart. An edit of articles
that stay costs what it touches; one that adds or removes articles makes another index.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sitegen.catalog.measure import DAY_BITS, KEPT, LEAST, NO_DATE, REASONS, TOP_SCORE, size_bucket
from sitegen.catalog.nearest import LOW, NEARNESS, days_between, ranges, ranks
from sitegen.catalog.reasons import told_reasons
from sitegen.catalog.related import RelatedIndex
from sitegen.catalog.related_edit import Change, index_after
from sitegen.catalog.vectors import Frequencies, Ints, Weights, Words, distinct, unpack, vectors_of
from sitegen.model import Terms

MANY: Final = 400  # touched rows from which another index is made of all
ROW_BITS: Final = np.uint64(20)
ROW_MASK: Final = np.uint64((1 << 20) - 1)
RANK_MASK: Final = (1 << 20) - 1
RANK_SHIFT: Final = 20 + DAY_BITS


class Vector(NamedTuple):
    """One row of `Vectors`."""

    terms: Words
    asks: Weights
    offers: Weights


class Holders:
    """For each slot the rows whose terms stand in it, of an index. 8 bytes a term."""

    def __init__(self, index: RelatedIndex) -> None:
        """Cost: one sort of all terms, 60 µs an article of 300."""
        unpacked = unpack(index.terms)
        slots = index.frequencies.slots(unpacked.hashes).astype(np.uint64)
        rows = np.repeat(np.arange(len(index), dtype=np.uint64), unpacked.lengths)
        self._keys: NDArray[np.uint64] = np.sort((slots << ROW_BITS) | rows)

    def rows(self, slots: Words) -> Ints:
        """Rows with a term in one of these slots, ascending. Cost: 1 µs a slot, and what is found."""
        first = slots.astype(np.uint64) << ROW_BITS
        starts, ends = np.searchsorted(self._keys, first), np.searchsorted(self._keys, first | ROW_MASK, side="right")
        found = self._keys[ranges(starts, ends - starts)] & ROW_MASK
        return distinct(found).astype(np.int64)


class EditedIndex:
    """A base, the edits since, by id, and the vectors of all rows that weigh otherwise than in the base. Its values
    never change: an edit gives another one.
    """

    def __init__(self, base: RelatedIndex) -> None:
        self.base = base
        self.frequencies: Frequencies = base.frequencies
        self.epochs: Ints = base.epochs
        self._changes: dict[str, Change] = {}
        self._terms: dict[int, Terms] = {}
        self._vectors: dict[int, Vector] = {}
        self._holders: Holders | None = None
        self._overlay: tuple[Ints, Ints, Words, Weights, Weights] | None = None
        self.weighed: frozenset[str] = frozenset()  # what the last edit brought, took or weighed anew

    @property
    def is_base(self) -> bool:
        """Whether no edit has been made since the index was."""
        return not self._changes

    def prepare(self) -> None:
        """Make what the next edit needs, now."""
        if self._holders is None:
            self._holders = Holders(self.base)

    def row(self, id: str) -> int | None:
        """An article's row; None for what is none."""
        at = bisect_left(self.base.ids, id)
        return at if at < len(self.base.ids) and self.base.ids[at] == id else None

    def after(self, changes: Mapping[str, Change]) -> "EditedIndex":
        """With these articles added, edited or removed. Cost: under a ms for an edit at 20,000 articles, and 15 µs for
        each article with a term whose frequency has left its power of two.
        """
        edits: dict[int, tuple[int | None, Terms]] = {}
        for id, change in changes.items():
            row = self.row(id)
            if row is not None and change is not None:
                edits[row] = change
            elif row is not None or change is not None:
                return self._rebased(changes)
        if len(self._vectors) + len(edits) > MANY:
            return self._rebased(changes)
        found = EditedIndex(self.base)
        found._changes = {**self._changes, **changes}
        found._holders = self._holders
        found._terms = {**self._terms, **{row: terms for row, (_, terms) in edits.items()}}
        found.epochs = self.epochs.copy()
        for row, (epoch, _) in edits.items():
            found.epochs[row] = NO_DATE if epoch is None else epoch
        found._weigh(self, list(edits))
        return found

    def _rebased(self, changes: Mapping[str, Change]) -> "EditedIndex":
        found = EditedIndex(index_after(self.base, {**self._changes, **changes}))
        found.weighed = self._weighed_by(changes, found)
        return found

    def _weighed_by(self, changes: Mapping[str, Change], after: "EditedIndex") -> frozenset[str]:
        """What an edit that made another index brought, took or weighed anew; all where the whole weighs otherwise."""
        old, new = self.frequencies, after.frequencies
        if size_bucket(old.size) != size_bucket(new.size) or len(old.table) != len(new.table):
            return frozenset((*self.base.ids, *after.base.ids))
        rows = [row for id in changes if (row := self.row(id)) is not None]
        terms = [*map(self.terms, rows), *(change[1] for change in changes.values() if change is not None)]
        slots = distinct(old.slots(unpack(terms).hashes))
        moving = slots[old.weights(slots) != new.weights(slots)]
        return frozenset(changes) | {self.base.ids[row] for row in self._rows_with(moving)}

    def _weigh(self, before: "EditedIndex", edited: list[int]) -> None:
        """Count and weigh anew what the edits of these rows touch."""
        old = before.frequencies
        lost = old.slots(unpack([before.terms(row) for row in edited]).hashes)
        won = old.slots(unpack([self.terms(row) for row in edited]).hashes)
        self.frequencies = old.edited(len(self.base), lost, won)
        slots = distinct(np.concatenate((lost, won)))
        moving = slots[old.weights(slots) != self.frequencies.weights(slots)]
        touched = sorted({*edited, *self._rows_with(moving)})
        self.weighed = frozenset([self.base.ids[row] for row in touched])
        part = vectors_of([self.terms(row) for row in touched], self.frequencies)
        self._vectors = dict(before._vectors)  # noqa: SLF001 -- its own kind
        for n, row in enumerate(touched):
            cut = slice(int(part.starts[n]), int(part.starts[n + 1]))
            self._vectors[row] = Vector(part.terms[cut], part.asks[cut], part.offers[cut])

    def _rows_with(self, slots: Words) -> Iterable[int]:
        if not len(slots):
            return ()
        self.prepare()
        assert self._holders is not None
        own = [
            row
            for row, terms in self._terms.items()
            if np.isin(self.frequencies.slots(unpack([terms]).hashes), slots).any()
        ]
        return {*own, *(row for row in self._holders.rows(slots).tolist() if row not in self._terms)}

    def terms(self, row: int) -> Terms:
        """The terms of a row, after the edits."""
        found = self._terms.get(row)
        return self.base.terms[row] if found is None else found

    def vector(self, row: int) -> Vector:
        """The heaviest terms of a row, after the edits."""
        found = self._vectors.get(row)
        if found is not None:
            return found
        vectors = self.base.vectors
        cut = slice(int(vectors.starts[row]), int(vectors.starts[row + 1]))
        return Vector(vectors.terms[cut], vectors.asks[cut], vectors.offers[cut])

    def nearest(self, row: int, k: int = KEPT) -> list[tuple[int, int]]:
        """The k nearest rows and their scores, best first. Cost: 0.3 ms at 20,000 articles."""
        others, days, scores = self._matches(row, asking=True)
        ranked = ranks(scores, days, others)
        best = np.sort(np.partition(ranked, k)[:k] if len(ranked) > k else ranked)
        return [(rank & RANK_MASK, TOP_SCORE - (rank >> RANK_SHIFT)) for rank in best.tolist()]

    def finders(self, row: int, least: int) -> list[tuple[int, int]]:
        """The rows for which this one has at least such a score, and the score. Cost: as `nearest`."""
        others, _, scores = self._matches(row, asking=False)
        some = np.flatnonzero(scores >= least)
        return list(zip(others[some].tolist(), scores[some].tolist(), strict=True))

    def rank(self, row: int, other: int, score: int) -> int:
        """Where another row stands among the neighbours of one: smaller is nearer."""
        here, there = self.epochs[row : row + 1], self.epochs[other : other + 1]
        return int(ranks(np.array([score]), days_between(here, there), np.array([other]))[0])

    def _matches(self, row: int, *, asking: bool) -> tuple[Ints, Ints, Ints]:
        """Rows that have enough in common with one, how many days lie between, and scores: as it finds them, or as they
        find it.
        """
        sums = self._sums(self.vector(row), asking=asking)
        sums[row] = 0
        others = np.flatnonzero(sums >= LEAST)
        days = days_between(np.full(len(others), self.epochs[row]), self.epochs[others])
        return others, days, np.minimum(sums[others].astype(np.int64) + NEARNESS[days], TOP_SCORE)

    def _sums(self, asked: Vector, *, asking: bool) -> NDArray[np.float64]:
        """For each row what it has in common with what is asked: whole numbers far below 2**53, so exact."""
        own = asked.asks if asking else asked.offers
        postings, size = self.base.postings, len(self.base)
        at = np.minimum(np.searchsorted(postings.terms, asked.terms), max(len(postings.terms) - 1, 0))
        known = np.flatnonzero(postings.terms[at] == asked.terms) if len(postings.terms) else at[:0]
        starts = postings.starts[at[known]]
        lengths = postings.starts[at[known] + 1] - starts
        hits = ranges(starts, lengths)
        theirs = postings.offers if asking else postings.asks
        products = np.repeat(own[known].astype(np.int64), lengths) * theirs[hits]
        sums: NDArray[np.float64] = np.zeros(size)
        sums += np.bincount((postings.keys[hits] & LOW).astype(np.int64), weights=products, minlength=size)
        if self._vectors:
            rows, owners, terms, asks, offers = self._touched()
            order = np.argsort(asked.terms)
            mine = asked.terms[order]
            at = np.minimum(np.searchsorted(mine, terms), max(len(mine) - 1, 0))
            same = np.flatnonzero(mine[at] == terms) if len(mine) else at[:0]
            products = own[order][at[same]].astype(np.int64) * (offers if asking else asks)[same]
            sums[rows] = 0
            sums += np.bincount(owners[same], weights=products, minlength=size)
        return sums

    def _touched(self) -> tuple[Ints, Ints, Words, Weights, Weights]:
        """The rows that weigh otherwise than in the base, and of each of their terms: the row, the term, what it asks
        and offers.
        """
        if self._overlay is None:
            rows = np.array(list(self._vectors), np.int64)
            vectors = list(self._vectors.values())
            owners = np.repeat(rows, [len(each.terms) for each in vectors])
            terms, asks, offers = (np.concatenate([each[at] for each in vectors]) for at in (0, 1, 2))
            self._overlay = rows, owners, terms, asks, offers
        return self._overlay

    def reasons(self, row: int, others: Sequence[int], n: int = REASONS) -> list[tuple[str, ...]]:
        """As `RelatedIndex.reasons`, after the edits."""
        mine = self.vector(row)
        asks = dict(zip(mine.terms.tolist(), mine.asks.tolist(), strict=True))
        given = []
        for other in others:
            theirs = self.vector(other)
            given.append((zip(theirs.terms.tolist(), theirs.offers.tolist(), strict=True), self.terms(other)))
        return told_reasons(asks, self.terms(row), given, self.frequencies, n)
