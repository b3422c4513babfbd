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


def claim(wanted: str, taken: dict[str, int]) -> str:
    """The wanted id, or with `-2`, `-3` … where it is taken; it is taken from now on.

    `taken` holds, for each id, the last number tried, so that equal headings cost the same each.
    """
    if _NOTE.match(wanted):
        wanted = f"section-{wanted}"
    if wanted not in taken:
        taken[wanted] = 1
        return wanted
    count = taken[wanted] + 1
    while (id := f"{wanted}-{count}") in taken:
        count += 1
    taken[wanted] = count
    taken[id] = 1
    return id
