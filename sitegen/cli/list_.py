"""`sitegen list`: what a site holds, for people and for scripts."""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click
import msgspec

from sitegen.cli.shared import Globals, counted, global_options, shown_problems
from sitegen.errors import Problem, UsageError, Where

if TYPE_CHECKING:
    from sitegen.build.listing import ListedArticle, StoryArticle, SuggestedRow
    from sitegen.build.site import Site

WHAT = ("articles", "drafts", "future", "tags", "stories", "wanted", "orphans", "urls")


@click.command("list", epilog="Examples:  sitegen list drafts    sitegen list --related 5    sitegen list urls --json")
@global_options
@click.option(
    "--related",
    type=click.IntRange(min=1),
    metavar="N",
    help="With each article, the N nearest ones and why (10 by text).",
)
@click.option(
    "--suggest-tags",
    is_flag=True,
    help="With each article, the tags it may want, learnt from the articles that have tags.",
)
@click.argument("what", type=click.Choice(WHAT), default="articles", metavar="[WHAT]")
def command(settings: Globals, *, related: int | None, suggest_tags: bool, what: str) -> int:
    """List what the site holds. WHAT is one of:

    \b
    articles  all articles, newest first; what is not published is marked (default)
    drafts    what says  draft: true
    future    what is published when its date has come
    tags      all tags, with how many articles have them
    stories   all stories, with the articles of each
    wanted    titles that articles link to or name as related, and that are not there yet
    orphans   articles that no other one links to or names as related
    urls      every address of the site, and what it is made from

    Articles that cannot be read are named on standard error, the rest is listed; the exit code is then 1.
    """  # noqa: D301 -- \b is click's mark for lines to leave alone
    _refuse_contradictions(what, related, suggest_tags=suggest_tags)
    root, config = settings.site()
    from sitegen.build.options import BuildOptions  # noqa: PLC0415 -- a wrong command line needs no parser
    from sitegen.build.session import Session  # noqa: PLC0415
    from sitegen.cli.progress import progress_for  # noqa: PLC0415

    options = BuildOptions(jobs=os.cpu_count() or 1)
    with progress_for(settings) as progress, Session(root, config, options, progress) as session:
        if suggest_tags:
            site, rows = session.answer(lambda site: (site, _suggested(site)))
        else:
            site, rows = session.answer(lambda site: (site, _rows(site, what, related, session.as_of)))
    if settings.json:
        settings.show_json({what: msgspec.to_builtins(rows)})
    elif suggest_tags:
        for line in _suggestion_lines(rows):
            click.echo(line)
        settings.tell(_suggestions_said(rows))
    else:
        for line in _lines(site, what, rows, related=related is not None):
            click.echo(line)
        settings.tell(_said(what, rows))
    problems = [*site.broken, *(problem for problem in site.problems if problem.is_error)]
    shown_problems(problems, color=settings.color)
    return 1 if problems else 0


def _refuse_contradictions(what: str, related: int | None, *, suggest_tags: bool) -> None:
    """Raises: UsageError."""
    if what != "articles" and (related is not None or suggest_tags):
        option, whole = ("--suggest-tags", "--suggest-tags") if suggest_tags else ("--related", f"--related {related}")
        raise UsageError(
            Problem(
                code="usage.list",
                where=Where(""),
                message=f"{option} lists articles, not {what}",
                help=f"write  sitegen list {whole}",
            )
        )
    if related is not None and suggest_tags:
        raise UsageError(
            Problem(
                code="usage.list",
                where=Where(""),
                message="--related and --suggest-tags are two lists",
                help="ask for one of them at a time",
            )
        )


def _suggested(site: "Site") -> Sequence["SuggestedRow"]:
    """Raises: UsageError where too few articles have tags to learn from."""
    from sitegen.build import listing  # noqa: PLC0415

    rows = listing.list_suggested(site)
    if rows is None:
        raise UsageError(
            Problem(
                code="tags.untaught",
                where=Where(""),
                message="tags are learnt from articles that have some, and this site has too few of those",
                help="tag at least 20 articles, some of them alike, and ask again",
            )
        )
    return rows


