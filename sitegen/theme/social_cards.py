"""Social cards: the picture of an article that has none, as places show it where its address is shared.

A theme's `social_card.typ` is a template like any other; what it gives is a text in Typst's language, which somebody
else makes a picture of. Invariant: pure; what a card shows is asked by its template, and so recorded.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec
from markupsafe import Markup

from sitegen.errors import Problem, Where


class Font(msgspec.Struct, frozen=True):
    """A font file of the site."""

    path: str
    content: bytes


class TypesettingError(Exception):
    """A text that is no picture: what is wrong, the line of it that is meant, and what mends it; `path` of a font."""

    def __init__(self, message: str, line: str = "", help: str = "", path: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.help = help
        self.path = path


class Typesetter(Protocol):
    """What makes pictures, with the fonts of one site."""

    @property
    def families(self) -> Sequence[str]:
        """The families of its fonts, in the order in which a letter is looked for."""

    def drawable(self, text: str) -> str:
        """A text without the signs that no font has; "" where one of them is a letter. Raises: TypesettingError."""

    def picture(self, source: str) -> bytes:
        """The PNG of a text in Typst's language. Raises: TypesettingError."""


Typesetting = Callable[[tuple[Font, ...]], Typesetter]


def typst(value: Any) -> Markup:
    """A value as Typst's code has it: a text in quotes, a list, a number, true, false or none."""
    return Markup(_literal(value))  # noqa: S704 -- of another language, in which it is quoted


def _literal(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "none"}[value]
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join([_sign(sign) for sign in value]) + '"'
    return "(" + "".join([f"{_literal(each)}, " for each in value]) + ")"


def _sign(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    return sign if sign.isprintable() or sign in "\u200c\u200d" else f"\\u{{{ord(sign):x}}}"


def not_typeset(error: TypesettingError, template: str, context: str) -> Problem:
    """What to say of a template, or of a font, that no picture can be made with."""
    said = str(error) if error.path else f"what it gives is no picture: {error}"
    return Problem(
        code="template.typeset",
        where=Where(error.path or template),
        message=f"{said}, in  {error.line}" if error.line else said,
        help=error.help,
        context=context,
    )
