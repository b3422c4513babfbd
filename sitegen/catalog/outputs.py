"""The list of everything that a build makes, from keys and groups alone, and the clashes in it.

Invariant: an output's path follows from keys, terms and dates; no card, body or clock is read.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from sitegen.catalog.ordering import TAXONOMIES, Group, period_url
from sitegen.catalog.stories import Story
from sitegen.config.curation import FOLDER
from sitegen.errors import Problem, Where
from sitegen.model import OWN_LIST, OWN_STAGE, Keys, Output
from sitegen.plugins import MoreOutput


class OutputPlan(msgspec.Struct, frozen=True):
    """Which outputs a site has: the parts of the config that decide it.

    `page_size` articles go on a page of a list; `list_path` is the site path of the list of all articles ("/" puts it
    on the home page); `feeds` are formats out of rss, atom and json.
    """

    page_size: int = 20
    list_path: str = "/"
    taxonomies: tuple[str, ...] = TAXONOMIES
    archive_index: bool = True
    years: bool = True
    months: bool = True
    days: bool = True
    feeds: tuple[str, ...] = ("rss", "atom", "json")
    term_feeds: tuple[str, ...] = ("tags", "authors")
    sitemap: bool = True
    robots: bool = True
    not_found: bool = True
    redirects: bool = True
    search: bool = True
    stories: bool = False
    citations: bool = False
    social_cards: bool = False


SEARCH_FOLDER = "pagefind"  # where the index lies, below the output folder
SOCIAL_CARD = "social_card.typ"  # the template that a social card is typeset from
SOCIAL_CARD_FILE = "social-card.png"
# what a theme need not have; without, no such output is made
OPTIONAL = ("search.html", "story.html", "stories.html", SOCIAL_CARD)
CITATION_FILES = {"bibtex": "bib", "ris": "ris", "csl": "csl.json"}  # the suffix of each format
FEED_FILES = {"rss": "feed.xml", "atom": "atom.xml", "json": "feed.json"}
SITEMAP_LIMIT = 50_000  # addresses a sitemap may hold, says sitemaps.org; above it the file is an index


def indexes(
    taxonomies: Iterable[str], plan: OutputPlan, offers: tuple[str, ...], stories: Sequence[Story]
) -> tuple[str, ...]:
    """Site paths of the pages that a menu may name: of the taxonomies in use, of the archive, of the search and of
    stories.
    """
    return (
        *(f"/{name}/" for name in taxonomies),
        *(("/archive/",) if plan.archive_index else ()),
        *(output.url for output in _offered(plan, offers)),
        *((FOLDER,) if stories and "stories.html" in offers else ()),
    )


def output_path(url: str) -> str:
    """Where the page with this site path is written: `/a/b/` is `a/b/index.html`, `/404.html` is itself."""
    path = url.lstrip("/")
    return path + "index.html" if not path or path.endswith("/") else path


def outputs(
    plan: OutputPlan,
    keys: Sequence[Keys],
    order: tuple[str, ...],
    groups: Mapping[str, Mapping[str, Group]],
    calendar: Mapping[str, tuple[str, ...]],
    assets: Mapping[str, str],
    offers: tuple[str, ...],
    extras: tuple[MoreOutput, ...],
    stories: tuple[Story, ...],
    /,
) -> tuple[Output, ...]:
    """Every output but the files that are copied as they are, ordered by path. Cost: linear in their number.

    `offers` are the templates that a theme need not have, of those that it has: see `OPTIONAL`.
    """
    found = [
        *_articles(keys, redirects=plan.redirects),
        *(citations(keys) if plan.citations else ()),
        *(social_cards(keys) if draws_cards(plan, offers) else ()),
        *_lists(plan, len(order)),
        *_taxonomies(plan, groups),
        *_archives(plan, calendar),
        *_site_files(plan, len(keys)),
        *_offered(plan, offers),
        *_stories(plan, offers, stories),
        *(_made(url, "asset", (name,), "theme") for name, url in assets.items()),
        *map(extra_output, extras),
    ]
    return tuple(sorted(found, key=lambda output: (output.path, output.source)))


def extra_output(extra: MoreOutput) -> Output:
    """The output that a plugin adds."""
    return _made(extra.url, "extra", (extra.url,), f"the plugin {extra.plugin}")


def extra(extras: tuple[MoreOutput, ...], /, url: str) -> MoreOutput | None:
    """What a plugin makes at a site path."""
    return next((each for each in extras if each.url == url), None)


def _made(url: str, kind: str, key: tuple[str | int, ...] = (), source: str = "") -> Output:
    return Output(path=output_path(url), url=url, kind=kind, key=key, source=source)


def _articles(keys: Iterable[Keys], *, redirects: bool) -> Iterable[Output]:
    for each in keys:
        yield Output(path=output_path(each.url), url=each.url, kind=each.kind, key=(each.id,), source=each.source)
        for alias in each.aliases if redirects else ():
            if alias != each.url:  # an old address that is the new one needs no redirect
                yield _made(alias, "redirect", (each.id, alias), each.source)


def citations(keys: Iterable[Keys]) -> Iterable[Output]:
    """The citations of articles, beside their pages."""
    for each in keys:
        if each.kind == "article":
            for format in CITATION_FILES:
                said = f"the citations of {each.source}"
                yield _made(citation_url(each.url, format), "citation", (format, each.id), said)


def citation_url(url: str, format: str) -> str:
    """Site path of an article's citation: `/a/b/cite.bib` for `/a/b/`, `/a/b.bib` for `/a/b.html`."""
    stem = url + "cite" if url.endswith("/") else re.sub(r"\.html?$", "", url)
    return f"{stem}.{CITATION_FILES[format]}"


