"""`sitegen import --apply-tags`: after an import, its articles without tags get those that are likely.

Invariant: the import has succeeded by itself; what this adds is said, an article a line.
"""

import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from sitegen.cli.shared import Globals, counted
from sitegen.errors import Problem, UsageError, Where

if TYPE_CHECKING:
    from sitegen.build.tagging import AppliedTags


def apply_suggested_tags(settings: Globals, into: Path, outputs: Collection[str]) -> "list[AppliedTags]":
    """Tag the imported files (`outputs`, below `into`) of the site that they lie in; say what was done.

    Raises: UsageError where they lie in no site, for tags are learnt from a site's articles.
    """
    root, config = settings.site()
    from sitegen.build.session import BuildOptions, Session  # noqa: PLC0415
    from sitegen.build.tagging import apply_tags  # noqa: PLC0415

    with Session(root, config, BuildOptions(jobs=os.cpu_count() or 1)) as session:
        content = (root / session.load().settings.config.build.content).resolve()
        if not into.resolve().is_relative_to(content):
            raise UsageError(
                Problem(
                    code="usage.import",
                    where=Where(str(into)),
                    message="--apply-tags learns from a site's own articles, and this is not in its content folder",
                    help="import into the site, without --into",
                )
            )
        below = into.resolve().relative_to(content)
        sources = {(below / output).as_posix() for output in outputs}
        applied = session.answer(lambda site: apply_tags(root, site, sources))
    if applied is None:
        settings.say("tags: too few articles of this site have any to learn from (at least 20 are needed)")
        return []
    for each in applied:
        settings.say(f"tags: {each.source}: {', '.join(each.tags)}")
    tags = sum(len(each.tags) for each in applied)
    settings.say(f"tags: {counted(tags, 'tag')} for {counted(len(applied), 'article')} without any")
    return applied
