"""Ids of headings: readable, in the heading's own script, unique within the page."""

import re
import unicodedata

_NOT_WORD = re.compile(r"[^\w\s-]+")
_GAPS = re.compile(r"[\s_-]+")
_PLAIN = re.compile(r"[a-z0-9 ]*")
_NOTE = re.compile(r"fn(?:ref)?-\d")  # ids that footnotes use


def heading_slug(text: str) -> str:
    """Lower case, NFC, words joined by hyphens; letters, digits and marks of every script stay. `section` if empty."""
    lowered = text.lower()
    if not _PLAIN.fullmatch(lowered):
        lowered = _NOT_WORD.sub("", unicodedata.normalize("NFC", lowered))
        lowered = "".join(
            c for c in lowered if c.isalnum() or c in "-_" or c.isspace() or unicodedata.category(c)[0] == "M"
        )
        return _GAPS.sub("-", lowered).strip("-") or "section"
    return "-".join(lowered.split()) or "section"


def claim(wanted: str, taken: set[str]) -> str:
    """The wanted id, or with `-2`, `-3` … where it is taken; it is taken from now on."""
    id, count = wanted, 1
    if _NOTE.match(wanted):
        wanted = id = f"section-{wanted}"
    while id in taken:
        count += 1
        id = f"{wanted}-{count}"
    taken.add(id)
    return id
