"""Tables of an earlier build, read back where what they are made of is the same, since reading is faster.

Invariant: a table that is read back is the one that its rule would compute, in every type. What cannot be read is
computed: a table is never worth an error.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, Final

import msgspec

from sitegen.build.cache import PIECES, Cache, Damaged, pieces_of
from sitegen.digest import digest_bytes
from sitegen.engine import Snapshot

NAMES: Final = ("order", "groups", "calendar", "targets", "links_to", "indexed", "outputs", "told")


@cache
def types() -> Mapping[str, Any]:
    """What each table is. Imported when one is read: a build with nothing to do reads none."""
    from sitegen.catalog.ordering import Group  # noqa: PLC0415
    from sitegen.catalog.stories import Told  # noqa: PLC0415
    from sitegen.model import Output  # noqa: PLC0415

    return {
        "order": tuple[str, ...],
        "groups": dict[str, dict[str, Group]],
        "calendar": dict[str, tuple[str, ...]],
        "targets": dict[str, str],
        "links_to": dict[str, tuple[str, ...]],
        "indexed": tuple[str, ...],
        "outputs": tuple[Output, ...],
        "told": Told,
    }


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """A table as it is kept: the digest of what it was made of, and its msgpack."""

    read: bytes
    value: msgspec.Raw


class InPieces(Mapping[str, str]):
    """A mapping of texts in the cache, of which only the pieces are read in which somebody looks something up.

    A lookup may raise Damaged; none does after `load`, and only then may it be looked at in another process.
    """

    def __init__(self, cache: Cache, name: str) -> None:
        self._cache = cache
        self._name = name
        self._pieces: dict[int, dict[str, str]] = {}

    def _piece(self, number: int) -> dict[str, str]:
        if number not in self._pieces:
            self._pieces[number] = self._cache.known_piece(self._name, number, str)
        return self._pieces[number]

    def __getitem__(self, key: str) -> str:
        (number,) = pieces_of([key])
        return self._piece(number)[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.load())

    def __len__(self) -> int:
        return sum(len(self._piece(number)) for number in range(PIECES))

    def load(self) -> dict[str, str]:
        """All of it. Raises: Damaged."""
        return {key: value for number in range(PIECES) for key, value in self._piece(number).items()}

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels whole."""
        return dict, (self.load(),)


IN_PIECES: Final = frozenset(("targets",))  # of which a page asks for few entries or none, and no rule for their order


class KeptTables:
    """The tables that the cache holds. `code` is the digest of everything but the inputs that shapes them. `lazily`
    says that they are looked at while the cache is open, and by whom: see `InPieces`.
    """

    def __init__(self, cache: Cache | None, code: bytes, *, lazily: bool = False) -> None:
        self.cache = cache
        self.code = code
        self.lazily = lazily

    def find(self, name: str, read: bytes) -> Any:
        """A table that was made of what has this digest; None where there is none. Cost: 1 µs an entry."""
        if self.cache is None or name not in NAMES:
            return None
        with suppress(Damaged, sqlite3.Error, msgspec.MsgspecError):
            kept = self.cache.known(_name(name), _Kept)
            if kept is not None and kept.read == self._made_of(read):
                if name in IN_PIECES:
                    found = InPieces(self.cache, _name(name))
                    return found if self.lazily else found.load()
                return msgspec.msgpack.decode(kept.value, type=types()[name])
        return None

    def save(self, snapshot: Snapshot) -> None:
        """Keep the tables that this build computed. The caller holds the transaction."""
        for name in NAMES:
            made = snapshot.made(name)
            if made is not None and self.cache is not None:
                whole = name not in IN_PIECES
                value = msgspec.Raw(msgspec.msgpack.encode(made[1] if whole else None))
                self.cache.remember(_name(name), _Kept(self._made_of(made[0]), value))
                if not whole:
                    self.cache.remember_pieces(_name(name), made[1])

    def _made_of(self, read: bytes) -> bytes:
        return digest_bytes(self.code + read)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels empty: a cache belongs to the process that opened it."""
        return KeptTables, (None, self.code)


def _name(table: str) -> str:
    return f"table {table}"
