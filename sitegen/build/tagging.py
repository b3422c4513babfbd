"""Writing suggested tags into articles, because somebody asked for it.

Invariant: only the named files are touched, each whole and at once, and in each only its list of tags grows.
"""

from collections.abc import Collection
from pathlib import Path

import msgspec

from sitegen.build.listing import list_suggested
from sitegen.build.replacing import replace_content
from sitegen.build.scan import Changed
from sitegen.build.site import Site
from sitegen.content.adding import with_entries
from sitegen.errors import BuildError, Problem, Where


class AppliedTags(msgspec.Struct, frozen=True):
    """The tags that an article was given. `source` is its file, below the content folder."""

    source: str
    tags: tuple[str, ...]


def apply_tags(root: Path, site: Site, sources: Collection[str]) -> list[AppliedTags] | None:
    """Give those of these sources that have no tags the tags that they may want; None where nothing can be learnt.

    Raises: BuildError for a file that cannot be written.
    """
    rows = list_suggested(site)
    if rows is None:
        return None
    files = {head.keys.id: head.keys.source for head in site.published}
    applied: list[AppliedTags] = []
    for row in rows:
        source = files[row.id]
        tags = tuple(each.tag for each in row.tags_suggested)
        if source in sources and tags and not row.tags and _written(root, site, source, tags):
            applied.append(AppliedTags(source, tags))
    return applied


def _written(root: Path, site: Site, source: str, tags: tuple[str, ...]) -> bool:
    shown = f"{site.settings.config.build.content}/{source}"
    path = root / shown
    try:
        before = path.read_bytes()
        after = with_entries(before, "tags", tags)
        if after is None:
            return False
        replace_content(path, before, after)
    except Changed:
        return False  # somebody is writing it; the next run tags it
    except OSError as error:
        message = f"cannot be given tags: {error.strerror or error}"
        help = "check who may write it"
        raise BuildError(Problem(code="file.unwritable", where=Where(shown), message=message, help=help)) from error
    return True
