"""Which extras a site has, and the places that they need.

Invariant: pure but for what an extra does when it is made; a site without an extra imports nothing for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sitegen.build.extras import SEARCH, Extra
from sitegen.build.pictures import FOLDER as PICTURES
from sitegen.build.settings import SiteSettings
from sitegen.build.themes import Theme
from sitegen.build.work import Head
from sitegen.catalog.outputs import SEARCH_FOLDER
from sitegen.content.slugs import slug_of
from sitegen.model import Body, Output

if TYPE_CHECKING:
    from sitegen.build.book import File

BOOK = "articles.epub"


def can_be_searched(settings: SiteSettings, theme: Theme) -> bool:
    """Whether a site has a search: the config wants it, and the theme has a place for it."""
    return settings.plan.search and "search.html" in theme.templates


def extras_of(
    settings: SiteSettings,
    theme: Theme,
    published: Sequence[Head],
    body_of: Callable[[Head], Body],
    memory: Path,
    files: "Callable[[], Mapping[str, File]]",
    ask: Callable[..., Any],
    pictures: Sequence[Extra] = (),
    work: str = "search",
) -> list[Extra]:
    """All extras of a site; `memory` is the folder `.sitegen/`, `work` a folder in it that is made and removed.

    `files` are those that are published as they are, by their paths; `ask` answers what links depend on.
    """
    found = list(pictures)
    if can_be_searched(settings, theme):
        from sitegen.build.search import search_extra  # noqa: PLC0415 -- see above

        found.append(search_extra(published, body_of, settings.config.language, memory, work))
    wanted = collections(settings)
    if wanted:
        from sitegen.build.collection import collection_extra  # noqa: PLC0415 -- most sites have none

        base, language = settings.base, settings.config.language
        found += [collection_extra(name, published, body_of, base, language, memory) for name in wanted]
    return [*found, *_books(settings, published, body_of, files, ask)]


def _books(
    settings: SiteSettings,
    published: Sequence[Head],
    body_of: Callable[[Head], Body],
    files: "Callable[[], Mapping[str, File]]",
    ask: Callable[..., Any],
) -> Iterator[Extra]:
    """A book of the collection, and one of each tag that is named."""
    for at, tag in books(settings).items():
        from sitegen.build.book import Book, Shelf, book_extra  # noqa: PLC0415 -- most sites have none

        config = settings.config
        title = f"{tag} – {config.title}" if tag else config.title
        book = Book(at=at, title=title, base=settings.base, language=config.language, direction=settings.facts.dir)
        heads = [head for head in published if not tag or _has_tag(head, slug_of(tag))]
        yield book_extra(book, heads, published, Shelf(body_of, files, ask))


def _has_tag(head: Head, slug: str) -> bool:
    return any(label.slug == slug for label in head.keys.tags)


def books(settings: SiteSettings) -> dict[str, str]:
    """The paths of a site's books below the output folder, each with the tag whose articles it holds, "" for all."""
    outputs = settings.config.outputs
    found = {BOOK: ""} if outputs.epub else {}
    return found | {f"tags/{slug_of(tag)}/{BOOK}": tag for tag in outputs.epub_tags}


def collections(settings: SiteSettings) -> list[str]:
    """The files that hold the whole collection."""
    outputs = settings.config.outputs
    named = {"articles.jsonl": outputs.jsonl, "articles.sqlite": outputs.sqlite}
    return [name for name, wanted in named.items() if wanted]


def reserved(settings: SiteSettings, theme: Theme) -> list[Output]:
    """Outputs that stand for the places of extras, so that a clash with them is named before anything is written."""
    found = []
    if can_be_searched(settings, theme):
        found.append(Output(path=SEARCH_FOLDER, url=f"/{SEARCH_FOLDER}", kind="file", source=f"the {SEARCH}"))
    if settings.config.images.enabled:
        found.append(Output(path=PICTURES, url=f"/{PICTURES}", kind="file", source="the smaller copies of pictures"))
    return found + [
        Output(path=name, url=f"/{name}", kind="file", source=f"outputs: {name}")
        for name in (*collections(settings), *books(settings))
    ]
