"""Formulas between dollars as MathML, where the site asks for it; browsers show MathML without any script."""

import functools
import re
from html import escape

_WORDS = re.compile(r"([A-Z])")  # the library says what is wrong in the names of its errors


class FormulaError(ValueError):
    """A formula that cannot be shown; the message says why."""


def mathml(source: str, *, display: bool) -> str:
    """MathML of a LaTeX formula. Raises: FormulaError for one that cannot be read, or when the library is missing."""
    convert = _converter()
    if convert is None:
        raise FormulaError("showing formulas needs a library that is not installed: pip install latex2mathml")
    try:
        out: str = convert(source, display="block" if display else "inline")
    except Exception as error:  # the library's errors have no common base; each one is the formula's fault
        raise FormulaError(str(error) or _WORDS.sub(r" \1", type(error).__name__).lower().strip()) from error
    return out


def formula_source(source: str) -> str:
    """What is shown for a formula that cannot be."""
    return f'<code class="math">{escape(source, quote=False)}</code>'


@functools.lru_cache(maxsize=1)
def _converter():  # type: ignore[no-untyped-def]  # noqa: ANN202  # the library is optional and untyped
    try:
        from latex2mathml.converter import convert  # noqa: PLC0415
    except ImportError:
        return None
    return convert
