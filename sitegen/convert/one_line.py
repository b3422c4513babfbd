"""A field's text as one plain line, and as what is left of it when only its letters count.

Invariant: pure, and light to import.
"""

import re
from typing import Final

_WORDS = re.compile(r"[^\W_]+")
_NO_LETTERS: Final = bytes(code for code in range(128) if not chr(code).isalnum())
_TYPESET: Final = "’‘“”–—…\u00a0"  # what keeps most texts from being of plain signs alone


def key(text: str) -> str:
    """The letters and digits of a text, folded: the same for texts that differ in spaces, signs and capitals alone.
    Cost: of plain signs a tenth of what others take.
    """
    if not text.isascii():
        for sign in _TYPESET:
            text = text.replace(sign, "")
    if text.isascii():
        return text.encode().translate(None, _NO_LETTERS).decode().lower()
    return "".join(_WORDS.findall(text)).casefold()


def clean(text: str | None) -> str:
    """One line of plain text; entities that were escaped twice are mended."""
    if not text:
        return ""
    if "&" in text:
        from html import unescape  # noqa: PLC0415

        text = unescape(text)
    return " ".join(re.sub(r"<[^>]{1,80}>", "", text).split())
