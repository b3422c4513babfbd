"""A related table after a few edits: exactly what a full build gives, from the old one and what changed.

Invariant: only time tells this from building anew; a row is left alone when nothing it was computed from has changed.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from sitegen.catalog.measure import FEW_PART, NO_DATE, size_bucket
from sitegen.catalog.nearest import LOW, SHIFT, Postings, days_between, matches_of, ranges, ranks, top_rows
from sitegen.catalog.related import RelatedIndex, TopTable
from sitegen.catalog.related_stored import StoredTerms
from sitegen.catalog.vectors import Frequencies, Ints, Vectors, Words, distinct, unpack, vectors_of
from sitegen.model import Terms

Change = tuple[int | None, Terms] | None  # date and terms of a new or edited article; None for one that is gone


@dataclass(frozen=True, slots=True)
class Updated:
    """`rows`: those of the new index whose neighbours, scores or reasons may differ from before, ascending."""

    index: RelatedIndex
    table: TopTable
    rows: Ints


class _Event(NamedTuple):
    """At an old row: whether it goes, and the new row that comes in its place or before it (-1 for none)."""

    place: int
    goes: bool
    row: int


def updated(index: RelatedIndex, table: TopTable, changes: Mapping[str, Change]) -> Updated:
    """Index and table after these articles were added, edited or removed, by id; to remove an unknown id is nothing.

    The old ones stay valid. Cost: a few ms at 5,000 articles while no term's frequency leaves its power of two; else
    also one pass over all terms, and over the rows in which such a term stands.
    """
    edits = _known(index, changes)
    found = _edited(index, edits)
    if found is None:
        built = _anew(index, edits)
        return Updated(built, built.top(k=table.entries.shape[1]), np.arange(len(built)))
    new, moved, fresh = found
    return _compared(new, table, moved, fresh)


def index_after(index: RelatedIndex, changes: Mapping[str, Change]) -> RelatedIndex:
    """The index alone after these articles were added, edited or removed. Cost: as `updated`, without the table."""
    edits = _known(index, changes)
    found = _edited(index, edits)
    return _anew(index, edits) if found is None else found[0]


def _known(index: RelatedIndex, changes: Mapping[str, Change]) -> dict[str, Change]:
    return {id: changes[id] for id in sorted(changes) if changes[id] is not None or _holds(index, id)}


def _edited(index: RelatedIndex, edits: Mapping[str, Change]) -> tuple[RelatedIndex, Ints, Ints] | None:
    """The new index, the new row of each old one, and the rows weighed anew; None where all had better be."""
    events, moved, size = _events(index, edits)
    if size_bucket(size) != size_bucket(len(index)) or len(edits) * FEW_PART > size:
        return None
    ids = tuple(_spliced(index.ids, events, [(id,) for id, edit in edits.items() if edit]))
    terms = _terms_after(index.terms, events, [(edit[1],) for edit in edits.values() if edit])
    dates = [(NO_DATE if edit[0] is None else edit[0],) for edit in edits.values() if edit]
    epochs = np.array(list(_spliced(index.epochs.tolist(), events, dates)), np.int64)
    frequencies, stirred = _recounted(index, events, terms)
    vectors, postings, fresh = _reweighed(index, events, moved, stirred, terms, frequencies)
    return RelatedIndex(ids, terms, epochs, frequencies, vectors, postings), moved, fresh


def _holds(index: RelatedIndex, id: str) -> bool:
    at = bisect_left(index.ids, id)
    return at < len(index.ids) and index.ids[at] == id


def _events(index: RelatedIndex, edits: Mapping[str, Change]) -> tuple[list[_Event], Ints, int]:
    """What happens at which row; the new row of each old one, -1 for none; and how many rows there are then."""
    events = []
    moved = np.arange(len(index))
    shift = 0
    for id, edit in edits.items():
        place, goes = bisect_left(index.ids, id), _holds(index, id)
        events.append(_Event(place, goes, place + shift if edit else -1))
        step = (edit is not None) - goes
        moved[place:] += step
        shift += step
        if goes and edit is None:
            moved[place] = -1
    return events, moved, len(index) + shift


def _spliced(old: Any, events: list[_Event], fresh: list[Any], starts: Any = None) -> Iterator[Any]:
    """The old values with those of the fresh rows in their places; `starts` where a row has several values."""
    return chain.from_iterable(_pieces(old, events, fresh, starts))


def _pieces(old: Any, events: list[_Event], fresh: list[Any], starts: Any = None) -> Iterator[Any]:
    """Runs of old values and fresh ones in turn; `starts` says where each row's values start."""
    done = 0
    coming = iter(fresh)
    for place, goes, row in events:
        yield old[done:place] if starts is None else old[starts[done] : starts[place]]
        if row >= 0:
            yield next(coming)
        done = place + goes
    yield old[done:] if starts is None else old[starts[done] :]


def _terms_after(terms: Sequence[Terms], events: list[_Event], fresh: list[Any]) -> Sequence[Terms]:
    """The terms of the new rows; those that are not loaded stay so."""
    if isinstance(terms, StoredTerms):
        return terms.spliced(lambda entries: _spliced(entries, events, fresh))
    return tuple(_spliced(terms, events, fresh))


def _anew(index: RelatedIndex, edits: Mapping[str, Change]) -> RelatedIndex:
    rows = {
        id: (None if epoch == NO_DATE else epoch, terms)
        for id, epoch, terms in zip(index.ids, index.epochs.tolist(), index.terms, strict=True)
    }
    rows |= {id: edit for id, edit in edits.items() if edit}
    return RelatedIndex.build((id, *row) for id, row in rows.items() if edits.get(id, row) is not None)


