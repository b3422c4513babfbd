"""What one article may ask for: bounds by sizes and counts, so that the answer is the same on every machine.

Each bound stands where trying showed time or output to grow faster than the text: tables (3 kB make 660 kB of cells),
brackets (60 kB that never close take eight seconds), nesting (below the library's limit text is lost), notes.
Invariant: what breaks a bound is an error that names its line; nothing is cut off in silence.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec

from sitegen.regex import regex

if TYPE_CHECKING:  # an article that is read at sight needs no parser
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

MAX_CHARACTERS: Final = 4_000_000  # of one article; about a second of work
MAX_NESTING: Final = 200  # levels; a list in a list takes two. The library's presets cut text off at 20
MAX_CELLS: Final = 20_000  # of all tables of one article; about half a second
MAX_OPEN_BRACKETS: Final = 100  # in one paragraph; each one more makes all the others dearer
MAX_QUOTED_LINES: Final = 100_000  # lines times the quotes they stand in; each quote reads all its lines
MAX_NOTES: Final = 3_000  # places that refer to footnotes
MAX_FOUND: Final = 50  # problems told of one article

_BRACKET = regex(r"[\[\]]")


class Found(msgspec.Struct):
    """Something wrong that a rule met: `line` counts from 0 within the body, -1 when unknown."""

    code: str
    line: int
    message: str
    help: str
    severity: str = "warning"
    excerpt: str = ""


def too_long(source: str) -> Found | None:
    """An article that is longer than any article, or has more notes."""
    if len(source) > MAX_CHARACTERS:
        return Found(
            code="markdown.size",
            line=0,
            message=f"this article has {len(source):,} characters; the most is {MAX_CHARACTERS:,}",
            help="divide it into several articles",
            severity="error",
        )
    notes = source.count("[^") + source.count("^[")
    if notes > MAX_NOTES:
        return Found(
            code="markdown.notes",
            line=0,
            message=f"this article may have {notes:,} footnotes; the most is {MAX_NOTES:,}",
            help="divide it into several articles",
            severity="error",
        )
    return None


def too_deep(token: "Token") -> Found | None:
    """A block that opens at the deepest level, below which text is lost."""
    if token.level < MAX_NESTING - 1 or token.nesting != 1:
        return None
    return Found(
        code="markdown.nesting",
        line=token.map[0] if token.map else -1,
        message=f"lists and quotes are nested more than {MAX_NESTING} levels deep here",
        help="nest them less deeply",
        severity="error",
    )


def too_many_brackets(content: str, line: int) -> Found | None:
    """A paragraph with more brackets open at once than any text has."""
    if content.count("[") <= MAX_OPEN_BRACKETS:
        return None
    depth = 0
    for match in _BRACKET.finditer(content):
        depth += 1 if match[0] == "[" else -1 if depth else 0
        if depth > MAX_OPEN_BRACKETS:
            return Found(
                code="markdown.brackets",
                line=line + content.count("\n", 0, match.start()),
                message=f"more than {MAX_OPEN_BRACKETS} square brackets are open at once here",
                help="close them, or write a backslash before each",
                severity="error",
            )
    return None


def bounded_table(report: Callable[[Found], None]) -> "Callable[[StateBlock, int, int, bool], bool]":
    """The library's rule for tables, which stays away when the article's cells are used up."""
    from markdown_it.rules_block import table  # noqa: PLC0415

    def rule(state: "StateBlock", start_line: int, end_line: int, silent: bool) -> bool:
        if silent or start_line + 2 > end_line:
            return table(state, start_line, end_line, silent)
        below = start_line + 1
        if (
            state.env.get("cells", 0) > MAX_CELLS
            or "|" not in state.src[state.bMarks[start_line] : state.eMarks[below]]
        ):
            return False
        if not table(state, start_line, end_line, True):
            return False
        cells = state.env.get("cells", 0) + _cells(state, start_line, end_line)
        state.env["cells"] = cells
        if cells > MAX_CELLS:
            report(
                Found(
                    code="markdown.table",
                    line=start_line,
                    message=f"with this table the article has more than {MAX_CELLS:,} cells",
                    help="offer the data as a file to download, and show a part of it",
                    severity="error",
                )
            )
            return False
        return table(state, start_line, end_line, False)

    return rule


def bounded_quote(report: Callable[[Found], None]) -> "Callable[[StateBlock, int, int, bool], bool]":
    """The library's rule for quotes, which stays away when quotes in quotes have read too many lines."""
    from markdown_it.rules_block import blockquote  # noqa: PLC0415

    def rule(state: "StateBlock", start_line: int, end_line: int, silent: bool) -> bool:
        start = state.bMarks[start_line] + state.tShift[start_line]
        if silent or state.src[start : start + 1] != ">" or state.is_code_block(start_line):
            return blockquote(state, start_line, end_line, silent)
        quoted = state.env["quoted"] = state.env.get("quoted", 0) + _lines(state, start_line, end_line)
        if quoted > MAX_QUOTED_LINES:
            report(
                Found(
                    code="markdown.quotes",
                    line=start_line,
                    message="there are too many lines in quotes within quotes here",
                    help="nest quotes less deeply",
                    severity="error",
                )
            )
            return False
        return blockquote(state, start_line, end_line, silent)

    return rule


def _lines(state: "StateBlock", start_line: int, end_line: int) -> int:
    """Number of lines up to a blank one."""
    line = start_line
    while line < end_line and not state.isEmpty(line):
        line += 1
    return line - start_line


def _cells(state: "StateBlock", start_line: int, end_line: int) -> int:
    """At most so many cells: the columns of the second line times the lines up to a blank one."""
    below = start_line + 1
    bars = state.src[state.bMarks[below] : state.eMarks[below]].strip(" \t|").count("|")
    return (bars + 1) * (_lines(state, start_line, end_line) - 1)
