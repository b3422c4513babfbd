"""HTML that an author wrote into Markdown: it stays, but its addresses are treated like all others.

Local `href`, `src` and `poster` become refs, so that they work under any base path; addresses that run code are taken
out. Invariant: linear in the length of the HTML.
"""

import re
from collections.abc import Callable
from html import unescape

from sitegen.regex import regex

_TAG = regex(r"<[a-zA-Z][^<>]*>")
_ADDRESS = regex(
    r"""(?P<before>\s(?P<name>href|src|poster|action|formaction|xlink:href)\s{0,8}=\s{0,8})"""
    r"""(?P<value>"[^"]*"|'[^']*'|[^\s"'<>=`]+)""",
    re.IGNORECASE,
)
_ODD = regex(r"[\s\\<>\"'`]")  # an address with one of these is left as it was written
_CONTROL = regex(r"[\x00-\x20]+")
_ID = regex(r"""\sid\s{0,8}=\s{0,8}["']?([^\s"'<>]+)""", re.IGNORECASE)
_UNSEEN = regex(r"<(script|style|template|noscript)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
_ANY_TAG = regex(r"<[/!?a-zA-Z][^<>]*>?")


def settle_addresses(html: str, resolve: Callable[[str], str], refuse: Callable[[str], None]) -> str:
    """The HTML with its addresses replaced: `resolve` gives the attribute text of one, `refuse` hears of bad ones."""
    if "=" not in html:
        return html

    def address(match: re.Match[str]) -> str:
        raw = match["value"]
        value = unescape(raw[1:-1] if raw[0] in "\"'" else raw)
        scheme = _CONTROL.sub("", value).lower()
        if scheme.startswith(("javascript:", "vbscript:", "data:text/html")):
            refuse(value)
            return ""
        if match["name"].lower() not in ("href", "src", "poster") or _ODD.search(value):
            return match[0]
        slot = resolve(value)
        return f'{match["before"]}"{slot}"' if slot else match[0]

    return _TAG.sub(lambda tag: _ADDRESS.sub(address, tag[0]) if "=" in tag[0] else tag[0], html)


def ids_in(html: str) -> list[str]:
    """Ids that the HTML claims, so that no heading takes them."""
    return _ID.findall(html) if "id" in html.lower() else []


def visible_text(html: str) -> str:
    """Text of a piece of HTML, without scripts, styles and comments."""
    return unescape(_ANY_TAG.sub(" ", _UNSEEN.sub(" ", html)))
