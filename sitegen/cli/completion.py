"""`sitegen completion SHELL`: the script that completes commands and flags."""

import sys

import click
from click.shell_completion import get_completion_class

from sitegen.cli.shared import Globals, global_options

_INSTALL = {
    "bash": 'add  eval "$(sitegen completion bash)"  to ~/.bashrc',
    "zsh": 'add  eval "$(sitegen completion zsh)"  to ~/.zshrc',
    "fish": "run  sitegen completion fish > ~/.config/fish/completions/sitegen.fish",
}


@click.command("completion")
@global_options
@click.argument("shell", type=click.Choice(sorted(_INSTALL)))
def command(settings: Globals, *, shell: str) -> int:
    """Print the completion script of SHELL.

    bash: add  eval "$(sitegen completion bash)"  to ~/.bashrc ; zsh: the same with zsh in ~/.zshrc ; fish: run
    sitegen completion fish > ~/.config/fish/completions/sitegen.fish
    """
    from sitegen.cli import cli  # noqa: PLC0415 -- the group imports this module

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"click cannot complete in {shell}")
    click.echo(found(cli, {}, "sitegen", "_SITEGEN_COMPLETE").source())
    if sys.stdout.isatty():  # who sends it to a file knows where it belongs
        settings.tell(f"# {_INSTALL[shell]}")
    return 0
