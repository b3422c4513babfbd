"""Write what differs, whole files at a time; remove only what is ours.

Invariant: sitegen never deletes or overwrites a file that it did not write. What it wrote stands in a list in the
output folder itself, so that losing `.sitegen/` loses no ownership: before anything is moved into place the list names
the old and the new state of each path, afterwards the new one alone. A file of ours that somebody edited is set aside
under `.sitegen/kept/`, never lost. New files are first written whole beside the output and then moved, so no reader
and no crash ever meets half a page.
"""

import os
import shutil
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from sitegen.build.scan import Seen, signature_of
from sitegen.digest import digest_bytes
from sitegen.errors import Problem, Where

LIST = ".sitegen-output"
_HEADER = "sitegen output, version 1: the files that sitegen wrote here, and the digest of each\n"
STAGE = ".sitegen-stage"
OWN_RACY_NS = 20_000_000  # our files bear the clock of this machine's kernel, which ticks every 1 to 10 ms


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
        self.owned = _read_list(folder / LIST)
        self.exists = folder.is_dir()
        self.is_empty = not self.exists or not os.listdir(folder)
        self.stage = folder / STAGE if not self.is_empty else folder.with_name(f".{folder.name}{STAGE}")
        self._made_folders: set[str] = set()
        self.staged: dict[str, bytes] = {}

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
        """What is on disk at an output's path; read only when the signature is not the known one. None: nothing."""
        full = os.path.join(self.folder, path)
        try:
            status = os.lstat(full)
        except (FileNotFoundError, NotADirectoryError):
            return None
        signature = signature_of(status)
        if known is not None and known.holds_for(signature, OWN_RACY_NS):
            return known
        at = time.time_ns()
        if not os.path.isfile(full) or os.path.islink(full):
            return Seen(signature, b"", at)
        return Seen(signature, digest_bytes(Path(full).read_bytes()), at)

    def intact(self, path: str, known: Seen) -> bool:
        """Whether a file is as it was when it was last looked at, by its signature alone. Cost: 4 µs."""
        try:
            return known.holds_for(signature_of(os.lstat(os.path.join(self.folder, path))), OWN_RACY_NS)
        except OSError:
            return False

    def lists(self, paths: Iterable[str]) -> bool:
        """Whether the list in the folder names exactly these files."""
        return self.owned.keys() == set(paths)

    def is_ours(self, path: str, digest: bytes) -> bool:
        """Whether these bytes at this path are what sitegen wrote."""
        return digest.hex() in self.owned.get(path, ())

    def put(self, path: str, content: bytes, digest: bytes) -> None:
        """Write a file into the stage. Raises: OSError."""
        full = os.path.join(self.stage, path)
        folder = os.path.dirname(full)
        if folder not in self._made_folders:
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
        for stage in (self.folder / STAGE, self.folder.with_name(f".{self.folder.name}{STAGE}")):
            if stage.is_dir() and not stage.is_symlink():
                shutil.rmtree(stage)

    def publish(self, wanted: Mapping[str, bytes], remove: Iterable[str], keep: Iterable[str], kept: Path) -> None:
        """Move the staged files into place, remove what is ours and no longer wanted, and bring the list up to date.

        `wanted` is the digest of every output that the folder holds afterwards; `keep` are files to set aside under
        `kept` because somebody edited them. Raises: OSError; what was moved by then is whole, and still ours.
        """
        final = _list_text({path: (digest.hex(),) for path, digest in wanted.items()})
        if self.is_empty and self.staged.keys() == wanted.keys():
            self._put_list(self.stage, final)
            if self.exists:
                self.folder.rmdir()
            os.rename(self.stage, self.folder)
            self._sync_folder(self.folder.parent)
            return
        both = dict(self.owned)
        for path, digest in wanted.items():
            both[path] = tuple(sorted({*both.get(path, ()), digest.hex()}))
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.staged or remove:
            self._put_list(self.folder, _list_text(both))
        for path in keep:
            self._set_aside(path, kept)
        for path in remove:
            with suppress(FileNotFoundError):
                os.unlink(os.path.join(self.folder, path))
        folders = {os.path.dirname(path) for path in remove}
        self._remove_empty(folders)
        made: set[str] = set()
        for path in sorted(self.staged):
            full = os.path.join(self.folder, path)
            folder = os.path.dirname(full)
            if folder not in made:
                os.makedirs(folder, 0o755, exist_ok=True)
                made.add(folder)
            os.replace(os.path.join(self.stage, path), full)
        if self.durable:
            for folder in made:
                self._sync_folder(Path(folder))
        self._put_list(self.folder, final)
        self.sweep()

    def seen_after(self, path: str, digest: bytes) -> Seen:
        """What to remember of a file just written. Raises: OSError."""
        status = os.lstat(os.path.join(self.folder, path))
        return Seen(signature_of(status), digest, time.time_ns())

    def _put_list(self, folder: Path, text: str) -> None:
        path = folder / LIST
        content = text.encode()
        with suppress(OSError):
            if path.read_bytes() == content:
                return
        temporary = folder / (LIST + ".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            with open(descriptor, "wb", closefd=False) as file:
                file.write(content)
            if self.durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, path)

    def _set_aside(self, path: str, kept: Path) -> None:
        place, n = kept / path, 0
        while place.exists():
            n += 1
            place = kept / f"{path}.{n}"
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            shutil.copy2(self.folder / path, place)

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


def _list_text(owned: Mapping[str, Iterable[str]]) -> str:
    lines = [f"{','.join(digests)} {path}\n" for path, digests in sorted(owned.items())]
    return _HEADER + "".join(lines)


def _read_list(path: Path) -> dict[str, tuple[str, ...]]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    owned = {}
    for line in text.split("\n")[1:]:
        digests, _, name = line.partition(" ")
        if name and not name.startswith(("/", "../")) and "/../" not in name:
            owned[name] = tuple(digests.split(","))
    return owned


def dangerous(folder: Path, root: Path) -> str:
    """Why a folder must never be an output folder; "" when it may be one."""
    here, root = Path(os.path.realpath(folder)), Path(os.path.realpath(root))
    if here == Path(here.anchor):
        return "it is the root of the file system"
    if here == Path(os.path.realpath(Path.home())):
        return "it is your home folder"
    if here == root or here in root.parents:
        return "it holds the site itself"
    for name in ("content", "themes", "templates", "static", "data", ".git", ".sitegen"):
        source = root / name
        if here == source or source in here.parents or here in source.parents:
            return f"it is where the site keeps its {name}"
    if here.exists() and not here.is_dir():
        return "it is a file"
    return ""
