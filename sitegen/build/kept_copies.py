"""Smaller copies of pictures as they were once made: in `.sitegen/pictures/`, so that a lost output folder, or a second
one, costs no second encoding.

Invariant: a copy is handed out only as it was kept: its name says the digest of its bytes. What another version of
sitegen or of a library made is not looked at. Removing or damaging any of it changes nothing but time.
"""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from sitegen.build.toolchain import toolchain_digest
from sitegen.digest import digest_bytes

FOLDER = "pictures"  # in `.sitegen/`
_DIGITS = 16  # hexadecimal, of digests in names


def _made_by() -> str:
    return toolchain_digest().hex()[:_DIGITS]


class KeptCopies:
    """The copies of one picture; `at` is their folder in the output, which says its bytes and the settings."""

    def __init__(self, memory: Path, at: str) -> None:
        self._folder = memory / FOLDER / _made_by() / PurePosixPath(at).name

    def content(self, width: int) -> bytes | None:
        """The copy of this width; None where it was not kept, or is not as it was."""
        for path in self._folder.glob(f"{width}-*"):
            with suppress(OSError):
                content = path.read_bytes()
                if path.name == _name(width, content):
                    return content
        return None

    def keep(self, width: int, content: bytes) -> None:
        """Keep a copy. A disk that cannot take it costs time at the next build, and no more."""
        name = _name(width, content)
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            part = self._folder / f"{name}.{os.getpid()}.part"
            try:
                part.write_bytes(content)
                part.replace(self._folder / name)
            finally:
                part.unlink(missing_ok=True)


def _name(width: int, content: bytes) -> str:
    return f"{width}-{digest_bytes(content).hex()[:_DIGITS]}"


def forget_copies(memory: Path, places: Iterable[str]) -> None:
    """Remove the copies of pictures that the site no longer has, and those that another version made."""
    wanted = {PurePosixPath(place).name for place in places}
    made_by = _made_by()
    with suppress(OSError):
        for version in (memory / FOLDER).iterdir():
            if version.name != made_by:
                shutil.rmtree(version, ignore_errors=True)
                continue
            for folder in version.iterdir():
                if folder.name not in wanted:
                    shutil.rmtree(folder, ignore_errors=True)
