"""Direction of a text, from its language or from its script.

Invariant: a pure function of the text; the same in every locale.
"""

from typing import Final

from sitegen.model import Direction
from sitegen.regex import regex

_RTL_LANGUAGES: Final = frozenset("ar arc azb ckb dv fa he iw ji khw ks lrc mzn nqo pnb prs ps sd syr ug ur yi".split())
_RTL_SCRIPTS: Final = frozenset("arab hebr syrc thaa nkoo adlm rohg mand samr mend".split())

_RTL_LETTERS = regex(
    "[\u05d0-\u05f2\u0620-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0710-\u072f\u074d-\u07a5\u07ca-\u07ea\u0800-\u0815"
    "\u0840-\u0858\u0860-\u086a\u0870-\u0887\u08a0-\u08c9\ufb1d-\ufb4f\ufb50-\ufdfb\ufe70-\ufefc"
    "\U00010d00-\U00010d23\U0001e900-\U0001e943]+"
)
_FIRST_RTL: Final = "\u0590"
_LETTERS = regex(r"[^\W\d_]+")
SAMPLE: Final = 500  # characters of a text that are looked at


def direction_of_language(lang: str) -> Direction:
    """Direction of a BCP 47 tag; its script subtag wins over its language."""
    first, *rest = lang.lower().split("-")
    scripts = [part for part in rest if len(part) == 4 and part.isalpha()]
    if scripts:
        return "rtl" if scripts[0] in _RTL_SCRIPTS else "ltr"
    return "rtl" if first in _RTL_LANGUAGES else "ltr"


def direction_of_text(text: str) -> Direction | None:
    """Direction of most letters of a text; None when it has none.

    Cost: 1 µs for ASCII, 5 µs for European scripts, 40 µs for others.
    """
    sample = text[:SAMPLE]
    if sample.isascii() or max(sample) < _FIRST_RTL:
        return "ltr" if any(map(str.isalpha, sample)) else None
    letters = sum(map(len, _LETTERS.findall(sample)))
    if not letters:
        return None
    return "rtl" if 2 * sum(map(len, _RTL_LETTERS.findall(sample))) > letters else "ltr"
