"""Large files of many articles in pieces, so that no process holds more than one piece, and several can read one file.

Invariant: the articles of all pieces are those of the file, with their numbers and lines; a piece is a file of the same
format, in UTF-8, which the format's reader reads as it reads a small one.
"""

import csv
from collections.abc import Callable, Iterator
from importlib import import_module
from io import TextIOWrapper
from itertools import chain
from typing import IO, Final

import msgspec

from sitegen.convert.formats import BY_NAME, HEAD, Format
from sitegen.convert.sources.decode import decoded_head, text_stream
from sitegen.convert.sources.detect import detect
from sitegen.convert.sources.files import SourceFile, problem
from sitegen.errors import Problem

PIECE: Final = 512_000  # characters
LARGE: Final = 2_000_000  # bytes, from which a file is cut
MAX_LINE: Final = 64_000_000  # characters of one row; what is longer is cut off, and its reader says so
MAX_FIELD: Final = 16_000_000  # characters of one value in a table

Cut = Callable[[IO[bytes], SourceFile], Iterator[SourceFile | Problem]]


def cut_of(name: str, head: bytes, format: Format | None = None) -> Cut | None:
    """What cuts a file of this name and beginning into pieces; None for a format that is read whole."""
    known = format or BY_NAME.get(detect(name, head[:HEAD], decoded_head(head[:HEAD])).format)
    if known is None or not known.cut:
        return None
    module, _, function = known.cut.partition(":")
    found: Cut = getattr(import_module(f"sitegen.convert.{module}"), function)
    return lambda stream, whole: found(stream, msgspec.structs.replace(whole, format=known.name))


def piece_of(whole: SourceFile, text: str, row: int, lines_before: int, context: bytes = b"") -> SourceFile:
    """A piece: its first row's number, and how many lines of the file stand before it."""
    content = text.encode("utf-8", "replace")
    return msgspec.structs.replace(whole, content=content, row=row, lines_before=lines_before, context=context)


def said(whole: SourceFile, notes: tuple[str, ...]) -> Iterator[Problem]:
    yield from (problem(whole.path, note, code="import.encoding", warning=True) for note in notes)


def cut_lines(stream: IO[bytes], whole: SourceFile) -> Iterator[SourceFile | Problem]:
    """Rows of JSON, one a line."""
    lines, notes = text_stream(stream)
    yield from said(whole, notes)
    out: list[str] = []
    size = row = first_row = line = first_line = 0
    while text := lines.readline(MAX_LINE):
        if not text.endswith("\n") and len(text) == MAX_LINE:
            while (more := lines.readline(MAX_LINE)) and not more.endswith("\n"):
                pass
            text += "\n"
        out.append(text)
        size += len(text)
        line += 1
        row += bool(text.strip())
        if size >= PIECE:
            yield piece_of(whole, "".join(out), first_row, first_line)
            out, size, first_row, first_line = [], 0, row, line
    if out:
        yield piece_of(whole, "".join(out), first_row, first_line)
    lines.detach()


def delimiter_of(head: str) -> str:
    """What stands between the columns of a table, by its first line."""
    return max(",;\t|", key=head[:8192].split("\n", 1)[0].count)


def cut_table(stream: IO[bytes], whole: SourceFile) -> Iterator[SourceFile | Problem]:
    """A table with its header in each piece. Where its quotes break, the rest is one piece, and its reader says so."""
    lines, notes = text_stream(stream, newline="")
    yield from said(whole, notes)
    kept: list[str] = []
    rows = _rows(lines, kept)
    next(rows, None)
    header = "".join(kept)
    kept.clear()
    size = row = first_row = first_line = counted = 0
    for values in rows:
        size += sum(map(len, kept[counted:]))
        counted = len(kept)
        row += bool(values)  # an empty line is no row
        if size >= PIECE:
            yield piece_of(whole, header + "".join(kept), first_row, first_line)
            first_line += len(kept)
            kept.clear()
            size, counted, first_row = 0, 0, row
    if kept or not row:
        yield piece_of(whole, header + "".join(kept), first_row, first_line)
    lines.detach()


def _rows(lines: TextIOWrapper, kept: list[str]) -> Iterator[list[str]]:
    """The rows of a table; the lines that they stand in are added to `kept`. Ends where its quotes break."""

    def read() -> Iterator[str]:
        while text := lines.readline(MAX_LINE):
            kept.append(text)
            yield text

    source = read()
    first = next(source, "")
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(chain([first], source), delimiter=delimiter_of(first), strict=False)
    while True:
        try:
            yield next(reader)
        except (StopIteration, csv.Error):
            return
