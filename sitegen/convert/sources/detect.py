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

_UNPACK: Final = "unpack it, and import what it holds"
_SHOWN: Final = "leave it out; a picture comes along with the article that shows it"
_MAGIC: Final = (
    (b"%PDF-", "a PDF document", "save its text as .txt, .html or .docx first, or leave it out"),
    (b"\x89PNG", "a picture", _SHOWN),
    (b"GIF8", "a picture", _SHOWN),
    (b"\xff\xd8\xff", "a picture", _SHOWN),
    (b"RIFF", "a picture or a recording", _SHOWN),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"7z\xbc\xaf", "a 7-Zip archive", _UNPACK),
    (b"\xfd7zXZ", "an xz archive", _UNPACK),
    (b"(\xb5/\xfd", "a Zstandard archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"\xd0\xcf\x11\xe0", "an old Office document", "save it as .docx or .odt in the program that made it"),
    (b"SQLite format 3\0", "a database", "export its articles as CSV or JSONL, and import those"),
    (b"OTTO", "a font", "leave it out"),
    (b"wOFF", "a font", "leave it out"),
    (b"wOF2", "a font", "leave it out"),
)
_XML_HELP: Final = (
    "of XML, import reads feeds (RSS, Atom), WordPress exports and XHTML pages; "
    "if it is one, say so with --format feed, wordpress or html; else leave it out"
)
_PACKED: Final = {
    ".docx": "a Word document",
    ".odt": "an ODT document",
    ".epub": "an EPUB book",
    ".zip": "a zip archive",
}
_OTHER_XML = re.compile(r"(?is)\s*<\?xml\b")
_CONTROLS: Final = bytes([*range(1, 8), *range(14, 27), *range(28, 32)])  # hardly any stand in texts


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
    if (binary := _binary(head)) is not None:
        return Detected(problem=f"this is {binary[0]}, which import does not read", help=binary[1])
    for format in FORMATS:
        if format.recognises is None or not format.recognises(name, head, text):
            continue
        if format.reader and not (format.name == "text" and _other(name, text)):
            return Detected(format.name)
        what = format.what if not format.reader else _other(name, text)
        help = _XML_HELP if _OTHER_XML.match(text) else readable()
        return Detected(problem=f"this is {what}, which import does not read", help=help)
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
    name = name.lower()
    for ending, what in _PACKED.items():
        if name.endswith(ending):
            return f"plain text under the name of {what}"
    return "JSON, but not with one object a line" if name.endswith((".json", ".jsonl", ".ndjson")) else ""


def _binary(head: bytes) -> tuple[str, str] | None:
    """What bytes are that are no text, and what to do about it; None for text."""
    for magic, what, help in _MAGIC:
        if head.startswith(magic):
            return what, help
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None  # UTF-16 holds NULs
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if b"\0" not in head and controls * 20 <= len(head):
        return None
    return "a binary file", "leave it out; if it is an article, save it as text, HTML or .docx"


def readable() -> str:
    return f"formats read today: {', '.join(READ_TODAY)}; choose one with --format, or leave this file out"
