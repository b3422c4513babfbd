"""A field's text as one plain line.

Invariant: pure, and light to import.
"""

import re


def clean(text: str | None) -> str:
    """One line of plain text; entities that were escaped twice are mended."""
    if not text:
        return ""
    if "&" in text:
        from html import unescape  # noqa: PLC0415

        text = unescape(text)
    return " ".join(re.sub(r"<[^>]{1,80}>", "", text).split())
