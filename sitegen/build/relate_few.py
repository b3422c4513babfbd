"""A remembered table of related articles, brought up to date after an edit of a few articles, without numpy.

Invariant: what is remembered is what `build.relate_again` would have, byte for byte; who gets None asks that.
"""

from collections.abc import Sequence

import msgspec

from sitegen.build.cache import COUNTED, Cache, Damaged
from sitegen.build.relate_kept import (
    Counted,
    Index,
    Kept,
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
from sitegen.catalog.measure import FEW_PART
from sitegen.catalog.related_few import FEW, Edit, KeptIndex, few_edited

_encode = msgspec.msgpack.Encoder().encode


def few_rows(kept: Kept, articles: Sequence[Counted], digest: bytes, wanted: Wanted, cache: Cache) -> Rows | None:
    """The rows of these articles, from those that are kept, and remembered in their place; None where more has
    changed than a few articles that stay, or too little is known. Raises: Damaged.
    """
    if kept.wanted != wanted or len(kept.ids) != len(articles):
        return None
    state = cache.known(COUNTED, Index)
    if state is None or state.digest != kept.digest:
        return None
    try:
        return _after(kept, state, articles, digest, cache)
    except ValueError as error:  # of what is kept: a part does not fit another
        raise Damaged(f"related articles: {error}") from error


def _after(kept: Kept, state: Index, articles: Sequence[Counted], digest: bytes, cache: Cache) -> Rows | None:
    seen, load = compared(kept, state, articles), loader(cache)
    edits: dict[int, Edit] = {}
    marked = [stored.mark for stored in seen.stored]
    for id, row in seen.changed.items() if len(seen.changed) <= FEW else ():
        if row is None or articles[row].id != id:  # it came or went, so that rows move
            return None
        before, after = load(seen.stored[row]), load(stored_now(articles[row]))
        if before is None or after is None:
            return None
        edits[row] = Edit(articles[row].epoch, before, after)
        marked[row] = -1
    counts = counts_in(cache, state)
    if not edits or counts is None or marked.count(-1) * FEW_PART > len(marked):
        return None
    terms = certain(load)
    index = KeptIndex(state.packed, counts, lambda: marks_in(cache, state), marked)
    found = few_edited(index, kept.entries, edits, lambda row: terms(seen.stored[row]))
    if found is None:
        return None
    anew = {row: _encode(found.why(row, kept.wanted.shown)) for row in found.rows if kept.wanted.shown}
    edited = Edited(kept.digest, sorted([kept.ids[row] for row in found.rows]))
    rows = Rows(kept.ids, found.entries, reasons_after(kept, kept.ids, anew), edited)
    with cache.together():
        keep(cache, rows, kept.wanted, index_after(state, digest, articles, marked, found.packed, state.counts))
    return rows
