"""An HTML tree as a flat row of leaf blocks, in the order of the page: what people see as a line or a paragraph.

Invariant: pure; every text that the page shows is in exactly one leaf. A leaf knows its kind, its Markdown, how deep in
lists and quotes it lies, and the zone of the page that its ancestors name (navigation, comments, …).
"""
# ruff: noqa: E501 -- the making of a leaf stands in one piece

import re
from typing import Final

import msgspec
from lxml.html import HtmlElement

from sitegen.convert.exports.galleries import MARKS
from sitegen.convert.html import inline
from sitegen.convert.html.inline import Run
from sitegen.convert.html.leaf import Leaf, PageNotes
from sitegen.convert.html.phrasing import BREAKING, MAX_DEPTH, SILENT, Phrasing, Place
from sitegen.convert.html.picture_roles import role_named
from sitegen.convert.html.shapes import (
    HEADINGS,
    holds_blocks,
    holds_no_picture,
    holds_one_picture,
    is_data,
    is_read,
    only_heading,
    span_of,
    under_quote,
)
from sitegen.convert.html.zones import SPEAKING, part_of

MORE: Final = "sitegen-more"
RULES: Final = {MORE: "<!--more-->", **MARKS}  # what a rule of this class stands for
WHOLE_LINK: Final = 0.9  # share of a heading that is a link, when all of it leads there
LINES: Final = 3  # of what is marked as a heading, from which on it is a text in large letters,
WORDS: Final = 9  # if it has more words than these; a title may stand in lines, too
_LINKED = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\(([^()\s]+)\)")
_SHAPED: Final = frozenset(
    (*HEADINGS, *"hr pre ul ol menu li blockquote figure figcaption caption table".split())
)  # blocks that are more than a place for other blocks
_SECTIONS: Final = ("h1", "h2", "h3", "h4", "table", "article", "section")  # what entries of a list do not hold
_LANGUAGE = re.compile(r"(?:^|\s)(?:lang(?:uage)?-|brush:\s*|highlight-(?:source-)?)([\w+#-]{1,20})")


def leaves_of(root: HtmlElement, base: str = "", *, rules: bool = False, notes: PageNotes | None = None) -> list[Leaf]:
    """All leaf blocks below `root`. `base` resolves relative addresses; "" keeps them. Cost: about 10 µs an element.

    `rules` gives leaves for thematic breaks too; those of some classes stand for other things, as `RULES` says.
    `notes` are the page's footnotes, which become leaves of their own.
    """
    reader = _Reader(base, rules=rules, notes=notes)
    reader.divided = {entry for one in root.iter(*HEADINGS, *_SECTIONS) for entry in one.iterancestors("li")}
    reader.block(root, Place())
    return reader.leaves


