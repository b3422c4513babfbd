"""Source files as values: a file, a tree (a folder or archive that one reader takes as a whole), or a problem.

Invariant: read-only, bounded: a file above `MAX_BYTES` is refused with words, and nothing outside of what was given is
opened; links that lead outside are not followed.
"""

import os
import re
from collections.abc import Iterator
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Final, Protocol
from urllib.parse import unquote

import msgspec

from sitegen.convert.document import Asset
from sitegen.convert.formats import HEAD
from sitegen.convert.web_address import address_parts
from sitegen.errors import Problem, Where

MAX_BYTES: Final = 256_000_000  # a file of rows; `read_text` has a bound of its own for one article
_LONE = re.compile("[\ud800-\udfff]")  # how Python holds bytes of a path that are no UTF-8


class Store(Protocol):
    """Files by their names, which are relative and have "/": a folder on the disk, or an archive."""

    def names(self) -> tuple[str, ...]: ...

    def read(self, name: str, limit: int = MAX_BYTES) -> bytes:
        """At most `limit` bytes. Raises: OSError, with words, for what cannot or must not be read."""
        ...

    def asset(self, name: str, src: str) -> Asset | None:
        """The file of this name as an asset; None when there is none, or when it leads outside."""
        ...

    def shown(self, name: str) -> str:
        """The path as it was given or found, for reports."""
        ...


class SourceFile(msgspec.Struct, frozen=True):
    """A file as found: `path` for reports, `name` relative to the SOURCE given, `folder` what its neighbours share.

    `row` is its position where one file holds several, such as the pages of a web archive; `url` where it was fetched
    from, when what holds it says so; `digest` the SHA-256 of the whole file that it is a part of, of which
    `lines_before` it stand there; `format` is known of such a part, and `context` what
    its reader must know of the rest of that file.
    """

    path: str
    name: str
    folder: str
    content: bytes
    row: int | None = None
    url: str = ""
    digest: str = ""
    store: Store | None = None
    inside: str = ""  # its name in `store`
    lines_before: int = 0
    format: str = ""
    context: bytes = b""

    @property
    def sha256(self) -> str:
        return self.digest or sha256(self.content).hexdigest()

    def asset(self, address: str) -> Asset | None:
        """The file beside this one that a relative address means; None for an address that leads outside.

        Where a reader works in another process, whether there is such a file is looked up when the article is written.
        """
        parts = address_parts(address) if self.inside and "\0" not in address else None
        if parts is None or parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
            return None
        name = normpath(join(dirname(self.inside), unquote(parts.path).replace("\\", "/")))
        if name.startswith(("../", "/")) or name in (".", "..") or _LONE.search(name):
            return None
        return Asset(src=address, inside=name) if self.store is None else self.store.asset(name, address)


class Tree:
    """A folder or an archive, or a folder in one, whose names are relative to it. Hidden files are left out."""

    def __init__(self, store: Store, prefix: str, path: str, name: str, *, packed: SourceFile | None = None) -> None:
        self.store = store
        self.prefix = prefix  # "" or a folder in the store, ending in "/"
        self.path = path
        self.name = name  # relative to the SOURCE given
        self.packed = packed  # the archive's own file; None for a folder

    @cached_property
    def names(self) -> tuple[str, ...]:
        size = len(self.prefix)
        return tuple(name[size:] for name in self.store.names() if name.startswith(self.prefix))

    @cached_property
    def top(self) -> tuple[str, ...]:
        """What lies directly in it; a folder ends in "/"."""
        return tuple(dict.fromkeys(name[: name.find("/") + 1] if "/" in name else name for name in self.names))

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.names)

    def has(self, name: str) -> bool:
        """Whether there is such a file or, with "/" at its end, such a folder with a file in it."""
        if name.endswith("/"):
            return name in self.top if name.count("/") == 1 else any(one.startswith(name) for one in self.names)
        return name in self._known

    def head(self, name: str) -> bytes:
        if name not in self._known:
            return b""
        try:
            return self.store.read(self.prefix + name, HEAD)[:HEAD]
        except OSError:
            return b""

    def file(self, name: str) -> SourceFile | Problem:
        """A file of it, read; or what is wrong with it."""
        inside, path = self.prefix + name, self.store.shown(self.prefix + name)
        try:
            content = self.store.read(inside)
        except OSError as error:
            return problem(path, f"the file cannot be read: {error.strerror or error}", "leave it out, or mend it")
        folder = dirname(path)
        called = shown(f"{self.name}/{name}" if self.name else name)
        return SourceFile(path, called, folder, content, store=self.store, inside=inside)

    def asset(self, name: str, src: str = "") -> Asset | None:
        """A file of it that an article shows; None when there is none. `src` is how the article names it."""
        return self.store.asset(self.prefix + name, src or name) if name in self._known else None

    def below(self, folder: str) -> "Tree":
        """One of its own folders, named with "/" at its end."""
        name = folder.rstrip("/")
        called = f"{self.name}/{name}" if self.name else name
        return Tree(self.store, self.prefix + folder, self.store.shown(self.prefix + name), called)


