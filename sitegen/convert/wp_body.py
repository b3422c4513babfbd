"""The body of a WordPress post: what its editor stored, as leaf blocks.

Invariant: pure; every text of the post is in a leaf or named in `Counted.dropped`.
"""

import json
import re
from typing import Final

import msgspec
from lxml.html import HtmlElement

from sitegen.convert.html_blocks import Leaf, leaves_of
from sitegen.convert.read_html import parsed
from sitegen.convert.shortcodes import Counted, shortcodes_as_html
from sitegen.convert.wp_blocks import FREEFORM, blocks_as_html, has_blocks
from sitegen.convert.wp_library import Library
from sitegen.convert.wp_tree import settle

MAX_CHARACTERS: Final = 10_000_000  # of one post, after its shortcodes
_MARK = re.compile("\ufdd0(\\d+)\ufdd1")


def leaves_of_post(
    content: str, post: str, library: Library, reusable: dict[str, str], base: str, notes: str = ""
) -> tuple[list[Leaf], Counted]:
    """The leaves of one post and what was met on the way. `notes` is the meta entry that holds its footnotes."""
    counted = Counted()
    root = tree_of_post(content, post, library, reusable, counted, notes)
    leaves = leaves_of(root, base, rules=True) if root is not None else []
    for number, (_, html) in enumerate(counted.footnotes, 1):
        leaves += _note_leaves(number, html, base)
    return [_with_marks(leaf) for leaf in leaves], counted


def _note_leaves(number: int, html: str, base: str) -> list[Leaf]:
    """One footnote; its second and later paragraphs are indented, as Markdown has them."""
    root = parsed(f"<div>{html}</div>")
    found = [leaf for leaf in leaves_of(root, base) if leaf.markdown] if root is not None else []
    if not found:
        return []
    lines = "\n\n".join(leaf.markdown for leaf in found).replace("\n", "\n    ").replace("\n    \n", "\n\n")
    return [Leaf(kind="text", markdown=f"[^{number}]: {lines}", text=" ".join(leaf.text for leaf in found))]


def _with_marks(leaf: Leaf) -> Leaf:
    if "\ufdd0" not in leaf.markdown and "\ufdd0" not in leaf.text:
        return leaf
    marked = msgspec.structs.replace(leaf, markdown=_MARK.sub(r"[^\1]", leaf.markdown), text=_MARK.sub("", leaf.text))
    return marked if marked.kind != "code" else msgspec.structs.replace(marked, markdown=_MARK.sub("", leaf.markdown))


def tree_of_post(
    content: str, post: str, library: Library, reusable: dict[str, str], counted: Counted, notes: str = ""
) -> HtmlElement | None:
    """The tree of one post, in the form that other pages have."""
    content = re.sub("[\ufdd0\ufdd1]", "", content.replace("\r\n", "\n").replace("\r", "\n"))
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
