"""Whole files: what is read here, somebody has finished writing.

Invariant: a file that anybody has open for writing is waited for, where the system can tell (Linux, local disks);
elsewhere, and for a file that has lost most of its size, two looks that see the same say that it is written. A writer
that never closes its file is waited for no longer than `BUSY_NS` after its last write.
"""

import os
import signal
import sys
import time

from sitegen.build.seen import Signature, signature_of

STILL_S = 0.004  # two looks this far apart that see the same say that a file is written
STILLS_OF_HALF = 5  # looks that must agree on a file that lost half of its size
SPIN_S = 0.0002  # between questions whether the writer is done
QUIET_NS = 30_000_000  # older than this, a file is at rest where nobody can be asked
BUSY_NS = 500_000_000  # whoever has a file open and has not written for so long is no writer
PATIENCE_S = 0.04  # editors that save by renaming leave a file missing for less
LONGEST_S = 2.0  # for a file that is written anew without a pause; then it is read as it is


def settled(path: str, usual: int = 0) -> tuple[Signature, bytes, int] | None:
    """Signature, bytes and moment of reading (nanoseconds) of a whole file; None when it is gone. `usual` is its size
    before.

    Cost: 30 µs where writers can be seen; else `STILL_S` for a file that was written just now. More for one that has
    lost more than half of its size, which a file does while it is written anew, and `PATIENCE_S` for one that is gone.
    """
    began = time.monotonic()
    before: Signature | None = None
    still = 0
    while True:
        waited = time.monotonic() - began
        try:
            file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        except OSError:
            if waited > PATIENCE_S:
                return None
            before = None
            time.sleep(STILL_S)
            continue
        try:
            signature = signature_of(os.fstat(file))
            still = still + 1 if signature == before else 0
            before = signature
            wait = _wait(file, signature, still, shrunk=signature.size * 2 < usual or not signature.size)
            if not wait or waited > LONGEST_S:
                at = time.time_ns()
                content = _content(file)
                if waited > LONGEST_S or signature_of(os.fstat(file)) == signature:
                    return signature, content, at
        except OSError:  # a folder by that name, or a disk that fails
            return None
        finally:
            os.close(file)  # which ends a lease, too
        time.sleep(wait)


def _wait(file: int, signature: Signature, still: int, *, shrunk: bool) -> float:
    """Seconds until another look is due; 0 for a file that is written."""
    age = time.time_ns() - max(signature.mtime, signature.ctime)
    is_written = _is_written(file)
    if is_written is False:
        return SPIN_S if age < BUSY_NS else 0.0
    if age >= QUIET_NS or (is_written and not shrunk):
        return 0.0
    return 0.0 if still >= (STILLS_OF_HALF if shrunk else 1) else STILL_S


def _is_written(file: int) -> bool | None:
    """Whether nobody has the file open for writing; None where that cannot be told.

    Asked for by a read lease, which the kernel gives only then; while it is held, whoever opens the file to write
    waits, so that what is read is one state of it. The signal that would tell us of such a writer is one that does
    nothing.
    """
    if sys.platform != "linux":
        return None
    import fcntl  # noqa: PLC0415 -- not everywhere

    try:
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return False
    except OSError:  # another's file, or a file system without leases
        return None
    return True


def _content(file: int) -> bytes:
    parts = []
    while part := os.read(file, 1 << 20):
        parts.append(part)
    return b"".join(parts)
