"""Reading all sources: in chunks, on any number of processes, into a spool; what is kept of each document is small.

Invariant: documents come in the order of their sources, whatever ran first. A chunk that an earlier run of the same
import finished, before it was killed, is taken from its journal and not read again.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from sitegen import __version__
from sitegen.build.pool import Pool, run_alone
from sitegen.convert.document import Document
from sitegen.convert.faults import ended, own_fault
from sitegen.convert.formats import BY_NAME, HEAD, Reading
from sitegen.convert.near import lines_digest, sketch
from sitegen.convert.patience import TooLong, patiently
from sitegen.convert.sources.archives import Zip
from sitegen.convert.sources.decode import decoded_head
from sitegen.convert.sources.detect import Detected, detect, readable
from sitegen.convert.sources.files import Claimed, Found, SourceFile, Store, Tree, problem
from sitegen.convert.sources.walking import find_sources
from sitegen.convert.spool import Journal, Spool
from sitegen.errors import Problem

CHUNK: Final = 48  # files that travel to a process at once
CHUNK_BYTES: Final = 4_000_000  # and how much they may hold together


class Kept(msgspec.Struct, frozen=True, gc=False):  # no circles: forked processes need not copy it
    """What stays in memory of a document: the site it belongs to, and what tells copies from others."""

    group: str
    marked: bool
    lines: bytes  # a digest of its lines
    sketch: bytes
    page_title: str
    store: int  # which of `Gathered.stores` its files are in; -1 for none


class Gathered:
    """All documents of an import, on the disk, and what is kept of each."""

    def __init__(self) -> None:
        self.documents: Spool[Document] = Spool(Document)
        self.kept: list[Kept] = []
        self.stores: list[Store] = []
        self.problems: list[Problem] = []
        self.resumed = 0  # documents that an earlier run had read


class _Sent(msgspec.Struct, frozen=True):
    """One thing to read: a file, or what is known of it already. `claims` is the format of a packed document."""

    file: SourceFile | None = None
    claims: str = ""
    made: Document | Problem | None = None


class _Read(msgspec.Struct, frozen=True, array_like=True):
    """One document as it comes back: packed, with what is kept of it; or a problem."""

    of: int  # the position of its file in the chunk
    document: bytes = b""
    kept: tuple[str, bool, bytes, bytes, str] | None = None
    problem: Problem | None = None


T = TypeVar("T")
_packed = msgspec.msgpack.Encoder()
_results = msgspec.msgpack.Decoder(list[_Read])


def gather(
    sources: Sequence[str], skip: frozenset[Path], reading: Reading, pool: Pool, journal: Journal
) -> Iterator[Gathered]:
    """Reads everything; gives the same object again after each chunk, for progress."""
    gathered = Gathered()
    known: dict[int, int] = {}
    pending: deque[tuple[bytes, bytes | None, list[Store | None]]] = deque()

    def chunks() -> Iterator[list[_Sent]]:
        for sent, stores in _chunked(_sent(sources, skip, reading)):
            key = _key(sent, reading)
            before = journal.find(key)
            pending.append((key, before, stores))
            yield [] if before is not None else sent

    for result in pool.map(read_chunk, reading, chunks(), lost=_again):
        key, before, stores = pending.popleft()
        content = result if before is None else before
        if before is None:
            journal.keep(key, content)
        for one in _results.decode(content):
            if one.problem is not None:
                gathered.problems.append(one.problem)
            elif one.kept is not None:
                gathered.documents.append_packed(one.document)
                gathered.resumed += before is not None
                number = -1
                if (store := stores[one.of]) is not None:
                    number = known.setdefault(id(store), len(gathered.stores))
                    if number == len(gathered.stores):
                        gathered.stores.append(store)
                gathered.kept.append(Kept(*one.kept, number))
        yield gathered


def _sent(sources: Sequence[str], skip: frozenset[Path], reading: Reading) -> Iterator[tuple[_Sent, Store | None]]:
    format = BY_NAME.get(reading.format)
    for given in sources:
        own = skip - {Path(given).resolve()} if given != "-" else skip
        for found in find_sources(given, own, format):
            if isinstance(found, SourceFile):
                yield _Sent(file=msgspec.structs.replace(found, store=None, digest=found.sha256)), found.store
            elif isinstance(found, Claimed) and found.tree.packed is not None and BY_NAME[found.format].document:
                packed = found.tree.packed
                yield _Sent(file=msgspec.structs.replace(packed, store=None), claims=found.format), found.tree.store
            else:
                store = found.tree.store if isinstance(found, Claimed) else None
                path = found.tree.path if isinstance(found, Claimed) else found.where.path
                for made in _told(path, read_found(found, reading), lambda fault: fault):
                    yield _Sent(made=made), store


def _chunked(sent: Iterable[tuple[_Sent, Store | None]]) -> Iterator[tuple[list[_Sent], list[Store | None]]]:
    chunk: list[_Sent] = []
    stores: list[Store | None] = []
    size = 0
    for one, store in sent:
        chunk.append(one)
        stores.append(store)
        size += len(one.file.content) if one.file is not None else 4000
        if len(chunk) >= CHUNK or size >= CHUNK_BYTES:
            yield chunk, stores
            chunk, stores, size = [], [], 0
    if chunk:
        yield chunk, stores


def _key(sent: Sequence[_Sent], reading: Reading) -> bytes:
    """What a chunk's result depends on: the files, how they are read, and the readers themselves."""
    hashed = sha256(_packed.encode((__version__, code_digest(), reading)))
    for one in sent:
        file = one.file
        named: tuple[Any, ...] = ()
        if file is not None:
            named = (file.path, file.name, file.folder, file.row, file.url, file.sha256, file.lines_before)
            hashed.update(file.context)
        hashed.update(_packed.encode((named, len(file.content) if file else 0, one.claims, one.made)))
    return hashed.digest()


