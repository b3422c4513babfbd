"""Themes of a site's own: what there is to choose from, and starting one.

Invariant: a theme's folder that is there is never written into.
"""

import re
from pathlib import Path

import msgspec

from sitegen.build.creating import create, unwritable
from sitegen.build.scan import walk
from sitegen.build.theme_path import available_themes, theme_folder
from sitegen.build.walk import hidden_in_static
from sitegen.errors import Problem, UsageError, Where
from sitegen.notation.quoting import quoted
from sitegen.notation.words import near
from sitegen.regex import regex
from sitegen.theme.manifest import API, Option, read_manifest

MANIFEST = "theme.yaml"
BASE = "plain"  # what a new theme extends: the smallest complete one
_NAME = regex(r"\w[\w.-]*")  # as in the config's `theme:`


class ListedTheme(msgspec.Struct, frozen=True, kw_only=True):
    """A theme that a site can name. `place` is 0 where it is not in use, else where it stands in `theme:`, from 1."""

    name: str
    version: str
    description: str
    shipped: bool
    place: int
    path: str


class Started(msgspec.Struct, frozen=True):
    """A theme that was started: its name, its folder, the files in it, and what to write after `theme:`."""

    name: str
    path: str
    created: tuple[str, ...]
    setting: tuple[str, ...]


def list_themes(root: Path, used: tuple[str, ...]) -> tuple[list[ListedTheme], list[Problem]]:
    """All themes that a site can name, by name, and what is wrong with their manifests; `used` are those it names."""
    rows: list[ListedTheme] = []
    problems: list[Problem] = []
    for name, folder in sorted(available_themes(root).items()):
        shown = f"themes/{name}/{MANIFEST}"
        try:
            manifest, wrong = read_manifest((folder / MANIFEST).read_text("utf-8-sig"), shown)
        except FileNotFoundError:
            manifest, wrong = read_manifest("", shown)
        except (OSError, UnicodeDecodeError) as error:
            reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
            manifest, wrong = read_manifest("", shown)
            problems.append(
                Problem(
                    code="theme.unreadable",
                    where=Where(shown),
                    message=f"cannot be read: {reason}",
                    help="save the file as UTF-8 text that you may read",
                )
            )
        problems += wrong
        rows.append(
            ListedTheme(
                name=name,
                version=manifest.version,
                description=manifest.description,
                shipped=folder.parent != root / "themes",
                place=used.index(name) + 1 if name in used else 0,
                path=str(folder),
            )
        )
    for name in used:
        if all(row.name != name for row in rows):
            problems.append(_unknown(root, name).problems[0])
    return rows, problems


def options_in_use(root: Path, used: tuple[str, ...]) -> dict[str, Option]:
    """The options that the themes in use declare; outside of a site those of the default theme."""
    found: dict[str, Option] = {}
    for name in used or ("gazette",):
        folder = theme_folder(root, name)
        if folder is not None and (folder / "theme.yaml").is_file():
            manifest, _ = read_manifest((folder / "theme.yaml").read_text("utf-8"), f"themes/{name}/theme.yaml")
            found = {**manifest.options, **found}
    return found


def templates_in_use(root: Path, used: tuple[str, ...]) -> dict[str, str]:
    """Texts of the templates that the themes in use have, the first theme's first; outside of a site the default's."""
    found: dict[str, str] = {}
    for name in reversed(used or ("gazette",)):
        folder = theme_folder(root, name)
        for path in sorted((folder / "templates").glob("*.html")) if folder is not None else ():
            found[path.name] = path.read_text("utf-8")
    return found


def start_theme(root: Path, name: str) -> Started:
    """A small theme of its own that extends the smallest complete one. Raises: UsageError."""
    folder = _free_folder(root, name)
    return _written(folder, name, {path: text.encode() for path, text in plan_theme(name).items()}, (name, BASE))


