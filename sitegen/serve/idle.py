"""What the preview does while nobody waits: it makes ready for the first edit, and looks at the whole site.

Invariant: a look at the whole site begins only when nothing has changed for a while, and only when something has
changed since the last one.
"""

import threading
import time
from collections.abc import Callable

from sitegen.build.live import Live
from sitegen.errors import Problem

CALM_S = 0.7  # after the last change; people pause for longer than that between two saves
EDITS_PART = 20  # a look may take one part of this many of the time, so that large sites are looked at less often


class Idle:
    """A thread of its own. `problems` is what the last look at the whole site found; `found` hears of the new ones
    whenever they differ from those before.
    """

    def __init__(self, live: Live, found: Callable[[tuple[Problem, ...]], None]) -> None:
        self.problems: tuple[Problem, ...] = ()
        self._live = live
        self._found = found
        self._woken = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sitegen-idle")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait."""
        self._ended.set()
        self._woken.set()
        self._thread.join()

    def wake(self) -> None:
        """Something has changed."""
        self._woken.set()

    def _run(self) -> None:
        seen, pause = 0, CALM_S
        while not self._ended.is_set():
            if self._woken.wait(pause):  # something has changed: wait until it stays calm
                self._woken.clear()
                continue
            version = self._live.version
            if version != seen:
                self._live.prepare()
                began = time.thread_time()
                self._look()
                seen, pause = version, max(CALM_S, EDITS_PART * (time.thread_time() - began))
            self._woken.wait()

    def _look(self) -> None:
        before, self.problems = self.problems, self._live.check()
        if self.problems != before:
            known = set(before)
            self._found(tuple(problem for problem in self.problems if problem not in known))
