"""What stands inside of a block: text, emphasis, links, code, pictures, as one run of Markdown.

Invariant: every text below an element is in the run that it gives; only pictures leave it, as leaves of their own.
"""
# ruff: noqa: E501 -- the making of a leaf stands in one piece

import re
from typing import Final

import msgspec
from lxml.html import HtmlElement

from sitegen.convert.html import inline
from sitegen.convert.html.inline import Run
from sitegen.convert.html.leaf import Kind, Leaf, PageNotes
from sitegen.convert.html.picture_roles import image_address, role_named

SILENT: Final = frozenset(
    "script style noscript template svg head title meta link select option input textarea button math canvas map object "
    "embed dialog datalist progress meter".split()
)
BREAKING: Final = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 "
    "h5 h6 header hgroup html li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul caption "
    "amp-carousel legend".split()
)
MAX_DEPTH: Final = 200  # elements inside of each other; deeper ones are read as text


class Place(msgspec.Struct, frozen=True):
    zone: str = ""
    marks: tuple[str, ...] = ()
    home: int = 0
    form: str = ""
    lists: tuple[tuple[int, bool], ...] = ()
    quotes: tuple[int, ...] = ()
    defines: tuple[int, int] = (0, 0)
    figure: int = 0
    ancestors: tuple[int, ...] = ()
    kind: Kind = "text"
    level: int = 0
    depth: int = 0
    href: str = ""  # of a link round whole blocks
    credits: bool = False  # inside of an element that says whose the picture is


class Phrasing:
    """Reads what is inside of blocks; the walk over blocks builds on it."""

    def __init__(self, base: str, notes: PageNotes) -> None:
        self.base = base
        self.own = base.partition("#")[0]  # the page itself
        self.notes = notes
        self.ids: list[str] = []  # of elements that began since the last leaf
        self.called: list[int] = []  # footnotes, by the run so far
        self.leaves: list[Leaf] = []
        self.credit = ""  # what elements inside of the run say whose the picture is

    def inline(self, element: HtmlElement, place: Place, depth: int) -> Run:
        tag = element.tag
        if tag in ("code", "kbd", "samp", "tt"):
            return inline.code_run("".join(element.itertext()))
        if self.notes.calls and (element in self.notes.calls or element in self.notes.backs):
            return self._call(element)
        if id := element.get("id") or (element.get("name") if tag == "a" else ""):
            self.ids.append(id)
        run = self.flat(element, place, depth)
        if place.kind == "caption" and not place.credits and role_named(element.get("class") or "") == "credit":
            self.credit += f" {run.text}"
        if tag == "a":
            run = self._link(run, element.get("href") or "", place)
        elif tag in inline.MARKS:
            run = inline.marked(run, inline.MARKS[tag])
        elif tag in ("sup", "sub") and not (self.called and run.markdown.strip(" [],").startswith("^")):
            run = inline.raw_run(run, tag)
        elif tag == "q":
            run.markdown, run.text = f"“{run.markdown}”", f"“{run.text}”"
        return run

    def _call(self, element: HtmlElement) -> Run:
        """What calls a footnote; nothing for what leads back from one."""
        number = self.notes.calls.get(element, 0)
        if not number:
            return Run()
        self.called.append(number)
        return Run(f"[^{number}]", "")

    def _link(self, run: Run, href: str, place: Place) -> Run:
        """A link, but for those of headings to their own page, which only lead to the heading."""
        if place.kind == "heading" and not re.search(r"\w", run.text):
            return Run()
        address = inline.safe_address(href, self.base)
        own = self.own
        if place.kind == "heading" and (href.startswith("#") or (own and address.split("#")[0] == own)):
            return Run(run.markdown, run.text, len(run.text.strip()))
        if own and address.startswith(f"{own}#"):
            address = address[address.index("#") :]
        return inline.linked(run, href if href.startswith("#") else address)

    def flat(self, element: HtmlElement, place: Place, depth: int) -> Run:
        """All content of an element in one run; blocks inside of it are set apart by a break."""
        run = inline.text_run(element.text or "")
        for child in element:
            tag = child.tag
            if isinstance(tag, str) and tag not in SILENT:
                if tag == "br":
                    run.add(inline.break_run())
                elif tag in ("img", "amp-img"):
                    self.image(child, place)
                elif tag in ("iframe", "video", "audio"):
                    self._embed_inside(child, run)
                elif depth > MAX_DEPTH:
                    run.add(inline.text_run(" ".join(child.itertext())))
                else:
                    apart = tag in BREAKING and bool(run.text.strip())
                    if apart:
                        run.add(inline.break_run())
                    run.add(self.inline(child, place, depth + 1))
                    if tag in BREAKING:
                        run.add(Run(" ", " "))
            if child.tail:
                run.add(inline.text_run(child.tail))
        return run

    def _embed_inside(self, element: HtmlElement, run: Run) -> None:
        address = inline.safe_address(element.get("src"), self.base)
        if address.startswith("http"):
            run.add(Run(f"<{inline.destination(address)}>", ""))

    def image(self, element: HtmlElement, place: Place) -> None:
        src = image_address(element, self.base)
        if not src:
            return
        alt = " ".join((element.get("alt") or "").split())[:300]
        self.leaves.append(
            Leaf(
                kind="image", markdown="", text="", zone=place.zone, marks=place.marks, home=place.home, form=place.form, quotes=place.quotes, figure=place.figure,
                ancestors=place.ancestors, src=src, alt=alt,
            )
        )  # fmt: skip
