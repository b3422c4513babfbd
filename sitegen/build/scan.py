"""Disk to digests: which files there are, and what is in them.

Invariant: content is the truth. A file is read again when its signature differs, or could hide a second edit.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

import msgspec

from sitegen.build.seen import KnownFiles, Seen, Signature
from sitegen.build.walk import NOT_TEXT, OUTSIDE, UNREADABLE, Listed, listed
from sitegen.digest import digest_bytes
from sitegen.errors import Problem, Where


class Changed(Exception):  # noqa: N818 -- a state of the disk, caught where the build can look again
    """A file is not any more what it was when the build looked at it."""


class Found(msgspec.Struct, dict=True):
    """Files below a folder by path relative to it ("/"-separated, ordered), and what was wrong with others."""

    names: str = ""  # and signatures, as `walk.Listed`
    signatures: bytes = b""
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, listing: Listed, shown: str) -> "Found":
        """What was listed; `shown` is how problems name the folder."""
        names, signatures, faults = listing
        problems = [_SAID[kind](f"{shown}/{name}".rstrip("/"), said) for kind, name, said in faults]
        return cls(names, signatures, tuple(problems))

    @cached_property
    def files(self) -> dict[str, Signature]:
        """The signature of each. Cost: 0.7 µs a file."""
        names = self.names.split("\0")[:-1]
        return {name: Signature.at(row, self.signatures) for row, name in enumerate(names)}


def walk(folder: Path, shown: str, hidden: Callable[[str], bool]) -> Found:
    """All files below `folder`, as `listed`; `shown` is how problems name the folder."""
    return Found.of(listed(folder, hidden), shown)


class Files:
    """The files of one folder with their digests; contents are read when first needed."""

    def __init__(self, folder: Path, shown: str, found: Found, known: KnownFiles | Mapping[str, Seen] | None) -> None:
        """Cost: 0.01 µs a file where the same names are `known` in columns, else 1; and what it takes to read those
        that are not as they were.
        """
        self.folder = folder
        self.shown = shown
        self._prefix = str(folder) + os.sep
        self.problems = list(found.problems)
        self.fresh: set[str] = set()  # what was read now, and so must be remembered anew
        self.came = self.went = False  # whether some were not known, and whether known ones are not there
        self._contents: dict[str, bytes] = {}
        self._kept = 0
        self._changed: dict[str, Seen] = {}  # what was read now, of those in columns
        self._columns: KnownFiles | None = None
        self._seen: dict[str, Seen] = {}  # all of them, where there are no columns
        if isinstance(known, KnownFiles) and known.names == found.names:
            self._compare(known, found.signatures)
        else:
            self._look_at_all(found.files, known if known is not None else {})

    def _compare(self, known: KnownFiles, signatures: bytes) -> None:
        rows = known.unlike(signatures)
        names = list(known) if rows else []
        self._columns = known
        for row in rows:
            if self._read(names[row], Signature.at(row, signatures)) is None:
                self.seen.pop(names[row], None)
                self.went = True

    def _look_at_all(self, files: Mapping[str, Signature], known: KnownFiles | Mapping[str, Seen]) -> None:
        there = 0
        for name, signature in files.items():
            before = known.get(name)
            if before is not None and before.holds_for(signature):
                self._seen[name] = before
            else:
                self._read(name, signature)
            there += before is not None and name in self._seen
        self.came = there < len(self._seen)
        self.went = there < len(known)

    @property
    def seen(self) -> dict[str, Seen]:
        """What is known of each. Who asks for it may change it. Cost: once 1 µs a file, if they are in columns."""
        if self._columns is not None:
            self._seen, self._columns = {**self._columns.by_name(), **self._changed}, None
            self._changed = {}
        return self._seen

    def columns(self) -> KnownFiles:
        """What is known of all of them, to be remembered."""
        if self._columns is None:
            return KnownFiles.of(self._seen)
        if self._changed:
            rows = self._columns.rows
            return self._columns.after({rows[name]: seen for name, seen in self._changed.items()})
        return self._columns

    def _read(self, name: str, signature: Signature, *, keep: bool = True) -> bytes | None:
        at = time.time_ns()
        try:
            content = _content(self._prefix + name, signature.size)
        except FileNotFoundError:
            return None  # gone since it was listed, which is as if it had gone before
        except OSError as error:
            self.problems.append(_unreadable(f"{self.shown}/{name}", error.strerror or str(error)))
            return None
        seen = self._seen if self._columns is None else self._changed
        seen[name] = Seen(signature, digest_bytes(content), at)
        self.fresh.add(name)
        if keep and len(content) < LARGE_BYTES and self._kept + len(content) < KEPT_BYTES:
            self._contents[name] = content
            self._kept += len(content)
        return content

    def content(self, name: str) -> bytes:
        """Bytes of a file: those that its digest was made of. Raises: Changed when the disk holds others by now."""
        kept = self._contents.get(name)
        if kept is not None:
            return kept
        path = f"{self.shown}/{name}"
        try:
            content = (self.folder / name).read_bytes()
        except OSError as error:
            raise Changed(path) from error
        if digest_bytes(content) != self.digest(name):
            raise Changed(path)
        return content

    def take(self, names: Iterable[str]) -> list[tuple[str, bytes]]:
        """Names with their bytes, which will not be asked for again. Raises: Changed."""
        taken = [(name, self.content(name)) for name in names]
        self.forget(names)
        return taken

    def forget(self, names: Iterable[str]) -> None:
        """Drop contents that will not be asked for again."""
        for name in names:
            self._kept -= len(self._contents.pop(name, b""))

    def __iter__(self) -> Iterator[str]:
        return iter(self._seen if self._columns is None else self._columns)

    def __len__(self) -> int:
        return len(self._seen if self._columns is None else self._columns)

    def digest(self, name: str) -> bytes:
        """Digest of a file's content."""
        if self._columns is None:
            return self._seen[name].digest
        changed = self._changed.get(name)
        return self._columns.digest(self._columns.rows[name]) if changed is None else changed.digest

    def digests(self) -> dict[str, bytes]:
        """The digest of each. Cost: 0.3 µs a file."""
        if self._columns is None:
            return {name: seen.digest for name, seen in self._seen.items()}
        found = dict(self._columns.digests_by_name())
        found.update((name, seen.digest) for name, seen in self._changed.items())
        return found

    def fingerprint(self) -> bytes:
        """Digest of all names and contents."""
        if self._columns is None:
            names, digests = "\0".join([*self._seen, ""]), b"".join([seen.digest for seen in self._seen.values()])
        else:
            columns = self.columns()
            names, digests = columns.names, columns.digests
        return digest_bytes(names.encode("utf-8", "surrogateescape") + digests)


