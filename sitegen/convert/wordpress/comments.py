"""Comments of a WordPress item: those that were public, in the order of the export.

Invariant: pure; no address of mail or machine is kept, all HTML is sanitised, and a comment whose parent was not public
answers the next one above it.
"""

import re
from html import escape
from typing import Final

from lxml import etree

from sitegen.content.safe_html import safe_html
from sitegen.convert.document import Comment, Fate
from sitegen.convert.html.tree import parsed
from sitegen.convert.wordpress.fields import moment, stated
from sitegen.convert.wordpress.tree import autop
from sitegen.convert.wordpress.wxr import Item, RawComment

_PICTURE = re.compile(r"<img\b[^>]*?\bsrc\s*=\s*[\"']?(https?://[^\s\"'>]+)[^>]*>", re.IGNORECASE)
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]+)\"|'([^']+)')", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![\w\"'=>])(https?://[^\s<>\"]+[^\s<>\".,;:!?)])")
_BLOCKS = re.compile(r"<(?:p|pre|ul|ol|dl|blockquote|table|h[1-6]|div)\b", re.IGNORECASE)
_PRE = re.compile(r"(<pre\b.*?</pre>)", re.IGNORECASE | re.DOTALL)
_REFUSED: Final = {"0": "comment that waits for approval", "spam": "spam", "trash": "comment in the trash"}


def comments_of(item: Item) -> tuple[tuple[Comment, ...], list[Fate]]:
    """The public comments, and for each comment of the item what became of it."""
    above = {comment.id: comment.parent for comment in item.comments}
    public = {comment.id for comment in item.comments if comment.approved == "1" and comment.content.strip()}
    kept: list[Comment] = []
    fates: list[Fate] = []
    for comment in item.comments:
        if comment.id in public:
            kept.append(_comment(comment, _parent(comment, above, public)))
            fates.append(Fate("field", "comments"))
        elif comment.content.strip():
            fates.append(Fate("dropped", _REFUSED.get(comment.approved, "comment in the trash")))
        else:
            fates.append(Fate("dropped", "empty comment"))
    return tuple(kept), fates


def _parent(comment: RawComment, above: dict[str, str], public: set[str]) -> str:
    parent, seen = comment.parent, {comment.id}
    while parent in above and parent not in public and parent not in seen:
        seen.add(parent)
        parent = above[parent]
    return parent if parent in public and parent not in seen else ""


def _comment(comment: RawComment, parent: str) -> Comment:
    url = comment.url if comment.url.startswith(("http://", "https://")) else ""
    kind = comment.kind if comment.kind in ("pingback", "trackback") else ""
    return Comment(
        id=comment.id, author=stated(comment.author), date=moment(comment.date, comment.date_gmt),
        html=safe_html(_paragraphs(comment.content)), url=url, parent=parent, kind=kind,
    )  # fmt: skip


def _paragraphs(text: str) -> str:
    """A comment's HTML with its line ends as WordPress shows them; headings become bold lines, pictures links."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    text = _PICTURE.sub(_picture, text)
    if not _BLOCKS.search(text):
        text = _ADDRESS.sub(lambda found: _linked(found[1]), text)
        return "".join(f"<p>{part.strip()}</p>" for part in re.split(r"\n\s*\n", text)).replace("\n", "<br>")
    root = parsed(f"<div>{text}</div>")
    found = root.find(".//div") if root is not None else None
    if found is None:
        return ""
    autop(found)
    for heading in found.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        heading.tag = "strong"
        heading.tail = f" {heading.tail or ''}"
        heading.addprevious(etree.Element("br"))
        heading.addnext(etree.Element("br"))
    html: str = etree.tostring(found, encoding="unicode", method="html", with_tail=False)
    return "".join(part if part.startswith("<pre") else re.sub(r"\s+", " ", part) for part in _PRE.split(html))


def _picture(found: re.Match[str]) -> str:
    """A picture as a link with its words: the site of a comment's picture should not hear of every reader."""
    said = _ALT.search(found[0])
    return _linked(found[1], (said[1] or said[2]) if said else "")


def _linked(url: str, text: str = "") -> str:
    return f'<a href="{escape(url)}">{text or url}</a>'
