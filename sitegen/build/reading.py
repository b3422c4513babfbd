"""Sources to parsed articles: what is remembered is taken over, the rest is parsed, on all cores.

Invariant: whether a source is parsed again follows from its bytes and the settings that parsing reads, nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from sitegen.build.cache import Cache, decoded
from sitegen.build.heads import HEADS, Columns, Heads
from sitegen.build.pool import Lazily, Pool, Serial, chunked
from sitegen.build.report import Progress
from sitegen.build.scan import Files
from sitegen.build.work import TERMS, Head, Parsed, parse_chunk
from sitegen.errors import Problem, Where
from sitegen.model import Broken

CHUNK = 50  # sources a task: 20 to 40 ms of work, so that a message costs nothing beside it, nor a wait at the end
SERIAL_BELOW = 60  # sources: starting processes takes longer than parsing these
KEPT_BYTES = 4_000_000  # encoded bodies kept from parsing to rendering; the rest is read back at 10 µs each

COLUMNS, BROKEN = "columns", "broken"  # what the cache knows them by
_head = msgspec.msgpack.Decoder(Head)
_broken = msgspec.msgpack.Decoder(Broken)
_NONE = Columns.of([], {})


class _Known(msgspec.Struct, frozen=True, array_like=True):
    """The columns of all heads, and the digest of the settings that they were parsed by."""

    settings: bytes
    columns: Columns


class _Wrong(msgspec.Struct, frozen=True, array_like=True):
    """What is wrong with a source, and the digest of what that was found in."""

    made_of: bytes
    broken: Broken


class Sources:
    """The parsed sources of a site: heads by source, the broken ones, and encoded texts on request."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self.heads = Heads(_NONE, {})
        self.broken: dict[str, Broken] = {}
        self.parsed: list[str] = []
        self._fresh: dict[str, Head] = {}
        self._bodies: dict[str, bytes] = {}

    def read(
        self,
        files: Files,
        settings: Any,
        settings_digest: bytes,
        pool: Pool,
        progress: Progress,
        *,
        lazily: bool = False,
    ) -> None:
        """Bring all articles up to date with their files, and the cache with them. `lazily`: heads are looked up while
        the cache is open, and only by this process: see `Heads`.

        Raises: Changed, Damaged, sqlite3.Error.
        """
        texts = {name: digest for name, digest in files.digests().items() if name.endswith(".md")}
        kept = self.cache.encoded_value(COLUMNS)
        known = decoded(COLUMNS, kept, _Known) if kept else _Known(b"", _NONE)
        columns = known.columns if known.settings == settings_digest else _NONE
        wrong = self.cache.known(BROKEN, dict[str, _Wrong]) or {}
        before = columns.files_by_source()
        todo = {name: digest + settings_digest for name, digest in texts.items() if before.get(name) != digest}
        for name, each in wrong.items():
            if todo.get(name) == each.made_of:
                self.broken[name] = each.broken
                del todo[name]
        gone = [name for name in (*known.columns.sources, *wrong) if name not in texts]
        if todo or gone or known.settings != settings_digest:
            self._parse(todo, gone, files, settings, pool, progress)
            columns = self._columns(columns, {*todo, *gone, *self.broken}, texts)
            for name in (*gone, *todo):
                wrong.pop(name, None)
            wrong.update({name: _Wrong(todo[name], self.broken[name]) for name in todo if name in self.broken})
            self.cache.remember_pieces(HEADS, self._fresh, (*todo, *gone) if before else None)
            self.cache.remember(COLUMNS, _Known(settings_digest, columns), kept)
            self.cache.remember(BROKEN, wrong)
            self.cache.commit()
        self.heads = Heads(columns, self._fresh, self.cache)
        self.broken = dict(sorted(self.broken.items()))
        if not lazily:
            self.heads.load()

    def _columns(self, columns: Columns, changed: set[str], texts: Mapping[str, bytes]) -> Columns:
        """The columns with what was parsed now, and without what is gone or broken."""
        after = columns.after(self._fresh, texts) if changed <= self._fresh.keys() else None
        if after is not None:
            return after
        known = Heads(columns, {}, self.cache)
        stay = [known[source] for source in columns.sources if source not in changed]
        return Columns.of([*stay, *self._fresh.values()], texts)

    def _parse(
        self,
        made_of: Mapping[str, bytes],
        gone: Iterable[str],
        files: Files,
        settings: Any,
        pool: Pool,
        progress: Progress,
    ) -> None:
        self.parsed = list(made_of)
        progress.phase("parse", len(made_of))
        use = pool if len(made_of) >= SERIAL_BELOW else Serial()
        if use.workers > 1:
            import sitegen.content.article  # noqa: PLC0415 -- once, before processes are forked
            import sitegen.content.markdown_rules.blocks  # noqa: PLC0415
            import sitegen.content.markdown_rules.parser  # noqa: F401, PLC0415
        self.cache.begin()
        self.cache.forget_texts(gone)
        kept = 0
        chunks = Lazily(chunked(self.parsed, use.workers, CHUNK), files.take)
        for chunk in use.map(parse_chunk, settings, chunks):
            for each in chunk:
                kept += len(each.body)
                self._keep(each, keep=kept < KEPT_BYTES)
            self._store(chunk)
            progress.advance(len(chunk))

    def _keep(self, each: Parsed, *, keep: bool) -> None:
        if each.is_broken:
            self.broken[each.source] = _broken.decode(each.head)
            return
        self._fresh[each.source] = _head.decode(each.head)
        if keep:
            self._bodies[each.source] = each.body

    def _store(self, chunk: Iterable[Parsed]) -> None:
        whole = [each for each in chunk if not each.is_broken]
        self.cache.remember_texts("body", [(each.source, each.body, each.body_digest) for each in whole])
        self.cache.remember_texts("terms", [(each.source, each.terms, each.terms_digest) for each in whole])

    def body(self, source: str) -> bytes:
        """The encoded body of a parsed source. Raises: Damaged."""
        return self._bodies.get(source) or self.cache.text(source, "body", self.heads[source].body_digest)

    def bodies(self, sources: Iterable[str]) -> dict[str, bytes]:
        """The encoded bodies of parsed sources. Raises: Damaged."""
        kept = self._bodies
        found = {source: kept[source] for source in sources if source in kept}
        asked = {source: self.heads[source].body_digest for source in sources if source not in kept}
        return found | self.cache.some_texts("body", asked)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """The encoded terms of every parsed source, in any order. Raises: Damaged."""
        return self.cache.texts("terms", self.heads.columns.digests_by_source(TERMS))


def double_ids(heads: Mapping[str, Head], content_folder: str) -> list[Problem]:
    """A problem for each source that has the id of another: `a.md` beside `a/index.md`."""
    first: dict[str, str] = {}
    problems: list[Problem] = []
    ids = heads.columns.ids if isinstance(heads, Heads) else [head.id for head in heads.values()]
    if len(set(ids)) == len(ids):
        return problems
    for source, head in sorted(heads.items()):
        other = first.setdefault(head.id, source)
        if other != source:
            problems.append(
                Problem(
                    code="content.double",
                    where=Where(f"{content_folder}/{source}"),
                    message=f'has the id "{head.id}", as {content_folder}/{other} has',
                    help="rename one of the two files",
                )
            )
    return problems
