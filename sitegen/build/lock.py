"""One build at a time per site: a lock that dies with its process."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def site_lock(folder: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock of the site whose memory lives in `folder`; `waiting` is called once when another build has it."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _acquire(descriptor, waiting)
        yield
    finally:
        os.close(descriptor)  # which releases it, as the end of the process would


def _acquire(descriptor: int, waiting: Callable[[], None]) -> None:
    try:
        import fcntl  # noqa: PLC0415 -- not on Windows
    except ImportError:
        import msvcrt  # noqa: PLC0415

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined, unused-ignore]
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        waiting()
        fcntl.flock(descriptor, fcntl.LOCK_EX)
