"""From a site to what there is to know of it: every output that a build would write, every text, every source.

Invariant: nothing is written but what is remembered; each output is looked at once, for as long as its bytes stay.
"""

from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from typing import Any

import msgspec

from sitegen.build.pool import Lazily, Serial, chunked
from sitegen.build.release import Release
from sitegen.build.scanning import Scan
from sitegen.build.site import Site
from sitegen.build.toolchain import toolchain_digest
from sitegen.build.work import RenderChunk, Rendered, Rendering, render_chunk
from sitegen.check.draft import Facts
from sitegen.check.facts import facts_of, kind_of
from sitegen.check.memory import Remembered
from sitegen.check.sketch import packed, sketch, words_of
from sitegen.digest import digest_bytes
from sitegen.errors import Problem, Where
from sitegen.model import Body, Output
from sitegen.regex import regex

CHUNK = 100  # outputs a task
SERIAL_BELOW = 60  # outputs: starting processes takes longer than looking at these

_encode = msgspec.msgpack.Encoder().encode
_facts = msgspec.msgpack.Decoder(Facts).decode
_body = msgspec.msgpack.Decoder(Body).decode


class TextFacts(msgspec.Struct, array_like=True):
    """What an article's own text holds: its sketch, its words, and how many of its pictures have no alt text."""

    text: bytes = b""
    words: int = 0
    silent: int = 0


_text_facts = msgspec.msgpack.Decoder(TextFacts).decode


class Looked(msgspec.Struct):
    """A site and everything that was seen of it. Outputs go by their path in the output folder.

    `texts` are by source, of published and unpublished articles alike. Where articles or templates are broken the
    outputs cannot be known, and `whole` is False.
    """

    root: Path
    site: Site
    scan: Scan
    as_of: int
    whole: bool
    outputs: dict[str, Output]
    facts: dict[str, Facts]
    sizes: dict[str, int]
    texts: dict[str, TextFacts]
    problems: list[Problem]  # of templates, found while rendering
    warnings: list[Problem]  # of what could not be made, and can be done without: a search index, a book

    @property
    def folder(self) -> str:
        """The output folder as places name it."""
        return self.site.settings.config.build.output or "public"

    @property
    def content(self) -> str:
        """The content folder as places name it."""
        return self.scan.content.shown

    def place(self, path: str) -> str:
        """How places name an output: by the file that it is a copy of, or below the output folder."""
        copy = self.site.copies.get(path)
        return f"{copy.files.shown}/{copy.name}" if copy is not None else f"{self.folder}/{path}"

    def source_text(self, source: str) -> str:
        """The text of a source with LF line ends; "" where it cannot be read any more."""
        from sitegen.build.scan import Changed  # noqa: PLC0415
        from sitegen.content.decode import decode_source  # noqa: PLC0415

        try:
            text = decode_source(self.scan.content.content(source), source)
        except Changed:
            return ""
        return text if isinstance(text, str) else ""


def look(root: Path, site: Site, scan: Scan, release: Release, session: Any) -> Looked:
    """Look at everything. Cost: that of making the outputs that changed, and about 0.5 ms each that was not seen."""
    errors = [problem for problem in site.problems if problem.is_error]
    looked = Looked(
        root=root,
        site=site,
        scan=scan,
        as_of=session.as_of,
        whole=not errors and not site.broken,
        outputs={output.path: output for output in site.outputs},
        facts={},
        sizes={},
        texts={},
        problems=[],
        warnings=[],
    )
    with Remembered(root / ".sitegen", toolchain_digest()) as memory:
        known = memory.values()
        new: dict[bytes, bytes] = {}
        used: set[bytes] = set()
        if looked.whole:
            with session.watch.phase("outputs"):
                _look_at_outputs(looked, release, session, known, new, used)
        with session.watch.phase("texts"):
            _look_at_texts(looked, session, known, new, used)
        if new or (looked.whole and len(known) > len(used)):
            memory.keep(new, known.keys() - used if looked.whole else ())
    return looked


def look_chunk(rendering: Rendering, chunk: RenderChunk) -> Rendered:
    """Render outputs and look at them where they are made: the facts travel, in place of the bytes."""
    return _look_at_chunk(rendering, chunk, sketched=True)


def look_chunk_without_words(rendering: Rendering, chunk: RenderChunk) -> Rendered:
    """The same for a site that hides nothing, so that nothing can leak."""
    return _look_at_chunk(rendering, chunk, sketched=False)


