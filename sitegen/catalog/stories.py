"""Stories: closely related articles under one name and one address, in the order of their dates.

Invariant: all follows from bonds, keys, titles and what `stories.yaml` says. A story's address comes from its first
article, so that what is published later, or edited elsewhere, leaves it where it is; a story that editors have named
stands where they say.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from sitegen.catalog.bonds import Bond, StoryRules
from sitegen.catalog.clusters import bonds_within, groups_of
from sitegen.catalog.links import find
from sitegen.catalog.ordering import Group
from sitegen.catalog.story_names import story_name, story_tag
from sitegen.config.curation import FOLDER, CuratedStory
from sitegen.model import Keys, Moment

BESIDE: Final = 3  # articles of a story that are named before, and after, one of them


class Story(msgspec.Struct, frozen=True):
    """A story. `ids` run from the first article to the last, undated ones at the end; `first` and `last` are dates.

    `name` is "" where nothing names it: then it goes by the title of its first article. `moved` are slugs that lead
    here. `lang` is "" for the site's own language.
    """

    slug: str
    url: str
    name: str
    ids: tuple[str, ...]
    summary: str = ""
    lang: str = ""
    first: Moment | None = None
    last: Moment | None = None
    curated: bool = False
    moved: tuple[str, ...] = ()


class StoryPlace(msgspec.Struct, frozen=True):
    """Where an article stands in its story: `number` from 1, and a few ids before and after it, oldest first."""

    slug: str
    url: str
    name: str
    founder: str  # id of the first article
    number: int
    count: int
    before: tuple[str, ...]
    after: tuple[str, ...]


def picked(story_rules: StoryRules, targets: Mapping[str, str], base_url: str, /) -> dict[str, str | None]:
    """The article that each name in `stories.yaml` means; None for one that is not published."""
    curation = story_rules.curation
    names = [*curation.exclude, *(name for each in curation.stories.values() for name in each.articles)]
    return {name: find(targets, base_url, name) for name in names}


class Told(msgspec.Struct, frozen=True):
    """All stories, and every slug that stood for one before editors merged and hid some."""

    stories: tuple[Story, ...] = ()
    slugs: tuple[str, ...] = ()


def told(
    bonds: tuple[Bond, ...],
    by_id: Mapping[str, Keys],
    groups: Mapping[str, Mapping[str, Group]],
    title: Mapping[str, str],
    story_rules: StoryRules,
    picked: Mapping[str, str | None],
    /,
) -> Told:
    """All stories, the one with the latest article first, then by address. Cost: 20 µs an article that is in one."""
    return _Telling(bonds, by_id, groups, title, story_rules, picked).told()


def stories(told: Told, offers: tuple[str, ...], /) -> tuple[Story, ...]:
    """All stories that have a page, the one with the latest article first; none where the theme has no page for one."""
    return told.stories if "story.html" in offers else ()


class _Telling:
    """What the steps below share."""

    def __init__(
        self,
        bonds: tuple[Bond, ...],
        by_id: Mapping[str, Keys],
        groups: Mapping[str, Mapping[str, Group]],
        title: Mapping[str, str],
        rules: StoryRules,
        picked: Mapping[str, str | None],
    ) -> None:
        self.by_id = by_id
        self.title = title
        self.least = rules.least
        self.curated = rules.curation.stories
        self.picked = picked
        self.tags = {slug: group.term.count for slug, group in groups.get("tags", {}).items()}
        self.keys: dict[str, Keys] = {}
        out = {id for name in rules.curation.exclude if (id := picked.get(name)) is not None}
        self.seeds = self._seeds(out)
        closed = {id for slug, ids in self.seeds.items() if self.curated[slug].closed for id in ids}
        out |= closed
        self.bonds = [
            bond
            for bond in bonds
            if bond.first not in out and bond.second not in out and self.lang(bond.first) == self.lang(bond.second)
        ]

    def key(self, id: str) -> Keys:
        """Keys of an article, decoded once."""
        found = self.keys.get(id)
        if found is None:
            found = self.keys[id] = self.by_id[id]
        return found

    def lang(self, id: str) -> str:
        return self.key(id).lang

    def _seeds(self, out: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The articles named for each curated story, by its slug; of two stories that name one, the first has it."""
        taken = set(out)
        seeds: dict[str, tuple[str, ...]] = {}
        for slug, story in self.curated.items():
            ids = []
            for name in story.articles:
                id = self.picked.get(name)
                if id is not None and id not in taken and self.key(id).kind == "article":
                    taken.add(id)
                    ids.append(id)
            if ids:
                seeds[slug] = tuple(ids)
        return seeds

    def told(self) -> Told:
        gathered = groups_of(self.bonds, [frozenset(ids) for ids in self.seeds.values()])
        found = dict(zip(self.seeds, map(self.in_order, gathered), strict=False))
        free = [self.in_order(ids) for ids in gathered[len(self.seeds) :] if len(ids) >= self.least]
        found.update(self._addressed(free, found))
        slugs = tuple(sorted(found))
        moved: dict[str, list[str]] = {}
        for slug, story in self.curated.items():
            for other in story.merge if slug in found else ():
                if other != slug and other in found and other not in self.seeds:
                    found[slug] = self.in_order((*found[slug], *found.pop(other)))
                    moved.setdefault(slug, []).append(other)
        shown = {slug: ids for slug, ids in found.items() if not self.curated.get(slug, _PLAIN).hide}
        within = bonds_within(self.bonds, list(shown.values()))
        made = [
            self._story(slug, ids, bonds, moved.get(slug, ()), found)
            for (slug, ids), bonds in zip(shown.items(), within, strict=True)
        ]
        return Told(tuple(sorted(made, key=lambda story: (-_epoch(story.last), story.slug))), slugs)

    def in_order(self, ids: Iterable[str]) -> tuple[str, ...]:
        """From the oldest to the newest, undated ones last, ties by id."""

        def age(id: str) -> tuple[bool, int, str]:
            date = self.key(id).date
            return date is None, date.epoch if date else 0, id

        return tuple(sorted(ids, key=age))

    def _addressed(self, free: Iterable[tuple[str, ...]], taken: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Groups by the slug of their first article; where that is not enough to tell them apart, all have its date."""
        plain: dict[str, list[tuple[str, ...]]] = {}
        for ids in free:
            plain.setdefault(self.key(ids[0]).slug, []).append(ids)
        found: dict[str, tuple[str, ...]] = {}
        names = set(taken)
        for slug in sorted(plain):
            alone = len(plain[slug]) == 1 and slug not in names
            for ids in sorted(plain[slug]):
                date = self.key(ids[0]).date
                wanted = slug if alone else f"{slug}-{date.date}" if date else slug
                number, free_name = 1, wanted
                while free_name in names or (not alone and free_name in plain):
                    number += 1
                    free_name = f"{wanted}-{number}"
                names.add(free_name)
                found[free_name] = ids
        return found

    def _story(
        self, slug: str, ids: tuple[str, ...], bonds: Sequence[Bond], moved: Sequence[str], all_slugs: Iterable[str]
    ) -> Story:
        curated = self.curated.get(slug, _PLAIN)
        dates = [date for id in ids if (date := self.key(id).date) is not None]
        name = curated.name or self._named(ids, bonds)
        there = set(all_slugs)
        old = [alias for alias in (*curated.aliases, *moved) if alias not in there]
        return Story(
            slug=slug,
            url=f"{FOLDER}{slug}/",
            name=name,
            ids=ids,
            summary=curated.summary,
            lang=self.lang(ids[0]),
            first=dates[0] if dates else None,
            last=dates[-1] if dates else None,
            curated=slug in self.curated,
            moved=tuple(dict.fromkeys(old)),
        )

    def _named(self, ids: Sequence[str], bonds: Sequence[Bond]) -> str:
        """By a tag that is theirs, else by their words, else by any tag that all of them carry."""
        labels = [self.key(id).tags for id in ids]
        titles = [self.title.get(id, "") for id in ids]
        own = story_tag(labels, titles, self.tags, own=True)
        return own or story_name(bonds, titles) or story_tag(labels, titles, self.tags)


_PLAIN: Final = CuratedStory()


def _epoch(moment: Moment | None) -> int:
    return moment.epoch if moment else -(1 << 62)


def by_story(stories: tuple[Story, ...], /) -> dict[str, Story]:
    """Stories by slug."""
    return {story.slug: story for story in stories}


def story_ids(stories: tuple[Story, ...], /) -> dict[str, str]:
    """The slug of the story that each article is in."""
    return {id: story.slug for story in reversed(stories) for id in story.ids}


def story(by_story: Mapping[str, Story], /, slug: str) -> Story | None:
    """One story, or None."""
    return by_story.get(slug)


def story_list(stories: tuple[Story, ...], /, start: int, stop: int | None) -> tuple[Story, ...]:
    """A stretch of all stories, the one with the latest article first."""
    return stories[start:stop]


def story_of(story_ids: Mapping[str, str], by_story: Mapping[str, Story], /, id: str) -> StoryPlace | None:
    """Where an article stands in its story; None for one that is in none."""
    slug = story_ids.get(id)
    if slug is None:
        return None
    told = by_story[slug]
    at = told.ids.index(id)
    before, after = told.ids[max(at - BESIDE, 0) : at], told.ids[at + 1 : at + 1 + BESIDE]
    return StoryPlace(told.slug, told.url, told.name, told.ids[0], at + 1, len(told.ids), before, after)


def moved_stories(stories: tuple[Story, ...], /) -> dict[str, str]:
    """The address of the story that took the place of another, by the slug of the other."""
    found: dict[str, str] = {}
    for told in stories:
        for slug in told.moved:
            found.setdefault(slug, told.url)
    return found


def moved_story(moved_stories: Mapping[str, str], /, slug: str) -> str | None:
    """Where the story that once had this slug is told now."""
    return moved_stories.get(slug)
