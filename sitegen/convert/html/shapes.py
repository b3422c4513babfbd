"""What elements hold, where that decides how they are read: a table of data or of layout, a button that is a heading.

Invariant: pure; an element is judged by its tags and the amount of its text, never by its words.
"""

from typing import Final

from lxml.html import HtmlElement

from sitegen.convert.html.phrasing import BREAKING

HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")


def holds_no_picture(element: HtmlElement) -> bool:
    return next(element.iter("img", "amp-img", "picture", "video", "iframe"), None) is None


def holds_one_picture(element: HtmlElement) -> bool:
    """A picture, and no more words beside it than captions have."""
    sources = {child.get("src") for child in element.iter("img", "amp-img")}
    return len(sources) == 1 and len("".join(element.itertext())) < 900


def is_read(button: HtmlElement, *, heading: bool) -> bool:
    """Whether a button holds words of the page: in or round the heading of a part that unfolds, or, where it was never
    closed, all that follows.
    """
    return heading or next(button.iter("article", "main", "p", *HEADINGS), None) is not None


def only_heading(entry: HtmlElement) -> HtmlElement | None:
    """The heading that is all of a list's entry, where the list has several such: nothing stands below them there."""
    headings = list(entry.iter(*HEADINGS))
    if len(headings) != 1 or not holds_no_picture(entry):
        return None
    if all(beside is None or beside.tag != "li" for beside in (entry.getprevious(), entry.getnext())):
        return None
    if "".join(entry.itertext()).split() != "".join(headings[0].itertext()).split():
        return None
    return headings[0]


def under_quote(caption: HtmlElement) -> bool:
    """Whether a figure shows no picture but a quotation, so that its caption says whose that is."""
    figure = next(caption.iterancestors("figure"), None)
    return figure is not None and next(figure.iter("blockquote"), None) is not None


def holds_blocks(element: HtmlElement) -> bool:
    """Whether an inline element wraps blocks, as links round whole cards and custom elements do."""
    return any(child.tag in BREAKING for child in element.iterdescendants())


def span_of(cell: HtmlElement) -> int:
    value = (cell.get("colspan") or "1").strip()
    return max(1, int(value)) if value.isdigit() and len(value) < 4 else 1


def is_data(table: HtmlElement) -> bool:
    """A table of data, not one that lays out a page: no table inside, two columns or more, cells of few words."""
    if next(table.iterdescendants("table", "pre"), None) is not None or table.get("role") == "presentation":
        return False
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    widths = [len(row) for row in rows if row]
    if not widths or max(widths) < 2:
        return False
    if next(table.iter("th"), None) is not None:
        return True
    longest = max((len("".join(cell.itertext())) for row in rows for cell in row), default=0)
    return longest < 1500 and next(table.iterdescendants("h1", "h2", "form"), None) is None
