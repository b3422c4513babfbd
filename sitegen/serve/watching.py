"""When to look at the disk: on events where they come, regularly where they do not, and now and then in any case.

Invariant: an event names a place to look at first and nothing more. Lost, doubled and renamed events are harmless,
because a look at everything follows each burst, and comes by itself when there was none.
"""

import os
import threading
import time
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sitegen.build.scanning import STORIES

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent

DEBOUNCE_S = 0.008  # gathers the events of one save; whether a file is at rest, the look itself finds out
CALM_S = 0.3  # after the last event; then everything is looked at once
CALM_PART = 6  # but not before this many times as long as the last look took: of a large site, saves come in between
LONGEST_BURST_S = 0.25  # a checkout may go on for seconds: what has come so far is shown meanwhile
TICK_S = 1.0  # how often the watched folders themselves are looked at: one that was made anew sends nothing
IDLE_PART = 400  # a look at everything may take one part of this many of the time
POLL_PART = 40
IDLE_LEAST_S, POLL_LEAST_S = 10.0, 0.4
IGNORED = frozenset(("opened", "closed_no_write"))  # our own reading
MOUNTS = Path("/proc/self/mountinfo")  # what is mounted where, on Linux
SILENT = frozenset(("9p", "afs", "cifs", "drvfs", "fuse.sshfs", "fuse.vmhgfs-fuse", "ncpfs", "nfs", "nfs4", "prl_fs",
                    "smb3", "smbfs", "vboxsf", "virtiofs"))  # fmt: skip


class Watcher:
    """Calls `look` with the paths that events name (absolute), or with None for everything, in a thread of its own.

    `folders` gives what to watch, asked again whenever one of them comes or goes; `files` are names of single files
    beside the config. `look` says whether it found something.
    """

    def __init__(
        self,
        folders: Callable[[], Iterable[Path]],
        config: Path,
        look: Callable[[list[str] | None], bool],
        *,
        files: Iterable[str] = (),
        poll: bool = False,
        mounts: Path = MOUNTS,
    ) -> None:
        self.folders = folders
        self.config = config
        self._files = frozenset(
            (str(config), str(config.with_name(STORIES)), *(str(config.parent / name) for name in files))
        )
        self.look = look
        self.polls = poll
        self.reason = "--poll" if poll else ""
        self._mounts = mounts
        self._observer: Any = None
        self._watched: dict[str, tuple[int, int] | None] = {}
        self._paths: dict[str, None] = {}
        self._guard = threading.Lock()
        self._woken = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sitegen-watch")

    def start(self) -> None:
        """Begin to watch."""
        self._watch()
        self._thread.start()

    def stop(self) -> None:
        """End, and wait until it has ended."""
        self._ended.set()
        self._woken.set()
        self._thread.join()
        self._unwatch()

    # ---- events

    def dispatch(self, event: "FileSystemEvent") -> None:
        """Called by watchdog, in its thread."""
        if event.event_type in IGNORED or (event.is_directory and event.event_type == "modified"):
            return  # our own reading; a folder is said to be modified with each file in it that is written
        with self._guard:
            for path in (event.src_path, getattr(event, "dest_path", "")):
                if path and self._concerns(name := os.fsdecode(path)):
                    self._paths[name] = None
        if self._paths:
            self._woken.set()

    def _concerns(self, path: str) -> bool:
        if path in self._files or path in self._watched:
            return True
        tops = (top for top in self._watched if top != str(self.config.parent))
        return any(path.startswith(top + os.sep) for top in tops)

    def _watch(self) -> None:
        tops: dict[str, None] = {str(self.config.parent): None}
        for folder in self.folders():
            tops[os.path.realpath(folder)] = None
            tops.update(dict.fromkeys(_linked(folder)))
        self._watched = {top: _mark(top) for top in tops}
        if not self.polls and (silent := next((top for top in tops if is_silent(top, self._mounts)), None)):
            self.polls, self.reason = True, f"the file system of {silent} sends no events"
        if self.polls:
            return
        from watchdog.observers import Observer  # noqa: PLC0415 -- only a preview needs it

        # A folder that is made and removed quickly makes watchdog warn that it has heard of it before: so what.
        warnings.filterwarnings("ignore", message="Callback with id", category=RuntimeWarning)
        observer = None
        root = str(self.config.parent)
        try:
            observer = Observer()
            for top, mark in self._watched.items():
                if mark is not None:
                    observer.schedule(self, top, recursive=top != root)  # type: ignore[arg-type]
            observer.start()
        except OSError as error:  # as many as the system gives are in use already
            with suppress(RuntimeError, OSError):
                if observer is not None:
                    observer.unschedule_all()
                    if observer.is_alive():
                        observer.stop()
                        observer.join()
            self.polls, self.reason = True, f"events cannot be had ({error.strerror or error})"
            return
        self._observer = observer

    def _unwatch(self) -> None:
        if self._observer is not None:
            with suppress(RuntimeError, OSError, KeyError):
                self._observer.stop()
                self._observer.join()
            self._observer = None

    def _has_moved(self) -> bool:
        """Whether a watched folder came, went, or is another one under the old name, or nobody listens any more."""
        if self._observer is not None and not all(each.is_alive() for each in self._observer.emitters):
            return True
        return any(_mark(top) != mark for top, mark in self._watched.items()) or any(
            os.path.realpath(folder) not in self._watched for folder in self.folders()
        )

    # ---- the thread

    def _run(self) -> None:
        last, cost = time.monotonic(), 0.0
        settled = False  # what was saved while the site was read has sent no event that anybody heard
        while not self._ended.is_set():
            calm = CALM_S if self.polls else max(CALM_S, CALM_PART * cost)
            woken = self._woken.wait(calm if self.polls or not settled else TICK_S)
            if self._ended.is_set():
                return
            if woken:
                self._burst()
                settled = False
                continue
            part, least = (POLL_PART, POLL_LEAST_S) if self.polls else (IDLE_PART, IDLE_LEAST_S)
            moved = self._has_moved()
            if moved:
                self._unwatch()
                self._watch()
            if moved or not settled or time.monotonic() - last > max(least, part * cost):
                began = time.thread_time()
                self.look(None)
                last, cost, settled = time.monotonic(), time.thread_time() - began, True

    def _burst(self) -> None:
        end = time.monotonic() + LONGEST_BURST_S
        while True:
            self._woken.clear()
            if not self._woken.wait(DEBOUNCE_S) or time.monotonic() > end:
                break
            if self._ended.is_set():
                return
        with self._guard:
            paths, self._paths = list(self._paths), {}
        if paths:
            self.look(paths)


def _mark(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _linked(folder: Path) -> list[str]:
    """Where the folders really lie that are linked to from inside: links are not followed by events."""
    found = []
    for top, names, _ in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            if os.path.islink(path):
                found.append(os.path.realpath(path))
    return found


def is_silent(folder: str | Path, mounts: Path = MOUNTS) -> bool:
    """Whether a folder lies on a file system that sends no events of what others change: network, WSL drives."""
    with suppress(OSError, ValueError):
        return kind_of(os.path.realpath(folder), mounts.read_text("utf-8", "surrogateescape")) in SILENT
    return False


def kind_of(real: str, mounts: str) -> str:
    """The kind of file system that a path lies on, of mounts as Linux lists them in `mountinfo`; "" for none."""
    best, kind = "", ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        place = left.split()[4].encode("ascii", "surrogateescape").decode("unicode_escape")
        if (real == place or real.startswith(place.rstrip("/") + "/")) and len(place) >= len(best):
            best, kind = place, right.split()[0]
    return kind
