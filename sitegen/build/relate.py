"""Related articles of a whole site: the rules of `catalog.related`, run in parallel and remembered.

Invariant: the answer follows from ids, dates and terms of the published articles alone. What is remembered is brought
up to date where few of them have changed (`build.relate_again`), and that only saves time.
"""

import sys
from array import array
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING

import msgspec

from sitegen.build.cache import Cache, Damaged, Findings
from sitegen.build.pool import Apart, Pool, Processes, may_go_apart
from sitegen.build.work import Head
from sitegen.catalog.bonds import Bond, bonds_of
from sitegen.catalog.links import Near
from sitegen.catalog.outputs import OutputPlan
from sitegen.digest import digest_value
from sitegen.model import Terms
from sitegen.theme.shown import SiteFacts

if TYPE_CHECKING:
    from sitegen.catalog.related import RelatedIndex, TopTable

KEPT = 10  # neighbours kept an article: what a theme can show at most
ROWS = 256  # rows a task
REASONS = 3  # words shown with each neighbour
FOR_STORIES = 5  # neighbours with reasons that stories ask for: as many as pages show unless a site says otherwise

Why = tuple[str, ...]
Explain = Callable[[str, Sequence[str]], Sequence[Why]]

_entry = Struct(f"<{2 * KEPT}i")  # a row of `TopTable.to_bytes`
_encode = msgspec.msgpack.Encoder().encode
_reasons = msgspec.msgpack.Decoder(tuple[Why, ...])


class Wanted(msgspec.Struct, frozen=True):
    """How many related articles a page shows, and whether with the words that say why."""

    count: int
    reasons: bool

    @property
    def shown(self) -> int:
        """How many neighbours of an article have reasons."""
        return min(self.count, KEPT) if self.reasons else 0


class Rows(Mapping[str, tuple[Near, ...]]):
    """Neighbours by id, best first, unpacked when they are asked for."""

    def __init__(
        self,
        ids: Sequence[str],
        entries: bytes,
        reasons: Sequence[bytes | msgspec.Raw],
        edited: "Edited | None" = None,
    ) -> None:
        """`entries`: `TopTable.to_bytes`; `reasons`: encoded, of each row or of none. Raises: Damaged."""
        if len(entries) != _entry.size * len(ids) or (reasons and len(reasons) != len(ids)):
            raise Damaged("the table of related articles does not fit its articles")
        self.ids = ids
        self.entries = entries
        self.reasons = reasons
        self.edited = edited
        self._numbers = {id: row for row, id in enumerate(ids)}

    def __getitem__(self, id: str) -> tuple[Near, ...]:
        return self.first(self._numbers[id], KEPT)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def near(self, id: str, n: int) -> tuple[Near, ...]:
        """The n nearest of an article; none for what is none."""
        row = self._numbers.get(id)
        return () if row is None else self.first(row, n)

    def first(self, row: int, n: int) -> tuple[Near, ...]:
        """The n nearest of a row. Raises: Damaged."""
        try:
            numbers = _entry.unpack_from(self.entries, row * _entry.size)
            why = _reasons.decode(self.reasons[row]) if self.reasons else ()
            found = []
            for place in range(min(n, KEPT)):
                if (other := numbers[2 * place]) < 0:
                    break
                found.append(Near(self.ids[other], numbers[2 * place + 1], why[place] if place < len(why) else ()))
        except (IndexError, msgspec.MsgspecError) as error:
            raise Damaged(f"the table of related articles: {error}") from error
        return tuple(found)

    def bonds(self, least: int) -> tuple[Bond, ...]:
        """Pairs of articles whose rows name each other with at least this score. Cost: 1 µs an article and bond.

        Raises: Damaged.
        """
        numbers = array("i")
        numbers.frombytes(self.entries)
        if sys.byteorder == "big":
            numbers.byteswap()
        ids, width = self.ids, 2 * KEPT
        close: dict[str, dict[str, int]] = {}
        try:
            for row, best in enumerate(numbers[1::width]):
                if best >= least:
                    pairs = numbers[row * width : (row + 1) * width]
                    near = zip(pairs[::2], pairs[1::2], strict=True)
                    close[ids[row]] = {ids[other]: score for other, score in near if score >= least}
        except IndexError as error:
            raise Damaged(f"the table of related articles: {error}") from error
        return bonds_of(close, self._words)

    def _words(self, id: str, other: str) -> Why:
        return next((near.reasons for near in self[id] if near.id == other), ())


