"""An article as a Markdown file: YAML front matter that reads back as it was, then the body.

Invariant: pure; the same article gives the same bytes. Every text is double-quoted, so no title can break its file.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, Final

from sitegen.content.slugs import slug_of
from sitegen.convert.document import FIELDS, Article, Field, Link, Picture, Source
from sitegen.convert.writing.escape import to_markdown

_NO_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)  # not in YAML
_ESCAPED = re.compile('[\t\n\r\x85\u2028\u2029\ufeff"\\\\]')
_WORDS: Final = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))  # keys that YAML may misread
ORDER: Final = (
    "title", "date", "updated", "publish_date", "expires", "draft", "authors", "categories", "tags", "series", "weight",
    "summary", "lang", "translation_of", "slug", "url", "aliases", "template", "image", "related", "source", "extra",
)  # fmt: skip
_SHORT: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quoted(text: str) -> str:
    """A YAML double-quoted scalar on one line. Control characters, which YAML does not allow, are left out."""
    text = _NO_TEXT.sub("", text)
    return '"' + _ESCAPED.sub(lambda match: _SHORT.get(match[0], f"\\u{ord(match[0]):04x}"), text) + '"'


def markdown_file(article: Article) -> str:
    """The whole file, front matter and body."""
    return f"---\n{front_matter(article)}---\n\n{_NO_TEXT.sub('', article.markdown or to_markdown(article.body))}"


def front_matter(article: Article) -> str:
    """The YAML between the fences. Doubtful fields are left out, but for the title, which a page cannot lack."""
    found: dict[str, Any] = {
        "title": article.title.value,
        "date": Bare(date) if (date := kept(article.date)) is not None else None,
        **{name: kept(getattr(article, name)) for name in ("authors", "tags", "summary", "lang")},
        **{name: kept(field) for name, field in article.more.items()},
    }
    for name, value in found.items():
        if FIELDS[name] == "date" and value is not None:
            found[name] = Bare(value)
    if article.pictures and not found.get("image"):
        found["image"] = _picture(article.pictures[0], src=True)
    found["related"] = [_related(link) for link in article.links]
    found["source"] = _source(article.source)
    if len(article.pictures) > 1 and not article.markdown:  # in Markdown they stand in the body
        others = [_picture(picture) for picture in article.pictures[1:]]
        found["extra"] = {**(found.get("extra") or {}), "images": [one for one in others if one]}
    order = {name: n for n, name in enumerate(ORDER)}
    lines: list[str] = []
    for name in sorted(found, key=lambda name: order[name]):
        lines += entry(name, found[name])
    return "\n".join(lines) + "\n"


def kept(field: Field | None) -> Any:
    """A field's value when it is sure enough to be written."""
    return None if field is None or field.doubtful else field.value


class Bare(str):
    """A text that stands in YAML without quotes: a date, a format's name."""

    __slots__ = ()


def entry(key: str, value: Any, indent: str = "") -> list[str]:
    """A key and its value as block YAML, one a line; nothing for what is empty. Texts are double-quoted."""
    if value is None or value in ("", [], {}):
        return []
    if isinstance(value, Mapping):
        inner = [line for name, one in value.items() for line in entry(_key(str(name)), one, indent + "  ")]
        return [f"{indent}{key}:", *inner] if inner else []
    if isinstance(value, list | tuple):
        return [f"{indent}{key}:", *(line for one in value for line in _item(one, indent + "  "))]
    return [f"{indent}{key}: {_scalar(value)}"]


def _item(value: Any, indent: str) -> list[str]:
    if isinstance(value, Mapping):
        inner = [line for name, one in value.items() for line in entry(_key(str(name)), one, indent + "  ")]
        return [f"{indent}- {inner[0].lstrip()}", *inner[1:]] if inner else [f"{indent}- {{}}"]
    if isinstance(value, list | tuple):
        inner = [line for one in value for line in _item(one, indent + "  ")]
        return [f"{indent}- {inner[0].lstrip()}", *inner[1:]] if inner else [f"{indent}- []"]
    return [f"{indent}- {_scalar(value)}"]


def _scalar(value: Any) -> str:
    if isinstance(value, Bare):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or (isinstance(value, float) and isfinite(value)):
        return str(value)
    return '""' if value is None else quoted(str(value))


def _key(name: str) -> str:
    return (
        name if re.fullmatch(r"[A-Za-z_][\w-]{0,60}", name, re.ASCII) and name.lower() not in _WORDS else quoted(name)
    )


def _picture(picture: Picture, *, src: bool = False) -> dict[str, str]:
    words = {"caption": picture.caption, "credit": picture.credit}
    return {"src": picture.src, "alt": picture.alt, **words} if src else words


def _related(link: Link) -> dict[str, str]:
    return {"title": link.title, "label": link.label, "url": link.url}


def _source(source: Source) -> dict[str, Any]:
    return {
        "format": Bare(source.format), "name": source.name, "sha256": source.sha256, "url": source.url,
        "row": source.row,
    }  # fmt: skip


def place_of(article: Article) -> str:
    """`2024/a-title.md`, `undated/a-title.md` or `pages/a-title.md`, or where its reader puts it; not yet unique.

    An article that brings files of its own is a bundle: `2024/a-title/index.md`.
    """
    if article.place:
        place = "/".join(slug_of(part) for part in article.place.split("/") if part.strip(". ")) or "untitled"
    else:
        date = kept(article.date)
        folder = "pages" if article.kind == "page" else str(date)[:4] if date else "undated"
        place = f"{folder}/{slug_of(kept(article.more.get('slug')) or article.title.value)}"
    return f"{place}/index.md" if article.assets else f"{place}.md"


def unique(place: str, taken: Mapping[str, Any] | Iterable[str]) -> str:
    """The place, or with `-2`, `-3` … where case-folded it is taken."""
    end = "/index.md" if place.endswith("/index.md") else ".md"
    stem, count, found = place.removesuffix(end), 1, place
    while _clashes(found, end, taken):
        count += 1
        found = f"{stem}-{count}{end}"
    return found


def _clashes(place: str, end: str, taken: Mapping[str, Any] | Iterable[str]) -> bool:
    """Whether a file of this name is there, or a bundle where a file is wanted, or a file where a bundle is."""
    other = place.removesuffix(end) + (".md" if end == "/index.md" else "/index.md")
    return folded_place(place) in taken or folded_place(other) in taken


def folded_place(place: str) -> str:
    """A path as file systems that ignore case and normal forms see it."""
    return unicodedata.normalize("NFC", place).casefold()