class Claimed(msgspec.Struct, frozen=True):
    """A folder or archive that one reader takes as a whole."""

    tree: Tree
    format: str


Found = SourceFile | Claimed | Problem


def problem(path: str, message: str, help: str = "", *, code: str = "import.source", warning: bool = False) -> Problem:
    return Problem(code=code, where=Where(path), message=message, help=help, severity="warning" if warning else "error")


class Disk:
    """A folder on the disk. `problems` is filled by `names`."""

    def __init__(self, root: Path, skip: frozenset[Path], *, only: str = "", shown: str | None = None) -> None:
        self.root = root
        self.skip = skip
        self.only = only  # the name of a file that alone was given; its neighbours can only be assets
        self.prefix = str(root) if shown is None else shown
        self.problems: list[Problem] = []
        self._names: tuple[str, ...] | None = (only,) if only else None

    def names(self) -> tuple[str, ...]:
        if self._names is None:
            self._names = tuple(self._walk())
        return self._names

    def _walk(self) -> Iterator[str]:
        inside = self.root.resolve()

        def refused(error: OSError) -> None:
            self.problems.append(problem(str(error.filename), f"the folder cannot be read: {error.strerror}"))

        for folder, names, files in os.walk(self.root, onerror=refused):
            here = Path(folder)
            names[:] = sorted(
                name for name in names if not name.startswith(".") and (here / name).resolve() not in self.skip
            )
            for name in list(names):
                if (here / name).is_symlink():
                    names.remove(name)
                    self.problems.append(
                        problem(
                            str(here / name),
                            "a link to a folder is not followed",
                            "give that folder as a source",
                            warning=True,
                        )
                    )
            for name in sorted(files):
                path = here / name
                if name.startswith("."):
                    continue
                if path.is_symlink() and not path.resolve().is_relative_to(inside):
                    said = "the link leads outside of the source and is not followed"
                    self.problems.append(problem(str(path), said, "give its target as a source"))
                    continue
                yield path.relative_to(self.root).as_posix()

    def read(self, name: str, limit: int = MAX_BYTES) -> bytes:
        path = self.root / name
        if not path.is_file():
            raise OSError(0, "this is not a regular file")
        with path.open("rb") as file:
            content = file.read(limit + 1)
        if limit == MAX_BYTES and len(content) > limit:
            raise OSError(0, too_large())
        return content[:limit]

    def asset(self, name: str, src: str) -> Asset | None:
        path = (self.root / name).resolve()
        inside = path.is_relative_to(self.root.resolve()) and path.is_file()
        return Asset(src=src, file=str(self.root / name)) if inside else None

    def shown(self, name: str) -> str:
        return shown(os.path.join(self.prefix, name) if self.prefix else name)  # noqa: PTH118 -- a text, as it was given


def shown(path: str) -> str:
    """A path as text; bytes in it that are no UTF-8 become question marks."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if _LONE.search(path) else path


def too_large() -> str:
    return f"the file is larger than {MAX_BYTES // 1_000_000} MB"
