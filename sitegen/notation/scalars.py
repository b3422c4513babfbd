"""What a plain YAML scalar means: YAML 1.2 core types, as people mean them.

`no`, `on` and `yes` are words, `1:30` is text, `012` and `0o17` are text (a leading zero is somebody's number, not an
octal), `1.10` is a number only where nobody asked for text. Numbers that JSON cannot hold stay text.
"""

from typing import Any, Final

from sitegen.notation.nodes import Quoted, Value
from sitegen.regex import regex

TRUE: Final = frozenset(("true", "True", "TRUE"))
FALSE: Final = frozenset(("false", "False", "FALSE"))

INTEGER = regex(r"[-+]?(?:0|[1-9][0-9]{0,17})")  # 18 digits fit into 64 bits
FLOAT = regex(r"[-+]?(?:(?:0|[1-9][0-9]{0,17})?\.[0-9]{1,30}|(?:0|[1-9][0-9]{0,17})(?=[eE]))(?:[eE][-+]?[0-9]{1,2})?")
_NUMERIC = frozenset("0123456789.+-")


def resolve(value: Value) -> Any:
    """A composed value as plain Python: dict, list, str, int, float, bool or None. The result shares nothing."""
    if type(value) is str:
        return _resolve_plain(value)
    if isinstance(value, Quoted):
        return str(value)
    if isinstance(value, dict):
        return {key: resolve(item) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item) for item in value]
    return value


def _resolve_plain(text: str) -> str | int | float | bool:
    if text[0] in _NUMERIC:
        if INTEGER.fullmatch(text):
            return int(text)
        if FLOAT.fullmatch(text):
            return float(text)
    elif text in TRUE:
        return True
    elif text in FALSE:
        return False
    return text


def describe(value: Value) -> str:
    """A value as a message names it: its text in quotes, or what kind of thing it is."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return f'"{text}"' if len(text) <= LONGEST_SHOWN else f'"{text[: LONGEST_SHOWN - 1]}…"'


LONGEST_SHOWN: Final = 60  # characters of a found value that a message repeats
