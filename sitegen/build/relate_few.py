"""A remembered table of related articles, brought up to date after an edit of a few articles, without numpy.

Invariant: what is remembered is what `build.relate_again` would have, byte for byte; who gets None asks that.
"""

import msgspec

from sitegen.build.cache import Cache
from sitegen.build.relate_kept import (
    Articles,
    Index,
    Kept,
    certain,
    counts_in,
    edited_rows,
    index_after,
    keep,
    loader,
    marks_in,
    reasons_after,
    stored_now,
)
from sitegen.build.related_rows import Edited, Rows
from sitegen.catalog.measure import FEW_PART
from sitegen.catalog.packed import unpacked
from sitegen.catalog.related_few import FEW, Edit, KeptIndex, few_edited
from sitegen.catalog.related_kept import Stored
from sitegen.digest import SIZE_BYTES

_encode = msgspec.msgpack.Encoder().encode


def few_rows(kept: Kept, state: Index, articles: Articles, digest: bytes, cache: Cache) -> Rows | None:
    """The rows of these articles, from those that are kept, and remembered in their place; None where more has
    changed than a few articles that stay, or too little is known. Raises: Damaged; ValueError where what is kept does
    not fit.
    """
    changed, load = edited_rows(kept, state, articles), loader(cache)
    if not changed or len(changed) > FEW:
        return None
    marked = unpacked("i", state.marked)
    edits: dict[int, Edit] = {}
    for row in changed:
        before, now = load(_before(state, row)), articles[row]
        after = load(stored_now(now))
        if before is None or after is None:
            return None
        edits[row] = Edit(now.epoch, before, after)
        marked[row] = -1
    counts = counts_in(cache, state)
    if counts is None or marked.count(-1) * FEW_PART > len(marked):
        return None
    terms = certain(load)
    index = KeptIndex(state.packed, counts, lambda: marks_in(cache, state), marked)
    found = few_edited(index, kept.entries, edits, lambda row: terms(stored_now(articles[row])))
    if found is None:
        return None
    anew = {row: _encode(found.why(row, kept.wanted.shown)) for row in found.rows if kept.wanted.shown}
    edited = Edited(kept.digest, sorted([kept.ids[row] for row in found.rows]))
    rows = Rows(kept.ids, found.entries, reasons_after(kept, kept.ids, anew), edited)
    with cache.together():
        keep(cache, rows, kept.wanted, index_after(state, digest, articles, marked, found.packed, state.counts))
    return rows


def _before(state: Index, row: int) -> Stored:
    return Stored(state.sources[row], state.terms_digests[row * SIZE_BYTES : (row + 1) * SIZE_BYTES], -1)
