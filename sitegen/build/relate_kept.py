"""A table of related articles in the cache: what it was made of, and who has changed since.

Invariant: imports nothing that computes. What is remembered stands in three values, written in one transaction: the
index without terms (each time), the table of frequencies (when it has been copied), and marks of all terms (from
nothing only; rows that came later have none).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from sitegen.build.cache import COUNTED, Cache, Damaged
from sitegen.build.related_rows import Edited, Rows, Wanted
from sitegen.catalog.measure import NO_DATE
from sitegen.catalog.packed import packed, unpacked
from sitegen.catalog.related_kept import Counts, Marks, Packed, Stored
from sitegen.digest import SIZE_BYTES
from sitegen.model import Terms

if TYPE_CHECKING:  # a process that only brings a table up to date needs no heads
    from sitegen.build.heads import Published

COUNTS = "related counts"
MARKS = "related marks"

_decode = msgspec.msgpack.Decoder(Terms).decode


class Counted(msgspec.Struct, frozen=True, array_like=True):
    """An article as a table sees it: its terms, by their digest, and its date in seconds since 1970."""

    id: str
    source: str
    epoch: int | None
    terms_digest: bytes


class Articles(msgspec.Struct, frozen=True, array_like=True):
    """The articles of a table in the order of their ids, in columns: half a millisecond to send or read 5,000."""

    ids: list[str]
    sources: list[str]
    epochs: bytes  # 64 bits each, `NO_DATE` for none
    digests: bytes

    @classmethod
    def of(cls, published: "Published") -> "Articles":
        """Those that are shown and no pages."""
        ids, sources, epochs = published.ids, published.sources, published.epochs()
        digests = published.terms()
        if 0 not in published.articles:
            return cls(ids, sources, epochs, digests)
        rows = [row for row, is_article in enumerate(published.articles) if is_article]
        return cls(
            [ids[row] for row in rows],
            [sources[row] for row in rows],
            b"".join([epochs[8 * row : 8 * row + 8] for row in rows]),
            b"".join([digests[row * SIZE_BYTES : (row + 1) * SIZE_BYTES] for row in rows]),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, row: int) -> Counted:
        (epoch,) = unpacked("q", self.epochs[8 * row : 8 * row + 8])
        digest = self.digests[row * SIZE_BYTES : (row + 1) * SIZE_BYTES]
        return Counted(self.ids[row], self.sources[row], None if epoch == NO_DATE else epoch, digest)

    def rows(self) -> list[Counted]:
        """Each by itself."""
        return [self[row] for row in range(len(self))]


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """The table as it is remembered: what it was made of, and its rows."""

    digest: bytes
    wanted: Wanted
    ids: list[str]
    entries: bytes
    reasons: list[msgspec.Raw]
    edited: Edited | None = None  # None for one that was computed from nothing


class Index(msgspec.Struct, frozen=True, array_like=True):
    """An index as it is remembered. `digest` is that of the table; `counts` and `marks` say which those must be."""

    digest: bytes
    counts: bytes
    marks: bytes
    sources: list[str]
    terms_digests: bytes
    marked: bytes  # row among the marks, 32 bits each; -1 for none
    packed: Packed


class Part(msgspec.Struct, frozen=True, array_like=True):
    """Counts or marks, with the digest of the table that they were made for."""

    digest: bytes
    counts: Counts | None = None
    marks: Marks | None = None


class Compared(msgspec.Struct, frozen=True):
    """Where the terms of each old row are; and the ids that came, went or changed, with their old row if any."""

    stored: list[Stored]
    changed: dict[str, int | None]


def forget(cache: Cache) -> None:
    """The site wants no table any more."""
    with cache.together():
        cache.forget("related", COUNTED, COUNTS, MARKS)
        cache.forget_counted()


def counts_in(cache: Cache, state: Index) -> Counts | None:
    """The table of frequencies of an index, if that is what the cache holds. Raises: Damaged."""
    part = cache.known(COUNTS, Part)
    return part.counts if part is not None and part.digest == state.counts else None


def marks_in(cache: Cache, state: Index) -> Marks | None:
    """The marks of an index, if those are what the cache holds. Raises: Damaged."""
    part = cache.known(MARKS, Part)
    return part.marks if part is not None and part.digest == state.marks else None


def keep(cache: Cache, rows: Rows, wanted: Wanted, index: Index) -> None:
    """Keep a table and its index, in the transaction that the caller holds."""
    reasons = [msgspec.Raw(each) for each in rows.reasons]
    cache.remember("related", Kept(index.digest, wanted, list(rows.ids), rows.entries, reasons, rows.edited))
    cache.remember(COUNTED, index)
    cache.forget_counted()


def same_size(kept: Kept, state: Index) -> None:
    """Raises: Damaged, where an index does not fit its table."""
    sizes = (
        len(state.sources),
        len(state.terms_digests) / SIZE_BYTES,
        len(state.marked) / 4,
        len(state.packed.epochs) / 8,
    )
    if any(size != len(kept.ids) for size in sizes):
        raise Damaged("the index of related articles does not fit its table")


def edited_rows(kept: Kept, state: Index, articles: Articles) -> list[int] | None:
    """The rows whose terms or date are others than in a kept table; None where articles came or went.
    Cost: 1 ms at 5,000. Raises: Damaged.
    """
    same_size(kept, state)
    if kept.ids != articles.ids:
        return None
    found: set[int] = set()
    for old, new, size in (
        (state.terms_digests, articles.digests, SIZE_BYTES),
        (state.packed.epochs, articles.epochs, 8),
    ):
        if old != new:
            places = range(0, len(old), size)
            found.update(at // size for at in places if old[at : at + size] != new[at : at + size])
    return sorted(found)


def compared(kept: Kept, state: Index, articles: Sequence[Counted]) -> Compared:
    """How articles differ from those of a kept table. Raises: Damaged."""
    same_size(kept, state)
    size = len(kept.ids)
    epochs, marked = unpacked("q", state.packed.epochs), unpacked("i", state.marked)
    digests = [state.terms_digests[n : n + SIZE_BYTES] for n in range(0, size * SIZE_BYTES, SIZE_BYTES)]
    heads = {head.id: head for head in articles}
    stored = []
    changed: dict[str, int | None] = {}
    for row, (id, source, digest, epoch, mark) in enumerate(
        zip(kept.ids, state.sources, digests, epochs, marked, strict=True)
    ):
        head = heads.pop(id, None)
        if head is not None and head.terms_digest == digest:
            stored.append(Stored(head.source, digest, mark))
            if (NO_DATE if head.epoch is None else head.epoch) != epoch:
                changed[id] = row
        else:
            stored.append(Stored(source, digest, mark))
            changed[id] = row
    changed.update(dict.fromkeys(heads))
    return Compared(stored, changed)


def stored_now(head: Counted) -> Stored:
    """Where the terms of an article are, as they are now."""
    return Stored(head.source, head.terms_digest, -1)


def loader(cache: Cache) -> Callable[[Stored], Terms | None]:
    """What finds terms, and keeps them: neighbours share neighbours. It raises Damaged."""
    found: dict[bytes, Terms] = {}

    def load(wanted: Stored) -> Terms | None:
        if wanted.digest not in found:
            encoded = cache.counted_terms(wanted.source, wanted.digest)
            if encoded is None:
                return None
            try:
                found[wanted.digest] = _decode(encoded)
            except msgspec.MsgspecError as error:
                raise Damaged(f"{wanted.source}: {error}") from error
        return found[wanted.digest]

    return load


def certain(load: Callable[[Stored], Terms | None]) -> Callable[[Stored], Terms]:
    """As `loader`, where a lack is damage."""

    def surely(wanted: Stored) -> Terms:
        terms = load(wanted)
        if terms is None:
            raise Damaged(f"the terms of {wanted.source} are missing")
        return terms

    return surely


def index_after(
    state: Index, digest: bytes, articles: Articles, marked: Sequence[int], columns: Packed, counts: bytes
) -> Index:
    """An index as it is remembered after an edit."""
    return Index(digest, counts, state.marks, articles.sources, articles.digests, packed("i", marked), columns)


def reasons_after(kept: Kept, ids: Sequence[str], anew: Mapping[int, bytes]) -> list[bytes | msgspec.Raw]:
    """The reasons of the new rows: those found anew, by row, the others as they were."""
    if not kept.wanted.shown:
        return []
    before = dict(zip(kept.ids, kept.reasons, strict=True))
    return [anew[row] if row in anew else before[id] for row, id in enumerate(ids)]