class Edited(msgspec.Struct, frozen=True, array_like=True):
    """How a table came from another: the digest of what that was made of, and the ids whose rows may differ."""

    before: bytes
    ids: list[str]


class RelatedTable:
    """Who is near whom, computed when first asked. `digest` is known without computing.

    `rows` and what asks it may raise Damaged: who asks outside a build asks within `Session.answer`.
    """

    def __init__(
        self,
        digest: bytes,
        compute: Callable[[], Mapping[str, tuple[Near, ...]]],
        explain: Explain | None = None,
        ahead: Callable[[bool], None] | None = None,
    ) -> None:
        self.digest = digest
        self._compute = compute
        self._explain = explain
        self._ahead = ahead
        self._rows: Mapping[str, tuple[Near, ...]] | None = None

    def near(self, id: str, n: int) -> tuple[Near, ...]:
        """The n nearest articles, best first; none for what is no article. Reasons for as many as pages show."""
        rows = self.rows()
        return rows.near(id, n) if isinstance(rows, Rows) else rows.get(id, ())[:n]

    def explained(self, id: str, n: int) -> tuple[Near, ...]:
        """The n nearest articles, each with reasons. Cost: 0.2 ms where pages do not show them."""
        found = self.near(id, n)
        bare = [near.id for near in found if not near.reasons]
        if not bare or self._explain is None:
            return found
        why = dict(zip(bare, self._explain(id, bare), strict=True))
        return tuple([Near(near.id, near.score, near.reasons or why[near.id]) for near in found])

    def bonds(self, least: int) -> tuple[Bond, ...]:
        """Pairs of articles whose rows name each other with at least this score."""
        rows = self.rows()
        return rows.bonds(least) if isinstance(rows, Rows) else bonds_of_rows(rows, least)

    def begin(self, *, surely: bool = False) -> None:
        """It may be asked, or `surely` will be: what can be computed beside other work is begun."""
        if self._ahead is not None and self._rows is None:
            self._ahead(surely)

    def differing(self, name: str, was: Callable[[bytes], bool]) -> Container[str] | None:
        """Ids of the articles whose rows may differ from those of an earlier table; see `engine.Differing`."""
        if name != "near":
            return None
        rows = self.rows()
        edited = rows.edited if isinstance(rows, Rows) else None
        return set(edited.ids) if edited is not None and was(edited.before) else None

    def rows(self) -> Mapping[str, tuple[Near, ...]]:
        """All rows by id."""
        if self._rows is None:
            self._rows = self._compute()
        return self._rows

    def __reduce__(self) -> tuple[type, tuple[bytes, Mapping[str, tuple[Near, ...]]]]:
        """Travels with its rows."""
        return _Fixed, (self.digest, self.rows())


def bonds_of_rows(rows: Mapping[str, Sequence[Near]], least: int) -> tuple[Bond, ...]:
    """Pairs of articles whose rows name each other with at least this score."""
    close = {id: {each.id: each.score for each in near if each.score >= least} for id, near in rows.items()}
    words = {(id, each.id): each.reasons for id, near in rows.items() for each in near if each.score >= least}
    return bonds_of(close, lambda id, other: words[id, other])


class _Fixed(RelatedTable):
    def __init__(self, digest: bytes, rows: Mapping[str, tuple[Near, ...]]) -> None:
        super().__init__(digest, lambda: rows)


class _Made(msgspec.Struct, frozen=True, array_like=True):
    """What a remembered table was made of; the rest of `Kept` is left where it is."""

    digest: bytes


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """The table as it is remembered: what it was made of, and its rows."""

    digest: bytes
    wanted: Wanted
    ids: list[str]
    entries: bytes
    reasons: list[msgspec.Raw]
    edited: Edited | None = None  # None for one that was computed from nothing


