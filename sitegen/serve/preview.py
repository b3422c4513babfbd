"""The preview as a whole: a live site, its server and its watcher, started and ended together.

Invariant: one thread looks at the disk on its own account; requests look at the sources of their own page only.
"""

import queue
import shlex
import subprocess
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self
from urllib.parse import quote

import msgspec

from sitegen.build.live import Change, Live
from sitegen.build.live.preview import LiveOptions
from sitegen.errors import Problem
from sitegen.serve.server import PreviewServer, open_server
from sitegen.serve.ticks import Ticks
from sitegen.serve.watching import Watcher


class PreviewOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Where to listen, and how. `fixed` says that the port was asked for, so that another will not do."""

    host: str = "127.0.0.1"
    port: int = 8000
    fixed: bool = False
    hosts: tuple[str, ...] = ()
    navigate: bool = False
    poll: bool = False
    editor: str = ""


class Told(msgspec.Struct, frozen=True):
    """One change for the log: what, how many open pages it touched, how long until they were right."""

    change: Change
    pages: int


class Preview:
    """Use as a context manager; `address` is where the home page stands. `told` hears of each change, in its thread."""

    def __init__(
        self,
        root: Path,
        config: Path,
        live: LiveOptions,
        options: PreviewOptions,
        told: Callable[[Told], None] = lambda _: None,
    ) -> None:
        self.options = options
        self.live = Live(root, config, live, self._changed)
        self.ticks = Ticks()
        self.told = told
        self._changes: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._editors: list[subprocess.Popen[bytes]] = []
        self.watcher = Watcher(self.live.folders, self.live.config, self._look, poll=options.poll)
        self.server: PreviewServer

    def start(self, hosts: Iterable[str] = ()) -> None:
        """Read the site, listen and watch. Raises: UsageError when the port is not to be had."""
        options = self.options
        self.live.load()
        self.server = open_server(
            self.live, self.ticks, options.host, options.port, (*options.hosts, *hosts),
            fixed=options.fixed, navigate=options.navigate,
        )  # fmt: skip
        self._open_with(options.editor)
        self.watcher.start()
        for name, run in (("serve", self._serve), ("tell", self._tell), ("prepare", self._prepare)):
            thread = threading.Thread(target=run, name=f"sitegen-{name}")
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End all of it, and wait."""
        self.watcher.stop()
        self.server.stop()
        self._changes.put(None)
        for thread in self._threads:
            thread.join()
        for editor in self._editors:
            editor.poll()
        self.live.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """The home page's address for a browser on this machine."""
        host, port = self.server.server_address[:2]
        name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(str(host), str(host))  # noqa: S104 -- a comparison
        name = f"[{name}]" if ":" in name and not name.startswith("[") else name
        return f"http://{name}:{port}{quote(self.live.base_path)}/"

    def _serve(self) -> None:
        self.server.serve_forever(poll_interval=0.5)

    def _prepare(self) -> None:
        self.live.prepare()

    def _look(self, paths: list[str] | None) -> bool:
        return self.live.refresh(paths) is not None

    def _changed(self, change: Change) -> None:
        self.ticks.tick(change.files, change.article)
        self._changes.put(change)

    def _tell(self) -> None:
        while (change := self._changes.get()) is not None:
            self.told(Told(change, self._touched()))

    def _touched(self) -> int:
        """How many open pages changed."""
        touched = 0
        for url, digest in list(self.server.tabs.items()):
            page = self.live.page(url)
            touched += page.digest != digest
        return touched

    def _open_with(self, editor: str) -> None:
        if "://" in editor:
            self.server.editor_link = lambda problem: _filled(editor, self._place(problem), problem, quoted=True)
        elif editor:
            command = shlex.split(editor)
            if not any("{path}" in word for word in command):
                command.append("{path}")

            def run(problem: Problem) -> bool:
                words = [_filled(word, self._place(problem), problem, quoted=False) for word in command]
                try:
                    running = subprocess.Popen(words, cwd=self.live.root, stdin=subprocess.DEVNULL)  # noqa: S603 -- asked for
                except OSError:
                    return False
                self._editors = [each for each in (*self._editors, running) if each.poll() is None]
                return True

            self.server.editor = run

    def _place(self, problem: Problem) -> str:
        return str((self.live.root / problem.where.path).resolve())


def _filled(text: str, path: str, problem: Problem, *, quoted: bool) -> str:
    where = problem.where
    return (
        text.replace("{path}", quote(path) if quoted else path)
        .replace("{line}", str(max(1, where.line)))
        .replace("{column}", str(max(1, where.column)))
    )
