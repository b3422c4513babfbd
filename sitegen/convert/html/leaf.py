"""One block of a page as a value: what kind it is, what it says, and what holds it.

Invariant: values only. The numbers of lists, quotes, tables, figures and ancestors are those of one page.
"""

from typing import Literal

import msgspec
from lxml.html import HtmlElement

Kind = Literal["text", "heading", "item", "row", "code", "image", "caption", "embed", "rule"]


class Leaf(msgspec.Struct):
    """One block. `path` counts elements from the root and names each list, quote, table and figure that holds it."""

    kind: Kind
    markdown: str
    text: str
    linked: int = 0
    level: int = 0
    zone: str = ""
    marks: tuple[str, ...] = ()  # all zones that its ancestors name, outermost first
    home: int = 0  # ancestors that name themselves an article, its body or the like
    form: str = ""  # tag and class of the element that holds it
    lists: tuple[tuple[int, bool], ...] = ()  # the lists round it, outermost first: number, whether ordered
    first: bool = True  # of its list item
    quotes: tuple[int, ...] = ()
    defines: tuple[int, int] = (0, 0)  # the list of definitions that it is of; which definition there, 0 for a term
    table: int = 0
    figure: int = 0
    ancestors: tuple[int, ...] = ()
    src: str = ""
    alt: str = ""
    credit: str = ""
    language: str = ""
    anchors: tuple[str, ...] = ()  # of a heading: the ids that lead to it
    href: str = ""  # of a heading: where all of it leads
    calls: tuple[int, ...] = ()  # the footnotes that it calls
    note: int = 0  # the number of the footnote that it is


class PageNotes(msgspec.Struct):
    """The footnotes of a page: the links that call each, the element that holds its text, the links that lead back."""

    calls: dict[HtmlElement, int] = {}
    bodies: dict[HtmlElement, int] = {}
    backs: set[HtmlElement] = set()
