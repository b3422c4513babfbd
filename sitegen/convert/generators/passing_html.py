"""HTML that stands in somebody else's Markdown: what only shapes the text stays, what runs or loads goes.

What is HTML and what is code is not guessed: the site's own parser says which stretches it would pass on raw, each tag
in them goes through nh3 by itself, and the text is read again until the parser passes on nothing that nh3 has not seen.
Invariant: pure; code and text are not touched. The idea is a fixed point: no second opinion about Markdown is needed.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from sitegen.content.markdown_rules.parser import parser_for

ROUNDS: Final = 4  # one usually settles it; what is not settled by then is written out as text
_PIECE = re.compile(
    r"(?P<gone><(?P<name>script|style|template|noscript|object|applet)\b.*?(?:</(?P=name)\s*>|\Z))"
    r"|(?P<comment><!--.*?(?:-->|\Z))|(?P<tag></?[A-Za-z][^<>]*>)|(?P<open><(?=[A-Za-z/!?]))",
    re.IGNORECASE | re.DOTALL,
)
_KEPT_COMMENT = re.compile(r"<!--\s*(?:more|nextpage)\s*-->")
_FRAME = re.compile(r"<iframe\b[^<>]*?\ssrc\s*=\s*[\"']?((?:https?:)?//[^\s\"'<>]+)", re.IGNORECASE)
_NAME = re.compile(r"</?([A-Za-z][\w-]*)")
TAGS: Final = frozenset(
    "a abbr article aside audio b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div "
    "dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark ol p picture pre q rp rt "
    "ruby s samp section small source span strong sub summary sup table tbody td tfoot th thead time tr track u ul "
    "var video wbr".split()
)
_ATTRIBUTES: Final = {
    "*": {"id", "class", "lang", "dir", "title", "width", "height", "align"},
    "a": {"href", "name"},
    "audio": {"src", "controls", "loop"},
    "blockquote": {"cite"},
    "details": {"open"},
    "img": {"src", "alt", "loading", "srcset", "sizes"},
    "ol": {"start", "type"},
    "q": {"cite"},
    "source": {"src", "srcset", "type", "media"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label"},
    "video": {"src", "controls", "poster", "loop", "muted"},
}
_ROUND: Final = {  # what a browser wants round a part of a table before it believes it
    "caption": "<table>", "colgroup": "<table>", "col": "<table><colgroup>", "thead": "<table>", "tbody": "<table>",
    "tfoot": "<table>", "tr": "<table>", "td": "<table><tr>", "th": "<table><tr>",
}  # fmt: skip


def safe_html(markdown: str) -> tuple[str, Counter[str]]:
    """The Markdown with only harmless HTML, and how many of which tags were taken out. Frames become links.

    Cost: two parses of a text that holds a "<", and of one that holds none nothing.
    """
    dropped: Counter[str] = Counter()
    for _ in range(ROUNDS):
        if "<" not in markdown:
            break
        pieces = [(piece, lines) for piece, lines in raw_pieces(markdown) if settled(piece) != piece]
        if not pieces:
            return markdown, dropped
        markdown = _replaced(markdown, pieces, dropped)
    if any(settled(piece) != piece for piece, _ in raw_pieces(markdown)):
        markdown = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", markdown)
    return markdown, dropped


def raw_pieces(markdown: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """What the site's parser would pass on as HTML, with the lines it stands on, with formulas on and off."""
    if "<" not in markdown:
        return
    for math in (False, True) if "$" in markdown else (False,):
        parser = parser_for(math=math, linkify=False, at_sight=False)
        parser.begin()
        lines = (0, 0)
        for token in parser.parse(markdown, {}):
            lines = (token.map[0], token.map[1]) if token.map else lines
            if token.type == "html_block":
                yield token.content.rstrip("\n"), lines
            for child in token.children or ():
                if child.type == "html_inline":
                    yield child.content, lines


def _replaced(markdown: str, pieces: list[tuple[str, tuple[int, int]]], dropped: Counter[str]) -> str:
    """Each piece as it may stand, in its own lines; where quotes or lists cut it in parts, all of its lines as text."""
    written = markdown.split("\n")
    for piece, (first, last) in dict.fromkeys(pieces):
        block = "\n".join(written[first:last])
        if piece in block:
            new = block.replace(piece, settled(piece, dropped))
        else:
            new = _PIECE.sub(lambda match: _settled(match, dropped), block)
        count = new.count("\n") - block.count("\n")
        written[first:last] = [*new.split("\n"), *[""] * -count]  # line numbers of later pieces hold
    return "\n".join(written)


def settled(html: str, dropped: Counter[str] | None = None) -> str:
    """A stretch of HTML as it may stand; the same again for what is harmless."""
    counted: Counter[str] = Counter() if dropped is None else dropped
    return _PIECE.sub(lambda match: _settled(match, counted), html)


def _settled(match: re.Match[str], dropped: Counter[str]) -> str:
    if match["gone"]:
        dropped[match["name"].lower()] += 1
        return ""
    if match["comment"]:
        return match[0] if _KEPT_COMMENT.fullmatch(match[0]) else ""
    if match["open"]:
        return "&lt;"
    if frame := _FRAME.match(match[0]):
        address = frame[1] if "://" in frame[1][:8] else "https:" + frame[1]
        return f'<a href="{address}">{address}</a>'
    kept = cleaned(match[0])
    name = _NAME.match(match[0])
    if not kept and name and not match[0].startswith("</"):
        dropped[name[1].lower()] += 1
    return kept


@lru_cache(maxsize=4096)
def cleaned(tag: str) -> str:
    """One tag as nh3 lets it pass; "" for one that may not stand, and the tag itself where nothing has to go."""
    import nh3  # noqa: PLC0415 -- only texts with HTML need it

    name = (_NAME.match(tag) or ("", ""))[1].lower()
    if name not in TAGS:
        return ""
    if tag.startswith("</"):
        return f"</{name}>"
    clean = nh3.clean(
        _ROUND.get(name, "") + tag, tags=set(TAGS), attributes={key: set(names) for key, names in _ATTRIBUTES.items()},
        link_rel=None, url_schemes={"http", "https", "mailto", "tel", "ftp"},
    )  # fmt: skip
    found = re.search(rf"<{name}(?:\s[^<>]*)?>", clean)
    return found[0] if found else ""
