"""What made a page besides its sources: sitegen's own code, Python, and the libraries that shape the bytes.

Invariant: two builds with the same toolchain digest and the same sources give the same bytes.
"""

import os
import sys
from array import array
from collections.abc import Iterator
from functools import cache
from itertools import chain
from operator import attrgetter
from pathlib import Path

from sitegen.build.cache import Cache
from sitegen.build.scan import Files, Found
from sitegen.build.seen import KnownFiles
from sitegen.build.walk import row_of
from sitegen.digest import digest_value

CODE = "code of sitegen"  # what a cache knows of our own files
_PACKAGE = Path(__file__).resolve().parents[1]

SHAPING = frozenset(
    ("markdown_it_py", "mdit_py_plugins", "jinja2", "markupsafe", "pygments", "babel", "pyyaml", "numpy", "msgspec",
     "minify_html", "latex2mathml", "nh3", "pagefind_bin_extended", "pillow", "typst")
)  # fmt: skip


_before: list[KnownFiles] = []  # our own files as an earlier process read them


def recall_code(cache: Cache) -> None:
    """Spare the reading of our own files that are as the cache knows them: they are sources like any other. Of use
    before anything here is first asked for. Raises: Damaged.
    """
    known = cache.known(CODE, KnownFiles)
    if known is not None:
        _before[:] = [known]


def keep_code(cache: Cache) -> None:
    """Remember our own files for the next process. The caller holds the transaction. Raises: Damaged."""
    code = _code().columns()
    if code != cache.known(CODE, KnownFiles):
        cache.remember(CODE, code)


@cache
def toolchain_digest() -> bytes:
    """Digest of everything that is not a source. Cost: about 3 ms once a process, 15 where our files must be read."""
    return digest_value([sys.version_info[:2], _versions(), _code().fingerprint()])


@cache
def _code() -> Files:
    return code_files(_PACKAGE, _before[0] if _before else None)


def code_files(package: Path, known: KnownFiles | None) -> Files:
    """The modules below a folder, read as far as they are not `known`. Links are followed: some installers make
    nothing else.
    """
    found = dict(_modules(str(package), ""))
    signatures = array("q", chain.from_iterable(found.values())).tobytes()
    files = Files(package, str(package), Found("\0".join([*found, ""]), signatures), known)
    files.forget(found)
    return files


def _modules(folder: str, prefix: str) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=attrgetter("name"))
    for entry in entries:
        if entry.name.endswith(".py"):
            yield prefix + entry.name, row_of(entry.stat())
        elif entry.name != "__pycache__" and entry.is_dir(follow_symlinks=False):
            yield from _modules(entry.path, f"{prefix}{entry.name}/")


def _versions() -> list[str]:
    """`name-version` of each installed library that shapes pages; the first on the path is the one that is imported.

    Read from the names of the metadata folders: `importlib.metadata` would cost 15 ms to import.
    """
    found: dict[str, str] = {}
    for place in sys.path:
        try:
            names = os.listdir(place or ".")
        except OSError:
            continue
        for name in names:
            if name.endswith(".dist-info"):
                package = name.partition("-")[0].lower().replace(".", "_")
                if package in SHAPING:
                    found.setdefault(package, name.removesuffix(".dist-info"))
    return sorted(found.values())
