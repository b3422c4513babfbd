"""The fields that a page states: JSON-LD, OpenGraph and other meta elements, and the elements of its head.

Invariant: pure; a value is read where it is written and never guessed. Every field has its origin and confidence.
"""
# ruff: noqa: E501 -- a table of phrases reads best with an entry a line

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from lxml.html import HtmlElement

from sitegen.convert.document import Hint
from sitegen.convert.html.head import (
    canonical,
    first,
    host_of,
    language,
    linked_data,
    meta_of,
    organisation,
    type_of,
)
from sitegen.convert.html.people import authors_of, in_side
from sitegen.convert.inference.dates import find_moments
from sitegen.convert.one_line import clean, key

UNSEEN: Final = 0.45  # of a page that is no article by its own account; enough only when the page shows that day
_ARTICLES: Final = re.compile(
    r"Article|Posting|Report|WebPage|Recipe|HowTo|Review|Question|Event|Podcast|Video", re.IGNORECASE
)
_STRONG: Final = re.compile(r"Article|Posting|Report|Recipe|Review", re.IGNORECASE)
_PUBLISHED: Final = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "dcterms.created",
    "dcterms.date", "dc.date.created", "parsely-pub-date", "sailthru.date", "article.published", "published-date",
    "publish-date", "publish_date", "pubdate", "publication_date", "citation_publication_date", "cxenseparse:recs:publishtime",
    "article_date_original", "originalpublicationdate", "published_time", "date_published", "created", "rnews:datepublished",
)  # fmt: skip
_SAYS_PUBLISHED = re.compile(
    r"(?:publi(?:sh|cation|kation)\w*|pub|issued?|posted)[\W_]?(?:date|time|on|at|datetime)|date[\W_]?(?:publi|pub|issued|posted)",
    re.IGNORECASE,
)
_DATE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:date|published|pubdate|publish-?date|posted-?on|timestamp|entry-date|post-date|dateline|time)(?:$|[\s_-])",
    re.IGNORECASE,
)
_URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/_-]|$)")


class Facts(msgspec.Struct):
    """What a page says of itself. `titles` are candidates with their origin, best known form first."""

    url: str = ""
    lang: str = ""
    site: str = ""
    titles: dict[str, str] = {}
    shorter: dict[str, str] = {}  # key of a heading with a kicker or label in it -> the heading without
    date: Hint | None = None
    authors: Hint | None = None
    tags: Hint | None = None
    summary: str = ""
    image: str = ""


def facts_of(root: HtmlElement) -> Facts:
    """All that the head and the marked elements of a page say. Cost: about 2 ms."""
    meta = meta_of(root)
    nodes = list(linked_data(root))
    articles = [node for node in nodes if _STRONG.search(type_of(node))] or [
        node for node in nodes if _ARTICLES.search(type_of(node))
    ]
    facts = Facts(url=canonical(root, meta), lang=language(root, meta))
    named = first(meta, "og:site_name", "application-name") or organisation(nodes)
    facts.site = named or host_of(facts.url)
    facts.titles = _titles(root, meta, articles)
    facts.shorter = dict(_without_kickers(root))
    facts.date = _date(root, meta, articles, facts.url)
    facts.authors = authors_of(root, meta, articles, nodes, named)  # a host may well be called as its author is
    facts.tags = _tags(root, meta, articles)
    facts.summary = clean(first(meta, "og:description", "description", "twitter:description"))
    facts.image = first(meta, "og:image", "og:image:url", "twitter:image", "twitter:image:src")
    return facts


def _titles(root: HtmlElement, meta: dict[str, list[str]], articles: list[dict[str, Any]]) -> dict[str, str]:
    out: dict[str, str] = {}
    headline = next((node["headline"] for node in articles if isinstance(node.get("headline"), str)), "")
    named = {
        "json-ld headline": headline,
        "og:title": first(meta, "og:title"),
        "twitter:title": first(meta, "twitter:title"),
        "title": next((title.text_content() for title in root.iter("title") if title.text), ""),
    }
    for origin, value in named.items():
        if text := clean(value):
            out[origin] = text
    return out


