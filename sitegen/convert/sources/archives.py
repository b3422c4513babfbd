"""Archives: a zip is a document, an export, or a folder of sources; a .gz holds one file. Nothing is unpacked to disk.

Invariant: what is hostile is refused in words, a member at a time where one can be left out: names that lead outside,
links, encrypted members, archives in archives, and anything that grows beyond the bounds below.
"""

import io
import re
import stat
import zlib
from collections.abc import Callable, Iterator
from typing import Final
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

import msgspec

from sitegen.convert.document import Asset
from sitegen.convert.formats import Format
from sitegen.convert.sources.detect import EMPTY_ZIP, GZIP, ZIP, detect_tree
from sitegen.convert.sources.files import MAX_BYTES, Claimed, Disk, Found, SourceFile, Tree, problem, shown
from sitegen.errors import Problem

MAX_MEMBERS: Final = 200_000
MAX_TOTAL: Final = 8_000_000_000  # bytes of all members, unpacked; each is read when its turn comes
MAX_GROWTH: Final = 250  # times that a member may grow; text grows 3 to 20 times
GROWS_FREELY: Final = 4_000_000  # bytes up to which a member may grow as it likes
_HIDDEN = re.compile(r"(?:^|/)(?:\.(?!\.?(?:[/\\]|$))|__MACOSX/|Thumbs\.db$)")

Walk = Callable[[Tree, Format | None], Iterator[Found]]


def is_archive(content: bytes) -> bool:
    return content.startswith((ZIP, EMPTY_ZIP, GZIP))


def archived(file: SourceFile, format: Format | None, walk: Walk) -> Iterator[Found]:
    """What a zip archive holds, as sources."""
    try:
        store = Zip(file)
    except (BadZipFile, LargeZipFile, NotImplementedError, ValueError, OSError) as error:
        help = "copy or download it again, or pack it again"
        yield problem(file.path, f"the archive cannot be opened: {error}", help, code="import.archive")
        return
    if store.refused:
        yield problem(file.path, store.refused, "unpack it yourself, and import the folder", code="import.archive")
        return
    name = file.name if "/" in file.name or file.store is None or len(file.store.names()) > 1 else ""
    tree = Tree(store, "", file.path, name, packed=file)
    document = detect_tree(tree, document=True) if format is None or format.document else None
    if document is not None:
        yield Claimed(Tree(store, "", file.path, file.name, packed=file), document.name)
        store.forget()
        return
    if not store.names() and not store.problems:
        yield problem(file.path, "the archive holds no files", "leave it out of the sources", code="import.archive")
    yield from walk(_single_folder(tree), format)
    store.forget()
    yield from store.problems


def _single_folder(tree: Tree) -> Tree:
    """What lies in it; an archive often has one folder with all the rest in that."""
    while len(tree.top) == 1 and tree.top[0].endswith("/") and tree.top[0] != "posts/":
        inner = tree.below(tree.top[0])
        tree = Tree(tree.store, inner.prefix, inner.path, inner.name, packed=tree.packed)
    return tree


def gunzipped(file: SourceFile) -> SourceFile | Problem:
    """What a .gz file holds, under the same name."""
    unpacked = gunzip(file.content, file.path)
    if isinstance(unpacked, Problem):
        return unpacked
    if is_archive(unpacked):
        said = "this is an archive in an archive"
        return problem(file.path, said, "unpack it, and import what it holds", code="import.archive")
    return msgspec.structs.replace(file, content=unpacked, digest=file.sha256)


