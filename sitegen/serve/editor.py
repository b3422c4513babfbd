"""The editor that opens a place which is wrong: an address scheme, or a command.

Invariant: which file, line and column is decided here, from a problem that stands; nothing of a request reaches a
command.
"""

import shlex
import subprocess
from pathlib import Path
from urllib.parse import quote

from sitegen.errors import Problem


class Editor:
    """`chosen` is a link such as `vscode://file{path}:{line}`, a command such as `code -g {path}:{line}`, or ""."""

    def __init__(self, chosen: str, root: Path) -> None:
        self._root = root
        self._link = chosen if "://" in chosen else ""
        self._command = shlex.split(chosen) if chosen and not self._link else []
        if self._command and not any("{path}" in word for word in self._command):
            self._command.append("{path}")
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    def runs(self) -> bool:
        """Whether there is a command to run."""
        return bool(self._command)

    def link(self, problem: Problem) -> str:
        """The link that opens a problem's place; "" where there is none."""
        return self._filled(self._link, problem, quoted=True) if self._link and problem.where.path else ""

    def open(self, problem: Problem) -> bool:
        """Run the command; whether it could be started."""
        if not self._command:
            return False
        words = [self._filled(word, problem, quoted=False) for word in self._command]
        try:
            running = subprocess.Popen(words, cwd=self._root, stdin=subprocess.DEVNULL)  # noqa: S603 -- asked for
        except OSError:
            return False
        self._running = [each for each in (*self._running, running) if each.poll() is None]
        return True

    def close(self) -> None:
        """Editors go on when the preview ends; those that have ended are taken notice of."""
        for each in self._running:
            each.poll()

    def _filled(self, text: str, problem: Problem, *, quoted: bool) -> str:
        where = problem.where
        path = str((self._root / where.path).resolve())
        return (
            text.replace("{path}", quote(path) if quoted else path)
            .replace("{line}", str(max(1, where.line)))
            .replace("{column}", str(max(1, where.column)))
        )
