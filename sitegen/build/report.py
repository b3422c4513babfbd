"""What a build did, as values: for the summary, for `--json` and for tests."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import msgspec

from sitegen.errors import Problem


class BuildReport(msgspec.Struct, kw_only=True):
    """Counts, paths and times of one build. `seconds` is by phase, in the order in which they ran.

    `rendered` are outputs made again; `written`, `removed` and `kept` are paths in the output folder; `kept` were ours
    once and have been edited since.
    """

    output: str = ""
    articles: int = 0
    pages: int = 0
    unpublished: int = 0
    broken: int = 0
    parsed: int = 0
    outputs: int = 0
    rendered: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    dry_run: bool = False
    failed: bool = False
    published: bool = False  # what is in the output folder now is this build's; a broken article may be left out
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    seconds: dict[str, float] = {}

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that make a build fail."""
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that do not."""
        return tuple(problem for problem in self.problems if not problem.is_error)

    @property
    def unchanged(self) -> int:
        """Outputs that stand as they stood."""
        return self.outputs - len(self.written)


class Progress(Protocol):
    """Where a build says how far it is; a phase's total may not be known."""

    def phase(self, name: str, total: int = 0) -> None:
        """A phase begins."""
        ...

    def advance(self, n: int = 1) -> None:
        """So many of the phase's items are done."""
        ...


class Quiet:
    """Says nothing."""

    def phase(self, name: str, total: int = 0) -> None:
        """Nothing is said."""

    def advance(self, n: int = 1) -> None:
        """Nothing is said."""


class Stopwatch:
    """Seconds by phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time what runs inside; a name used twice adds up."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