def _recounted(index: RelatedIndex, events: list[_Event], terms: Sequence[Terms]) -> tuple[Frequencies, Ints]:
    """The new frequencies, and the old rows, not edited themselves, in which a term now weighs otherwise."""
    old = index.frequencies
    lost = old.slots(unpack([index.terms[event.place] for event in events if event.goes]).hashes)
    won = old.slots(unpack([terms[event.row] for event in events if event.row >= 0]).hashes)
    new = old.edited(len(terms), lost, won)
    slots = distinct(np.concatenate((lost, won)))
    slots = slots[old.weights(slots) != new.weights(slots)]
    if not len(slots):
        return new, slots.astype(np.int64)
    edited = [event.place for event in events if event.goes]
    return new, np.setdiff1d(_holders(index, slots), edited, assume_unique=True)


def _holders(index: RelatedIndex, slots: Words) -> Ints:
    """The rows that hold a term of these slots, ascending."""
    frequencies, terms = index.frequencies, index.terms
    moving = np.zeros(len(frequencies.table), np.bool_)
    moving[slots] = True
    if isinstance(terms, StoredTerms):
        some = terms.rows_that_may_hold(slots, len(moving) - 1)
        terms = [terms[row] for row in some]
    else:
        some = np.arange(len(terms))
    looked_at = unpack(terms)
    ends = np.cumsum(looked_at.lengths)
    hits = np.flatnonzero(moving[frequencies.slots(looked_at.hashes)])
    return some[distinct(np.searchsorted(ends, hits, side="right"))]


def _reweighed(
    index: RelatedIndex, events: list[_Event], moved: Ints, stirred: Ints, terms: Sequence[Terms], counts: Frequencies
) -> tuple[Vectors, Postings, Ints]:
    """The vectors and postings with the edited and stirred rows weighed anew; and the new numbers of those rows."""
    events = sorted(events + [_Event(int(row), True, int(moved[row])) for row in stirred], key=lambda e: (e[0], e[1]))
    fresh = np.array([event.row for event in events if event.row >= 0], np.int64)
    part = vectors_of([terms[row] for row in fresh], counts)
    old, starts = index.vectors, index.vectors.starts
    lengths = np.concatenate(list(_pieces(np.diff(starts), events, list(np.diff(part.starts)[:, None]))))
    columns: list[Any] = [
        np.concatenate(list(_pieces(whole, events, np.split(new, part.starts[1:-1])[: len(fresh)], starts)))
        for whole, new in ((old.terms, part.terms), (old.asks, part.asks), (old.offers, part.offers))
    ]
    vectors = Vectors(np.concatenate(([0], np.cumsum(lengths))), *columns)
    gone = np.array([event.place for event in events if event.goes], np.int64)
    return vectors, _replaced(index, gone, moved, vectors, fresh), fresh


def _replaced(index: RelatedIndex, gone: Ints, moved: Ints, vectors: Vectors, fresh: Ints) -> Postings:
    """The postings without the old rows that go, their rows renumbered, and with the fresh rows."""
    old = index.postings
    keys, _ = _keys(index.vectors, gone)
    at = np.searchsorted(old.keys, keys)
    keys, asks, offers = np.delete(old.keys, at), np.delete(old.asks, at), np.delete(old.offers, at)
    if not np.array_equal(moved, np.arange(len(moved))):
        keys = (keys & ~LOW) | moved[keys & LOW].astype(np.uint64)
    fresh_keys, entries = _keys(vectors, fresh)
    order = np.argsort(fresh_keys)
    at = np.searchsorted(keys, fresh_keys[order])
    entries = entries[order]
    return Postings.sorted(
        np.insert(keys, at, fresh_keys[order]),
        np.insert(asks, at, vectors.asks[entries]),
        np.insert(offers, at, vectors.offers[entries]),
    )


def _keys(vectors: Vectors, rows: Ints) -> tuple[Any, Ints]:
    """The keys of all postings of these rows, and where they stand in the vectors."""
    lengths = vectors.starts[rows + 1] - vectors.starts[rows]
    entries = ranges(vectors.starts[rows], lengths)
    return (vectors.terms[entries].astype(np.uint64) << SHIFT) | np.repeat(rows, lengths).astype(np.uint64), entries


def _compared(new: RelatedIndex, table: TopTable, moved: Ints, fresh: Ints) -> Updated:
    """The table with every row computed again that a fresh row was in, is in, or comes into."""
    k = table.entries.shape[1]
    is_fresh = np.zeros(len(new), np.bool_)
    is_fresh[fresh] = True
    entries = np.full((len(new), k, 2), (-1, 0), np.int32)
    stays = np.flatnonzero(moved >= 0)
    before = table.entries[stays]
    neighbours = np.where(before[:, :, 0] < 0, -1, moved[before[:, :, 0]])
    entries[moved[stays], :, 0], entries[moved[stays], :, 1] = neighbours, before[:, :, 1]
    touched = is_fresh.copy()
    lost = (before[:, :, 0] >= 0) & ((neighbours < 0) | is_fresh[neighbours])
    touched[moved[stays[lost.any(axis=1)]]] = True
    last, scores = entries[:, -1, 0].astype(np.int64), entries[:, -1, 1].astype(np.int64)
    days = days_between(new.epochs, new.epochs[last])
    limits = np.where(last < 0, np.iinfo(np.int64).max, ranks(scores, days, last))
    for lo, hi, found in matches_of(fresh, new.vectors, new.postings, new.epochs, asking=False):
        nearer = ranks(found.scores, found.days, fresh[lo:hi][found.places]) < limits[found.others]
        touched[found.others[nearer]] = True
    rows = np.flatnonzero(touched)
    entries[rows] = top_rows(rows, k, new.vectors, new.postings, new.epochs)
    return Updated(new, TopTable(entries), rows)
