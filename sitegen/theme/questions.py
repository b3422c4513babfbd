"""The rules behind the questions: everything that an output can read, by name, for the engine.

Invariant: parameters before the slash name inputs and tables, and a rule sees nothing else.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sitegen.catalog import bonds, links, ordering, outputs, stories, titles
from sitegen.catalog.links import Near
from sitegen.engine import Rule, rules_of
from sitegen.model import Keys, Output


def keys_of(by_id: Mapping[str, Keys], /, id: str) -> Keys | None:
    """All keys of one article: what its own page may need."""
    return by_id.get(id)


def address(by_id: Mapping[str, Keys], /, id: str) -> str | None:
    """Site path of an article's page."""
    keys = by_id.get(id)
    return keys.url if keys else None


def near(related: Any, /, id: str, n: int) -> tuple[Near, ...]:
    """The n articles whose text is nearest, best first, each with the words that say why."""
    found: tuple[Near, ...] = related.near(id, n)
    return found


def site_addresses(outputs: tuple[Output, ...], by_id: Mapping[str, Keys], /) -> tuple[tuple[str, str], ...]:
    """Site path and last change (ISO 8601 or "") of every page that a search engine should know, by address."""
    found = []
    for output in outputs:
        if output.kind in ("article", "page"):
            keys = by_id[str(output.key[0])]
            moment = keys.updated or keys.date
            found.append((output.url, moment.iso if moment else ""))
        elif output.kind in ("home", "taxonomy", "archive", "period", "story", "stories") or (
            output.kind == "term" and output.key[-1] == 1
        ):
            found.append((output.url, ""))
    return tuple(sorted(found))


def made(outputs: tuple[Output, ...], /) -> dict[str, bool]:
    """Every site path at which a page is made."""
    return {output.url: True for output in outputs}


def indexed(
    keys: Sequence[Keys],
    plan: outputs.OutputPlan,
    offers: tuple[str, ...],
    stories: tuple[stories.Story, ...],
    /,
) -> tuple[str, ...]:
    """Site paths of the indexes that are made: of the taxonomies that some article uses, of the archive, of stories."""
    used = [name for name in plan.taxonomies if any(getattr(each, name) and each.kind == "article" for each in keys)]
    return outputs.indexes(used, plan, offers, stories)


def has_index(indexed: tuple[str, ...], /, url: str) -> bool:
    """Whether an index is made at a site path; what a theme's navigation asks, so it must not wait for all outputs."""
    return url in indexed


def has(made: Mapping[str, bool], /, url: str) -> bool:
    """Whether a page is made at a site path."""
    return url in made


def strings(words: Mapping[str, Mapping[str, Any]], /, language: str) -> Mapping[str, Any]:
    """The theme's words in a language, with those that it lacks in English."""
    found: dict[str, Any] = {}
    for tag in ("en", language.partition("-")[0], language):
        found.update(words.get(tag, {}))
    return found


RULES: Mapping[str, Rule] = rules_of(
    *(getattr(ordering, name) for name in (
        "by_id", "order", "page_order", "dated", "position", "neighbours", "latest", "fresh", "count", "groups",
        "terms", "top_terms", "term", "tagged", "tagged_dated", "calendar", "period", "periods",
    )),
    links.targets, links.target, links.sources, links.source, links.explicit, links.links_to, links.backlinks,
    links.tongues, links.translations,
    outputs.outputs, outputs.draws_cards, outputs.extra, titles.titles,
    bonds.bonds, *(getattr(stories, name) for name in (
        "picked", "told", "stories", "by_story", "story_ids", "story", "story_list", "story_of", "moved_stories",
        "moved_story",
    )),
    keys_of, address, near, site_addresses, made, has, indexed, has_index, strings,
)  # fmt: skip
