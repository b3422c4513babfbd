"""Who waits goes first: work that nobody waits for stands aside while a page is asked for.

Invariant: it only pauses, and only for so long in all; what is done is the same. Python runs one thread at a time: a
request that opens files beside a thread that lists thousands gets its turn back a hundred times, each time too late.
"""

import threading
import time
from collections.abc import Callable

PAUSE_S = 0.001
LONGEST_S = 0.5  # for one piece of work: whoever asks without end does not keep it from being done


class Courtesy:
    """Enter it while somebody waits; any number of threads."""

    def __init__(self) -> None:
        self._waiting = 0
        self._guard = threading.Lock()

    def __enter__(self) -> None:
        with self._guard:
            self._waiting += 1

    def __exit__(self, *_: object) -> None:
        with self._guard:
            self._waiting -= 1

    def giving_way(self) -> Callable[[], None]:
        """What one piece of work calls again and again. Cost: 50 ns while nobody waits."""
        left = LONGEST_S

        def pause() -> None:
            nonlocal left
            while self._waiting and left > 0:
                time.sleep(PAUSE_S)
                left -= PAUSE_S

        return pause