class _Reader(Phrasing):
    def __init__(self, base: str, *, rules: bool = False, notes: PageNotes | None = None) -> None:
        super().__init__(base, notes or PageNotes())
        self.rules = rules
        self.number = 0
        self.run = Run()
        self.divided: set[HtmlElement] = set()  # entries of lists that hold headings, tables or sections
        self.items: set[int] = set()
        self.item = 0

    def _next(self) -> int:
        self.number += 1
        return self.number

    # ---- blocks

    def block(self, element: HtmlElement, place: Place) -> None:
        """The children of a block element, inline runs between its blocks as leaves."""
        self.number += 1
        form = f"{element.tag} {element.get('class') or ''}"
        if id := element.get("id"):
            self.ids.append(id)
        above = (*place.ancestors, self.number)
        place = msgspec.structs.replace(place, ancestors=above, depth=place.depth + 1, form=form)
        if text := element.text:
            self._say(text)
        for child in element:
            self._child(child, place)
            if text := child.tail:
                self._say(text)
        self.flush(place)

    def _say(self, text: str) -> None:
        """Text between the elements of a block. Space alone at the start of a run says nothing."""
        if self.run.text or not text.isspace():
            self.run.add(inline.text_run(text))

    def _child(self, child: HtmlElement, place: Place) -> None:
        tag = child.tag
        if not isinstance(tag, str) or (
            tag in SILENT and not (tag == "button" and is_read(child, heading=place.kind == "heading"))
        ):
            return
        if place.depth > MAX_DEPTH:
            self.run.add(inline.text_run(" ".join(child.itertext())))
        elif tag == "br":
            self._line_break(place)
        elif tag in ("img", "amp-img"):
            self.image(child, place)
        elif tag in ("iframe", "video", "audio", "amp-youtube"):
            self._embed(child, place)
        elif self.notes.bodies and child in self.notes.bodies:
            self._note(child, place)
        elif tag in BREAKING or tag in ("hr", "button") or (len(child) and holds_blocks(child)):
            self.flush(place)
            inner = self._zoned(child, tag, place)
            if tag == "a" and not (child.get("href") or "#").startswith("#"):
                inner = msgspec.structs.replace(inner, href=inline.safe_address(child.get("href"), self.base))
            if tag in _SHAPED:
                self._special(child, tag, inner)
            else:
                self._plain_block(child, tag, inner)
        else:
            self._plain(child, place)

    def _note(self, child: HtmlElement, place: Place) -> None:
        """A footnote as one leaf: `[^1]: ` and all that it says."""
        self.flush(place)
        run = self.flat(child, place, 0)
        text = " ".join(run.text.split()).strip(" ↩↑^︎️")
        number = self.notes.bodies[child]
        self.called, self.ids = [], []
        if text:
            said = inline.finished(run.markdown, "text").strip(" ↩↑^︎️").replace("\n", "\n    ")
            self.leaves.append(
                Leaf(kind="text", markdown=f"[^{number}]: {said}", text=text, note=number, ancestors=place.ancestors)
            )

    def _plain(self, child: HtmlElement, place: Place) -> None:
        """An inline element; under a picture one may be its caption or credit by its class alone."""
        role = role_named(child.get("class") or "") if place.kind == "text" else ""
        if role in ("caption", "credit") and (place.figure or self._under_picture()) and holds_no_picture(child):
            self.flush(place)
            self.run.add(self.inline(child, place, 0))
            self.flush(msgspec.structs.replace(place, kind="caption", credits=role == "credit"))
        else:
            self.run.add(self.inline(child, place, 0))

    def _special(self, child: HtmlElement, tag: str, place: Place) -> None:
        replace = msgspec.structs.replace
        if tag == "hr":
            if self.rules:
                mark = RULES.get(child.get("class") or "", "---")
                self.leaves.append(Leaf(kind="rule", markdown=mark, text="", quotes=place.quotes))
        elif tag == "pre":
            self._code(child, place)
        elif tag in HEADINGS:
            self.block(child, replace(place, kind="heading", level=int(tag[1])))
        elif tag in ("ul", "ol", "menu"):
            self.block(child, replace(place, lists=(*place.lists, (self._next(), tag == "ol"))))
        elif tag == "li":
            self._entry(child, place)
        elif tag == "blockquote" and next(child.iter("h1", "h2", "h3", "h4"), None) is None:  # else it is a box
            self.block(child, replace(place, quotes=(*place.quotes, self._next())))
        elif tag == "figure":
            self.block(child, replace(place, figure=self._next()))
        elif tag == "figcaption" and under_quote(child):
            self.block(child, replace(place, kind="text", figure=0))
        elif tag in ("figcaption", "caption"):
            self.block(child, replace(place, kind="caption"))
        elif tag == "table" and is_data(child):
            self._table(child, place)
        else:  # a table that lays out a page, a quote that is a box
            self.block(child, place)

    def _plain_block(self, child: HtmlElement, tag: str, place: Place) -> None:
        """A block that is a place for others, or one of a list of definitions."""
        if tag in ("dl", "dt", "dd") and place.kind == "text":
            one = self._next() if tag == "dl" else place.defines[0]
            defines = (one, self._next() if tag == "dd" else 0)
            place = msgspec.structs.replace(place, defines=defines)
        self.block(child, place)

    def _entry(self, child: HtmlElement, place: Place) -> None:
        """A list's entry; one that holds headings among other things lays out a page, and is none."""
        heading = only_heading(child) if child in self.divided else None
        if heading is None and child in self.divided and next(child.iter(*_SECTIONS), None) is not None:
            self.block(child, msgspec.structs.replace(place, kind="text", lists=place.lists[:-1]))
            return
        before, self.item = self.item, self._next()
        lists = place.lists or ((self._next(), False),)
        self.block(child if heading is None else heading, msgspec.structs.replace(place, kind="item", lists=lists))
        self.item = before

    def _zoned(self, child: HtmlElement, tag: str, place: Place) -> Place:
        """The place inside of an element, by what the element says that it is."""
        said = dict(child.items())
        if not said and tag not in SPEAKING:
            return place
        zone, at_home = part_of(tag, said)
        home = place.home + at_home
        zone = "" if tag in ("body", "html", "main") else zone
        role = role_named(f"{said.get('class', '')} {said.get('itemprop', '')}") if said else ""
        if role and (place.kind == "caption" or place.figure or self._under_picture()) and holds_no_picture(child):
            credits = place.credits or role == "credit"
            return msgspec.structs.replace(place, kind="caption", credits=credits, home=home)
        if role == "figure" and not place.figure and holds_one_picture(child):
            return msgspec.structs.replace(place, figure=self._next(), home=home)
        if home == place.home and (not zone or zone in place.marks):
            return place
        marks = place.marks if not zone or zone in place.marks else (*place.marks, zone)
        return msgspec.structs.replace(place, zone=place.zone or zone, marks=marks, home=home)

    def _under_picture(self) -> bool:
        return bool(self.leaves) and self.leaves[-1].kind in ("image", "caption") and not self.run.text.strip()

    def flush(self, place: Place) -> None:
        """The inline content so far as one leaf; nothing when it says nothing."""
        run = self.run
        if not run.text or run.text.isspace():
            if run.markdown or self.credit:
                self.run, self.credit = Run(), ""
            return
        self.run = Run()
        credit, self.credit = " ".join(self.credit.split()), ""
        text = " ".join(run.text.split())
        anchors, self.ids = tuple(self.ids), []
        calls, self.called = tuple(self.called), []
        if place.href and not run.linked and place.kind != "heading":
            run = inline.linked(run, place.href)
        if place.kind == "heading" and place.level > 1 and "\x01" in run.markdown:
            lines = run.markdown.strip(" \x01").count("\x01") + 1
            if lines >= LINES and len(text.split()) > WORDS:
                place = msgspec.structs.replace(place, kind="text")
        form = place.kind if place.kind in ("heading", "caption") else "text"
        href = place.href if place.kind == "heading" else ""
        if (
            place.kind == "heading"
            and run.linked >= len(text) * WHOLE_LINK
            and (found := _LINKED.findall(run.markdown))
        ):
            href, run.markdown = found[0][1], _LINKED.sub(r"\1", run.markdown)
        first = True
        if place.kind == "item":
            first = self.item not in self.items
            self.items.add(self.item)
        self.leaves.append(
            Leaf(
                kind=place.kind, markdown=inline.finished(run.markdown, form), text=text, linked=run.linked,
                level=place.level, zone=place.zone, marks=place.marks, home=place.home, form=place.form, lists=place.lists if place.kind == "item" else (),
                first=first, quotes=place.quotes, figure=place.figure, defines=place.defines if place.kind == "text" else (0, 0), ancestors=place.ancestors,
                credit=text if place.credits else credit, calls=calls,
                anchors=anchors if place.kind == "heading" else (), href=href,
            )
        )  # fmt: skip

    def _line_break(self, place: Place) -> None:
        if self.run.markdown.rstrip(" ").endswith("\x01") and self.run.text.strip():
            self.flush(place)
        else:
            self.run.add(inline.break_run())

    def _embed(self, element: HtmlElement, place: Place) -> None:
        source = element.find("source")
        src = element.get("src") or element.get("data-src") or (source.get("src") if source is not None else "")
        address = inline.safe_address(src, self.base)
        if not address.startswith("http") and not (address and element.tag != "iframe"):
            return
        self.flush(place)
        name = " ".join((element.get("title") or "").split()) or address
        markdown = f"[{inline.escaped_inline(name)}]({inline.destination(address)})"
        self.leaves.append(
            Leaf(
                kind="embed",
                markdown=markdown,
                text="",
                zone=place.zone,
                marks=place.marks,
                home=place.home,
                form=place.form,
                ancestors=place.ancestors,
                src=address,
            )
        )

    def _code(self, element: HtmlElement, place: Place) -> None:
        for line_break in element.iter("br"):
            line_break.tail = "\n" + (line_break.tail or "")
        text = "".join(element.itertext()).strip("\n").replace("\r\n", "\n")
        if not re.search(r"[^\d\s]", text):
            return  # nothing, or line numbers beside code
        named = " ".join(filter(None, [element.get("class"), *(code.get("class") for code in element.iter("code"))]))
        parent = element.getparent()
        if parent is not None:
            named += " " + (parent.get("class") or "")
        language = (found[1] if (found := _LANGUAGE.search(named)) else element.get("data-lang") or "").lower()
        self._next()
        self.leaves.append(
            Leaf(
                kind="code", markdown=text, text=" ".join(text.split()), zone=place.zone, marks=place.marks, home=place.home, form=place.form, quotes=place.quotes,
                ancestors=place.ancestors, language=re.sub(r"[^\w+#-]", "", language),
            )
        )  # fmt: skip

    def _table(self, element: HtmlElement, place: Place) -> None:
        own = self._next()
        for child in element.iter("caption"):
            self.block(child, place)
        for row in element.iter("tr"):
            cells: list[str] = []
            said: list[str] = []
            linked = 0
            for cell in row:
                if cell.tag not in ("td", "th"):
                    continue
                run = self.flat(cell, place, 0)
                cells.append(inline.finished(run.markdown, "cell"))
                cells += [""] * (min(span_of(cell), 20) - 1)
                said.append(" ".join(run.text.split()))
                linked += run.linked
            text = " ".join(filter(None, said))
            if text:
                markdown = "| " + " | ".join(cells) + " |"
                self.leaves.append(
                    Leaf(
                        kind="row", markdown=markdown, text=text, linked=linked, zone=place.zone, marks=place.marks, home=place.home, form=place.form, table=own,
                        level=len(cells), ancestors=(*place.ancestors, own),
                    )
                )  # fmt: skip
