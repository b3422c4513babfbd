"""What a template is handed: frozen values, made by `render` and by the questions of `view`.

Invariant: values only; nothing here asks, and the guide names every field (`tests/documentation/`).
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from markupsafe import Markup

from sitegen.catalog.outputs import FEED_FILES
from sitegen.model import Card, Direction, Heading, Image, Label, Moment

MEDIA_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
FEED_NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}


class SiteFacts(msgspec.Struct, frozen=True):
    """What the config says of the site itself; every page may show it."""

    title: str = ""
    description: str = ""
    language: str = "en"
    dir: Direction = "ltr"
    params: dict[str, Any] = {}
    authors: dict[str, Any] = {}
    feeds: tuple[str, ...] = ()
    list_url: str = "/"
    related: int = 5  # how many related articles a page shows
    reasons: bool = True
    queries: tuple[str, ...] = ()  # questions that plugins add


class Feed(msgspec.Struct, frozen=True):
    """A feed to name in a page's head: `type` is its media type."""

    title: str
    url: str
    type: str


class Related(msgspec.Struct, frozen=True):
    """One related article. `url` is "" while it is wanted; `reasons` are words that both texts share."""

    title: str
    url: str = ""
    card: Card | None = None
    label: str = ""
    reasons: tuple[str, ...] = ()
    explicit: bool = False


class Pager(msgspec.Struct, frozen=True):
    """Where a page of a list stands. `pages` holds every page's number and address; `newer_url` is "" on the first."""

    number: int
    total: int
    count: int
    newer_url: str
    older_url: str
    pages: tuple[tuple[int, str], ...]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The page that is being made. `title` is "" on the home page; `canonical` is a full address."""

    kind: str
    url: str
    title: str = ""
    description: str = ""
    lang: str = "en"
    dir: Direction = "ltr"
    pager: Pager | None = None
    feeds: tuple[Feed, ...] = ()
    canonical: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An article or page with its text: every field of its card, and what only its own page shows."""

    id: str
    kind: str
    url: str
    title: str
    html: Markup
    summary: str = ""
    date: Moment | None = None
    updated: Moment | None = None
    tags: tuple[Label, ...] = ()
    categories: tuple[Label, ...] = ()
    authors: tuple[Label, ...] = ()
    series: tuple[Label, ...] = ()
    image: Image | None = None
    lang: str = ""
    dir: Direction = "ltr"
    minutes: int = 1
    draft: bool = False
    future: bool = False
    words: int = 0
    standfirst: str = ""  # the summary as its author wrote it; "" where it was taken from the text
    headings: tuple[Heading, ...] = ()
    source: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    aliases: tuple[str, ...] = ()


class Period(msgspec.Struct, frozen=True):
    """A year, a month (`day` is 0) or a day (`month` and `day` are 0 for a year)."""

    year: int
    month: int
    day: int
    url: str
    title: str


def feeds_at(url: str, title: str, formats: Iterable[str]) -> tuple[Feed, ...]:
    """The feeds below a site path, in the order of the formats."""
    return tuple(Feed(f"{title} ({FEED_NAMES[f]})", url + FEED_FILES[f], MEDIA_TYPES[f]) for f in formats)
