"""Finding sources: folders and archives are walked in order, links that lead outside are not followed.

What is found is a file, a tree (a folder or archive that one reader takes as a whole), or a problem. A page's folder of
assets (`page_files/` beside `page.html`) is no source: its files are reached through `SourceFile.asset`. Web archives
and large files of many articles are found in pieces.

Invariant: read-only and in order; a file is read when its turn comes. Archives are never unpacked to the disk.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from hashlib import file_digest
from io import BytesIO
from pathlib import Path
from posixpath import dirname
from typing import Final

import msgspec

from sitegen.convert.formats import HEAD, Format
from sitegen.convert.sources.archives import archived, gunzipped, is_archive
from sitegen.convert.sources.detect import GZIP, detect_tree
from sitegen.convert.sources.files import MAX_BYTES, Claimed, Disk, Found, SourceFile, Tree, problem, shown, too_large
from sitegen.convert.sources.pieces import LARGE, cut_of
from sitegen.convert.sources.warc import is_warc, pages_in
from sitegen.errors import Problem

STDIN: Final = "-"
_PAGE = re.compile(r"\.x?html?$", re.IGNORECASE)
_ASSET_ENDINGS: Final = (
    "_files",
    ".files",
    "_archivos",
    "_fichiers",
    "-Dateien",
    "_dateien",
    "_bestanden",
    "_file",
    "-filer",
)


def find_sources(given: str, skip: frozenset[Path], format: Format | None = None) -> Iterator[Found]:
    """What one SOURCE holds, sorted by path; each file is read when its turn comes. `skip` holds folders of our own.

    With a `format` of trees the SOURCE as a whole is given to its reader; with one of files, every file is.
    """
    if given == STDIN:
        content = sys.stdin.buffer.read(MAX_BYTES + 1)
        file = SourceFile(STDIN, "stdin", STDIN, content)
        yield from opened(file, format) if len(content) <= MAX_BYTES else [problem(STDIN, too_large())]
        return
    root = Path(given)
    if root.is_file():
        disk = Disk(root.parent, frozenset(), only=root.name, shown=str(root.parent) if root.parent != Path() else "")
        yield from _member(Tree(disk, "", str(root.parent), ""), root.name, format)
        return
    if not root.is_dir():
        yield problem(given, "there is no such file or folder", "check the path; quote it if it holds spaces")
        return
    disk = Disk(root, skip)
    names = disk.names()
    if not names and not disk.problems:
        yield problem(given, "the folder holds no files", "check the path")
    yield from _walked(Tree(disk, "", given, ""), format)
    yield from disk.problems


def _walked(tree: Tree, format: Format | None) -> Iterator[Found]:
    if format is not None and format.tree is not None and not format.document:
        yield Claimed(tree, format.name)
        return
    claims = detect_tree(tree) if format is None else None
    if claims is not None:
        yield Claimed(tree, claims.name)
        return
    for name in tree.top:
        if not name.endswith("/"):
            yield from _member(tree, name, format)
    for name in tree.top:
        if name.endswith("/") and not assets_owner(name[:-1], tree.top):
            yield from _walked(tree.below(name), format)


def assets_owner(folder: str, names: Iterable[str]) -> str:
    """The page among its neighbours whose assets a folder holds; "" when it is a folder of its own."""
    stems = {folder.removesuffix(ending) for ending in _ASSET_ENDINGS if folder.endswith(ending)}
    return next((name for name in names if _PAGE.search(name) and _PAGE.sub("", name) in stems), "") if stems else ""


def _member(tree: Tree, name: str, format: Format | None) -> Iterator[Found]:
    """A file of a tree; web archives and large files of many articles as a stream, never held as a whole."""
    store = tree.store
    if isinstance(store, Disk):
        path = store.root / (tree.prefix + name)
        at = tree.store.shown(tree.prefix + name)
        try:
            head = store.read(tree.prefix + name, HEAD) if path.is_file() else b""
            web = is_warc(head) and (format is None or format.name == "warc")
            cut = cut_of(name, head, format) if len(head) == HEAD and path.stat().st_size > LARGE else None
            if web or cut is not None:
                with path.open("rb") as stream:
                    digest = file_digest(stream, "sha256").hexdigest()
                    stream.seek(0)
                    called = shown(f"{tree.name}/{name}" if tree.name else name)
                    whole = SourceFile(at, called, dirname(at), b"", digest=digest)
                    if cut is None:
                        yield from pages_in(stream, whole, on_disk=True)
                    else:
                        yield from cut(stream, msgspec.structs.replace(whole, store=store, inside=tree.prefix + name))
                return
        except OSError as error:
            yield problem(str(path), f"the file cannot be read: {error.strerror or error}", "leave it out, or mend it")
            return
    found = tree.file(name)
    yield from opened(found, format) if isinstance(found, SourceFile) else [found]


def opened(file: SourceFile, format: Format | None = None) -> Iterator[Found]:
    """The file itself, what it holds when it is an archive, or its pieces when it is a large file of many articles."""
    if file.content.startswith(GZIP):
        unpacked = gunzipped(file)
        yield from [unpacked] if isinstance(unpacked, Problem) else _cut(unpacked, format)
    elif is_archive(file.content):
        yield from archived(file, format, _walked)
    else:
        yield from _cut(file, format)


def _cut(file: SourceFile, format: Format | None) -> Iterator[Found]:
    cut = cut_of(file.name, file.content[:HEAD], format) if len(file.content) > LARGE else None
    if cut is None or file.row is not None:
        yield file
    else:
        yield from cut(BytesIO(file.content), msgspec.structs.replace(file, content=b"", digest=file.sha256))
