"""Front matter as other generators write it: YAML, TOML, JSON, `Key: value` lines, Nikola's `.. key: value`.

Invariant: pure, and never raises for what a file holds: faults come back with their line and column. Values are plain
Python (texts, numbers, flags, lists, mappings); dates are texts in ISO 8601. Keys are in lower case.
"""

import json
import re
import tomllib
from datetime import date, datetime, time
from typing import Any, Final

import msgspec

from sitegen.errors import Problem, Where
from sitegen.notation.scalars import resolve
from sitegen.notation.yaml import read_yaml

_YAML = re.compile(r"---[ \t]*\n(?P<text>.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\+\+\+[ \t]*\n(?P<text>.*?)(?:^|\n)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_DOTTED = re.compile(
    r"(?:<!--[ \t]*\n?)?(?P<text>(?:[ \t]*\.\.[ \t]+[\w-]+:[^\n]*\n|[ \t]*\n(?=[ \t]*\.\. ))+)\s*(?:-->)?"
)
_DOTTED_LINE = re.compile(r"[ \t]*\.\.[ \t]+([\w-]+):[ \t]*(.*)")
_COLON_LINE = re.compile(r"([A-Za-z][\w-]{0,40}):(?:[ \t]+(.*)|[ \t]*)$")
_COLON_MORE: Final = "    "  # a line so far in continues the value above it, says Python-Markdown
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")


class Matter(msgspec.Struct, frozen=True):
    """What stands above a text: `values` and the line of each key, and the text with the number of its first line."""

    values: dict[str, Any]
    lines: dict[str, int]
    body: str
    body_line: int = 1
    problems: tuple[Problem, ...] = ()

    @property
    def broken(self) -> bool:
        return any(problem.is_error for problem in self.problems)


def read_matter(text: str, path: str, *, colons: bool = False) -> Matter:
    """The front matter of a text with LF line ends; none is no fault. `colons` allows `Key: value` lines at the top."""
    if found := _YAML.match(text):
        return _yaml(found, path)
    if found := _TOML.match(text):
        return _toml(found, path)
    if text.lstrip().startswith("{") and (split := _json(text, path)) is not None:
        return split
    if (found := _DOTTED.match(text)) and found["text"].strip():
        return _dotted(found)
    if colons and _COLON_LINE.match(text.partition("\n")[0]):
        return _colons(text)
    return Matter({}, {}, text)


def _rest(found: re.Match[str]) -> tuple[str, int]:
    """What follows the front matter, and the number of its first line."""
    return found.string[found.end() :], found.string.count("\n", 0, found.end()) + 1


def _yaml(found: re.Match[str], path: str) -> Matter:
    sheet = read_yaml(found["text"] + "\n", path, first_line=2, code="import.yaml")
    body, line = _rest(found)
    value = sheet.value
    if value is not None and not isinstance(value, dict):
        sheet.fault((), "mapping", "expected lines of  key: value", help="write one field a line, such as  title: …")
        value = None
    lines = {key.lower(): sheet.place((key,), key=True).line + 2 for key in value or {}}
    values = {key.lower(): resolve(item) for key, item in (value or {}).items()}
    return Matter(values, lines, body, line, tuple(sheet.problems))


def _toml(found: re.Match[str], path: str) -> Matter:
    body, line = _rest(found)
    text = found["text"] + "\n"
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        return Matter({}, {}, body, line, (_toml_problem(str(error), text, path, first_line=2),))
    lines: dict[str, int] = {}
    for number, written in enumerate(text.split("\n"), start=2):
        if key := re.match(r"\s*\[*\s*\"?([\w-]+)", written):
            lines.setdefault(key[1].lower(), number)
    return Matter({key.lower(): plain(item) for key, item in values.items()}, lines, body, line)


def _toml_problem(said: str, text: str, path: str, *, first_line: int) -> Problem:
    at = _AT.search(said)
    line, column = (int(at[1]), int(at[2])) if at else (text.count("\n") + 1, 1)
    written = (text.split("\n")[line - 1 : line] or [""])[0]
    return Problem(
        code="import.toml",
        where=Where(path, line + first_line - 1, column),
        message=f"this is no TOML: {_AT.sub('', said).strip().lower()}",
        excerpt=written,
        help="mend the line, or leave the file out of the sources",
    )


def read_toml(text: str, path: str) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """A whole file of TOML, such as a generator's config."""
    try:
        return {key.lower(): plain(item) for key, item in tomllib.loads(text).items()}, ()
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        return {}, (_toml_problem(str(error), text, path, first_line=1),)


def plain(value: Any) -> Any:
    """A value of TOML as JSON could hold it."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value


def _json(text: str, path: str) -> Matter | None:
    start = len(text) - len(text.lstrip())
    try:
        values, end = json.JSONDecoder().raw_decode(text, start)
    except (json.JSONDecodeError, RecursionError) as error:
        if not re.match(r'\{\s*"', text.lstrip()) or isinstance(error, RecursionError):
            return None
        excerpt = (text.split("\n")[error.lineno - 1 : error.lineno] or [""])[0]
        fault = Problem(
            code="import.json",
            where=Where(path, error.lineno, error.colno),
            message=f"this is no JSON: {error.msg.lower()}",
            excerpt=excerpt,
            help="mend the line, or leave the file out of the sources",
        )
        return Matter({}, {}, "", 1, (fault,))
    if not isinstance(values, dict):
        return None
    lines: dict[str, int] = {}
    for number, written in enumerate(text[start:end].split("\n"), start=text.count("\n", 0, start) + 1):
        for key in re.findall(r'"([^"\\]{1,60})"\s*:', written):
            lines.setdefault(key.lower(), number)
    body = text[end:].removeprefix("\n")
    known = {str(key).lower(): item for key, item in values.items()}
    return Matter(known, lines, body, text.count("\n", 0, end) + 2)


def _dotted(found: re.Match[str]) -> Matter:
    body, line = _rest(found)
    return _lines(found.string[: found.end()], _DOTTED_LINE, body, line)


def read_dotted(text: str) -> Matter:
    """A file of Nikola's metadata alone (`.meta`)."""
    return _lines(text, _DOTTED_LINE, "", 1)


def _lines(text: str, pattern: re.Pattern[str], body: str, line: int) -> Matter:
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for number, written in enumerate(text.split("\n"), start=1):
        if (match := pattern.match(written)) and match[2] and match[2].strip():
            values[match[1].lower()] = match[2].strip()
            lines[match[1].lower()] = number
    return Matter(values, lines, body, line)


def _colons(text: str) -> Matter:
    """The lines of `Key: value` up to the first that is none; Pelican reads them so."""
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    written = text.split("\n")
    last, at = "", 0
    while at < len(written) and written[at].strip():
        if match := _COLON_LINE.match(written[at]):
            last = match[1].lower()
            values[last] = (match[2] or "").strip()
            lines[last] = at + 1
        elif last and written[at].startswith(_COLON_MORE):
            values[last] = f"{values[last]} {written[at].strip()}".strip()
        else:
            break
        at += 1
    return Matter(values, lines, "\n".join(written[at:]), at + 1)
