"""A new site: the files that `sitegen init` writes, and the writing of them.

Invariant: what is there stays as it is; the config comes last, so that a start that was interrupted can be repeated.
"""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sitegen.build.creating import create, unwritable
from sitegen.build.editors import editor_files
from sitegen.content.archetype import ARCHETYPE, DEFAULT
from sitegen.errors import Problem, UsageError, Where
from sitegen.notation.quoting import quoted

CONFIG = "sitegen.yaml"
CONTENT = "content"
PAGES = f"{CONTENT}/pages"


class Started(msgspec.Struct, frozen=True):
    """What `init` did: paths below the new site's folder, "/"-separated, in the order of writing."""

    root: str
    title: str
    created: tuple[str, ...]
    kept: tuple[str, ...]
    has_articles: bool  # there were articles already, so that no sample was added


def start_site(root: Path, now: int) -> Started:
    """Make a site in a folder, which may be there and hold files; `now` is in seconds since 1970.

    Raises: UsageError when the folder is a site already, or cannot be written to.
    """
    if os.path.lexists(root / CONFIG):
        raise UsageError(
            Problem(
                code="usage.site-exists",
                where=Where(str(root / CONFIG)),
                message="there is a site here already",
                help="write articles with  sitegen new TITLE , or name another folder",
            )
        )
    title = title_of(root)
    try:
        has_articles = _has_articles(root / CONTENT)
    except OSError as error:
        raise unwritable(str(root), error) from error
    created: list[str] = []
    kept: list[str] = []
    for name, text in plan_site(title, now).items():
        if has_articles and name.startswith(f"{CONTENT}/") and not name.startswith(PAGES):
            continue
        done = create(root / name, text.encode(), str(root / name))
        (created if done else kept).append(name)
    return Started(str(root), title, tuple(created), tuple(kept), has_articles)


def title_of(root: Path) -> str:
    """A title made of a folder's name: `my-site` gives "My site"."""
    name = root.absolute().resolve().name.encode("utf-8", "replace").decode()
    words = re.sub(r"[-_\s]+", " ", re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", name)).strip()
    return words[:1].upper() + words[1:] if words else "My site"


def _has_articles(content: Path) -> bool:
    return any("pages" not in path.relative_to(content).parts[:1] for path in content.rglob("*.md"))


def plan_site(title: str, now: int) -> dict[str, str]:
    """Every file of a new site with its text, in the order to write them."""
    moment = datetime.fromtimestamp(now, UTC)
    return {
        ".gitignore": _IGNORED,
        ARCHETYPE: DEFAULT,
        f"{PAGES}/about.md": _ABOUT,
        f"{CONTENT}/{moment:%Y}/welcome.md": _WELCOME.format(date=f"{moment:%Y-%m-%dT%H:%M:%SZ}"),
        **editor_files(),
        CONFIG: _CONFIG.format(title=quoted(title)),
    }


_IGNORED = """\
# What sitegen makes again at any time.
/public/
/.sitegen/
.*.sitegen-stage/
"""

_CONFIG = """\
# The settings of this site. All keys, with what they mean:  sitegen schema config

title: {title}
description: "" # a sentence or two, for search engines and feeds

# Where the site will be published, with https:// and a slash at the end. Feeds, the sitemap and links in previews need
# it. A project on GitHub Pages has a path, too: https://name.github.io/project/
base_url: https://example.org/

language: en # of the site and of articles that name none, such as de, fa or pt-BR
timezone: UTC # of dates that name none, such as Europe/Berlin

theme: gazette # or plain, or one of your own: sitegen theme new my-theme

# authors: # who writes; articles name the short form
#   ada:
#     name: Ada Example
#     bio: A sentence for the page of her articles.

# permalink: /{{year}}/{{month}}/{{slug}}/ # the address of an article
# pagination: 20 # articles on a page of a list
# taxonomies: [tags, categories, authors, series] # what has pages of its own
"""

_ABOUT = """\
---
title: About
summary: What this site is, and who makes it.
---

Say here what this site collects, and who you are.

Files below `content/pages/` are pages: they have no date, and appear in no list and no feed. Their address is their
path, so this one is `/about/`.
"""

_WELCOME = """\
---
title: "Welcome: your first article"
date: {date}
tags: [Getting started]
summary: What the lines at the top of an article mean, and what to do next.
---

This article is the file `content/{date:.4}/welcome.md`. Change it, run `sitegen build`, and look again; delete it when
you need it no more.

## The lines at the top

Between the two lines of `---` stands the *front matter*: what the site knows about an article. Only the title is
needed; with a date, the article finds its place in lists, archives and feeds.

| key | means |
| --- | --- |
| `title` | the headline; put it in quotes when it holds a colon |
| `date` | when it was published, with a time or without; one that is still to come waits until then |
| `tags` | what it is about; each tag has a page and a feed |
| `authors` | who wrote it |
| `summary` | a sentence for lists; without one, the first paragraph is taken |
| `image` | a picture: `src`, `alt`, `caption`, `credit` |
| `draft: true` | keeps it out of the site until it is ready |
| `related` | titles to read next; one that is not written yet is remembered as *wanted* |

## The text below

It is Markdown: **strong**, *emphasis*, [links](https://commonmark.org/help/), tables, footnotes[^1] and code. To link
to another article, name its file, as in [the page about this site](../pages/about.md), or its title in double square
brackets.

[^1]: Like this one.

## What next

- `sitegen new "A title"` writes a new article from `archetypes/default.md`.
- `sitegen import FOLDER` turns pasted texts and other raw articles into files like this one.
- `sitegen list wanted` shows which articles are still to be written.
"""
