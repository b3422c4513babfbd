"""Plain text out of a body: words and the summary that lists show.

`<!--more-->` alone on its line ends the summary; without it the first paragraphs are taken, to a length that a card
shows whole.
"""

import re
from collections.abc import Iterable

from sitegen.regex import regex

MORE = regex(r"\s*<!--\s*more\s*-->\s*", re.IGNORECASE)
ENOUGH = 200  # characters; no further paragraph is added to a summary of this length
LONGEST = 280  # characters; a longer summary is cut at the end of a word
LONGEST_CHOSEN = 1_000  # characters; what an author ended with <!--more--> is cut only here

_UNSPACED = (
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003fa1f]"  # compiled when needed
)


def count_words(text: str) -> int:
    """Words between spaces; in Chinese and Japanese, which write none, each character counts."""
    unspaced = 0 if text.isascii() else len(re.findall(_UNSPACED, text))
    return len((re.sub(_UNSPACED, " ", text) if unspaced else text).split()) + unspaced


def summarize(paragraphs: Iterable[str], *, chosen: bool) -> str:
    """Summary of an article from the plain text of its paragraphs; `chosen` says that an author ended them."""
    if chosen:
        return cut(" ".join(" ".join(paragraphs).split()), LONGEST_CHOSEN)
    out = ""
    for paragraph in paragraphs:
        words = " ".join(paragraph[: LONGEST * 4].split())
        out = f"{out} {words}" if out else words
        if len(out) >= ENOUGH:
            break
    return cut(out, LONGEST)


def cut(text: str, longest: int) -> str:
    """The text, ended with an ellipsis after the last whole word that fits where it is too long."""
    if len(text) <= longest:
        return text
    end = text.rfind(" ", longest // 2, longest)
    return text[: end if end > 0 else longest - 1].rstrip(" ,;:–—-") + "…"
