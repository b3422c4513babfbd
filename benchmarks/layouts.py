"""The same articles as a site of each generator: sitegen, Hugo and, on request, Pelican.

Invariant: the sources and what is asked of them are the same for all: home and tags by 20, five related articles, one
page a year, one feed of 20, a sitemap; an article stands at the same address in each.
"""

import math
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from articles import Draft

HERE = Path(__file__).resolve().parent
PAGE_SIZE = 20

SITEGEN_CONFIG = """\
title: The Bench Courier
base_url: https://bench.example/
timezone: UTC
"""
# Exactly what the other generators make; the defaults make more.
SITEGEN_LEAN = """\
theme: bench
taxonomies: [tags]
pagination: {size: 20}
archives: {month: false, day: false}
feeds: {formats: [rss], limit: 20, taxonomies: [], content: summary}
related: {count: 5, reasons: false}
stories: false
"""
PELICAN_CONFIG = """\
SITENAME = "The Bench Courier"
SITEURL = "https://bench.example"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
PATH = "content"
ARTICLE_URL = "{date:%Y}/{date:%m}/{slug}/"
ARTICLE_SAVE_AS = ARTICLE_URL + "index.html"
TAG_URL = "tags/{slug}/"
TAG_SAVE_AS = TAG_URL + "index.html"
TAGS_SAVE_AS = "tags/index.html"
YEAR_ARCHIVE_URL = "{date:%Y}/"
YEAR_ARCHIVE_SAVE_AS = YEAR_ARCHIVE_URL + "index.html"
ARCHIVES_SAVE_AS = "archive/index.html"
AUTHOR_SAVE_AS = AUTHORS_SAVE_AS = CATEGORY_SAVE_AS = CATEGORIES_SAVE_AS = ""
DIRECT_TEMPLATES = ["index", "tags", "archives"]
THEME = "theme"
DEFAULT_PAGINATION = 20
PAGINATION_PATTERNS = (
    (1, "{url}", "{save_as}"),
    (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"),
)
FEED_ALL_RSS = "feed.xml"
FEED_ALL_ATOM = TRANSLATION_FEED_ATOM = CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
FEED_MAX_ITEMS = 20
"""


class Expected(NamedTuple):
    """What must stand in a built site, whoever built it. `pages` counts HTML files that all generators make."""

    pages: int
    articles: tuple[tuple[str, str], ...]  # path of the page below the output folder, and the title in it


def expected_of(drafts: Sequence[Draft]) -> Expected:
    tags = Counter(tag for draft in drafts for tag in draft.tags)
    lists = math.ceil(len(drafts) / PAGE_SIZE) + sum(math.ceil(count / PAGE_SIZE) for count in tags.values())
    years = {draft.date.year for draft in drafts}
    return Expected(
        pages=len(drafts) + lists + len(years) + 2,  # and the indexes of tags and of years
        articles=tuple((f"{draft.date:%Y/%m}/{draft.slug}/index.html", draft.title) for draft in drafts),
    )


def front_matter(draft: Draft) -> str:
    return (
        f'---\ntitle: "{draft.title}"\nslug: {draft.slug}\ndate: {draft.date:%Y-%m-%dT%H:%M:%SZ}\n'
        f'tags: [{", ".join(draft.tags)}]\nauthor: {draft.author}\ndescription: "{draft.summary}"\n---\n\n'
    )


def source_of(draft: Draft) -> str:
    """Path of an article's file below the folder of articles."""
    return f"{draft.date:%Y}/{draft.slug}.md"


def write_articles(drafts: Sequence[Draft], folder: Path) -> None:
    for year in {draft.date.year for draft in drafts}:
        (folder / str(year)).mkdir(parents=True, exist_ok=True)
    for draft in drafts:
        (folder / source_of(draft)).write_text(front_matter(draft) + draft.body, encoding="utf-8")


def lay_out_sitegen(drafts: Sequence[Draft], folder: Path, *, lean: bool) -> None:
    """A site with the bench theme and the outputs of the others (`lean`), or with all of sitegen's defaults."""
    write_articles(drafts, folder / "content")
    if lean:
        shutil.copytree(HERE / "themes", folder / "themes")
    (folder / "sitegen.yaml").write_text(SITEGEN_CONFIG + (SITEGEN_LEAN if lean else ""), encoding="utf-8")


def lay_out_hugo(drafts: Sequence[Draft], folder: Path) -> None:
    shutil.copytree(HERE / "hugo", folder)
    write_articles(drafts, folder / "content" / "posts")
    (folder / "content" / "posts" / "_index.md").write_text("---\ntitle: Archive\n---\n", encoding="utf-8")
    for year in {draft.date.year for draft in drafts}:
        index = folder / "content" / "posts" / str(year) / "_index.md"
        index.write_text(f'---\ntitle: "{year}"\n---\n', encoding="utf-8")
    (folder / "static").mkdir()
    shutil.copyfile(HERE / "themes" / "bench" / "static" / "bench.css", folder / "static" / "bench.css")


def lay_out_pelican(drafts: Sequence[Draft], folder: Path) -> None:
    """Pelican has metadata lines of its own, and no related articles without a plugin."""
    shutil.copytree(HERE / "pelican", folder)
    (folder / "pelicanconf.py").write_text(PELICAN_CONFIG, encoding="utf-8")
    for draft in drafts:
        path = folder / "content" / source_of(draft)
        path.parent.mkdir(parents=True, exist_ok=True)
        head = {
            "Title": draft.title,
            "Slug": draft.slug,
            "Date": f"{draft.date:%Y-%m-%d %H:%M}",
            "Tags": ", ".join(draft.tags),
            "Author": draft.author,
            "Summary": draft.summary,
        }
        lines = "".join(f"{key}: {value}\n" for key, value in head.items())
        path.write_text(f"{lines}\n{draft.body}", encoding="utf-8")
