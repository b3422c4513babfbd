"""Sources to parsed articles: what is remembered is taken over, the rest is parsed, on all cores.

Invariant: whether a source is parsed again follows from its bytes and the settings that parsing reads, nothing else.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from sitegen.build.cache import Cache, Damaged
from sitegen.build.pool import Lazily, Pool, Serial, chunked
from sitegen.build.report import Progress
from sitegen.build.scan import Files
from sitegen.build.work import Head, Parsed, parse_chunk
from sitegen.digest import digest_bytes
from sitegen.errors import Problem, Where
from sitegen.model import Broken

CHUNK = 100  # sources a task: 20 to 60 ms of work, so that a message costs nothing beside it
SERIAL_BELOW = 60  # sources: starting processes takes longer than parsing these
KEPT_BYTES = (
    8_000_000  # encoded texts kept in memory between parsing and rendering; the rest is read back at 10 µs each
)

_head = msgspec.msgpack.Decoder(Head)
_broken = msgspec.msgpack.Decoder(Broken)
_BROKEN_MARK = b"broken:"


class Sources:
    """The parsed sources of a site: heads by source, the broken ones, and encoded texts on request."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self.heads: dict[str, Head] = {}
        self.broken: dict[str, Broken] = {}
        self.parsed: list[str] = []
        self._bodies: dict[str, bytes] = {}
        self._terms: dict[str, bytes] = {}

    def read(self, files: Files, settings: Any, settings_digest: bytes, pool: Pool, progress: Progress) -> None:
        """Bring all articles up to date with their files. Raises: Changed, Damaged, sqlite3.Error."""
        remembered = self.cache.articles()
        todo = []
        names = [name for name in files if name.endswith(".md")]
        for name in names:
            made_of = digest_bytes(files.digest(name) + settings_digest)
            before = remembered.get(name)
            if before is None or before[0] != made_of or not self._take(name, before[1]):
                todo.append((name, made_of))
        gone = remembered.keys() - set(names)
        if todo or gone:
            self._parse(todo, gone, files, settings, pool, progress)

    def _take(self, name: str, head: bytes) -> bool:
        try:
            if head.startswith(_BROKEN_MARK):
                self.broken[name] = _broken.decode(head[len(_BROKEN_MARK) :])
            else:
                self.heads[name] = _head.decode(head)
                if self.heads[name].source != name:
                    raise Damaged(f"{name}: stands for another source")
        except msgspec.MsgspecError as error:
            raise Damaged(f"{name}: {error}") from error
        return True

    def _parse(
        self,
        todo: list[tuple[str, bytes]],
        gone: Iterable[str],
        files: Files,
        settings: Any,
        pool: Pool,
        progress: Progress,
    ) -> None:
        made_of = dict(todo)
        self.parsed = list(made_of)
        progress.phase("parse", len(todo))
        use = pool if len(todo) >= SERIAL_BELOW else Serial()
        if use.workers > 1:
            import sitegen.content.article  # noqa: F401, PLC0415 -- once, before processes are forked
        self.cache.begin()
        self.cache.forget_articles(gone)
        kept = 0
        chunks = Lazily(chunked(self.parsed, use.workers, CHUNK), files.take)
        for chunk in use.map(parse_chunk, settings, chunks):
            for each in chunk:
                kept += len(each.body) + len(each.terms)
                self._keep(each, keep=kept < KEPT_BYTES)
            self._store(chunk, made_of)
            progress.advance(len(chunk))
        self.cache.commit()

    def _keep(self, each: Parsed, *, keep: bool) -> None:
        if each.is_broken:
            self.broken[each.source] = _broken.decode(each.head)
            return
        self.heads[each.source] = _head.decode(each.head)
        if keep:
            self._bodies[each.source] = each.body
            self._terms[each.source] = each.terms

    def _store(self, chunk: Iterable[Parsed], made_of: Mapping[str, bytes]) -> None:
        rows, bodies, terms = [], [], []
        for each in chunk:
            rows.append((each.source, made_of[each.source], (_BROKEN_MARK if each.is_broken else b"") + each.head))
            if not each.is_broken:
                bodies.append((each.source, each.body, each.body_digest))
                terms.append((each.source, each.terms, each.terms_digest))
        self.cache.remember_articles(rows)
        self.cache.remember_texts("body", bodies)
        self.cache.remember_texts("terms", terms)

    def body(self, source: str) -> bytes:
        """The encoded body of a parsed source. Raises: Damaged."""
        return self._bodies.get(source) or self.cache.text(source, "body", self.heads[source].body_digest)

    def terms(self) -> Mapping[str, bytes]:
        """The encoded terms of every parsed source. Raises: Damaged."""
        if self.heads.keys() <= self._terms.keys():
            return self._terms
        return self.cache.texts("terms", {source: head.terms_digest for source, head in self.heads.items()})


def double_ids(heads: Mapping[str, Head], content_folder: str) -> list[Problem]:
    """A problem for each source that has the id of another: `a.md` beside `a/index.md`."""
    first: dict[str, str] = {}
    problems = []
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
