"""Front matter: the table of its keys, and the reading of one block.

Invariant: every key that sitegen knows stands in `KEYS`, once, with its type, its aliases and its description: reading,
the JSON Schema and the documentation come from there. Whatever is not known stays, in `extra`.
"""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from functools import lru_cache
from typing import Any, Final

import msgspec

from sitegen.content import fields, kinds
from sitegen.content.fields import Reading
from sitegen.model import Image, Moment, RelatedLink
from sitegen.notation.scalars import describe, resolve
from sitegen.notation.words import near
from sitegen.notation.yaml import Sheet, read_yaml


class FrontMatter(msgspec.Struct, frozen=True, kw_only=True):
    """One block as read: what was absent or wrong has its default here."""

    title: str = ""
    date: Moment | None = None
    updated: Moment | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    slug: str = ""
    url: str = ""
    aliases: tuple[str, ...] = ()
    draft: bool = False
    publish_date: Moment | None = None
    expires: Moment | None = None
    summary: str = ""
    image: Image | None = None
    lang: str = ""
    translation_of: str = ""
    related: tuple[RelatedLink, ...] = ()
    source: dict[str, Any] = {}
    weight: int = 0
    template: str = ""
    extra: dict[str, Any] = {}


class Key(msgspec.Struct, frozen=True):
    """One key: how its value is read, what the JSON Schema says of it, and its names in other tools."""

    read: Callable[[Reading, str, Any], Any]
    schema: Mapping[str, Any]
    description: str
    aliases: tuple[str, ...] = ()


KEYS: Final[dict[str, Key]] = {
    "title": Key(fields.read_text, kinds.TEXT, "The headline. Without one, the first heading of the body is taken."),
    "date": Key(
        fields.read_date,
        kinds.DATE,
        "When it was published: ISO 8601, with or without time and zone; without a zone, in the site's timezone. "
        "A date at the start of the file name counts, too.",
    ),
    "updated": Key(fields.read_date, kinds.DATE, "When it was last changed.", ("lastmod", "modified")),
    "authors": Key(
        fields.read_names,
        kinds.TEXTS,
        "Names, or keys of `authors` in sitegen.yaml; one may stand alone.",
        ("author",),
    ),
    "tags": Key(
        fields.read_labels, kinds.TEXTS, "What it is about; a plain text is split at its commas.", ("keywords",)
    ),
    "categories": Key(fields.read_labels, kinds.TEXTS, "Where it belongs.", ("category",)),
    "series": Key(fields.read_names, kinds.TEXTS, "The series that it is a part of, or several."),
    "slug": Key(fields.read_slug, kinds.TEXT, "Its name in its address; else the file name gives it."),
    "url": Key(
        fields.read_url, kinds.TEXT, "Its whole address, such as /about/us/, instead of the pattern.", ("permalink",)
    ),
    "aliases": Key(fields.read_aliases, kinds.TEXTS, "Old addresses that lead here, such as /2019/old-name/."),
    "draft": Key(fields.read_flag, kinds.FLAG, "true keeps it out of the published site."),
    "publish_date": Key(fields.read_date, kinds.DATE, "Before this moment it is not published.", ("publishDate",)),
    "expires": Key(fields.read_date, kinds.DATE, "From this moment on it is not published.", ("expiryDate",)),
    "summary": Key(
        fields.read_text,
        kinds.TEXT,
        "A few plain sentences for lists and feeds; else the body gives it.",
        ("description",),
    ),
    "image": Key(
        fields.read_image,
        kinds.IMAGE,
        "Its picture: an address, or a mapping. Without `src` the caption of a picture that is gone.",
        ("cover",),
    ),
    "lang": Key(fields.read_language, kinds.LANGUAGE, "Its language, as a BCP 47 tag such as fa or pt-BR."),
    "translation_of": Key(fields.read_text, kinds.TEXT, "The id of the article that this one translates."),
    "related": Key(
        fields.read_related,
        kinds.RELATED,
        "What to read next: an id, slug, title or URL each, or a mapping. One that matches nothing yet is wanted.",
    ),
    "source": Key(fields.read_source, kinds.SOURCE, "Where it came from, as `sitegen import` writes it."),
    "weight": Key(fields.read_integer, kinds.INTEGER, "Order among pages; lighter ones come first."),
    "template": Key(
        fields.read_template,
        kinds.TEXT,
        "The template of its page, instead of article.html or page.html.",
        ("layout",),
    ),
    "extra": Key(fields.read_extra, kinds.MAPPING, "Anything that a theme wants."),
}

