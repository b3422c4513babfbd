"""`theme.yaml` and `i18n/*.yaml` as values, and the options that a config sets, checked against them.

Invariant: pure; faults come back as problems with their line.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from sitegen.errors import Problem, Where
from sitegen.notation.scalars import describe, resolve
from sitegen.notation.words import did_you_mean
from sitegen.notation.yaml import Composed, Sheet, read_yaml
from sitegen.regex import regex

API: Final = 1  # the contract between templates and sitegen; a theme names the one it was written for
_COLOR = regex(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_TYPES: Final = ("string", "boolean", "integer", "choice", "color", "list")
FORMS: Final = ("zero", "one", "two", "few", "many", "other")  # of words that go with a number, as CLDR names them
_KEYS: Final = ("name", "version", "api", "description", "license", "author", "options")


class Option(msgspec.Struct, frozen=True):
    """One option of a theme: its type, default and, for `choice`, what may be chosen."""

    type: str = "string"
    default: Any = ""
    choices: tuple[Any, ...] = ()
    description: str = ""


class Manifest(msgspec.Struct, frozen=True):
    """What a theme says of itself."""

    name: str = ""
    version: str = ""
    description: str = ""
    license: str = ""
    options: dict[str, Option] = {}


def read_manifest(text: str, path: str, composed: Composed | None = None) -> tuple[Manifest, tuple[Problem, ...]]:
    """The manifest that a `theme.yaml` holds, and all that is wrong with it."""
    sheet = read_yaml(text, path, code="theme", composed=composed)
    value = sheet.value
    if not isinstance(value, dict):
        if value is not None:
            message = f"expected keys with values, found {describe(value)}"
            sheet.fault((), "shape", message, help="write  name: my-theme")
        return Manifest(), tuple(sheet.problems)
    for key in value:
        if key not in _KEYS:
            sheet.fault((key,), "unknown", f'unknown key "{key}"', help=did_you_mean(key, _KEYS), key=True)
    plain = resolve(value)
    if plain.get("api", API) != API:
        message = f"api: this version of sitegen speaks theme API {API}, found {describe(value['api'])}"
        sheet.fault(("api",), "api", message, help=f"update the theme, or write  api: {API}  when it works")
    options = {
        name: option for name in plain.get("options") or {} if (option := _option(sheet, name, plain)) is not None
    }
    texts = {key: str(plain.get(key) or "") for key in ("name", "version", "description", "license")}
    return Manifest(options=options, **texts), tuple(sheet.problems)


def _option(sheet: Sheet, name: str, plain: dict[str, Any]) -> Option | None:
    at = ("options", name)
    given = plain["options"][name]
    if not isinstance(given, dict):
        message = f"option {name}: expected a type and a default, found {describe(given)}"
        sheet.fault(at, "option", message, help=f"write  {name}: {{type: string, default: ''}}")
        return None
    kind = given.get("type", "string")
    if kind not in _TYPES:
        message = f'option {name}: unknown type "{kind}"'
        sheet.fault((*at, "type"), "option", message, help=f"use one of {', '.join(_TYPES)}")
        return None
    option = Option(
        type=kind,
        default=given.get("default", [] if kind == "list" else ""),
        choices=tuple(given.get("choices") or ()),
        description=str(given.get("description") or ""),
    )
    wrong = expected(option, option.default)
    if wrong:
        place = (*at, "default") if "default" in given else at
        message = f"option {name}: its default is not {wrong}"
        sheet.fault(place, "option", message, help=f"give it a default that is {wrong}")
    return option


def expected(option: Option, value: Any) -> str:
    """What a value of this option should have been; "" when it is right."""
    right, said = {
        "string": (isinstance(value, str), "text"),
        "boolean": (isinstance(value, bool), "true or false"),
        "integer": (isinstance(value, int) and not isinstance(value, bool), "a whole number"),
        "choice": (value in option.choices, "one of " + ", ".join(map(str, option.choices))),
        "color": (isinstance(value, str) and _COLOR.fullmatch(value) is not None, "a colour like #2a5db0"),
        "list": (isinstance(value, list), "a list"),
    }[option.type]
    return "" if right else said


def settle_options(
    manifests: Iterable[Manifest], given: Mapping[str, Any], path: str, lines: Mapping[str, int]
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """Every option with its value: the config's, else the default of the first theme that declares it.

    `path` and `lines` place a fault in the config: the line on which each key stands.
    """
    declared: dict[str, Option] = {}
    for manifest in manifests:
        for name, option in manifest.options.items():
            declared.setdefault(name, option)
    problems = []
    values = {name: option.default for name, option in declared.items()}
    for name, value in given.items():
        where = Where(path, lines.get(name, 0))
        if name not in declared:
            help = did_you_mean(name, tuple(declared)) if declared else "the theme has no options"
            message = f'theme_options: the theme has no option "{name}"'
            problems.append(Problem(code="config.theme_options", where=where, message=message, help=help))
        elif wrong := expected(declared[name], value):
            message = f"theme_options: {name} should be {wrong}, found {describe(value)}"
            problems.append(
                Problem(code="config.theme_options", where=where, message=message, help=f"write  {name}:  as {wrong}")
            )
        else:
            values[name] = value
    return values, tuple(problems)


def read_strings(text: str, path: str, composed: Composed | None = None) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """A theme's words in one language: text by key, or forms by number (`one`, `few`, `other`)."""
    sheet = read_yaml(text, path, code="i18n", composed=composed)
    value = resolve(sheet.value) if isinstance(sheet.value, dict) else {}
    if sheet.value is not None and not isinstance(sheet.value, dict):
        message = f"expected keys with words, found {describe(sheet.value)}"
        sheet.fault((), "shape", message, help="write  home: Home")
    found: dict[str, Any] = {}
    for key, words in value.items():
        if isinstance(words, dict):
            found[key] = {form: str(each) for form, each in words.items()}
            if wrong := [form for form in words if form not in FORMS]:
                message = f'{key}: "{wrong[0]}" is no form that goes with a number'
                sheet.fault((key, wrong[0]), "form", message, help=f"use some of {', '.join(FORMS)}", key=True)
            if "other" not in words:
                message = f"{key}: the form for all other numbers is missing"
                sheet.fault((key,), "form", message, help='add  other: "{count} …"')
        else:
            found[key] = str(words)
    return found, tuple(sheet.problems)