def _look_at_chunk(rendering: Rendering, chunk: RenderChunk, *, sketched: bool) -> Rendered:
    rendered = render_chunk(rendering, chunk)
    pages = [
        msgspec.structs.replace(page, content=_seen(kind_of(page.path), page.content, sketched=sketched))
        for page in rendered.pages
    ]
    return msgspec.structs.replace(rendered, pages=pages)


def _seen(kind: str, content: bytes, *, sketched: bool) -> bytes:
    return _encode((len(content), facts_of(kind, content, sketched=sketched)))


class _Bytes(msgspec.Struct, frozen=True):
    """Outputs to look at: kind and bytes of each."""

    outputs: Sequence[tuple[str, bytes]]


def _facts_chunk(sketched: bool, chunk: _Bytes) -> list[bytes]:
    return [_seen(kind, content, sketched=sketched) for kind, content in chunk.outputs]


_sized = msgspec.msgpack.Decoder(tuple[int, Facts]).decode


def _look_at_outputs(
    looked: Looked, release: Release, session: Any, known: dict[bytes, bytes], new: dict[bytes, bytes], used: set[bytes]
) -> None:
    sketched = len(looked.site.published) < len(looked.site.sources.heads)
    release.make = look_chunk if sketched else look_chunk_without_words
    mark = b"words" if sketched else b""
    todo: list[tuple[str, bytes]] = []
    here: dict[str, bytes] = {}

    def take(path: str, key: bytes, value: bytes) -> None:
        looked.sizes[path], looked.facts[path] = _sized(value)
        used.add(key)
        if key not in known:
            new[key] = value

    for path, digest, content in release.inspect(session.pool, session.progress):
        key = digest_bytes(digest + kind_of(path).encode() + mark)
        if key in known:
            take(path, key, known[key])
        elif path in release.made and content is not None:  # a page, looked at where it was made
            take(path, key, content)
        else:
            if content is not None:
                here[path] = content
            todo.append((path, key))
    looked.problems += release.problems
    config = Where(looked.site.settings.path)  # what an extra lacks is the machine's matter; the config asks for it
    looked.warnings += [
        each if each.where.path else msgspec.structs.replace(each, where=config) for each in release.warnings
    ]

    def read(part: Sequence[tuple[str, bytes]]) -> _Bytes:
        found = []
        for path, _ in part:
            content = here.pop(path, None)
            found.append((kind_of(path), release.target.content(path) if content is None else content))
        return _Bytes(found)

    use = session.pool if len(todo) >= SERIAL_BELOW else Serial()
    session.progress.phase("look", len(todo))
    parts = chunked(todo, use.workers, CHUNK)
    for part, values in zip(parts, use.map(_facts_chunk, sketched, Lazily(parts, read)), strict=True):
        for (path, key), value in zip(part, values, strict=True):
            take(path, key, value)
        session.progress.advance(len(part))


def _look_at_texts(
    looked: Looked, session: Any, known: dict[bytes, bytes], new: dict[bytes, bytes], used: set[bytes]
) -> None:
    todo = []
    for source, head in looked.site.sources.heads.items():
        key = digest_bytes(head.body_digest + b"text")
        used.add(key)
        if key in known:
            looked.texts[source] = _text_facts(known[key])
        else:
            todo.append((source, key))
    use = session.pool if len(todo) >= SERIAL_BELOW else Serial()
    parts = chunked(todo, use.workers, CHUNK)
    body = looked.site.sources.body
    chunks = Lazily(parts, lambda part: [body(source) for source, _ in part])
    for part, values in zip(parts, use.map(_texts_chunk, None, chunks), strict=True):
        for (source, key), value in zip(part, values, strict=True):
            looked.texts[source] = _text_facts(value)
            new[key] = value


def _texts_chunk(_: Any, bodies: Sequence[bytes]) -> list[bytes]:
    return [_encode(text_facts(_body(body))) for body in bodies]


_TAG = regex(r"<[^<>]*>")
_SILENT = regex(r"""<img\b(?=[^>]*\balt=""|[^>]*\balt=''|(?![^>]*\balt=))[^>]*>""")


def text_facts(body: Body) -> TextFacts:
    """The facts of one text."""
    words = words_of(unescape(_TAG.sub(" ", body.html)))
    return TextFacts(packed(sketch(words)), len(words), len(_SILENT.findall(body.html)))


def published_sources(looked: Looked) -> Iterator[tuple[str, Any]]:
    """Source and head of each published article and page, by id."""
    for head in looked.site.published:
        yield head.keys.source, head