SPECIAL: Final = {
    "status": "`draft`, `private` and `pending` make a draft.",
    "published": "`false` makes a draft; a date counts as `date`.",
}
PASSED: Final = {"tags_suggested": "Tags that a tool suggests, for you to apply."}

NAMES: Final = {alias: name for name, key in KEYS.items() for alias in (name, *key.aliases)}
_QUIET: Final = frozenset(("keywords", "description", "category", "cover", "permalink"))  # often beside their namesakes
_KNOWN: Final = (*KEYS, *(alias for key in KEYS.values() for alias in key.aliases), *SPECIAL)


def read_front_matter(block: str, path: str, first_line: int, zone: tzinfo) -> tuple[FrontMatter, Sheet]:
    """Reads a block without its fences; all faults stand in the sheet. Cost: about 40 µs for eight lines."""
    sheet = read_yaml(block, path, first_line=first_line, code="front-matter")
    value = sheet.value
    if value is None:
        return _EMPTY, sheet
    if not isinstance(value, dict):
        message = f"expected lines such as  title: …, found {describe(value)}"
        sheet.fault((), "type", message, help="write a key, a colon, a space and the value on each line")
        return _EMPTY, sheet
    reading = Reading(sheet, zone)
    found: dict[str, Any] = {}
    for key, item in value.items():
        name = NAMES.get(key)
        if name is None:
            _take_other(reading, found, key, item)
        elif name != key and (name in value or name in found):
            _take_second(reading, key, name, item)
        elif item is not None:
            read = KEYS[name].read(reading, key, item)
            if read is not None:
                found[name] = read
    if " #" in block:
        _warn_of_comments(sheet, value)
    if reading.extra:
        found["extra"] = reading.extra | found.get("extra", {})
    return FrontMatter(**found), sheet


_EMPTY: Final = FrontMatter()


def _take_other(reading: Reading, found: dict[str, Any], key: str, value: Any) -> None:
    """A key that is none of ours: `status` and `published` tell of drafts, the rest is the theme's."""
    if key == "status":
        fields.read_status(reading, found, value)
        return
    if key == "published":
        fields.read_published(reading, found, value)
        return
    reading.extra[key] = resolve(value)
    if key not in PASSED and (meant := _near_key(key)):
        message = f"{key}: sitegen has no such key; it is passed to the theme"
        help = f"did you mean {meant}? If not, put it under  extra:"
        reading.sheet.fault((key,), "near-miss", message, help=help, key=True, warning=True)


@lru_cache(maxsize=1024)
def _near_key(key: str) -> str:
    return near(key, _KNOWN)


def _take_second(reading: Reading, key: str, name: str, value: Any) -> None:
    """Another tool's name for a key that is here already: kept for the theme."""
    reading.extra[key] = resolve(value)
    if key not in _QUIET:
        message = f"{key}: not used, because {name} is given as well"
        reading.sheet.fault((key,), "twice", message, help=f"keep {name} alone", key=True, warning=True)


def _warn_of_comments(sheet: Sheet, value: dict[str, Any]) -> None:
    """In `title: We are #1` YAML sees a comment: what it swallows is said."""
    for key in ("title", "summary", "description"):
        if type(value.get(key)) is not str:
            continue
        span = sheet.place((key,))
        line = sheet.line(span.end_line)
        rest = line[span.end_column :]
        if rest.lstrip().startswith("#"):
            place = msgspec.structs.replace(
                span, line=span.end_line, column=len(line) - len(rest.lstrip()), end_column=len(line.rstrip())
            )
            message = f"{key}: YAML reads this as a comment, so it is not part of the {key}"
            sheet.add(place, "comment", message, f"quote the {key} if it belongs to it", warning=True)


def front_matter_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of an article's front matter, with a description on every key; more keys are allowed."""
    properties: dict[str, Any] = {}
    for name, key in KEYS.items():
        properties[name] = {**key.schema, "description": key.description}
        for alias in key.aliases:
            properties[alias] = {**key.schema, "description": f"Another tool's name for `{name}`."}
    properties["status"] = {**kinds.TEXT, "description": SPECIAL["status"]}
    properties["published"] = {"type": ["boolean", "string", "null"], "description": SPECIAL["published"]}
    properties["tags_suggested"] = {**kinds.TEXTS, "description": PASSED["tags_suggested"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sitegen front matter",
        "description": "What stands between two lines of --- at the top of an article.",
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": True,
    }
