"""What a YAML parser's complaint means, in plain English, with the line as it should be.

Invariant: pure; a diagnosis names one line (from 0), and `mended`, where there is one, replaces that line. The mended
line is also what help texts show, and what `check --fix` may write.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple


class Diagnosis(NamedTuple):
    """Place (from 0), message and help for one error of syntax; `mended` is the whole line put right, or None."""

    line: int
    column: int
    width: int
    code: str
    message: str
    help: str
    mended: str | None = None


# An entry in block form: indent and dashes, a plain key, a colon, its value.
_ENTRY = re.compile(r"""(?P<lead>[ ]*(?:-[ ]+)*(?:[^\s"'#\[\]{},&*!|>%@`:][^:#"'\[\]{}]*):[ ]+)(?P<value>\S.*?)[ ]*$""")
_ITEM = re.compile(r"(?P<lead>[ ]*-[ ]+)(?P<value>\S.*?)[ ]*$")
_GLUED = re.compile(r"(?P<lead>[ ]*)(?P<key>[A-Za-z_][\w-]*):(?P<value>[^\s/].*?)[ ]*$")
_RESERVED = "@`%&*!|>?,]}[{-"


def quoted(text: str) -> str:
    """A text as a YAML scalar in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def diagnose(error: Any, lines: Sequence[str]) -> Diagnosis:
    """What an error of PyYAML's parser means, looking at the lines around its mark. Cost: a few lines."""
    mark = getattr(error, "problem_mark", None)
    context = getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or error)
    line = min(mark.line, len(lines) - 1) if mark else 0
    column = min(mark.column, len(lines[line])) if mark else 0
    start = context.line if context else line
    for rule in (_tab, _open_quote, _bare_colon, _glued_colon, _reserved, _after_quote, _open_bracket, _missing_colon):
        found = rule(problem, lines, line, column, start)
        if found is not None:
            return found
    if "did not find expected key" in problem or "expected" in problem and "indicator" in problem:
        return Diagnosis(
            line,
            column,
            max(1, len(lines[line].rstrip()) - column),
            "indent",
            "this line does not fit the lines above it",
            "indent entries of one list or mapping alike, and write each as  key: value",
        )
    if "directive" in problem:
        message = "a line that begins with % is a directive, which is not supported"
        return Diagnosis(line, 0, max(1, len(lines[line].rstrip())), "directive", message, "delete this line", "")
    return Diagnosis(
        line, column, 1, "syntax", f"this is not YAML: {problem}", "put the text after the colon in quotes"
    )


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


def _tab(problem: str, lines: Sequence[str], line: int, column: int, start: int) -> Diagnosis | None:
    text = lines[line]
    if "\t" not in text[: len(text) - len(text.lstrip())]:
        return None
    indent = text[: len(text) - len(text.lstrip())]
    mended = indent.replace("\t", "  ") + text.lstrip()
    return Diagnosis(
        line, indent.index("\t"), indent.count("\t"), "tab", "a tab cannot indent YAML", "indent with spaces", mended
    )


def _open_quote(problem: str, lines: Sequence[str], line: int, column: int, start: int) -> Diagnosis | None:
    if "end of stream" not in problem and "document indicator" not in problem:
        return None
    return _quote_value(lines, start, "this quote is never closed", "quote", _ENTRY) or _quote_value(
        lines, start, "this quote is never closed", "quote", _ITEM
    )


def _bare_colon(problem: str, lines: Sequence[str], line: int, column: int, start: int) -> Diagnosis | None:
    if "mapping values are not allowed" not in problem:
        return None
    entry = _ENTRY.match(lines[line])
    if entry is None or column < len(entry["lead"]):
        return None
    key = entry["lead"].strip(" -:")
    message = f"{key}: this text holds a colon, which YAML reads as another key: quote the {key}"
    found = _quote_value(lines, line, message, "colon", _ENTRY)
    return found and found._replace(column=column, width=1)


def _glued_colon(problem: str, lines: Sequence[str], line: int, column: int, start: int) -> Diagnosis | None:
    if "mapping values are not allowed" not in problem and "could not find expected ':'" not in problem:
        return None
    for at in range(line, max(line - 3, -1), -1):
        glued = _GLUED.match(lines[at])
        if glued is not None:
            mended = f"{glued['lead']}{glued['key']}: {glued['value']}"
            place = glued.end("key")
            message = f"{glued['key']}: a space has to follow the colon"
            return Diagnosis(at, place, 1, "space", message, f"write  {mended.strip()}", mended)
    return None


def _reserved(problem: str, lines: Sequence[str], line: int, column: int, start: int) -> Diagnosis | None:
    """A plain text that begins with a character that means something in YAML."""
    for at in dict.fromkeys((line, start)):
        for pattern in (_ENTRY, _ITEM):
            entry = pattern.match(lines[at])
            if entry is None or entry["value"][0] not in _RESERVED:
                continue
            if entry["value"][0] in "[{" and not (at == line and column > len(entry["lead"])):
                continue
            message = f"a text that begins with {entry['value'][0]} has to be quoted"
            return _quote_value(lines, at, message, "reserved", pattern)
    return None


def _after_quote(problem: str, lines: Sequence[str], line: int, column: int, start: int) -> Diagnosis | None:
    """Text goes on after a closing quote: `'It's'`, `"A" and B`; or a backslash that escapes nothing."""
    for pattern in (_ENTRY, _ITEM):
        entry = pattern.match(lines[line])
        if entry is None or entry["value"][0] not in "\"'" or column <= len(entry["lead"]):
            continue
        if "escape" in problem:
            text = entry["value"].strip('"')
            mended = entry["lead"] + quoted(text)
            message = "in double quotes a backslash begins an escape, and this is none"
            return Diagnosis(line, column, 2, "escape", message, f"write  {mended.strip()}", mended)
        found = _quote_value(lines, line, "text goes on after the closing quote", "quote", pattern)
        return found and found._replace(column=column, width=max(1, len(lines[line].rstrip()) - column))
    return None


def _open_bracket(problem: str, lines: Sequence[str], line: int, column: int, start: int) -> Diagnosis | None:
    if "',' or ']'" not in problem and "',' or '}'" not in problem:
        return None
    bracket = "]" if "']'" in problem else "}"
    text = lines[start]
    opener = text.rfind("[" if bracket == "]" else "{")
    message = f"this bracket is never closed: expected {bracket}"
    mended = text.rstrip().rstrip(",") + bracket if opener >= 0 and text.count("[") <= 1 else None
    help = f"write  {mended.strip()}" if mended else f"add the missing {bracket}"
    return Diagnosis(start, max(opener, 0), 1, "bracket", message, help, mended)


def _missing_colon(problem: str, lines: Sequence[str], line: int, column: int, start: int) -> Diagnosis | None:
    if "could not find expected ':'" not in problem and "mapping values are not allowed" not in problem:
        return None
    text = lines[start]
    if ":" in text and "mapping values" in problem:
        message = "this entry is indented under a value, where nothing can stand"
        return Diagnosis(line, 0, max(1, column), "indent", message, "remove the spaces before the key")
    indent = len(text) - len(text.lstrip())
    width = max(1, len(text.strip()))
    return Diagnosis(
        start,
        indent,
        width,
        "colon",
        "expected  key: value, and found no colon",
        "add the key, or quote it with the text above",
    )
