"""What every command shares: the flags that stand everywhere, finding the site, and how things are said.

Invariant: results go to standard output, everything else to standard error; `--json` prints one object and no more.
"""

import gc
import os
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from sitegen.build.ahead import Ahead
from sitegen.errors import Problem, UsageError, Where, format_problem

CONFIG = "sitegen.yaml"
F = TypeVar("F", bound=Callable[..., Any])


class Globals(msgspec.Struct):
    """The flags that every command takes, before or after its name."""

    root: Path | None = None
    config: Path | None = None
    quiet: bool = False
    verbose: bool = False
    json: bool = False
    color: bool = True
    ahead: Ahead | None = None  # a look at the site's folders that has begun

    def site(self) -> tuple[Path, Path]:
        """The site's folder and its config file: `-C`, else the nearest folder upwards that holds a config.

        Raises: UsageError when there is none.
        """
        if self.root is not None:
            root = self.root
        elif self.config is not None:
            root = self.config.parent
        else:
            here = Path.cwd()
            root = next((p for p in (here, *here.parents) if (p / CONFIG).is_file()), here)
        config = self.config if self.config is not None else root / CONFIG
        if not config.is_file():
            raise UsageError(
                Problem(
                    code="usage.no-site",
                    where=Where(str(config)),
                    message="there is no site here: the config file is missing",
                    help="make a site with  sitegen init DIR , or name its folder with  -C DIR",
                )
            )
        return root, config

    def say(self, text: str) -> None:
        """A line for people; nothing under -q or --json."""
        if not self.quiet and not self.json:
            click.echo(text)

    def tell(self, text: str) -> None:
        """A line for people on standard error; nothing under -q."""
        if not self.quiet:
            click.echo(text, err=True)

    def show_json(self, value: Any) -> None:
        """One JSON object on standard output."""
        click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


_FLAGS = (
    click.option("-C", "--root", type=click.Path(path_type=Path, file_okay=False), help="The site's folder."),
    click.option("-c", "--config", type=click.Path(path_type=Path, dir_okay=False), help="Its config file."),
    click.option("-q", "--quiet", is_flag=True, default=None, help="Say only what is wrong."),
    click.option("-v", "--verbose", is_flag=True, default=None, help="Say more."),
    click.option("--json", "json", is_flag=True, default=None, help="Print the result as one JSON object."),
    click.option("--no-color", is_flag=True, default=None, help="No colours (NO_COLOR does the same)."),
)


def global_options(function: F) -> F:
    """Adds the flags that stand everywhere; the function gets them as `settings`, merged over both places."""

    @wraps(function)
    def wrapped(*args: Any, **values: Any) -> Any:
        gc.freeze()  # what was imported has no cycles to look for
        gc.enable()  # which the start of the process has off
        settings = click.get_current_context().ensure_object(Globals)
        for name in ("root", "config", "quiet", "verbose", "json"):
            value = values.pop(name)
            if value is not None:
                setattr(settings, name, value)
        if values.pop("no_color") or os.environ.get("NO_COLOR"):
            settings.color = False
        return function(*args, settings=settings, **values)

    for flag in reversed(_FLAGS):
        wrapped = flag(wrapped)
    return wrapped  # type: ignore[return-value]


def shown_problems(problems: Iterable[Problem], *, color: bool | None = None) -> None:
    """All problems on standard error, each with its place, line and help."""
    colored = color is not False and sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    for problem in problems:
        text = format_problem(problem)
        if colored:
            first, _, rest = text.partition("\n")
            text = click.style(first, fg="red" if problem.is_error else "yellow") + (f"\n{rest}" if rest else "")
        click.echo(text, err=True)


def counted(n: int, one: str, many: str = "") -> str:
    """`1 article`, `3,204 articles`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
