"""Pages that were sent in pieces: parts that came late stand hidden at the end, and a script puts each into its place.

Invariant: pure but for the tree that it is given; no word is lost but those that held a place ("Loading …"). React
writes pages so: `<template id="B:1">` or `P:1` is a place, `<div hidden id="S:1">` what belongs there.
"""

import re
from collections.abc import Iterator
from typing import Final

from lxml.html import HtmlElement

MAX_DEPTH: Final = 200  # elements round a place; what belongs deeper stays where it is
_PIECE = re.compile(r"(.{0,40})S:([0-9a-f]{1,8})")
_OPENS: Final = frozenset({"$", "$?", "$!", "$~"})  # comments round a part that may come late
_CLOSES: Final = "/$"


def came_in_pieces(page: bytes) -> bool:
    """Whether a page may have such parts. Cost: a look for a few letters."""
    return b"<div hidden" in page and b"S:" in page and b"<template" in page


def put_together(root: HtmlElement) -> None:
    """Each late part in its place, as the page's script would put it. Changes `root`, the top of its tree."""
    places = {one.get("id") or "": one for one in root.iter("template")}
    for piece in [one for one in root.iter("div") if "hidden" in one.attrib]:
        named = _PIECE.fullmatch(piece.get("id") or "")
        if named is None:
            continue
        late = places.get(f"{named[1]}B:{named[2]}")
        place = late if late is not None else places.get(f"{named[1]}P:{named[2]}")
        above = list(place.iterancestors()) if place is not None else []
        if place is None or not above or above[-1] is not root or piece in above or len(above) > MAX_DEPTH:
            continue
        _say_before(place, piece.text)
        for child in list(piece):
            place.addprevious(child)
        piece.drop_tree()
        held = list(_held(place)) if late is not None else []
        for one in held:
            above[0].remove(one)  # with the text after it
        if held:
            place.tail = None
        place.drop_tree()


def _held(place: HtmlElement) -> Iterator[HtmlElement]:
    """What stands for a late part until it comes: all from its place to the comment that ends it, if there is one."""
    depth = 0
    held: list[HtmlElement] = []
    for one in place.itersiblings():
        if not isinstance(one.tag, str):
            said = one.text or ""
            if said == _CLOSES and depth == 0:
                yield from held
                return
            depth += (said in _OPENS) - (said == _CLOSES)
        held.append(one)


def _say_before(place: HtmlElement, text: str | None) -> None:
    if not text:
        return
    before = place.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + text
        return
    parent = place.getparent()
    if parent is not None:
        parent.text = (parent.text or "") + text