_KICKER = re.compile(
    r"kicker|overline|over-?title|dachzeile|top-?line|roof|eyebrow|pre-?title|pre-?headline|spitzmarke|super-?title|supra|topic|"
    r"category|section|label|badge|visually-?hidden|sr-only|screen-reader|date|time|meta|sub-?title|sub-?head|unterzeile|permalink",
    re.IGNORECASE,
)


def _without_kickers(root: HtmlElement) -> Iterator[tuple[str, str]]:
    """Headings that hold an element which names itself a kicker, a label or the like: the words without it."""
    for heading in root.iter("h1", "h2"):
        rest = [heading.text or ""]
        cut = False
        for child in heading:
            named = f"{child.get('class') or ''} {child.get('id') or ''}" if isinstance(child.tag, str) else ""
            if named.strip() and _KICKER.search(named):
                cut = True
            elif isinstance(child.tag, str):
                rest.append(child.text_content())
            rest.append(child.tail or "")
        text = clean(" ".join(rest)).strip(" :|–—-")
        if cut and len(key(text)) > 5:
            yield key(clean(heading.text_content())), text


# ---- date


def _date(root: HtmlElement, meta: dict[str, list[str]], articles: list[dict[str, Any]], url: str) -> Hint | None:
    for value, sure, origin in _dates(root, meta, articles, url):
        found = find_moments(value[:200])
        if found and not found[0].ambiguous:
            return Hint(value[:200].strip(), sure, origin)
    return None


def _dates(
    root: HtmlElement, meta: dict[str, list[str]], articles: list[dict[str, Any]], url: str
) -> Iterator[tuple[str, float, str]]:
    for node in articles:
        if isinstance(node.get("datePublished"), str) and _STRONG.search(type_of(node)):
            yield node["datePublished"], 0.97, "json-ld datePublished"
    for name in _PUBLISHED:
        for value in meta.get(name, ())[:1]:
            yield value, 0.93, f"meta {name}"
    for name, values in meta.items():
        if name not in _PUBLISHED and _SAYS_PUBLISHED.search(name) and "modif" not in name and "updat" not in name:
            yield values[0], 0.8, f"meta {name}"
    yield from _marked_dates(root)
    if found := _URL_DAY.search(url):
        yield "-".join(found.groups()), 0.9, "url"
    yield from _timed(root)
    for node in articles:
        if isinstance(node.get("datePublished"), str):
            yield node["datePublished"], UNSEEN, "json-ld datePublished"


def _marked_dates(root: HtmlElement) -> Iterator[tuple[str, float, str]]:
    for element in root.iter("time", "span", "abbr", "div", "p"):
        if element.get("itemprop") == "datePublished" or (element.tag == "time" and element.get("pubdate") is not None):
            value = element.get("datetime") or element.get("content") or element.text_content()
            yield value, 0.92, "element datePublished"


def _timed(root: HtmlElement) -> Iterator[tuple[str, float, str]]:
    for element in root.iter("time"):
        named = f"{element.get('class') or ''}".lower()
        if "updated" in named or "modified" in named or in_side(element):
            continue
        yield element.get("datetime") or element.text_content(), 0.85, "time"
        yield element.text_content(), 0.8, "time"


# ---- tags


def _tags(root: HtmlElement, meta: dict[str, list[str]], articles: list[dict[str, Any]]) -> Hint | None:
    found = [clean(value) for value in meta.get("article:tag", ())]
    if found:
        return _tag_hint(found, 0.9, "meta article:tag")
    linked = [
        clean(element.text_content()) for element in root.iter("a") if "tag" in (element.get("rel") or "").split()
    ]
    if linked:
        return _tag_hint(linked, 0.85, "rel=tag")
    for node in articles:
        words = node.get("keywords")
        if words:
            return _tag_hint(words if isinstance(words, list) else str(words).split(","), 0.8, "json-ld keywords")
    words = first(meta, "news_keywords", "parsely-tags", "sailthru.tags", "keywords")
    return _tag_hint(words.split(","), 0.6, "meta keywords") if words else None


def _tag_hint(tags: list[Any], sure: float, origin: str) -> Hint | None:
    kept = [
        tag
        for tag in dict.fromkeys(clean(str(tag)).strip(" #") for tag in tags if isinstance(tag, str))
        if 1 < len(tag) <= 60
    ]
    return Hint("; ".join(kept[:30]), sure, origin) if kept else None
