"""What format a file, folder or archive is in: by its content first, by its name only between forms that look alike.

Invariant: pure; the rules stand in `formats.py` and are asked in order. A format that is recognised but not read yet is
named, so that the message can say so.
"""

import re
from typing import Final

import msgspec

from sitegen.convert.formats import FORMATS, HEAD, READ_TODAY, Format, Listing

__all__ = ["HEAD", "READ_TODAY", "Detected", "detect", "detect_tree"]

ZIP: Final = b"PK\x03\x04"
EMPTY_ZIP: Final = b"PK\x05\x06"
GZIP: Final = b"\x1f\x8b"

_MAGIC: Final = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"RIFF", "a picture or a recording"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"(\xb5/\xfd", "a Zstandard archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"SQLite format 3\0", "a database"),
    (b"OTTO", "a font"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
)
_OTHER_XML = re.compile(r"(?is)\s*<\?xml\b")


class Detected(msgspec.Struct, frozen=True):
    """A format of `READ_TODAY`; or empty, and then `problem` says what it is and `help` what to do."""

    format: str = ""
    problem: str = ""
    help: str = ""


def detect(name: str, head: bytes, text: str) -> Detected:
    """The format of a file, from its name, its first bytes, and those decoded. `head` is at most `HEAD` bytes."""
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return Detected(
            problem="the file is empty", help="remove it from the sources, or put the article's text into it"
        )
    if binary := _binary(head):
        return Detected(problem=f"this is {binary}, which import does not read", help=readable())
    for format in FORMATS:
        if format.recognises is None or not format.recognises(name, head, text):
            continue
        if format.reader and not (format.name == "text" and _other(name, text)):
            return Detected(format.name)
        what = format.what if not format.reader else _other(name, text)
        return Detected(problem=f"this is {what}, which import does not read yet", help=readable())
    raise AssertionError("the last row takes any text")


def detect_tree(tree: Listing, *, document: bool = False) -> Format | None:
    """The format that claims a folder or archive as a whole; None when its files are to be asked one by one.

    With `document` only formats are asked that are one document each.
    """
    rows = (row for row in FORMATS if row.tree is not None and (row.document or not document))
    return next((row for row in rows if row.tree is not None and row.tree(tree)), None)


def _other(name: str, text: str) -> str:
    """What some text is that is not an article's; empty when it may be one."""
    if _OTHER_XML.match(text):
        return "an XML document"
    return "JSON, but not with one object a line" if name.lower().endswith((".json", ".jsonl", ".ndjson")) else ""


def _binary(head: bytes) -> str:
    for magic, what in _MAGIC:
        if head.startswith(magic):
            return what
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""  # UTF-16 holds NULs
    nuls = head.count(b"\0")
    controls = sum(head.count(bytes([code])) for code in (*range(1, 8), *range(14, 27), 28, 29, 30, 31))
    return "a binary file" if nuls or controls * 20 > len(head) else ""


def readable() -> str:
    return f"formats read today: {', '.join(READ_TODAY)}; choose one with --format, or leave this file out"
