"""The inbox of a preview: files dropped into a folder become articles, by the `import` command in a process of its own.

Invariant: what is dropped stays where it is, byte for byte, and is imported once; only a file that has changed is
imported again, which updates its article as `import` does. What is still being copied is waited for. Conversion and
its libraries are loaded by that process alone, and only when something has been dropped.

What was imported is remembered in `.sitegen/inbox.json`, by name, size and time. Losing it costs one more import,
which writes nothing: articles know their sources.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from sitegen.digest import digest_value
from sitegen.errors import Problem, Where

LOOK_S = 1.0  # between looks at the folder; an event shortens it
IDLE_PART = 400  # a look may take one part of this many of the time
STILL_S = 0.5  # a file that has been the same for so long has arrived
FEW = 100  # entries an import; more are imported in several
PATIENCE_S = 900.0  # for one import; then it is given up, and said
UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".opdownload", ".tmp", ".swp", "~")
STATE = "inbox.json"


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one import: articles as (source, Markdown file, what was done), what was wrong, and the time."""

    articles: tuple[tuple[str, str, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0


class Entry(NamedTuple):
    """A file or folder that was dropped: what tells its versions apart, and when its last part came (nanoseconds)."""

    mark: str
    at: int


class Inbox:
    """Watches one folder from a thread of its own. `chosen` gives the folder as the config has it now, "" for none.

    `told` hears of each import, `changed` whenever `problems` are others than before; both in the inbox's thread.
    """

    def __init__(
        self,
        root: Path,
        config: Path,
        chosen: Callable[[], str],
        told: Callable[[Imported], None],
        changed: Callable[[], None],
    ) -> None:
        self.root = root
        self.config = config
        self.chosen = chosen
        self.told = told
        self.changed = changed
        self.problems: tuple[Problem, ...] = ()
        self._wrong: dict[str, tuple[Problem, ...]] = {}  # by entry
        self._done: dict[str, str] = {}  # by entry, the mark that was imported
        self._failed: dict[str, str] = {}
        self._before: dict[str, Entry] = {}
        self._folder: Path | None = None
        self._woken = threading.Event()
        self._ended = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="sitegen-inbox")

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End, with an import that is on its way, and wait. Whatever it had written stays, each file whole."""
        self._ended.set()
        self._woken.set()
        child = self._child
        if child is not None:
            with suppress(OSError):
                child.terminate()
        self._thread.join()

    def folder(self) -> Path | None:
        """The folder that is looked at; None for none."""
        chosen = self.chosen()
        return self.root / Path(chosen).expanduser() if chosen else None

    def wake(self, paths: Iterable[str]) -> None:
        """Look at once if one of these paths (absolute) lies in the inbox."""
        folder = self._folder
        if folder is not None and any(Path(path).is_relative_to(folder) for path in paths):
            self._woken.set()

    # ---- the thread

    def _run(self) -> None:
        wait = 0.0
        while not self._ended.is_set():
            self._woken.wait(wait)
            self._woken.clear()
            if self._ended.is_set():
                return
            began = time.thread_time()
            waiting = self._look()
            wait = STILL_S / 2 if waiting else max(LOOK_S, IDLE_PART * (time.thread_time() - began))

    def _look(self) -> bool:
        """Import what has arrived; whether something is still arriving."""
        folder = self.folder()
        if folder != self._folder:
            self._enter(folder)
        if folder is None:
            return False
        wrong = misplaced(folder, self.root)
        if wrong:
            self._say({"": (_fault(self.config.name, wrong, "name another folder under  serve: {inbox: ...}"),)})
            return False
        now = entries_of(folder)
        new = [name for name, entry in now.items() if entry.mark not in (self._done.get(name), self._failed.get(name))]
        late = time.time_ns() - int(STILL_S * 1e9)
        arrived = [name for name in new if self._before.get(name) == now[name] and now[name].at < late]
        self._before = now
        for at in range(0, len(arrived), FEW):
            if self._ended.is_set():
                return False
            self._import({name: now[name].mark for name in arrived[at : at + FEW]}, folder)
        self._forget_gone(now)
        return len(new) > len(arrived)

    def _enter(self, folder: Path | None) -> None:
        self._folder = folder
        self._before, self._failed, self._wrong = {}, {}, {}
        self._done = self._remembered()
        self._say({})

    def _forget_gone(self, now: dict[str, Entry]) -> None:
        gone = [name for name in (*self._done, *self._failed) if name not in now]
        if not gone:
            return
        for name in gone:
            self._done.pop(name, None)
            self._failed.pop(name, None)
        self._say({name: each for name, each in self._wrong.items() if name not in gone})
        self._remember()

    def _import(self, marks: dict[str, str], folder: Path) -> None:
        began = time.perf_counter()
        report, fault = self._converted([self._shown(folder / name) for name in marks])
        if report is None and self._ended.is_set():
            return
        wrong = {name: self._problems_of(self._shown(folder / name), report) for name in marks}
        if report is None:
            wrong = dict.fromkeys(marks, (_fault(self._shown(folder), fault, "mend that, then save the file again"),))
        for name, mark in marks.items():
            failed = any(problem.is_error for problem in wrong[name])
            (self._failed if failed else self._done)[name] = mark
            (self._done if failed else self._failed).pop(name, None)
        self._say({**self._wrong, **wrong})
        self._remember()
        documents = report["documents"] if report else []
        self.told(
            Imported(
                articles=tuple((each["source"]["path"], each["output"], each["action"]) for each in documents),
                problems=tuple(dict.fromkeys(problem for each in wrong.values() for problem in each)),
                seconds=time.perf_counter() - began,
            )
        )

    def _converted(self, sources: list[str]) -> tuple[dict[str, Any] | None, str]:
        """The report of `import`, or what kept it from one."""
        site = ["-C", str(self.root), "-c", str(self.config)]
        # A session of its own: Ctrl-C is for the preview, which ends the import when it ends itself.
        child = subprocess.Popen(  # noqa: S603 -- ourselves
            [sys.executable, "-P", "-m", "sitegen", *site, "import", "--json", "--", *sources],
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._child = child
        try:
            if self._ended.is_set():
                child.terminate()
            out, said = child.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return None, f"the import took more than {PATIENCE_S / 60:.0f} minutes and was ended"
        finally:
            self._child = None
        try:
            return msgspec.json.decode(out, type=dict[str, Any]), ""
        except msgspec.MsgspecError:
            lines = said.decode(errors="replace").strip().splitlines() or [f"it ended with code {child.returncode}"]
            return None, f"the import failed: {lines[0]}"

    def _problems_of(self, shown: str, report: dict[str, Any] | None) -> tuple[Problem, ...]:
        found = [] if report is None else [each for each in report["problems"] if _is_of(each["source"]["path"], shown)]
        return tuple(
            Problem(
                code=each["code"],
                where=Where(each["source"]["path"], each["source"].get("line", 0)),
                message=each["message"],
                severity=each["severity"],
            )
            for each in found
        )

    def _say(self, wrong: dict[str, tuple[Problem, ...]]) -> None:
        self._wrong = wrong
        problems = tuple(dict.fromkeys(problem for each in wrong.values() for problem in each))
        if problems != self.problems:
            self.problems = problems
            self.changed()

    def _shown(self, path: Path) -> str:
        """As people name it: relative to the site where it lies there."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    # ---- memory

    def _remembered(self) -> dict[str, str]:
        try:
            found = msgspec.json.decode((self.root / ".sitegen" / STATE).read_bytes(), type=dict[str, dict[str, str]])
        except (OSError, msgspec.MsgspecError):
            return {}
        return found.get(str(self._folder), {})

    def _remember(self) -> None:
        """What cannot be written is found out again by the next import."""
        path = self.root / ".sitegen" / STATE
        with suppress(OSError):
            path.parent.mkdir(exist_ok=True)
            new = path.with_suffix(".new")
            new.write_bytes(msgspec.json.encode({str(self._folder): self._done}))
            new.replace(path)


def entries_of(folder: Path) -> dict[str, Entry]:
    """What lies in the inbox by name, ordered; a page's folder of assets belongs to its page. Hidden files, and what
    browsers and editors call a file that is not finished, are left out. Cost: about 10 µs a file.
    """
    try:
        with os.scandir(folder) as listing:
            names = sorted(entry.name for entry in listing if _is_meant(entry.name))
    except OSError:
        return {}
    folders = {name for name in names if (folder / name).is_dir()}
    assets: dict[str, str] = {}
    if folders:
        from sitegen.convert.sources.walking import assets_owner  # noqa: PLC0415 -- few inboxes hold folders

        assets = {name: owner for name in folders if (owner := assets_owner(name, names))}
    found: dict[str, list[tuple[str, int, int, int]]] = {}
    for name in names:
        found.setdefault(assets.get(name, name), []).extend(_parts(folder / name, name))
    return {
        name: Entry(digest_value([part[:3] for part in parts]).hex(), max(part[3] for part in parts))
        for name, parts in sorted(found.items())
        if parts
    }


def _parts(path: Path, name: str) -> Iterator[tuple[str, int, int, int]]:
    """Name, size, time, and when it came here, of a file or of all files of a folder."""
    if path.is_dir():
        for top, folders, files in os.walk(path):
            folders.sort()
            for each in sorted(files):
                if _is_meant(each):
                    yield from _part(Path(top) / each, f"{name}/{os.path.relpath(Path(top) / each, path)}")
    else:
        yield from _part(path, name)


def _part(path: Path, name: str) -> Iterator[tuple[str, int, int, int]]:
    with suppress(OSError):
        status = path.stat()
        yield name, status.st_size, status.st_mtime_ns, max(status.st_mtime_ns, status.st_ctime_ns)


def _is_meant(name: str) -> bool:
    return not name.startswith(".") and not name.lower().endswith(UNFINISHED)


def _is_of(path: str, shown: str) -> bool:
    return path == shown or path.startswith((shown + os.sep, shown + "/"))


def misplaced(folder: Path, root: Path) -> str:
    """Why a folder cannot be the inbox; "" when it can. What a build reads or writes is no place for raw files."""
    real, top = folder.resolve(), root.resolve()
    if top.is_relative_to(real):
        return f"serve.inbox: {folder} holds the site itself"
    if not real.is_relative_to(top):
        return ""
    parts = real.relative_to(top).parts
    if any(part.startswith((".", "_")) for part in parts[1:]) and parts[0] != ".sitegen":
        return ""
    if parts[0] in ("content", "static", "data", "templates", "themes", "public", ".sitegen"):
        return f"serve.inbox: {parts[0]}/ is read or written by a build"
    return ""


def _fault(path: str, message: str, help: str) -> Problem:
    return Problem(code="import.inbox", where=Where(path), message=message, help=help)
