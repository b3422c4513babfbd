"""Links inside of one page: to its headings, which have anchors of ours in the body, and to its footnotes.

Invariant: pure. A link to a place that the body does not have keeps its words and loses its address; a footnote is
taken for one only where a short mark calls it and its text stands in a block of its own.
"""

import re
from collections.abc import Sequence
from typing import Final

import msgspec
from lxml.html import HtmlElement

from sitegen.content.markdown_rules.ids import claim, heading_slug
from sitegen.convert.html.leaf import Leaf, PageNotes

MAX_MARK: Final = 6  # characters of what calls a footnote
MAX_NOTE: Final = 3000  # characters of a footnote
_MARK = re.compile(r"^[\[(]?(?:\d{1,3}|[*†‡§a-z]|note \d{1,3})[\])]?$", re.IGNORECASE)
_SAYS_NOTE = re.compile(
    r"foot-?note|fn|endnote|noteref|sdfootnote|cite_?(?:note|ref)|easy-footnote|modern-footnote", re.IGNORECASE
)
_INSIDE = re.compile(r"(?<!!)\[((?:[^\[\]\\]|\\.)*)\]\(#([^()\s]*)\)")
_BLOCKS: Final = frozenset({"li", "p", "div", "dd", "aside", "td", "section"})


def page_notes(root: HtmlElement) -> PageNotes:
    """The footnotes of a page in the order in which they are first called. Cost: one look at each link and id."""
    notes = PageNotes()
    targets: dict[str, HtmlElement] | None = None
    for link in root.iter("a"):
        href = link.get("href") or ""
        if not href.startswith("#") or len(href) < 2:
            continue
        mark = " ".join(link.text_content().split())
        if len(mark) > MAX_MARK or not _MARK.match(mark):
            continue
        parent = link.getparent()
        called = f"{link.get('class') or ''} {link.get('role') or ''} {link.get('rel') or ''} {href}"
        raised = (parent is not None and parent.tag == "sup") or next(link.iter("sup"), None) is not None
        if not raised and not _SAYS_NOTE.search(called):
            continue
        if targets is None:
            targets = {one.get("id") or one.get("name"): one for one in root.iter() if one.get("id") or one.get("name")}
        body = _body(targets.get(href[1:]))
        if body is None or any(above is body for above in link.iterancestors()):
            continue
        number = notes.bodies.setdefault(body, len(notes.bodies) + 1)
        notes.calls[link] = number
        for back in body.iter("a"):
            if (back.get("href") or "").startswith("#"):
                notes.backs.add(back)
    return notes


def _body(target: HtmlElement | None) -> HtmlElement | None:
    """The block that a footnote's anchor is or stands in; None when it looks like no footnote."""
    while target is not None and target.tag not in _BLOCKS:
        target = target.getparent()
    if target is None or not 1 < len(" ".join(target.text_content().split())) <= MAX_NOTE:
        return None
    return target


def keep_called(leaves: Sequence[Leaf], reasons: list[str]) -> None:
    """A footnote is the article's when what calls it is, and only then."""
    called = {number for leaf, reason in zip(leaves, reasons, strict=True) if not reason for number in leaf.calls}
    for i, leaf in enumerate(leaves):
        if leaf.note:
            reasons[i] = "" if leaf.note in called else reasons[i] or "footnote without its call"


def without_inside(markdown: str) -> str:
    """Words without their links into the page that they come from."""
    return _INSIDE.sub(r"\1", markdown)


def resolved(leaves: Sequence[Leaf]) -> list[Leaf]:
    """The leaves of a body, with links to its own headings and without those to what it does not hold."""
    taken: dict[str, int] = {}
    places: dict[str, str] = {}
    for leaf in leaves:
        if leaf.kind == "heading":
            slug = claim(heading_slug(leaf.text), taken)
            places.update(dict.fromkeys(leaf.anchors, slug))

    def there(found: re.Match[str]) -> str:
        return f"[{found[1]}](#{places[found[2]]})" if found[2] in places else found[1]

    return [
        msgspec.structs.replace(leaf, markdown=_INSIDE.sub(there, leaf.markdown))
        if "](#" in leaf.markdown and leaf.kind != "code"
        else leaf
        for leaf in leaves
    ]
