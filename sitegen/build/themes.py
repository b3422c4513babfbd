"""A site's look, read from disk into values: templates, words, options and assets along the theme path.

Invariant: the first folder of the path that has a file wins, file by file: the site's own `templates/`, then each theme
that the config names. A template of a named theme can always be reached as `NAME/file.html`, so that an override can
extend what it overrides.
"""

import re
from collections.abc import Mapping, Sequence
from posixpath import dirname, join, normpath, splitext
from typing import Any

import msgspec

from sitegen.build.scan import Files
from sitegen.digest import digest_bytes, digest_value
from sitegen.errors import Problem, Where
from sitegen.notation.yaml import Composed
from sitegen.regex import regex
from sitegen.theme.manifest import Manifest, read_manifest, read_strings, settle_options
from sitegen.theme.templates import TemplateText

HASH_LENGTH = 8  # hexadecimal digits in an asset's name: 32 bits, enough to tell versions of one file apart


class Theme(msgspec.Struct, frozen=True):
    """What the theme path adds up to. `assets` holds each file's site path, `contents` their bytes by that path."""

    templates: dict[str, TemplateText]
    strings: dict[str, dict[str, Any]]
    options: dict[str, Any]
    assets: dict[str, str]
    contents: dict[str, bytes]
    problems: tuple[Problem, ...] = ()


def read_theme(
    files: Sequence[Files],
    given: Mapping[str, Any],
    config: str,
    lines: Mapping[str, int],
    composed: Composed | None = None,
) -> Theme:
    """The theme that these files make; `given` are the config's `theme_options`."""
    templates: dict[str, TemplateText] = {}
    strings: dict[str, dict[str, Any]] = {}
    manifests: list[Manifest] = []
    statics: dict[str, tuple[Files, str]] = {}
    problems: list[Problem] = [problem for each in files for problem in each.problems]
    for n, each in enumerate(files):
        prefix = "" if n == 0 else "templates/"
        named = each.shown.removeprefix("themes/")
        for name in each:
            path = f"{each.shown}/{name}"
            if name.startswith(prefix):
                text = _text(each, name, problems)
                found = TemplateText(text=text, path=path)
                templates.setdefault(name.removeprefix(prefix), found)
                if n:
                    templates.setdefault(f"{named}/{name.removeprefix(prefix)}", found)
            elif name.startswith("i18n/") and name.endswith((".yaml", ".yml")):
                words, wrong = read_strings(_text(each, name, problems), path, composed)
                problems += wrong
                mine = strings.setdefault(splitext(name.removeprefix("i18n/"))[0], {})
                mine.update({key: value for key, value in words.items() if key not in mine})
            elif name.startswith("static/"):
                statics.setdefault(name.removeprefix("static/"), (each, name))
            elif name == "theme.yaml":
                manifest, wrong = read_manifest(_text(each, name, problems), path, composed)
                problems += wrong
                manifests.append(manifest)
    options, wrong = settle_options(manifests, given, config, lines)
    assets, contents = _assets(statics)
    return Theme(templates, strings, options, assets, contents, (*problems, *wrong))


def _text(files: Files, name: str, problems: list[Problem]) -> str:
    content = files.content(name)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.append(
            Problem(
                code="theme.encoding",
                where=Where(f"{files.shown}/{name}", line),
                message="is not UTF-8 text",
                help="save the file as UTF-8",
            )
        )
        return ""


_URL = regex(r"""url\(\s*(["']?)([^"')]+)\1\s*\)""")


def _assets(statics: Mapping[str, tuple[Files, str]]) -> tuple[dict[str, str], dict[str, bytes]]:
    """Each asset's site path and bytes. Stylesheets come last, for they name the others by their hashed names."""
    assets: dict[str, str] = {}
    contents: dict[str, bytes] = {}
    for name in sorted(statics, key=lambda name: (name.endswith(".css"), name)):
        files, path = statics[name]
        content = files.content(path)
        if name.endswith(".css"):
            content = _with_hashed_names(content, name, assets)
        stem, suffix = splitext(name)
        url = f"/assets/{stem}.{digest_bytes(content).hex()[:HASH_LENGTH]}{suffix}"
        assets[name] = url
        contents[url] = content
    return assets, contents


def _with_hashed_names(content: bytes, name: str, assets: Mapping[str, str]) -> bytes:
    def hashed(match: re.Match[str]) -> str:
        target = normpath(join(dirname(name), match[2]))
        if target not in assets:
            return match[0]
        up = "../" * name.count("/")
        return f"url({up}{assets[target].removeprefix('/assets/')})"

    try:
        return _URL.sub(hashed, content.decode()).encode()
    except UnicodeDecodeError:
        return content


def option_digests(options: Mapping[str, Any]) -> dict[str, bytes]:
    """A digest for each option, so that a page reads only those that it asks for."""
    return {name: digest_value([value]) for name, value in options.items()}