class Counted(msgspec.Struct, frozen=True, array_like=True):
    """An article as a table sees it: its terms, by their digest, and its date in seconds since 1970."""

    id: str
    source: str
    epoch: int | None
    terms_digest: bytes


class Job(msgspec.Struct, frozen=True):
    """What a table is computed from: the articles in the order of their ids."""

    articles: Sequence[Counted]
    digest: bytes
    wanted: Wanted

    def again(self, cache: Cache) -> Rows | None:
        """The rows from the kept ones, and remembered in their place; None where they cannot be had from those."""
        from sitegen.build.relate_again import updated_rows  # noqa: PLC0415 -- numpy, which few builds need

        kept = cache.known("related", Kept)
        return updated_rows(kept, self.articles, self.digest, self.wanted, cache) if kept else None

    def run(self, cache: Cache, pool: Pool, terms: Callable[[], Iterable[tuple[str, bytes]]]) -> Rows:
        """The rows, which join the cache; `terms` are those of at least these articles, by source."""
        rows = self.again(cache)
        if rows is None:
            from sitegen.build.relate_again import remember_all  # noqa: PLC0415

            index = index_of(self.articles, terms())
            rows = computed_rows(index, pool, self.wanted)
            remember_all(cache, self.articles, self.digest, self.wanted, index, rows)
        return rows

    def run_apart(self, path: Path, pool: Pool) -> bytes:
        """`run` in another process: what the cache has to take."""
        findings = Findings(path)
        wanted = {each.source: each.terms_digest for each in self.articles}
        self.run(findings, pool, lambda: findings.texts("terms", wanted))
        return findings.encoded()


def again_apart(path: Path) -> Callable[[bytes], bytes]:
    """For a process apart (`pool.Apart`), which imports what it needs by that: what brings an encoded `Job` up to date
    from the kept rows, and gives what the cache has to take, "" for nothing. `path` is the cache's.
    """
    from sitegen.build import relate_again  # noqa: F401, PLC0415

    def again(job: bytes) -> bytes:
        findings = Findings(path)
        return findings.encoded() if _job.decode(job).again(findings) is not None else b""

    return again


_job = msgspec.msgpack.Decoder(Job)


def wanted_of(facts: SiteFacts, plan: OutputPlan) -> Wanted:
    """What a site wants of its table: stories need neighbours, and the words that bind them, whatever pages show."""
    if not plan.stories:
        return Wanted(facts.related, facts.reasons)
    return Wanted(max(facts.related, FOR_STORIES), reasons=True)


def related_table(
    heads: Sequence[Head],
    terms: Callable[[], Iterable[tuple[str, bytes]]],
    cache: Cache,
    pool: Pool,
    wanted: Wanted,
    ready: Apart | None = None,
) -> RelatedTable:
    """The table of these articles, in the order of their ids; empty when the site wants none. `ready` is a process that
    waits for the `Job`, as `again_apart` makes it.
    """
    articles = [
        Counted(head.id, head.source, head.epoch, head.terms_digest)
        for head in (heads if wanted.count else ())
        if head.kind == "article"
    ]
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
        return processes.beside(lambda: job.run_apart(cache.path, pool))

    def ahead(surely: bool) -> None:
        before = cache.known("related", _Made)
        if not articles or not may_go_apart(pool) or cache.is_writing:
            return
        if before is not None and before.digest != digest:
            begun.append((ready or pool.apart(lambda: again_apart(cache.path))).give(_encode(job)))
        elif before is None and surely and len(articles) > ROWS:
            begun.append(whole(pool))

    def compute() -> Mapping[str, tuple[Near, ...]]:
        rows = kept()
        if rows is None and not articles:
            from sitegen.build import relate_again  # noqa: PLC0415

            relate_again.forget(cache)
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
            index.append(index_of(articles, terms()))
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
