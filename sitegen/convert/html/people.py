"""Who wrote a page, as it says: JSON-LD, meta elements, and the elements that are marked as the author or byline.

Invariant: pure; a site, an organisation, a role or a login is no author.
"""
# ruff: noqa: E501 -- a table of phrases reads best with an entry a line

import re
from collections.abc import Iterator
from typing import Any, Final

from lxml.html import HtmlElement

from sitegen.convert.document import Hint
from sitegen.convert.html.head import type_of
from sitegen.convert.html.zones import part_of
from sitegen.convert.inference.names import is_name, read_byline, read_names
from sitegen.convert.one_line import clean, key

_AUTHORS: Final = (
    "author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl", "citation_author",
    "twitter:data1:author", "article:author", "og:article:author", "cxenseparse:author", "authors", "rbauthors",
)  # fmt: skip
_BY_CLASS = re.compile(r"(?:^|[\s_-])(?:author|byline|by-line|writer|contributor)(?:$|[\s_-]|s$|name)", re.IGNORECASE)
_ROLE = re.compile(r"\b(?:written|posted|published|by|authors?|writers?|editors?|reviewed)\b", re.IGNORECASE)


def authors_of(
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
        if isinstance(item, dict) and "Organization" in type_of(item) and isinstance(item.get("name"), str):
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
            if "Organization" in type_of(named):
                continue
            for name in names if isinstance(names, list) else [names]:
                if isinstance(name, str):
                    yield from re.split(r"\s*;\s*|\s*,\s+(?=[A-Z]\w+ [A-Z])|\s+(?:and|und|&)\s+", name)


def _marked_names(root: HtmlElement) -> Iterator[tuple[str, float, list[str]]]:
    for element in root.iter("a", "span", "p", "div", "address", "cite"):
        marked = "author" in (element.get("rel") or "").split() or "author" in (element.get("itemprop") or "").split()
        if not marked and not _BY_CLASS.search(element.get("class") or ""):
            continue
        if sum(1 for _ in element.iterdescendants()) > 25 or in_side(element):
            continue
        text = clean(" ".join(element.itertext()))
        names = read_byline(text) or read_names(text)
        if names and all(is_name(name) and not said_role(name) for name in names):
            yield ("rel=author" if marked else "byline"), 0.8 if marked else 0.75, list(names)


def in_side(element: HtmlElement) -> bool:
    return any(
        isinstance(parent.tag, str)
        and part_of(parent.tag, dict(parent.items()))[0] not in ("", "article data", "advertisement")
        for parent in element.iterancestors()
        if parent.tag not in ("body", "html", "main")
    )