def draws_cards(plan: OutputPlan, offers: tuple[str, ...], /) -> bool:
    """Whether social cards are drawn: what each page asks, so it must not wait for all outputs."""
    return plan.social_cards and SOCIAL_CARD in offers


def social_cards(keys: Iterable[Keys]) -> Iterable[Output]:
    """The social cards of articles and pages that have no picture of their own, beside their pages."""
    for each in keys:
        if not each.pictured:
            yield _made(social_card_url(each.url), "social_card", (each.id,), f"the social card of {each.source}")


def social_card_url(url: str) -> str:
    """Site path of an article's social card: `/a/b/social-card.png` for `/a/b/`, `/a/b-social-card.png` for
    `/a/b.html`.
    """
    stem = url if url.endswith("/") else re.sub(r"\.html?$", "", url) + "-"
    return stem + SOCIAL_CARD_FILE


def _pages(base: str, kind: str, key: tuple[str | int, ...], total: int, size: int, source: str) -> Iterable[Output]:
    """The pages of one list, at least one; the first stands at `base`, the others at `base` + `page/N/`."""
    for number in range(1, max(1, -(-total // size)) + 1):
        yield _made(base if number == 1 else f"{base}page/{number}/", kind, (*key, number), source)


def _lists(plan: OutputPlan, total: int) -> Iterable[Output]:
    yield _made("/", "home", (1,), "the home page")
    for output in _pages(plan.list_path, "list", (), total, plan.page_size, "the list of articles"):
        if output.url != "/":
            yield output
    yield from (_made("/" + FEED_FILES[f], "feed", (f,), "the feeds") for f in plan.feeds)


def _taxonomies(plan: OutputPlan, groups: Mapping[str, Mapping[str, Group]]) -> Iterable[Output]:
    for taxonomy in plan.taxonomies:
        terms = groups[taxonomy]
        if terms:
            yield _made(f"/{taxonomy}/", "taxonomy", (taxonomy,), f"the index of {taxonomy}")
        for slug, group in terms.items():
            said = f"{taxonomy}: {group.term.name}"
            yield from _pages(group.term.url, "term", (taxonomy, slug), group.term.count, plan.page_size, said)
            if taxonomy in plan.term_feeds:
                yield from (
                    _made(group.term.url + FEED_FILES[f], "feed", (f, taxonomy, slug), said) for f in plan.feeds
                )


def _archives(plan: OutputPlan, calendar: Mapping[str, tuple[str, ...]]) -> Iterable[Output]:
    if plan.archive_index:
        yield _made("/archive/", "archive", (), "the archive")
    wanted = {4: plan.years, 7: plan.months, 10: plan.days}  # by the length of 2024, 2024-03 and 2024-03-17
    for name in calendar:
        if wanted[len(name)]:
            parts = tuple(map(int, name.split("-")))
            yield _made(period_url(name), "period", (*parts, *(0,) * (3 - len(parts))), f"the archive of {name}")


def _site_files(plan: OutputPlan, pages: int) -> Iterable[Output]:
    if plan.sitemap:
        yield _made("/sitemap.xml", "sitemap", (0,), "the sitemap")
        if pages > SITEMAP_LIMIT:
            parts = range(1, -(-pages // SITEMAP_LIMIT) + 1)
            yield from (_made(f"/sitemap-{n}.xml", "sitemap", (n,), "the sitemap") for n in parts)
    if plan.robots:
        yield _made("/robots.txt", "robots", (), "robots.txt")
    if plan.not_found:
        yield _made("/404.html", "not_found", (), "the 404 page")


def _offered(plan: OutputPlan, offers: tuple[str, ...]) -> Iterable[Output]:
    if plan.search and "search.html" in offers:
        yield _made("/search/", "search", (), "the search page")


def _stories(plan: OutputPlan, offers: tuple[str, ...], stories: Sequence[Story]) -> Iterable[Output]:
    if stories and "stories.html" in offers:
        yield story_index()
    for story in stories:
        yield story_output(story)
        for slug in story.moved if plan.redirects else ():
            yield moved_output(slug, story)


def story_index() -> Output:
    """The page of all stories."""
    return _made(FOLDER, "stories", (), "the index of stories")


def story_output(story: Story) -> Output:
    """The page of a story."""
    return _made(story.url, "story", (story.slug,), _story_said(story))


def moved_output(slug: str, story: Story) -> Output:
    """The page that leads from a story's earlier address to it."""
    return _made(f"{FOLDER}{slug}/", "moved_story", (slug,), _story_said(story))


def _story_said(story: Story) -> str:
    return f"the story {story.slug}"


def clashes(outputs: Iterable[Output], content_folder: str) -> tuple[Problem, ...]:
    """A problem for each pair of outputs that one place cannot hold: the same path, also but for case or Unicode form,
    or a file where another needs a folder. Both sources are named. And one for each output that would take a name that
    sitegen uses itself. Cost: linear.
    """
    taken: dict[str, Output] = {}
    problems = []
    listed = list(outputs)
    for output in listed:
        name = folded(output.path)
        other = taken.setdefault(name, output)
        if other is not output:
            problems.append(_clash(other, output, content_folder))
        if name.startswith(".") and name.partition("/")[0] in (OWN_LIST, OWN_STAGE):
            problems.append(_taken_by_us(output, content_folder))
    for output in listed:
        folder = folded(output.path).rpartition("/")[0]
        while folder:
            blocking = taken.get(folder)
            if blocking is not None:
                problems.append(_clash(blocking, output, content_folder))
                break
            folder = folder.rpartition("/")[0]
    return tuple(problems)


def folded(path: str) -> str:
    """The path as a file system that ignores case and Unicode form sees it."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _said(output: Output, content_folder: str) -> str:
    """The source of an output, as a person finds it."""
    if output.kind in ("article", "page"):
        return f"{content_folder}/{output.source}"
    if output.kind == "redirect":
        return f"{content_folder}/{output.source} (alias {output.key[1]})"
    return output.source


def _taken_by_us(output: Output, content_folder: str) -> Problem:
    return Problem(
        code="outputs.reserved",
        where=Where(_said(output, content_folder)),
        message=f"would be written to {output.path}, a name that sitegen uses itself in the output folder",
        help="give it another  slug:,  url:  or alias in its front matter"
        if output.kind in ("article", "page", "redirect")
        else "rename it",
    )


def _clash(first: Output, second: Output, content_folder: str) -> Problem:
    return Problem(
        code="outputs.clash",
        where=Where(_said(second, content_folder)),
        message=f"would be written to {second.path}, as {_said(first, content_folder)} is"
        + ("" if first.path == second.path else f" (to {first.path}, the same place on many file systems)"),
        help="give one of the two another  slug:  or  url:  in its front matter"
        if second.kind in ("article", "page", "redirect") or first.kind in ("article", "page", "redirect")
        else "rename one of the two",
    )
