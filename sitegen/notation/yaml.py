"""YAML behind guards: text -> plain values, every fault collected, every value traceable to its line and column.

Invariant: no PyYAML constructor or resolver ever runs. Its parser yields events, `compose` builds values from them
within bounds, and a scalar stays the text its author wrote; whoever reads it says which type is wanted
(`sitegen.notation.scalars`).

Decided (docs/decisions/0002): YAML 1.2 core types, no tags but !!str, no merge keys, no second document, text keys,
a duplicate key is an error.
"""

from typing import TYPE_CHECKING, Final, Protocol

from sitegen.errors import Problem, Where
from sitegen.notation.at_sight import read_at_sight
from sitegen.notation.nodes import Fault, Path, Span, Value
from sitegen.notation.quoting import shown
from sitegen.notation.syntax import diagnose, quoted_entry
from sitegen.regex import regex

if TYPE_CHECKING:  # what is read at sight needs no parser
    import yaml

MAX_CHARACTERS: Final = 2_000_000  # reading costs 0.05 to 0.5 µs a character
MENDABLE: Final = 100_000  # characters; each mend reads the text again
MAX_MENDS: Final = 20  # errors of syntax that are reported before reading gives up

# What YAML forbids, and the noncharacters, which stand in for others while libyaml reads.
_FORBIDDEN = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Composed(Protocol):
    """Texts that were composed before, without a fault, each with its value."""

    def find(self, text: str) -> Value | None:
        """The value of a text; None for one that is not among them."""

    def keep(self, text: str, value: Value) -> None:
        """Add a text."""


class Sheet:
    """One YAML text as read: its value, the problems so far, and the way from a value back to its place.

    `value` is None for an empty text. Faults that readers find later are added with `fault`. Places cost a second
    pass and are made when the first of them is asked for.
    """

    def __init__(
        self, text: str, path: str, *, first_line: int = 1, code: str = "yaml", composed: Composed | None = None
    ) -> None:
        self._composed = composed
        self.path = path
        self.code = code
        self.first_line = first_line
        self.problems: list[Problem] = []
        self.value: Value = None
        self._text = text
        self._mended = text
        self._lines: list[str] | None = None
        self._places: dict[Path, Span] | None = None
        self._key_places: dict[Path, Span] = {}

    @property
    def broken(self) -> bool:
        """Whether any error, not only warnings, was found."""
        return any(problem.is_error for problem in self.problems)

    def line(self, index: int) -> str:
        """The line `index` (from 0) as it was written; empty outside of the text."""
        if self._lines is None:
            self._lines = self._text.split("\n")
        return self._lines[index] if 0 <= index < len(self._lines) else ""

    def place(self, at: Path, *, key: bool = False) -> Span:
        """The span of the value at a path, or of its key; of its nearest known parent when it stands in an alias."""
        if self._places is None:
            self._places = {}
            self._key_places = {}
            from sitegen.notation.compose import places_in  # noqa: PLC0415 -- see above

            places_in(self._mended, self._places, self._key_places)
        known = self._key_places if key else self._places
        while at and at not in known:
            at = at[:-1]
            known = self._places
        return known.get(at, Span(0, 0, 0, 0))

    def fault(
        self, at: Path, code: str, message: str, *, help: str = "", key: bool = False, warning: bool = False
    ) -> None:
        """Adds a problem at a value, or at its key."""
        self.add(self.place(at, key=key), code, message, help, warning=warning)

    def add(self, span: Span, code: str, message: str, help: str = "", *, warning: bool = False) -> None:
        """Adds a problem at a span of the text."""
        line = self.line(span.line)
        end = span.end_column if span.end_line == span.line else len(line.rstrip())
        self.problems.append(
            Problem(
                code=f"{self.code}.{code}",
                where=Where(self.path, span.line + self.first_line, span.column + 1),
                message=shown(message),
                excerpt=shown(line),
                width=max(1, end - span.column),
                help=shown(help),
                severity="warning" if warning else "error",
            )
        )

    def read(self) -> None:
        """Reads the text at sight, or composes it; after an error of syntax that is plain to mend, goes on with the
        mended text.
        """
        if (seen := read_at_sight(self._text)) is not None:
            self.value = seen
            return
        if self._composed is not None and (known := self._composed.find(self._text)) is not None:
            self.value = known
            return
        import yaml  # noqa: PLC0415 -- see above

        from sitegen.notation.compose import compose  # noqa: PLC0415

        self._mended = self._printable(self._text)
        for _ in range(MAX_MENDS):
            self._places = None
            try:
                self.value, faults = compose(self._mended)
            except yaml.YAMLError as error:
                if not self._mend(error):
                    return
            else:
                for fault in faults:
                    self._report(fault)
                if self._composed is not None and not self.problems:
                    self._composed.keep(self._text, self.value)
                return

    def _printable(self, text: str) -> str:
        """The text without characters that YAML forbids, each reported."""
        if len(text) > MAX_CHARACTERS:
            message = f"this holds {len(text):,} characters of YAML, more than {MAX_CHARACTERS:,}"
            self.add(Span(0, 0, 0, 1), "size", message, "split it into smaller files")
            return ""
        found = _FORBIDDEN.search(text)
        if found is None:
            return text
        for match in list(_FORBIDDEN.finditer(text))[:MAX_MENDS]:
            line = text.count("\n", 0, match.start())
            column = match.start() - (text.rfind("\n", 0, match.start()) + 1)
            message = f"the character U+{ord(match[0]):04X} is not allowed here"
            help = "it is invisible: delete it, or type the line again"
            self.add(Span(line, column, line, column + 1), "character", message, help)
        return _FORBIDDEN.sub(" ", text)

    def _mend(self, error: "yaml.YAMLError") -> bool:
        """Reports an error of syntax; True when the text could be mended, so that more can be found."""
        lines = self._mended.split("\n")
        found = diagnose(error, lines)
        self.add(
            Span(found.line, found.column, found.line, found.column + found.width),
            found.code,
            found.message,
            found.help,
        )
        if found.mended is None or len(self._mended) > MENDABLE or found.mended == lines[found.line]:
            return False
        lines[found.line] = found.mended
        self._mended = "\n".join(lines)
        return True

    def _report(self, fault: Fault) -> None:
        help = fault.help
        if fault.path:
            first = self.place(fault.path, key=True)
            help = f"{help}; the first stands on line {first.line + self.first_line}"
        elif fault.code in ("key", "tag", "alias") and (
            mended := quoted_entry(self.line(fault.span.line), fault.span.column)
        ):
            help = f"write  {mended.strip()}"
        self.add(fault.span, fault.code, fault.message, help)


def read_yaml(
    text: str, path: str, *, first_line: int = 1, code: str = "yaml", composed: Composed | None = None
) -> Sheet:
    """Reads one YAML document; never raises for bad input, the faults stand in `sheet.problems`.

    `text` has LF line ends. `first_line` is the number of its first line in the file at `path`; `code` begins the
    codes of all problems; what `composed` holds needs no parser. Cost: about 3 µs a line, and 20 ms for the parser.
    """
    sheet = Sheet(text, path, first_line=first_line, code=code, composed=composed)
    sheet.read()
    return sheet
