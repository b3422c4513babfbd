"""The preview's server: the next free port, connections that end when it does, and the state of one page.

Invariant: it holds no page itself; whatever is asked, it asks the live site.
"""

import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sitegen.build.live import Live
from sitegen.errors import Problem, UsageError, Where
from sitegen.serve.guards import LOOPBACK, Refused, path_of
from sitegen.serve.handler import Handler
from sitegen.serve.ticks import Ticks

PORTS_TRIED = 100
HEAD_S = 20.0  # how long a request may take to arrive
MOST_CONNECTIONS = 512  # a browser opens six; more than this is an accident or an attack
TABS_KEPT = 200


class PreviewServer(ThreadingHTTPServer):
    """Serves a live site. `serve_forever` in a thread of its own, then `stop`."""

    daemon_threads = False
    block_on_close = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self, live: Live, ticks: Ticks, address: tuple[str, int], hosts: Iterable[str], *, navigate: bool = False
    ) -> None:
        self.live = live
        self.ticks = ticks
        self.navigate = navigate
        self.token = secrets.token_urlsafe(16)
        self.prefix = f"/.sitegen/{self.token}/"
        self.hosts = frozenset(_bracketed(name).lower() for name in (*LOOPBACK, address[0], *hosts) if name)
        self.script = (Path(__file__).parent / "live.js").read_bytes()
        self.tabs: dict[str, str] = {}  # address to the digest that its tab was told last
        self.editor: Callable[[Problem], bool] | None = None
        self.editor_link: Callable[[Problem], str] = lambda _: ""
        self._sockets: dict[socket.socket, float] = {}  # when a request began to arrive; 0 while one is answered
        self._guard = threading.Lock()
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, Handler)

    # ---- connections

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        with self._guard:
            return len(self._sockets) < MOST_CONNECTIONS

    def opened(self, connection: socket.socket) -> None:
        """A connection begins."""
        self.reading(connection)

    def reading(self, connection: socket.socket) -> None:
        """A request may arrive."""
        with self._guard:
            self._sockets[connection] = time.monotonic()

    def answering(self, connection: socket.socket) -> None:
        """A request has arrived."""
        with self._guard:
            self._sockets[connection] = 0.0

    def forget(self, connection: socket.socket) -> None:
        """A connection has ended."""
        with self._guard:
            self._sockets.pop(connection, None)

    def service_actions(self) -> None:
        """Twice a second: connections that dawdle are closed, whoever sends a byte now and then too."""
        late = time.monotonic() - HEAD_S
        with self._guard:
            slow = [each for each, since in self._sockets.items() if 0.0 < since < late]
        for each in slow:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is no news; anything else is shown by the handler."""

    def stop(self) -> None:
        """End everything, and wait until it has ended."""
        self.shutdown()
        self.ticks.close()
        with self._guard:
            sockets = list(self._sockets)
        for each in sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self.server_close()

    # ---- the state of a page

    def state(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """What a tab must know: `page` is its path, `seen` the number of its last tick."""
        try:
            path, _ = path_of(asked.get("page", ""))
        except Refused:
            path = ""
        number = self.ticks.number
        base = self.live.base_path
        page = self.live.page(path.removeprefix(base) if path.startswith(base + "/") else path)
        seen = int(asked["seen"]) if asked.get("seen", "").isdigit() and len(asked["seen"]) < 10 else number
        files = self.ticks.files_since(seen)
        self._remember(page.url, page.digest)
        shown = [*page.problems]
        others = [problem for problem in self.live.problems() if problem not in shown]
        return {
            "number": number,
            "status": page.status,
            "digest": page.digest,
            "moved": base + page.moved if page.moved else "",
            "problems": [self._said(problem) for problem in shown],
            "others": [self._said(problem) for problem in others[:20]],
            "files": None if files is None else [base + file for file in files],
            "navigate": base + article if self.navigate and (article := self.ticks.article_since(seen)) else "",
        }

    def _remember(self, url: str, digest: str) -> None:
        with self._guard:
            self.tabs.pop(url, None)
            self.tabs[url] = digest
            while len(self.tabs) > TABS_KEPT:
                del self.tabs[next(iter(self.tabs))]

    def _said(self, problem: Problem) -> dict[str, Any]:
        where = problem.where
        return {
            "path": where.path,
            "line": where.line,
            "column": where.column,
            "message": problem.message,
            "excerpt": problem.excerpt,
            "width": problem.width,
            "help": problem.help,
            "context": problem.context,
            "link": self.editor_link(problem),
            "post": self.editor is not None,
        }

    def open_editor(self, place: str) -> bool:
        """Open a place that is wrong right now in the editor; nothing else can be opened."""
        if self.editor is None:
            return False
        problem = next((each for each in self.live.problems() if str(each.where) == place), None)
        return problem is not None and self.editor(problem)


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def open_server(
    live: Live, ticks: Ticks, host: str, port: int, hosts: Iterable[str], *, fixed: bool, navigate: bool = False
) -> PreviewServer:
    """A server at a port, or at the next free one unless `fixed`. Raises: UsageError."""
    hosts = tuple(hosts)
    for candidate in (port,) if fixed or port == 0 else range(port, min(port + PORTS_TRIED, 65_536)):
        try:
            return PreviewServer(live, ticks, (host, candidate), hosts, navigate=navigate)
        except OSError as error:
            said = error.strerror or str(error)
            if not isinstance(error, (PermissionError, socket.gaierror)) and _is_taken(error):
                continue
            break
    else:
        said = "it is taken" if fixed else f"it is taken, and so are the {PORTS_TRIED} after it"
    raise UsageError(
        Problem(
            code="usage.port",
            where=Where(f"{host}:{port}"),
            message=f"the preview cannot listen there: {said}",
            help="name another with  --port  or  --host",
        )
    )


def _is_taken(error: OSError) -> bool:
    import errno  # noqa: PLC0415

    return error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", -1), getattr(errno, "WSAEACCES", -1))
