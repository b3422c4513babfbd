"""Stories as templates see them, and as schema.org has them.

Invariant: a story's page reads the cards of its articles; what only names a story reads the card of the first alone,
whose language is the story's and whose title names it where nothing else does.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from sitegen.catalog.stories import Story as Told
from sitegen.catalog.stories import StoryPlace
from sitegen.model import Card, Direction, Moment


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A story: closely related articles. `first` and `last` are the dates of its first and its latest article.

    `curated` says that `stories.yaml` names it; `summary` is "" unless that gives one.
    """

    slug: str
    url: str
    name: str
    count: int
    summary: str = ""
    lang: str = ""
    dir: Direction = "ltr"
    first: Moment | None = None
    last: Moment | None = None
    curated: bool = False


class Place(msgspec.Struct, frozen=True):
    """Where an article stands in its story: `number` of `story.count`, and the articles just before and after it,
    oldest first. The story has no dates and no summary here: a page that names it is not made again for those.
    """

    story: Story
    number: int
    before: tuple[Card, ...] = ()
    after: tuple[Card, ...] = ()


def told_story(ask: Callable[..., Any], told: Told) -> Story:
    """A story for a template."""
    founder: Card | None = ask("card", told.ids[0])
    return Story(
        slug=told.slug,
        url=told.url,
        name=told.name or (founder.title if founder else told.slug),
        count=len(told.ids),
        summary=told.summary,
        lang=founder.lang if founder else "",
        dir=founder.dir if founder else "ltr",
        first=told.first,
        last=told.last,
        curated=told.curated,
    )


def placed(ask: Callable[..., Any], place: StoryPlace, before: tuple[Card, ...], after: tuple[Card, ...]) -> Place:
    """An article's place for a template."""
    founder: Card | None = ask("card", place.founder)
    story = Story(
        slug=place.slug,
        url=place.url,
        name=place.name or (founder.title if founder else place.slug),
        count=place.count,
        lang=founder.lang if founder else "",
        dir=founder.dir if founder else "ltr",
    )
    return Place(story, place.number, before, after)


def collection_page(
    story: Story, url: str, language: str, articles: Iterable[tuple[str, str]], trail: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """A story as schema.org has it. `articles` and `trail` are names with full addresses."""
    return {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "name": story.name,
        "description": story.summary,
        "url": url,
        "inLanguage": language,
        "breadcrumb": {"@type": "BreadcrumbList", "itemListElement": _listed(trail)},
        "mainEntity": {
            "@type": "ItemList",
            "itemListOrder": "https://schema.org/ItemListOrderAscending",
            "numberOfItems": story.count,
            "itemListElement": _listed(articles),
        },
    }


def _listed(items: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"@type": "ListItem", "position": number, "name": name, "item": url}
        for number, (name, url) in enumerate(items, start=1)
    ]
