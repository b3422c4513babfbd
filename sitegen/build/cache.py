"""What earlier builds found out: one SQLite file in `.sitegen/`, safe to delete, damage or restore elsewhere.

Invariant: only msgpack and plain columns, never pickle: a cache from elsewhere can make a build slower, not make it
run code. Every value stands beside its digest or sum, so that a damaged one is noticed. Everything in it can be made
again: a file that cannot be read, or has another schema, is dropped with one line said.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

import msgspec

from sitegen.build.sliced import Sliced
from sitegen.digest import digest_bytes

NAME = "cache.sqlite"
SCHEMA = 10
PAGE_BYTES = 16_384  # a body or a piece takes several kB, which SQLite's usual page would spread over three
_TABLES = """
create table known (name text, number integer, sum integer, value blob, primary key (name, number));
create table piece (name text, number integer, sum integer, value blob, primary key (name, number));
create table body (source text primary key, digest blob, value blob);
create table terms (source text primary key, digest blob, value blob);
create table terms_before (source text primary key, digest blob, value blob);
"""

T = TypeVar("T")
_found = msgspec.msgpack.Decoder(tuple[dict[str, Sliced], list[str]])


class Damaged(Exception):  # noqa: N818 -- a state of the file, caught where the cache is opened anew
    """The cache holds something that it was not given."""


def written_at(folder: Path) -> int:
    """When the memory in a folder was last written, in nanoseconds since 1970; 0 where there is none."""
    try:
        return (folder / NAME).stat().st_mtime_ns
    except OSError:
        return 0


class Cache:
    """The memory of one site. Raises `Damaged` or `sqlite3.Error` where it cannot be trusted; `drop` starts afresh."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.notice = ""  # one line to say when an old cache had to be dropped
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._db = self._connect()
        except (sqlite3.Error, Damaged) as error:
            self._remove()
            self._db = self._connect()
            self.notice = f"the cache could not be used ({error}); it was made anew"

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, isolation_level=None, timeout=60, check_same_thread=False)
        try:
            with _read():
                db.execute(f"pragma page_size = {PAGE_BYTES}")  # of a file that is made now
                db.execute("pragma journal_mode = truncate")  # new pages are written once; a WAL writes them twice
                db.execute("pragma synchronous = off")  # losing the last build's memory to a power cut costs time only
                db.execute("pragma cache_size = -2000")
                version = db.execute("pragma user_version").fetchone()[0]
                if version != SCHEMA:
                    if version or db.execute("select count(*) from sqlite_master").fetchone()[0]:
                        raise Damaged(  # noqa: TRY301
                            f"it has schema {version}, this version writes {SCHEMA}"
                        )
                    db.executescript(f"begin; {_TABLES} pragma user_version = {SCHEMA}; commit;")
        except BaseException:
            db.close()
            raise
        return db

    def _remove(self) -> None:
        for suffix in ("", "-journal"):
            with suppress(FileNotFoundError):
                self.path.with_name(self.path.name + suffix).unlink()

    def drop(self, reason: object) -> None:
        """Forget everything, and say why."""
        self._db.close()
        self._remove()
        self._db = self._connect()
        self.notice = f"the cache could not be used ({reason}); it was made anew"

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @property
    def is_writing(self) -> bool:
        """Whether a transaction is open: then another process would wait for its end to read."""
        return self._db.in_transaction

    def begin(self) -> None:
        """Open the transaction that a build's findings go into."""
        self._db.execute("begin immediate")

    def commit(self) -> None:
        """Keep what was written since `begin`."""
        if self._db.in_transaction:
            self._db.execute("commit")

    def rollback(self) -> None:
        """Forget what was written since `begin`."""
        if self._db.in_transaction:
            self._db.execute("rollback")

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written inside is kept together: in the transaction that is open, or in one of its own."""
        if self._db.in_transaction:
            yield
            return
        self.begin()
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        self.commit()

    def known(self, name: str, type: type[T]) -> T | None:
        """A named value; None when it was never given. Raises: Damaged."""
        value = self._value(name)
        return None if value is None else _decoded(name, value, msgspec.msgpack.Decoder(type))

    def _value(self, name: str) -> bytes | None:
        query = "select number, value, sum from known where name = ? order by number"
        with _read():
            rows = self._db.execute(query, (name,)).fetchall()
        if any(row[0] != n for n, row in enumerate(rows)):
            raise Damaged(f"{name}: a slice is missing")  # the last of them is missed by whoever decodes it
        slices = [_summed(name, value, sum) for _, value, sum in rows]
        return b"".join(slices) if slices else None

    def has(self, name: str) -> bool:
        """Whether a value was given by this name."""
        return self._db.execute("select 1 from known where name = ?", (name,)).fetchone() is not None

    def encoded_value(self, name: str) -> bytes:
        """A named value as it is kept; "" when it was never given. Raises: Damaged."""
        return self._value(name) or b""

    def remember(self, name: str, value: Any, before: bytes = b"") -> None:
        """Keep a named value; what it was kept as `before`, where that is known, spares slices that are the same."""
        self._put(name, Sliced.of(msgspec.msgpack.encode(value), before))

    def _put(self, name: str, value: Sliced) -> None:
        self._db.execute("delete from known where name = ? and number >= ?", (name, len(value.sums)))
        self._db.executemany(
            "insert or replace into known values (?, ?, ?, ?)",
            ((name, number, value.sums[number], part) for number, part in value.changed.items()),
        )

    def known_pieces(self, name: str, type: type[T]) -> dict[str, T]:
        """A mapping that is kept in pieces, or what is left of it; empty when it was never given. Raises: Damaged."""
        found: dict[str, T] = {}
        decoder = msgspec.msgpack.Decoder(dict[str, type])  # type: ignore[valid-type]
        with _read():
            for row in self._db.execute("select value, sum from piece where name = ?", (name,)):
                found.update(_decoded(name, _summed(name, row[0], row[1]), decoder))
        return found

    def known_piece(self, name: str, number: int, type: type[T]) -> dict[str, T]:
        """One piece of a mapping that was given whole: see `pieces_of`. Raises: Damaged, also where it is missing."""
        found = self._piece(name, number, type)
        if found is None:
            raise Damaged(f"{name}: a piece is missing")
        return found

    def _piece(self, name: str, number: int, type: type[T]) -> dict[str, T] | None:
        query = "select value, sum from piece where name = ? and number = ?"
        with _read():
            row = self._db.execute(query, (name, number)).fetchone()
        if row is None:
            return None
        decoder = msgspec.msgpack.Decoder(dict[str, type])  # type: ignore[valid-type]
        found: dict[str, T] = _decoded(name, _summed(name, row[0], row[1]), decoder)
        return found

    def remember_pieces(self, name: str, values: Mapping[str, Any], changed: Iterable[str] | None = None) -> None:
        """Keep a mapping in pieces. Of one that is kept, only what `changed` or is gone is looked at; None: all is new.
        Cost: 30 µs for each piece that holds, or held, such. Raises: Damaged.
        """
        pieces: dict[int, dict[str, Any]] = {}
        if changed is None:
            self._db.execute("delete from piece where name = ?", (name,))
            pieces = {n: {} for n in range(PIECES)}
        keys = list(values if changed is None else changed)
        for key, number in zip(keys, pieces_of(keys), strict=True):
            if number not in pieces:
                pieces[number] = self._piece(name, number, msgspec.Raw) or {}
            if key in values:
                pieces[number][key] = values[key]
            else:
                pieces[number].pop(key, None)
        blobs = ((number, msgspec.msgpack.encode(piece)) for number, piece in pieces.items())
        self._db.executemany(
            "insert or replace into piece values (?, ?, ?, ?)",
            ((name, number, crc32(blob), blob) for number, blob in blobs),
        )

    def forget(self, *names: str) -> None:
        """Forget named values and mappings."""
        for table in ("known", "piece"):
            self._db.executemany(f"delete from {table} where name = ?", ((name,) for name in names))  # noqa: S608

    def take(self, encoded: bytes) -> None:
        """Remember and forget what `Findings` of another process say. Raises: Damaged where they were made from other
        values than those that are here.
        """
        values, forgotten = _found.decode(encoded)
        with self.together():
            self.forget(*forgotten)
            for name, value in values.items():
                sums = self._db.execute("select number, sum from known where name = ?", (name,))
                if not value.fits(dict(sums.fetchall())):
                    raise Damaged(f"{name} is not what was to be changed")
                self._put(name, value)
            if _COUNTED_TERMS in forgotten:
                self.forget_counted()

    def forget_texts(self, sources: Iterable[str]) -> None:
        """Forget the texts of sources that are gone."""
        names = [(source,) for source in sources]
        self._set_aside([(source, b"") for (source,) in names])
        for table in PARTS:
            self._db.executemany(f"delete from {table} where source = ?", names)  # noqa: S608 -- names from above

    def text(self, source: str, part: str, digest: bytes) -> bytes:
        """An encoded part (`body` or `terms`) of one source. Raises: Damaged where it is not what `digest` says."""
        with _read():
            row = self._db.execute(f"select value from {_part(part)} where source = ?", (source,)).fetchone()  # noqa: S608
        return _sound(row[0] if row else None, digest)

    def some_texts(self, part: str, digests: Mapping[str, bytes]) -> dict[str, bytes]:
        """An encoded part of a few sources, each as its digest says. Raises: Damaged."""
        sources, found = list(digests), dict[str, bytes]()
        with _read():
            for at in range(0, len(sources), ASKED):
                some = sources[at : at + ASKED]
                query = f"select source, value from {_part(part)} where source in ({','.join('?' * len(some))})"  # noqa: S608
                found |= self._db.execute(query, some)
        return {source: _sound(found.get(source), digest) for source, digest in digests.items()}

    def texts(self, part: str, digests: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
        """An encoded part of each source that `digests` names, in any order. Cost: about 5 µs each. Raises: Damaged."""
        found = 0
        with _read():
            for source, value in self._db.execute(f"select source, value from {_part(part)}"):  # noqa: S608
                if source in digests:
                    found += 1
                    yield source, _sound(value, digests[source])
        if found != len(digests):
            raise Damaged(f"{part}: some are missing")

    def remember_texts(self, part: str, rows: Sequence[tuple[str, bytes, bytes]]) -> None:
        """Keep an encoded part of sources: source, value, digest of the value."""
        if part == "terms":
            self._set_aside([(source, digest) for source, _, digest in rows])
        self._db.executemany(
            f"insert or replace into {_part(part)} values (?, ?, ?)",  # noqa: S608
            ((source, digest, value) for source, value, digest in rows),
        )

    def _set_aside(self, rows: Sequence[tuple[str, bytes]]) -> None:
        """Keep the terms that go, or give way to those of another digest, while a table of related articles counts
        them: to take them out of it, one must know them.
        """
        if rows and self.has(COUNTED):
            self._db.executemany(
                "insert or ignore into terms_before "
                "select source, digest, value from terms where source = ? and digest <> ?",
                rows,
            )

    def counted_terms(self, source: str, digest: bytes) -> bytes | None:
        """The encoded terms of this digest, as they stand or stood when `COUNTED` was remembered; None if neither.

        Raises: Damaged.
        """
        with _read():
            for table in ("terms", "terms_before"):
                query = f"select value from {table} where source = ? and digest = ?"  # noqa: S608 -- names from above
                row = self._db.execute(query, (source, digest)).fetchone()
                if row is not None:
                    return _sound(row[0], digest)
        return None

    def forget_counted(self) -> None:
        """Forget the terms that were kept because they were counted."""
        self._db.execute("delete from terms_before")


class Findings(Cache):
    """The same memory as another process reads it; what it is told to remember waits for the one who may write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notice = ""
        self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=60)
        self._seen: dict[str, bytes] = {}  # values as they were found here, to tell what is new in those that follow
        self._values: dict[str, Sliced] = {}
        self._forgotten: set[str] = set()

    def _value(self, name: str) -> bytes | None:
        value = super()._value(name)
        self._seen[name] = value or b""
        return value

    def remember(self, name: str, value: Any, before: bytes = b"") -> None:
        self._values[name] = Sliced.of(msgspec.msgpack.encode(value), before or self._seen.get(name, b""))

    def forget(self, *names: str) -> None:
        self._forgotten.update(names)
        for name in names:
            self._seen.pop(name, None)

    def forget_counted(self) -> None:
        self._forgotten.add(_COUNTED_TERMS)

    @contextmanager
    def together(self) -> Iterator[None]:
        yield

    def encoded(self) -> bytes:
        """All of it, for `Cache.take`."""
        return msgspec.msgpack.encode((self._values, self._forgotten))


