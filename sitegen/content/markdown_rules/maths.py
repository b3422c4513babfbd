r"""Formulas between dollars as MathML, where the site asks for it; browsers show MathML without any script.

The library makes the tree; what is written out is made here, because the library does not escape the text of a formula
(`\text{<script>}`) and lets it set links. Invariant: only elements and attributes of MathML that show something.
"""

import functools
from collections.abc import Callable
from html import escape, unescape
from typing import TYPE_CHECKING, Final

from sitegen.regex import regex

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_CHARACTERS: Final = 5_000  # of one formula
MAX_BRACES: Final = 60  # open at once; the library calls itself for each
NAMESPACE: Final = "http://www.w3.org/1998/Math/MathML"

_TAG = regex(r"m[a-z]{1,20}")
_ATTRIBUTES = frozenset(
    "accent accentunder columnalign columnlines columnspacing depth display displaystyle fence form frame height"
    " largeop linethickness lspace mathbackground mathcolor mathsize mathvariant maxsize minsize movablelimits notation"
    " rowalign rowlines rowspacing rspace scriptlevel separator stretchy symmetric voffset width".split()
)
_WORDS = regex(r"([A-Z])")  # the library says what is wrong in the names of its errors


class FormulaError(ValueError):
    """A formula that cannot be shown; the message says why."""


def mathml(source: str, *, display: bool) -> str:
    """MathML of a LaTeX formula. Raises: FormulaError for one that cannot be read, or when the library is missing."""
    convert = _converter()
    if convert is None:
        raise FormulaError("formulas need a library that is not installed (pip install 'sitegen-articles[math]')")
    _check_size(source)
    try:
        tree = convert(source, display="block" if display else "inline")
    except Exception as error:  # the library's errors have no common base; each one is the formula's fault
        raise FormulaError(str(error) or _WORDS.sub(r" \1", type(error).__name__).lower().strip()) from error
    return f'<math xmlns="{NAMESPACE}" display="{"block" if display else "inline"}">{_inner(tree)}</math>'


def formula_source(source: str) -> str:
    """What is shown for a formula that cannot be."""
    return f'<code class="math">{escape(source, quote=False)}</code>'


def _check_size(source: str) -> None:
    if len(source) > MAX_CHARACTERS:
        raise FormulaError(f"it has {len(source):,} characters; the most is {MAX_CHARACTERS:,}")
    depth = 0
    for character in source:
        depth += 1 if character == "{" else -1 if character == "}" else 0
        if depth > MAX_BRACES:
            raise FormulaError(f"more than {MAX_BRACES} braces are open at once")


def _inner(element: "Element") -> str:
    """Text and elements inside an element; the library writes signs as character references."""
    out = [escape(unescape(element.text or ""), quote=False)]
    for child in element:
        if _TAG.fullmatch(child.tag):
            attributes = "".join(
                f' {name}="{escape(unescape(str(value)))}"'
                for name, value in child.attrib.items()
                if name in _ATTRIBUTES
            )
            out.append(f"<{child.tag}{attributes}>{_inner(child)}</{child.tag}>")
        out.append(escape(unescape(child.tail or ""), quote=False))
    return "".join(out)


@functools.lru_cache(maxsize=1)
def _converter() -> "Callable[..., Element] | None":
    try:
        from latex2mathml.converter import convert_to_element  # noqa: PLC0415  # optional; most sites show no formulas
    except ImportError:
        return None
    found: Callable[..., Element] = convert_to_element
    return found
