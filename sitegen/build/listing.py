"""What a site holds, as rows: its articles in every state, what is wanted, what nothing leads to, every address.

Invariant: articles are listed whether published or not; all else is what a build makes and sees, and nothing more.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from sitegen.build.site import Site
from sitegen.build.work import Head
from sitegen.catalog.links import Explicit, Near, find, fold, targets
from sitegen.catalog.ordering import Term
from sitegen.catalog.published import is_future
from sitegen.model import Keys, Terms

TOP_SCORE = (1 << 20) - 1  # a table of related articles counts so far; see catalog.related
GENERATED = ("article", "page", "redirect")  # kinds of outputs whose source is a file of the content


class ListedArticle(msgspec.Struct, frozen=True, kw_only=True):
    """One article or page. `source` is its file, from the site's folder on; `date` is ISO 8601, None without one."""

    id: str
    title: str
    url: str
    source: str
    kind: str
    date: str | None
    tags: tuple[str, ...] = ()
    draft: bool = False
    future: bool = False
    expired: bool = False


class RelatedArticle(msgspec.Struct, frozen=True):
    """An article near another: how near, from 0 to 1, and why."""

    id: str
    score: float
    reasons: tuple[str, ...]


class RelatedRow(msgspec.Struct, frozen=True):
    """An article and those near it, best first."""

    id: str
    related: tuple[RelatedArticle, ...]


class SuggestedTag(msgspec.Struct, frozen=True):
    """A tag that an article may want, and how likely an editor would have set it, from 0 to 1."""

    tag: str
    confidence: float


class SuggestedRow(msgspec.Struct, frozen=True):
    """An article, the tags it has, and those it may want, most likely first."""

    id: str
    tags: tuple[str, ...]
    tags_suggested: tuple[SuggestedTag, ...]


class StoryArticle(msgspec.Struct, frozen=True):
    """One article of a story; `date` is ISO 8601, None without one."""

    id: str
    title: str
    date: str | None


class ListedStory(msgspec.Struct, frozen=True):
    """A story: how it is called, whether `stories.yaml` names it, and its articles from the first to the latest."""

    slug: str
    name: str
    url: str
    curated: bool
    articles: tuple[StoryArticle, ...]


class Want(msgspec.Struct, frozen=True):
    """Who wants an article: `how` is "related" or "wiki link"; `label` is what introduces a related one."""

    id: str
    source: str
    how: str
    label: str = ""


class WantedArticle(msgspec.Struct, frozen=True, kw_only=True):
    """A title that nothing published answers to. `unpublished` is the file that will, once it is published."""

    title: str
    wanted_by: tuple[Want, ...]
    unpublished: str = ""


class Address(msgspec.Struct, frozen=True):
    """One file of the built site. `source` is the file it comes from, else what sitegen makes it of."""

    url: str
    path: str
    kind: str
    source: str


def list_articles(site: Site, as_of: int) -> list[ListedArticle]:
    """Every article and page that could be read, newest first, undated ones last."""
    heads = sorted(site.sources.heads.values(), key=lambda head: _age(head.keys), reverse=True)
    return [_listed(head, site, as_of) for head in heads]


def _age(keys: Keys) -> tuple[bool, int, str]:
    return keys.date is not None, keys.date.epoch if keys.date else 0, keys.id


def _listed(head: Head, site: Site, as_of: int) -> ListedArticle:
    keys = head.keys
    return ListedArticle(
        id=keys.id,
        title=head.card.title,
        url=keys.url,
        source=_file(site, keys.source),
        kind=keys.kind,
        date=keys.date.iso if keys.date else None,
        tags=tuple(tag.name for tag in keys.tags),
        draft=keys.draft,
        future=is_future(head.due, as_of),
        expired=keys.expires is not None and keys.expires.epoch <= as_of,
    )


def _file(site: Site, source: str) -> str:
    return f"{site.settings.config.build.content}/{source}"


def list_related(site: Site, n: int) -> list[RelatedRow]:
    """For each published article, newest first, the n related ones: first those it names itself, then by text."""
    return [RelatedRow(id, tuple(_related(site, id, n))) for id in site.snapshot.table("order")]


def _related(site: Site, id: str, n: int) -> list[RelatedArticle]:
    found: dict[str, RelatedArticle] = {}
    explicit: tuple[Explicit, ...] = site.snapshot.ask(("explicit", id))
    near: tuple[Near, ...] = site.snapshot.table("related").explained(id, n + len(explicit))
    for entry in explicit:
        if entry.id is not None:
            reason = f"named by the article ({entry.label})" if entry.label else "named by the article"
            found.setdefault(entry.id, RelatedArticle(entry.id, 1.0, (reason,)))
    for other in near:
        found.setdefault(other.id, RelatedArticle(other.id, round(other.score / TOP_SCORE, 4), other.reasons))
    return list(found.values())[:n]


