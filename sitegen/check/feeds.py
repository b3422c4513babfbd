"""Whether feeds and sitemaps are what their formats ask for, and which addresses they name.

Sources: RSS 2.0 (rssboard.org), Atom (RFC 4287), JSON Feed 1.1, sitemaps.org 0.9. Invariant: pure; no entity and no
address is ever resolved.
"""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec
from lxml import etree
from lxml import html as lxml_html

from sitegen.check.draft import Draft
from sitegen.check.exports import strings_in

_ATOM = "{http://www.w3.org/2005/Atom}"
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
MAX_ADDRESSES = 50_000  # that a sitemap may hold

_MEND = "look at the template or the plugin that makes the file"


def read_xml(draft: Draft, content: bytes) -> None:
    """Facts of an XML file: a feed, a sitemap, or another, which only has to be well-formed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        draft.fault("output.xml", error.lineno or 0, f"is not well-formed XML: {error.msg}", _MEND, error=True)
        return
    draft.texts += [text for text in root.itertext() if text.strip()]
    tag = root.tag
    if tag == "rss":
        _rss(draft, root)
    elif tag == f"{_ATOM}feed":
        _atom(draft, root)
    elif tag in (f"{_SITEMAP}urlset", f"{_SITEMAP}sitemapindex"):
        _sitemap(draft, root)


def _wrong(draft: Draft, element: Any, message: str, help: str = _MEND) -> None:
    draft.fault("feed.invalid", element.sourceline or 0, message, help, error=True)


def _text(element: Any, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _rss(draft: Draft, root: Any) -> None:
    channel = root.find("channel")
    if root.get("version") != "2.0" or channel is None:
        _wrong(draft, root, "RSS: expected version 2.0 with a channel")
        return
    for name in ("title", "link", "description"):
        if channel.find(name) is None:
            _wrong(draft, channel, f"RSS: the channel has no {name}")
    draft.link(_text(channel, "link"), channel.sourceline or 0)
    _atom_links(draft, channel)
    seen: set[str] = set()
    for item in channel.iterfind("item"):
        title, guid = _text(item, "title"), item.find("guid")
        draft.label(title)
        if not title and not _text(item, "description"):
            _wrong(draft, item, "RSS: an item has neither title nor description")
        if _text(item, "link"):
            draft.link(_text(item, "link"), item.sourceline or 0)
        if guid is not None:
            _once(draft, seen, guid, (guid.text or "").strip())
            if guid.get("isPermaLink") != "false":
                draft.link((guid.text or "").strip(), guid.sourceline or 0)
        date = _text(item, "pubDate")
        if date and not _is_mail_date(date):
            _wrong(draft, item, f'RSS: pubDate is not a date as in mail headers: "{date}"')
        for name in ("description", _CONTENT):
            _html_links(draft, _text(item, name), item.sourceline or 0)


def _once(draft: Draft, seen: set[str], element: Any, id: str) -> None:
    if not id:
        _wrong(draft, element, "an entry has an empty id")
    elif id in seen:
        _wrong(draft, element, f"two entries have the id {id}")
    seen.add(id)


def _is_mail_date(text: str) -> bool:
    try:
        parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return False
    return True


def _is_iso_moment(text: str) -> bool:
    """RFC 3339: date, time and zone."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _atom(draft: Draft, root: Any) -> None:
    for name in ("id", "title", "updated"):
        if not _text(root, _ATOM + name):
            _wrong(draft, root, f"Atom: the feed has no {name}")
    _atom_links(draft, root)
    by_somebody = root.find(f"{_ATOM}author") is not None
    seen: set[str] = set()
    for entry in root.iterfind(f"{_ATOM}entry"):
        for name in ("id", "title", "updated"):
            if entry.find(_ATOM + name) is None:
                _wrong(draft, entry, f"Atom: an entry has no {name}")
        _once(draft, seen, entry, _text(entry, f"{_ATOM}id"))
        draft.label(_text(entry, f"{_ATOM}title"))
        if not by_somebody and entry.find(f"{_ATOM}author") is None:
            _wrong(draft, entry, "Atom: neither the feed nor this entry has an author", "name one under  authors:")
        for name in ("updated", "published"):
            moment = _text(entry, _ATOM + name)
            if moment and not _is_iso_moment(moment):
                _wrong(draft, entry, f'Atom: {name} is not a date with time and zone: "{moment}"')
        _atom_links(draft, entry)
        content = entry.find(f"{_ATOM}content")
        if content is not None and content.get("type") == "html":
            _html_links(draft, content.text or "", content.sourceline or 0)


