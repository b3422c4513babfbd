"""The list of what is ours, which lies in the output folder: each path with the digests that a file of ours may have.

Invariant: what is read and said again is the same text; a path of any signs stands in one line. Two digests stand at a
path while it is being changed.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from sitegen.digest import SIZE_BYTES
from sitegen.regex import regex

Owned = Mapping[str, tuple[str, ...]]

_HEADER = "sitegen output, version 1: the files that sitegen wrote here, and the digest of each\n"
_DIGEST, _NAME = 2 * SIZE_BYTES, 2 * SIZE_BYTES + 1  # where a digest ends in a line, and a name begins
_UNSAFE = regex(r"[\\\n\r]")
_ESCAPE = regex(r"\\(.)")
FEW_LINES = 32  # changed one by one; else the list is written anew


class OwnedList(msgspec.Struct, frozen=True):
    """A list as it was read: its text, and what it says."""

    text: str
    files: Owned

    @classmethod
    def read(cls, path: Path) -> "OwnedList":
        """The list at a path; an empty one where there is none. Cost: 0.4 µs a line."""
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return cls("", {})
        return cls(text, plain_list(text) or any_list(text))

    def otherwise(self, wanted: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
        """What a list of these digests says otherwise, of files that come or change. Cost: 0.2 µs a file."""
        before = self.files
        return {path: said for path, digest in wanted.items() if before.get(path) != (said := (digest.hex(),))}

    def after(self, changed: Owned, gone: Collection[str] = ()) -> str:
        """The list that says this of some files, and nothing of those that are gone. Where few change and none comes or
        goes, it is this one with their lines changed, which takes a tenth of the time.
        """
        text = self.text
        few = len(changed) <= FEW_LINES and not gone and changed.keys() <= self.files.keys()
        lines = {path: f"\n{_line(path, self.files[path])}" for path in changed} if few else {}
        if not few or not text.startswith(_HEADER) or any(text.count(line) != 1 for line in lines.values()):
            files = {**self.files, **changed}
            return said({path: files[path] for path in files if path not in gone} if gone else files)
        for path, line in lines.items():
            text = text.replace(line, f"\n{_line(path, changed[path])}")
        return text


def said(files: Owned) -> str:
    """The list that says this, from nothing."""
    lines = [f"{','.join(files[path])} {path}" for path in sorted(files)]
    text = "\n".join([*lines, ""])
    if "\\" in text or "\r" in text or text.count("\n") != len(lines):  # a path that has to be escaped
        text = "".join([_line(path, files[path]) for path in sorted(files)])
    return _HEADER + text


def _line(path: str, digests: tuple[str, ...]) -> str:
    """A path in one line; the way of Python's and C's string literals."""
    if _UNSAFE.search(path):
        path = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{','.join(digests)} {path}\n"


def plain_list(text: str) -> Owned | None:
    """What a list says in which each path has one digest and no odd sign, as nearly all have; None for any other."""
    _, _, listed = text.partition("\n")
    lines = listed.split("\n")[:-1]
    if not listed.endswith("\n") or any(odd in listed for odd in ("\\", ",", " /", "../")):
        return None
    if not all(line[_DIGEST:_NAME] == " " for line in lines):
        return None
    return {line[_NAME:]: (line[:_DIGEST],) for line in lines}


def any_list(text: str) -> Owned:
    """What any list says; a path that leads outside is none of ours."""
    files = {}
    for line in text.split("\n")[1:]:
        digests, _, name = line.partition(" ")
        name = _ESCAPE.sub(lambda match: {"n": "\n", "r": "\r"}.get(match[1], match[1]), name)
        if name and not name.startswith(("/", "../")) and "/../" not in name:
            files[name] = tuple(digests.split(","))
    return files
