"""Which extras a site has, and the places that they need.

Invariant: pure but for what an extra does when it is made; a site without an extra imports nothing for it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from sitegen.build.extras import Extra
from sitegen.build.pictures import FOLDER as PICTURES
from sitegen.build.search import NAME as SEARCH
from sitegen.build.search import search_extra
from sitegen.build.settings import SiteSettings
from sitegen.build.themes import Theme
from sitegen.build.work import Head
from sitegen.catalog.outputs import SEARCH_FOLDER
from sitegen.model import Body, Output


def can_be_searched(settings: SiteSettings, theme: Theme) -> bool:
    """Whether a site has a search: the config wants it, and the theme has a place for it."""
    return settings.plan.search and "search.html" in theme.templates


def extras_of(
    settings: SiteSettings,
    theme: Theme,
    published: Sequence[Head],
    body_of: Callable[[Head], Body],
    memory: Path,
    pictures: Sequence[Extra] = (),
    work: str = "search",
) -> list[Extra]:
    """All extras of a site; `memory` is the folder `.sitegen/`, `work` a folder in it that is made and removed."""
    found = list(pictures)
    if can_be_searched(settings, theme):
        found.append(search_extra(published, body_of, settings.config.language, memory / work))
    wanted = collections(settings)
    if wanted:
        from sitegen.build.collection import collection_extra  # noqa: PLC0415 -- most sites have none

        base, language = settings.base, settings.config.language
        found += [collection_extra(name, published, body_of, base, language, memory) for name in wanted]
    return found


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
        Output(path=name, url=f"/{name}", kind="file", source=f"outputs: {name}") for name in collections(settings)
    ]
