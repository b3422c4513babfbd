"""Related articles of a whole site: the rules of `catalog.related`, run in parallel and remembered.

Invariant: the answer follows from ids, dates and terms of the published articles alone.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from sitegen.build.cache import Cache
from sitegen.build.pool import Pool
from sitegen.build.work import Head
from sitegen.catalog.links import Near
from sitegen.digest import digest_value

KEPT = 10  # neighbours kept an article: what a theme can show at most
ROWS = 512  # rows a task
REASONS = 3  # words shown with each neighbour


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
    heads: Sequence[Head], terms: Callable[[], Mapping[str, bytes]], cache: Cache, pool: Pool, *, wanted: bool
) -> RelatedTable:
    """The table of these articles, in the order of their ids; empty when the site wants none."""
    articles = [head for head in heads if head.keys.kind == "article"] if wanted else []
    digest = digest_value([(h.keys.id, h.keys.date.epoch if h.keys.date else None, h.terms_digest) for h in articles])

    def compute() -> Mapping[str, tuple[Near, ...]]:
        kept = cache.known("related", _Kept)
        if kept is not None and kept.digest == digest:
            return kept.rows
        rows = _computed(articles, terms(), pool) if articles else {}
        cache.remember("related", _Kept(digest, rows))
        return rows

    return RelatedTable(digest, compute)


def _computed(articles: Sequence[Head], encoded: Mapping[str, bytes], pool: Pool) -> dict[str, tuple[Near, ...]]:
    return {}
