"""A related table after edits of a few articles that stay, in plain Python: numpy takes longer to import than this.

Invariant: index and table are, byte for byte, those that `related_edit` gives, and so those of an index built anew;
None stands for more than a few, never for another answer.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import accumulate, chain, compress, repeat
from math import floor, sqrt
from typing import Final, NamedTuple

from sitegen.catalog.measure import (
    COMMON,
    COUNT_WEIGHTS,
    DAY_BITS,
    DAY_S,
    FAR,
    FEW_PART,
    KEPT,
    LATE,
    LEAST,
    MAX_ROWS,
    NO_DATE,
    ROW_BITS,
    TITLE_UNIT,
    TOP_SCORE,
    UNIT,
    nearness,
    rarities,
    size_bucket,
    terms_kept,
)
from sitegen.catalog.packed import Numbers, packed, unpacked
from sitegen.catalog.reasons import told_reasons
from sitegen.catalog.related_kept import MARK, MOST, MOST_SLOTS, Counts, Marks, Packed
from sitegen.content.terms import IN_TITLE
from sitegen.model import Terms

FEW: Final = 8  # articles edited at a time
FEW_SLOTS: Final = 24  # terms that weigh otherwise: each is sought among the marks of all, 1 ms at 5,000 articles
FEW_FRESH: Final = 48  # rows weighed anew
FEW_ROWS: Final = 160  # rows whose neighbours are sought anew, 0.5 ms each


class Edit(NamedTuple):
    """What becomes of a row: its date and its terms, and those that it had."""

    epoch: int | None
    before: Terms
    after: Terms


class Vector(NamedTuple):
    """One row of `Columns`, by descending weight."""

    terms: list[int]
    asks: list[int]
    offers: list[int]


class KeptIndex(NamedTuple):
    """What an index is made from again."""

    packed: Packed
    counts: Counts
    marks: Callable[[], Marks | None]  # read where a term weighs otherwise
    marked: Sequence[int]  # each row's place among the marks, -1 for none


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
        self._large = dict(zip(_all_of(table.small, bytes([MOST])), large, strict=True))
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
        found = object.__new__(Tally)
        found.__dict__.update(self.__dict__, late=late)
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


class Few(NamedTuple):
    """The index as it is kept, without its table of frequencies, and the table. `rows` are those whose neighbours,
    scores or reasons may differ from before, ascending; `why` gives, for one of them and its nearest so many, the
    reasons.
    """

    packed: Packed
    entries: bytes
    rows: list[int]
    why: Callable[[int, int], list[tuple[str, ...]]]


def few_edited(index: KeptIndex, entries: bytes, edits: Mapping[int, Edit], load: Callable[[int], Terms]) -> Few | None:
    """Index and table after these edits, by row; `load` gives the terms of a row that is not edited, and may raise what
    it likes. None: `related_edit` is the quicker way.

    Cost: 30 ms at 5,000 articles, half of it to look through all vectors twice. Raises: ValueError.
    """
    size = len(index.marked)
    if len(edits) > FEW or len(edits) * FEW_PART > size:
        return None
    columns = Columns(index.packed, size)
    late = dict(zip(unpacked("I", index.packed.late), unpacked("I", index.packed.counts), strict=True))
    stirred = _stirred(index, Tally(size, index.counts, late), edits, load)
    if stirred is None:
        return None
    tally, others = stirred
    terms = {row: edit.after for row, edit in edits.items()} | others
    fresh = {row: weighed(each, tally) for row, each in terms.items()}
    moved = columns.replace(fresh, {row: edit.epoch for row, edit in edits.items()})
    found = Nearest(columns, entries)
    anew = found.touched(moved)
    if len(anew) > FEW_ROWS:
        return None
    rows = sorted({*anew, *fresh, *found.that_name(fresh)})
    found.seek(anew)

    def why(row: int, count: int) -> list[tuple[str, ...]]:
        def of(row: int) -> Terms:
            return terms[row] if row in terms else load(row)

        mine = columns.vector(row)
        near = [(columns.vector(other), other) for other in found.neighbours(row)[:count]]
        given = [(zip(each.terms, each.offers, strict=True), of(other)) for each, other in near]
        return told_reasons(dict(zip(mine.terms, mine.asks, strict=True)), of(row), given, tally)

    slots = sorted(tally.late)
    after = Packed(
        packed("q", columns.epochs),
        packed("H", columns.lengths),
        packed("I", columns.terms),
        packed("H", columns.asks),
        packed("H", columns.offers),
        packed("I", slots),
        packed("I", map(tally.late.__getitem__, slots)),
    )
    return Few(after, packed("i", found.entries), rows, why)


def _stirred(
    index: KeptIndex, old: Tally, edits: Mapping[int, Edit], load: Callable[[int], Terms]
) -> tuple[Tally, dict[int, Terms]] | None:
    """The new frequencies, and the rows, not edited themselves, in which a term weighs otherwise, with their terms;
    None where they are many.
    """
    lost = [slot for edit in edits.values() for slot in old.slots(edit.before)]
    won = [slot for edit in edits.values() for slot in old.slots(edit.after)]
    new = old.edited(lost, won)
    if new is None:
        return None
    steps = Counter(won)
    steps.subtract(lost)
    moving = {slot for slot, step in steps.items() if step and old.weight(slot) != new.weight(slot)}
    if not moving:
        return new, {}
    marks = index.marks() if len(moving) <= FEW_SLOTS else None
    if marks is None:
        return None
    found: dict[int, Terms] = {}
    for row in _that_may_hold(moving, old.mask, marks, index.marked):
        if row not in edits and not moving.isdisjoint(old.slots(terms := load(row))):
            found[row] = terms
            if len(found) > FEW_FRESH:
                return None
    return new, found


def _that_may_hold(slots: set[int], mask: int, marks: Marks, marked: Sequence[int]) -> list[int]:
    """All rows that hold a term of these slots, and a few others, ascending. Raises: ValueError."""
    ends = list(accumulate(unpacked("H", marks.lengths)))
    if 2 * (ends[-1] if ends else 0) != len(marks.marks) or (marked and max(marked) >= len(ends)):
        raise ValueError("marks of terms do not fit their rows")
    if mask >= MARK:
        wanted = {slot & MARK for slot in slots}
    else:
        wanted = {mark for mark in range(MARK + 1) if mark & mask in slots}
    places = chain.from_iterable(_all_of(marks.marks, packed("H", [mark])) for mark in wanted)
    found = {bisect_left(ends, place // 2 + 1) for place in places if place % 2 == 0}
    return [row for row, mark in enumerate(marked) if mark < 0 or mark in found]


def _all_of(content: bytes, part: bytes) -> Iterator[int]:
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


class Nearest:
    """The table as it becomes: for each row KEPT pairs of neighbour and score, (-1, 0) where there are fewer."""

    def __init__(self, columns: Columns, entries: bytes) -> None:
        """Raises: ValueError."""
        self.columns = columns
        self.entries = unpacked("i", entries)
        if len(self.entries) != 2 * KEPT * len(columns.lengths):
            raise ValueError("the table of related articles does not fit its index")

    def neighbours(self, row: int) -> list[int]:
        """The nearest rows of one, best first."""
        return [other for other in self.entries[2 * KEPT * row : 2 * KEPT * (row + 1) : 2] if other >= 0]

    def that_name(self, rows: Container[int]) -> Iterable[int]:
        """The rows that have one of these among their nearest. Cost: 1 ms at 5,000 rows."""
        return [place // KEPT for place, other in enumerate(self.entries[::2]) if other in rows]

    def touched(self, moved: Mapping[int, Vector]) -> set[int]:
        """These rows, and those that one of them was among the nearest of, or comes among them."""
        if not moved:
            return set()
        touched = {*moved, *self.that_name(moved)}
        terms = {term for vector in moved.values() for term in vector.terms}
        holders = self.columns.holders(terms, self.columns.asks)
        for row, vector in moved.items():
            for other, rank in self._ranked(row, zip(vector.terms, vector.offers, strict=True), holders, finding=False):
                if other not in touched and rank < self._limit(other):
                    touched.add(other)
        return touched

    def seek(self, rows: Iterable[int]) -> None:
        """Find the nearest of these rows anew."""
        columns = self.columns
        vectors = {row: columns.vector(row) for row in rows}
        if not vectors:
            return
        holders = columns.holders({term for each in vectors.values() for term in each.terms}, columns.offers)
        for row, vector in vectors.items():
            found = self._ranked(row, zip(vector.terms, vector.asks, strict=True), holders, finding=True)
            best = nsmallest(KEPT, [rank for _, rank in found])
            pairs = [(rank & (MAX_ROWS - 1), TOP_SCORE - (rank >> (DAY_BITS + ROW_BITS))) for rank in best]
            pairs += [(-1, 0)] * (KEPT - len(pairs))
            self.entries[2 * KEPT * row : 2 * KEPT * (row + 1)] = unpacked("i", packed("i", chain.from_iterable(pairs)))

    def _limit(self, row: int) -> int:
        """What a neighbour has to be below to come among the nearest of a row."""
        last, score = self.entries[2 * KEPT * (row + 1) - 2 : 2 * KEPT * (row + 1)]
        return 1 << 63 if last < 0 else _rank(score, self.columns.days(row, last), last)

    def _ranked(
        self,
        row: int,
        vector: Iterable[tuple[int, int]],
        holders: Mapping[int, list[tuple[int, int]]],
        *,
        finding: bool,
    ) -> list[tuple[int, int]]:
        """Each row that has enough in common with one, and the rank of what it is for that, or of that for it."""
        sums: dict[int, int] = {}
        for term, weight in vector:
            for other, theirs in holders[term]:
                sums[other] = sums.get(other, 0) + weight * theirs
        near = nearness()
        found = []
        for other, sum in sums.items():
            if sum >= LEAST and other != row:
                days = self.columns.days(row, other)
                found.append((other, _rank(min(sum + near[days], TOP_SCORE), days, other if finding else row)))
        return found


def _rank(score: int, days: int, row: int) -> int:
    """A total order in one number: smaller is nearer. By score, then nearness in date, then row."""
    return ((TOP_SCORE - score) << (DAY_BITS + ROW_BITS)) | (days << ROW_BITS) | row
