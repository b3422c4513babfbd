"""What made a page besides its sources: sitegen's own code, Python, and the libraries that shape the bytes.

Invariant: two builds with the same toolchain digest and the same sources give the same bytes.
"""

import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sitegen.digest import digest_bytes, digest_value

SHAPING = ("markdown-it-py", "mdit-py-plugins", "jinja2", "markupsafe", "pygments", "babel", "pyyaml", "numpy")


@cache
def toolchain_digest() -> bytes:
    """Digest of everything that is not a source. Cost: about 5 ms, once a process."""
    versions = {}
    for name in SHAPING:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = ""
    return digest_value([sys.version_info[:2], versions, _code_digest()])


def _code_digest() -> bytes:
    package = Path(__file__).resolve().parents[1]
    parts = []
    for path in sorted(package.rglob("*.py")):
        parts.append(str(path.relative_to(package)).encode())
        parts.append(digest_bytes(path.read_bytes()))
    return digest_bytes(b"\0".join(parts))
