"""Which connections stand open, and since when a request is on its way: so that none can be held open for ever.

Invariant: a connection that is being answered is left alone; one that dawdles is closed.
"""

import socket
import threading
import time
from contextlib import suppress

HEAD_S = 20.0  # how long a request may take to arrive
LAST_S, LAST_BYTES = 2.0, 1 << 20  # how long and how much a caller may still say after the last answer
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


def hear_out(connection: socket.socket) -> None:
    """End a connection so that its last answer arrives: say that nothing follows, then read away what is still coming.

    A socket closed with bytes unread is reset, and a reset can overtake the answer (RFC 9112, section 9.6). At most
    `LAST_S` seconds and `LAST_BYTES` bytes.
    """
    end, left = time.monotonic() + LAST_S, LAST_BYTES
    with suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        while left > 0 and (patience := end - time.monotonic()) > 0:
            connection.settimeout(patience)
            if not (piece := connection.recv(65_536)):
                return
            left -= len(piece)


def _shut(connections: list[socket.socket]) -> None:
    for each in connections:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
