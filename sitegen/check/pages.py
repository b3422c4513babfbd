"""What one HTML page holds: its links with their lines, the places that links aim at, its texts, its JSON-LD.

Invariant: pure; reads what a browser would, so a page that is not quite HTML still has facts.
"""

from datetime import datetime
from typing import Any

import msgspec
from lxml import etree

from sitegen.check.draft import Draft

_ADDRESSES = ("href", "src", "poster", "data", "action")
_META = frozenset(("og:url", "og:image", "twitter:image", "og:image:secure_url", "citation_pdf_url"))
_PARSER_OPTIONS = {"encoding": "utf-8", "recover": True, "huge_tree": True, "remove_comments": True}
_SILENT = frozenset(("style", "template"))
_NO_ADDRESS = frozenset(("base", "form"))


def read_page(draft: Draft, content: bytes) -> None:
    """Gather what a page holds."""
    draft.is_page = True
    parser = etree.HTMLParser(**_PARSER_OPTIONS)
    try:
        root = etree.fromstring(content, parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        root = None
    if root is None:
        draft.fault("output.empty", 0, "the page is empty", "look at the template that makes it")
        return
    titled = False
    for element in root.iter(etree.Element):
        tag = element.tag
        text = element.text
        if tag == "script":
            _script(draft, element)
            continue
        if tag in _SILENT:
            continue
        if text:
            draft.texts.append(text)
            if not len(element):
                draft.label(text)
        if element.tail:
            draft.texts.append(element.tail)
        if element.attrib:
            _attributes(draft, tag, element)
        if tag == "title" and text and text.strip():
            titled = True
    if not titled and not draft.moved:
        draft.fault("output.title", 1, "the page has no title", "give its template a <title>")


def _attributes(draft: Draft, tag: str, element: Any) -> None:
    given = element.attrib
    line = element.sourceline or 0
    for name in _ADDRESSES:
        address = given.get(name)
        if address is not None and tag not in _NO_ADDRESS:
            draft.link(address, line)
    if "srcset" in given:
        for candidate in given["srcset"].split(","):
            if candidate.strip():
                draft.link(candidate.split()[0], line)
    name = given.get("id")
    if name is not None:
        if name in draft.ids:
            help = "an id names one place; give the other a name of its own"
            draft.fault("output.id", line, f'the id "{name}" is given twice on this page', help)
        draft.ids[name] = None
    if tag == "a" and "name" in given:
        draft.ids.setdefault(given["name"])
    if tag == "img" and "alt" not in given:
        help = 'add  alt="…" , and alt="" where the picture only decorates'
        draft.fault("image.alt", line, f"the picture {given.get('src', '')} has no alt text", help)
    if tag == "meta":
        _meta(draft, given, line)


def _meta(draft: Draft, given: Any, line: int) -> None:
    content = given.get("content") or ""
    if (given.get("property") or given.get("name")) in _META and content:
        draft.link(content, line)
    elif (given.get("http-equiv") or "").lower() == "refresh":
        draft.moved = True
        target = content.partition("=")[2].strip(" '\"")
        if target:
            draft.link(target, line)
    elif given.get("name") in ("description", "citation_title") or given.get("property") in (
        "og:title",
        "og:description",
    ):
        draft.texts.append(content)
        draft.label(content)


def _script(draft: Draft, element: Any) -> None:
    line = element.sourceline or 0
    if "src" in element.attrib:
        draft.link(element.attrib["src"], line)
    if element.attrib.get("type") == "application/ld+json":
        _structured(draft, element.text or "", line)
    elif element.text:
        draft.texts.append(element.text)
    if element.tail:
        draft.texts.append(element.tail)


_ARTICLES = frozenset(("Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle", "OpinionNewsArticle"))


def _structured(draft: Draft, text: str, line: int) -> None:
    """JSON-LD: that it is JSON, says what it is, and of articles what search engines ask for."""

    def wrong(message: str, help: str) -> None:
        draft.fault("json-ld.invalid", line, f"JSON-LD: {message}", help, error=True)

    try:
        value = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        wrong(f"is not JSON ({error})", "write values with the filter  tojson")
        return
    items = value if isinstance(value, list) else [value]
    for item in items:
        if not isinstance(item, dict):
            wrong("expected an object with @context and @type", 'begin with  {"@context": "https://schema.org"')
            continue
        graph = item.get("@graph")
        if not str(item.get("@context", "")).rstrip("/").endswith("schema.org"):
            wrong("@context is not https://schema.org", 'write  "@context": "https://schema.org"')
        for each in graph if isinstance(graph, list) else [item]:
            _thing(draft, each, wrong)


def _thing(draft: Draft, thing: Any, wrong: Any) -> None:
    kind = thing.get("@type") if isinstance(thing, dict) else None
    if not kind:
        wrong("@type is missing", 'write  "@type": "NewsArticle" , or what it is')
        return
    draft.texts += [text for text in _strings(thing) if " " in text]
    for name in ("datePublished", "dateModified"):
        date = thing.get(name)
        if date is not None and not _is_date(date):
            wrong(f"{name} is not an ISO 8601 date: {date!r}", "write  2024-05-14  or  2024-05-14T17:30:00+00:00")
    for name in ("url", "image", "mainEntityOfPage"):
        for address in _addresses(thing.get(name)):
            if not address.startswith(("http://", "https://")):
                wrong(f"{name} is not a full address: {address!r}", "write it with https:// and the site's name")
    if kind in _ARTICLES and not (isinstance(thing.get("headline"), str) and thing["headline"].strip()):
        wrong("an article has to have a headline", 'write  "headline": the article\'s title')


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for each in value.values() for text in _strings(each)]
    return [text for each in value for text in _strings(each)] if isinstance(value, list) else []


def _addresses(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [str(value[name]) for name in ("@id", "url") if name in value]
    return [address for each in value for address in _addresses(each)] if isinstance(value, list) else []


def _is_date(value: Any) -> bool:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True
