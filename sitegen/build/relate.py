"""Related articles of a whole site: the rules of `catalog.related`, run in parallel and remembered.

Invariant: the answer follows from ids, dates and terms of the published articles alone. What is remembered is brought
up to date where few of them have changed (`build.relate_again`), and that only saves time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sitegen.build.apart import Apart
from sitegen.build.cache import COUNTED, Cache, Damaged, Findings
from sitegen.build.heads import Published
from sitegen.build.pool import Pool, Processes, may_go_apart
from sitegen.build.relate_kept import Articles, Counted, Index, Kept, forget
from sitegen.build.related_rows import RelatedTable, Rows, Wanted, Why
from sitegen.catalog.links import Near
from sitegen.catalog.measure import KEPT, REASONS
from sitegen.catalog.outputs import OutputPlan
from sitegen.digest import digest_value
from sitegen.model import Terms
from sitegen.theme.shown import SiteFacts

if TYPE_CHECKING:
    from sitegen.catalog.related import RelatedIndex, TopTable

ROWS = 256  # rows a task
FOR_STORIES = 5  # neighbours with reasons that stories ask for: as many as pages show unless a site says otherwise

_encode = msgspec.msgpack.Encoder().encode


class _Made(msgspec.Struct, frozen=True, array_like=True):
    """What a remembered table was made of; the rest of `Kept` is left where it is."""

    digest: bytes


class Job(msgspec.Struct, frozen=True):
    """What a table is computed from."""

    articles: Articles
    digest: bytes
    wanted: Wanted

    def again(self, cache: Cache) -> Rows | None:
        """The rows from the kept ones, and remembered in their place; None where they cannot be had from those."""
        kept = cache.known("related", Kept)
        state = cache.known(COUNTED, Index) if kept is not None and kept.wanted == self.wanted else None
        if kept is None or state is None or state.digest != kept.digest:
            return None
        from sitegen.build.relate_few import few_rows  # noqa: PLC0415 -- few builds have anything to bring up to date

        try:
            rows = few_rows(kept, state, self.articles, self.digest, cache)
            if rows is None:
                from sitegen.build.relate_again import updated_rows  # noqa: PLC0415 -- numpy, which fewer need

                rows = updated_rows(kept, state, self.articles, self.digest, cache)
        except ValueError as error:  # of what is kept: a part does not fit another
            raise Damaged(f"related articles: {error}") from error
        return rows

    def run(self, cache: Cache, pool: Pool, terms: Callable[[], Iterable[tuple[str, bytes]]]) -> Rows:
        """The rows, which join the cache; `terms` are those of at least these articles, by source."""
        rows = self.again(cache)
        if rows is None:
            from sitegen.build.relate_again import remember_all  # noqa: PLC0415

            index = index_of(self.articles.rows(), terms())
            rows = computed_rows(index, pool, self.wanted)
            remember_all(cache, self.articles, self.digest, self.wanted, index, rows)
        return rows

    def run_apart(self, path: Path, pool: Pool) -> bytes:
        """`run` in another process: what the cache has to take."""
        findings = Findings(path)
        wanted = {each.source: each.terms_digest for each in self.articles.rows()}
        self.run(findings, pool, lambda: findings.texts("terms", wanted))
        return findings.encoded()


def again_apart(path: Path, edited: int | None = None) -> Callable[[bytes], bytes]:
    """For a process apart (`apart.Apart`), which imports what it needs by that: what brings an encoded `Job` up to date
    from the kept rows, and gives what the cache has to take, "" for nothing. `path` is the cache's;
    `edited` says how many sources were, None where some came or went.
    """
    from sitegen.build import relate_few  # noqa: F401, PLC0415
    from sitegen.catalog.related_few import FEW  # noqa: PLC0415

    if edited is None or edited > FEW:
        from sitegen.build import relate_again  # noqa: F401, PLC0415

    def again(job: bytes) -> bytes:
        findings = Findings(path)
        return findings.encoded() if _job.decode(job).again(findings) is not None else b""

    return again


def whole_apart(path: Path, pool: Pool) -> Callable[[bytes], bytes]:
    """The same for a table that is made for the first time: what gives all that the cache has to take."""
    from sitegen.build import relate_again  # noqa: F401, PLC0415
    from sitegen.catalog import related  # noqa: F401, PLC0415

    return lambda job: _job.decode(job).run_apart(path, pool)


_job = msgspec.msgpack.Decoder(Job)


def wanted_of(facts: SiteFacts, plan: OutputPlan) -> Wanted:
    """What a site wants of its table: stories need neighbours, and the words that bind them, whatever pages show."""
    if not plan.stories:
        return Wanted(facts.related, facts.reasons)
    return Wanted(max(facts.related, FOR_STORIES), reasons=True)


def related_table(
    published: Published,
    terms: Callable[[], Iterable[tuple[str, bytes]]],
    cache: Cache,
    pool: Pool,
    wanted: Wanted,
    ready: Apart | None = None,
) -> RelatedTable:
    """The table of these articles, in the order of their ids; empty when the site wants none. `ready` is a process that
    waits for the `Job`, as `again_apart` or `whole_apart` makes it.
    """
    articles = Articles.of(published) if wanted.count else Articles([], [], b"", b"")
    digest = digest_value([wanted, articles])
    job = Job(articles, digest, wanted)
    begun: list[Apart] = []
    index: list[RelatedIndex] = []

    def kept() -> Rows | None:
        found = cache.known("related", Kept)
        if found is None or found.digest != digest:
            return None
        return Rows(found.ids, found.entries, found.reasons, found.edited)

    def whole(processes: Processes) -> Apart:
        return processes.apart(lambda: whole_apart(cache.path, pool)).give(_encode(job))

    def ahead(surely: bool) -> None:
        before = cache.known("related", _Made)
        if not articles or not may_go_apart(pool) or cache.is_writing:
            return
        if before is not None and before.digest != digest:
            begun.append((ready or pool.apart(lambda: again_apart(cache.path))).give(_encode(job)))
        elif before is None and surely and len(articles) > ROWS:
            begun.append(ready.give(_encode(job)) if ready else whole(pool))

    def compute() -> Mapping[str, tuple[Near, ...]]:
        rows = kept()
        if rows is None and not articles:
            forget(cache)
            return {}
        if rows is None and begun and (found := begun.pop().result()):
            cache.take(found)
            rows = kept()
        if rows is None and may_go_apart(pool) and not cache.is_writing:
            found = whole(pool).result()
            if found:
                cache.take(found)
                rows = kept()
        return job.run(cache, pool, terms) if rows is None else rows

    def explain(id: str, others: Sequence[str]) -> Sequence[Why]:
        if not index:
            index.append(index_of(articles.rows(), terms()))
        numbers = {each: row for row, each in enumerate(index[0].ids)}
        return index[0].reasons(numbers[id], [numbers[other] for other in others], REASONS)

    return RelatedTable(digest, compute, explain, ahead)


def index_of(articles: Sequence[Counted], encoded: Iterable[tuple[str, bytes]]) -> "RelatedIndex":
    """The index, from nothing; `encoded` are the terms of at least these articles, by source."""
    import numpy  # noqa: F401, ICN001, PLC0415 -- imported here, once, before processes are forked

    from sitegen.catalog.related import RelatedIndex  # noqa: PLC0415

    decode = msgspec.msgpack.Decoder(Terms).decode
    wanted = {h.source: h for h in articles}
    rows = ((wanted[source], terms) for source, terms in encoded if source in wanted)
    return RelatedIndex.build((head.id, head.epoch, decode(terms)) for head, terms in rows)


def computed_rows(index: "RelatedIndex", pool: Pool, wanted: Wanted) -> Rows:
    """All rows, from nothing, in parallel."""
    chunks = [(n, min(n + ROWS, len(index))) for n in range(0, len(index), ROWS)]
    parts = list(pool.map(relate_chunk, (index, wanted), chunks))
    return Rows(index.ids, b"".join([part[0] for part in parts]), [each for part in parts for each in part[1]])


def relate_chunk(shared: "tuple[RelatedIndex, Wanted]", rows: tuple[int, int]) -> tuple[bytes, list[bytes]]:
    """The nearest articles of a run of rows; words that say why for as many as pages show."""
    index, wanted = shared
    table = index.top(*rows, KEPT)
    if not wanted.shown:
        return table.to_bytes(), []
    return table.to_bytes(), [reasons_of(index, table, n, row, wanted) for n, row in enumerate(range(*rows))]


def reasons_of(index: "RelatedIndex", table: "TopTable", n: int, row: int, wanted: Wanted) -> bytes:
    """The encoded reasons of a row; `n` is its place in the table."""
    return _encode(index.reasons(row, [other for other, _ in table.row(n)[: wanted.shown]], REASONS))
