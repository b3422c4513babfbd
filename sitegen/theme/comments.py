"""Comments of an article from its file below `data/comments/`: threads, with their HTML made safe once more.

Invariant: pure. Whoever wrote the file, nothing in it can run or load anything: HTML is sanitised here as well, and a
field of another shape counts as empty.
"""

from datetime import UTC
from typing import Any, Final

import msgspec
from markupsafe import Markup

from sitegen.content.dates import DateError, parse_moment
from sitegen.content.safe_html import safe_html
from sitegen.model import Moment
from sitegen.regex import regex

_NAME = regex(r"[\w-]{1,40}")
MAX_DEPTH: Final = 8  # answers inside of each other; deeper ones stand beside their parent


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """One comment. `id` is "" where it cannot name a place in a page; `kind` is "", "pingback" or "trackback".

    `replies` are its answers, in the order of the file.
    """

    id: str
    author: str
    html: Markup
    url: str = ""
    date: Moment | None = None
    kind: str = ""
    replies: tuple["Comment", ...] = ()


class Talk(msgspec.Struct, frozen=True):
    """All comments of an article: how many there are, and those that answer no other."""

    count: int = 0
    comments: tuple[Comment, ...] = ()


def talk_from(value: Any) -> Talk:
    """The comments that a data file holds: a list of mappings with id, author, html, date, url, parent and kind."""
    entries: list[dict[str, Any]] = []
    seen: set[str] = set()
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict):
            id = _text(one, "id")
            entries.append({**one, "id": "" if id in seen else id})  # an id names one comment
            seen.add(id)
    if not entries:
        return Talk()
    ids = {_text(one, "id") for one in entries} - {""}
    depth: dict[str, int] = {}
    parents: dict[str, str] = {}
    roots: list[dict[str, Any]] = []
    answers: dict[str, list[dict[str, Any]]] = {}
    for one in entries:
        id, parent = _text(one, "id"), _text(one, "parent")
        if parent not in ids or parent not in depth or not parent:  # a parent stands before its answers
            roots.append(one)
            depth.setdefault(id, 0)
            continue
        while depth[parent] >= MAX_DEPTH:
            parent = parents[parent]
        depth[id], parents[id] = depth[parent] + 1, parent
        answers.setdefault(parent, []).append(one)
    return Talk(len(entries), tuple(_comment(one, answers) for one in roots))


def _comment(one: dict[str, Any], answers: dict[str, list[dict[str, Any]]]) -> Comment:
    id = _text(one, "id")
    url = _text(one, "url")
    return Comment(
        id=id if _NAME.fullmatch(id) else "",
        author=_text(one, "author"),
        html=Markup(safe_html(_text(one, "html"))),  # noqa: S704 -- sanitised just here
        url=url if url.startswith(("http://", "https://")) else "",
        date=_moment(_text(one, "date")),
        kind=_text(one, "kind"),
        replies=tuple(_comment(answer, answers) for answer in (answers.pop(id, ()) if id else ())),
    )


def _text(one: dict[str, Any], name: str) -> str:
    value = one.get(name, "")
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _moment(text: str) -> Moment | None:
    try:
        return parse_moment(text, UTC) if text else None
    except DateError:
        return None
