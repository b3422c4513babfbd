"""Which output stands at an address, without listing all outputs: what a preview asks for each request.

Invariant: the answers are those of `outputs`, found from keys and groups alone; a test holds the two together.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from sitegen.catalog import outputs
from sitegen.catalog.links import fold
from sitegen.catalog.ordering import Group, period_name
from sitegen.catalog.outputs import (
    CITATION_FILES,
    FEED_FILES,
    SITEMAP_LIMIT,
    SOCIAL_CARD_FILE,
    OutputPlan,
    citations,
    draws_cards,
    extra_output,
    moved_output,
    output_path,
    social_cards,
    story_index,
    story_output,
)
from sitegen.catalog.stories import Story
from sitegen.config.curation import FOLDER
from sitegen.model import Keys, Output
from sitegen.plugins import MoreOutput
from sitegen.regex import regex

_PAGED = regex(r"(/(?:.*/)?)page/([1-9][0-9]{0,8})/")
_PERIOD = regex(r"/(\d{4})/(?:(\d\d)/(?:(\d\d)/)?)?")
_PART = regex(r"/sitemap-([1-9][0-9]{0,4})\.xml")
_FORMATS = {file: format for format, file in FEED_FILES.items()}


class Addresses(msgspec.Struct, frozen=True):
    """For each address of an article, page or alias its id, and the alias or "". `shared`: two articles want one."""

    at: dict[str, tuple[str, str]]
    shared: bool = False


def addresses(keys: Sequence[Keys], /) -> Addresses:
    """Where every article stands; an article's own address wins over an alias, then the smaller id."""
    found: dict[str, tuple[str, str]] = {}
    claims = 0
    for each in keys:
        claims += 1
        found.setdefault(each.url, (each.id, ""))
    for each in keys:
        for alias in each.aliases:
            claims += alias != each.url
            found.setdefault(alias, (each.id, alias))
    return Addresses(found, claims != len(found))


def folds(title: Mapping[str, str], /) -> dict[str, int]:
    """How many articles have a title, as people compare titles."""
    found: dict[str, int] = {}
    for each in title.values():
        name = fold(each)
        found[name] = found.get(name, 0) + 1
    return found


def output_at(
    plan: OutputPlan,
    addresses: Addresses,
    by_id: Mapping[str, Keys],
    order: tuple[str, ...],
    groups: Mapping[str, Mapping[str, Group]],
    calendar: Mapping[str, tuple[str, ...]],
    assets: Mapping[str, str],
    offers: tuple[str, ...],
    extras: tuple[MoreOutput, ...],
    by_story: Mapping[str, Story],
    moved_stories: Mapping[str, str],
    /,
    url: str,
) -> Output | None:
    """The output at a site path (`/tags/x/page/2/`); None where nothing is made. Cost: a few µs."""
    article = addresses.at.get(url)
    if article is not None:
        keys, alias = by_id[article[0]], article[1]
        if not alias:
            return _made(url, keys.kind, (keys.id,), keys.source)
        if plan.redirects:
            return _made(url, "redirect", (keys.id, alias), keys.source)
    return (
        _site_file(plan, len(by_id), url)
        or _of_list(plan, len(order), url)
        or _of_taxonomy(plan, groups, url)
        or _of_period(plan, calendar, url)
        or _asset(assets, url)
        or _offered(plan, offers, url)
        or _story(plan, offers, by_story, moved_stories, url)
        or _citation(plan, addresses, by_id, url)
        or _social_card(plan, offers, addresses, by_id, url)
        or next((extra_output(each) for each in extras if each.url == url), None)
    )


def has(
    plan: OutputPlan,
    addresses: Addresses,
    by_id: Mapping[str, Keys],
    order: tuple[str, ...],
    groups: Mapping[str, Mapping[str, Group]],
    calendar: Mapping[str, tuple[str, ...]],
    assets: Mapping[str, str],
    offers: tuple[str, ...],
    extras: tuple[MoreOutput, ...],
    by_story: Mapping[str, Story],
    moved_stories: Mapping[str, str],
    /,
    url: str,
) -> bool:
    """Whether a page is made at a site path: what `theme.questions.has` answers."""
    rest = assets, offers, extras, by_story, moved_stories
    return output_at(plan, addresses, by_id, order, groups, calendar, *rest, url) is not None


def indexed(
    groups: Mapping[str, Mapping[str, Group]],
    plan: OutputPlan,
    offers: tuple[str, ...],
    stories: tuple[Story, ...],
    /,
) -> tuple[str, ...]:
    """What `theme.questions.indexed` answers, without looking at all articles."""
    used = [name for name in plan.taxonomies if groups[name]]
    return outputs.indexes(used, plan, offers, stories)


def _made(url: str, kind: str, key: tuple[str | int, ...], source: str = "") -> Output:
    return Output(path=output_path(url), url=url, kind=kind, key=key, source=source)


