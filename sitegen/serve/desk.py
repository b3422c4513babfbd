"""What tabs are told: the state of their page, what is wrong, and where an editor opens it.

Invariant: it holds no page itself; whatever is asked, it asks the live site. Only a place that is wrong right now can
be opened in an editor.
"""

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from sitegen.build.live import Live
from sitegen.errors import Problem
from sitegen.serve.editor import Editor
from sitegen.serve.guards import LOOPBACK, Refused, path_of
from sitegen.serve.ticks import Ticks

TABS_KEPT = 200
TICKS_BEHIND = 2  # the tick of the change itself, and one that the tab may not have asked about yet
OTHERS_SHOWN = 20


class Desk:
    """Answers for the preview itself, beside the pages of the site. `hosts` are the names that may be asked for."""

    def __init__(
        self, live: Live, ticks: Ticks, hosts: Iterable[str], editor: Editor, *, navigate: bool = False
    ) -> None:
        self.live = live
        self.ticks = ticks
        self.editor = editor
        self.navigate = navigate
        self.token = secrets.token_urlsafe(16)
        self.prefix = f"/.sitegen/{self.token}/"
        self.hosts = frozenset(_bracketed(name).lower() for name in (*LOOPBACK, *hosts) if name)
        self.script = (Path(__file__).parent / "live.js").read_bytes()
        self.also: Callable[[], tuple[Problem, ...]] = tuple  # what is wrong besides, as others found it
        self.tabs: dict[str, tuple[str, int]] = {}  # by address, the digest that its tab was told last, and when
        self._guard = threading.Lock()

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
        self._remember(page.url, page.digest, number)
        shown = [*page.problems]
        others = [problem for problem in self._everything() if problem not in shown]
        return {
            "number": number,
            "status": page.status,
            "digest": page.digest,
            "moved": base + page.moved if page.moved else "",
            "problems": [self._said(problem) for problem in shown],
            "others": [self._said(problem) for problem in others[:OTHERS_SHOWN]],
            "more": max(0, len(others) - OTHERS_SHOWN),
            "files": None if files is None else [base + file for file in files],
            "navigate": base + article if self.navigate and (article := self.ticks.article_since(seen)) else "",
        }

    def touched(self) -> int:
        """How many open pages are not any more what their tabs were told. Who shows a page asks after each tick; what
        nobody asked about for some ticks has been left, or is hidden.
        """
        now = self.ticks.number
        shown = [(url, digest) for url, (digest, at) in list(self.tabs.items()) if now - at <= TICKS_BEHIND]
        return sum(self.live.page(url).digest != digest for url, digest in shown)

    def open_editor(self, place: str) -> bool:
        """Open a place that is wrong right now in the editor; nothing else can be opened."""
        problem = next((each for each in self._everything() if str(each.where) == place), None)
        return problem is not None and self.editor.open(problem)

    def _everything(self) -> tuple[Problem, ...]:
        return tuple(dict.fromkeys((*self.live.problems(), *self.also())))

    def _remember(self, url: str, digest: str, number: int) -> None:
        with self._guard:
            self.tabs.pop(url, None)
            self.tabs[url] = digest, number
            while len(self.tabs) > TABS_KEPT:
                del self.tabs[next(iter(self.tabs))]

    def _said(self, problem: Problem) -> dict[str, Any]:
        where = problem.where
        return {
            "path": where.path,
            "line": where.line,
            "column": where.column,
            "error": problem.is_error,
            "message": problem.message,
            "excerpt": problem.excerpt,
            "width": problem.width,
            "help": problem.help,
            "context": problem.context,
            "link": self.editor.link(problem),
            "post": self.editor.runs,
        }


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name
