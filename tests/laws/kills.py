"""kill -9 at random moments of real builds, first ones and rebuilds, with worker processes.

Invariant: each page on disk is whole at every moment that is looked at, and the user's own files are as they were.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.laws.sites import LATER, LIST, OUTPUT, build, clean_tree, difference, leftovers, sources, tree, write

CONFIG = "title: {title}\nbase_url: https://example.org/\ntheme: plain\n"
FOREIGN = {"mine.txt": b"mine", "2024/01/mine.html": b"<p>mine"}


class Kills:
    """A site of some hundred articles with two titles, so that every page has two states."""

    def __init__(self, folder: Path, articles: int) -> None:
        self.root = write(folder / "site", sources(articles, CONFIG.format(title="One")))
        self.states = []
        for title in ("One", "Two"):
            self.title(title)
            self.states.append(clean_tree(self.root))
        self.random = Random(int(os.environ.get("SITEGEN_SEED", "1")))

    def title(self, title: str) -> None:
        write(self.root, {"sitegen.yaml": CONFIG.format(title=title).encode()})

    def start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "sitegen", "build", "-q", "-j", "2", "-C", str(self.root)]
        root = Path(__file__).resolve().parents[2]
        return subprocess.Popen(command, cwd=root, start_new_session=True, stderr=subprocess.PIPE)

    def timed(self) -> float:
        start = time.perf_counter()
        process = self.start()
        _, said = process.communicate()
        assert process.returncode == 0, said.decode()
        return time.perf_counter() - start

    def reset(self) -> None:
        shutil.rmtree(self.root / OUTPUT, ignore_errors=True)
        shutil.rmtree(self.root / ".sitegen", ignore_errors=True)

    def run(self, kills: int) -> dict[str, int]:
        """Kill so many builds; says how many died in which phase, as far as the disk shows it."""
        self.reset()
        self.title("One")
        first = self.timed()
        self.title("Two")
        rebuild = self.timed()
        found = {"killed": 0, "ended before": 0, "with a stage": 0, "first builds": 0, "moved in part": 0}
        state = 1
        while found["killed"] < kills:
            fresh = self.random.random() < 0.4
            if fresh:
                self.reset()
            else:
                write(self.root / OUTPUT, FOREIGN)
                state = 1 - state
                self.title(("One", "Two")[state])
            if fresh or self.random.random() < 0.5:
                self._kill(lambda limit=first if fresh else rebuild: self._sleep(limit), found)
            else:
                self._kill(self._sleep_until_it_publishes, found)
            found["first builds"] += fresh
            self._check(state, found, fresh=fresh)
        return found

    def _sleep(self, limit: float) -> None:
        time.sleep(limit * self.random.uniform(0.1, 1.1))

    def _sleep_until_it_publishes(self) -> None:
        """The moves take milliseconds of a build of seconds: wait for their sign, the new list of what is ours."""
        path = self.root / OUTPUT / LIST
        before, until = path.stat().st_mtime_ns, time.monotonic() + 20
        while path.stat().st_mtime_ns == before and time.monotonic() < until:
            time.sleep(0.0002)
        time.sleep(self.random.uniform(0, 0.015))

    def _kill(self, wait: Callable[[], None], found: dict[str, int]) -> None:
        process = self.start()
        wait()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            found["killed"] += 1
        else:
            found["ended before"] += 1
        _, said = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), said.decode()

    def _check(self, state: int, found: dict[str, int], *, fresh: bool) -> None:
        found["with a stage"] += bool(leftovers(self.root))
        now = tree(self.root / OUTPUT)
        new, old = self.states[state], self.states[1 - state]
        pages = {path for path in new if path.endswith(".html")}
        for path, content in now.items():
            if path in FOREIGN:
                assert content == FOREIGN[path], f"{path} is not as its owner wrote it"
            elif not path.startswith(".sitegen"):
                assert content in (old.get(path), new.get(path)), f"{path} is torn"
        made = {path for path in pages if now.get(path) == new[path]}
        found["moved in part"] += 0 < len(made) < len(pages)
        if not fresh:
            assert pages <= now.keys(), "a page is missing"
        outcome = build(self.root, jobs=2, as_of=LATER)
        assert not outcome.failed, outcome.problems
        foreign = {path: content for path, content in now.items() if path in FOREIGN}
        assert not (differs := difference(tree(self.root / OUTPUT), {**new, **foreign})), differs
        assert not leftovers(self.root)
