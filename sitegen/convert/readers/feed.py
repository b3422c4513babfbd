"""The reader of feeds with full content: RSS, Atom, RDF and JSON Feed, one article an item.

Invariant: pure; a feed's XML is refused when it declares entities, nothing is fetched, and an item's HTML goes the way
of every page. Items count from 0.
"""
# ruff: noqa: E501 -- the arguments of an item stand in one piece

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from sitegen.convert.document import Document, Hint, Source
from sitegen.convert.faults import SHORT
from sitegen.convert.formats import Reading
from sitegen.convert.html.fields import Facts
from sitegen.convert.html.inline import safe_address
from sitegen.convert.one_line import clean
from sitegen.convert.readers.html import fragment_document
from sitegen.convert.sources.decode import decode
from sitegen.convert.sources.files import SourceFile, problem
from sitegen.convert.web_address import address_parts
from sitegen.errors import Problem, Where

MAX_ITEMS: Final = 100_000
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\b")
_NAMED: Final = 0.97
MAX_DEPTH: Final = 500  # elements in each other; the library that reads feeds takes 50 µs and more for each one
_TAG = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(?P<end>/?)(?P<name>[A-Za-z][\w:.-]{0,60})[^<>]*?(?P<alone>/?)>",
    re.DOTALL,
)
_UNCLOSED: Final = frozenset(b"area base br col embed hr img input li link meta option p source td th tr wbr".split())


def read(file: SourceFile, reading: Reading) -> Iterator[Document | Problem]:  # noqa: ARG001
    """The reader of the format feed."""
    yield from read_feed(file, decode(file.content).text)


def read_feed(file: SourceFile, text: str) -> Iterator[Document | Problem]:
    """A document for every item that has content, a problem for every item that has none."""
    if text.lstrip().startswith("{"):
        items = _json_items(file, text)
    elif _ENTITY.search(file.content[:65536]):
        items = iter([_fault(file, "the feed declares entities, which import refuses", "remove its DOCTYPE")])
    elif _depth(file.content) > MAX_DEPTH:
        said = f"the feed's elements stand more than {MAX_DEPTH:,} deep in each other"
        items = iter([_fault(file, said, "save the feed again; this is no feed of a site")])
    else:
        items = _xml_items(file)
    first = next(items, None)
    yield first or _fault(file, "the feed holds no items", "check that the whole feed was saved")
    yield from items


def _depth(content: bytes) -> int:
    """How deep elements stand in each other; those that HTML need not close do not count. Cost: 20 ms a megabyte."""
    depth = deepest = 0
    for found in _TAG.finditer(content):
        name = found["name"]
        if name is None or found["alone"] or name.lower() in _UNCLOSED:
            continue
        depth = max(0, depth - 1) if found["end"] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _fault(file: SourceFile, message: str, help: str) -> Problem:
    return problem(file.path, message, help, code="import.feed")


# ---- RSS, Atom, RDF


def _xml_items(file: SourceFile) -> Iterator[Document | Problem]:
    import feedparser  # noqa: PLC0415 -- 80 ms to import; only feeds need it

    feed = feedparser.parse(file.content, sanitize_html=False, resolve_relative_uris=False)
    if (fault := _not_well_formed(file, feed)) is not None:
        yield fault
    lang = str(feed.feed.get("language") or "")
    base = str(feed.feed.get("link") or "")
    for row, entry in enumerate(feed.entries[:MAX_ITEMS], start=file.row or 0):
        bodies = [(item.get("value") or "", item.get("type") or "") for item in entry.get("content") or []]
        full, kind = max(bodies, key=lambda one: len(one[0]), default=("", ""))
        summary = entry.get("summary") or ""
        html = full or summary
        if kind == "text/plain" or (not full and (entry.get("summary_detail") or {}).get("type") == "text/plain"):
            html = _plain_as_html(html)
        names = [str(author.get("name") or "") for author in entry.get("authors") or []] or [
            str(entry.get("author") or "")
        ]
        yield _item(
            file, row, html, base,
            title=str(entry.get("title") or ""), url=str(entry.get("link") or ""),
            date=str(entry.get("published") or entry.get("created") or entry.get("updated") or ""), names=names,
            tags=[str(tag.get("label") or tag.get("term") or "") for tag in entry.get("tags") or []],
            lang=str(entry.get("language") or lang), summary=summary if full else "", short=not full,
        )  # fmt: skip


