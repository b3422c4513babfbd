"""A related table after edits of a few articles that stay, in plain Python: numpy takes longer to import than this.

Invariant: index and table are, byte for byte, those that `related_edit` gives, and so those of an index built anew;
None stands for more than a few, never for another answer.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from heapq import nsmallest
from itertools import accumulate, chain
from typing import Final, NamedTuple

from sitegen.catalog.measure import (
    DAY_BITS,
    FEW_PART,
    KEPT,
    LEAST,
    MAX_ROWS,
    ROW_BITS,
    TOP_SCORE,
    nearness,
)
from sitegen.catalog.packed import packed, unpacked
from sitegen.catalog.plain_index import Columns, Tally, Vector, all_of, weighed
from sitegen.catalog.reasons import told_reasons
from sitegen.catalog.related_kept import MARK, Counts, Marks, Packed
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


class KeptIndex(NamedTuple):
    """What an index is made from again."""

    packed: Packed
    counts: Counts
    marks: Callable[[], Marks | None]  # read where a term weighs otherwise
    marked: Sequence[int]  # each row's place among the marks, -1 for none


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
    places = chain.from_iterable(all_of(marks.marks, packed("H", [mark])) for mark in wanted)
    found = {bisect_left(ends, place // 2 + 1) for place in places if place % 2 == 0}
    return [row for row, mark in enumerate(marked) if mark < 0 or mark in found]


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
