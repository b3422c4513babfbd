"""Footnotes of exports, on their way from HTML to Markdown.

A reader puts `note_mark(1)` where the first note is called, takes the note's own text out of the tree, and hands it to
`leaves_with_notes`. Invariant: pure; the marks are two characters that no text may hold, and none is left.
"""

import re
from collections.abc import Sequence

import msgspec
from lxml.html import HtmlElement

from sitegen.convert.exports.galleries import frame_galleries
from sitegen.convert.html.blocks import leaves_of
from sitegen.convert.html.leaf import Leaf
from sitegen.convert.html.markdown import body_of
from sitegen.convert.html.tree import parsed

_MARK = re.compile("\ufdd0(\\d+)\ufdd1")


def note_mark(number: int) -> str:
    """What stands for the call of a footnote until the body is Markdown."""
    return f"\ufdd0{number}\ufdd1"


def without_marks(text: str) -> str:
    """The text of a source, without the two characters that only `note_mark` may write."""
    return re.sub("[\ufdd0\ufdd1]", "", text)


def leaves_with_notes(root: HtmlElement | None, notes: Sequence[str], base: str) -> list[Leaf]:
    """The leaves of a body, then one for each note; `notes` is HTML, the first of number 1."""
    if root is not None:
        frame_galleries(root)
    leaves = leaves_of(root, base, rules=True) if root is not None else []
    for number, html in enumerate(notes, 1):
        leaves += _note(number, html, base)
    return [_marked(leaf) for leaf in leaves]


def _note(number: int, html: str, base: str) -> list[Leaf]:
    """One footnote; its second and later paragraphs are indented, as Markdown has them."""
    root = parsed(f"<div>{html}</div>")
    found = leaves_of(root, base) if root is not None else []
    if not found:
        return []
    lines = body_of(found, {}).strip().split("\n")
    indented = "\n".join([lines[0], *(f"    {line}" if line else "" for line in lines[1:])])
    return [Leaf(kind="text", markdown=f"[^{number}]: {indented}", text=" ".join(leaf.text for leaf in found))]


def _marked(leaf: Leaf) -> Leaf:
    if "\ufdd0" not in leaf.markdown and "\ufdd0" not in leaf.text:
        return leaf
    shown = "" if leaf.kind == "code" else r"[^\1]"
    return msgspec.structs.replace(leaf, markdown=_MARK.sub(shown, leaf.markdown), text=_MARK.sub("", leaf.text))
