"""The reader of EPUB books: a chapter of the spine is an article, and the book its series.

Invariant: pure; names lead nowhere but into the archive. Cover, title page and contents are no articles: they are
named in one line.
"""

import re
from collections.abc import Iterator
from posixpath import dirname, join, normpath
from typing import Final
from urllib.parse import unquote

import msgspec
from lxml import etree

from sitegen.convert.document import Asset, Document, Field, Hint, Source
from sitegen.convert.formats import Reading
from sitegen.convert.html.fields import Facts
from sitegen.convert.html.tree import parsed
from sitegen.convert.one_line import clean
from sitegen.convert.readers.html import page_text
from sitegen.convert.readers.office import NoXmlError, office_document, several, texts_of, xml_of
from sitegen.convert.sources.files import SourceFile, Tree, problem
from sitegen.errors import Problem

_APPARATUS: Final = frozenset("cover titlepage toc landmarks loi lot index copyright-page halftitlepage".split())
_APPARATUS_NAMES = re.compile(r"(?i)^(?:cover|title-?page|toc|nav|contents?|copyright|half-?title)\b")
_EPUB_TYPE: Final = "{http://www.idpf.org/2007/ops}type"


class _Book(msgspec.Struct):
    """What the package file says: the chapters in reading order, and what holds for all of them."""

    title: str
    facts: Facts
    chapters: list[str]
    apparatus: frozenset[str]
    titles: dict[str, str]


def read(tree: Tree, reading: Reading) -> Iterator[Document | Problem]:  # noqa: ARG001
    """The reader of the format epub: an article a chapter; the row is its place in the spine."""
    file = tree.packed
    assert file is not None  # an EPUB is a zip
    try:
        book = _book(tree)
    except NoXmlError as error:
        yield problem(
            file.path, f"the book cannot be read: {error}", "check it with epubcheck, or unpack it and import its pages"
        )
        return
    left_out: list[str] = []
    for row, name in enumerate(book.chapters):
        chapter = tree.file(name)
        if isinstance(chapter, Problem):
            yield chapter
        elif name in book.apparatus or (document := _chapter(tree, chapter, name, row, book)) is None:
            left_out.append(name)
        else:
            yield document
    if left_out:
        said = f"cover, contents and pages without text were left out: {', '.join(left_out[:8])}"
        yield problem(
            file.path, said, "nothing to do, unless one of them is an article", code="import.skipped", warning=True
        )


def _book(tree: Tree) -> _Book:
    """Raises: NoXmlError."""
    package = next(
        (each.get("full-path", "") for each in _xml(tree, "META-INF/container.xml").iterfind(".//{*}rootfile")), ""
    )
    root = _xml(tree, package)
    folder = dirname(package)
    items = {each.get("id", ""): each for each in root.iterfind(".//{*}manifest/{*}item")}

    def path(element: etree._Element) -> str:
        return normpath(join(folder, unquote(element.get("href", ""))))

    spine = [items[each.get("idref", "")] for each in root.iterfind(".//{*}itemref") if each.get("idref") in items]
    chapters = [path(each) for each in spine if "html" in (each.get("media-type") or "")]
    navigation = [each for each in items.values() if "nav" in (each.get("properties") or "").split()]
    apparatus = {path(each) for each in navigation} | {
        name for name in chapters if _APPARATUS_NAMES.match(name.rpartition("/")[2])
    }
    contents = [
        path(each) for each in (*navigation, *(i for i in items.values() if "ncx" in (i.get("media-type") or "")))
    ]
    facts = Facts(lang=next(iter(texts_of(root, "language")), ""))
    facts.authors = several(texts_of(root, "creator"))
    facts.tags = several(texts_of(root, "subject"))
    dates = texts_of(root, "date")
    facts.date = Hint(dates[0], 0.6, "the book's date") if dates else None
    titles: dict[str, str] = {}
    for name in contents:
        titles = _titles(tree, name) | titles
    return _Book(next(iter(texts_of(root, "title")), ""), facts, chapters, frozenset(apparatus), titles)


def _xml(tree: Tree, name: str) -> etree._Element:
    file = tree.file(name) if tree.has(name) else None
    if not isinstance(file, SourceFile):
        raise NoXmlError(f"{name or 'its package file'} is not in it")
    return xml_of(re.sub(rb"<!DOCTYPE[^>\[]*>", b"", file.content, count=1))


def _titles(tree: Tree, name: str) -> dict[str, str]:
    """The titles of chapters, as a table of contents names them."""
    try:
        root = _xml(tree, name)
    except NoXmlError:
        return {}
    found: dict[str, str] = {}
    for link in root.iterfind(".//{*}a"):
        found.setdefault(_target(name, link.get("href", "")), clean("".join(link.itertext())))
    for point in root.iterfind(".//{*}navPoint"):
        content, label = point.find("{*}content"), point.find("{*}navLabel")
        if content is not None and label is not None:
            found.setdefault(_target(name, content.get("src", "")), clean("".join(label.itertext())))
    return found


def _target(name: str, href: str) -> str:
    return normpath(join(dirname(name), unquote(href.partition("#")[0])))


def _chapter(tree: Tree, file: SourceFile, name: str, row: int, book: _Book) -> Document | None:
    """The article of a chapter; None for one without text, or that says it is no chapter."""
    text, notes = page_text(file.content)
    root = parsed(text)
    body = root.find("body") if root is not None else None
    if body is None or _APPARATUS & set((body.get(_EPUB_TYPE) or body.get("epub:type") or "").split()):
        return None
    assert tree.packed is not None
    source = Source(
        path=tree.packed.path,
        name=tree.packed.name,
        format="epub",
        sha256=tree.packed.sha256,
        group=tree.packed.path,
        row=row,
    )
    facts = msgspec.structs.replace(book.facts, titles={"title": book.titles[name]} if name in book.titles else {})
    html = etree.tostring(body, encoding="unicode", method="html")
    document = office_document(html, facts, source)
    if document is None or document.markup is None:
        return None
    fields = {"series": Field([book.title], 0.9, "the book's title")} if book.title else {}
    return msgspec.structs.replace(
        document, fields=fields, addresses=(name, name.rpartition("/")[2]), notes=(*notes, *document.notes),
        assets=tuple(_assets(tree, name, [picture.src for picture in document.markup.pictures])),
    )  # fmt: skip


def _assets(tree: Tree, name: str, sources: list[str]) -> Iterator[Asset]:
    for src in dict.fromkeys(sources):
        asset = tree.asset(_target(name, src), src)
        if asset is not None:
            yield asset
