"""The reader of ODT documents: their XML as HTML, which goes the way of every page.

Invariant: pure; only what OpenDocument 1.3 means by its elements is read, styles as far as they say bold, italic,
struck, quote, code or title. Tracked deletions are left out, as they are in print.
"""

from collections.abc import Iterator
from html import escape
from typing import Final

import msgspec
from lxml import etree

from sitegen.convert.document import Asset, Document, Source
from sitegen.convert.formats import Reading
from sitegen.convert.html.fields import Facts
from sitegen.convert.readers.office import NoXmlError, office_document, office_facts, xml_of
from sitegen.convert.sources.files import SourceFile, Tree, problem
from sitegen.errors import Problem

_NS: Final = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
}
_SKIPPED: Final = frozenset(
    "tracked-changes sequence-decls forms table-of-content alphabetical-index bibliography user-index "
    "illustration-index table-index soft-page-break bookmark bookmark-start bookmark-end note-citation "
    "annotation".split()
)
_TITLES: Final = ("Title",)
_QUOTES: Final = ("Quotations", "Quote")
_CODES: Final = ("Preformatted_20_Text", "Source_20_Text")
MAX_SPACES: Final = 100  # of one `text:s`, which counts them


def read(tree: Tree, reading: Reading) -> Iterator[Document | Problem]:  # noqa: ARG001
    """The reader of the format odt: one document, one article."""
    file = tree.packed
    assert file is not None  # an ODT is a zip
    try:
        content = _xml(tree, "content.xml")
        styles = _Styles()
        for root in (_xml(tree, "styles.xml") if tree.has("styles.xml") else content, content):
            styles.learn(root)
    except NoXmlError as error:
        yield problem(file.path, f"the document cannot be read: {error}", "open it in its program and save it again")
        return
    body = content.find(".//office:text", _NS)
    writer = _Writer(styles)
    html = "".join(writer.children(body)) if body is not None else ""
    source = Source(path=file.path, name=file.name, format="odt", sha256=file.sha256, group=file.folder)
    meta = tree.file("meta.xml") if tree.has("meta.xml") else None
    facts = office_facts(meta.content) if isinstance(meta, SourceFile) else Facts()
    document = office_document(html + writer.notes_html(), facts, source)
    if document is None:
        yield problem(file.path, "the document holds no text", "leave it out of the sources")
        return
    assets = [asset for src in dict.fromkeys(writer.pictures) if (asset := tree.asset(src, src)) is not None]
    yield msgspec.structs.replace(document, assets=tuple[Asset, ...](assets))


def _xml(tree: Tree, name: str) -> etree._Element:
    file = tree.file(name)
    if isinstance(file, Problem):
        raise NoXmlError(file.message)
    return xml_of(file.content)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _get(element: etree._Element, name: str) -> str:
    prefix, _, local = name.partition(":")
    return element.get(f"{{{_NS[prefix]}}}{local}") or ""


class _Styles:
    """What styles mean: marks of a run of text, the named style that a paragraph descends from, ordered lists."""

    def __init__(self) -> None:
        self.marks: dict[str, tuple[str, ...]] = {}
        self.parents: dict[str, str] = {}
        self.ordered: set[str] = set()

    def learn(self, root: etree._Element) -> None:
        for style in root.iterfind(".//style:style", _NS):
            name = _get(style, "style:name")
            self.parents[name] = _get(style, "style:parent-style-name")
            found = style.find("style:text-properties", _NS)
            if found is not None and _get(style, "style:family") == "text":
                self.marks[name] = tuple(_marks(found))
        for style in root.iterfind(".//text:list-style", _NS):
            first = style.find("*")
            if first is not None and _name(first) == "list-level-style-number":
                self.ordered.add(_get(style, "style:name"))

    def descends(self, name: str, ancestors: tuple[str, ...]) -> bool:
        """Whether a style is one of these, or made from one."""
        for _ in range(20):
            if name in ancestors:
                return True
            name = self.parents.get(name, "")
        return False


def _marks(properties: etree._Element) -> Iterator[str]:
    if _get(properties, "fo:font-weight") in ("bold", "600", "700", "800", "900"):
        yield "strong"
    if _get(properties, "fo:font-style") in ("italic", "oblique"):
        yield "em"
    if _get(properties, "style:text-line-through-style") not in ("", "none"):
        yield "s"
    position = _get(properties, "style:text-position")
    if position.startswith(("super", "sub")):
        yield "sup" if position.startswith("super") else "sub"


