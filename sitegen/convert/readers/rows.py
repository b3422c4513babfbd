"""The readers of rows: JSONL and CSV, one article a row, with a map from fields to columns.

Invariant: pure; a broken row is a problem with its line and never stops the others. Rows count from 0.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from sitegen.convert.document import Document, Hint, Source
from sitegen.convert.formats import Reading
from sitegen.convert.inference.dates import find_moments
from sitegen.convert.readers.text import MAX_CHARACTERS, read_blocks
from sitegen.convert.sources.decode import decode
from sitegen.convert.sources.files import SourceFile, problem
from sitegen.convert.sources.pieces import MAX_FIELD, delimiter_of
from sitegen.convert.web_address import address_parts
from sitegen.errors import Problem, Where

# Columns that are looked for when --map does not name one; the first that is there is taken.
DEFAULT_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("text", "content", "body", "article", "raw_text", "maintext"),
    "url": ("url", "link", "source_url", "page_url"),
    "title": ("title", "headline"),
    "date": ("date", "published", "publish_date", "published_at", "date_published", "pubdate"),
    "authors": ("authors", "author", "byline"),
    "tags": ("tags", "keywords"),
    "summary": ("summary", "description"),
    "lang": ("lang", "language"),
    "timestamp": ("timestamp", "crawl_date", "fetched"),
}
FIELDS: Final = tuple(field for field in DEFAULT_COLUMNS if field != "timestamp")
NAMED: Final = 0.97  # a column that was named for what it is
CRAWLED: Final = 0.3  # the time of a crawl is not when an article was published: it is shown, flagged and not written
MAX_ROW_CHARACTERS: Final = 16_000_000

FEW: Final = 3  # rows without text that are named one by one; more of them have one reason

Row = dict[str, Any]


def read(file: SourceFile, reading: Reading) -> Iterator[Document | Problem]:
    """The reader of the formats jsonl and csv."""
    decoded = decode(file.content)
    for note in decoded.notes:
        where = Where(file.path, file.lines_before + 1 if file.lines_before else 0)
        yield Problem(code="import.encoding", where=where, message=note, severity="warning")
    empty = True
    for found in read_rows(file, decoded.text, reading.format, reading.columns):
        empty = False
        yield found
    if empty and not file.row:
        yield problem(file.path, "the file holds no rows", "check that it was saved whole", code="import.row")


def read_rows(file: SourceFile, text: str, format: str, columns: Mapping[str, str]) -> Iterator[Document | Problem]:
    """A document for every row that has text; those without are named at the end.

    `columns` maps fields to columns, as `--map` gave them.
    """
    digest = file.sha256
    rows = _json_rows(text, file.path) if format == "jsonl" else _csv_rows(text, file.path)
    without: list[Problem] = []
    for of, at, row in rows:
        number, line = of + (file.row or 0), at + file.lines_before
        if isinstance(row, Problem):
            yield msgspec.structs.replace(row, where=Where(file.path, line))
            continue
        document = _document(file, digest, format, number, row, columns)
        if document is not None:
            yield document
            continue
        without.append(_without_text(file.path, line, number, row, columns))
    yield from without[:FEW]
    if len(without) > FEW:
        yield msgspec.structs.replace(
            without[FEW],
            message=f"{len(without) - FEW:,} more rows, from here to line {without[-1].where.line:,}, have no text",
        )


def _without_text(path: str, line: int, number: int, row: Row, columns: Mapping[str, str]) -> Problem:
    there = ", ".join(map(str, list(row)[:12])) or "none"
    return Problem(
        code="import.row",
        where=Where(path, line),
        message=f"row {number} has no text in any of the columns {', '.join(_columns('text', columns))}",
        help=f"say which column holds it: --map text=COLUMN (this row has {there})",
    )


def _document(
    file: SourceFile, digest: str, format: str, number: int, row: Row, columns: Mapping[str, str]
) -> Document | None:
    folded = {str(name).strip().casefold(): value for name, value in row.items() if name is not None}
    found = {field: value for field in DEFAULT_COLUMNS if (value := _value(folded, _columns(field, columns)))}
    text = found.pop("text", "")
    blocks = read_blocks(text[:MAX_CHARACTERS])
    if not blocks:
        return None
    url = found.pop("url", "")
    crawled = found.pop("timestamp", "")
    hints = {
        field: Hint(value, NAMED, f"column {_columns(field, columns)[0] if field in columns else field}")
        for field, value in found.items()
    }
    if "date" not in hints and crawled and find_moments(crawled):
        hints["date"] = Hint(crawled, CRAWLED, "column timestamp")
    host = address_parts(url).hostname or "" if "://" in url else ""
    source = Source(
        path=file.path,
        name=file.name,
        format=format,
        sha256=digest,
        group=host.removeprefix("www.") or file.path,
        url=url,
        row=number,
    )
    return Document(source=source, blocks=blocks, hints=hints)


def _columns(field: str, columns: Mapping[str, str]) -> tuple[str, ...]:
    return (columns[field],) if field in columns else DEFAULT_COLUMNS[field]


def _value(row: Row, names: tuple[str, ...]) -> str:
    for name in names:
        value = row.get(name.casefold())
        if isinstance(value, list):
            value = "; ".join(str(item.get("name", "")) if isinstance(item, dict) else str(item) for item in value)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return str(value)
    return ""


def _json_rows(text: str, path: str) -> Iterator[tuple[int, int, Row | Problem]]:
    number = 0
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        yield number, line, _json_row(content, path, line)
        number += 1


def _json_row(content: str, path: str, line: int) -> Row | Problem:
    def fault(message: str, help: str) -> Problem:
        return Problem(code="import.row", where=Where(path, line), message=message, help=help)

    if len(content) > MAX_ROW_CHARACTERS:
        return fault(f"the row is longer than {MAX_ROW_CHARACTERS // 1_000_000} million characters", "split it")
    try:
        row = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        return fault(f"this line is not a JSON object: {error}", "write one whole JSON object a line")
    except UnicodeEncodeError:
        return fault("this line holds half of a character pair", "save the file as UTF-8")
    if not isinstance(row, dict):
        return fault("this line is JSON, but not an object", 'write  {"text": "…", "url": "…"}')
    return row


def _csv_rows(text: str, path: str) -> Iterator[tuple[int, int, Row | Problem]]:
    csv.field_size_limit(MAX_FIELD)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=False)
    number = 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = Problem(
                code="import.row",
                where=Where(path, reader.line_num),
                message=f"the CSV breaks off here: {error}",
                help="check its quotes",
            )
            yield number, reader.line_num, fault
            return
        yield number, reader.line_num, row
        number += 1
