"""WordPress's block comments: taken out of a post, with what they alone know put into the HTML that they surround.

Invariant: pure and linear; no comment of a block is left in the text. A block that has nothing but its comment is a
dropped one when WordPress fills it in by itself, and stays visible when another maker's plugin would have.
"""

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any, Final

from sitegen.convert.wordpress.shortcodes import Counted

MAX_DEPTH: Final = 5  # reusable blocks inside of each other
MAX_REUSED: Final = 100  # reusable blocks in one post
_BLOCK = re.compile(
    r"\s*(?P<close>/)?wp:(?P<name>[a-z][a-z0-9_-]*(?:/[a-z][a-z0-9_-]*)?)\s*(?P<said>\{.*\})?\s*(?P<void>/)?", re.DOTALL
)
_FREEFORM: Final = frozenset({"freeform", "classic", "shortcode"})
_PLACE = re.compile(r"<(pre|code)\b")
FREEFORM: Final = "data-sitegen-freeform"


def has_blocks(text: str) -> bool:
    """Whether a post was written with the block editor; the paragraphs of one that was not are made by `autop`."""
    return "<!-- wp:" in text


def blocks_as_html(text: str, reusable: dict[str, str], counted: Counted, depth: int = 0) -> str:
    """The text without block comments. Text that stands outside of every block is marked as freeform."""
    if not has_blocks(text):
        return text
    out: list[str] = []
    open_blocks: list[str] = []
    at, language = 0, ""
    for start, end, match in _comments(text):
        out.append(_between(text[at:start], open_blocks, language))
        at, language = end, ""
        name = match["name"]
        said = _said(match["said"])
        if match["close"]:
            if name in open_blocks:
                while open_blocks.pop() != name:
                    pass
        elif match["void"]:
            out.append(_void(name, said, text[start:end], reusable, counted, depth))
        else:
            open_blocks.append(name)
            language = str(said.get("language") or said.get("lang") or "")
    out.append(_between(text[at:], open_blocks, ""))
    return "".join(out)


def _comments(text: str) -> Iterator[tuple[int, int, re.Match[str]]]:
    """Where each comment of a block begins and ends. A block's own values never hold the end of a comment."""
    start = text.find("<!--")
    while start >= 0 and (end := text.find("-->", start)) >= 0:
        if match := _BLOCK.fullmatch(text, start + 4, end):
            yield start, end + 3, match
        start = text.find("<!--", end)


def _between(html: str, open_blocks: list[str], language: str) -> str:
    if not html.strip():
        return html
    if not open_blocks or open_blocks[-1] in _FREEFORM:
        return f"<div {FREEFORM}>{html}</div>"
    if re.fullmatch(r"[\w+#-]{1,20}", language):
        return _PLACE.sub(rf'<\1 data-lang="{language}"', html, count=1)
    return html


def _said(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _void(name: str, said: dict[str, Any], raw: str, reusable: dict[str, str], counted: Counted, depth: int) -> str:
    url = said.get("url")
    if name in ("block", "core/block"):
        id = str(said.get("ref") or "")
        if id in reusable and depth < MAX_DEPTH and counted.reused < MAX_REUSED:
            counted.reused += 1
            return blocks_as_html(reusable[id], reusable, counted, depth + 1)
        counted.dropped.append((raw[:200], "reusable block that is not in the export"))
        return ""
    if name.rpartition("/")[2].startswith("embed") or name.startswith("core-embed"):
        if isinstance(url, str) and url:
            return f'<iframe src="{escape(url)}"></iframe>'
    elif name == "footnotes":
        return ""  # the texts stand in the post's meta and come out below it
    elif "/" in name and not name.startswith("core"):
        counted.unknown[f"wp:{name}"] += 1
        said_inside = raw.removeprefix("<!--").removesuffix("-->").strip().removesuffix("/").strip()
        return f"<pre>{escape(said_inside, quote=False)}</pre>"
    counted.dropped.append((raw[:200], "block that WordPress fills in"))
    return ""
