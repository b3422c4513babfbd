"""Files that are made from the whole site at once, or from other files: the search index, pictures, books, tables.

Invariant: what an extra makes follows from its recipe, a digest of all that it reads; equal recipes, equal bytes. So an
extra is made again only when its recipe changed, or when a file of it is not on disk as it was left.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from sitegen.build.toolchain import toolchain_digest
from sitegen.build.tracing import WHY_SHOWN
from sitegen.digest import digest_value
from sitegen.errors import Problem

SEARCH: Final = "search index"  # what the extra is called that a site without search knows by name alone


class CannotMakeError(Exception):
    """An extra that could not be made: the site stands without it, and `problem`, a warning, says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Extra(msgspec.Struct, frozen=True, kw_only=True):
    """Files to be made. `parts` names all that they are made of, each with its digest, in words for `why`.

    `make` gives paths below the output folder with their bytes. Raises: CannotMakeError.
    """

    name: str
    at: str  # its path below the output folder; of several files the folder, ending in "/"
    parts: Mapping[str, bytes]
    make: Callable[[], Iterable[tuple[str, bytes]]]

    def holds(self, path: str) -> bool:
        """Whether a file at this path could only be a part of this extra."""
        return path.startswith(self.at) if self.at.endswith("/") else path == self.at

    def recipe(self) -> bytes:
        """The digest of all parts, and of the code and the libraries that make them."""
        return digest_value([toolchain_digest(), self.name, sorted(self.parts.items())])


class Kept(msgspec.Struct, frozen=True):
    """An extra as it was last made: what `why` compares, and which files it had."""

    recipe: bytes
    parts: dict[str, bytes]
    files: tuple[str, ...]


def why_made(extra: Extra, before: Kept | None) -> tuple[str, ...]:
    """Why an extra is made again, in words."""
    if before is None:
        return ("it is new",)
    changed = [f"{name} is new" for name in extra.parts.keys() - before.parts.keys()]
    changed += [f"{name} is gone" for name in before.parts.keys() - extra.parts.keys()]
    shared = extra.parts.keys() & before.parts.keys()
    changed += [f"{name} changed" for name in shared if extra.parts[name] != before.parts[name]]
    return tuple(sorted(changed)[:WHY_SHOWN]) or ("sitegen or a library changed, or a file was not as it was left",)
