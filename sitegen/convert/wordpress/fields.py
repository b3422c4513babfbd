"""The front matter of a WordPress item: dates with their zone, people, terms with those above them, and its state.

Invariant: pure. Only an item that was public becomes public; a reason stands in the notes for every other one.
"""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any, Final

import msgspec

from sitegen.convert.document import Fate, Field
from sitegen.convert.web_address import address_parts
from sitegen.convert.wordpress.wxr import Item, Term

SURE: Final = 0.99
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|br|cite|code|del|div|em|font|i|img|ins|kbd|mark|p|q|s|small|span|strike|strong|sub|sup|"
    r"tt|u|wbr)\b[^<>]{0,400}>",
    re.IGNORECASE,
)
_DROPPED_TERMS: Final = frozenset({"nav_menu", "link_category", "wp_theme"})
_SUMMARIES: Final = ("_yoast_wpseo_metadesc", "rank_math_description", "_aioseo_description", "_genesis_description")
_STATES: Final = {
    "draft": "is a draft", "pending": "waits for review", "private": "is private",
    "future": "was scheduled; its day stands in publish_date, and it stays a draft until you take that line out",
}  # fmt: skip


class Names(msgspec.Struct, frozen=True):
    """Display names of authors by login; for a category's slug its name and the slug above it."""

    authors: dict[str, str]
    categories: dict[str, tuple[str, str]]


def stated(text: str) -> str:
    """One line of plain text, without entities and the tags that mark words; other signs in brackets are words."""
    return " ".join(unescape(_INLINE.sub("", text)).split())


def moment(local: str, gmt: str) -> str:
    """ISO 8601 of a date that WordPress keeps twice: the difference of the two is the zone. "" for none."""
    here, there = _parsed(local), _parsed(gmt)
    if here is None:
        return f"{there.isoformat()}+00:00" if there else ""
    if there is None:
        return here.isoformat()
    minutes = round((here - there) / timedelta(minutes=15)) * 15
    if abs(minutes) > 14 * 60:
        return here.isoformat()
    sign = "-" if minutes < 0 else "+"
    return f"{here.isoformat()}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _parsed(text: str) -> datetime | None:
    found = re.match(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?", text.strip())
    if not found or found[1] == "0000":
        return None
    try:
        return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None


def fields_of(item: Item, names: Names, slug: str) -> tuple[dict[str, Field], list[str]]:
    """The fields of an item, and sentences for the report."""
    found: dict[str, tuple[Any, str]] = {}
    notes: list[str] = []
    date = moment(item.text("post_date"), item.text("post_date_gmt"))
    found["title"] = (stated(item.text("title")), "title")
    if item.kind != "page":
        found["date"] = (date, "post_date")
    changed = moment(item.text("post_modified"), item.text("post_modified_gmt"))
    if changed and changed[:10] > date[:10]:
        found["updated"] = (changed, "post_modified")
    found["authors"] = (_authors(item, names), "creator")
    found["categories"] = (_categories(item, names), "category")
    found["tags"] = (_named(item, "post_tag"), "post_tag")
    found["slug"] = (slug, "post_name")
    summary = next((text for key in _SUMMARIES if (text := item.said(key)) and "%%" not in text), "")
    found["summary"] = (stated(item.text("excerpt")) or stated(summary), "excerpt")
    found["aliases"] = (_aliases(item), "link")
    language = next((term.slug for term in item.terms if term.domain == "language"), "")
    if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?", language):
        found["lang"] = (language.replace("_", "-"), "language")
    found["extra"] = (_extra(item), "meta")
    _state(item, date, found, notes)
    out = {name: Field(value, SURE, origin) for name, (value, origin) in found.items() if value}
    return out, notes


def _state(item: Item, date: str, found: dict[str, tuple[Any, str]], notes: list[str]) -> None:
    reasons = []
    if item.status != "publish":
        reasons.append(_STATES.get(item.status, f"has the status {item.status}"))
        if item.status == "future" and date:
            found["publish_date"] = (date, "post_date")
    if item.text("post_password"):
        reasons.append("was protected by a password, which a site of files cannot ask for")
    if reasons:
        found["draft"] = (True, "status")
        title = found["title"][0] or f"item {item.row}"
        notes.append(f'"{title}" {" and ".join(reasons)}: written as a draft')


def _authors(item: Item, names: Names) -> list[str]:
    several = [stated(term.name) for term in item.terms if term.domain == "author"]
    login = item.text("creator")
    return list(dict.fromkeys(several)) or ([stated(names.authors.get(login, login))] if login else [])


def _named(item: Item, domain: str) -> list[str]:
    return list(
        dict.fromkeys(filter(None, (stated(term.name) or term.slug for term in item.terms if term.domain == domain)))
    )


def _categories(item: Item, names: Names) -> list[str]:
    """Categories, each after those above it, which list its posts on the old site too."""
    out: list[str] = []
    for term in item.terms:
        if term.domain != "category":
            continue
        line = [stated(term.name) or term.slug]
        slug, seen = names.categories.get(term.slug, ("", ""))[1], {term.slug}
        while slug and slug not in seen and slug in names.categories:
            seen.add(slug)
            line.append(stated(names.categories[slug][0]))
            slug = names.categories[slug][1]
        out += reversed(line)
    return list(dict.fromkeys(filter(None, out)))


def _aliases(item: Item) -> list[str]:
    parts = address_parts(item.text("link"))
    path = "/" + parts.path.lstrip("/")
    return [path] if path != "/" and not parts.query and item.status in ("publish", "private") else []


def _extra(item: Item) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if item.kind not in ("post", "page"):
        out["type"] = item.kind
    if item.text("is_sticky") == "1":
        out["sticky"] = True
    for term in item.terms:
        if term.domain == "post_format":
            out["format"] = term.slug.removeprefix("post-format-")
        elif term_fate(term).detail == "extra":
            out.setdefault("terms", {}).setdefault(term.domain, []).append(stated(term.name) or term.slug)
    for entry in item.meta:
        if meta_fate(entry.name, featured=False).detail == "extra" and entry.text:
            out.setdefault("fields", {}).setdefault(entry.name, entry.text)
    return out


def term_fate(term: Term) -> Fate:
    """What becomes of a term."""
    known = {"category": "categories", "post_tag": "tags", "author": "authors", "language": "lang"}
    if term.domain in _DROPPED_TERMS:
        return Fate("dropped", "WordPress's own bookkeeping")
    return Fate("field", known.get(term.domain, "extra"))


def meta_fate(key: str, *, featured: bool) -> Fate:
    """What becomes of a meta entry: keys that begin with "_" are WordPress's and its plugins' own."""
    if key == "_thumbnail_id":
        return Fate("field", "image") if featured else Fate("dropped", "featured image that is not in the export")
    if key in _SUMMARIES:
        return Fate("field", "summary")
    if key == "footnotes":
        return Fate("body")
    return Fate("dropped", "WordPress's own bookkeeping") if key.startswith("_") else Fate("field", "extra")
