"""Related articles from their texts: who is near whom, and which words say so.

Invariant: everything follows from ids, dates and terms of the rows; no chunking, order of input or history of edits
shows in a table. The idea is Salton's vector space, with frequencies in powers of two (docs/decisions/0005).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sitegen.catalog.measure import KEPT, MAX_ROWS, NO_DATE, REASONS
from sitegen.catalog.nearest import Postings, top_rows
from sitegen.catalog.reasons import told_reasons
from sitegen.catalog.vectors import Frequencies, Ints, Vectors, Weights, vectors_of
from sitegen.model import Terms

Row = tuple[str, int | None, Terms]  # id, seconds since 1970 or None without a date, terms


class TopTable:
    """The nearest rows of each row, best first. Tables of consecutive rows, joined, are the table of all."""

    def __init__(self, entries: NDArray[np.int32]) -> None:
        self.entries = entries  # rows, k, (neighbour, score); (-1, 0) fills up

    @classmethod
    def joined(cls, parts: Iterable["TopTable"]) -> "TopTable":
        return cls(np.concatenate([part.entries for part in parts]))

    @classmethod
    def from_bytes(cls, content: bytes, k: int = KEPT) -> "TopTable":
        """Raises: ValueError for a length that no table of k columns has."""
        return cls(np.frombuffer(content, "<i4").reshape(-1, k, 2).astype(np.int32))

    def to_bytes(self) -> bytes:
        """8 bytes for each of k neighbours of each row: row and score, 32 bits each, little-endian."""
        return self.entries.astype("<i4").tobytes()

    def __len__(self) -> int:
        return len(self.entries)

    def row(self, row: int) -> list[tuple[int, int]]:
        """(neighbour, score) of a row, best first; at most k. Scores run from 0 to 2**20 - 1. Cost: 2 µs."""
        return [(other, score) for other, score in self.entries[row].tolist() if other >= 0]


@dataclass(frozen=True, slots=True)
class RelatedIndex:
    """What tables are computed from. Rows stand in the order of their ids; all are published articles."""

    ids: tuple[str, ...]
    terms: Sequence[Terms]  # a tuple, or what loads them when they are asked for
    epochs: Ints
    frequencies: Frequencies
    vectors: Vectors
    postings: Postings

    @classmethod
    def build(cls, rows: Iterable[Row]) -> "RelatedIndex":
        """The index of these articles, in any order; ids are unique. Cost: about 25 µs an article.

        Raises: ValueError for more than 2**20 rows.
        """
        ordered = sorted(rows, key=lambda row: row[0])
        if len(ordered) > MAX_ROWS:
            raise ValueError(f"related articles: {len(ordered)} are more than {MAX_ROWS}")
        terms = tuple(row[2] for row in ordered)
        frequencies = Frequencies.of(terms)
        vectors = vectors_of(terms, frequencies)
        return cls(
            tuple(row[0] for row in ordered), terms, _epochs(ordered), frequencies, vectors, Postings.of(vectors)
        )

    def __len__(self) -> int:
        return len(self.ids)

    def top(self, lo: int = 0, hi: int | None = None, k: int = KEPT) -> TopTable:
        """The table of rows lo to hi (not included); fewer than k neighbours where less is in common.

        Cost: about 40 µs a row at 5,000 articles.
        """
        rows = np.arange(lo, len(self) if hi is None else hi)
        return TopTable(top_rows(rows, k, self.vectors, self.postings, self.epochs))

    def reasons(self, row: int, others: Sequence[int], n: int = REASONS) -> list[tuple[str, ...]]:
        """For each of these neighbours the words and phrases that it is near for, heaviest first; at most n.

        A phrase stands for its words; numbers, words of many articles and words such as "the" are no reasons.
        Cost: about 40 µs, and 10 µs a neighbour.
        """
        return told_reasons(
            dict(zip(*self._part(row, self.vectors.asks), strict=True)),
            self.terms[row],
            [(zip(*self._part(other, self.vectors.offers), strict=True), self.terms[other]) for other in others],
            self.frequencies,
            n,
        )

    def _part(self, row: int, weights: Weights) -> tuple[list[int], list[int]]:
        """The terms of a row and what they weigh."""
        lo, hi = int(self.vectors.starts[row]), int(self.vectors.starts[row + 1])
        return self.vectors.terms[lo:hi].tolist(), weights[lo:hi].tolist()


def _epochs(rows: Sequence[Row]) -> Ints:
    return np.fromiter((NO_DATE if row[1] is None else row[1] for row in rows), np.int64, len(rows))
