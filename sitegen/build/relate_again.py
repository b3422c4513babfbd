"""A remembered table of related articles, brought up to date where few articles have changed since.

Invariant: the rows are those that are computed from nothing.
"""

from collections.abc import Callable

from sitegen.build.cache import Cache
from sitegen.build.relate import reasons_of
from sitegen.build.relate_kept import (
    COUNTS,
    MARKS,
    Articles,
    Compared,
    Index,
    Kept,
    Part,
    certain,
    compared,
    counts_in,
    index_after,
    keep,
    loader,
    marks_in,
    reasons_after,
    stored_now,
)
from sitegen.build.related_rows import Edited, Rows, Wanted
from sitegen.catalog.measure import FEW_PART, size_bucket
from sitegen.catalog.related import RelatedIndex, TopTable
from sitegen.catalog.related_edit import Change, updated
from sitegen.catalog.related_kept import Stored
from sitegen.catalog.related_stored import StoredTerms, counts_of, index_from, marks_of, packed_of
from sitegen.model import Terms


def remember_all(
    cache: Cache, articles: Articles, digest: bytes, wanted: Wanted, index: RelatedIndex, rows: Rows
) -> None:
    """Keep a table that was computed from nothing. Cost: about 5 µs an article."""
    with cache.together():
        cache.remember(COUNTS, Part(digest, counts=counts_of(index.frequencies.table)))
        cache.remember(MARKS, Part(digest, marks=marks_of(index.terms)))
        state = Index(digest, digest, digest, [], b"", b"", packed_of(index))
        keep(cache, rows, wanted, index_after(state, digest, articles, range(len(index)), state.packed, digest))


def updated_rows(kept: Kept, state: Index, articles: Articles, digest: bytes, cache: Cache) -> Rows | None:
    """The rows of these articles, from those that are kept, and remembered in their place; None where too much has
    changed, or too little is known. Raises: Damaged; ValueError where what is kept does not fit.
    """
    if size_bucket(len(kept.ids)) != size_bucket(len(articles)):
        return None
    load = loader(cache)
    rows_now = articles.rows()
    seen = compared(kept, state, rows_now)
    if len(seen.changed) * FEW_PART > len(articles):
        return None
    for row in seen.changed.values():
        if row is not None and load(seen.stored[row]) is None:
            return None
    terms, counts = _stored_terms(seen, certain(load), cache, state), counts_in(cache, state)
    if terms is None or counts is None:
        return None
    index = index_from(state.packed, kept.ids, terms, counts)
    heads = {head.id: head for head in rows_now}
    changes: dict[str, Change] = {}
    for id in seen.changed:
        head = heads.get(id)
        changes[id] = None if head is None else (head.epoch, terms.load(stored_now(head)))
    done = updated(index, TopTable.from_bytes(kept.entries), changes)
    assert isinstance(done.index.terms, StoredTerms)
    if done.index.terms.unmarked() * FEW_PART > len(articles):
        return None  # so that what is remembered is made whole again
    fresh = done.rows.tolist()
    anew = {row: reasons_of(done.index, done.table, row, row, kept.wanted) for row in fresh if kept.wanted.shown}
    reasons = reasons_after(kept, done.index.ids, anew)
    edited = Edited(kept.digest, sorted({*seen.changed, *(done.index.ids[row] for row in fresh)}))
    rows = Rows(done.index.ids, done.table.to_bytes(), reasons, edited)
    copied = done.index.frequencies.table is not index.frequencies.table
    marked = [-1 if isinstance(entry, Terms) else entry.mark for entry in done.index.terms.entries]
    after = index_after(state, digest, articles, marked, packed_of(done.index), digest if copied else state.counts)
    with cache.together():
        if copied:
            cache.remember(COUNTS, Part(digest, counts=counts_of(done.index.frequencies.table)))
        keep(cache, rows, kept.wanted, after)
    return rows


def _stored_terms(seen: Compared, load: Callable[[Stored], Terms], cache: Cache, state: Index) -> StoredTerms | None:
    marks = marks_in(cache, state)
    return None if marks is None else StoredTerms(seen.stored, load, marks)
