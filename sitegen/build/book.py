"""The collection, or a tag of it, as an EPUB book: a chapter an article, oldest first, with the pictures of its site.

Invariant: a book follows from its articles, the pictures that they show, and the site's title, address and language
alone, byte for byte: files stand in a fixed order, at a fixed time, and nothing tells when or by whom it was made.
EPUB 3.3 (w3.org/TR/epub-33); epubcheck reads what a test makes.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from posixpath import splitext
from typing import Any, Final, Protocol
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import msgspec

from sitegen.build.extras import Extra
from sitegen.build.work import Head
from sitegen.digest import digest_bytes, digest_value
from sitegen.model import Body, Card
from sitegen.theme.addresses import Base
from sitegen.theme.body import fill_slots

_TYPES: Final = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
    ".svg": "image/svg+xml",
}  # fmt: skip
_SPACES: Final = {"math": "http://www.w3.org/1998/Math/MathML", "svg": "http://www.w3.org/2000/svg"}
_LEFT_OUT: Final = ("srcset", "sizes", "loading", "decoding", "fetchpriority", "align", "name")
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
_STYLE: Final = (
    "body{line-height:1.5}img{max-width:100%;height:auto}pre{white-space:pre-wrap}figure{margin:1em 0}"
    "figcaption,.meta{font-size:.85em}table{border-collapse:collapse}td,th{padding:.2em .6em;text-align:start}"
    "blockquote{margin-inline:1.5em}\n"
)


class File(Protocol):
    """A file of the site that is published as it is."""

    @property
    def digest(self) -> bytes: ...

    def content(self) -> bytes: ...


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for all chapters: `at` is the book's path below the output folder."""

    at: str
    title: str
    base: Base
    language: str
    direction: str = "ltr"


class Shelf(msgspec.Struct, frozen=True):
    """Where a book takes things from: articles' bodies, the site's own files by their paths below the output folder,
    and the answers that links depend on.
    """

    body_of: Callable[[Head], Body]
    files: Callable[[], Mapping[str, File]]
    ask: Callable[..., Any]


class _Chapter(msgspec.Struct, frozen=True):
    name: str
    card: Card
    xhtml: bytes
    mathml: bool
    svg: bool


def book_extra(book: Book, heads: Iterable[Head], published: Iterable[Head], shelf: Shelf) -> Extra:
    """A book of these articles; what is published besides is what links can lead to."""
    listed = sorted((head for head in heads if head.kind == "article"), key=lambda head: (head.epoch or 0, head.id))
    files = {path: file.digest for path, file in shelf.files().items()}
    parts = {f"the text of {head.id}": digest_bytes(head.card_digest + head.body_digest) for head in listed}
    parts["the site's title, address or language"] = digest_value(
        [book.title, book.base, book.language, book.direction]
    )
    parts["the site's own files"] = digest_value(sorted(files.items()))
    parts["the articles that links lead to"] = digest_bytes(
        b"".join(sorted(head.keys_digest + head.card_digest for head in published))
    )

    def make() -> Iterator[tuple[str, bytes]]:
        yield book.at, _packed(book, listed, shelf)

    return Extra(name=book.at, at=book.at, parts=parts, make=make)


def _packed(book: Book, heads: Sequence[Head], shelf: Shelf) -> bytes:
    """The bytes of the book."""
    files = shelf.files()
    inside = _Inside({head.url: f"article-{number}.xhtml" for number, head in enumerate(heads, 1)}, files, {})
    chapters = [_chapter(book, head, shelf, inside) for head in heads]
    pictures = inside.pictures
    contents = {
        "META-INF/container.xml": _CONTAINER.encode(),
        "EPUB/package.opf": _package(book, chapters, pictures).encode(),
        "EPUB/contents.xhtml": _contents(book, chapters).encode(),
        "EPUB/style.css": _STYLE.encode(),
        **{f"EPUB/{chapter.name}": chapter.xhtml for chapter in chapters},
        **{f"EPUB/{name}": files[path].content() for path, name in pictures.items()},
    }
    out = io.BytesIO()
    with ZipFile(out, "w") as packed:
        packed.writestr(_entry("mimetype", ZIP_STORED), "application/epub+zip")
        for name, content in contents.items():
            packed.writestr(_entry(name, ZIP_DEFLATED), content, compresslevel=6)
    return out.getvalue()


def _entry(name: str, how: int) -> ZipInfo:
    entry = ZipInfo(name, _MOMENT)
    entry.compress_type = how
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    return entry


class _Inside(msgspec.Struct):
    """What a book holds: chapters by the site paths of their articles, and pictures by their paths in the site."""

    chapters: dict[str, str]
    files: Mapping[str, File]
    pictures: dict[str, str]


