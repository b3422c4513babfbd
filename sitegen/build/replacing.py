"""Changing a file that a person owns: whole, at once, and only if it still is what was read.

Invariant: a reader, a crash or a full disk meets the old file or the new one; the mode stays, and a
symbolic link stays one.
"""

import os
import tempfile
from pathlib import Path

from sitegen.build.scan import Changed


def replace_content(path: Path, before: bytes, after: bytes) -> None:
    """Put new bytes in the place of those that were read. Raises: Changed where others stand there now, OSError."""
    real = Path(os.path.realpath(path))
    descriptor, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    staged = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(after)
        staged.chmod(real.stat().st_mode & 0o777)
        if real.read_bytes() == before:
            staged.replace(real)
            return
    except BaseException:
        staged.unlink(missing_ok=True)
        raise
    staged.unlink()
    raise Changed(str(path))
