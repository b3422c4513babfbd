"""Where themes lie: the site's own `templates/`, then each theme that the config names, the site's before shipped ones.

Invariant: looks at names and files only; what they mean is read in `build.themes`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sitegen.build.scan import Files, walk
from sitegen.build.seen import KnownFiles
from sitegen.build.walk import hidden_in_static
from sitegen.errors import ConfigError, Problem, Where
from sitegen.notation.words import near

SHIPPED = Path(__file__).resolve().parents[1] / "themes"  # inside the wheel
BESIDE = Path(__file__).resolve().parents[2] / "themes"  # in a checkout


def theme_folder(root: Path, name: str) -> Path | None:
    """Where a theme lives: the site's `themes/`, else those that ship with sitegen; None when there is none."""
    for place in (root / "themes", SHIPPED, BESIDE):
        folder = place / name
        if (folder / "theme.yaml").is_file() or (folder / "templates").is_dir():
            return folder
    return None


def available_themes(root: Path) -> dict[str, Path]:
    """All themes that a site can name, by name; a site's own hides a shipped one."""
    found: dict[str, Path] = {}
    for place in (root / "themes", SHIPPED, BESIDE):
        if place.is_dir():
            for folder in sorted(place.iterdir()):
                if theme_folder(root, folder.name) == folder:
                    found.setdefault(folder.name, folder)
    return found


def theme_files(root: Path, names: Sequence[str], known: Mapping[str, KnownFiles], config: str) -> list[Files]:
    """The files of the site's own templates and of each theme, in the order of the path.

    Raises: ConfigError for a theme that is nowhere to be found.
    """
    folders = [("templates", root / "templates")]
    problems = []
    for name in names:
        folder = theme_folder(root, name)
        if folder is None:
            there = available_themes(root)
            meant = near(name, there)
            help = f"did you mean {meant}?" if meant else f"themes that are there: {', '.join(there) or 'none'}"
            problems.append(
                Problem(
                    code="config.theme",
                    where=Where(config),
                    message=f'theme: there is no theme "{name}"',
                    help=f"{help}  To make one:  sitegen theme new {name}",
                )
            )
        else:
            folders.append((f"themes/{name}", folder))
    if problems:
        raise ConfigError(problems)
    return [
        Files(folder, shown, walk(folder, shown, hidden=hidden_in_static), known.get(shown))
        for shown, folder in folders
    ]
