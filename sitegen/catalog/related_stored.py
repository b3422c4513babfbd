"""An index of related articles to plain values (`related_kept`), and back.

Invariant: what comes back answers as what was kept; bytes that do not fit are a ValueError, never a wrong answer.
Terms stay where they are: they are loaded one by one, and only by who needs them.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import starmap
from typing import Any, Final, overload

import numpy as np
from numpy.typing import NDArray

from sitegen.catalog.nearest import Postings
from sitegen.catalog.related import RelatedIndex
from sitegen.catalog.related_kept import MARK, MOST, MOST_SLOTS, Counts, Marks, Packed, Stored
from sitegen.catalog.vectors import Frequencies, Ints, Vectors, Words, unpack
from sitegen.model import Terms

AT_ONCE: Final = 512  # articles marked at a time, 2 MB of them


def marks_of(terms: Sequence[Terms]) -> Marks:
    """Cost: about 2 µs an article."""
    parts = [unpack(terms[at : at + AT_ONCE]) for at in range(0, len(terms), AT_ONCE)]
    return Marks(
        b"".join([part.lengths.astype("<u2").tobytes() for part in parts]),
        b"".join([part.hashes.astype("<u2").tobytes() for part in parts]),
    )


def holding(kept: Marks, slots: Words, mask: int) -> NDArray[np.bool_]:
    """For each row whether it may hold a term of these slots; `mask` says which bits of a hash are its slot.

    Raises: ValueError.
    """
    lengths, marks = _array(kept.lengths, "<u2").astype(np.int64), _array(kept.marks, "<u2")
    if int(lengths.sum()) != len(marks):
        raise ValueError("marks of terms do not fit their rows")
    wanted = np.zeros(MARK + 1, np.bool_)
    wanted[slots & np.uint32(MARK)] = True
    if mask < MARK:
        wanted = wanted[np.arange(MARK + 1) & mask]
    found = np.zeros(len(lengths), np.bool_)
    found[np.searchsorted(np.cumsum(lengths), np.flatnonzero(wanted[marks]), side="right")] = True
    return found


class StoredTerms(Sequence[Terms]):
    """Terms of the rows of an index, here or `Stored`; `load` brings them and may raise what it likes."""

    def __init__(self, entries: Sequence[Terms | Stored], load: Callable[[Stored], Terms], marks: Marks) -> None:
        self.entries = tuple(entries)
        self.load = load
        self.marks = marks

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, at: int) -> Terms: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Terms, ...]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return tuple(map(self._loaded, self.entries[at]))
        return self._loaded(self.entries[at])

    def _loaded(self, entry: Terms | Stored) -> Terms:
        return entry if isinstance(entry, Terms) else self.load(entry)

    def spliced(self, splice: Callable[[tuple[Any, ...]], Iterator[Any]]) -> "StoredTerms":
        """With other entries; nothing is loaded."""
        return StoredTerms(tuple(splice(self.entries)), self.load, self.marks)

    def unmarked(self) -> int:
        """How many rows have come or changed since the marks were made."""
        return sum(1 for entry in self.entries if isinstance(entry, Terms) or entry.mark < 0)

    def rows_that_may_hold(self, slots: Words, mask: int) -> Ints:
        """All rows that hold a term of these slots, and a few others; ascending. Raises: ValueError."""
        found = holding(self.marks, slots, mask)
        rows = np.array([-1 if isinstance(entry, Terms) else entry.mark for entry in self.entries], np.int64)
        if len(rows) and int(rows.max()) >= len(found):
            raise ValueError("rows without marks")
        return np.flatnonzero(np.append(found, True)[rows])


def counts_of(table: NDArray[np.uint32]) -> Counts:
    """Cost: about 1 ns a slot."""
    slots = np.flatnonzero(table)
    counts = table[slots]
    return Counts(
        len(table),
        slots.astype("<u4").tobytes(),
        np.minimum(counts, MOST).astype(np.uint8).tobytes(),
        counts[counts >= MOST].astype("<u4").tobytes(),
    )


def table_of(kept: Counts) -> NDArray[np.uint32]:
    """Raises: ValueError."""
    if not 0 < kept.size <= MOST_SLOTS or kept.size & (kept.size - 1):
        raise ValueError("a table of frequencies has no such size")
    slots, small = _array(kept.slots, "<u4"), _array(kept.small, "u1")
    if len(slots) and int(slots.max()) >= kept.size:
        raise ValueError("a slot outside the table of frequencies")
    counts = _fitting(small, len(slots)).astype(np.uint32)
    many = small == MOST
    counts[many] = _fitting(_array(kept.large, "<u4"), int(many.sum()))
    table = np.zeros(kept.size, np.uint32)
    table[slots] = counts
    return table


def packed_of(index: RelatedIndex) -> Packed:
    """Cost: one copy of the arrays."""
    vectors, frequencies = index.vectors, index.frequencies
    columns = (index.epochs, "<i8"), (np.diff(vectors.starts), "<u2"), (vectors.terms, "<u4")
    columns += (vectors.asks, "<u2"), (vectors.offers, "<u2")  # type: ignore[assignment]
    columns += (frequencies.late, "<u4"), (frequencies.counts, "<u4")  # type: ignore[assignment]
    return Packed(*starmap(_packed, columns))


def index_from(kept: Packed, ids: Sequence[str], terms: Sequence[Terms], counts: Counts) -> RelatedIndex:
    """The index again. Cost: about 2 µs an article, and 2 ns a slot of the table. Raises: ValueError."""
    size = len(ids)
    starts = np.concatenate(([0], np.cumsum(_fitting(_array(kept.lengths, "<u2"), size), dtype=np.int64)))
    total = int(starts[-1])
    vectors = Vectors(
        starts,
        _fitting(_array(kept.terms, "<u4"), total),
        _fitting(_array(kept.asks, "<u2"), total),
        _fitting(_array(kept.offers, "<u2"), total),
    )
    late = _array(kept.late, "<u4")
    frequencies = Frequencies(size, table_of(counts), late, _fitting(_array(kept.counts, "<u4"), len(late)))
    epochs = _fitting(_array(kept.epochs, "<i8"), size)
    return RelatedIndex(tuple(ids), terms, epochs, frequencies, vectors, Postings.of(vectors))


def _array(content: bytes, kind: str) -> NDArray[Any]:
    found = np.frombuffer(content, kind)
    return found.astype(found.dtype.newbyteorder("="), copy=False)


def _packed(values: NDArray[Any], kind: str) -> bytes:
    return values.astype(kind, copy=False).tobytes()


def _fitting(values: NDArray[Any], size: int) -> NDArray[Any]:
    if len(values) != size:
        raise ValueError(f"{len(values)} numbers where {size} belong")
    return values
