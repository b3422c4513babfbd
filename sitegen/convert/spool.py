"""Values of an import that wait on the disk until they are needed, so that memory does not grow with their size.

Invariant: what was appended is read back as it was; a process that is killed leaves a journal from which every whole
record can be used again, and no other.
"""

import struct
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final, Generic, TypeVar
from zlib import crc32

import msgspec

V = TypeVar("V")
_HEAD: Final = struct.Struct("<32sQI")  # key, length of the record, its checksum


class Spool(Generic[V]):
    """Values in the order of their arrival, each read from the disk when it is asked for."""

    def __init__(self, type: type[V]) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="sitegen-")  # noqa: SIM115 -- lives as long as the spool
        weakref.finalize(self, self._file.close)
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(type)
        self._places: list[int] = []
        self._end = 0

    def append(self, value: V) -> int:
        """Its number, from 0."""
        return self.append_packed(self._encoder.encode(value))

    def append_packed(self, content: bytes) -> int:
        self._file.seek(self._end)
        self._file.write(content)
        self._places.append(self._end)
        self._end += len(content)
        return len(self._places) - 1

    def packed(self, number: int) -> bytes:
        if not 0 <= number < len(self._places):
            raise IndexError(number)
        start = self._places[number]
        stop = self._places[number + 1] if number + 1 < len(self._places) else self._end
        self._file.seek(start)
        return self._file.read(stop - start)

    def __getitem__(self, number: int) -> V:
        return self._decoder.decode(self.packed(number))

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[V]:
        return (self[number] for number in range(len(self)))

    def close(self) -> None:
        self._file.close()


class Journal:
    """Records by key in one file, for a run that was killed and is started again. Without a path it keeps nothing.

    The file is made when there is a second record: what is done in one step needs no resuming.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._file: IO[bytes] | None = None
        self._waiting = b""
        self._known: dict[bytes, tuple[int, int, int]] = {}
        if path is not None and path.is_file():
            self._file = path.open("r+b")
            self._scan(self._file)

    def _scan(self, file: IO[bytes]) -> None:
        size = file.seek(0, 2)
        at = 0
        while at + _HEAD.size <= size:
            file.seek(at)
            key, length, checksum = _HEAD.unpack(file.read(_HEAD.size))
            if at + _HEAD.size + length > size:
                break
            self._known[key] = (at + _HEAD.size, length, checksum)
            at += _HEAD.size + length
        file.truncate(at)  # the record that was being written when the process ended

    def find(self, key: bytes) -> bytes | None:
        """The record of a key; None when there is none, or when it is damaged."""
        if self._file is None or key not in self._known:
            return None
        start, length, checksum = self._known[key]
        self._file.seek(start)
        content = self._file.read(length)
        return content if crc32(content) == checksum else None

    def keep(self, key: bytes, content: bytes) -> None:
        if self.path is None:
            return
        record = _HEAD.pack(key, len(content), crc32(content)) + content
        if self._file is None and not self._waiting:
            self._waiting = record
            return
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w+b")
        self._file.seek(0, 2)
        self._file.write(self._waiting + record)
        self._file.flush()
        self._waiting = b""

    def close(self, *, done: bool) -> None:
        """With `done` the file is removed: nothing is left to resume."""
        if self._file is not None and self.path is not None:
            self._file.close()
            if done:
                self.path.unlink(missing_ok=True)


class Made(Sequence[V], Generic[V]):
    """A sequence whose items are made when they are asked for."""

    def __init__(self, size: int, make: Any) -> None:
        self._size = size
        self._make = make

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return tuple(self._make(n) for n in range(*number.indices(self._size)))
        if not -self._size <= number < self._size:
            raise IndexError(number)
        return self._make(number % self._size)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(other) != self._size:
            return False
        return all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]
