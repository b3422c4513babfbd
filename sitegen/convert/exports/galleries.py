"""Galleries of exports: several pictures that stand beside each other stay together.

In Markdown, a gallery is `<div class="gallery">` round its pictures, each a paragraph of its own, so that every one
keeps its caption and themes can lay them out. Invariant: pure; the marks carry no text and are no blocks of the ledger.
"""

import re
from typing import Final

from lxml import etree
from lxml.html import HtmlElement

BEGIN: Final = "sitegen-gallery"  # classes of the rules that stand for the two ends until the body is Markdown
END: Final = "sitegen-gallery-end"
MARKS: Final = {BEGIN: '<div class="gallery">', END: "</div>"}
_GALLERY = re.compile(
    r"(?:^|\s)(?:gallery|wp-block-gallery|wp-block-jetpack-tiled-gallery|tiled-gallery|kg-gallery-card|image-gallery-embed|"
    r"wp-block-coblocks-gallery-\w+)(?:\s|$)"
)
_BOUND: Final = frozenset(
    {"li", "td", "th", "blockquote", "p", "a", "dd", "dt"}
)  # in these a gallery is a few pictures


def frame_galleries(root: HtmlElement) -> None:
    """Puts marks round every gallery of two pictures or more; a caption of the whole follows it as a paragraph."""
    for rule in root.iter("hr"):
        if rule.get("class") in MARKS:
            del rule.attrib["class"]  # a source may not write our marks
    for element in list(root.iter("div", "figure", "ul", "section")):
        if not _GALLERY.search(element.get("class") or "") or element.getparent() is None:
            continue
        if len(list(element.iter("img"))) < 2 or any(
            above.tag in _BOUND or _GALLERY.search(above.get("class") or "") for above in element.iterancestors()
        ):
            continue
        after = etree.Element("hr")
        after.set("class", END)
        after.tail, element.tail = element.tail, None
        element.addnext(after)
        for caption in [one for one in element if one.tag == "figcaption"]:
            if len(list(element.iter("figure"))) == len(list(element.iter("img"))) or element.tag == "figure":
                caption.tag = "p"
                caption.tail = None
                tail, after.tail = after.tail, None
                after.addnext(caption)
                caption.tail = tail
        before = etree.Element("hr")
        before.set("class", BEGIN)
        element.addprevious(before)