def _content(path: str, size: int) -> bytes:
    """Bytes of a file that is thought to have this size. Cost: 10 µs, half of what a `Path` takes."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        parts = [os.read(descriptor, size + 1)]
        if len(parts[0]) != size:  # it grew or shrank, or the system gave less than was asked for
            while part := os.read(descriptor, 1 << 20):
                parts.append(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


LARGE_BYTES = 1_000_000  # a file of this size is a picture or a film, and is read again when it is copied
KEPT_BYTES = 8_000_000  # contents kept between hashing and use; the rest is read again, so that memory stays small


def _not_text(path: str, _said: str) -> Problem:
    return Problem(
        code="file.name",
        where=Where(path.encode(errors="surrogateescape").decode(errors="replace")),
        message="the name is not UTF-8, so it can be no address",
        help="rename the file",
    )


def _unreadable(path: str, said: str) -> Problem:
    return Problem(
        code="file.unreadable",
        where=Where(path),
        message=f"cannot be read: {said}",
        help="check who may read it, or take it out of the site",
    )


def _leads_outside(path: str, target: str) -> Problem:
    return Problem(
        code="file.outside",
        where=Where(path),
        message=f"is a symbolic link that leads outside the folder (to {target})",
        help="copy the file in, or hide the link with a leading _ or .",
    )


_SAID = {UNREADABLE: _unreadable, NOT_TEXT: _not_text, OUTSIDE: _leads_outside}
