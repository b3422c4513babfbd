"""What YAML becomes: values, quoted texts, and where they stand.

Invariant: imports no parser, so that reading what is plain to see costs none.
"""

from typing import Any, Final

import msgspec

Path = tuple[str | int, ...]
Value = Any  # None | str | Quoted | list[Value] | dict[str, Value]

NULLS: Final = frozenset(("", "~", "null", "Null", "NULL"))


class Quoted(str):
    """A scalar in quotes or in a block: text whatever it looks like. A plain scalar is a bare `str`, or None."""

    __slots__ = ()


class Span(msgspec.Struct, frozen=True):
    """Where a node stands in its text, from 0, end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Fault(msgspec.Struct, frozen=True):
    """Something that is good syntax but that we do not take."""

    span: Span
    code: str
    message: str
    help: str
    path: Path = ()  # of a key that is given twice
