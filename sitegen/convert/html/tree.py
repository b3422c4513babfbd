"""The tree of a page or fragment, read as browsers read it where the parser would not.

Invariant: pure; nothing is fetched and no entity is expanded. What a tree cannot hold is taken out before. The page is
looked at as bytes: that is several times sooner than as text, of which few are of one byte a letter.
"""

import re
from typing import Final

from lxml import etree
from lxml.html import HtmlComment, HtmlElement, HTMLParser, document_fromstring

from sitegen.convert.html.pieces import came_in_pieces, put_together

_CLASSES: Final = etree.ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment)  # forms are not filled in
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,300}\?>")
_SIGNS = re.compile("[\0-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SIGN_BYTES: Final = bytes([*range(9), 11, *range(14, 32)])
_NO_LETTERS: Final = ("\ufffe".encode(), "\uffff".encode())
# A form feed is a space in HTML, but no tree can be changed where one stands; nor where another such sign was written
# by its number.
_NUMBERED = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]))(?:;|(?![0-9a-fA-F]))"
)
_CLOSES = re.compile(rb"</(?:body|html)\s*>", re.IGNORECASE)
_GOES_ON = re.compile(rb"<(?:p|div|article|section|main|h[1-6])\b", re.IGNORECASE)
_UNSCRIPTED = re.compile(rb"<(/?)noscript\b[^<>]{0,300}>", re.IGNORECASE)
_HOLDING = re.compile(rb"<(/?)(?:div|section|article|main|table|ul|span|form|center)\b", re.IGNORECASE)


def parsed(text: str) -> HtmlElement | None:
    """The tree of a page or fragment; None when there is nothing in it."""
    page = _closed_at_its_end(_without_halves(_DECLARED.sub(b"", _without_signs(text))))
    if not page.strip() or not text.strip():
        return None
    parser = HTMLParser(encoding="utf-8", no_network=True, remove_pis=True)
    parser.set_element_class_lookup(_CLASSES)
    try:
        root = document_fromstring(page, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    if came_in_pieces(page):
        put_together(root)
    return root


def _without_signs(text: str) -> bytes:
    """A page without the signs that no tree can hold. Nearly all have none, which is seen sooner than mended."""
    try:
        page = text.encode()
        whole = len(page.translate(None, _SIGN_BYTES)) == len(page) and not any(sign in page for sign in _NO_LETTERS)
    except UnicodeEncodeError:  # half of a pair
        whole = False
    if not whole:
        page = _SIGNS.sub("", text).encode()
    page = page.replace(b"\x0c", b" ")
    return _NUMBERED.sub(b" ", page) if b"&#" in page else page


def _closed_at_its_end(page: bytes) -> bytes:
    """A page without the ends of body and page that stand before more of it, as browsers read it; the parser stops."""
    found = _CLOSES.search(page)
    return _CLOSES.sub(b"", page) if found and _GOES_ON.search(page, found.end()) else page


def _without_halves(page: bytes) -> bytes:
    """A page without what stands for scripts where that opens an element and does not close it: browsers leave it out,
    and the parser would take all that follows for a part of it.
    """
    out: list[bytes] = []
    at = 0
    opened: re.Match[bytes] | None = None
    for tag in _UNSCRIPTED.finditer(page):
        if not tag[1]:
            opened = opened or tag
        elif opened is not None:
            ends = [found[1] for found in _HOLDING.finditer(page, opened.end(), tag.start())]
            if 2 * ends.count(b"/") != len(ends):
                out.append(page[at : opened.start()])
                at = tag.end()
            opened = None
    return b"".join((*out, page[at:])) if out else page
