"""What format some bytes are in: by their content first, by their name only between forms that look alike.

Invariant: pure. A format that is recognised but not read yet is named, so that the message can say so.
"""

import json
import re
from typing import Final

import msgspec

READ_TODAY: Final = ("text", "jsonl", "csv", "html", "feed")
PLANNED: Final = (
    "mhtml",
    "warc",
    "wordpress",
    "ghost",
    "medium",
    "substack",
    "markdown",
    "docx",
    "epub",
    "odt",
)
HEAD: Final = 65536  # bytes looked at

_MAGIC: Final = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive, or a document packed as one (docx, EPUB, ODT)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"SQLite format 3\0", "a database"),
)
_UNREAD_TEXT: Final = (
    (re.compile(r"\s*WARC/\d"), "a web archive (WARC)"),
    (re.compile(r"(?is)\s*(?:from: .{0,200})?mime-version:.{0,4000}multipart/related"), "a saved page (MHTML)"),
    (
        re.compile(r"(?is)\s*(?:<\?xml.{0,400})?<(?:rss|feed|rdf:rdf)\b.{0,4000}wordpress\.org/export"),
        "a WordPress export",
    ),
    (re.compile(r"(?is)\s*<\?xml\b"), "an XML document"),
    (
        re.compile(r"---[ \t]*\r?\n(?:.{0,400}\r?\n){1,200}?(?:---|\.\.\.)[ \t]*\r?\n"),
        "Markdown that has front matter already",
    ),
    (re.compile(r"\+\+\+[ \t]*\r?\n"), "Markdown that has front matter already"),
)
_MARKED_UP: Final = (
    (re.compile(r"(?is)\s*(?:<[?!].{0,2000}?)?<(?:rss|feed|rdf:rdf)\b"), "feed"),
    (re.compile(r'(?s)\s*\{(?:(?!"items").){0,2000}?"version"\s*:\s*"https?://jsonfeed\.org/version/'), "feed"),
    (
        re.compile(
            r"(?is)\s*(?:<\?xml[^>]{0,300}>\s*)?(?:<!--.{0,4000}?-->\s*)*(?:<!doctype html|<html\b|<head\b|<body\b)"
        ),
        "html",
    ),
)


class Detected(msgspec.Struct, frozen=True):
    """A format of `READ_TODAY`; or empty, and then `problem` says what it is and `help` what to do."""

    format: str = ""
    problem: str = ""
    help: str = ""


def detect(name: str, head: bytes, text: str) -> Detected:  # noqa: PLR0911 -- a rule a line
    """The format of a file, from its name, its first bytes, and those decoded. `head` is at most `HEAD` bytes."""
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return Detected(
            problem="the file is empty", help="remove it from the sources, or put the article's text into it"
        )
    if binary := _binary(head):
        return Detected(problem=f"this is {binary}, which import does not read", help=_readable())
    suffix = name.lower().rsplit(".", 1)[-1] if "." in name else ""
    wordpress = "wordpress.org/export" in text[:8192]
    for pattern, format in _MARKED_UP:
        if pattern.match(text) and not wordpress:
            return Detected(format)
    if suffix in ("html", "htm", "xhtml") and re.search(r"<[a-zA-Z][^<]{0,400}>", text):
        return Detected("html")
    for pattern, what in _UNREAD_TEXT:
        if pattern.match(text):
            return Detected(problem=f"this is {what}, which import does not read yet", help=_readable())
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lstrip().startswith("{") and (suffix in ("jsonl", "ndjson") or _is_object(first)):
        return Detected("jsonl")
    if suffix in ("json", "jsonl", "ndjson"):
        return Detected(
            problem="this is JSON, but not with one object a line",
            help='write one JSON object a line, each with a "text"',
        )
    if suffix in ("csv", "tsv"):
        return Detected("csv")
    return Detected("text")


def _binary(head: bytes) -> str:
    for magic, what in _MAGIC:
        if head.startswith(magic):
            return what
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""  # UTF-16 holds NULs
    nuls = head.count(b"\0")
    controls = sum(head.count(bytes([code])) for code in (*range(1, 8), *range(14, 27), 28, 29, 30, 31))
    return "a binary file" if nuls or controls * 20 > len(head) else ""


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _readable() -> str:
    return f"formats read today: {', '.join(READ_TODAY)}; choose one with --format, or leave this file out"
