"""Disk to digests: which files there are, and what is in them.

Invariant: size and times are a hint, content is the truth. A file is read again when its signature differs, or when it
was touched so shortly before it was last read that a second edit could hide behind the same signature (git calls such
an entry racily clean). Symbolic links are followed only while they stay inside the folder that was named.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from pathlib import Path

import msgspec

from sitegen.digest import digest_bytes
from sitegen.errors import Problem, Where

RACY_NS = 2_000_000_000  # the coarsest clock a file system in use keeps: FAT's two seconds


class Changed(Exception):  # noqa: N818 -- a state of the disk, caught where the build can look again
    """A file is not any more what it was when the build looked at it."""


class Signature(msgspec.Struct, frozen=True, array_like=True):
    """What the file system says of a file without opening it. `ctime` catches edits that put size and mtime back."""

    size: int
    mtime: int  # nanoseconds
    ctime: int
    inode: int


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """A file's digest, the signature it had then, and when that was (nanoseconds since 1970)."""

    signature: Signature
    digest: bytes
    at: int

    def holds_for(self, signature: Signature, racy: int = RACY_NS) -> bool:
        """Whether the digest is still that of a file with this signature."""
        return self.signature == signature and signature.mtime + racy < self.at and signature.ctime + racy < self.at


def signature_of(status: os.stat_result) -> Signature:
    """The signature in a `stat` result."""
    return Signature(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


class Found(msgspec.Struct):
    """Files below a folder by path relative to it ("/"-separated, ordered), and what was wrong with others."""

    files: dict[str, Signature]
    problems: tuple[Problem, ...] = ()


def walk(folder: Path, shown: str, *, hidden: Callable[[str], bool]) -> Found:
    """All files below `folder`; names for which `hidden` holds are left out, with what is below them.

    `shown` is how problems name the folder. Cost: about 5 µs a file. A folder that is not there holds nothing.
    """
    files: dict[str, Signature] = {}
    problems: list[Problem] = []
    top = os.path.realpath(folder)

    def inside(path: str) -> bool:
        real = os.path.realpath(path)
        return real == top or real.startswith(top + os.sep)

    def visit(path: str, prefix: str, above: tuple[tuple[int, int], ...]) -> None:
        try:
            with os.scandir(path) as listing:
                entries = sorted(listing, key=attrgetter("name"))
        except FileNotFoundError:
            return
        except OSError as error:
            problems.append(_unreadable(f"{shown}/{prefix}".rstrip("/"), error))
            return
        for entry in entries:
            if hidden(entry.name):
                continue
            name = prefix + entry.name
            if not entry.name.isascii() and not _is_text(entry.name):
                problems.append(_not_text(f"{shown}/{name}"))
                continue
            try:
                if entry.is_file(follow_symlinks=False):
                    files[name] = signature_of(entry.stat(follow_symlinks=False))
                elif entry.is_symlink() and not inside(entry.path):
                    problems.append(_leads_outside(f"{shown}/{name}", entry.path))
                elif entry.is_dir():
                    status = entry.stat()
                    here = (status.st_dev, status.st_ino)
                    if here not in above:
                        visit(entry.path, name + "/", (*above, here))
                elif entry.is_file():
                    files[name] = signature_of(entry.stat())
            except FileNotFoundError:
                continue  # gone between listing and asking, or a link to nothing
            except OSError as error:
                problems.append(_unreadable(f"{shown}/{name}", error))

    if os.path.isdir(folder):
        visit(str(folder), "", ())
    return Found(files, tuple(problems))


def hidden_in_content(name: str) -> bool:
    """A leading `_` or `.` hides a file or folder of the content."""
    return name.startswith(("_", "."))


def hidden_in_static(name: str) -> bool:
    """What editors, version control, desktops and we ourselves leave behind; `.well-known` and the like are meant."""
    return name in _NOT_MEANT or name.endswith(("~", ".swp", ".swx"))


_NOT_MEANT = frozenset(
    (".git", ".DS_Store", ".gitkeep", "Thumbs.db", "__pycache__", ".sitegen", ".sitegen-output", ".sitegen-stage")
)


class Files:
    """The files of one folder with their digests; contents are read when first needed."""

    def __init__(self, folder: Path, shown: str, found: Found, known: Mapping[str, Seen]) -> None:
        self.folder = folder
        self.shown = shown
        self._prefix = str(folder) + os.sep
        self.signatures = found.files
        self.problems = list(found.problems)
        self.seen: dict[str, Seen] = {}
        self.fresh: set[str] = set()  # what was read now, and so must be remembered anew
        self.known = 0  # how many of `seen` were known before, be it with other content
        self._contents: dict[str, bytes] = {}
        self._kept = 0
        top = f"{shown}/"
        for name, signature in found.files.items():
            before = known.get(top + name)
            if before is not None and before.holds_for(signature):
                self.seen[name] = before
            else:
                self._read(name, signature)
            self.known += before is not None and name in self.seen

    def _read(self, name: str, signature: Signature, *, keep: bool = True) -> bytes | None:
        at = time.time_ns()
        try:
            content = _content(self._prefix + name, signature.size)
        except FileNotFoundError:
            return None  # gone since it was listed, which is as if it had gone before
        except OSError as error:
            self.problems.append(_unreadable(f"{self.shown}/{name}", error))
            return None
        self.seen[name] = Seen(signature, digest_bytes(content), at)
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
        if digest_bytes(content) != self.seen[name].digest:
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
        return iter(self.seen)

    def digest(self, name: str) -> bytes:
        """Digest of a file's content."""
        return self.seen[name].digest

    def fingerprint(self) -> bytes:
        """Digest of all names and contents."""
        names = "\0".join([*self.seen, ""]).encode("utf-8", "surrogateescape")
        return digest_bytes(names + b"".join([seen.digest for seen in self.seen.values()]))


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


def _is_text(name: str) -> bool:
    """Whether a name is UTF-8: others come with surrogates, which neither a page nor the cache can hold."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _not_text(path: str) -> Problem:
    return Problem(
        code="file.name",
        where=Where(path.encode(errors="surrogateescape").decode(errors="replace")),
        message="the name is not UTF-8, so it can be no address",
        help="rename the file",
    )


def _unreadable(path: str, error: OSError) -> Problem:
    return Problem(
        code="file.unreadable",
        where=Where(path),
        message=f"cannot be read: {error.strerror or error}",
        help="check who may read it, or take it out of the site",
    )


def _leads_outside(path: str, link: str) -> Problem:
    try:
        target = os.readlink(link)
    except OSError:
        target = "?"
    return Problem(
        code="file.outside",
        where=Where(path),
        message=f"is a symbolic link that leads outside the folder (to {target})",
        help="copy the file in, or hide the link with a leading _ or .",
    )