_code: list[bytes] = []


def code_digest() -> bytes:
    """The digest of this package's own source, which moves when a reader does. Cost: 10 ms, once."""
    if not _code:
        hashed = sha256()
        for path in sorted(Path(__file__).parent.rglob("*.py")):
            hashed.update(path.read_bytes())
        _code.append(hashed.digest())
    return _code[0]


def read_chunk(reading: Reading, chunk: Sequence[_Sent]) -> bytes:
    """What travels to a process: files in, packed documents and problems out."""
    out: list[_Read] = []
    for of, sent in enumerate(chunk):
        pack = partial(_packed_one, of)
        out += _told(_path(sent), map(pack, _made(sent, reading)), pack)
    return _packed.encode(out)


def _packed_one(of: int, made: Document | Problem) -> _Read:
    return _Read(of, problem=made) if isinstance(made, Problem) else _Read(of, _packed.encode(made), _kept(made))


def _told(path: str, made: Iterable[T], told: Callable[[Problem], T]) -> Iterator[T]:
    """What a reader makes. Where it fails, or a document takes too long, that is told and ends this source alone."""
    count = 0
    try:
        for one in patiently(made):
            yield one
            count += 1
    except (Exception, TooLong) as fault:  # noqa: BLE001 -- no input should make a reader raise: see `own_fault`
        yield told(own_fault(path, fault, "read", count))


def _again(reading: Reading, chunk: Sequence[_Sent]) -> bytes:
    """A chunk that was under way when a process ended, file by file; the one that ends another process is told."""
    out: list[_Read] = []
    for of, sent in enumerate(chunk):
        result = run_alone(read_chunk, reading, [sent])
        if result is None:
            out.append(_Read(of, problem=ended(_path(sent))))
        else:
            out += (msgspec.structs.replace(one, of=of) for one in _results.decode(result))
    return _packed.encode(out)


def _path(sent: _Sent) -> str:
    if sent.file is not None:
        return sent.file.path
    return sent.made.source.path if isinstance(sent.made, Document) else ""


def _made(sent: _Sent, reading: Reading) -> Iterator[Document | Problem]:
    if sent.file is None:
        assert sent.made is not None
        yield sent.made
    elif sent.claims:
        tree = Tree(Zip(sent.file), "", sent.file.path, sent.file.name, packed=sent.file)
        yield from read_found(Claimed(tree, sent.claims), reading)
    else:
        yield from read_found(sent.file, reading)


def _kept(document: Document) -> tuple[str, bool, bytes, bytes, str]:
    lines = [block.text for block in document.blocks]
    markup = document.markup
    drawn = b"" if markup is not None else sketch(lines)
    title = markup.page_title[:300] if markup is not None else ""
    return document.source.group, markup is not None, lines_digest(lines), drawn, title


def read_found(found: Found, reading: Reading) -> Iterator[Document | Problem]:
    """The documents of a file or tree, or what is wrong with it."""
    if isinstance(found, Problem):
        yield found
        return
    given: Any = found
    if isinstance(found, Claimed):
        given, path, chosen = found.tree, found.tree.path, found.format
    else:
        path, chosen = found.path, found.format
        told = Detected(chosen) if chosen else detect(found.name, found.content[:HEAD], decoded_head(found.content))
        chosen = chosen or reading.format or told.format
        if told.problem and (not reading.format or not found.content.strip()):
            yield problem(path, told.problem, told.help, code="import.format")
            return
    format = BY_NAME[chosen]
    if not format.reader:
        said = f"this is {format.what}, which import does not read yet"
        yield problem(path, said, readable(), code="import.format")
        return
    yield from format.read(given, msgspec.structs.replace(reading, format=chosen))
