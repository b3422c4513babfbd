"""Sources to parsed articles: what is remembered is taken over, the rest is parsed, on all cores.

Invariant: whether a source is parsed again follows from its bytes and the settings that parsing reads, nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from sitegen.build.cache import Cache, Damaged
from sitegen.build.pool import Lazily, Pool, Serial, chunked
from sitegen.build.report import Progress
from sitegen.build.scan import Files
from sitegen.build.work import Head, Parsed, parse_chunk
from sitegen.errors import Problem, Where
from sitegen.model import Broken

CHUNK = 100  # sources a task: 20 to 60 ms of work, so that a message costs nothing beside it
SERIAL_BELOW = 60  # sources: starting processes takes longer than parsing these
KEPT_BYTES = 4_000_000  # encoded bodies kept from parsing to rendering; the rest is read back at 10 µs each

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

    def read(self, files: Files, settings: Any, settings_digest: bytes, pool: Pool, progress: Progress) -> None:
        """Bring all articles up to date with their files. Raises: Changed, Damaged, sqlite3.Error."""
        todo = {name: files.digest(name) + settings_digest for name in files if name.endswith(".md")}
        gone = []
        for name, made_of, head in self.cache.articles():
            wanted = todo.get(name)
            if wanted is None:
                gone.append(name)
            elif wanted == made_of:
                self._take(name, head)
                del todo[name]
        if todo or gone:
            self._parse(todo, gone, files, settings, pool, progress)

    def _take(self, name: str, head: bytes) -> None:
        try:
            if head.startswith(_BROKEN_MARK):
                self.broken[name] = _broken.decode(head[len(_BROKEN_MARK) :])
            else:
                self.heads[name] = _head.decode(head)
                if self.heads[name].source != name:
                    raise Damaged(f"{name}: stands for another source")
        except msgspec.MsgspecError as error:
            raise Damaged(f"{name}: {error}") from error

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
        self.cache.forget_articles(gone)
        kept = 0
        chunks = Lazily(chunked(self.parsed, use.workers, CHUNK), files.take)
        for chunk in use.map(parse_chunk, settings, chunks):
            for each in chunk:
                kept += len(each.body)
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

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """The encoded terms of every parsed source, in any order. Raises: Damaged."""
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