class _Writer:
    """Elements as HTML. `pictures` are those met, `notes` the bodies of the footnotes."""

    def __init__(self, styles: _Styles) -> None:
        self.styles = styles
        self.pictures: list[str] = []
        self.notes: list[str] = []
        self.depth = 0

    def children(self, element: etree._Element) -> Iterator[str]:
        yield escape(element.text or "")
        for child in element:
            if self.depth < 100:  # deeper nesting is no document
                self.depth += 1
                yield from self.element(child)
                self.depth -= 1
            yield escape(child.tail or "")

    def element(self, element: etree._Element) -> Iterator[str]:
        name = _name(element)
        if not name or name in _SKIPPED:
            return
        writer = getattr(self, "_" + name.replace("-", "_"), None)
        yield from writer(element) if writer is not None else self.children(element)

    def _wrapped(self, tag: str, element: etree._Element) -> Iterator[str]:
        yield f"<{tag}>"
        yield from self.children(element)
        yield f"</{tag}>"

    def _h(self, element: etree._Element) -> Iterator[str]:
        level = _get(element, "text:outline-level")
        yield from self._wrapped(f"h{min(int(level) if level.isdigit() else 1, 5) + 1}", element)

    def _p(self, element: etree._Element) -> Iterator[str]:
        style = _get(element, "text:style-name")
        if self.styles.descends(style, _TITLES):
            yield from self._wrapped("h1", element)
        elif self.styles.descends(style, _QUOTES):
            yield from ("<blockquote>", *self._wrapped("p", element), "</blockquote>")
        elif self.styles.descends(style, _CODES):
            yield from self._wrapped("pre", element)
        else:
            yield from self._wrapped("p", element)

    def _span(self, element: etree._Element) -> Iterator[str]:
        marks = self.styles.marks.get(_get(element, "text:style-name"), ())
        yield "".join(f"<{mark}>" for mark in marks)
        yield from self.children(element)
        yield "".join(f"</{mark}>" for mark in reversed(marks))

    def _a(self, element: etree._Element) -> Iterator[str]:
        yield f'<a href="{escape(_get(element, "xlink:href"))}">'
        yield from self.children(element)
        yield "</a>"

    def _s(self, element: etree._Element) -> Iterator[str]:
        count = _get(element, "text:c")
        yield " " * min(int(count) if count.isdigit() else 1, MAX_SPACES)

    def _tab(self, _: etree._Element) -> Iterator[str]:
        yield " "

    def _line_break(self, _: etree._Element) -> Iterator[str]:
        yield "<br>"

    def _list(self, element: etree._Element) -> Iterator[str]:
        yield from self._wrapped("ol" if _get(element, "text:style-name") in self.styles.ordered else "ul", element)

    def _list_item(self, element: etree._Element) -> Iterator[str]:
        yield from self._wrapped("li", element)

    def _table(self, element: etree._Element) -> Iterator[str]:
        yield from self._wrapped("table", element)

    def _table_header_rows(self, element: etree._Element) -> Iterator[str]:
        yield from self._wrapped("thead", element)

    def _table_row(self, element: etree._Element) -> Iterator[str]:
        yield from self._wrapped("tr", element)

    def _table_cell(self, element: etree._Element) -> Iterator[str]:
        yield from self._wrapped("td", element)

    def _frame(self, element: etree._Element) -> Iterator[str]:
        image = element.find("{*}image")
        if image is None:
            yield from self.children(element)
            return
        said = element.find("{*}desc")
        said = element.find("{*}title") if said is None else said
        src = _get(image, "xlink:href").removeprefix("./")
        self.pictures.append(src)
        alt = " ".join("".join(said.itertext()).split()) if said is not None else ""
        yield f'<img src="{escape(src)}" alt="{escape(alt)}">'

    def _text_box(self, element: etree._Element) -> Iterator[str]:
        """A box with a picture in it is a figure, and its other text the caption."""
        inner = "".join(self.children(element))
        if "<img" not in inner:
            yield inner
            return
        picture = inner[inner.index("<img") : inner.index(">", inner.index("<img")) + 1]
        caption = inner.replace(picture, "").replace("<p>", "").replace("</p>", " ").strip()
        yield f"</p><figure>{picture}<figcaption>{caption}</figcaption></figure><p>"

    def _note(self, element: etree._Element) -> Iterator[str]:
        body = element.find("{*}note-body")
        if body is not None:
            place = len(self.notes)
            self.notes.append("")
            self.notes[place] = "".join(self.children(body))
            yield f"<sup>{place + 1}</sup>"

    def notes_html(self) -> str:
        """The footnotes, as a numbered list at the end."""
        return "<ol>" + "".join(f"<li>{note}</li>" for note in self.notes) + "</ol>" if self.notes else ""
