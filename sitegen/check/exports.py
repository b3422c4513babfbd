"""What a file for machines holds: rows, tables, archives, search indexes, plain texts.

Such files carry whole articles where nobody looks, so every text in them is read: as a passage whose words are known
again, as a short text that may be a title, or as an address. Invariant: pure; no more than `MAX_UNPACKED` characters
are taken out of a file, so that a small one cannot become a large one; bytes that are not of their kind are read as
text.
"""

import csv
import gzip
import io
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from html import unescape
from posixpath import splitext
from typing import Any

import msgspec

from sitegen.check.draft import Draft
from sitegen.regex import regex

MAX_UNPACKED = 200_000_000  # characters taken out of one file; GitHub's limit of a file, twice
STEPS = 1_000_000  # of SQLite's machine between two looks whether enough was read
MAX_LOOKS = 1_000  # such looks; a table of 100,000 articles takes ten
PAGEFIND = b"pagefind_dcd"  # what Pagefind writes before the JSON of a page

_ADDRESS = regex(r"https?://[^\s\"'<>\\)\]}|]+")
_TAG = regex(r"<[^<>]*>")
_LINE_START = regex(r"^\s*(?:[-*#>+]+|\d+[.)]|[A-Z][A-Z0-9]  -)\s+")
_QUOTED = regex(r"""["{]([^"{}\n]{8,500})["}]|'([^'\n]{8,500})'""")
_IN_BOOKS = frozenset((".xhtml", ".html", ".htm", ".xml", ".opf", ".ncx", ".txt", ".md", ".json", ".svg"))


def read_text(draft: Draft, content: bytes) -> None:
    """Plain text of any syntax: each line, what stands in quotes or braces, every full address."""
    _read_lines_of(draft, content.decode("utf-8", "ignore"))


def _read_lines_of(draft: Draft, text: str) -> None:
    for line in text[:MAX_UNPACKED].splitlines():
        if "://" in line:
            draft.named.update(dict.fromkeys(_ADDRESS.findall(line)))
        for found in _QUOTED.finditer(line):
            draft.label(found[1] or found[2])
        start = _LINE_START.match(line)
        if start:
            draft.label(line[start.end() :])
        draft.value(line)


def read_lines(draft: Draft, content: bytes) -> None:
    """One JSON value a line."""
    decode = msgspec.json.Decoder().decode
    for line in content.splitlines():
        try:
            value = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            _read_lines_of(draft, line.decode("utf-8", "ignore"))
        else:
            for text in strings_in(value):
                draft.value(text)


def strings_in(value: Any) -> Iterator[str]:
    """Every text in a JSON value, the names of objects' members left out."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            waiting.extend(reversed(each.values()))
        elif isinstance(each, list):
            waiting.extend(reversed(each))


def read_table(draft: Draft, content: bytes) -> None:
    """Comma-separated values: each cell."""
    text = content.decode("utf-8", "ignore").replace("\0", "")
    try:
        for row in csv.reader(io.StringIO(text, newline="")):
            for cell in row:
                draft.value(cell)
    except csv.Error:
        _read_lines_of(draft, text)


def read_database(draft: Draft, content: bytes) -> None:
    """An SQLite file: the texts in every row of every table."""
    try:
        _values(draft, _database_texts(content))
    except (sqlite3.Error, OverflowError, ValueError):  # encrypted, damaged, or of another program
        _read_lines_of(draft, content.decode("utf-8", "ignore"))


def _database_texts(content: bytes) -> Iterator[str]:
    """Texts of a database in memory, where it can touch nothing. Raises: sqlite3.Error."""
    looks = 0

    def enough() -> bool:
        nonlocal looks
        looks += 1
        return looks > MAX_LOOKS

    db = sqlite3.connect(":memory:", isolation_level=None)
    try:
        header = bytearray(content)
        header[18:20] = b"\1\1"  # a file in memory has no log beside it
        db.deserialize(bytes(header))
        db.execute("pragma trusted_schema = off")
        db.text_factory = lambda raw: raw.decode("utf-8", "ignore")
        db.set_progress_handler(enough, STEPS)
        tables = db.execute("select name from sqlite_master where type = 'table' and rootpage > 0").fetchall()
        for (name,) in tables:
            quoted = name.replace('"', '""')
            for row in db.execute(f'select * from "{quoted}"'):  # noqa: S608 -- the name is one of its own tables
                yield from (value for value in row if isinstance(value, str))
    finally:
        db.close()


def read_archive(draft: Draft, content: bytes) -> None:
    """The texts in a ZIP archive, such as an EPUB or a document of a word processor."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _values(draft, _members(archive))
    except (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return  # damaged or encrypted: what was read so far counts


def _members(archive: zipfile.ZipFile) -> Iterator[str]:
    left = MAX_UNPACKED
    for member in archive.infolist():
        suffix = splitext(member.filename)[1].lower()
        if suffix not in _IN_BOOKS or not left:
            continue
        with archive.open(member) as stream:
            raw = stream.read(left)
        left -= len(raw)
        text = raw.decode("utf-8", "ignore")
        yield from _ADDRESS.findall(text)
        yield from (unescape(each) for each in _TAG.split(text) if not each.isspace())


def read_gzip(draft: Draft, content: bytes) -> None:
    """A compressed text; of a page in a search index, what it says of it."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            raw = stream.read(MAX_UNPACKED)
    except (OSError, EOFError, zlib.error):
        return
    raw = raw.removeprefix(PAGEFIND)
    if raw[:1] in (b"{", b"["):
        read_lines(draft, raw)
    else:
        _read_lines_of(draft, raw.decode("utf-8", "ignore"))


def _values(draft: Draft, texts: Iterable[str]) -> None:
    left = MAX_UNPACKED
    for text in texts:
        left -= len(text)
        if left < 0:
            return
        draft.value(text)
