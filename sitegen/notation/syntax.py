"""What a YAML parser's complaint means, in plain English, with the line as it should be.

Invariant: pure; a diagnosis names one line (from 0), and `mended`, where there is one, replaces that line. The mended
line is also what help texts show, and what `check --fix` may write.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from sitegen.notation.quoting import quoted
from sitegen.regex import regex


class Diagnosis(msgspec.Struct, frozen=True):
    """Place (from 0), message and help for one error of syntax; `mended` is the whole line put right, or None."""

    line: int
    column: int
    width: int
    code: str
    message: str
    help: str
    mended: str | None = None


class Complaint(msgspec.Struct, frozen=True):
    """What PyYAML's parser says (places from 0), and the lines it was reading; what it was at began on `start`."""

    problem: str
    lines: Sequence[str]
    line: int
    column: int
    start: int


# An entry in block form: indent and dashes, a plain key, a colon, its value.
_ENTRY = regex(r"""(?P<lead>[ ]*(?:-[ ]+)*(?:[^\s"'#\[\]{},&*!|>%@`:][^:#"'\[\]{}]*):[ ]+)(?P<value>\S.*?)[ ]*$""")
_ITEM = regex(r"(?P<lead>[ ]*-[ ]+)(?P<value>\S.*?)[ ]*$")
_GLUED = regex(r"(?P<lead>[ ]*)(?P<key>[A-Za-z_][\w-]*):(?P<value>[^\s/].*?)[ ]*$")
_RESERVED = "@`%&*!|>?,]}[{-"


def diagnose(error: Any, lines: Sequence[str]) -> Diagnosis:
    """What an error of PyYAML's parser means, looking at the lines around its mark. Cost: a few lines."""
    mark = getattr(error, "problem_mark", None)
    context = getattr(error, "context_mark", None)
    line = min(mark.line, len(lines) - 1) if mark else 0
    said = Complaint(
        problem=str(getattr(error, "problem", None) or error),
        lines=lines,
        line=line,
        column=min(mark.column, len(lines[line])) if mark else 0,
        start=min(context.line, line) if context else line,
    )
    for rule in _RULES:
        found = rule(said)
        if found is not None:
            return found
    help = "put the text after the colon in quotes"
    return Diagnosis(line, said.column, 1, "syntax", f"this is not YAML: {said.problem}", help)


def quoted_entry(line: str, column: int) -> str:
    """The line with its whole value in quotes; "" when no plain value begins on it at or before a column."""
    for pattern in (_ENTRY, _ITEM):
        entry = pattern.match(line)
        if entry is not None and len(entry["lead"]) <= column and entry["value"][0] in _RESERVED:
            return entry["lead"] + quoted(entry["value"])
    return ""


def _quote_value(
    lines: Sequence[str], line: int, message: str, code: str, pattern: re.Pattern[str]
) -> Diagnosis | None:
    """The diagnosis that an entry's whole value belongs in quotes."""
    entry = pattern.match(lines[line])
    if entry is None:
        return None
    lead, value = entry["lead"], _without_quotes(entry["value"])
    mended = lead + quoted(value)
    place = len(lead)
    return Diagnosis(line, place, len(entry["value"]), code, message, f"write  {mended.strip()}", mended)


def _without_quotes(value: str) -> str:
    """A value that quotes only in part: `"A" and B` loses nothing, `"A` loses its stray quote."""
    if value[0] in "\"'" and value.count(value[0]) == 1:
        return value[1:]
    if value[0] == "'" and value.endswith("'") and len(value) > 1:
        return value[1:-1].replace("''", "'")
    return value


def _tab(said: Complaint) -> Diagnosis | None:
    text = said.lines[said.line]
    if "\t" not in text[: len(text) - len(text.lstrip())]:
        return None
    indent = text[: len(text) - len(text.lstrip())]
    mended = indent.replace("\t", "  ") + text.lstrip()
    return Diagnosis(
        said.line,
        indent.index("\t"),
        indent.count("\t"),
        "tab",
        "a tab cannot indent YAML",
        "indent with spaces",
        mended,
    )


def _open_quote(said: Complaint) -> Diagnosis | None:
    if "end of stream" not in said.problem and "document indicator" not in said.problem:
        return None
    return _quote_value(said.lines, said.start, "this quote is never closed", "quote", _ENTRY) or _quote_value(
        said.lines, said.start, "this quote is never closed", "quote", _ITEM
    )


def _bare_colon(said: Complaint) -> Diagnosis | None:
    if "mapping values are not allowed" not in said.problem:
        return None
    entry = _ENTRY.match(said.lines[said.line])
    if entry is None or said.column < len(entry["lead"]):
        return None
    key = entry["lead"].strip(" -:")
    message = f"{key}: this text holds a colon, which YAML reads as another key: quote the {key}"
    found = _quote_value(said.lines, said.line, message, "colon", _ENTRY)
    return found and msgspec.structs.replace(found, column=said.column, width=1)


