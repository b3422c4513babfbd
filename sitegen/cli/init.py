"""`sitegen init [DIR]`: a new site."""

import os
import shlex
import time
from pathlib import Path

import click
import msgspec

from sitegen.build.new_site import start_site
from sitegen.cli.shared import Globals, global_options
from sitegen.errors import Problem, UsageError, Where


@click.command(
    "init", epilog="Example:  sitegen init my-site && cd my-site && sitegen build", short_help="Make a new site."
)
@global_options
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def command(settings: Globals, *, folder: Path | None) -> int:
    """Make a new site in DIR, or here when no DIR is named; it can be built at once.

    Written are a config (sitegen.yaml), a sample article and a page below content/, what new articles start as
    (archetypes/default.md), what VS Code needs to complete keys (.vscode/), and .gitignore. Files that are there
    already stay as they are, and are named.
    """
    if settings.config is not None:
        raise UsageError(
            Problem(
                code="usage.config",
                where=Where(str(settings.config)),
                message="init writes a config of its own, sitegen.yaml",
                help="leave  -c  out, and name the folder alone",
            )
        )
    root = (settings.root or Path()) / (folder or "")
    started = start_site(root, int(time.time()))
    if settings.json:
        settings.show_json(msgspec.to_builtins(started))
        return 0
    settings.say(f'A new site, "{started.title}", in {root.absolute()}')
    for name in started.created:
        settings.say(f"  {name}")
    for name in started.kept:
        settings.say(f"  {name}  was there already, and was kept")
    if started.has_articles:
        settings.say("  content/ holds articles already, so no sample was added")
    if ".gitignore" in started.kept:
        settings.say("  let .gitignore name  /public/  and  /.sitegen/ , which are made again at any time")
    elsewhere = root.resolve() != Path.cwd().resolve()
    settings.say("\nBuild it with:")
    if elsewhere:
        settings.say(f"  cd {shlex.quote(os.fspath(root))}")
    settings.say("  sitegen build")
    return 0
