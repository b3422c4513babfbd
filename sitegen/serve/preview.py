"""The preview as a whole: a live site, its server and its watcher, started and ended together.

Invariant: one thread looks at the disk on its own account; requests look at the sources of their own page only.
"""

import queue
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Self
from urllib.parse import quote

import msgspec

from sitegen.build.live import Change, Live, LiveOptions
from sitegen.build.scanning import URLS
from sitegen.errors import Problem
from sitegen.serve.desk import Desk
from sitegen.serve.editor import Editor
from sitegen.serve.idle import Idle
from sitegen.serve.inbox import Imported, Inbox
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


class Noticed(msgspec.Struct, frozen=True):
    """What a look at the whole site found that was not known before; and how much is wrong in all."""

    problems: tuple[Problem, ...]
    total: int


News = Told | Noticed | Imported


class Preview:
    """Use as a context manager; `address` is where the home page stands. `told` hears the news, in its own thread."""

    def __init__(
        self,
        root: Path,
        config: Path,
        live: LiveOptions,
        options: PreviewOptions,
        told: Callable[[News], None] = lambda _: None,
    ) -> None:
        self.options = options
        self.live = Live(root, config, live, self._changed)
        self.ticks = Ticks()
        self.editor = Editor(options.editor, self.live.root)
        self.desk = Desk(self.live, self.ticks, (options.host, *options.hosts), self.editor, navigate=options.navigate)
        self.told = told
        self.idle = Idle(self.live, self._noticed)
        self.inbox = Inbox(self.live.root, self.live.config, lambda: self.live.inbox, self._imported, self.ticks.tick)
        self.desk.also = lambda: (*self.inbox.problems, *self.idle.problems)
        self._news: queue.SimpleQueue[Change | Noticed | Imported | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self.watcher = Watcher(self._folders, self.live.config, self._look, files=(URLS,), poll=options.poll)
        self.server: PreviewServer

    def start(self) -> None:
        """Read the site, listen and watch. Raises: UsageError when the port is not to be had."""
        self.read()
        self.listen()

    def read(self) -> None:
        """Read the site, which takes as long as it takes; nothing runs yet."""
        self.live.load()

    def listen(self) -> None:
        """Listen and watch, in threads that `stop` ends. Raises: UsageError when the port is not to be had."""
        options = self.options
        self.server = open_server(self.desk, options.host, options.port, fixed=options.fixed)
        for name, run in (("serve", self._serve), ("tell", self._tell)):
            thread = threading.Thread(target=run, name=f"sitegen-{name}")
            thread.start()
            self._threads.append(thread)
        self.watcher.start()
        self.inbox.start()
        self.idle.start()

    def stop(self) -> None:
        """End all of it, and wait."""
        self.watcher.stop()
        self.inbox.stop()
        self.idle.stop()
        self.server.stop()
        self._news.put(None)
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

    def _folders(self) -> list[Path]:
        inbox = self.inbox.folder()
        return [*self.live.folders(), *([inbox] if inbox else [])]

    def _look(self, paths: list[str] | None) -> bool:
        try:
            if paths is not None:
                self.inbox.wake(paths)
            return self.live.refresh(paths) is not None
        except Exception:  # noqa: BLE001 -- a fault of ours ends this look, is shown, and the next save is seen again
            traceback.print_exc(file=sys.stderr)
            return False

    def _changed(self, change: Change) -> None:
        self.ticks.tick(change.files, change.article)
        self.idle.wake()
        self._news.put(change)

    def _noticed(self, new: tuple[Problem, ...]) -> None:
        self.ticks.tick()
        self._news.put(Noticed(new, len(self.idle.problems)))

    def _imported(self, done: Imported) -> None:
        articles = tuple((source, f"{self.live.content}/{place}", action) for source, place, action in done.articles)
        self._news.put(msgspec.structs.replace(done, articles=articles))
        self.live.refresh()

    def _tell(self) -> None:
        while (news := self._news.get()) is not None:
            try:
                self.told(Told(news, self.desk.touched()) if isinstance(news, Change) else news)
            except Exception:  # noqa: BLE001 -- as above
                traceback.print_exc(file=sys.stderr)
