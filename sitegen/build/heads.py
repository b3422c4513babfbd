"""What every build asks of every article, in columns; the rest of an article's head is read when somebody asks for it.

Invariant: a column says what the heads say, row for row, in the order of ids (then of sources). Heads are in the cache
in pieces, written in one transaction with their columns; one that does not fit its row is damage.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, overload

import msgspec

from sitegen.build.cache import Cache, Damaged, pieces_of
from sitegen.build.work import BODY, CARD, KEYS, NAMES, TERMS, TITLE, Head
from sitegen.catalog.measure import NO_DATE
from sitegen.catalog.packed import packed, unpacked
from sitegen.catalog.published import Audience, Due, is_published
from sitegen.digest import SIZE_BYTES
from sitegen.engine import Digests, fingerprint_of

HEADS: Final = "heads"  # what the cache knows them by
DIGESTS: Final = (CARD, KEYS, BODY, TERMS, NAMES, TITLE)
_NEVER: Final = packed("q", [NO_DATE])


class Columns(msgspec.Struct, frozen=True, array_like=True):
    """One row a source. Moments are seconds since 1970, 64 bits each, `NO_DATE` for none."""

    ids: list[str]
    sources: list[str]
    files: bytes  # digest of the file that each was parsed from
    articles: bytes  # 1 for an article, 0 for a page
    drafts: bytes  # 1 or 0
    starts: bytes
    expires: bytes
    epochs: bytes
    digests: list[bytes]  # a column for each of DIGESTS
    more: list[int]  # rows whose head has more to tell: links, warnings, files beside it, a translation

    @classmethod
    def of(cls, heads: Iterable[Head], files: Mapping[str, bytes]) -> "Columns":
        """`files`: digests by source, where they are known. Cost: 4 µs a head."""
        rows = sorted(heads, key=lambda head: (head.id, head.source))
        digests, none = [head.digests for head in rows], bytes(SIZE_BYTES)
        return cls(
            [head.id for head in rows],
            [head.source for head in rows],
            b"".join([files.get(head.source, none) for head in rows]),
            bytes([head.kind == "article" for head in rows]),
            bytes([head.due.draft for head in rows]),
            packed("q", [_moment(head.due.start) for head in rows]),
            packed("q", [_moment(head.due.expires) for head in rows]),
            packed("q", [_moment(head.epoch) for head in rows]),
            [b"".join([each[part] for each in digests]) for part in DIGESTS],
            [row for row, head in enumerate(rows) if _tells_more(head)],
        )

    def __len__(self) -> int:
        return len(self.ids)

    def files_by_source(self) -> dict[str, bytes]:
        """Digests of the files that each was parsed from."""
        return dict(zip(self.sources, _cut(self.files), strict=True))

    def digests_by_source(self, part: slice) -> dict[str, bytes]:
        """Digests of one part of each."""
        return dict(zip(self.sources, _cut(self.digests[DIGESTS.index(part)]), strict=True))

    def digest(self, row: int) -> bytes:
        """As `Head.digests`."""
        return b"".join([each[row * SIZE_BYTES : (row + 1) * SIZE_BYTES] for each in self.digests])

    def shown(self, as_of: int, audience: Audience) -> Sequence[int]:
        """The rows that this audience sees at this second. Cost: little where that is all of them, else 1 µs each."""
        if 1 not in self.drafts and not self.to_come(as_of) and self.expires == _NEVER * len(self):
            return range(len(self))
        moments = zip(self.drafts, unpacked("q", self.starts), unpacked("q", self.expires), strict=True)
        return [
            row
            for row, (draft, start, expires) in enumerate(moments)
            if is_published(Due(bool(draft), _seconds(start), _seconds(expires)), as_of, audience)
        ]

    def to_come(self, as_of: int) -> list[int]:
        """The rows that are not due yet, draft or not."""
        return [row for row, start in enumerate(unpacked("q", self.starts)) if start > as_of]

    def next_change(self, as_of: int) -> int | None:
        """As `published.next_change`, of all rows."""
        moments = (*unpacked("q", self.starts), *unpacked("q", self.expires))
        return min((moment for moment in moments if moment > as_of), default=None)

    def after(self, heads: Mapping[str, Head], files: Mapping[str, bytes]) -> "Columns | None":
        """With these heads in place of those of the same sources; None where a row would come or move."""
        numbers = dict(zip(self.sources, range(len(self)), strict=True))
        rows = {numbers[source]: head for source, head in heads.items() if source in numbers}
        if len(rows) < len(heads) or any(self.ids[row] != head.id for row, head in rows.items()):
            return None
        parts = {row: Columns.of([head], files) for row, head in rows.items()}

        def changed(column: bytes, width: int, new: Mapping[int, bytes]) -> bytes:
            found = bytearray(column)
            for row, value in new.items():
                found[row * width : (row + 1) * width] = value
            return bytes(found)

        more = (set(self.more) - rows.keys()) | {row for row, part in parts.items() if part.more}
        return msgspec.structs.replace(
            self,
            digests=[
                changed(column, SIZE_BYTES, {row: part.digests[n] for row, part in parts.items()})
                for n, column in enumerate(self.digests)
            ],
            more=sorted(more),
            **{
                name: changed(getattr(self, name), width, {row: getattr(part, name) for row, part in parts.items()})
                for name, width in _WIDTHS.items()
            },
        )


_WIDTHS: Final = {"files": SIZE_BYTES, "articles": 1, "drafts": 1, "starts": 8, "expires": 8, "epochs": 8}


def _cut(column: bytes) -> list[bytes]:
    """The digests of a column."""
    return [column[start : start + SIZE_BYTES] for start in range(0, len(column), SIZE_BYTES)]


def _moment(seconds: int | None) -> int:
    return NO_DATE if seconds is None else seconds


def _seconds(moment: int) -> int | None:
    return None if moment == NO_DATE else moment


def _tells_more(head: Head) -> bool:
    return bool(head.links or head.links_at or head.warnings or head.bundle or head.translated)


class Heads(Mapping[str, Head]):
    """Heads by source, in the order of sources; those that are not at hand are read from the cache, a piece at a time,
    while it is open and in the process that opened it. A lookup may raise Damaged; none does after `load`.
    """

    def __init__(self, columns: Columns, at_hand: dict[str, Head], cache: Cache | None = None) -> None:
        self.columns = columns
        self._at_hand = at_hand
        self._cache = cache
        self._rows = dict(zip(columns.sources, range(len(columns)), strict=True))

    def __getitem__(self, source: str) -> Head:
        found = self._at_hand.get(source)
        if found is None:
            if self._cache is None or source not in self._rows:
                raise KeyError(source)
            (number,) = pieces_of([source])
            self._take(self._cache.known_piece(HEADS, number, Head))
            found = self._at_hand.get(source)
            if found is None:
                raise Damaged(f"the head of {source} is missing")
        return found

    def _take(self, heads: Mapping[str, Head]) -> None:
        for source, head in heads.items():
            row = self._rows.get(source)
            if row is not None and source not in self._at_hand:
                if (
                    head.source != source
                    or head.id != self.columns.ids[row]
                    or head.digests != self.columns.digest(row)
                ):
                    raise Damaged(f"the head of {source} is not that of its row")
                self._at_hand[source] = head

    def load(self) -> None:
        """Have all of them at hand. Cost: 5 µs each that is not. Raises: Damaged."""
        if self._cache is not None:
            if len(self._at_hand) < len(self._rows):
                self._take(self._cache.known_pieces(HEADS, Head))
            if len(self._at_hand) < len(self._rows):
                raise Damaged("heads are missing")
            self._cache = None

    def __contains__(self, source: object) -> bool:
        return source in self._rows

    def __iter__(self) -> Iterator[str]:
        """All sources; who asks for them all wants all heads."""
        self.load()
        return iter(sorted(self._rows))

    def __len__(self) -> int:
        return len(self._rows)


class Published(Sequence[Head]):
    """The heads that are shown, in the order of ids, and what their columns say."""

    def __init__(self, heads: Heads, rows: Sequence[int]) -> None:
        columns = heads.columns
        self.heads = heads
        self.rows = rows
        self.is_all = len(rows) == len(columns)
        self.ids = columns.ids if self.is_all else [columns.ids[row] for row in rows]
        self.sources = columns.sources if self.is_all else [columns.sources[row] for row in rows]
        self.articles = columns.articles if self.is_all else bytes([columns.articles[row] for row in rows])

    @classmethod
    def of(cls, heads: Iterable[Head]) -> "Published":
        """These heads, which are all shown."""
        by_source = {head.source: head for head in heads}
        columns = Columns.of(by_source.values(), {})
        return cls(Heads(columns, by_source), range(len(columns)))

    @cached_property
    def by_id(self) -> dict[str, str]:
        """Sources by id."""
        return dict(zip(self.ids, self.sources, strict=True))

    def column(self, part: slice) -> bytes:
        """The digests of one part of each, one after the other."""
        return self._some(self.heads.columns.digests[DIGESTS.index(part)], SIZE_BYTES)

    def terms(self) -> bytes:
        """The digests of their terms."""
        return self.column(TERMS)

    def epochs(self) -> bytes:
        """The dates, as in `Columns`."""
        return self._some(self.heads.columns.epochs, 8)

    def _some(self, column: bytes, width: int) -> bytes:
        if self.is_all:
            return column
        return b"".join([column[row * width : (row + 1) * width] for row in self.rows])

    def to_come(self, as_of: int) -> list[str]:
        """The ids of those that are not due yet."""
        rows = set(self.heads.columns.to_come(as_of))
        return [id for id, row in zip(self.ids, self.rows, strict=True) if row in rows] if rows else []

    @cached_property
    def telling(self) -> list[Head]:
        """Those whose head has more to tell than the columns do."""
        more = set(self.heads.columns.more)
        if not more:
            return []
        return [self.heads[source] for source, row in zip(self.sources, self.rows, strict=True) if row in more]

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Head]:
        self.heads.load()
        return map(self.heads.__getitem__, self.sources)

    @overload
    def __getitem__(self, at: int) -> Head: ...
    @overload
    def __getitem__(self, at: slice) -> list[Head]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return [self.heads[source] for source in self.sources[at]]
        return self.heads[self.sources[at]]


class DigestColumn(Digests):
    """Digests by id, from a column; `others` stand in place of those that it says."""

    def __init__(self, ids: Sequence[str], column: bytes, others: Mapping[str, bytes]) -> None:
        """`ids` ascend."""
        self._ids = ids
        self._column = column
        self._others = others
        self._all: dict[str, bytes] | None = None

    def at_hand(self) -> dict[str, bytes]:
        """All of them, each by itself. Cost: 0.1 µs each, once."""
        if self._all is None:
            self._all = {**dict(zip(self._ids, _cut(self._column), strict=True)), **self._others}
        return self._all

    def fingerprint(self) -> bytes:
        if self._others:
            return fingerprint_of(self._ids, b"".join(map(self.at_hand().__getitem__, self._ids)))
        return fingerprint_of(self._ids, self._column)

    def get(self, id: object, default: Any = None) -> Any:
        return self.at_hand().get(id, default)  # type: ignore[call-overload]

    def __getitem__(self, id: str) -> bytes:
        return self.at_hand()[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.at_hand())

    def __len__(self) -> int:
        return len(self._ids)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels as what it is."""
        return dict, (self.at_hand(),)


class Encoded(Mapping[str, bytes]):
    """An encoded part of the heads that are shown, by id; `others` stand in place of those that they hold."""

    def __init__(self, published: Published, part: str, others: Mapping[str, bytes]) -> None:
        self._published = published
        self._part = part
        self._others = others
        self._sources = published.by_id

    def __getitem__(self, id: str) -> bytes:
        found: bytes = self._others[id] if id in self._others else getattr(self._head(id), self._part)
        return found

    def _head(self, id: str) -> Head:
        return self._published.heads[self._sources[id]]

    def get(self, id: object, default: Any = None) -> Any:
        return self[id] if id in self._sources else default

    def __contains__(self, id: object) -> bool:
        return id in self._sources

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels as what it is."""
        return dict, (dict(self),)
