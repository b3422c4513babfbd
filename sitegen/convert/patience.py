"""How long one document may take: a bound in processor time, which no load of the machine and no sleep uses up.

    within      work that takes longer than `LIMIT_S` ends with `TooLong`, between two steps of Python
    patiently   the documents of a reader, each within the bound

In a process that works for another, work that does not come back to Python (a parser that runs wild) ends the process
after `HARD_S`; who started it then names what is lost. Invariant: when the bound is left, no timer runs on.

Where there are no timers of processor time (Windows), or not in the main thread (Dask), there is no bound.
"""

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from threading import current_thread, main_thread
from types import FrameType
from typing import Final, TypeVar

LIMIT_S: Final = 60.0  # of a document; the dearest page that a reader accepts takes a third of it
HARD_S: Final = 75.0
AGAIN_S: Final = 1.0  # a library may have taken the exception for its own; it comes until the work ends

T = TypeVar("T")
_END: Final = object()


class TooLong(BaseException):
    """The work took longer than it may. No `Exception`: libraries catch those."""


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise TooLong


@contextmanager
def within() -> Iterator[None]:
    """Raises: TooLong, in the work. Cost: 5 µs."""
    if not hasattr(signal, "setitimer") or current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _end)
    if parent_process() is not None:
        signal.setitimer(signal.ITIMER_VIRTUAL, HARD_S)  # what nobody handles ends the process
    try:
        signal.setitimer(signal.ITIMER_PROF, LIMIT_S, AGAIN_S)
        yield
    finally:
        try:
            _disarm()
        except TooLong:
            _disarm()
            raise
        finally:
            signal.signal(signal.SIGPROF, before)


def _disarm() -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def patiently(made: Iterable[T]) -> Iterator[T]:
    """The items of an iterator, each within the bound. Raises: TooLong, after which there are no more."""
    items = iter(made)
    while True:
        with within():
            item = next(items, _END)
        if item is _END:
            return
        yield item  # type: ignore[misc]
