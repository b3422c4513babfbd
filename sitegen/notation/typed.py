"""Single values of a sheet, taken as the type that is wanted; a value of another type is a fault at its place.

Invariant: every function returns None exactly when it added an error to the sheet (or was given nothing).
"""

from collections.abc import Collection

from sitegen.notation.nodes import Path, Quoted, Value
from sitegen.notation.quoting import quoted
from sitegen.notation.scalars import FALSE, INTEGER, TRUE, describe
from sitegen.notation.words import canonical_tag, is_language_tag, near
from sitegen.notation.yaml import Sheet

_PROSE = frozenset(("title", "summary", "description", "caption"))  # where brackets were meant as part of the text
_WORDS_FOR_TRUE = frozenset(("yes", "on", "y", "1"))
_WORDS_FOR_FALSE = frozenset(("no", "off", "n", "0"))


def name_of(at: Path) -> str:
    """A path as people say it: `image.src`, `tags, item 2`."""
    name = ""
    for step in at:
        if isinstance(step, int):
            name += f", item {step + 1}"
        else:
            name += f".{step}" if name else step
    return name


def as_text(sheet: Sheet, at: Path, value: Value) -> str | None:
    """A scalar as text on one line, as it was written: `1.10` stays `1.10`, `no` stays `no`."""
    if isinstance(value, str):
        text = str(value).strip()
        return " ".join(text.split("\n")) if "\n" in text else text
    if value is not None:
        sheet.fault(at, "type", f"{name_of(at)}: expected text, found {describe(value)}", help=_text_help(at, value))
    return None


def _text_help(at: Path, value: Value) -> str:
    key = next((str(step) for step in reversed(at) if isinstance(step, str)), "")
    lead = "- " if at and isinstance(at[-1], int) else f"{key}: "
    if isinstance(value, dict) and len(value) == 1:
        ((first, rest),) = value.items()
        if isinstance(rest, str):
            return f"write  {lead}{quoted(f'{first}: {rest}')}"
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        text = quoted(f"[{value[0]}]") if key in _PROSE else str(value[0])
        return f"write  {key}: {text}" if lead != "- " else f"write  {text}  without brackets of its own"
    return f"write one text, in quotes if need be:  {lead}{quoted('…')}"


def as_flag(sheet: Sheet, at: Path, value: Value) -> bool | None:
    """`true` or `false`, with YAML 1.2's capitals; `yes` and `no` are words and get an error that says so."""
    if isinstance(value, str):
        if value in TRUE:
            return True
        if value in FALSE:
            return False
    elif value is None:
        return None
    word = str(value).lower()
    meant = (
        "true" if word in _WORDS_FOR_TRUE else "false" if word in _WORDS_FOR_FALSE else near(word, ("true", "false"))
    )
    help = f"write  {at[-1]}: {meant}" if meant else f"write  {at[-1]}: true  or  {at[-1]}: false"
    sheet.fault(at, "type", f"{name_of(at)}: expected true or false, found {describe(value)}", help=help)
    return None


def as_integer(
    sheet: Sheet, at: Path, value: Value, least: int = -(10**9), most: int = 10**9, example: int = 10
) -> int | None:
    """A whole number within bounds, both included."""
    if value is None:
        return None
    if not isinstance(value, str) or not INTEGER.fullmatch(value):
        message = f"{name_of(at)}: expected a whole number, found {describe(value)}"
        sheet.fault(at, "type", message, help=f"write a number, as in  {at[-1]}: {max(least, min(most, example))}")
        return None
    number = int(value)
    if not least <= number <= most:
        message = f"{name_of(at)}: expected a number from {least} to {most}, found {number}"
        sheet.fault(at, "range", message, help=f"write  {at[-1]}: {max(least, min(most, number))}")
        return None
    return number


def as_choice(sheet: Sheet, at: Path, value: Value, choices: Collection[str]) -> str | None:
    """One of some words."""
    text = as_text(sheet, at, value)
    if text is None or text in choices:
        return text
    best = near(text, choices)
    help = f"did you mean {best}?" if best else f"write  {next(iter(choices))}"
    sheet.fault(at, "choice", f'{name_of(at)}: expected {_either(choices)}, found "{text}"', help=help)
    return None


def _either(choices: Collection[str]) -> str:
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


def as_language(sheet: Sheet, at: Path, value: Value) -> str | None:
    """A language tag of BCP 47's shape, in its usual capitals."""
    text = as_text(sheet, at, value)
    if not text:
        return None
    if is_language_tag(text):
        return canonical_tag(text)
    mended = text.replace("_", "-").split(".")[0]
    help = (
        f"write  {at[-1]}: {canonical_tag(mended)}"
        if is_language_tag(mended)
        else "write a tag such as en, fa or pt-BR"
    )
    sheet.fault(at, "language", f'{name_of(at)}: expected a language tag, found "{text}"', help=help)
    return None


def as_texts(sheet: Sheet, at: Path, value: Value, *, split: bool = False) -> tuple[str, ...] | None:
    """A list of texts; one scalar is a list of one, or of several between commas where `split` says so.

    Empty items are left out; numbers become text.
    """
    if isinstance(value, str):
        text = as_text(sheet, at, value) or ""
        parts = text.split(",") if split and not isinstance(value, Quoted) else [text]
        return tuple(part.strip() for part in parts if part.strip())
    if isinstance(value, list):
        texts = (as_text(sheet, (*at, index), item) for index, item in enumerate(value))
        return tuple([text for text in texts if text])
    if value is not None:
        message = f"{name_of(at)}: expected a list, found {describe(value)}"
        sheet.fault(at, "type", message, help=f"write  {at[-1]}: [first, second]")
    return None
