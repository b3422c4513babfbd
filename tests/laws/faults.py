"""Processes that die, and disks that refuse, at the nth change to the disk.

Invariant: nothing in the product knows of this. The functions of `os` that change a disk are wrapped in a forked child,
which runs one build and ends; the parent's are untouched.
"""

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

CHANGING = ("open", "write", "replace", "rename", "unlink", "rmdir", "mkdir")
DIED = 77  # the exit status of a child that was made to die
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

Act = Callable[[str, int], None]


def in_child(run: Callable[[], int]) -> int:
    """Run in a forked child; its exit status, negative for a signal. A traceback is printed and gives 99."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 99
    try:
        code = run()
    except BaseException:  # noqa: BLE001 -- whatever it is, the parent has to hear of it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def watch_disk(act: Act, folder: Path) -> None:
    """From now on `act` is called before each change to what lies below `folder`: the function's name, its number."""
    calls = 0
    below = os.path.realpath(folder)

    def wrapped(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            nonlocal calls
            counts = name != "open" or bool(args[1] & _WRITES)
            path = args[0]
            if isinstance(path, (str, bytes, os.PathLike)) and os.fsdecode(path).startswith(os.sep):
                counts = counts and os.fsdecode(path).startswith(below)
            if counts:
                calls += 1
                act(name, calls)
            return function(*args, **options)

        return call

    for name in CHANGING:
        setattr(os, name, wrapped(name, getattr(os, name)))


def dying_at(n: int) -> Act:
    """Ends the process, as kill -9 would, before the nth change."""

    def act(_: str, call: int) -> None:
        if call == n:
            os._exit(DIED)

    return act


def refusing_from(n: int, error: int = errno.ENOSPC, names: tuple[str, ...] = CHANGING) -> Act:
    """Refuses the nth change and all after it that need room, as a full disk does."""

    def act(name: str, call: int) -> None:
        if call >= n and name in names:
            raise OSError(error, os.strerror(error))

    return act


def kill(pid: int) -> None:
    """kill -9 a process and all its children, which share its group."""
    os.killpg(pid, signal.SIGKILL)
