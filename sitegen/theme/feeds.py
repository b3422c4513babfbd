"""RSS, Atom and JSON Feed, the sitemap and robots.txt: made in Python, so that they are well-formed in every theme.

Invariant: dates come from the articles; a feed's own date is that of its newest article, never the clock's.
Sources: RSS 2.0 (rssboard.org), RFC 4287, JSON Feed 1.1, sitemaps.org 0.9.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from sitegen.catalog.outputs import FEED_FILES, SITEMAP_LIMIT
from sitegen.model import Body, Card, Keys, Label, Moment
from sitegen.theme.addresses import Base
from sitegen.theme.body import fill_slots
from sitegen.theme.shown import MEDIA_TYPES, SiteFacts

# XML 1.0 allows no control characters but tab, line feed and return, and no lone surrogates
_FORBIDDEN = {n: None for n in (*range(32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF) if n not in (9, 10, 13)}
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}) | _FORBIDDEN


def xml(text: str) -> str:
    """Text as it may stand in an XML element or attribute."""
    return text.translate(_XML)


class FeedFacts(msgspec.Struct, frozen=True):
    """What the config says of feeds: how many articles, and whether with their whole text."""

    limit: int = 20
    full: bool = True


class Item(msgspec.Struct, frozen=True):
    """One article of a feed, ready to be written."""

    card: Card
    url: str
    html: str


def feed(ask: Callable[..., Any], base: Base, format: str, taxonomy: str, slug: str) -> str:
    """A feed of the newest dated articles, of the whole site or of one term."""
    site: SiteFacts = ask("site")
    facts: FeedFacts = ask("feed_facts")
    ids = ask("tagged_dated", taxonomy, slug, facts.limit) if taxonomy else ask("fresh", facts.limit)
    full = facts.full and not taxonomy  # a term's feed would carry again what the site's already does
    items = [item for id in ids if (item := _item(ask, base, id, full=full)) is not None]
    title, home = site.title, "/"
    if taxonomy:
        term = ask("term", taxonomy, slug)
        title, home = f"{term.name} · {site.title}", term.url
    write = {"rss": _rss, "atom": _atom, "json": _json}[format]
    return write(site, base, title, home, home + FEED_FILES[format], items)


def _item(ask: Callable[..., Any], base: Base, id: str, *, full: bool) -> Item | None:
    card: Card | None = ask("card", id)
    if card is None:
        return None
    html = ""
    if full:
        body: Body = ask("body", id)
        keys: Keys = ask("keys_of", id)
        html = fill_slots(body, keys, ask, base.absolute)
    return Item(card=card, url=base.absolute(card.url), html=html)


def _updated(items: Sequence[Item]) -> Moment | None:
    moments = [m for item in items for m in (item.card.updated, item.card.date) if m is not None]
    return max(moments, key=lambda m: (m.epoch, m.iso), default=None)


def rfc822(moment: Moment) -> str:
    """`Sun, 17 Mar 2024 17:03:00 +0000`, in English whatever the locale."""
    from email.utils import format_datetime  # noqa: PLC0415 -- 10 ms, and only RSS needs it

    return format_datetime(datetime.fromisoformat(moment.iso))


def _labels(card: Card) -> tuple[Label, ...]:
    seen = dict.fromkeys(label.name for label in (*card.categories, *card.tags))
    return tuple(Label(name, "") for name in seen)


def _rss(site: SiteFacts, base: Base, title: str, home: str, own: str, items: Sequence[Item]) -> str:
    updated = _updated(items)
    head = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"',
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">',
        "<channel>",
        f"<title>{xml(title)}</title>",
        f"<link>{xml(base.absolute(home))}</link>",
        f"<description>{xml(site.description or title)}</description>",
        f"<language>{xml(site.language)}</language>",
        f'<atom:link href="{xml(base.absolute(own))}" rel="self" type="{MEDIA_TYPES["rss"]}"/>',
    ]
    if updated:
        head.append(f"<lastBuildDate>{rfc822(updated)}</lastBuildDate>")
    body = []
    for item in items:
        card = item.card
        body += [
            "<item>",
            f"<title>{xml(card.title)}</title>",
            f"<link>{xml(item.url)}</link>",
            f'<guid isPermaLink="true">{xml(item.url)}</guid>',
            *([f"<pubDate>{rfc822(card.date)}</pubDate>"] if card.date else []),
            *(f"<dc:creator>{xml(author.name)}</dc:creator>" for author in card.authors),
            *(f"<category>{xml(label.name)}</category>" for label in _labels(card)),
            f"<description>{xml(card.summary or card.title)}</description>",
            *([f"<content:encoded>{xml(item.html)}</content:encoded>"] if item.html else []),
            "</item>",
        ]
    return "\n".join([*head, *body, "</channel>", "</rss>", ""])


def _atom(site: SiteFacts, base: Base, title: str, home: str, own: str, items: Sequence[Item]) -> str:
    updated = _updated(items)
    head = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{xml(site.language)}">',
        f"<title>{xml(title)}</title>",
        *([f"<subtitle>{xml(site.description)}</subtitle>"] if site.description else []),
        f"<id>{xml(base.absolute(home))}</id>",
        f'<link rel="alternate" type="text/html" href="{xml(base.absolute(home))}"/>',
        f'<link rel="self" type="{MEDIA_TYPES["atom"]}" href="{xml(base.absolute(own))}"/>',
        f"<updated>{updated.iso if updated else '1970-01-01T00:00:00+00:00'}</updated>",
        f"<author><name>{xml(site.title)}</name></author>",
    ]
    body = []
    for item in items:
        card = item.card
        moment = card.updated or card.date
        lang = f' xml:lang="{xml(card.lang)}"' if card.lang and card.lang != site.language else ""
        body += [
            f"<entry{lang}>",
            f"<title>{xml(card.title)}</title>",
            f"<id>{xml(item.url)}</id>",
            f'<link rel="alternate" type="text/html" href="{xml(item.url)}"/>',
            *([f"<published>{card.date.iso}</published>"] if card.date else []),
            *([f"<updated>{moment.iso}</updated>"] if moment else []),
            *(f"<author><name>{xml(author.name)}</name></author>" for author in card.authors),
            *(f'<category term="{xml(label.name)}"/>' for label in _labels(card)),
            *([f"<summary>{xml(card.summary)}</summary>"] if card.summary else []),
            *([f'<content type="html">{xml(item.html)}</content>'] if item.html else []),
            "</entry>",
        ]
    return "\n".join([*head, *body, "</feed>", ""])


def _json(site: SiteFacts, base: Base, title: str, home: str, own: str, items: Sequence[Item]) -> str:
    value = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": base.absolute(home),
        "feed_url": base.absolute(own),
        **({"description": site.description} if site.description else {}),
        "language": site.language,
        "items": [_json_item(item, site) for item in items],
    }
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n"


def _json_item(item: Item, site: SiteFacts) -> dict[str, Any]:
    card = item.card
    found: dict[str, Any] = {
        "id": item.url,
        "url": item.url,
        "title": card.title,
        "summary": card.summary,
        "date_published": card.date.iso if card.date else "",
        "date_modified": card.updated.iso if card.updated else "",
        "authors": [{"name": author.name} for author in card.authors],
        "tags": [label.name for label in _labels(card)],
        "language": card.lang if card.lang != site.language else "",
    }
    kept = {key: value for key, value in found.items() if value}
    return kept | ({"content_html": item.html} if item.html else {"content_text": card.summary or card.title})


def sitemap(ask: Callable[..., Any], base: Base, part: int) -> str:
    """The sitemap (part 0) or, on a site above the limit, the index (part 0) and its parts (1, 2, …)."""
    entries: tuple[tuple[str, str], ...] = ask("site_addresses")
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    if part == 0 and len(entries) > SITEMAP_LIMIT:
        parts = range(1, -(-len(entries) // SITEMAP_LIMIT) + 1)
        lines = [f"<sitemap><loc>{xml(base.absolute(f'/sitemap-{n}.xml'))}</loc></sitemap>" for n in parts]
        return head + "\n".join([f"<sitemapindex {space}>", *lines, "</sitemapindex>", ""])
    shown = entries[(part - 1) * SITEMAP_LIMIT : part * SITEMAP_LIMIT] if part else entries
    lines = [
        f"<url><loc>{xml(base.absolute(url))}</loc>{f'<lastmod>{moment}</lastmod>' if moment else ''}</url>"
        for url, moment in shown
    ]
    return head + "\n".join([f"<urlset {space}>", *lines, "</urlset>", ""])


def robots(base: Base, *, sitemap_made: bool) -> str:
    """A robots.txt that lets all in and names the sitemap."""
    return "User-agent: *\nAllow: /\n" + (f"\nSitemap: {base.absolute('/sitemap.xml')}\n" if sitemap_made else "")
