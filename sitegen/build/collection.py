"""The whole collection as one file, for machines: `articles.jsonl`, and `articles.sqlite` with full-text search.

Invariant: a file follows from the articles, the site's address and its language alone, byte for byte: rows are written
in the order of their ids, and nothing in it tells when, where or by whom it was made.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import msgspec

from sitegen.build.extras import Extra
from sitegen.build.work import Head
from sitegen.digest import digest_bytes, digest_value
from sitegen.model import Body
from sitegen.regex import regex
from sitegen.theme.addresses import Base
from sitegen.theme.search_text import plain_slots

JSONL, SQLITE = "articles.jsonl", "articles.sqlite"
_PAGE_BYTES = 4096
_TABLES = f"""
pragma page_size = {_PAGE_BYTES}; pragma journal_mode = off; pragma synchronous = off; pragma encoding = 'UTF-8';
create table article (
  number integer primary key, id text unique, url text, title text, summary text, text text, date text, updated text,
  language text, words integer);
create table author (article integer references article, name text);
create table tag (article integer references article, name text);
create table category (article integer references article, name text);
create table series (article integer references article, name text);
create index author_name on author (name);
create index tag_name on tag (name);
create index category_name on category (name);
create virtual table search using fts5 (
  title, summary, text, content='article', content_rowid='number', tokenize='unicode61 remove_diacritics 2');
"""
_INSERT = "insert into article values (:number, :id, :url, :title, :summary, :text, :date, :updated, :language, :words)"


def collection_extra(
    name: str, heads: Iterable[Head], body_of: Callable[[Head], Body], base: Base, language: str, memory: Path
) -> Extra:
    """One of the two files; `memory` is the folder `.sitegen/`, in which a database is made."""
    listed = sorted((h for h in heads if h.keys.kind == "article"), key=lambda h: h.keys.id)
    parts = {f"the text of {h.keys.id}": digest_bytes(h.card_digest + h.body_digest) for h in listed}
    parts["the site's address or language"] = digest_value([base, language])

    def records() -> Iterator[dict[str, Any]]:
        return (record(head, body_of(head), base, language) for head in listed)

    def make() -> Iterator[tuple[str, bytes]]:
        yield name, lines(records()) if name == JSONL else database(records(), memory / name)

    return Extra(name=name, at=name, parts=parts, make=make)


def record(head: Head, body: Body, base: Base, language: str) -> dict[str, Any]:
    """An article as plain values; `text` is its body without markup. Dates are ISO 8601, "" where there are none."""
    card = head.card
    image = card.image
    return {
        "id": card.id,
        "url": base.absolute(card.url),
        "title": card.title,
        "summary": card.summary,
        "date": card.date.iso if card.date else "",
        "updated": card.updated.iso if card.updated else "",
        "authors": [label.name for label in card.authors],
        "tags": [label.name for label in card.tags],
        "categories": [label.name for label in card.categories],
        "series": [label.name for label in card.series],
        "language": card.lang or language,
        "words": body.words,
        "image": {"url": base.absolute(image.src), "alt": image.alt, "caption": image.caption, "credit": image.credit}
        if image
        else None,
        "source": body.source or None,
        "text": text_of(plain_slots(body.html, body.refs)),
    }


_BLOCK_END = regex(r"</(?:p|li|h[1-6]|tr|pre|dt|dd|figcaption|blockquote|summary)>|<br ?/?>")
_CELL_END = regex(r"</t[dh]>")
_TAG = regex(r"<[^>]*>")


def text_of(html: str) -> str:
    """The text of a body, one block a line."""
    marked = _CELL_END.sub("\t", _BLOCK_END.sub("\n", html))
    lines = (" ".join(line.split()) for line in unescape(_TAG.sub("", marked)).splitlines())
    return "\n".join(line for line in lines if line)


def lines(records: Iterable[dict[str, Any]]) -> bytes:
    """One JSON object a line, by id."""
    encode = msgspec.json.Encoder(order="deterministic").encode
    return b"".join(encode(each) + b"\n" for each in records)


def database(records: Iterable[dict[str, Any]], path: Path) -> bytes:
    """An SQLite file with the tables of `_TABLES`; `select … from search where search match 'ferry'` finds articles.

    `path` is used and removed.
    """
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        db = sqlite3.connect(path, isolation_level=None)
        try:
            db.executescript(_TABLES)
            db.execute("begin")
            for number, each in enumerate(records, 1):
                db.execute(_INSERT, {**{k: v for k, v in each.items() if isinstance(v, str | int)}, "number": number})
                for table, key in (("author", "authors"), ("tag", "tags"), ("category", "categories")):
                    db.executemany(f"insert into {table} values (?, ?)", [(number, name) for name in each[key]])  # noqa: S608
                db.executemany("insert into series values (?, ?)", [(number, name) for name in each["series"]])
            db.execute("commit")
            db.execute("insert into search (search) values ('rebuild')")
            db.execute("insert into search (search) values ('optimize')")
            db.execute("vacuum")
        finally:
            db.close()
        return _without_counters(path.read_bytes())
    finally:
        path.unlink(missing_ok=True)


def _without_counters(content: bytes) -> bytes:
    """The header counts changes and names the library's version (sqlite.org/fileformat2.html, 1.3): set to 1 and 0."""
    header = bytearray(content[:100])
    header[24:28] = header[92:96] = (1).to_bytes(4, "big")
    header[96:100] = bytes(4)
    return bytes(header) + content[100:]
