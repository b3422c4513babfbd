"""Finding and reading source files: folders are walked in order, links that lead outside are not followed.

Invariant: read-only, bounded: a file above `MAX_BYTES` is refused with words, and nothing outside of what was given is
opened.
"""

import os
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from sitegen.errors import Problem, Where

MAX_BYTES: Final = 256_000_000  # a file of rows; `read_text` has a bound of its own for one article
STDIN: Final = "-"


class SourceFile(msgspec.Struct, frozen=True):
    """A file as found: `path` for reports, `name` relative to the SOURCE given, `folder` what its neighbours share."""

    path: str
    name: str
    folder: str
    content: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


def problem(path: str, message: str, help: str = "", *, code: str = "import.source", warning: bool = False) -> Problem:
    return Problem(code=code, where=Where(path), message=message, help=help, severity="warning" if warning else "error")


def find_sources(given: str, skip: frozenset[Path]) -> Iterator[SourceFile | Problem]:
    """The files of one SOURCE, sorted by path; each is read when its turn comes. `skip` holds folders of our own."""
    if given == STDIN:
        content = sys.stdin.buffer.read(MAX_BYTES + 1)
        yield problem(STDIN, _too_large()) if len(content) > MAX_BYTES else SourceFile(STDIN, "stdin", STDIN, content)
        return
    root = Path(given)
    if root.is_file():
        yield _read(root, root.name, str(root.parent))
        return
    if not root.is_dir():
        yield problem(given, "there is no such file or folder", "check the path; quote it if it holds spaces")
        return
    yield from _walk(root, skip)


def _walk(root: Path, skip: frozenset[Path]) -> Iterator[SourceFile | Problem]:
    inside = root.resolve()

    def refused(error: OSError) -> None:
        errors.append(problem(str(error.filename), f"the folder cannot be read: {error.strerror}"))

    errors: list[Problem] = []
    for folder, names, files in os.walk(root, onerror=refused):
        names[:] = sorted(
            name for name in names if not name.startswith(".") and (Path(folder) / name).resolve() not in skip
        )
        for name in list(names):
            if (Path(folder) / name).is_symlink():
                names.remove(name)
                yield problem(
                    str(Path(folder) / name),
                    "a link to a folder is not followed",
                    "give that folder as a source",
                    warning=True,
                )
        for name in sorted(files):
            path = Path(folder) / name
            if name.startswith("."):
                continue
            if path.is_symlink() and not path.resolve().is_relative_to(inside):
                yield problem(
                    str(path), "the link leads outside of the source and is not followed", "give its target as a source"
                )
                continue
            yield _read(path, path.relative_to(root).as_posix(), str(path.parent))
    yield from errors


def _read(path: Path, name: str, folder: str) -> SourceFile | Problem:
    try:
        if not path.is_file():
            return problem(str(path), "this is not a regular file", "leave it out of the sources")
        if path.stat().st_size > MAX_BYTES:
            return problem(str(path), _too_large(), "split it into smaller files")
        return SourceFile(str(path), name, folder, path.read_bytes())
    except OSError as error:
        return problem(
            str(path), f"the file cannot be read: {error.strerror}", "check that it exists and that you may read it"
        )


def _too_large() -> str:
    return f"the file is larger than {MAX_BYTES // 1_000_000} MB"
