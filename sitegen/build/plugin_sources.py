"""What a plugin's code is made of: its own package, the modules beside it that it imports, the packages that it needs.

Invariant: nothing is imported to find this out. A module that belongs to an installed package counts by that package's
list of files, which holds a digest of each; any other, as one that is installed for editing, counts by its own bytes.
What is only imported by a name put together at run time is not seen.
"""

import ast
import importlib
import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from sitegen.digest import ABSENT, digest_bytes
from sitegen.regex import regex

GROUP = "sitegen.plugins"
_KNOWN = frozenset((*sys.stdlib_module_names, "sitegen"))  # Python and sitegen are in the toolchain's digest
_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Source(msgspec.Struct, frozen=True):
    """The Python files that a plugin consists of, the top-level modules that they make up, and the digest of all that
    it is made of, the packages that it needs included.
    """

    files: tuple[Path, ...]
    modules: tuple[str, ...]
    digest: bytes


def points() -> dict[str, Any]:
    """The plugins that are installed, as entry points by name."""
    from importlib.metadata import entry_points  # noqa: PLC0415 -- 15 ms that a site without plugins is spared

    return {point.name: point for point in entry_points(group=GROUP)}


def source_of(name: str) -> Source:
    """The source of a plugin; without files, and with the digest `ABSENT`, for one that is not installed.

    Cost: its files are read each time, and parsed when they are new.
    """
    point = points().get(name)
    top = point.module.partition(".")[0] if point else ""
    files = files_of(top) if top else ()
    if not files:
        return Source((), (), ABSENT)
    assert point is not None
    parts = [f"{point.value}\0{point.dist.version if point.dist else ''}".encode()]
    found = list(files)
    modules: dict[str, None] = {top: None}
    packages: dict[str, Any] = {}
    waiting = list(files)
    while waiting:
        path = waiting.pop()
        try:
            content = path.read_bytes()
        except OSError:
            parts.append(b"gone")
            continue
        parts.append(path.name.encode() + digest_bytes(content))
        for module in _imported(content):
            if module in modules or module in packages:
                continue
            beside = files_of(module)
            package = _package_of(module, beside)
            if package is not None or not beside:  # not there, or no Python: nothing that could be read
                packages[module] = package
                continue
            modules[module] = None
            found += beside
            waiting += beside
    parts += _package_digests(package for package in packages.values() if package is not None)
    return Source(tuple(found), tuple(modules), digest_bytes(b"\0".join(parts)))


def files_of(module: str) -> tuple[Path, ...]:
    """The Python files of a top-level module or package, found without importing it; none for one that is not there."""
    importlib.invalidate_caches()
    loaded = sys.modules.pop(module, None)  # `find_spec` trusts a module that is there
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        spec = None
    finally:
        if loaded is not None:
            sys.modules[module] = loaded
    if spec is None:
        return ()
    if spec.submodule_search_locations:
        return tuple(sorted(path for folder in spec.submodule_search_locations for path in Path(folder).rglob("*.py")))
    return (Path(spec.origin),) if spec.origin and spec.origin.endswith(".py") else ()


@lru_cache(maxsize=512)
def _imported(content: bytes) -> tuple[str, ...]:
    """The top-level modules that a source names, in order; none for one that cannot be parsed: loading it says why."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    names: dict[str, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(dict.fromkeys(alias.name.partition(".")[0] for alias in node.names))
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names[node.module.partition(".")[0]] = None
    return tuple(name for name in names if name not in _KNOWN)


def _package_of(module: str, files: tuple[Path, ...]) -> Any:
    """The installed package that a module belongs to; None for one that belongs to none, or lies elsewhere."""
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415 -- see above

    try:
        candidates = [distribution(module)]
    except (PackageNotFoundError, ValueError):
        candidates = []
    if not any(_holds(each, module, files) for each in candidates):
        candidates = [distribution(name) for name in _packages().get(module, ())]
    return next((each for each in candidates if _holds(each, module, files)), None)


def _holds(package: Any, module: str, files: tuple[Path, ...]) -> bool:
    """Whether a package's list of files holds a module that lies where the package does."""
    here = Path(package.locate_file(""))
    if files and not files[0].is_relative_to(here):
        return False  # installed for editing: the list names no file of it
    listed = package.read_text("RECORD") or ""
    return re.search(rf"^{re.escape(module)}(?:/|\.)", listed, re.MULTILINE) is not None


def _packages() -> dict[str, list[str]]:
    from importlib.metadata import packages_distributions  # noqa: PLC0415 -- 50 ms, for odd names alone

    return dict(packages_distributions())


def _package_digests(packages: Iterable[Any]) -> Iterator[bytes]:
    """For each package and for all that it requires its name, version and the digest of its Python files, by name."""
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415 -- see above

    seen: dict[str, bytes] = {}
    waiting = list(packages)
    while waiting:
        package = waiting.pop()
        name = package.metadata["Name"].lower()
        if name in seen:
            continue
        seen[name] = _first_seen.setdefault(name, _package_digest(package))
        for required in package.requires or ():
            found = _NAME.match(required)
            if found is not None and "extra ==" not in required:
                try:
                    waiting.append(distribution(found[0]))
                except PackageNotFoundError:
                    continue
    yield from (name.encode() + digest for name, digest in sorted(seen.items()))


# What is imported of a package stays as it is until the process ends, so its digest does too: a preview that runs while
# pip installs another version goes on with the one that it has, and the next process makes everything again.
_first_seen: dict[str, bytes] = {}


def _package_digest(package: Any) -> bytes:
    lines = (package.read_text("RECORD") or "").splitlines()
    python = sorted(line for line in lines if ".py," in line)  # other lines name the folder of this Python
    return digest_bytes("\n".join([package.version, *python]).encode())