def list_suggested(site: Site) -> list[SuggestedRow] | None:
    """For each published article, newest first, the tags it may want; None where too few articles have tags."""
    from sitegen.catalog.tagging import TaggedArticle, suggested_tags  # noqa: PLC0415 -- numpy, which a list needs not

    encoded = dict(site.sources.terms())
    decode = msgspec.msgpack.Decoder(Terms).decode
    keys = {head.id: head.keys for head in site.published if head.kind == "article"}
    names = {term.slug: term.name for term in site.snapshot.ask(("terms", "tags"))}
    found = suggested_tags(
        [
            TaggedArticle(
                each.id,
                each.date.epoch if each.date else None,
                decode(encoded[each.source]),
                tuple(tag.slug for tag in each.tags),
            )
            for each in keys.values()
        ],
        names,
    )
    if found is None:
        return None
    return [
        SuggestedRow(
            id,
            tuple(tag.name for tag in keys[id].tags),
            tuple(SuggestedTag(names[each.tag], each.confidence) for each in found[id]),
        )
        for id in site.snapshot.table("order")
    ]


def list_tags(site: Site) -> list[Term]:
    """Every tag of a published article, most used first."""
    terms: tuple[Term, ...] = site.snapshot.ask(("terms", "tags"))
    return sorted(terms, key=lambda term: (-term.count, fold(term.name), term.slug))


def list_stories(site: Site) -> list[ListedStory]:
    """Every story, the one with the latest article first."""
    cards = site.snapshot.table("card")
    found = []
    for story in site.snapshot.table("stories"):
        articles = tuple(
            StoryArticle(id, card.title, card.date.iso if card.date else None)
            for id in story.ids
            if (card := cards.get(id)) is not None
        )
        found.append(ListedStory(story.slug, story.name or articles[0].title, story.url, story.curated, articles))
    return found


def list_wanted(site: Site) -> list[WantedArticle]:
    """Every title that a `related:` entry or a wiki link names and nothing published has, most wanted first."""
    titles: dict[str, str] = {}
    wants: dict[str, list[Want]] = {}
    for title, want in _wants(site):
        titles.setdefault(fold(title), title)
        wants.setdefault(fold(title), []).append(want)
    everything = _all_targets(site)
    by_id = {head.id: head.keys for head in site.sources.heads.values()}
    rows = []
    for folded, title in titles.items():
        id = find(everything, "", title)
        unpublished = _file(site, by_id[id].source) if id else ""
        rows.append(WantedArticle(title=title, wanted_by=tuple(wants[folded]), unpublished=unpublished))
    return sorted(rows, key=lambda row: (-len(row.wanted_by), fold(row.title)))


def _wants(site: Site) -> Iterator[tuple[str, Want]]:
    ask = site.snapshot.ask
    for head in sorted(site.published, key=lambda head: _age(head.keys), reverse=True):
        keys = head.keys
        source = _file(site, keys.source)
        for entry in ask(("explicit", keys.id)):
            if entry.id is None and not entry.url:
                yield entry.title, Want(keys.id, source, "related", entry.label)
        for title in dict.fromkeys(target for kind, target in head.links if kind == "wiki"):
            if ask(("target", title)) is None:
                yield title, Want(keys.id, source, "wiki link")


def _all_targets(site: Site) -> dict[str, str]:
    """Names of all articles that could be read, published or not."""
    heads = site.sources.heads.values()
    keys: tuple[Any, ...] = tuple(head.keys for head in heads)  # keys hold every name that an article goes by
    return targets(keys, {head.id: head.card.title for head in heads})


def list_orphans(site: Site, as_of: int) -> list[ListedArticle]:
    """Published articles to which no text links and which no `related:` entry names, newest first."""
    ask = site.snapshot.ask
    named = {entry.id for head in site.published for entry in ask(("explicit", head.id))}
    heads = {head.id: head for head in site.published}
    orphans = [id for id in site.snapshot.table("order") if id not in named and not ask(("backlinks", id))]
    return [_listed(heads[id], site, as_of) for id in orphans]


def list_addresses(site: Site) -> list[Address]:
    """Every file that a build makes, by address."""
    rows = [
        Address(
            output.url,
            output.path,
            output.kind,
            _file(site, output.source) if output.kind in GENERATED else output.source,
        )
        for output in site.outputs
    ]
    rows += [Address("/" + path, path, "file", f"{copy.files.shown}/{copy.name}") for path, copy in site.copies.items()]
    return sorted(rows, key=lambda row: (row.url, row.path))
