"""Write what differs, whole files at a time; remove only what is ours.

Invariant: sitegen never deletes or overwrites a file that it did not write. What it wrote stands in a list in the
output folder itself, so that losing `.sitegen/` loses no ownership: before anything is moved into place the list names
the old and the new state of each path, afterwards the new one alone. A file of ours that somebody edited is set aside
under `.sitegen/kept/`, never lost. New files are first written whole beside the output and then moved, so no reader
and no crash ever meets half a page.
"""

import os
import shutil
import stat
import time
from array import array
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import msgspec

from sitegen.build.owned import Owned, OwnedList
from sitegen.build.scan import Changed
from sitegen.build.seen import OWN_RACY_NS, KnownFiles, Seen, signature_of
from sitegen.build.walk import GONE, row_of
from sitegen.digest import digest_bytes
from sitegen.errors import Problem, Where
from sitegen.model import OWN_LIST, OWN_STAGE

LIST, STAGE = OWN_LIST, OWN_STAGE


class Step(msgspec.Struct, frozen=True):
    """One change to the output folder: `write`, `remove`, or `keep` (ours once, changed by somebody since)."""

    action: str
    path: str
    size: int = 0


class Target:
    """An output folder: what is in it, what of that is ours, and the changes to make."""

    def __init__(self, folder: Path, *, adopt: bool, durable: bool) -> None:
        self.folder = folder
        self.adopt = adopt
        self.durable = durable
        self._prefix = str(folder) + os.sep
        self.exists = folder.is_dir()
        self.is_empty = not self.exists or set(os.listdir(folder)) <= {STAGE}
        self.stage = folder / STAGE if self.exists else folder.with_name(f".{folder.name}{STAGE}")
        self._made_folders: set[str] = set()
        self.staged: dict[str, bytes] = {}

    @cached_property
    def _list(self) -> OwnedList:
        return OwnedList.read(self.folder / LIST)

    @property
    def owned(self) -> Owned:
        """The files that are ours, by path, with the digests that they may have: as the list in the folder says when it
        is first asked for, which is before anything is published.
        """
        return self._list.files

    def foreign(self) -> Problem | None:
        """A problem when the folder holds things and none of them is known to be ours."""
        if self.is_empty or self.adopt or (self.folder / LIST).is_file():
            return None
        return Problem(
            code="output.foreign",
            where=Where(str(self.folder)),
            message="the output folder holds files that sitegen did not write",
            help="choose another with  -o DIR, or say  --adopt  to let sitegen write among them (it deletes none)",
        )

    def look(self, path: str, known: Seen | None) -> Seen | None:
        """What is on disk at an output's path; read only when the signature is not the known one. None: no file."""
        full = os.path.join(self.folder, path)
        try:
            status = os.lstat(full)
        except (FileNotFoundError, NotADirectoryError):
            return None
        if stat.S_ISDIR(status.st_mode):
            return None
        signature = signature_of(status)
        if known is not None and known.holds_for(signature, OWN_RACY_NS):
            return known
        at = time.time_ns()
        if not stat.S_ISREG(status.st_mode):
            return Seen(signature, b"", at)
        return Seen(signature, digest_bytes(Path(full).read_bytes()), at)

    def content(self, path: str) -> bytes:
        """Bytes of a file in the folder. Raises: Changed where it is gone."""
        try:
            return Path(self.folder, path).read_bytes()
        except OSError as error:
            raise Changed(path) from error

    def unlike(self, known: KnownFiles) -> set[str]:
        """The paths whose file is not, by its signature alone, as it was when last looked at. Cost: 4 µs each."""
        lstat, prefix = os.lstat, self._prefix
        names, rows = list(known), array("q")
        for path in names:
            try:
                rows.extend(row_of(lstat(prefix + path)))
            except OSError:
                rows.frombytes(GONE)
        return {names[row] for row in known.unlike(rows.tobytes())}

    def stand(self, known: Mapping[str, Seen]) -> bool:
        """Whether files hold what they held when they were last looked at. Cost: each is read."""
        for path, seen in known.items():
            now = self.look(path, seen)
            if now is None or now.digest != seen.digest:
                return False
        return True

    def lists(self, paths: Iterable[str]) -> bool:
        """Whether the list in the folder names exactly these files."""
        return self.owned.keys() == set(paths)

    def is_ours(self, path: str, digest: bytes) -> bool:
        """Whether these bytes at this path are what sitegen wrote."""
        return digest.hex() in self.owned.get(path, ())

    def in_the_way(self, path: str) -> str:
        """What keeps a file from being written at `path`, relative to the folder: a file of somebody else's where a
        folder is needed, or a folder that holds one where the file has to go. "" for nothing: what is ours and not
        wanted goes before anything is moved into place.
        """
        full = os.path.join(self.folder, path)
        try:
            mode = os.lstat(full).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return self._file_above(path)
        if stat.S_ISDIR(mode):
            for top, _, names in os.walk(full):
                for name in names:
                    below = os.path.relpath(os.path.join(top, name), self.folder).replace(os.sep, "/")
                    if not self._is_intact_file_of_ours(below):
                        return below
            return ""
        return "" if stat.S_ISREG(mode) or stat.S_ISLNK(mode) else path

    def _file_above(self, path: str) -> str:
        folder = os.path.dirname(path)
        while folder:
            above = os.path.join(self.folder, folder)
            if os.path.lexists(above):
                return "" if os.path.isdir(above) or self._is_intact_file_of_ours(folder) else folder
            folder = os.path.dirname(folder)
        return ""

    def _is_intact_file_of_ours(self, path: str) -> bool:
        seen = self.look(path, None) if path in self.owned else None
        return seen is not None and self.is_ours(path, seen.digest)

    def put(self, path: str, content: bytes, digest: bytes) -> None:
        """Write a file into the stage. Raises: OSError."""
        full = os.path.join(self.stage, path)
        folder = os.path.dirname(full)
        if folder not in self._made_folders:
            try:
                os.mkdir(folder, 0o755)  # most stand in one that is there
            except OSError:
                os.makedirs(folder, 0o755, exist_ok=True)
            self._made_folders.add(folder)
        descriptor = os.open(full, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(descriptor, view) :]
            if self.durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self.staged[path] = digest

    def start(self) -> None:
        """Make the stage, and clear away what a build that died left there. Raises: OSError."""
        self.sweep()
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self.stage.mkdir()

    def sweep(self) -> None:
        """Remove the stage. Both places are ours by their name."""
        for stage in self._stages():
            if stage.is_dir() and not stage.is_symlink():
                shutil.rmtree(stage)

    def is_tidy(self) -> bool:
        """Whether no build that died left its stage behind."""
        return not any(map(os.path.lexists, self._stages()))

    def _stages(self) -> tuple[Path, Path]:
        return self.folder / STAGE, self.folder.with_name(f".{self.folder.name}{STAGE}")

    def publish(self, wanted: Mapping[str, bytes], remove: Iterable[str], keep: Iterable[str], kept: Path) -> None:
        """Move the staged files into place, remove what is ours and no longer wanted, and bring the list up to date.

        `wanted` is the digest of every output that the folder holds afterwards; `keep` are files to set aside under
        `kept` because somebody edited them. Raises: OSError; what was moved by then is whole, and still ours.
        """
        changed, gone = self._list.otherwise(wanted), self.owned.keys() - wanted.keys()
        final = self._list.after(changed, gone)
        if not self.exists:
            os.replace(self._staged_list(final, "after"), self.stage / LIST)
            os.rename(self.stage, self.folder)
            self._sync_folder(self.folder.parent)
            return
        ready = self._staged_list(final, "after")  # all that needs room comes before the first move
        if self.staged or remove:
            both = {path: tuple(sorted({*self.owned.get(path, ()), *changed[path]})) for path in changed}
            os.replace(self._staged_list(self._list.after(both), "during"), self.folder / LIST)
        folders = {os.path.dirname(path) for path in self.staged}
        for folder in folders:  # before anything goes: a disk that is full is found out here
            with suppress(FileExistsError, NotADirectoryError):
                os.makedirs(os.path.join(self.folder, folder), 0o755, exist_ok=True)
        for path in keep:
            self._set_aside(path, kept)
        for path in remove:
            with suppress(FileNotFoundError):
                os.unlink(os.path.join(self.folder, path))
        self._move()
        self._remove_empty({os.path.dirname(path) for path in gone})
        if self.durable:
            for folder in folders:
                self._sync_folder(self.folder / folder)
        self._put_list(ready)
        self.sweep()

    def _move(self) -> None:
        """Move every staged file to its place; what stands there is ours, or a folder that is empty by now."""
        for path in sorted(self.staged):
            full = os.path.join(self.folder, path)
            staged = os.path.join(self.stage, path)
            try:
                os.replace(staged, full)
            except IsADirectoryError:
                self._remove_empty([os.path.relpath(top, self.folder) for top, _, _ in os.walk(full)])
                os.replace(staged, full)
            except (FileNotFoundError, NotADirectoryError):
                os.makedirs(os.path.dirname(full), 0o755, exist_ok=True)
                os.replace(staged, full)

    def seen_after(self, path: str, digest: bytes) -> Seen:
        """What to remember of a file just written. Raises: OSError."""
        status = os.lstat(os.path.join(self.folder, path))
        return Seen(signature_of(status), digest, time.time_ns())

    def _staged_list(self, text: str, when: str) -> Path:
        """A list in the stage, so that it goes with the stage when this build dies. Raises: OSError."""
        path = self.stage / f"{LIST}.{when}"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            view = memoryview(text.encode())
            while view:
                view = view[os.write(descriptor, view) :]
            if self.durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return path

    def _put_list(self, ready: Path) -> None:
        """Move a staged list into place, unless it says what stands there."""
        there = self.folder / LIST
        with suppress(OSError):
            if there.read_bytes() == ready.read_bytes():
                return
        os.replace(ready, there)

    def _set_aside(self, path: str, kept: Path) -> None:
        place, n = kept / path, 0
        while os.path.lexists(place):
            n += 1
            place = kept / f"{path}.{n}"
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            shutil.copy2(self.folder / path, place, follow_symlinks=False)

    def _remove_empty(self, folders: Iterable[str]) -> None:
        """Remove folders that held only what was removed, upwards."""
        for folder in sorted(folders, key=len, reverse=True):
            here = folder
            while here:
                try:
                    os.rmdir(os.path.join(self.folder, here))
                except OSError:
                    break
                here = os.path.dirname(here)

    def _sync_folder(self, folder: Path) -> None:
        if self.durable and os.name == "posix":
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def dangerous(folder: Path, root: Path, content: str = "content") -> str:
    """Why a folder must never be an output folder; "" when it may be. `content` is the site's folder of articles."""
    here, root = Path(os.path.realpath(folder)), Path(os.path.realpath(root))
    if here == Path(here.anchor):
        return "it is the root of the file system"
    home = Path(os.path.realpath(Path.home()))
    if here == home or here in home.parents:
        return "it is your home folder" if here == home else "it holds your home folder"
    if here == root or here in root.parents:
        return "it holds the site itself"
    for name in (content, "content", "themes", "templates", "static", "data", ".git", ".sitegen"):
        source = Path(os.path.realpath(root / name))
        if here == source or source in here.parents or here in source.parents:
            return f"it is where the site keeps its {name}"
    if here.exists() and not here.is_dir():
        return "it is a file"
    return ""