def _suggestion_lines(rows: Sequence["SuggestedRow"]) -> Iterable[str]:
    for row in rows:
        if row.tags_suggested:
            yield f"{row.id}  ({', '.join(map(_plain, row.tags)) or 'no tags'})"
            for each in row.tags_suggested:
                yield f"  {each.confidence:.2f}  {_plain(each.tag)}"


def _suggestions_said(rows: Sequence["SuggestedRow"]) -> str:
    tags = sum(len(row.tags_suggested) for row in rows)
    articles = sum(bool(row.tags_suggested) for row in rows)
    return (
        f"{counted(tags, 'tag')} suggested for {counted(articles, 'article')}; nothing was written"
        if tags
        else ("no tags to suggest")
    )


def _rows(site: "Site", what: str, related: int | None, as_of: int) -> Sequence[Any]:
    from sitegen.build import listing  # noqa: PLC0415

    if related is not None:
        return listing.list_related(site, related)
    ways: dict[str, Callable[[], Sequence[Any]]] = {
        "articles": lambda: [row for row in listing.list_articles(site, as_of) if row.kind == "article"],
        "drafts": lambda: [row for row in listing.list_articles(site, as_of) if row.draft],
        "future": lambda: [row for row in listing.list_articles(site, as_of) if row.future],
        "tags": lambda: listing.list_tags(site),
        "stories": lambda: listing.list_stories(site),
        "wanted": lambda: listing.list_wanted(site),
        "orphans": lambda: listing.list_orphans(site, as_of),
        "urls": lambda: listing.list_addresses(site),
    }
    return ways[what]()


def _lines(site: "Site", what: str, rows: Sequence[Any], *, related: bool) -> Iterable[str]:
    if related:
        titles = {head.keys.id: head.card.title for head in site.published}
        for row in rows:
            yield f"{row.id}  {_plain(titles[row.id])}"
            for other in row.related:
                yield f"  {other.score:.2f}  {other.id}  {_plain(titles[other.id])}  ({', '.join(other.reasons)})"
    elif what == "tags":
        yield from _columns((f"{row.count:,}", row.url, _plain(row.name)) for row in rows)
    elif what == "stories":
        for row in rows:
            yield f"{row.url}  {_plain(row.name)}"
            yield from (
                "  " + line for line in _columns((_day(each), each.id, _plain(each.title)) for each in row.articles)
            )
    elif what == "urls":
        yield from _columns((row.url, row.source) for row in rows)
    elif what == "wanted":
        for row in rows:
            yield _plain(row.title) + (f"  (waits for {row.unpublished})" if row.unpublished else "")
            for want in row.wanted_by:
                label = f"{want.how}, {want.label}" if want.label else want.how
                yield f"  {want.source}  ({_plain(label)})"
    else:
        yield from _columns((_day(row), row.source, _marks(row), _plain(row.title)) for row in rows)


def _day(row: "ListedArticle | StoryArticle") -> str:
    return row.date[:10] if row.date else "no date"


def _marks(row: "ListedArticle") -> str:
    return ", ".join(name for name in ("draft", "future", "expired") if getattr(row, name))


def _columns(rows: Iterable[tuple[str, ...]]) -> Iterable[str]:
    """Rows with their columns side by side; a column that is empty in all of them is left out."""
    from rich.cells import cell_len  # noqa: PLC0415 -- wide letters take two places

    table = list(rows)
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = [cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True) if width]
        yield "  ".join(cells).rstrip()


def _plain(text: str) -> str:
    """A text on one line, without what would move a terminal's cursor."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text)


def _said(what: str, rows: Sequence[Any]) -> str:
    if what in ("drafts", "future"):
        kind = "draft" if what == "drafts" else "future article"
        return counted(len(rows), kind) if rows else f"no {kind}s"
    one, many = {
        "articles": ("article", "articles"),
        "tags": ("tag", "tags"),
        "stories": ("story", "stories"),
        "wanted": ("wanted article", "wanted articles"),
        "orphans": ("article that nothing leads to", "articles that nothing leads to"),
        "urls": ("address", "addresses"),
    }[what]
    return counted(len(rows), one, many) if rows else f"no {many}"
