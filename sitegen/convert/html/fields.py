"""The fields that a page states: JSON-LD, OpenGraph and other meta elements, and the elements of its head.

Invariant: pure; a value is read where it is written and never guessed. Every field has its origin and confidence.
"""
# ruff: noqa: E501 -- a table of phrases reads best with an entry a line

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from lxml.html import HtmlElement

from sitegen.convert.document import Hint
from sitegen.convert.html.inline import safe_address
from sitegen.convert.inference.dates import find_moments
from sitegen.convert.inference.evidence import TITLE_BARS
from sitegen.convert.inference.names import is_name, read_byline, read_names
from sitegen.convert.one_line import clean

UNSEEN: Final = 0.45  # of a page that is no article by its own account; enough only when the page shows that day
MAX_JSON: Final = 2_000_000  # characters of one JSON-LD block
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
_AUTHORS: Final = (
    "author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl", "citation_author",
    "twitter:data1:author", "article:author", "og:article:author", "cxenseparse:author", "authors", "rbauthors",
)  # fmt: skip
_BY_CLASS = re.compile(r"(?:^|[\s_-])(?:author|byline|by-line|writer|contributor)(?:$|[\s_-]|s$|name)", re.IGNORECASE)
_DATE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:date|published|pubdate|publish-?date|posted-?on|timestamp|entry-date|post-date|dateline|time)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ROLE = re.compile(r"\b(?:written|posted|published|by|authors?|writers?|editors?|reviewed)\b", re.IGNORECASE)
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
    meta = _meta(root)
    nodes = list(_linked_data(root))
    articles = [node for node in nodes if _STRONG.search(_type(node))] or [
        node for node in nodes if _ARTICLES.search(_type(node))
    ]
    facts = Facts(url=_canonical(root, meta), lang=_language(root, meta))
    named = first(meta, "og:site_name", "application-name") or _organisation(nodes)
    facts.site = named or _host(facts.url)
    facts.titles = _titles(root, meta, articles)
    facts.shorter = dict(_without_kickers(root))
    facts.date = _date(root, meta, articles, facts.url)
    facts.authors = _authors(root, meta, articles, nodes, named)  # a host may well be called as its author is
    facts.tags = _tags(root, meta, articles)
    facts.summary = clean(first(meta, "og:description", "description", "twitter:description"))
    facts.image = first(meta, "og:image", "og:image:url", "twitter:image", "twitter:image:src")
    return facts


def first(meta: dict[str, list[str]], *names: str) -> str:
    return next((meta[name][0] for name in names if meta.get(name)), "")


def _meta(root: HtmlElement) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        value = element.get("content") or element.get("value") or ""
        if name and value.strip():
            out.setdefault(name, []).append(value.strip())
    return out


def _linked_data(root: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "") or not script.text or len(script.text) > MAX_JSON:
            continue
        text = re.sub(r"^\s*(?://\s*)?<!\[CDATA\[|(?://\s*)?\]\]>\s*;?\s*$", "", script.text).strip().rstrip(";")
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _nodes(data, 0)


