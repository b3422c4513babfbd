"""What was seen of outputs and of texts, by the digest of their bytes: a second check looks only at what is new.

Invariant: as the cache of builds: msgpack, never pickle; safe to delete, damage or restore elsewhere. A file that
cannot be used is made anew; where none can be made, nothing is remembered and everything is looked at again.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

NAME = "check.sqlite"
_TABLES = """
create table made_by (toolchain blob);
create table fact (digest blob primary key, value blob) without rowid;
create table report (inputs blob primary key, value blob);
"""


class Remembered:
    """Values by digest. Use as a context manager; what is not asked for again is forgotten at the end."""

    def __init__(self, folder: Path, toolchain: bytes) -> None:
        self.path = folder / NAME
        self.toolchain = toolchain
        self._db: sqlite3.Connection | None = None
        with suppress(sqlite3.Error, OSError):
            self._db = self._opened()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._db is not None:
            self._db.close()

    def _opened(self) -> sqlite3.Connection:
        for anew in (False, True):
            if anew:
                self.path.unlink(missing_ok=True)
            db = sqlite3.connect(self.path, isolation_level=None, timeout=60)
            try:
                db.execute("pragma journal_mode = truncate")
                db.execute("pragma synchronous = off")
                if not db.execute("select count(*) from sqlite_master").fetchone()[0]:
                    db.executescript(_TABLES)
                    db.execute("insert into made_by values (?)", (self.toolchain,))
                if db.execute("select toolchain from made_by").fetchone() == (self.toolchain,):
                    return db
            except sqlite3.DatabaseError:
                pass
            db.close()
        raise sqlite3.DatabaseError("the memory of checks cannot be made")

    def report(self, inputs: bytes) -> bytes:
        """What was kept of the last check of these inputs; b"" for none."""
        if self._db is None:
            return b""
        try:
            row = self._db.execute("select value from report where inputs = ?", (inputs,)).fetchone()
        except sqlite3.Error:
            return b""
        return row[0] if row and isinstance(row[0], bytes) else b""

    def keep_report(self, inputs: bytes, value: bytes) -> None:
        """Keep what a check came to, in place of what an earlier one did."""
        if self._db is None:
            return
        with suppress(sqlite3.Error):
            self._db.execute("begin")
            self._db.execute("delete from report")
            self._db.execute("insert into report values (?, ?)", (inputs, value))
            self._db.execute("commit")

    def values(self) -> dict[bytes, bytes]:
        """Everything that is remembered. Cost: about 2 µs each."""
        if self._db is None:
            return {}
        try:
            return dict(self._db.execute("select digest, value from fact"))
        except (sqlite3.Error, UnicodeDecodeError):
            return {}

    def keep(self, new: Mapping[bytes, bytes], gone: Iterable[bytes]) -> None:
        """Remember new values, and forget what nothing has any more."""
        if self._db is None:
            return
        rows: list[tuple[Any, ...]] = list(new.items())
        with suppress(sqlite3.Error):
            self._db.execute("begin")
            self._db.executemany("delete from fact where digest = ?", ((digest,) for digest in gone))
            self._db.executemany("insert or replace into fact values (?, ?)", rows)
            self._db.execute("commit")
