"""The command line: one small module a command, imported when it is called.

Invariant: nothing heavy is imported here, so that `sitegen --version` and completion answer at once.
"""

import io
import os
import sys
from importlib import import_module
from typing import TextIO

import click

from sitegen import __version__
from sitegen.build.ahead import Ahead
from sitegen.cli.shared import Globals, global_options, shown_problems
from sitegen.errors import SitegenError

COMMANDS = {  # name: module, and the line that `sitegen --help` shows
    "init": ("init", "Make a new site, ready to build."),
    "new": ("new", "Write a new article from the site's archetype."),
    "import": ("import_", "Turn raw articles into Markdown with front matter."),
    "build": ("build", "Build the site into public/."),
    "serve": ("serve", "Preview the site while you write."),
    "check": ("check", "Say what is wrong with the site, and mend what is safe to mend."),
    "deploy": ("deploy", "Publish the site to GitHub Pages."),
    "doctor": ("doctor", "Say what this site's GitHub Pages state should be, and what contradicts it."),
    "list": ("list_", "List articles, drafts, tags, wanted articles, addresses."),
    "why": ("why", "Say what an output was made from, and why it was made again."),
    "theme": ("theme", "List, start or copy themes."),
    "schema": ("schema", "Print JSON Schemas of config and front matter, for editors."),
    "clean": ("clean", "Remove what sitegen itself wrote, and nothing else."),
    "completion": ("completion", "Print the completion script of your shell."),
}

ALIASES = {"server": "serve", "dev": "serve"}  # what other generators call it


class _Commands(click.Group):
    """The commands by name; each is imported only when it is run or asked for its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        name = ALIASES.get(name, name)
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"sitegen.cli.{COMMANDS[name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from sitegen.notation.words import did_you_mean  # noqa: PLC0415

            raise click.UsageError(f"{error.message}  {did_you_mean(args[0], COMMANDS)}", ctx) from error


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with  sitegen init my-site  and then  cd my-site && sitegen build",
)
@click.version_option(__version__, "--version", message="sitegen %(version)s")
@global_options
def cli(settings: Globals) -> None:
    """Sitegen makes a static site from a collection of articles.

    Articles are Markdown files with YAML front matter below content/; themes are Jinja templates; the settings stand
    in sitegen.yaml. Every command explains itself:  sitegen COMMAND --help
    """


def _begin_again_in_utf8() -> None:
    """Start anew where the locale says that file names are not UTF-8: the same names must give the same addresses in
    every locale, and what is printed must be printable. Cost: nothing but in such a locale, there 30 ms.
    """
    if os.name == "posix" and not sys.flags.utf8_mode and sys.getfilesystemencoding() != "utf-8" and sys.executable:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 -- ourselves


def main(arguments: list[str] | None = None, ahead: Ahead | None = None) -> None:
    """Run a command and end the process: 0 fine, 1 content or build wrong, 2 wrong usage or config."""
    if arguments is None:
        _begin_again_in_utf8()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a letter is no reason to stop
    try:
        code = cli.main(args=arguments, prog_name="sitegen", standalone_mode=False, obj=Globals(ahead=ahead))
        sys.exit(code if isinstance(code, int) else 0)
    except SitegenError as error:
        shown_problems(error.problems)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        _say_no_more()  # the reader of a pipe has gone, and needs no message
        sys.exit(0)
    except OSError as error:
        if error.filename is not None or not _is_refused(sys.stdout):
            raise
        _say_no_more()
        click.echo(f"error: the answer could not be written to standard output: {error.strerror}", err=True)
        sys.exit(1)


def _is_refused(stream: TextIO) -> bool:
    """Whether nothing can be written there, as on a full disk; what it refused before, it has forgotten."""
    try:
        stream.write("\n")
        stream.flush()
    except OSError:
        return True
    return False


def _say_no_more() -> None:
    """Let go of standard output, so that the end of the process does not try again to write what is left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
