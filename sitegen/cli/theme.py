"""`sitegen theme`: what themes there are, and how to start one of your own."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from click.shell_completion import CompletionItem

from sitegen.cli.shared import CONFIG, Globals, global_options, shown_problems
from sitegen.cli.site import short_path, site_settings

if TYPE_CHECKING:
    from sitegen.build.own_themes import Started


def _known_names(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from sitegen.build.theme_path import available_themes  # noqa: PLC0415

    settings = ctx.find_object(Globals)
    root = (settings.root if settings else None) or Path.cwd()
    return [CompletionItem(name) for name in available_themes(root) if name.startswith(incomplete)]


@click.group("theme", epilog="Example:  sitegen theme new my-theme")
@global_options
def command(settings: Globals) -> None:
    """List themes, start one of your own, or copy one to change it."""


@command.command("list", short_help="What themes there are, and which is in use.")
@global_options
def list_themes(settings: Globals) -> int:
    """List the themes that this site can use: those that ship with sitegen, and its own in themes/."""
    from sitegen.build.own_themes import list_themes as listed  # noqa: PLC0415 -- heavy

    root, used = _site_or_none(settings)
    rows, problems = listed(root, used)
    if settings.json:
        settings.show_json({"themes": msgspec.to_builtins(rows)})
    else:
        width = max((len(row.name) for row in rows), default=0)
        for row in rows:
            mark = "*" if row.place else " "
            origin = "ships with sitegen" if row.shipped else short_path(Path(row.path)) + "/"
            click.echo(f"{mark} {row.name:<{width}}  {row.version or '-':<6}  {row.description or '-'}  ({origin})")
        if used:
            settings.tell(f"* in use: theme: {_setting(used)}")
    shown_problems(problems, color=settings.color)
    return 1 if any(problem.is_error for problem in problems) else 0


@command.command(
    "new", short_help="Start a small theme that extends plain.", epilog="Example:  sitegen theme new my-theme"
)
@global_options
@click.argument("name")
def new(settings: Globals, *, name: str) -> int:
    """Start a theme of your own in themes/NAME.

    It is small: it extends the theme plain, and holds only what differs. It works as soon as sitegen.yaml names it.
    """
    from sitegen.build.own_themes import start_theme  # noqa: PLC0415 -- heavy

    root, _ = settings.site()
    return _say(settings, start_theme(root, name))


@command.command(
    "copy", short_help="Copy a theme whole, to change it.", epilog="Example:  sitegen theme copy gazette my-gazette"
)
@global_options
@click.argument("name", shell_complete=_known_names)
@click.argument("new_name", metavar="[NEW]", required=False)
def copy(settings: Globals, *, name: str, new_name: str | None) -> int:
    """Copy the theme NAME whole into themes/, as NEW where that is given, to change it as you like.

    A copy does not change when sitegen does. To change a few things only, start a theme with  sitegen theme new , or
    put single files into the site's own templates/ and static/.
    """
    from sitegen.build.own_themes import copy_theme  # noqa: PLC0415 -- heavy

    root, _ = settings.site()
    return _say(settings, copy_theme(root, name, new_name or name))


def _site_or_none(settings: Globals) -> tuple[Path, tuple[str, ...]]:
    """The site's folder and the themes that it names; outside of a site the current folder, and none."""
    named = settings.root is not None or settings.config is not None
    here = Path.cwd()
    if not named and not any((folder / CONFIG).is_file() for folder in (here, *here.parents)):
        return here, ()
    root, site = site_settings(settings)
    return root, site.themes


def _setting(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


@command.command("doc", short_help="All that a template may use.", epilog="Example:  sitegen theme doc | less")
@global_options
def doc(settings: Globals) -> int:
    """List all that a template may use: questions, fields of values, filters, options, and blocks to fill."""
    from sitegen.build.own_themes import options_in_use, templates_in_use  # noqa: PLC0415 -- heavy
    from sitegen.theme.contract import contract  # noqa: PLC0415

    root, used = _site_or_none(settings)
    found = contract(options_in_use(root, used), templates_in_use(root, used))
    if settings.json:
        settings.show_json(msgspec.to_builtins(found))
        return 0
    parts = (("Ask of the site", found.site), ("Filters", found.filters), ("Options", found.options))
    click.echo(f"Theme API {found.api}. Every template has  site, page  and  t(words, name=value).")
    for title, names in parts:
        click.echo(f"\n{title}")
        for each in names:
            click.echo(f"  {each.name}\n      {each.says}")
    click.echo("\nValues")
    for name, fields in found.values.items():
        click.echo(f"  {'article' if name == 'entry' else name}\n      {', '.join(fields)}")
    click.echo("\nBlocks that a template of the site may fill, when it extends the theme's own")
    for name, blocks in found.blocks.items():
        click.echo(f"  {name}\n      {', '.join(blocks)}")
    return 0


def _say(settings: Globals, started: "Started") -> int:
    if settings.json:
        settings.show_json(msgspec.to_builtins(started))
        return 0
    folder = short_path(Path(started.path))
    settings.say(f"A theme in {folder}/")
    for path in started.created[: 4 if len(started.setting) > 1 else 0]:
        settings.say(f"  {path}")
    settings.say(f"\nTo use it, write in {CONFIG}:\n  theme: {_setting(started.setting)}")
    return 0