def plan_theme(name: str) -> dict[str, str]:
    """The files of a new theme. The manifest comes last: a folder without one is no theme yet."""
    return {
        "templates/base.html": _TEMPLATE.format(base=BASE, name=name),
        f"static/{name}.css": _STYLES,
        "i18n/en.yaml": _WORDS.format(base=BASE),
        MANIFEST: _MANIFEST.format(name=quoted(name), api=API, base=BASE, plain_name=name),
    }


def copy_theme(root: Path, name: str, new: str) -> Started:
    """A theme, whole, under another name or its own, in which it hides the one that ships. Raises: UsageError."""
    source = theme_folder(root, name)
    if source is None:
        raise _unknown(root, name)
    folder = _free_folder(root, new)
    found = walk(source, f"themes/{name}", hidden=hidden_in_static)
    if found.problems:
        raise UsageError(found.problems)
    try:
        files = {path: (source / path).read_bytes() for path in sorted(found.files)}
    except OSError as error:
        raise UsageError(
            Problem(
                code="usage.theme",
                where=Where(str(error.filename)),
                message=f"cannot be read: {error.strerror or error}",
                help="check who may read it",
            )
        ) from error
    if MANIFEST in files and new != name:
        files[MANIFEST] = re.sub(rb"(?m)^name:[^\n\r]*", b"name: " + quoted(new).encode(), files[MANIFEST])
    return _written(folder, new, files, (new,))


def _written(folder: Path, name: str, files: dict[str, bytes], setting: tuple[str, ...]) -> Started:
    for path, content in files.items():
        if not create(folder / path, content, f"themes/{name}/{path}"):
            raise _taken(name)
    return Started(name, str(folder), tuple(files), setting)


def _free_folder(root: Path, name: str) -> Path:
    """The folder of a theme that is not there yet. Raises: UsageError."""
    if not _NAME.fullmatch(name) or not name.isprintable():
        suggestion = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "my-theme"
        raise UsageError(
            Problem(
                code="usage.theme-name",
                where=Where(""),
                message=f'"{name.encode("utf-8", "replace").decode()}" cannot be the name of a theme',
                help=f"use letters, digits, - and _ , as in  {suggestion}",
            )
        )
    folder = root / "themes" / name
    try:
        there = folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir())))
    except OSError as error:
        raise unwritable(f"themes/{name}", error) from error
    if there:
        raise _taken(name)
    return folder


def _taken(name: str) -> UsageError:
    return UsageError(
        Problem(
            code="usage.theme-exists",
            where=Where(f"themes/{name}"),
            message="is there already",
            help="choose another name, or edit the files in that folder",
        )
    )


def _unknown(root: Path, name: str) -> UsageError:
    there = available_themes(root)
    best = near(name, there)
    return UsageError(
        Problem(
            code="usage.theme-unknown",
            where=Where(""),
            message=f'there is no theme "{name}"',
            help=f"did you mean {best}?" if best else f"themes that are there: {', '.join(sorted(there))}",
        )
    )


_MANIFEST = """\
# What this theme says of itself. Templates, styles and words that it does not have come from the next theme in
# sitegen.yaml:  theme: [{plain_name}, {base}]
api: {api}
name: {name}
version: 0.1.0
description: A theme that extends {base}.

# options: # of your own, set in sitegen.yaml under theme_options; read with site.option("lead")
#   lead: {{type: string, default: "Welcome", description: A word above the list.}}
"""

_TEMPLATE = """\
{{# Every page. Write only the blocks that you change; the others stay as the theme below has them. A template of the
   same name as one of that theme's (article.html, list.html ...) takes its place, and can extend it like this one. #}}
{{% extends "{base}/base.html" %}}
{{% block head %}}
{{{{ super() }}}}
<link rel="stylesheet" href="{{{{ site.asset('{name}.css') | url }}}}">
{{% endblock %}}
"""

_STYLES = """\
/* Read after the style sheet of the theme below, so that what stands here wins. */
body { font-family: system-ui, sans-serif; }
h1 { border-block-end: .25rem solid var(--link); padding-block-end: .5rem; }
"""

_WORDS = """\
# Words of the pages in English; de.yaml, fa.yaml ... hold other languages. What is not here comes from {base}.
# latest: Fresh from the press
"""
