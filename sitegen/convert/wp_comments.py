"""Comments of a WordPress item: those that were public, in the order of the export.

Invariant: pure; no address of mail or machine is kept, all HTML is sanitised, and a comment whose parent was not public
answers the next one above it.
"""

import re
from html import escape
from typing import Final

from sitegen.convert.document import Comment, Fate
from sitegen.convert.sanitise import clean_comment
from sitegen.convert.wp_fields import moment, stated
from sitegen.convert.wxr import Item, RawComment

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
        html=clean_comment(_paragraphs(comment.content)), url=url, parent=parent, kind=kind,
    )  # fmt: skip


def _paragraphs(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if re.search(r"<(?:p|pre|ul|ol|blockquote)\b", text, re.IGNORECASE):
        return text
    text = re.sub(r"(?<![\"'=>])(?<!\w)(https?://[^\s<>\"]+[^\s<>\".,;:!?)])", lambda found: _linked(found[1]), text)
    return "".join(f"<p>{part.strip()}</p>" for part in re.split(r"\n\s*\n", text)).replace("\n", "<br>")


def _linked(url: str) -> str:
    return f'<a href="{escape(url)}">{url}</a>'
