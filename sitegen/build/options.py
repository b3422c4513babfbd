"""What a build is asked for: by the command line, and by the config where that says nothing.

Invariant: plain values; nothing here reads a file.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sitegen.catalog.published import Audience

if TYPE_CHECKING:  # a build with nothing to do reads no config
    from sitegen.build.settings import SiteSettings


class BuildOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says of one build. `as_of` is "now" in seconds since 1970; None reads the clock."""

    output: Path | None = None
    base_url: str | None = None
    audience: Audience = Audience()
    clean: bool = False
    strict: bool = False
    minify: bool = False
    dry_run: bool = False
    durable: bool = False
    adopt: bool = False
    keep_going: bool = False
    jobs: int = 1
    cluster: str = ""
    as_of: int | None = None


class Defaults(msgspec.Struct, frozen=True):
    """What the config's `build:` says where the command line says nothing."""

    content: str = "content"
    output: str = "public"
    audience: Audience = Audience()
    minify: bool = False
    strict: bool = False
    jobs: int = 0


def defaults_of(settings: "SiteSettings") -> Defaults:
    """What a config says under `build:`."""
    build = settings.config.build
    return Defaults(
        content=build.content,
        output=build.output,
        audience=Audience(drafts=build.drafts, future=build.future, expired=build.expired),
        minify=build.minify,
        strict=build.strict,
        jobs=build.jobs,
    )
