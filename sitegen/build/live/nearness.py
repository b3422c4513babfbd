"""Related articles of a live site: an index is kept in memory and brought up to date edit by edit.

Invariant: the same neighbours, scores and reasons as a build's. Until the first edit the build's own rows answer; the
index is made meanwhile, or when it is first needed.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from sitegen.build.cache import Damaged
from sitegen.build.related_rows import RelatedTable, Rows, Wanted, bonds_of_rows
from sitegen.build.work import Head
from sitegen.catalog.bonds import Bond, bonds_of
from sitegen.catalog.links import Near
from sitegen.catalog.measure import KEPT, REASONS
from sitegen.model import Terms

if TYPE_CHECKING:
    from sitegen.catalog.related_edited import EditedIndex

Change = tuple[int | None, bytes] | None  # date and encoded terms; None for an article that is gone

_decode = msgspec.msgpack.Decoder(Terms).decode


class Nearness:
    """Who is near whom after the edits so far. `read` gives the encoded terms of the articles as they are now; `least`
    is the score of the bonds that will be asked for, None where nobody will.
    """

    def __init__(
        self, table: RelatedTable, wanted: Wanted, read: Callable[[], Iterable[tuple[Head, bytes]]], least: int | None
    ) -> None:
        self.wanted = wanted
        self._least = least
        self._first = table
        self._read = read
        self._lock = Lock()
        self._waiting: dict[str, Change] = {}
        self._index: EditedIndex | None = None
        self._bound: Bound | None = None

    def first(self) -> Mapping[str, tuple[Near, ...]] | None:
        """The build's own rows; None when the cache has lost what they are made of."""
        try:
            return self._first.rows() if self.wanted.count else {}
        except (Damaged, sqlite3.Error):
            return None

    def edit(self, changes: Mapping[str, Change]) -> "RelatedNow":
        """The answers after these edits too."""
        with self._lock:
            self._waiting.update(changes)
        return RelatedNow(self)

    def prepare(self) -> None:
        """Make the index and the bonds, if they are not there. Cost: 30 µs an article, and 40 µs for its bonds."""
        if self.wanted.count:
            with self._lock:
                self._build().prepare()
                self._bind()

    def _build(self) -> "EditedIndex":
        if self._index is None:
            from sitegen.catalog.related import RelatedIndex  # noqa: PLC0415 -- numpy, as in build.relate
            from sitegen.catalog.related_edited import EditedIndex  # noqa: PLC0415

            rows = ((head.id, head.epoch, _decode(terms)) for head, terms in self._read())
            self._index = EditedIndex(RelatedIndex.build(rows))
            self._waiting = {}  # an edit is told after the articles have taken it, so it has been read
        return self._index

    def _bind(self) -> None:
        """Find the bonds of all while no edit has been made: after one it takes five times as long."""
        index = self._build()
        if self._bound is None and self._least is not None and index.is_base:
            self._bound = Bound(index, self._least, self.wanted.shown)

    def now(self) -> "EditedIndex":
        """The index with all edits in it."""
        with self._lock:
            index = self._build()
            if self._waiting:
                self._bind()
                changes = {id: (each[0], _decode(each[1])) if each else None for id, each in self._waiting.items()}
                self._waiting = {}
                index = self._index = index.after(changes)
                if self._bound is not None:
                    self._bound.edited(index)
            return index

    def bonds(self, least: int) -> tuple[Bond, ...]:
        """Pairs of articles that are each other's neighbours with at least this score, after all edits."""
        if not self.wanted.count:
            return ()
        index = self.now()
        with self._lock:
            if self._bound is None or self._bound.least != least:
                self._bound = Bound(index, least, self.wanted.shown)
            return self._bound.bonds()


class Bound:
    """Bonds after edits, and the words of each, found once for as long as they hold."""

    def __init__(self, index: "EditedIndex", least: int, shown: int) -> None:
        from sitegen.catalog.close import all_close  # noqa: PLC0415 -- numpy, as above

        self.least = least
        self._shown = shown
        self._index = index
        self._close = all_close(index, least)
        self._words: dict[tuple[str, str], tuple[str, ...]] = {}

    def edited(self, index: "EditedIndex") -> None:
        """Take an edit."""
        from sitegen.catalog.close import close_after  # noqa: PLC0415

        self._index = index
        self._close = close_after(self._close, index, index.weighed, self.least)
        weighed = index.weighed
        self._words = {pair: words for pair, words in self._words.items() if weighed.isdisjoint(pair)}

    def bonds(self) -> tuple[Bond, ...]:
        """All bonds."""
        return bonds_of(self._close, self._why)

    def _why(self, id: str, other: str) -> tuple[str, ...]:
        if list(self._close[id]).index(other) >= self._shown:
            return ()
        if (id, other) not in self._words:
            index = self._index
            row, place = index.row(id), index.row(other)
            assert row is not None
            assert place is not None
            self._words[id, other] = index.reasons(row, [place], REASONS)[0]
        return self._words[id, other]


class RelatedNow:
    """The table at one moment, computed when it is first asked."""

    def __init__(self, nearness: Nearness, rows: Mapping[str, tuple[Near, ...]] | None = None) -> None:
        self._nearness = nearness
        self._given = rows
        self._rows: dict[str, tuple[Near, ...]] = {}
        self._now: EditedIndex | None = None

    def near(self, id: str, n: int) -> tuple[Near, ...]:
        """The n nearest articles, best first; none for what is no article. Cost: 0.5 ms for a new id."""
        if not self._nearness.wanted.count:
            return ()
        if id not in self._rows:
            self._rows[id] = self._row(id)
        return self._rows[id][:n]

    def bonds(self, least: int) -> tuple[Bond, ...]:
        """Pairs of articles that are each other's neighbours with at least this score."""
        if self._given is None:
            return self._nearness.bonds(least)
        return self._given.bonds(least) if isinstance(self._given, Rows) else bonds_of_rows(self._given, least)

    def _row(self, id: str) -> tuple[Near, ...]:
        if self._given is not None:
            return self._given.get(id, ())
        if self._now is None:
            self._now = self._nearness.now()
        row = self._now.row(id)
        if row is None:
            return ()
        index, nearest = self._now, self._now.nearest(row, KEPT)
        wanted = self._nearness.wanted
        shown = wanted.count if wanted.reasons else 0
        reasons = index.reasons(row, [other for other, _ in nearest[:shown]], REASONS) if shown else []
        reasons += [()] * (len(nearest) - len(reasons))
        return tuple(
            [Near(index.base.ids[other], score, why) for (other, score), why in zip(nearest, reasons, strict=True)]
        )
