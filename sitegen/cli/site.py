"""The site that a command is about: its folder and its settings, read from the config alone."""

from pathlib import Path
from typing import TYPE_CHECKING

from sitegen.cli.shared import Globals
from sitegen.errors import ConfigError, Problem, Where

if TYPE_CHECKING:
    from sitegen.build.settings import SiteSettings


def site_settings(settings: Globals) -> "tuple[Path, SiteSettings]":
    """The site's folder and settings. Raises: UsageError where there is no site; ConfigError with every fault."""
    from sitegen.build.settings import read_settings  # noqa: PLC0415 -- a wrong command line needs no parser

    root, config = settings.site()
    try:
        content = config.read_bytes()
    except OSError as error:
        raise ConfigError(
            Problem(
                code="config.unreadable",
                where=Where(str(config)),
                message=f"cannot be read: {error.strerror or error}",
                help="check who may read it",
            )
        ) from error
    return root, read_settings(content, config.name, None)


def short_path(path: Path) -> str:
    """A path as the current folder sees it, where it lies below that."""
    path = path.absolute()
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