def _nodes(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 4:
        return
    if isinstance(data, list):
        for item in data[:200]:
            yield from _nodes(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(data.get(key), list | dict):
                yield from _nodes(data[key], depth + 1)


def _type(node: dict[str, Any]) -> str:
    kind = node.get("@type")
    return " ".join(map(str, kind)) if isinstance(kind, list) else str(kind or "")


def _organisation(nodes: list[dict[str, Any]]) -> str:
    for node in nodes:
        publisher = node.get("publisher")
        if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
            return clean(publisher["name"])
        if _type(node) in ("WebSite", "Organization", "NewsMediaOrganization") and isinstance(node.get("name"), str):
            return clean(node["name"])
    return ""


def _host(url: str) -> str:
    """A site without a name of its own is called as its host is, without endings."""
    labels = (urlsplit(url).hostname or "").removeprefix("www.").split(".")
    return max(labels[:-1], key=len, default="")


def _canonical(root: HtmlElement, meta: dict[str, list[str]]) -> str:
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and (link.get("href") or "").startswith("http"):
            return safe_address(link.get("href"), "")
    found = first(meta, "og:url", "twitter:url")
    return safe_address(found, "") if found.startswith("http") else ""


def _language(root: HtmlElement, meta: dict[str, list[str]]) -> str:
    value = (
        root.get("lang")
        or root.get("{http://www.w3.org/XML/1998/namespace}lang")
        or first(meta, "og:locale", "content-language")
    )
    found = re.match(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?(?![A-Za-z])", value or "")
    return found[0].replace("_", "-") if found else ""


# ---- title


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


def headline(facts: Facts, headings: list[str], without_ending: Any = None, others: Sequence[str] = ()) -> Hint | None:
    """The title among the candidates; `headings` are the h1 of the page, those nearest to the article first.

    `others` are headings of lower rank at the head of the article.
    """
    found = _headline(facts, headings, without_ending, others)
    if found is None or found.origin not in ("h1", "h2"):
        return found
    text = _bare(facts.shorter.get(key(found.value), found.value), facts.site, None)
    for stated in facts.titles.values():  # the head may state the heading without what a line above it says
        own = key(stated)
        if len(own) > 14 and own != key(text) and key(text).endswith(own) and len(own) > 0.4 * len(key(text)):
            text = stated
    return Hint(text, found.confidence, found.origin)


def _headline(facts: Facts, headings: list[str], without_ending: Any, others: Sequence[str]) -> Hint | None:
    bare = {origin: _bare(text, facts.site, without_ending) for origin, text in facts.titles.items()}
    keys = {origin: key(text) for origin, text in bare.items()}
    raw = {origin: key(text) for origin, text in facts.titles.items()}
    for text in headings:
        own = key(text)
        if len(own) < 3 or own == key(facts.site):
            continue
        if own not in keys.values() and (better := _not_the_site(own, facts, others)):
            return Hint(better, 0.85, "h2")
        if own in keys.values() or (len(own) > 12 and any(own in other for other in raw.values())):
            return Hint(text, 0.97, "h1")
    shared = {text for origin, text in bare.items() if list(keys.values()).count(keys[origin]) > 1}
    told = [text for text in headings if len(text.split()) >= 3 and key(text) != key(facts.site)]
    if told and any(_alike(told[0], text) for text in bare.values()):
        return Hint(told[0], 0.9, "h1")
    if len(told) == 1 and not shared:
        return Hint(told[0], 0.75, "h1")
    for origin in ("og:title", "json-ld headline", "title", "twitter:title"):
        if bare.get(origin):
            return Hint(bare[origin], 0.85 if bare[origin] in shared else 0.7, origin)
    return Hint(headings[0], 0.6, "h1") if headings else None


def _not_the_site(own: str, facts: Facts, others: Sequence[str]) -> str:
    """Another heading that the head names, too, when an h1 is only the part of the page's title after or before a bar."""
    for stated in facts.titles.values():
        parts = [key(part) for part in TITLE_BARS.split(stated)]
        if len(parts) > 1 and own in (parts[0], parts[-1]):
            rest = set(parts) - {own}
            for text in others:
                if len(key(text)) > 5 and key(text) in rest:
                    return text
    return ""


def _alike(one: str, other: str) -> bool:
    a, b = set(re.findall(r"\w+", one.casefold())), set(re.findall(r"\w+", other.casefold()))
    return len(a & b) >= 0.5 * max(1, min(len(a), len(b)))


def key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _bare(text: str, site: str, without_ending: Any) -> str:
    """A title without the site's name."""
    if without_ending is not None:
        text = without_ending(text)
    parts = TITLE_BARS.split(text)
    if len(parts) < 2:
        return text
    own = key(site)
    if own and (key(parts[-1]) == own or own in key(parts[-1]) or (len(key(parts[-1])) > 4 and key(parts[-1]) in own)):
        return text[: text.rindex(parts[-1])].rstrip(" |–—·•:»-")
    if own and key(parts[0]) == own:
        return text[len(parts[0]) :].lstrip(" |–—·•:»-")
    bar = re.search(r"\s+[|»·•]\s+", text)
    if bar and len(text[: bar.start()].split()) >= 3:
        return text[: bar.start()]
    return text


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
        if isinstance(node.get("datePublished"), str) and _STRONG.search(_type(node)):
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
        if "updated" in named or "modified" in named or _in_side(element):
            continue
        yield element.get("datetime") or element.text_content(), 0.85, "time"
        yield element.text_content(), 0.8, "time"


def _in_side(element: HtmlElement) -> bool:
    from sitegen.convert.html.zones import zone_of  # noqa: PLC0415

    return any(
        isinstance(parent.tag, str) and zone_of(parent, parent.tag) not in ("", "article data", "advertisement")
        for parent in element.iterancestors()
        if parent.tag not in ("body", "html", "main")
    )


# ---- authors


def _authors(
    root: HtmlElement,
    meta: dict[str, list[str]],
    articles: list[dict[str, Any]],
    nodes: list[dict[str, Any]],
    site: str,
) -> Hint | None:
    organisations = {key(name) for node in articles for name in _organisations(node.get("author"))}
    for names, sure, origin in _signed(root, meta, articles, nodes):
        own = site if origin not in ("json-ld author", "meta author") else ""
        good = [name for name in dict.fromkeys(map(_name, names)) if name and not _is_site(name, own)]
        good = [name for name in good if key(name) not in organisations]
        if good:
            return Hint("; ".join(good), sure, origin)
    return None


def _name(text: str) -> str:
    text = clean(text)
    text = re.sub(r"^(?:by|von|par|por|di|written by|posted by)[:\s]+", "", text, flags=re.IGNORECASE).strip(" ,|•·-")
    if (
        not text
        or "://" in text
        or "@" in text
        or len(text) > 80
        or len(text.split()) > 8
        or not re.search(r"[^\W\d_]{2}", text)
        or text.casefold() in ("undefined", "null", "none", "n/a", "anonymous", "super user", "superuser")
        or re.fullmatch(
            r"[a-z0-9_.]+-[a-z0-9_.-]+|[a-z]*\d[a-z0-9]*|(?:https?:)?//.*|www\..*",
            text,
        )
    ):
        return ""
    return text


def _is_site(name: str, site: str) -> bool:
    own = key(name)
    return own in (
        "admin",
        "administrator",
        "editor",
        "staff",
        "guest",
        "author",
        "webmaster",
        "redaktion",
        "unknown",
        "root",
        "user",
    ) or (bool(site) and (own == key(site)))


def _signed(
    root: HtmlElement, meta: dict[str, list[str]], articles: list[dict[str, Any]], nodes: list[dict[str, Any]]
) -> Iterator[tuple[list[str], float, str]]:
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
    for node in articles:
        names = list(_people(node.get("author") or node.get("creator"), by_id))
        if names:
            yield names, 0.95, "json-ld author"
    for name in _AUTHORS:
        if values := meta.get(name):
            split = [
                part
                for value in values
                for part in re.split(r"\s*;\s*|\s*,\s+(?=[A-Z]\w+ [A-Z])|\s+(?:and|und|&)\s+", value)
            ]
            yield split, 0.85, f"meta {name}"
    for origin, sure, found in _marked_names(root):
        yield found, sure, origin


def _organisations(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and "Organization" in _type(item) and isinstance(item.get("name"), str):
            yield item["name"]


def said_role(name: str) -> bool:
    """Whether what looks like a name is a label, as in "Written By"."""
    return bool(_ROLE.search(name))


def _people(value: Any, by_id: dict[str, dict[str, Any]]) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield from re.split(r"\s*;\s*|\s*,\s+(?=[A-Z]\w+ [A-Z])|\s+(?:and|und|&)\s+", item)
        elif isinstance(item, dict):
            named = item if "name" in item else by_id.get(str(item.get("@id")), item)
            names = named.get("name")
            if "Organization" in _type(named):
                continue
            for name in names if isinstance(names, list) else [names]:
                if isinstance(name, str):
                    yield from re.split(r"\s*;\s*|\s*,\s+(?=[A-Z]\w+ [A-Z])|\s+(?:and|und|&)\s+", name)


def _marked_names(root: HtmlElement) -> Iterator[tuple[str, float, list[str]]]:
    for element in root.iter("a", "span", "p", "div", "address", "cite"):
        marked = "author" in (element.get("rel") or "").split() or "author" in (element.get("itemprop") or "").split()
        if not marked and not _BY_CLASS.search(element.get("class") or ""):
            continue
        if sum(1 for _ in element.iterdescendants()) > 25 or _in_side(element):
            continue
        text = clean(" ".join(element.itertext()))
        names = read_byline(text) or read_names(text)
        if names and all(is_name(name) and not said_role(name) for name in names):
            yield ("rel=author" if marked else "byline"), 0.8 if marked else 0.75, list(names)


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
