r"""Plain text to Markdown that renders as the same text.

Invariant: pure; a character gets a backslash only where Markdown would read it as markup, so that people can go on
writing in what was imported. Bulleted and numbered lines become lists.
"""

import re
from collections.abc import Iterable
from typing import Final

_ALWAYS = re.compile(r"[\\`*~{]")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_ANGLE = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_START = re.compile(r"^(?:(#{1,6})(?=\s|$)|(>)|([-+])(?=\s|$)|(=+|-+)(?=\s*$)|([:|])(?=\s|$|-|:)|(\$\$))")
_NUMBER = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_THEMATIC = re.compile(r"^(?:-[ \t]*){3,}$")
BULLET: Final = re.compile(r"^(?:[•▪▸►‣◦●○■□✓✔➤]\s*|[*–—-]\s+)(?=\S)")
_COUNTED = re.compile(r"^(\d{1,3})([.)])\s+(?=\S)")


def escaped(text: str) -> str:
    """One paragraph as Markdown that renders as exactly this text. Cost: about 2 µs a hundred characters."""
    out = _ALWAYS.sub(r"\\\g<0>", text)
    out = _UNDERSCORE.sub(r"\\_", out)
    if "[" in out:
        out = _brackets(out)
    out = _ENTITY.sub("&amp;", _ANGLE.sub(r"\\<", out))
    if out.count("$") > 1:
        out = out.replace("$", r"\$")
    out = _START.sub(lambda match: "\\" + match[0], out)
    return _NUMBER.sub(r"\1\\\2", out)


def _brackets(text: str) -> str:
    """Brackets that could make a link, a footnote, a definition or an image."""
    if (
        "](" in text
        or "][" in text
        or "]:" in text
        or "[[" in text
        or "[^" in text
        or "]{" in text
        or re.match(r"\[[ xX]\]", text)
    ):
        return text.replace("[", r"\[").replace("]", r"\]")
    return text


def to_markdown(paragraphs: Iterable[str]) -> str:
    """Paragraphs as a Markdown body, blank lines between them; ends with a newline unless it is empty."""
    texts = [" ".join(text.split()) for text in paragraphs]
    out: list[str] = []
    items: list[str] = []
    for i, text in enumerate(texts):
        item = _item(texts, i, bool(items))
        if item and items and _marker(items[-1]) == _marker(item):
            items.append(item)
            continue
        if items:
            out.append("\n".join(items))
            items = []
        if item:
            items = [item]
        elif text:
            out.append(escaped(text))
    if items:
        out.append("\n".join(items))
    return "\n\n".join(out) + "\n" if out else ""


def _marker(item: str) -> str:
    return "-" if item.startswith("- ") else "1."


def _item(texts: list[str], i: int, in_list: bool) -> str:
    """The text as an item of a list; empty when it is a paragraph."""
    text = texts[i]
    bullet = BULLET.match(text)
    if bullet:
        dashed = bullet[0][0] in "*–—-"
        if dashed and not in_list and not (i + 1 < len(texts) and BULLET.match(texts[i + 1])):
            return ""  # one line with a dash may be speech
        rest = text[bullet.end() :].strip()
        return f"- {escaped(rest)}" if rest and not BULLET.match(rest) else ""
    counted = _COUNTED.match(text)
    if not counted:
        return ""
    number = int(counted[1])
    before = _COUNTED.match(texts[i - 1]) if i else None
    after = _COUNTED.match(texts[i + 1]) if i + 1 < len(texts) else None
    follows = before is not None and in_list and int(before[1]) == number - 1 and before[2] == counted[2]
    leads = number == 1 and after is not None and int(after[1]) == 2 and after[2] == counted[2]
    if not (follows or leads):
        return ""
    rest = text[counted.end() :].strip()
    return (
        f"{number}{counted[2]} {escaped(rest)}" if rest and not _COUNTED.match(rest) and not BULLET.match(rest) else ""
    )
