"""What can be wrong, as values, and how it is said.

    SitegenError            anything a user can meet; carries every `Problem` found, never only the first
    ├── UsageError          exit 2: the command line asks for what cannot be
    ├── ConfigError         exit 2: sitegen.yaml or a theme's options are wrong
    └── BuildError          exit 1: content, templates or outputs are wrong; nothing was written

Invariant: stages return problems as values; only commands raise, print and choose exit codes.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

Severity = Literal["error", "warning", "note"]  # a note says what is worth knowing; nothing has to be done


class Where(msgspec.Struct, frozen=True, order=True):
    """A place in a source. Lines and columns count from 1, columns in characters; 0 says "the whole file"."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.path, *(str(n) for n in (self.line, self.column if self.line else 0) if n)]
        return ":".join(parts)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong: where, what was found and expected, and how to mend it.

    `code` is stable and dotted (`front-matter.date`), for filters and machine formats. `excerpt` is the source line
    as it stands, without its newline; `width` is how many of its characters from `where.column` are meant.
    `context` says what was going on, such as the article that was being rendered.
    """

    code: str
    where: Where
    message: str
    excerpt: str = ""
    width: int = 1
    help: str = ""
    context: str = ""
    severity: Severity = "error"

    @property
    def is_error(self) -> bool:
        return self.severity == "error"


class SitegenError(Exception):
    """Base of all errors that a user can meet; `problems` holds every one that was found, in order of place."""

    exit_code = 1

    def __init__(self, problems: Iterable[Problem] | Problem | str) -> None:
        if isinstance(problems, str):
            problems = Problem(code="error", where=Where(""), message=problems)
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(format_problem(problem) for problem in self.problems))


class UsageError(SitegenError):
    """The command line asks for something that cannot be."""

    exit_code = 2


class ConfigError(SitegenError):
    """`sitegen.yaml`, or a theme's options, are wrong."""

    exit_code = 2


class BuildError(SitegenError):
    """Content, templates or outputs are wrong; nothing was written."""


def excerpt_of(text: str, line: int) -> str:
    """Line `line` (from 1) of a text without its end; empty when there is no such line.

    Only LF, CRLF and CR end a line, as in YAML and CommonMark; U+2028 and form feeds do not.
    """
    if line < 1:
        return ""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[line - 1] if line <= len(lines) else ""


MAX_EXCERPT = 160  # characters; a longer line is cut around the place, so that a terminal shows the caret


def format_problem(problem: Problem) -> str:
    """The problem as people read it: place and message, the line with a caret under it, context, help."""
    place = str(problem.where)
    label = "" if problem.is_error else f"{problem.severity}: "
    out = [f"{place}: {label}{problem.message}" if place else f"{label}{problem.message}"]
    if problem.excerpt and problem.where.line:
        out += _excerpt_lines(problem)
    if problem.context:
        out.append(f"  while {problem.context}")
    if problem.help:
        out.append(f"  help: {problem.help}")
    return "\n".join(out)


def _excerpt_lines(problem: Problem) -> list[str]:
    start = max(problem.where.column - 1, 0)
    line = problem.excerpt.replace("\t", " ")
    shift = max(0, start - MAX_EXCERPT // 2) if len(line) > MAX_EXCERPT else 0
    shown = line[shift : shift + MAX_EXCERPT]
    gutter = f"{problem.where.line:>5} | "
    out = [gutter + shown]
    if problem.where.column:
        room = max(1, min(problem.width, len(shown) - (start - shift)))
        out.append(" " * (len(gutter) - 2) + "| " + " " * (start - shift) + "^" * room)
    return out
