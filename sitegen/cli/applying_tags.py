"""`sitegen import --apply-tags`: after an import, its articles without tags get those that are likely.

Invariant: the import has succeeded by itself; what this adds is said on standard error, an article a line.
"""

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from sitegen.cli.shared import Globals, counted
from sitegen.errors import Problem, UsageError, Where


def tagged_folder(root: Path, config: Any, target: Path) -> PurePosixPath:
    """The folder of the import, below the content folder.

    Raises: UsageError where it is not in one: tags are learnt from a site's own articles.
    """
    content = (root / config.build.content).resolve() if config else None
    if content is None or not target.resolve().is_relative_to(content):
        raise UsageError(
            Problem(
                code="usage.import",
                where=Where(str(target)),
                message="--apply-tags learns from a site's own articles, and this folder is not in a site's content",
                help="import into a site, without --into",
            )
        )
    return PurePosixPath(target.resolve().relative_to(content).as_posix())


def apply_suggested_tags(settings: Globals, folder: PurePosixPath, outputs: Iterable[str]) -> None:
    """Tag the imported files (`outputs`, below `folder` of the content), and say what was done."""
    from sitegen.build.options import BuildOptions  # noqa: PLC0415
    from sitegen.build.session import Session  # noqa: PLC0415
    from sitegen.build.tagging import apply_tags  # noqa: PLC0415

    root, config = settings.site()
    sources = {str(folder / output) for output in outputs}
    with Session(root, config, BuildOptions(jobs=os.cpu_count() or 1)) as session:
        applied = session.answer(lambda site: apply_tags(root, site, sources))
    if applied is None:
        settings.tell("no tags: too few articles of this site have any to learn from (at least 20 are needed)")
        return
    for each in applied:
        settings.tell(f"tagged {each.source}: {', '.join(each.tags)}")
    tags = sum(len(each.tags) for each in applied)
    settings.tell(f"{counted(tags, 'tag')} for {counted(len(applied), 'article')} without any")
