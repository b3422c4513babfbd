"""Related articles of a whole site: the rules of `catalog.related`, run in parallel and remembered.

Invariant: the answer follows from ids, dates and terms of the published articles alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from sitegen.build.cache import Cache
from sitegen.build.pool import Pool
from sitegen.build.work import Head
from sitegen.catalog.links import Near
from sitegen.digest import digest_value
from sitegen.model import Terms

if TYPE_CHECKING:
    from sitegen.catalog.related import RelatedIndex

KEPT = 10  # neighbours kept an article: what a theme can show at most
ROWS = 512  # rows a task
REASONS = 3  # words shown with each neighbour


class Wanted(msgspec.Struct, frozen=True):
    """How many related articles a page shows, and whether with the words that say why."""

    count: int
    reasons: bool


class RelatedTable:
    """Who is near whom, computed when first asked. `digest` is known without computing."""

    def __init__(self, digest: bytes, compute: Callable[[], Mapping[str, tuple[Near, ...]]]) -> None:
        self.digest = digest
        self._compute = compute
        self._rows: Mapping[str, tuple[Near, ...]] | None = None

    def near(self, id: str, n: int) -> tuple[Near, ...]:
        """The n nearest articles, best first; none for what is no article."""
        return self.rows().get(id, ())[:n]

    def rows(self) -> Mapping[str, tuple[Near, ...]]:
        """All rows by id."""
        if self._rows is None:
            self._rows = self._compute()
        return self._rows

    def __reduce__(self) -> tuple[type, tuple[bytes, Mapping[str, tuple[Near, ...]]]]:
        """Travels with its rows."""
        return _Fixed, (self.digest, self.rows())


class _Fixed(RelatedTable):
    def __init__(self, digest: bytes, rows: Mapping[str, tuple[Near, ...]]) -> None:
        super().__init__(digest, lambda: rows)


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    digest: bytes
    rows: dict[str, tuple[Near, ...]]


def related_table(
    heads: Sequence[Head], terms: Callable[[], Mapping[str, bytes]], cache: Cache, pool: Pool, wanted: Wanted
) -> RelatedTable:
    """The table of these articles, in the order of their ids; empty when the site wants none."""
    articles = [head for head in heads if head.keys.kind == "article"] if wanted.count else []
    digest = digest_value(
        [wanted, [(h.keys.id, h.keys.date.epoch if h.keys.date else None, h.terms_digest) for h in articles]]
    )

    def compute() -> Mapping[str, tuple[Near, ...]]:
        kept = cache.known("related", _Kept)
        if kept is not None and kept.digest == digest:
            return kept.rows
        rows = _computed(articles, terms(), pool, wanted) if articles else {}
        cache.remember("related", _Kept(digest, rows))
        return rows

    return RelatedTable(digest, compute)


def _computed(
    articles: Sequence[Head], encoded: Mapping[str, bytes], pool: Pool, wanted: Wanted
) -> dict[str, tuple[Near, ...]]:
    import numpy  # noqa: F401, ICN001, PLC0415 -- imported here, once, before processes are forked

    from sitegen.catalog.related import RelatedIndex  # noqa: PLC0415

    decode = msgspec.msgpack.Decoder(Terms).decode
    index = RelatedIndex.build(
        (head.keys.id, head.keys.date.epoch if head.keys.date else None, decode(encoded[head.keys.source]))
        for head in articles
    )
    chunks = [(n, min(n + ROWS, len(index))) for n in range(0, len(index), ROWS)]
    rows: dict[str, tuple[Near, ...]] = {}
    for part in pool.map(relate_chunk, (index, wanted), chunks):
        rows.update(part)
    return rows


def relate_chunk(shared: "tuple[RelatedIndex, Wanted]", rows: tuple[int, int]) -> dict[str, tuple[Near, ...]]:
    """The nearest articles of a run of rows; words that say why for as many as pages show."""
    index, wanted = shared
    table = index.top(*rows, KEPT)
    shown = wanted.count if wanted.reasons else 0
    found = {}
    for n, row in enumerate(range(*rows)):
        nearest = table.row(n)
        reasons = index.reasons(row, [other for other, _ in nearest[:shown]], REASONS) if shown else []
        reasons += [()] * (len(nearest) - len(reasons))
        found[index.ids[row]] = tuple(
            [Near(index.ids[other], score, why) for (other, score), why in zip(nearest, reasons, strict=True)]
        )
    return found
