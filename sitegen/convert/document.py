"""The nouns of conversion: a document of blocks, what each block became, and the fields found in them.

A reader makes a `Document`. Either of plain lines, and inference does the rest; or with `markup`, and then it states:

    markup.markdown   the body. Addresses in it stay as the source has them: those of other imported articles become
                      links to their Markdown, those of `assets` become the copies beside the article.
    markup.fates      what became of each of `blocks`, exactly one each; the ledger is made of these
    fields            front matter by its key, each with origin and confidence, as `FIELDS` says
    kind, place       an article, or a page and where below the content folder it goes (`about/team`, no suffix)
    addresses         what others may call it beside `source.url`: an old URL, `/?p=12`, a path in its own export
    assets            the pictures and files that belong to it; the article becomes a bundle (`slug/index.md`)
    comments          what readers wrote under it; kept in `data/comments/`, a file an article
    links             "READ: …" lines that the reader found itself

Invariant: values only; nothing here reads a disk or knows a format. A reader of any format makes `Document`s, and
inference, writing and the ledger know nothing else.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

FLAG_BELOW = 0.5  # a field less sure than this is flagged in the report and, but for the title, not written

Kind = Literal["field", "body", "link", "dropped"]

# What `Document.fields` may hold, and in which shape: as front matter has it. Dates are text in any form that
# `dates.find_moments` reads; a time without a zone is in the site's. What is not listed belongs into `extra`.
FIELDS: Final[Mapping[str, str]] = {
    "title": "text", "date": "date", "updated": "date", "publish_date": "date", "expires": "date",
    "authors": "list", "tags": "list", "categories": "list", "series": "list", "aliases": "list", "slug": "text",
    "url": "text", "draft": "flag", "summary": "text", "lang": "text", "translation_of": "text", "weight": "number",
    "template": "text", "image": "mapping", "extra": "mapping",
}  # fmt: skip


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where a document came from.

    `path` is the path as it was given or found, for reports; `name` is relative to the SOURCE that was given, for the
    front matter. `row` counts from 0 and is None where a file holds one article. `group` is what the document shares
    with others of its site: the host of its URL, else its folder.
    """

    path: str
    name: str
    format: str
    sha256: str
    group: str
    url: str = ""
    row: int | None = None

    @property
    def identity(self) -> tuple[str, int]:
        """What stays the same when the content of the source changes; -1 stands for "no row"."""
        return (self.name, -1 if self.row is None else self.row)

    @property
    def target(self) -> str:
        """How other documents of the report refer to this one."""
        return self.path if self.row is None else f"{self.path}#{self.row}"


class Block(msgspec.Struct, frozen=True):
    """One line of the source that is not blank. `text` is stripped; `line` counts from 1.

    `gap` says that a blank line stands before it, `indent` counts the columns that were stripped from its start.
    """

    text: str
    line: int
    gap: bool = False
    indent: int = 0


class Hint(msgspec.Struct, frozen=True):
    """A field that the format itself names, such as a column of a row."""

    value: str
    confidence: float
    origin: str


class Fate(msgspec.Struct, frozen=True):
    """What became of a block: a field's name, or why it was dropped, stands in `detail`."""

    kind: Kind
    detail: str = ""


class Picture(msgspec.Struct, frozen=True):
    """A picture: where it lies, or, in raw text, only its words. `line` is 0 where no block shows it."""

    caption: str
    credit: str
    line: int
    src: str = ""
    alt: str = ""


class Field(msgspec.Struct, frozen=True):
    """A value, how sure it is (0 to 1), and where it was read: `line 3`, `lines 4-6`, `column title`, `url`."""

    value: Any
    confidence: float
    origin: str

    @property
    def doubtful(self) -> bool:
        return self.confidence < FLAG_BELOW


class Link(msgspec.Struct, frozen=True):
    """A "READ: …" line. `target` is the `Source.target` of the article with this title; empty while it is wanted."""

    label: str
    title: str
    line: int
    url: str = ""
    target: str = ""


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """A file that belongs to an article: `src` is what its Markdown and pictures call it.

    Its bytes stand in `content`, or in `file` on the disk, or in `member` of the archive `file`; they are read when the
    article is written. `name` is what it was called, where `src` does not say it.
    """

    src: str
    content: bytes = b""
    file: str = ""
    member: str = ""
    inside: str = ""  # its name in the store of its source, until it is known to be there
    name: str = ""
    type: str = ""  # its MIME type, where the source says one
    original: str = ""  # the address to go back to when there is no such file after all


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader wrote under an article. `html` is sanitised; `date` is ISO 8601; `parent` is an `id` or empty."""

    id: str
    author: str = ""
    date: str = ""
    html: str = ""
    url: str = ""
    parent: str = ""
    kind: str = ""


class Markup(msgspec.Struct, frozen=True):
    """What a reader of marked-up pages knows without inference: the body as Markdown, and the fate of every block."""

    markdown: str
    fates: tuple[Fate, ...]
    pictures: tuple[Picture, ...] = ()
    page_title: str = ""  # as the page states it, often with the site's name


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader makes of one article. `hints` go by field: title, date, authors, tags, summary, lang.

    A document with `markup` has its body already; one without goes through `infer`.
    """

    source: Source
    blocks: tuple[Block, ...]
    hints: dict[str, Hint] = {}
    notes: tuple[str, ...] = ()  # what the reader had to do, such as guessing an encoding
    markup: Markup | None = None
    fields: dict[str, Field] = {}  # by `FIELDS`; they win over `hints`
    kind: Literal["article", "page"] = "article"
    place: str = ""  # below the content folder, "/"-separated, without a suffix; empty: by date and title
    addresses: tuple[str, ...] = ()
    assets: tuple[Asset, ...] = ()
    comments: tuple[Comment, ...] = ()
    links: tuple[Link, ...] = ()


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """What inference made of a document. `fates` has one entry for each of its blocks, in order.

    `body` holds paragraphs as plain text; lines inside of one are separated by a newline.
    """

    source: Source
    title: Field
    date: Field | None = None
    authors: Field | None = None
    summary: Field | None = None
    tags: Field | None = None
    lang: Field | None = None
    pictures: tuple[Picture, ...] = ()
    links: tuple[Link, ...] = ()
    body: tuple[str, ...] = ()
    markdown: str = ""  # the body of an article that came with markup; then `body` is empty
    fates: tuple[Fate, ...] = ()
    doubts: tuple[str, ...] = ()  # sentences for the report
    more: dict[str, Field] = {}  # the fields of `FIELDS` that have no attribute here
    kind: Literal["article", "page"] = "article"
    place: str = ""
    assets: tuple[Asset, ...] = ()
    comments: tuple[Comment, ...] = ()


def ledger(fates: tuple[Fate, ...]) -> dict[str, Any]:
    """The account of all blocks: `blocks` = `fields` + `body` + `links` + the sum of `dropped`."""
    dropped: dict[str, int] = {}
    for fate in fates:
        if fate.kind == "dropped":
            dropped[fate.detail] = dropped.get(fate.detail, 0) + 1
    return {
        "blocks": len(fates),
        "fields": sum(fate.kind == "field" for fate in fates),
        "body": sum(fate.kind == "body" for fate in fates),
        "links": sum(fate.kind == "link" for fate in fates),
        "dropped": dict(sorted(dropped.items())),
    }
