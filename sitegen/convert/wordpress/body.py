"""The body of a WordPress post: what its editor stored, as leaf blocks.

Invariant: pure; every text of the post is in a leaf or named in `Counted.dropped`.
"""

import json
from typing import Final

from lxml.html import HtmlElement

from sitegen.convert.exports.footnotes import leaves_with_notes, without_marks
from sitegen.convert.html.leaf import Leaf
from sitegen.convert.html.tree import parsed
from sitegen.convert.wordpress.blocks import FREEFORM, blocks_as_html, has_blocks
from sitegen.convert.wordpress.library import Library
from sitegen.convert.wordpress.shortcodes import Counted, shortcodes_as_html
from sitegen.convert.wordpress.tree import settle

MAX_CHARACTERS: Final = 10_000_000  # of one post, after its shortcodes


def leaves_of_post(
    content: str, post: str, library: Library, reusable: dict[str, str], base: str, notes: str = ""
) -> tuple[list[Leaf], Counted]:
    """The leaves of one post and what was met on the way. `notes` is the meta entry that holds its footnotes."""
    counted = Counted()
    root = tree_of_post(content, post, library, reusable, counted, notes)
    return leaves_with_notes(root, [html for _, html in counted.footnotes], base), counted


def tree_of_post(
    content: str, post: str, library: Library, reusable: dict[str, str], counted: Counted, notes: str = ""
) -> HtmlElement | None:
    """The tree of one post, in the form that other pages have."""
    content = without_marks(content.replace("\r\n", "\n").replace("\r", "\n"))
    html = blocks_as_html(content, reusable, counted)
    html = shortcodes_as_html(html, post, library, counted)[:MAX_CHARACTERS]
    classic = "" if has_blocks(content) else f" {FREEFORM}"
    root = parsed(f"<div{classic}>{html}</div>")
    if root is None:
        return None
    settle(root, library, counted, _texts(notes))
    return root


def _texts(notes: str) -> dict[str, str]:
    """Footnotes of the block editor by their name."""
    try:
        found = json.loads(notes) if notes else []
    except (ValueError, RecursionError):
        return {}
    entries = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return {str(one.get("id")): str(one.get("content") or "") for one in entries}
