"""Which connections stand open, and since when a request is on its way: so that none can be held open for ever.

Invariant: a connection that is being answered is left alone; one that dawdles is closed.
"""

import socket
import threading
import time
from contextlib import suppress

HEAD_S = 20.0  # how long a request may take to arrive
MOST_CONNECTIONS = 512  # a browser opens six; more than this is an accident or an attack


class Connections:
    """All open connections; any number of threads."""

    def __init__(self) -> None:
        self._since: dict[socket.socket, float] = {}  # when a request began to arrive; 0 while one is answered
        self._guard = threading.Lock()

    def may_come(self) -> bool:
        """Whether there is room for another."""
        with self._guard:
            return len(self._since) < MOST_CONNECTIONS

    def reading(self, connection: socket.socket) -> None:
        """A request may arrive, the first one or the next."""
        with self._guard:
            self._since[connection] = time.monotonic()

    def answering(self, connection: socket.socket) -> None:
        """A request has arrived."""
        with self._guard:
            self._since[connection] = 0.0

    def forget(self, connection: socket.socket) -> None:
        """A connection has ended."""
        with self._guard:
            self._since.pop(connection, None)

    def close_slow(self) -> None:
        """Close what dawdles, whoever sends a byte now and then too."""
        late = time.monotonic() - HEAD_S
        with self._guard:
            slow = [each for each, since in self._since.items() if 0.0 < since < late]
        _shut(slow)

    def close_all(self) -> None:
        """Close every connection."""
        with self._guard:
            every = list(self._since)
        _shut(every)


def _shut(connections: list[socket.socket]) -> None:
    for each in connections:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
