"""Ids of headings: readable, in the heading's own script, unique within the page."""

from sitegen.content.slugs import slugify
from sitegen.regex import regex

_NOTE = regex(r"fn(?:ref)?-\d")  # ids that footnotes use


def heading_slug(text: str) -> str:
    """The slug of a heading; `section` when it holds no letter and no digit."""
    return slugify(text) or "section"


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
