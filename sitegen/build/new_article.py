"""A new article: where it goes, and that it can be read, before it is written.

Articles lie in a folder a year, `content/2026/a-title.md`: a folder of thousands is slow to look at for people and
tools alike, and a year tells them apart as addresses do.

Invariant: what is written reads back with the title that was given; nothing that is there is overwritten.
"""

import re
from datetime import datetime
from pathlib import Path

import msgspec

from sitegen.build.creating import create
from sitegen.build.settings import SiteSettings, zone_of
from sitegen.content.archetype import ARCHETYPE, DEFAULT, NewArticle, fill
from sitegen.content.article import parse_article
from sitegen.content.slugs import slug_of
from sitegen.errors import BuildError, Problem, UsageError, Where
from sitegen.model import Broken
from sitegen.regex import regex

_TAKEN = regex(r"index|con|prn|aux|nul|com\d|lpt\d")  # what sitegen, or Windows, takes for something else


class Written(msgspec.Struct, frozen=True):
    """The article that was written: `path` is its file, `url` its address on the site."""

    path: Path
    id: str
    url: str
    title: str
    draft: bool


def write_article(root: Path, settings: SiteSettings, title: str, *, now: int, draft: bool) -> Written:
    """Write a new article from the site's archetype; `now` is in seconds since 1970.

    Raises: UsageError for a title that cannot be one, a file that is there, a disk that refuses; BuildError for an
    archetype that makes no article.
    """
    title = _checked(title)
    zone = zone_of(settings.config.timezone)
    date = datetime.fromtimestamp(now, zone).isoformat(timespec="seconds")
    slug = slug_of(title)
    name = f"{slug}-article" if _TAKEN.fullmatch(slug) else slug
    source = f"{date[:4]}/{name}.md"
    folder = settings.config.build.content
    text = fill(_archetype(root), ARCHETYPE, NewArticle(title=title, date=date, slug=slug, draft=draft))
    if isinstance(text, Problem):
        raise BuildError(text)
    article = parse_article(source, text.encode(), settings.parse, zone=zone)
    if isinstance(article, Broken):
        context = f"filling {ARCHETYPE} in for a new article"
        raise BuildError(msgspec.structs.replace(problem, context=context) for problem in article.problems)
    path, shown = root / folder / source, f"{folder}/{source}"
    bundle = path.with_suffix("") / "index.md"
    if bundle.exists():
        raise _taken(f"{folder}/{date[:4]}/{name}/index.md")
    if not create(path, text.encode(), shown):
        raise _taken(shown)
    return Written(path=path, id=article.id, url=article.keys.url, title=article.card.title, draft=article.keys.draft)


def _checked(title: str) -> str:
    try:  # bytes of the command line that its locale could not read arrive as lone surrogates
        title = title.encode("utf-8", "surrogateescape").decode()
    except UnicodeError:
        raise _bad_title("", "the title is not UTF-8 text") from None
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", title):
        raise _bad_title(" ".join(title.split()), "a title is one line, without control characters")
    title = title.strip()
    if not title:
        raise _bad_title("", "the title is empty")
    return title


def _bad_title(title: str, message: str) -> UsageError:
    example = title or "A title"
    return UsageError(
        Problem(
            code="usage.title", where=Where(""), message=message, help=f'write the title as one line: "{example[:60]}"'
        )
    )


def _taken(shown: str) -> UsageError:
    return UsageError(
        Problem(
            code="usage.article-exists",
            where=Where(shown),
            message="there is an article of this name already",
            help="edit that one, or choose another title",
        )
    )


def _archetype(root: Path) -> bytes:
    try:
        return (root / ARCHETYPE).read_bytes()
    except FileNotFoundError:
        return DEFAULT.encode()
    except OSError as error:
        raise UsageError(
            Problem(
                code="usage.archetype",
                where=Where(ARCHETYPE),
                message=f"cannot be read: {error.strerror or error}",
                help="check the file, or delete it to start articles from sitegen's own archetype",
            )
        ) from error
