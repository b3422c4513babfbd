r"""Inline Markdown that can be read at sight, without the parser: most of what people write.

The language: text, `code`, [links](address) and emphasis whose marks stand clear, that is, each opens or closes but
never could do both, and they close in pairs. A text that uses anything else (an escape, an entity, a tag, a reference,
an image, marks that cross …) is not in the language and gets None: the parser reads it.

Invariant: for a text in the language, the result is what the parser gives, byte for byte, provided that the article
defines no reference and no footnote, and that neither formulas nor bare addresses are read. `tests/markdown/` proves it
against the parser.
"""

import re

import msgspec

from sitegen.content.markdown_rules.addresses import is_allowed, is_local, normal_address
from sitegen.regex import regex

_EDGE = regex(r"[ \t]\n|\n[ \t]")  # hard breaks, and spaces that the parser takes off
_ENTITY = regex(r"&[#a-zA-Z0-9]+;")
# Both begin with the sign itself, which a search finds at once; a run of two backticks is not one of these.
_CODE = regex(r"`(?<!``)([^`\n]+)`(?!`)")
_PIECE = regex(
    r"`(?<!``)(?P<code>[^`\n]+)`(?!`)"
    r"|\[(?P<label>(?!\])[^\[\]`\\\n]*+(?:`(?<!``)[^`\n]+`(?!`)[^\[\]`\\\n]*+)*+)\]"
    r"\((?P<address>[^\s()\\`\"'*<>\x00-\x20\x7f]+)\)"
)
# Brackets that may be something else than brackets, after links are taken out.
_BRACKET = regex(r"\[[\[^]|\][(\[]|[!^]\[")

# A mark opens after a space or the start and before anything else, or after an opening sign and before a letter or
# digit; closing is the mirror image. Such a mark can never do the other, so the rule of three never applies.
# Each pattern begins with the mark itself, which the regular expression engine finds at once.
_PAIR = (
    r"{0}(?:(?<![^ \n]{0})(?=[^\s*_])|(?<=[(\"'“‘«„\[]{0})(?=[^\W_]))"
    r"([^*_]+)"
    r"{0}(?:(?<=[^\s*_]{0})(?=[ \n]|\Z)|(?<=[^\W_]{0})(?=[.,;:!?)\"'”’»\]…]))"
)
_STRONG_STARS, _STARS, _STRONG_LINES, _LINES = (regex(_PAIR.format(re.escape(mark))) for mark in ("**", "*", "__", "_"))
_LOOSE_LINE = regex(r"(?<![^\W_])_|_(?![^\W_])")  # an underscore that does not stand inside a word
_TAG = regex(r"<[^>]*>")


class PlainInline(msgspec.Struct, frozen=True):
    """HTML with a NUL for each local address of `addresses`, in order, and its plain text."""

    html: str
    text: str
    addresses: tuple[str, ...] = ()


def read_plain_inline(content: str, *, references: bool = False) -> PlainInline | None:
    """The content of a paragraph, heading or list item, or None where it is not in the language.

    `references` says that the article defines some, so that a text in brackets may be a link. Cost: about 1 µs, and
    1 µs more for each link or code span.
    """
    if "\\" in content or "~" in content or "{" in content or ("\n" in content and _EDGE.search(content)):
        return None
    if "&" in content:
        if _ENTITY.search(content):
            return None
        content = content.replace("&", "&amp;")
    if ">" in content:
        content = content.replace(">", "&gt;")
    pieces: list[str] = []
    addresses: list[str] = []
    if "`" in content or "](" in content:
        try:
            content = _PIECE.sub(lambda match: _take(match, pieces, addresses), content)
        except _NotPlainError:
            return None
    if _is_foreign(content) or (references and "[" in content):
        return None
    html = _emphasised(content) if "*" in content or "_" in content else content
    if html is None:
        return None
    if pieces:
        html = _joined(html, pieces)
    text = _TAG.sub("", html) if "<" in html else html
    if "&" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return PlainInline(html, text.replace("\n", " ").strip(), tuple(addresses))


def _is_foreign(content: str) -> bool:
    """True where something is left that opens another construct, once code and links are taken out."""
    if "`" in content or "<" in content:
        return True
    if "[" in content and _BRACKET.search(content):
        return True
    return "\0" in content and ("!\0" in content or "^\0" in content)


class _NotPlainError(Exception):
    """A piece that only the parser can read."""


def _take(match: re.Match[str], pieces: list[str], addresses: list[str]) -> str:
    """Keeps a code span or link as HTML; a NUL stands for it while emphasis is read."""
    label = match["label"]
    pieces.append(_code(match["code"]) if label is None else _link(label, match["address"], addresses))
    return "\0"


def _code(code: str) -> str:
    if code[0] == " " and code[-1] == " ":
        raise _NotPlainError
    return f"<code>{code.replace('<', '&lt;')}</code>"


def _link(label: str, address: str, addresses: list[str]) -> str:
    inner: list[str] = []
    html: str | None = label
    if "`" in label:
        html = label = _CODE.sub(lambda match: _keep(_code(match[1]), inner), label)
    if "<" in label or "`" in label:
        raise _NotPlainError
    if "*" in label or "_" in label:
        html = _emphasised(f"[{label}]")  # what stands beside the marks decides
        html = html and html[1:-1]
    href = normal_address(address.replace("&amp;", "&"))
    if html is None or "&gt;" in address or not is_allowed(href):
        raise _NotPlainError
    if inner:
        html = _joined(html, inner)
    if is_local(href):
        addresses.append(href)
        return f'<a href="\0">{html}</a>'
    return f'<a href="{href.replace("&", "&amp;")}">{html}</a>'


def _keep(html: str, into: list[str]) -> str:
    into.append(html)
    return "\0"


def _joined(html: str, pieces: list[str]) -> str:
    parts = html.split("\0")
    out = [parts[0]]
    for piece, part in zip(pieces, parts[1:], strict=True):
        out += (piece, part)
    return "".join(out)


def _strong(match: re.Match[str]) -> str:
    return f"<strong>{match[1]}</strong>"


def _em(match: re.Match[str]) -> str:
    return f"<em>{match[1]}</em>"


def _emphasised(text: str) -> str | None:
    if "*" in text:
        if "**" in text:
            text = _STRONG_STARS.sub(_strong, text)
        text = _STARS.sub(_em, text)
        if "*" in text:
            return None
    if "_" in text:
        if "__" in text:
            text = _STRONG_LINES.sub(_strong, text)
        text = _LINES.sub(_em, text)
        if "_" in text and _LOOSE_LINE.search(text):
            return None
    return text
