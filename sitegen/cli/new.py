"""`sitegen new TITLE`: a new article from the site's archetype."""

import os
import shlex
import subprocess
import sys
import time

import click

from sitegen.cli.shared import Globals, global_options
from sitegen.cli.site import short_path, site_settings
from sitegen.errors import Problem, UsageError, Where


@click.command("new", epilog='Example:  sitegen new "The bridge: what now?" --edit')
@global_options
@click.option("--edit", is_flag=True, help="Open it in your editor ($VISUAL, else $EDITOR).")
@click.option("--draft", is_flag=True, help="Make it a draft: the site leaves it out until that line goes.")
@click.argument("words", metavar="TITLE", nargs=-1, required=True)
def command(settings: Globals, *, edit: bool, draft: bool, words: tuple[str, ...]) -> int:
    """Write a new article with this TITLE, and print its path.

    It goes to content/YEAR/ and is named for its title. It starts as the site's archetype, archetypes/default.md, in
    which {{ title }}, {{ date }}, {{ day }}, {{ year }}, {{ slug }} and {{ draft }} are filled in; the date is now, in
    the site's time zone. A file that is there is never overwritten.
    """
    from sitegen.build.new_article import write_article  # noqa: PLC0415 -- a wrong command line needs no parser

    if len(words) > 1:
        raise _usage("title", "the title has to be one word for the shell", f'write  sitegen new "{" ".join(words)}"')
    editor = _editor() if edit else []
    root, site = site_settings(settings)
    written = write_article(root, site, words[0], now=int(time.time()), draft=draft)
    path = short_path(written.path)
    if settings.json:
        settings.show_json(
            {"path": path, "id": written.id, "title": written.title, "url": written.url, "draft": written.draft}
        )
    else:
        click.echo(path)
    if editor:
        _open(editor, path)
    return 0


def _editor() -> list[str]:
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        words = shlex.split(named)
    except ValueError:
        words = []
    if not words:
        raise _usage("editor", "--edit: no editor is named", "set one, as in  export EDITOR=nano")
    return words


def _open(editor: list[str], path: str) -> None:
    """Wait for the editor; what it draws goes where a person looks, so that the path alone is printed."""
    sys.stdout.flush()
    try:
        code = subprocess.call([*editor, path], stdout=None if sys.stdout.isatty() else sys.stderr)  # noqa: S603
    except OSError as error:
        said = error.strerror or str(error)
        raise _usage("editor", f"the editor {editor[0]} cannot be started: {said}", "set $EDITOR to another") from error
    if code:
        raise _usage("editor", f"the editor {editor[0]} ended with code {code}", "the article is there all the same")


def _usage(code: str, message: str, help: str) -> UsageError:
    return UsageError(Problem(code=f"usage.{code}", where=Where(""), message=message, help=help))