def _atom_links(draft: Draft, element: Any) -> None:
    for link in element.iterfind(f"{_ATOM}link"):
        address = link.get("href")
        if not address:
            _wrong(draft, link, "Atom: a link without href")
        else:
            draft.link(address, link.sourceline or 0)


def _sitemap(draft: Draft, root: Any) -> None:
    entries = list(root)
    if len(entries) > MAX_ADDRESSES:
        draft.fault("sitemap.invalid", 0, f"holds {len(entries):,} addresses; 50,000 are allowed", _MEND, error=True)
    for entry in entries:
        line = entry.sourceline or 0
        address = _text(entry, f"{_SITEMAP}loc")
        if not address.startswith(("http://", "https://")):
            help = "set  base_url:  in sitegen.yaml: a sitemap holds full addresses"
            draft.fault("sitemap.invalid", line, f'"{address}" is not a full address', help, error=True)
            continue
        draft.link(address, line)
        changed = _text(entry, f"{_SITEMAP}lastmod")
        if changed:
            try:
                datetime.fromisoformat(changed)
            except ValueError:
                draft.fault("sitemap.invalid", line, f'lastmod is not an ISO 8601 date: "{changed}"', _MEND, error=True)


def _html_links(draft: Draft, text: str, line: int) -> None:
    """Addresses in the HTML that a feed carries: readers show it elsewhere, so they have to be full."""
    if "<" not in text or ("href" not in text and "src" not in text):
        return
    try:
        root = lxml_html.fragment_fromstring(text, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError):
        return
    for element in root.iter(etree.Element):
        for name in ("href", "src"):
            address = element.attrib.get(name)
            if address and not address.startswith("#"):
                draft.link(address, line)
                if address.startswith(("/", ".")) and not address.startswith("//"):
                    help = "set  base_url:  in sitegen.yaml: what a feed carries is read elsewhere"
                    draft.fault("feed.relative", line, f"names {address}, which only this site understands", help)


def read_json(draft: Draft, content: bytes) -> None:
    """Facts of a JSON file: a JSON Feed, or another, which only has to be JSON."""
    try:
        value = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        draft.fault("output.json", 0, f"is not JSON: {error}", _MEND, error=True)
        return
    if draft.sketched:
        for text in strings_in(value):
            draft.value(text)
    if isinstance(value, dict) and str(value.get("version", "")).startswith("https://jsonfeed.org/version/"):
        _json_feed(draft, value)


def _json_feed(draft: Draft, feed: dict[str, Any]) -> None:
    def wrong(message: str) -> None:
        draft.fault("feed.invalid", 0, f"JSON Feed: {message}", _MEND, error=True)

    if not isinstance(feed.get("title"), str):
        wrong("the feed has no title")
    for name in ("home_page_url", "feed_url", "next_url"):
        if isinstance(feed.get(name), str):
            draft.link(feed[name])
    items = feed.get("items")
    if not isinstance(items, list):
        wrong("the feed has no items")
        return
    seen: set[Any] = set()
    for item in items:
        id = item.get("id") if isinstance(item, dict) else None
        if not id:
            wrong("an item has no id")
            continue
        if id in seen:
            wrong(f"two items have the id {id}")
        seen.add(id)
        if not item.get("content_html") and not item.get("content_text"):
            wrong(f"the item {id} has neither content_html nor content_text")
        draft.label(item.get("title"))
        for name in ("url", "image"):
            if isinstance(item.get(name), str):
                draft.link(item[name])
        for name in ("date_published", "date_modified"):
            moment = item.get(name)
            if moment is not None and not (isinstance(moment, str) and _is_iso_moment(moment)):
                wrong(f'{name} is not a date with time and zone: "{moment}"')
        _html_links(draft, str(item.get("content_html") or ""), 0)
