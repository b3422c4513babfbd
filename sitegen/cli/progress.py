"""How long work says how far it is: a bar on a terminal, nothing in a log."""

import sys
from types import TracebackType
from typing import Any, Self

from sitegen.build.report import Quiet
from sitegen.cli.shared import Globals

_SAID = {
    "parse": "Reading articles", "relate": "Relating articles", "render": "Rendering pages",
    "gather": "Reading sources", "draw": "Finding the fields", "put": "Writing articles",
}  # fmt: skip
REFRESH = 10  # times a second that the bar is drawn


class Bar:
    """A progress bar on standard error. Use as a context manager; rich is imported when a phase begins.

    Drawn from the main thread only: worker processes are forked while it stands, and a second thread could hold a lock
    that they would inherit.
    """

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

    def phase(self, name: str, total: int = 0) -> None:
        """A phase begins; with a total of `UNKNOWN` the bar counts without an end."""
        if 0 <= total < WORTH_A_BAR:
            return
        if self._bar is None:
            from rich.console import Console  # noqa: PLC0415 -- only a terminal that waits needs it
            from rich.progress import (  # noqa: PLC0415
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
            )

            self._bar = Progress(
                TextColumn("{task.description:<18}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
                console=Console(stderr=True), transient=True, auto_refresh=False,
            )  # fmt: skip
            self._bar.start()
        elif self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(_SAID.get(name, name), total=total if total >= 0 else None)

    def advance(self, n: int = 1) -> None:
        """So many items are done."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=n, refresh=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


WORTH_A_BAR = 200  # items; fewer are done before a bar could be read


UNKNOWN = -1  # a total that nobody knows yet


class _QuietContext(Quiet):
    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing was shown."""


def progress_for(settings: Globals) -> Bar | _QuietContext:
    """A bar where somebody sees it, nothing elsewhere."""
    if sys.stderr.isatty() and not settings.quiet and not settings.json:
        return Bar()
    return _QuietContext()
