"""A remembered table of related articles, brought up to date where few articles have changed since.

Invariant: the rows are those that are computed from nothing. What is remembered stands in three values, written in
one transaction: the index without terms (each time), the table of frequencies (when it has been copied), and marks
of all terms (from nothing only; rows that came later have none).
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from sitegen.build.cache import COUNTED, Cache, Damaged
from sitegen.build.relate import Counted, Kept, reasons_of
from sitegen.build.related_rows import Edited, Rows, Wanted
from sitegen.catalog.nearest import NO_DATE
from sitegen.catalog.related import RelatedIndex, TopTable
from sitegen.catalog.related_edit import FEW_PART, Change, updated
from sitegen.catalog.related_stored import Counts, Marks, Packed, Stored, StoredTerms
from sitegen.catalog.vectors import size_bucket
from sitegen.digest import SIZE_BYTES
from sitegen.model import Terms

COUNTS = "related counts"
MARKS = "related marks"

_decode = msgspec.msgpack.Decoder(Terms).decode


class _Index(msgspec.Struct, frozen=True, array_like=True):
    """An index as it is remembered. `digest` is that of the table; `counts` and `marks` say which those must be."""

    digest: bytes
    counts: bytes
    marks: bytes
    sources: list[str]
    terms_digests: bytes
    marked: bytes  # row among the marks, 32 bits each; -1 for none
    packed: Packed


class _Part(msgspec.Struct, frozen=True, array_like=True):
    """Counts or marks, with the digest of the table that they were made for."""

    digest: bytes
    counts: Counts | None = None
    marks: Marks | None = None


def forget(cache: Cache) -> None:
    """The site wants no table any more."""
    with cache.together():
        cache.forget("related", COUNTED, COUNTS, MARKS)
        cache.forget_counted()


def remember_all(
    cache: Cache, articles: Sequence[Counted], digest: bytes, wanted: Wanted, index: RelatedIndex, rows: Rows
) -> None:
    """Keep a table that was computed from nothing. Cost: about 5 µs an article."""
    with cache.together():
        cache.remember(COUNTS, _Part(digest, counts=Counts.of(index.frequencies.table)))
        cache.remember(MARKS, _Part(digest, marks=Marks.of(index.terms)))
        marked = np.arange(len(index), dtype="<i4").tobytes()
        _remember(cache, articles, Kept(digest, wanted, [], b"", []), index, rows, (digest, digest, marked))


def _remember(
    cache: Cache,
    articles: Sequence[Counted],
    kept: Kept,
    index: RelatedIndex,
    rows: Rows,
    parts: tuple[bytes, bytes, bytes],
) -> None:
    reasons = [msgspec.Raw(each) for each in rows.reasons]
    cache.remember("related", Kept(kept.digest, kept.wanted, list(rows.ids), rows.entries, reasons, rows.edited))
    sources = [head.source for head in articles]
    digests = b"".join([head.terms_digest for head in articles])
    cache.remember(COUNTED, _Index(kept.digest, parts[0], parts[1], sources, digests, parts[2], Packed.of(index)))
    cache.forget_counted()


def updated_rows(kept: Kept, articles: Sequence[Counted], digest: bytes, wanted: Wanted, cache: Cache) -> Rows | None:
    """The rows of these articles, from those that are kept, and remembered in their place; None where too much has
    changed, or too little is known. Raises: Damaged.
    """
    if kept.wanted != wanted or size_bucket(len(kept.ids)) != size_bucket(len(articles)):
        return None
    state = cache.known(COUNTED, _Index)
    if state is None or state.digest != kept.digest:
        return None
    try:
        return _updated(kept, state, articles, digest, cache)
    except ValueError as error:  # of what is kept: a part does not fit another
        raise Damaged(f"related articles: {error}") from error


def _updated(kept: Kept, state: _Index, articles: Sequence[Counted], digest: bytes, cache: Cache) -> Rows | None:
    load = _loader(cache)
    stored, changed = _compared(kept, state, articles)
    if len(changed) * FEW_PART > len(articles):
        return None
    for row in changed.values():
        if row is not None and load(stored[row]) is None:
            return None
    terms = _stored_terms(stored, load, cache, state)
    part = cache.known(COUNTS, _Part)
    if terms is None or part is None or part.counts is None or part.digest != state.counts:
        return None
    index = state.packed.index(kept.ids, terms, part.counts)
    heads = {head.id: head for head in articles}
    changes: dict[str, Change] = {}
    for id in changed:
        head = heads.get(id)
        changes[id] = None if head is None else (head.epoch, terms.load(_stored(head)))
    done = updated(index, TopTable.from_bytes(kept.entries), changes)
    assert isinstance(done.index.terms, StoredTerms)
    if done.index.terms.unmarked() * FEW_PART > len(articles):
        return None  # so that what is remembered is made whole again
    fresh = done.rows.tolist()
    reasons = _reasons_after(kept, done.index, done.table, fresh)
    edited = Edited(kept.digest, sorted({*changed, *(done.index.ids[row] for row in fresh)}))
    rows = Rows(done.index.ids, done.table.to_bytes(), reasons, edited)
    copied = done.index.frequencies.table is not index.frequencies.table
    marked = np.array([-1 if isinstance(e, Terms) else e.mark for e in done.index.terms.entries], "<i4").tobytes()
    with cache.together():
        if copied:
            cache.remember(COUNTS, _Part(digest, counts=Counts.of(done.index.frequencies.table)))
        after = Kept(digest, kept.wanted, [], b"", [])
        _remember(cache, articles, after, done.index, rows, (digest if copied else state.counts, state.marks, marked))
    return rows


def _stored(head: Counted) -> Stored:
    return Stored(head.source, head.terms_digest, -1)


def _loader(cache: Cache) -> Callable[[Stored], Terms | None]:
    """What finds terms, and keeps them: neighbours share neighbours."""
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


def _compared(kept: Kept, state: _Index, articles: Sequence[Counted]) -> tuple[list[Stored], Mapping[str, int | None]]:
    """Where the terms of each old row are; and the ids that came, went or changed, with their old row if any."""
    size = len(kept.ids)
    if not len(state.sources) == size == len(state.terms_digests) // SIZE_BYTES == len(state.marked) // 4:
        raise Damaged("the index of related articles does not fit its table")
    epochs, marked = np.frombuffer(state.packed.epochs, "<i8").tolist(), np.frombuffer(state.marked, "<i4").tolist()
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
    return stored, changed


def _stored_terms(
    stored: Sequence[Stored], load: Callable[[Stored], Terms | None], cache: Cache, state: _Index
) -> StoredTerms | None:
    marks = cache.known(MARKS, _Part)
    if marks is None or marks.marks is None or marks.digest != state.marks:
        return None

    def certain(wanted: Stored) -> Terms:
        terms = load(wanted)
        if terms is None:
            raise Damaged(f"the terms of {wanted.source} are missing")
        return terms

    return StoredTerms(stored, certain, marks.marks)


def _reasons_after(kept: Kept, index: RelatedIndex, table: TopTable, fresh: Sequence[int]) -> list[bytes | msgspec.Raw]:
    """The reasons of the new rows: those of fresh ones found anew, the others as they were."""
    if not kept.wanted.shown:
        return []
    before = dict(zip(kept.ids, kept.reasons, strict=True))
    anew = {row: reasons_of(index, table, row, row, kept.wanted) for row in fresh}
    return [anew[row] if row in anew else before[id] for row, id in enumerate(index.ids)]