def _glued_colon(said: Complaint) -> Diagnosis | None:
    if "mapping values are not allowed" not in said.problem and "could not find expected ':'" not in said.problem:
        return None
    for at in range(said.line, max(said.line - 3, -1), -1):
        glued = _GLUED.match(said.lines[at])
        if glued is not None:
            mended = f"{glued['lead']}{glued['key']}: {glued['value']}"
            place = glued.end("key")
            message = f"{glued['key']}: a space has to follow the colon"
            return Diagnosis(at, place, 1, "space", message, f"write  {mended.strip()}", mended)
    return None


def _reserved(said: Complaint) -> Diagnosis | None:
    """A plain text that begins with a character that means something in YAML."""
    for at in dict.fromkeys((said.line, said.start)):
        for pattern in (_ENTRY, _ITEM):
            entry = pattern.match(said.lines[at])
            if entry is None or entry["value"][0] not in _RESERVED:
                continue
            if entry["value"][0] in "[{" and not (at == said.line and said.column > len(entry["lead"])):
                continue
            message = f"a text that begins with {entry['value'][0]} has to be quoted"
            return _quote_value(said.lines, at, message, "reserved", pattern)
    return None


def _after_quote(said: Complaint) -> Diagnosis | None:
    """Text goes on after a closing quote: `'It's'`, `"A" and B`; or a backslash that escapes nothing."""
    for pattern in (_ENTRY, _ITEM):
        entry = pattern.match(said.lines[said.line])
        if entry is None or entry["value"][0] not in "\"'" or said.column <= len(entry["lead"]):
            continue
        if "escape" in said.problem:
            text = entry["value"].strip('"')
            mended = entry["lead"] + quoted(text)
            message = "in double quotes a backslash begins an escape, and this is none"
            return Diagnosis(said.line, said.column, 2, "escape", message, f"write  {mended.strip()}", mended)
        found = _quote_value(said.lines, said.line, "text goes on after the closing quote", "quote", pattern)
        return found and msgspec.structs.replace(
            found, column=said.column, width=max(1, len(said.lines[said.line].rstrip()) - said.column)
        )
    return None


def _open_bracket(said: Complaint) -> Diagnosis | None:
    if "',' or ']'" not in said.problem and "',' or '}'" not in said.problem:
        return None
    bracket = "]" if "']'" in said.problem else "}"
    text = said.lines[said.start]
    opener = text.rfind("[" if bracket == "]" else "{")
    message = f"this bracket is never closed: expected {bracket}"
    mended = text.rstrip().rstrip(",") + bracket if opener >= 0 and text.count("[") <= 1 else None
    help = f"write  {mended.strip()}" if mended else f"add the missing {bracket}"
    return Diagnosis(said.start, max(opener, 0), 1, "bracket", message, help, mended)


def _missing_colon(said: Complaint) -> Diagnosis | None:
    if "could not find expected ':'" not in said.problem and "mapping values are not allowed" not in said.problem:
        return None
    text = said.lines[said.start]
    if ":" in text and "mapping values" in said.problem:
        message = "this entry is indented under a value, where nothing can stand"
        return Diagnosis(said.line, 0, max(1, said.column), "indent", message, "remove the spaces before the key")
    indent = len(text) - len(text.lstrip())
    width = max(1, len(text.strip()))
    return Diagnosis(
        said.start,
        indent,
        width,
        "colon",
        "expected  key: value, and found no colon",
        "add the key, or quote it with the text above",
    )


def _misfit(said: Complaint) -> Diagnosis | None:
    if "did not find expected key" not in said.problem and "indicator" not in said.problem:
        return None
    width = max(1, len(said.lines[said.line].rstrip()) - said.column)
    message = "this line does not fit the lines above it"
    help = "indent entries of one list or mapping alike, and write each as  key: value"
    return Diagnosis(said.line, said.column, width, "indent", message, help)


def _directive(said: Complaint) -> Diagnosis | None:
    at = next((number for number, line in enumerate(said.lines[: said.line + 1]) if line.startswith("%")), -1)
    if at < 0:
        return None
    width = max(1, len(said.lines[at].rstrip()))
    message = "a line that begins with % is a directive, which is not supported"
    return Diagnosis(at, 0, width, "directive", message, "delete this line", "")


_RULES = (
    _tab,
    _open_quote,
    _bare_colon,
    _glued_colon,
    _reserved,
    _after_quote,
    _open_bracket,
    _missing_colon,
    _misfit,
    _directive,
)
