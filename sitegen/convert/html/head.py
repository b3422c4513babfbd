"""What the head of a page holds, before anything is chosen: its meta elements, its JSON-LD, its address and language.

Invariant: pure; broken JSON-LD is no statement, and nesting is followed a few levels only.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from lxml.html import HtmlElement

from sitegen.convert.html.inline import safe_address
from sitegen.convert.one_line import clean
from sitegen.convert.web_address import address_parts

MAX_JSON: Final = 2_000_000  # characters of one JSON-LD block


def first(meta: dict[str, list[str]], *names: str) -> str:
    return next((meta[name][0] for name in names if meta.get(name)), "")


def meta_of(root: HtmlElement) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        value = element.get("content") or element.get("value") or ""
        if name and value.strip():
            out.setdefault(name, []).append(value.strip())
    return out


def linked_data(root: HtmlElement) -> Iterator[dict[str, Any]]:
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


def type_of(node: dict[str, Any]) -> str:
    kind = node.get("@type")
    return " ".join(map(str, kind)) if isinstance(kind, list) else str(kind or "")


def organisation(nodes: list[dict[str, Any]]) -> str:
    for node in nodes:
        publisher = node.get("publisher")
        if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
            return clean(publisher["name"])
        if type_of(node) in ("WebSite", "Organization", "NewsMediaOrganization") and isinstance(node.get("name"), str):
            return clean(node["name"])
    return ""


def host_of(url: str) -> str:
    """A site without a name of its own is called as its host is, without endings."""
    labels = (address_parts(url).hostname or "").removeprefix("www.").split(".")
    return max(labels[:-1], key=len, default="")


def canonical(root: HtmlElement, meta: dict[str, list[str]]) -> str:
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and (link.get("href") or "").startswith("http"):
            return safe_address(link.get("href"), "")
    found = first(meta, "og:url", "twitter:url")
    return safe_address(found, "") if found.startswith("http") else ""


def language(root: HtmlElement, meta: dict[str, list[str]]) -> str:
    value = (
        root.get("lang")
        or root.get("{http://www.w3.org/XML/1998/namespace}lang")
        or first(meta, "og:locale", "content-language")
    )
    found = re.match(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?(?![A-Za-z])", value or "")
    return found[0].replace("_", "-") if found else ""