def _site_file(plan: OutputPlan, pages: int, url: str) -> Output | None:
    single: dict[str, tuple[bool, str, tuple[str | int, ...]]] = {
        "/": (True, "home", (1,)),
        "/archive/": (plan.archive_index, "archive", ()),
        "/404.html": (plan.not_found, "not_found", ()),
        "/robots.txt": (plan.robots, "robots", ()),
        "/sitemap.xml": (plan.sitemap, "sitemap", (0,)),
    }
    is_made, kind, key = single.get(url, (False, "", ()))
    if is_made:
        return _made(url, kind, key)
    part = _PART.fullmatch(url)
    if part and plan.sitemap and pages > SITEMAP_LIMIT and int(part[1]) <= -(-pages // SITEMAP_LIMIT):
        return _made(url, "sitemap", (int(part[1]),))
    return None


def _of_list(plan: OutputPlan, total: int, url: str) -> Output | None:
    format = _FORMATS.get(url[1:])
    if format in plan.feeds:
        return _made(url, "feed", (format,))
    base, number = _split(url)
    if base == plan.list_path and number <= _pages(plan, total):
        return _made(url, "list", (number,))
    return None


def _of_taxonomy(plan: OutputPlan, groups: Mapping[str, Mapping[str, Group]], url: str) -> Output | None:
    taxonomy, _, rest = url[1:].partition("/")
    if taxonomy not in plan.taxonomies or not groups[taxonomy]:
        return None
    if not rest:
        return _made(url, "taxonomy", (taxonomy,)) if url.endswith("/") else None
    slug, _, file = rest.partition("/")
    group = groups[taxonomy].get(slug)
    if group is None or f"/{taxonomy}/{slug}/" != group.term.url or not url.startswith(group.term.url):
        return None
    format = _FORMATS.get(file)
    if format in plan.feeds and taxonomy in plan.term_feeds:
        return _made(url, "feed", (format, taxonomy, slug))
    base, number = _split(url)
    if base == group.term.url and number <= _pages(plan, group.term.count):
        return _made(url, "term", (taxonomy, slug, number))
    return None


def _of_period(plan: OutputPlan, calendar: Mapping[str, tuple[str, ...]], url: str) -> Output | None:
    found = _PERIOD.fullmatch(url)
    if found is None or not url.isascii():
        return None
    year, month, day = (int(part or 0) for part in found.groups())
    wanted = plan.days if found[3] else plan.months if found[2] else plan.years
    name = period_name(year, month, day)
    if not wanted or name not in calendar or url != "/" + name.replace("-", "/") + "/":
        return None
    return _made(url, "period", (year, month, day))


def _offered(plan: OutputPlan, offers: tuple[str, ...], url: str) -> Output | None:
    if url == "/search/" and plan.search and "search.html" in offers:
        return _made(url, "search", ())
    return None


def _story(
    plan: OutputPlan,
    offers: tuple[str, ...],
    by_story: Mapping[str, Story],
    moved_stories: Mapping[str, str],
    url: str,
) -> Output | None:
    if not url.startswith(FOLDER) or not url.endswith("/"):
        return None
    if url == FOLDER:
        return story_index() if by_story and "stories.html" in offers else None
    slug = url[len(FOLDER) : -1]
    if slug in by_story:
        return story_output(by_story[slug])
    if plan.redirects and slug in moved_stories:
        told = next(each for each in by_story.values() if slug in each.moved)
        return moved_output(slug, told)
    return None


def _citation(plan: OutputPlan, addresses: Addresses, by_id: Mapping[str, Keys], url: str) -> Output | None:
    suffix = next((each for each in CITATION_FILES.values() if url.endswith(f".{each}")), "")
    if not plan.citations or not suffix:
        return None
    stem = url.removesuffix(f".{suffix}")
    article = _first_of(addresses, by_id, (stem.removesuffix("cite"), f"{stem}.html", f"{stem}.htm", stem))
    return next((each for each in citations(article) if each.url == url), None)


def _social_card(
    plan: OutputPlan, offers: tuple[str, ...], addresses: Addresses, by_id: Mapping[str, Keys], url: str
) -> Output | None:
    if not draws_cards(plan, offers) or not url.endswith(SOCIAL_CARD_FILE):
        return None
    page = url.removesuffix(SOCIAL_CARD_FILE)
    stem = page.removesuffix("-")
    article = _first_of(addresses, by_id, (page, f"{stem}.html", f"{stem}.htm", stem))
    return next((each for each in social_cards(article) if each.url == url), None)


def _first_of(addresses: Addresses, by_id: Mapping[str, Keys], urls: Iterable[str]) -> tuple[Keys, ...]:
    """The article whose page is at the first of these addresses that is an article's; none if there is none."""
    for url in urls:
        article = addresses.at.get(url)
        if article is not None and not article[1]:
            return (by_id[article[0]],)
    return ()


def _asset(assets: Mapping[str, str], url: str) -> Output | None:
    if not url.startswith("/assets/"):
        return None
    return next((_made(url, "asset", (name,)) for name, at in assets.items() if at == url), None)


def _split(url: str) -> tuple[str, int]:
    """A list's address and the number of its page; the first has no `page/1/`."""
    found = _PAGED.fullmatch(url)
    if found is None:
        return url, 1
    return (found[1], int(found[2])) if int(found[2]) > 1 else ("", 0)


def _pages(plan: OutputPlan, total: int) -> int:
    return max(1, -(-total // plan.page_size))
