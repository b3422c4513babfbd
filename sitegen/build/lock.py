"""One build at a time per site: a lock that dies with its process."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sitegen.errors import BuildError, Problem, UsageError, Where

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


@contextmanager
def site_lock(folder: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock of the site whose memory lives in `folder`; `waiting` is called once when another build has it."""
    descriptor = _held(folder / "lock", waiting)
    try:
        yield
    finally:
        os.close(descriptor)  # which releases it, as the end of the process would


def memory_folder(root: Path) -> Path:
    """The folder of what builds remember, made when it is not there.

    Raises: UsageError when it cannot be; BuildError when the disk is full, which is nobody's wrong usage.
    """
    folder = root / ".sitegen"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        full = error.errno in _FULL
        problem = Problem(
            code="memory.unwritable" if full else "usage.memory",
            where=Where(str(folder)),
            message=f"the folder for what builds remember cannot be made: {error.strerror or error}",
            help="make room, and build again"
            if full
            else "move the file of that name away, or check who may write here",
        )
        raise (BuildError if full else UsageError)(problem) from error
    return folder


def _held(path: Path, waiting: Callable[[], None]) -> int:
    """A descriptor that holds the lock; taken anew when the file was removed while we waited for it."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _acquire(descriptor, waiting)
            if path.exists() and os.fstat(descriptor).st_ino == path.stat().st_ino:
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


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
