"""Writing files that people own from then on: a first article, a config, a theme.

Invariant: nothing that is there is ever overwritten, not even by two commands at once; a file that could not be
written whole is not left behind.
"""

import os
from contextlib import suppress
from pathlib import Path

from sitegen.errors import Problem, UsageError, Where


def create(path: Path, content: bytes, shown: str = "") -> bool:
    """Write a new file, with the folders above it; False when something goes by its name already.

    `shown` is what problems call it. Raises: UsageError when the disk refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError as error:
        if path.parent.is_dir():
            return False
        raise unwritable(shown or str(path), error, "a file stands where a folder has to be") from error
    except (OSError, ValueError) as error:
        raise unwritable(shown or str(path), error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise unwritable(shown or str(path), error) from error
    return True


def unwritable(shown: str, error: Exception, said: str = "") -> UsageError:
    """What is said of a path that cannot be written to."""
    reason = said or (error.strerror if isinstance(error, OSError) else "") or str(error)
    if isinstance(error, NotADirectoryError):
        reason = "a file stands where a folder has to be"
    return UsageError(
        Problem(
            code="usage.unwritable",
            where=Where(shown),
            message=f"cannot be written: {reason}",
            help="choose another place, or make room for it",
        )
    )