def _chapter(book: Book, head: Head, shelf: Shelf, inside: _Inside) -> _Chapter:
    """An article as a page of the book; the pictures that it shows join `inside`."""
    from lxml import etree, html  # noqa: PLC0415 -- only a site that wants a book needs it

    card = head.card
    text = fill_slots(shelf.body_of(head), head.keys, shelf.ask, str)
    image = card.image
    lead = ""
    if image and (image.src or image.caption):
        shown = f'<img src="{escape(_site_path(card, image.src))}" alt="{escape(image.alt)}">' if image.src else ""
        said = " ".join(filter(None, (image.caption, image.credit)))
        lead = f"<figure>{shown}{f'<figcaption>{escape(said)}</figcaption>' if said else ''}</figure>"
    meta = " · ".join(
        filter(None, (", ".join(label.name for label in card.authors), card.date.date if card.date else ""))
    )
    source = (
        f"<h1>{escape(card.title)}</h1>" + (f'<p class="meta">{escape(meta)}</p>' if meta else "")
        + lead + text
    )  # fmt: skip
    root = html.fragment_fromstring(source, create_parent="section")
    for element in root.iter():
        if isinstance(element.tag, str):
            _settle(element, book, inside)
    language = card.lang or book.language
    tags = {element.tag for element in root.iter() if isinstance(element.tag, str)}
    inner = etree.tostring(root, encoding="unicode", method="xml")
    page = _page(card.title, language, card.dir, inner)
    return _Chapter(inside.chapters[card.url], card, page.encode(), "math" in tags, "svg" in tags)


def _site_path(card: Card, src: str) -> str:
    """A picture's place as a site path; a relative one lies beside its article's page."""
    return src if src.startswith(("/", "http://", "https://")) else card.url.rpartition("/")[0] + "/" + src


def _settle(element: Any, book: Book, inside: _Inside) -> None:
    """An element of a body as XHTML in a book wants it: pictures from the book, links to chapters or to the site."""
    for name in _LEFT_OUT:
        element.attrib.pop(name, None)
    if element.tag in ("math", "svg"):
        element.set("xmlns", _SPACES[element.tag])
    if element.tag == "a" and (href := element.get("href") or "").startswith("/"):
        path, mark, fragment = href.partition("#")
        chapter = inside.chapters.get(path)
        element.set("href", chapter + mark + fragment if chapter else book.base.absolute(href))
    if element.tag in ("img", "source", "video", "audio", "iframe", "track"):
        path = (element.get("src") or "").partition("?")[0].partition("#")[0].lstrip("/")
        suffix = splitext(path)[1].lower()
        if element.tag == "img" and path in inside.files and suffix in _TYPES:
            element.set("src", inside.pictures.setdefault(path, f"picture-{len(inside.pictures) + 1}{suffix}"))
            return
        said = element.get("alt") or element.get("title") or element.get("src") or ""
        address = element.get("src") or ""
        tail = element.tail
        element.clear()
        element.tail, element.tag, element.text = tail, "span", ""
        if address.startswith(("http://", "https://", "/")):
            element.tag, element.text = "a", said
            element.set("href", book.base.absolute(address) if address.startswith("/") else address)


def _page(title: str, language: str, direction: str, inner: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'lang="{escape(language)}" xml:lang="{escape(language)}" dir="{direction}"><head>'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="style.css"/></head><body>{inner}</body></html>\n'
    )


def _contents(book: Book, chapters: Sequence[_Chapter]) -> str:
    items = "".join(f'<li><a href="{each.name}">{escape(each.card.title)}</a></li>' for each in chapters)
    inner = f'<nav epub:type="toc"><h1>{escape(book.title)}</h1><ol>{items}</ol></nav>'
    return _page(book.title, book.language, book.direction, inner)


def _package(book: Book, chapters: Sequence[_Chapter], pictures: Mapping[str, str]) -> str:
    """The package file: metadata, every file, and the order of reading."""
    authors = dict.fromkeys(label.name for each in chapters for label in each.card.authors)
    newest = max((each.card.date.epoch for each in chapters if each.card.date), default=0)
    manifest = [
        _item("contents", "contents.xhtml", "application/xhtml+xml", "nav"),
        _item("style", "style.css", "text/css"),
        *(
            _item(each.name.partition(".")[0], each.name, "application/xhtml+xml",
                  " ".join(filter(None, ("mathml" if each.mathml else "", "svg" if each.svg else ""))))
            for each in chapters
        ),
        *(_item(name.partition(".")[0], name, _TYPES[splitext(name)[1]]) for name in pictures.values()),
    ]  # fmt: skip
    spine = "".join(f'<itemref idref="{each.name.partition(".")[0]}"/>' for each in chapters)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        f'unique-identifier="id" xml:lang="{escape(book.language)}">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">urn:uuid:{uuid5(NAMESPACE_URL, book.base.absolute("/" + book.at))}</dc:identifier>'
        f"<dc:title>{escape(book.title)}</dc:title><dc:language>{escape(book.language)}</dc:language>"
        + "".join(f"<dc:creator>{escape(name)}</dc:creator>" for name in authors)
        + f"<dc:source>{escape(book.base.absolute('/'))}</dc:source>"
        f'<meta property="dcterms:modified">{_utc(newest)}</meta></metadata>'
        f"<manifest>{''.join(manifest)}</manifest>"
        f'<spine page-progression-direction="{book.direction}">{spine or _NOTHING}</spine></package>\n'
    )


_NOTHING: Final = '<itemref idref="contents"/>'  # a spine needs an item, and a site may have no article yet
_CONTAINER: Final = (
    '<?xml version="1.0"?>\n<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    '<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>'
    "</container>\n"
)


def _item(id: str, href: str, type: str, properties: str = "") -> str:
    said = f' properties="{properties}"' if properties else ""
    return f'<item id="{id}" href="{href}" media-type="{type}"{said}/>'


def _utc(epoch: int) -> str:
    """A moment as EPUB writes it."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=epoch):%Y-%m-%dT%H:%M:%SZ}"
