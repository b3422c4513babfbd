"""What made a page besides its sources: sitegen's own code, Python, and the libraries that shape the bytes.

Invariant: two builds with the same toolchain digest and the same sources give the same bytes.
"""

import os
import sys
from functools import cache
from pathlib import Path

from sitegen.digest import digest_bytes, digest_value

SHAPING = frozenset(
    ("markdown_it_py", "mdit_py_plugins", "jinja2", "markupsafe", "pygments", "babel", "pyyaml", "numpy", "msgspec",
     "minify_html", "latex2mathml", "nh3", "pagefind_bin_extended", "pillow")
)  # fmt: skip


@cache
def toolchain_digest() -> bytes:
    """Digest of everything that is not a source. Cost: about 5 ms, once a process."""
    return digest_value([sys.version_info[:2], _versions(), _code_digest()])


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


def _code_digest() -> bytes:
    package = str(Path(__file__).resolve().parents[1])
    parts = []
    for folder, folders, names in os.walk(package):
        folders.sort()
        for name in sorted(names):
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                with open(path, "rb", buffering=0) as file:
                    parts += [path[len(package) :].encode(), digest_bytes(file.read())]
    return digest_bytes(b"\0".join(parts))
