"""The preview as a whole: a live site, its server and its watcher, started and ended together.

Invariant: one thread looks at the disk on its own account; requests look at the sources of their own page only.
"""

import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self
from urllib.parse import quote

import msgspec

from sitegen.build.live import Change, Live, LiveOptions
from sitegen.serve.desk import Desk
from sitegen.serve.editor import Editor
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
        self.editor = Editor(options.editor, self.live.root)
        self.desk = Desk(self.live, self.ticks, (options.host, *options.hosts), self.editor, navigate=options.navigate)
        self.told = told
        self._changes: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self.watcher = Watcher(self.live.folders, self.live.config, self._look, poll=options.poll)
        self.server: PreviewServer

    def start(self) -> None:
        """Read the site, listen and watch. Raises: UsageError when the port is not to be had."""
        options = self.options
        self.live.load()
        self.server = open_server(self.desk, options.host, options.port, fixed=options.fixed)
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
        self.editor.close()
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
            self.told(Told(change, self.desk.touched()))
