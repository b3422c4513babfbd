"""The preview's server: a port, or the next free one, and connections that end when it does.

Invariant: what is asked is judged and answered by the handler; here is only who may connect, and for how long.
"""

import errno
import socket
import threading
from contextlib import suppress
from functools import partial
from http.server import ThreadingHTTPServer
from typing import Any

from sitegen.errors import Problem, UsageError, Where
from sitegen.serve.connections import Connections
from sitegen.serve.desk import Desk
from sitegen.serve.handler import Handler

PORTS_TRIED = 100
TAKEN = (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", -1), getattr(errno, "WSAEACCES", -1))


class PreviewServer(ThreadingHTTPServer):
    """Serves a live site. `serve_forever` in a thread of its own, then `stop`."""

    daemon_threads = False
    block_on_close = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, desk: Desk, address: tuple[str, int]) -> None:
        self.desk = desk
        self.connections = Connections()
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, partial(Handler, desk=desk, connections=self.connections))

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        return self.connections.may_come()

    def service_actions(self) -> None:
        """Twice a second."""
        self.connections.close_slow()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is no news; anything else is shown by the handler."""

    def stop(self) -> None:
        """End everything, and wait until it has ended."""
        ending = threading.Thread(target=self.shutdown)
        ending.start()
        with suppress(OSError):  # the loop looks up now, and not at its next half second
            host, port = self.server_address[:2]
            socket.create_connection((str(host), port), timeout=1).close()
        ending.join()
        self.desk.ticks.close()
        self.connections.close_all()
        self.server_close()


def open_server(desk: Desk, host: str, port: int, *, fixed: bool) -> PreviewServer:
    """A server at a port, or at the next free one unless `fixed`. Raises: UsageError."""
    for candidate in (port,) if fixed or port == 0 else range(port, min(port + PORTS_TRIED, 65_536)):
        try:
            return PreviewServer(desk, (host, candidate))
        except OSError as error:
            said = error.strerror or str(error)
            if error.errno not in TAKEN or isinstance(error, socket.gaierror):
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
