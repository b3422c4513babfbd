"""What docx, ODT and EPUB have in common: properties in Dublin Core, and a body that is HTML.

Invariant: pure; XML is read without entities, network or DTDs.
"""

import re
from collections.abc import Iterable
from typing import Final

import msgspec
from lxml import etree

from sitegen.convert.document import Document, Hint, Source
from sitegen.convert.html.fields import Facts
from sitegen.convert.one_line import clean
from sitegen.convert.readers.html import fragment_document

_PROPERTY: Final = 0.8  # somebody filled it in, or the program did from its user's name
_CREATED: Final = 0.45  # when a file was made is not when its article was published
_NO_TITLES = re.compile(r"(?i)(?:microsoft word|untitled|document\d*|dokument\d*)\b")
_NO_NAMES = re.compile(r"(?i)(?:user|admin(?:istrator)?|unknown|author|python-docx|microsoft)\b")


class NoXmlError(ValueError):
    """Bytes that are no XML, or XML that declares entities."""


def xml_of(content: bytes) -> etree._Element:
    """The tree of an XML file. Raises: NoXmlError, with words."""
    if re.search(rb"<!(?:ENTITY|DOCTYPE[^>]*\[)", content):
        raise NoXmlError("its XML declares entities, which import refuses")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NoXmlError(f"its XML is broken: {error}") from error


def texts_of(root: etree._Element, *names: str) -> list[str]:
    """The texts of all elements with one of these names, whatever their namespace."""
    found = (clean("".join(each.itertext())) for name in names for each in root.iterfind(f".//{{*}}{name}"))
    return list(dict.fromkeys(filter(None, found)))


def office_facts(content: bytes) -> Facts:
    """What the properties of a document say; nothing when they cannot be read."""
    try:
        root = xml_of(content)
    except NoXmlError:
        return Facts()
    facts = Facts()
    title = next(iter(texts_of(root, "title")), "")
    if title and not _NO_TITLES.match(title):
        facts.titles = {"title": title}
    facts.authors = several(name for name in texts_of(root, "initial-creator", "creator") if not _NO_NAMES.match(name))
    words = [part for text in texts_of(root, "keywords", "keyword", "subject") for part in re.split(r"[;,]", text)]
    facts.tags = several(words)
    dates = texts_of(root, "created", "creation-date")
    facts.date = Hint(dates[0], _CREATED, "document properties") if dates else None
    facts.summary = next(iter(texts_of(root, "description")), "")
    facts.lang = next(iter(texts_of(root, "language")), "")
    return facts


def several(values: Iterable[str]) -> Hint | None:
    """Several values as one hint; None for none."""
    kept = list(dict.fromkeys(filter(None, (value.strip().replace(";", ",") for value in values))))
    return Hint("; ".join(kept), _PROPERTY, "document properties") if kept else None


def office_document(html: str, facts: Facts, source: Source) -> Document | None:
    """The article of a body; a heading of the first level is its title, before the properties'. None without text."""
    document = fragment_document(html, msgspec.structs.replace(facts, titles={}), source)
    if document is None or document.markup is None or not document.markup.markdown.strip():
        return None
    hints = dict(document.hints)
    if facts.summary:
        hints["summary"] = Hint(facts.summary, _PROPERTY, "document properties")
    if facts.lang:
        hints["lang"] = Hint(facts.lang, _PROPERTY, "document properties")
    if "title" not in hints and facts.titles:
        hints["title"] = Hint(facts.titles["title"], _PROPERTY, "document properties")
    return msgspec.structs.replace(document, hints=hints)