def _not_well_formed(file: SourceFile, feed: Any) -> Problem | None:
    """The place where a feed stops being XML; the library reads on as well as it can, and says nothing."""
    from xml.sax import SAXParseException  # noqa: PLC0415 -- only feeds need it

    error = feed.get("bozo_exception")
    if not isinstance(error, SAXParseException):
        return None
    added = not _XML.match(
        file.content
    )  # the library writes an XML declaration where there is none, on a line of its own
    line = max(1, (error.getLineNumber() or 1) - added) + file.lines_before
    return Problem(
        code="import.feed",
        where=Where(file.path, line, (error.getColumnNumber() or 0) + 1),
        message=f"from here on the feed is no proper XML ({error.getMessage()}); what could be told was read",
        help="save the feed again; look whether its last items are there",
        severity="warning",
    )


def _plain_as_html(text: str) -> str:
    if re.search(r"<(?:p|br|a|div|img|em|strong)\b", text):
        return text  # HTML under a wrong label, as many feeds have it
    from html import escape  # noqa: PLC0415

    return "".join(f"<p>{escape(part)}</p>" for part in re.split(r"\n\s*\n", text) if part.strip())


# ---- JSON Feed


def _json_items(file: SourceFile, text: str) -> Iterator[Document | Problem]:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield _fault(file, f"this is not valid JSON: {error}", "save the feed again")
        return
    items = feed.get("items") if isinstance(feed, dict) else None
    base = str(feed.get("home_page_url") or "") if isinstance(feed, dict) else ""
    for row, item in enumerate(items[:MAX_ITEMS] if isinstance(items, list) else []):
        if not isinstance(item, dict):
            yield _fault(file, f"item {row} is not an object", "check how the feed was made")
            continue
        html = item.get("content_html")
        plain = item.get("content_text")
        body = (
            html if isinstance(html, str) and html.strip() else _plain_as_html(plain) if isinstance(plain, str) else ""
        )
        people = item.get("authors") or [item.get("author")]
        yield _item(
            file, row, body, base,
            title=_text(item.get("title")), url=_text(item.get("url")), date=_text(item.get("date_published")),
            names=[_text(one.get("name")) for one in people if isinstance(one, dict)] if isinstance(people, list) else [],
            tags=[_text(tag) for tag in item.get("tags") or [] if isinstance(tag, str)] if isinstance(item.get("tags"), list) else [],
            lang=_text(item.get("language")) or _text(feed.get("language")), summary=_text(item.get("summary")), short=False,
            image=_text(item.get("image")),
        )  # fmt: skip


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


# ---- both


def _item(
    file: SourceFile, row: int, html: str, base: str, *, title: str, url: str, date: str, names: list[str],
    tags: list[str], lang: str, summary: str, short: bool, image: str = "",
) -> Document | Problem:  # fmt: skip
    url = safe_address(url, base)
    url = url if url.startswith(("http://", "https://")) else ""
    host = (address_parts(url).hostname or "").removeprefix("www.")
    source = Source(
        path=file.path, name=file.name, format="feed", sha256=file.sha256, group=host or file.path, url=url, row=row
    )
    facts = Facts(url=url or base, summary=clean(summary), image=safe_address(image, base))
    document = fragment_document(html, facts, source) if html.strip() else None
    if document is None:
        return _fault(
            file, f"item {row} has no content", "a feed with full content is needed; import the pages instead"
        )
    hints = dict(document.hints)
    if clean(title):
        hints["title"] = Hint(clean(title), _NAMED, "item title")
    if date:
        hints["date"] = Hint(date, _NAMED, "item date")
    for field, values in (("authors", names), ("tags", tags)):
        if kept := [text for text in dict.fromkeys(map(clean, values)) if text]:
            hints[field] = Hint("; ".join(kept), _NAMED, f"item {field}")
    if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?", lang):
        hints["lang"] = Hint(lang, 0.8, "feed language")
    notes = (*document.notes, SHORT) if short else document.notes
    return msgspec.structs.replace(document, source=source, hints=hints, notes=notes)