def gunzip(content: bytes, path: str) -> bytes | Problem:
    """All members of a .gz file; a problem when it is broken or grows beyond `MAX_BYTES`."""
    out = io.BytesIO()
    while content:
        reader = zlib.decompressobj(wbits=31)
        try:
            out.write(reader.decompress(content, MAX_BYTES + 1 - out.tell()))
        except zlib.error as error:
            return problem(path, f"the gzip archive is broken: {error}", "pack it again", code="import.archive")
        if out.tell() > MAX_BYTES:
            said = f"the archive unpacks to more than {MAX_BYTES // 1_000_000} MB"
            return problem(path, said, "split what it holds into smaller files", code="import.archive")
        if not reader.eof:
            return problem(path, "the gzip archive breaks off", "copy it again", code="import.archive")
        content = reader.unused_data.lstrip(b"\0")
        if content and not content.startswith(GZIP):
            return problem(path, "the gzip archive has a foreign end", "pack it again", code="import.archive")
    return out.getvalue()


class Zip:
    """A zip archive as a store. `refused` says why all of it is; `problems` why single members are."""

    def __init__(self, file: SourceFile) -> None:
        self.path = file.path
        self.on_disk = isinstance(file.store, Disk)
        self.problems: list[Problem] = []
        self.refused = ""
        self._zip = ZipFile(io.BytesIO(file.content))
        self._members: dict[str, ZipInfo] = {}
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS:
            self.refused = f"the archive holds more than {MAX_MEMBERS:,} files"
        elif sum(info.file_size for info in infos) > MAX_TOTAL:
            self.refused = f"the archive unpacks to more than {MAX_TOTAL // 1_000_000_000} GB"
        else:
            self._take(infos)

    def _take(self, infos: list[ZipInfo]) -> None:
        for info in infos:
            if info.is_dir() or _HIDDEN.search(info.filename):
                continue
            if fault := _fault(info) or ("there are two files of this name" if info.filename in self._members else ""):
                self.problems.append(
                    problem(
                        self.shown(info.filename),
                        fault,
                        "unpack it yourself, and import the folder",
                        code="import.archive",
                    )
                )
            else:
                self._members[info.filename] = info
        self._names = tuple(sorted(self._members))

    def names(self) -> tuple[str, ...]:
        return self._names

    def read(self, name: str, limit: int = MAX_BYTES) -> bytes:
        try:
            with self._zip.open(self._members[name]) as member:
                content = member.read(min(limit, MAX_BYTES))
        except (BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
            raise OSError(0, f"it is broken in the archive ({error})") from error
        if limit == MAX_BYTES and content.startswith((ZIP, GZIP)) and not self._is_document(content):
            raise OSError(0, "this is an archive in an archive; unpack it, and import what it holds")
        return content

    def _is_document(self, content: bytes) -> bool:
        try:
            inner = Zip(SourceFile(self.path, "", "", content))
        except (BadZipFile, LargeZipFile, NotImplementedError, ValueError, OSError):
            return False
        return not inner.refused and detect_tree(Tree(inner, "", "", ""), document=True) is not None

    def asset(self, name: str, src: str) -> Asset | None:
        if name not in self._members:
            return None
        try:  # an archive that came through standard input is on no disk
            if self.on_disk:
                return Asset(src=src, file=self.path, member=name)
            return Asset(src=src, content=self.read(name))
        except OSError:
            return None

    def forget(self) -> None:
        """Lets go of the bytes of an archive that can be opened again."""
        if self.on_disk:
            self._zip.close()

    def shown(self, name: str) -> str:
        return shown(f"{self.path}/{name}")


def _fault(info: ZipInfo) -> str:  # noqa: PLR0911 -- a fault a line
    """Why a member is not read; empty when it may be."""
    name = info.orig_filename
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name) or "\0" in name:
        return "its name in the archive is an absolute path"
    if ".." in re.split(r"[/\\]", name):
        return "its name in the archive leads outside"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link in the archive"
    if info.flag_bits & 1:
        return "it is encrypted"
    if info.file_size > MAX_BYTES:
        return f"it unpacks to more than {MAX_BYTES // 1_000_000} MB"
    if info.file_size > GROWS_FREELY and info.file_size > MAX_GROWTH * max(1, info.compress_size):
        return f"it grows more than {MAX_GROWTH} times when it is unpacked"
    return ""
