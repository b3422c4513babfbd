"""The heartbeat of the preview: a number that grows with each change, and who waits for it.

Invariant: a tick says only that there is something new, never what; whoever hears it asks for the state of its own
page. So ticks that are lost, doubled or late cost nothing but time.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

KEPT = 64  # changes of plain files that are remembered for tabs that were hidden


class Ticks:
    """Counts changes; any number of threads may wait for the next one."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._number = 0
        self._closed = False
        self._listeners = 0
        self._files: deque[tuple[int, tuple[str, ...]]] = deque(maxlen=KEPT)
        self._forgotten = 0
        self._article: tuple[int, str] = (0, "")

    @property
    def number(self) -> int:
        """How many changes there were."""
        return self._number

    @property
    def listeners(self) -> int:
        """How many streams stand open."""
        return self._listeners

    @contextmanager
    def listening(self) -> Iterator[None]:
        """For as long as a stream stands open."""
        with self._condition:
            self._listeners += 1
        try:
            yield
        finally:
            with self._condition:
                self._listeners -= 1

    def tick(self, files: tuple[str, ...] = (), article: str = "") -> None:
        """Something changed: plain files at these site paths, an article at that address."""
        with self._condition:
            self._number += 1
            if files:
                if len(self._files) == KEPT:
                    self._forgotten = self._files[0][0]
                self._files.append((self._number, files))
            if article:
                self._article = (self._number, article)
            self._condition.notify_all()

    def wait(self, seen: int, timeout: float) -> int | None:
        """The number once it is not `seen` any more, or after so many seconds; None when all is over."""
        with self._condition:
            self._condition.wait_for(lambda: self._closed or self._number != seen, timeout)
            return None if self._closed else self._number

    def files_since(self, seen: int) -> tuple[str, ...] | None:
        """Plain files that changed after a tick; None when that is too long ago to be known."""
        with self._condition:
            if seen < self._forgotten or seen > self._number:
                return None
            return tuple(dict.fromkeys(path for at, files in self._files if at > seen for path in files))

    def article_since(self, seen: int) -> str:
        """The address of the article that was edited last, when that was after a tick."""
        with self._condition:
            return self._article[1] if self._article[0] > seen else ""

    def close(self) -> None:
        """Let everyone who waits go home."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