ASKED = 500  # values in one question; any SQLite takes as many
PIECES = 256  # of a mapping, a power of two; of 5,000 articles one holds twenty


def pieces_of(keys: Iterable[str]) -> Iterator[int]:
    """Which piece of a mapping holds each of these keys. Cost: 0.1 µs each."""
    return map((PIECES - 1).__and__, map(crc32, map(str.encode, keys)))


PARTS = ("body", "terms")
_COUNTED_TERMS = "*"  # among forgotten names: the terms that were set aside
COUNTED = "related index"  # the name of what terms are counted in; see build.relate


def _part(name: str) -> str:
    if name not in PARTS:
        raise ValueError(name)
    return name


@contextmanager
def _read() -> Iterator[None]:
    """Where a damaged file may say anything: `sqlite3` decodes even its own messages about it as UTF-8."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise Damaged("a name in it is not UTF-8") from error


def _summed(name: str, value: Any, sum: Any) -> bytes:
    """Bytes that are as they were written, by a sum that takes a tenth of a digest's time."""
    if not isinstance(value, bytes) or crc32(value) != sum:
        raise Damaged(f"{name} is not what was written")
    return value


def decoded(name: str, value: bytes, type: type[T]) -> T:
    """A value that was kept by a name. Raises: Damaged."""
    found: T = _decoded(name, value, msgspec.msgpack.Decoder(type))
    return found


def _decoded(name: str, value: bytes, decoder: "msgspec.msgpack.Decoder[Any]") -> Any:
    try:
        return decoder.decode(value)
    except msgspec.MsgspecError as error:
        raise Damaged(f"{name}: {error}") from error


def _sound(value: Any, digest: Any) -> bytes:
    if not isinstance(value, bytes) or digest_bytes(value) != digest:
        raise Damaged("a value is not what was written")
    return value
