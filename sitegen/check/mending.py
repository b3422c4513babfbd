"""`check --fix` on disk: each source mended as far as is safe, each alias added that keeps an old address alive.

Invariant: a file is replaced whole or not at all, and a second run finds nothing to do.
"""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec

from sitegen.build.creating import create
from sitegen.build.replacing import replace_content
from sitegen.build.scan import Changed
from sitegen.build.scanning import STORIES, Scan
from sitegen.build.settings import zone_of
from sitegen.build.site import Site
from sitegen.build.storying import lost_story
from sitegen.catalog.ordering import TAXONOMIES
from sitegen.catalog.permanence import Broken, broken_addresses
from sitegen.check.mends import mend_source, parser_of, with_alias
from sitegen.check.story_mends import with_story_alias
from sitegen.config.curation import FOLDER
from sitegen.errors import BuildError, Problem, Where


class Fix(msgspec.Struct, frozen=True):
    """One change to a file: its line (0: a line that is new) before and after."""

    code: str
    path: str
    line: int
    before: str
    after: str


def mend_site(root: Path, site: Site, scan: Scan) -> list[Fix]:
    """Mend what can be mended, in order of source. Raises: BuildError for a file that cannot be written."""
    todo: dict[str, list[str]] = {source: [] for source in site.sources.broken}
    todo.update({source: [] for source, head in site.sources.heads.items() if head.warnings})
    broken = _broken(site, scan)
    for source, alias in _aliases(site, broken):
        todo.setdefault(source, []).append(alias)
    fixes: list[Fix] = []
    for source, aliases in sorted(todo.items()):
        fixes += _mend(root, site, scan, source, aliases)
    return fixes + _mend_stories(root, site, scan, broken)


def _broken(site: Site, scan: Scan) -> list[Broken]:
    """Published addresses that would break; none while some articles cannot be read, whose addresses are not known."""
    if site.sources.broken:
        return []
    paths = [*(output.path for output in site.outputs), *site.copies]
    return broken_addresses(scan.urls, paths, [head.keys.url for head in site.published])


def _aliases(site: Site, broken: Sequence[Broken]) -> list[tuple[str, str]]:
    """Sources, each with an address that it should also be found at."""
    at = {head.keys.url: head.keys.source for head in site.published}
    lists = tuple(f"/{name}/" for name in TAXONOMIES)
    return [
        (at[each.heir], each.url)
        for each in broken
        if each.is_sure and each.url.endswith(("/", ".html")) and not each.url.startswith((*lists, FOLDER))
    ]


def _mend_stories(root: Path, site: Site, scan: Scan, broken: Sequence[Broken]) -> list[Fix]:
    """Earlier addresses of stories that are told elsewhere now, added to `stories.yaml`."""
    after, fixes = scan.stories, []
    for each in broken:
        lost = lost_story(each.url, site.snapshot, site.published)
        with_one = with_story_alias(after, lost.heir, lost.slug) if lost and lost.heir else None
        if lost and with_one is not None:
            after = with_one
            fixes.append(Fix("urls.broken", STORIES, 0, "", f"{lost.heir}: aliases: {lost.slug}"))
    if not fixes:
        return []
    try:
        if scan.stories or (root / STORIES).exists():
            replace_content(root / STORIES, scan.stories, after)
        elif not create(root / STORIES, after, STORIES):
            return []
    except Changed:
        return []
    except OSError as error:
        raise _unwritable(STORIES, error) from error
    return fixes


def _unwritable(shown: str, error: OSError) -> BuildError:
    message = f"cannot be mended: {error.strerror or error}"
    return BuildError(
        Problem(code="file.unwritable", where=Where(shown), message=message, help="check who may write it")
    )


def _mend(root: Path, site: Site, scan: Scan, source: str, aliases: list[str]) -> list[Fix]:
    settings = site.settings.parse
    shown = f"{scan.content.shown}/{source}"
    path = root / scan.content.shown / source
    try:
        before = scan.content.content(source)
        after, mended = mend_source(before, parser_of(source, settings, zone_of(settings.timezone)))
        fixes = [Fix(each.code, shown, each.line, each.before, each.after) for each in mended]
        for alias in aliases:
            with_one = with_alias(after, alias)
            if with_one is not None:
                after = with_one
                fixes.append(Fix("urls.broken", shown, 0, "", f"aliases: {quote(alias, safe='/-._~')}"))
        if after != before:
            replace_content(path, before, after)
    except Changed:
        return []  # somebody is writing it: the next check sees what came of it
    except OSError as error:
        raise _unwritable(shown, error) from error
    return fixes
