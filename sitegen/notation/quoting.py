"""A text as a YAML scalar that reads back as it was.

Invariant: always on one line and in double quotes, so that no colon, hash, quote or emoji can mean anything.
"""

import re
from typing import Final

from sitegen.regex import regex

_ESCAPED = regex(  # what YAML cannot hold as it is, or would take for the end of the line
    '["\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]'
)
_SHORT: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def quoted(text: str) -> str:
    """The double-quoted scalar; letters of all scripts stay as they are."""

    def escaped(found: re.Match[str]) -> str:
        return _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}"

    return f'"{_ESCAPED.sub(escaped, text)}"'


# Controls move a terminal's cursor or change its colours, and marks of direction turn the rest of the line around.
_UNSHOWN = regex("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: str) -> str:
    """A text as a message may repeat it: on one line, of the same length, with nothing that a terminal obeys."""
    return text if text.isprintable() else _UNSHOWN.sub("\ufffd", text)
