"""What is known of files that were read: a signature, a digest, and when that was; of a whole folder in columns.

Invariant: size and times are a hint, content is the truth. A digest holds for a signature only where the file was not
touched so shortly before it was read that a second edit could hide behind the same signature (git calls such an entry
racily clean).
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from struct import Struct

import msgspec

from sitegen.build.walk import GONE, ROW, Listed, row_of
from sitegen.digest import SIZE_BYTES

RACY_NS = 2_000_000_000  # the coarsest clock a file system in use keeps: FAT's two seconds
OWN_RACY_NS = 20_000_000  # our files bear the clock of this machine's kernel, which ticks every 1 to 10 ms
_row = Struct("4q")  # as `walk` packs it
_time = Struct("q")
_STRETCH = 64  # rows that are compared at once


class Signature(msgspec.Struct, frozen=True, array_like=True):
    """What the file system says of a file without opening it. `ctime` catches edits that put size and mtime back."""

    size: int
    mtime: int  # nanoseconds
    ctime: int
    inode: int

    @classmethod
    def at(cls, row: int, rows: bytes) -> "Signature":
        """One of many that are packed one after the other."""
        return cls(*_row.unpack_from(rows, row * ROW))


def signature_of(status: os.stat_result) -> Signature:
    """The signature in a `stat` result."""
    return Signature(*row_of(status))


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """A file's digest, the signature it had then, and when that was (nanoseconds since 1970)."""

    signature: Signature
    digest: bytes
    at: int

    def holds_for(self, signature: Signature, racy: int = RACY_NS) -> bool:
        """Whether the digest is still that of a file with this signature."""
        return self.signature == signature and self.is_settled(racy)

    def is_settled(self, racy: int = RACY_NS) -> bool:
        """Whether it was read long enough after it was last touched."""
        return self.signature.mtime + racy < self.at and self.signature.ctime + racy < self.at


class KnownFiles(msgspec.Struct, array_like=True, dict=True):
    """What is known of a folder's files, a row each, in the order in which the folder is walked."""

    names: str = ""  # each with "\0" behind it
    signatures: bytes = b""
    digests: bytes = b""
    times: bytes = b""
    racy: list[int] = []  # rows behind whose signature a second edit could hide

    @classmethod
    def of(cls, files: Mapping[str, Seen], racy: int = RACY_NS) -> "KnownFiles":
        """Cost: 1.5 µs a file."""
        every = list(files.values())
        return cls(
            "\0".join([*files, ""]),
            b"".join([_row.pack(*msgspec.structs.astuple(each.signature)) for each in every]),
            b"".join([each.digest for each in every]),
            b"".join([_time.pack(each.at) for each in every]),
            [row for row, each in enumerate(every) if not each.is_settled(racy)],
        )

    def __post_init__(self) -> None:
        """Raises: ValueError, which is damage to who decodes it, for columns that do not fit each other."""
        n = len(self)
        if (self.names.count("\0"), len(self.signatures), len(self.digests)) != (n, n * ROW, n * SIZE_BYTES):
            raise ValueError("columns of files do not fit each other")

    def __len__(self) -> int:
        return len(self.times) // _time.size

    def __iter__(self) -> Iterator[str]:
        return iter(self.names.split("\0")[:-1])

    def row(self, row: int) -> Seen:
        """What is known of one file."""
        return Seen(Signature.at(row, self.signatures), self.digest(row), _time.unpack_from(self.times, row * 8)[0])

    def digest(self, row: int) -> bytes:
        """The digest of one file."""
        return self.digests[row * SIZE_BYTES : (row + 1) * SIZE_BYTES]

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each name."""
        return dict(zip(self, range(len(self)), strict=True))

    def get(self, name: str) -> Seen | None:
        """What is known of a file by its name."""
        row = self.rows.get(name)
        return None if row is None else self.row(row)

    def unlike(self, signatures: bytes) -> list[int]:
        """The rows that have to be read again where the same names have these signatures. Cost: 0.01 µs a file."""
        found = set(self.racy)
        if signatures != self.signatures:
            step = ROW * _STRETCH
            for start in range(0, len(signatures), step):
                if signatures[start : start + step] != self.signatures[start : start + step]:
                    found.update(
                        at // ROW
                        for at in range(start, min(start + step, len(signatures)), ROW)
                        if signatures[at : at + ROW] != self.signatures[at : at + ROW]
                    )
        return sorted(found)

    def unlike_listed(self, listing: Listed) -> set[str]:
        """The names that do not lie there as they are known. Cost: 0.01 µs a file where the names are the same ones, in
        one order, else 0.5.
        """
        names, signatures, _ = listing
        if names != self.names:
            starts = range(0, len(signatures), ROW)
            rows = dict(zip(names.split("\0"), [signatures[start : start + ROW] for start in starts], strict=False))
            signatures = b"".join([rows.get(name, GONE) for name in self])
        unlike = self.unlike(signatures)
        own = list(self) if unlike else []
        return {own[row] for row in unlike}

    def are_listed(self, listing: Listed) -> bool:
        """Whether the names are the same ones."""
        return listing[0] == self.names or set(listing[0].split("\0")) == set(self.names.split("\0"))

    def after(self, changed: Mapping[int, Seen], racy: int = RACY_NS) -> "KnownFiles":
        """With these rows in place of those that they had."""
        signatures, digests, times = bytearray(self.signatures), bytearray(self.digests), bytearray(self.times)
        for row, seen in changed.items():
            _row.pack_into(signatures, row * ROW, *msgspec.structs.astuple(seen.signature))
            _time.pack_into(times, row * 8, seen.at)
            digests[row * SIZE_BYTES : (row + 1) * SIZE_BYTES] = seen.digest
        doubtful = {row for row, seen in changed.items() if not seen.is_settled(racy)}
        rows = sorted(set(self.racy) - changed.keys() | doubtful)
        return KnownFiles(self.names, bytes(signatures), bytes(digests), bytes(times), rows)

    def by_name(self) -> dict[str, Seen]:
        """Each by its name. Cost: 1 µs a file."""
        return {name: self.row(row) for row, name in enumerate(self)}

    def digests_by_name(self) -> Iterable[tuple[str, bytes]]:
        """The digest of each. Cost: 0.2 µs a file."""
        starts = range(0, len(self.digests), SIZE_BYTES)
        return zip(self, [self.digests[start : start + SIZE_BYTES] for start in starts], strict=True)
