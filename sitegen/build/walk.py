"""Folders to names and signatures: what lies there, by what the file system says alone.

Invariant: imports next to nothing, and nothing of ours, so that a bare interpreter can look (see `ahead`). Symbolic
links are followed only while they stay inside the folder that was named.
"""

import os
from array import array
from collections.abc import Callable
from operator import attrgetter

# Names relative to the folder ("/"-separated, ordered), each with "\0" behind it; the `row_of` each, 64 bits a number
# in the order of the machine; and what was wrong with others: kind of fault, name, what there is to say of it.
Listed = tuple[str, bytes, list[tuple[str, str, str]]]

UNREADABLE, NOT_TEXT, OUTSIDE = "unreadable", "name", "outside"
ROW = 32  # bytes of a signature
GONE = b"\xff" * ROW  # a signature that no file has
_63_BITS = (1 << 63) - 1


def listed(folder: str | os.PathLike[str], hidden: Callable[[str], bool]) -> Listed:
    """All files below `folder`; names for which `hidden` holds are left out, with what is below them.

    Cost: about 5 µs a file. A folder that is not there holds nothing.
    """
    names: list[str] = []
    signatures = array("q")
    faults: list[tuple[str, str, str]] = []
    top = os.path.realpath(folder)

    def inside(path: str) -> bool:
        real = os.path.realpath(path)
        return real == top or real.startswith(top + os.sep)

    def visit(path: str, prefix: str, above: tuple[tuple[int, int], ...]) -> None:
        try:
            with os.scandir(path) as listing:
                entries = sorted(listing, key=attrgetter("name"))
        except FileNotFoundError:
            return
        except OSError as error:
            faults.append((UNREADABLE, prefix.rstrip("/"), error.strerror or str(error)))
            return
        for entry in entries:
            if hidden(entry.name):
                continue
            name = prefix + entry.name
            if not entry.name.isascii() and not _is_text(entry.name):
                faults.append((NOT_TEXT, name, ""))
                continue
            try:
                if entry.is_symlink() and not inside(entry.path):
                    faults.append((OUTSIDE, name, _target(entry.path)))
                elif entry.is_file():
                    signatures.extend(row_of(entry.stat()))
                    names.append(name)
                elif entry.is_dir():
                    status = entry.stat()
                    here = (status.st_dev, status.st_ino)
                    if here not in above:
                        visit(entry.path, name + "/", (*above, here))
            except FileNotFoundError:
                continue  # gone between listing and asking, or a link to nothing
            except OSError as error:
                faults.append((UNREADABLE, name, error.strerror or str(error)))

    if os.path.isdir(folder):
        visit(os.fspath(folder), "", ())
    return "\0".join([*names, ""]), signatures.tobytes(), faults


def named(folder: str, by: str) -> Listed:
    """The files below `folder` that a list (see `owned`) names, in its order; `GONE` for one that is not there, and for
    each name that the list has to escape. Cost: 4 µs a file, a tenth of what it takes to list their folders.
    """
    names: list[str] = []
    signatures = array("q")
    try:
        with open(by, encoding="utf-8", newline="") as list_file:
            lines = list_file.read().split("\n")
    except (OSError, ValueError):
        lines = []
    prefix = folder + os.sep
    for line in lines[1:-1]:
        name = line.partition(" ")[2]
        names.append(name)
        try:
            signatures.extend(row_of(os.lstat(prefix + name)))
        except (OSError, ValueError):
            signatures.frombytes(GONE)
    return "\0".join([*names, ""]), signatures.tobytes(), []


def row_of(status: os.stat_result) -> tuple[int, int, int, int]:
    """A signature: size, mtime and ctime (nanoseconds), and what 63 bits hold of the inode."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & _63_BITS


def hidden_in_content(name: str) -> bool:
    """A leading `_` or `.` hides a file or folder of the content."""
    return name.startswith(("_", "."))


def hidden_in_static(name: str) -> bool:
    """What editors, version control, desktops and we ourselves leave behind; `.well-known` and the like are meant."""
    return name in _NOT_MEANT or name.endswith(("~", ".swp", ".swx"))


_NOT_MEANT = frozenset(
    (".git", ".DS_Store", ".gitkeep", "Thumbs.db", "__pycache__", ".sitegen", ".sitegen-output", ".sitegen-stage")
)
FOLDERS = {"content": hidden_in_content, "static": hidden_in_static, "data": hidden_in_content}  # of most sites
OWN_LIST = ".sitegen-output"  # `model.OWN_LIST`, which a bare interpreter cannot import
LENGTH = 8  # bytes of a length before what it says


def write(root: str, output: str) -> None:
    """Write to standard output what lies in the `FOLDERS` of a site, by their names, and then what stands in its output
    folder of the files that the list there names, for `ahead`.
    """
    import marshal  # noqa: PLC0415 -- the process that looks ahead alone
    import sys  # noqa: PLC0415

    def send(found: Listed | dict[str, Listed]) -> None:
        said = marshal.dumps(found)
        sys.stdout.buffer.write(len(said).to_bytes(LENGTH, "little") + said)
        sys.stdout.buffer.flush()

    send({name: listed(os.path.join(root, name), hidden) for name, hidden in FOLDERS.items()})
    send(named(output, os.path.join(output, OWN_LIST)))


def _is_text(name: str) -> bool:
    """Whether a name is UTF-8: others come with surrogates, which neither a page nor the cache can hold."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _target(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return "?"


if __name__ == "__main__":
    import sys

    write(*sys.argv[1:])
