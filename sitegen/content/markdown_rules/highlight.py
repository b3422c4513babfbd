"""Code with syntax colours, made at build time: spans with Pygments' class names, no styles of their own.

Invariant: the text of the result is the text of the code, whatever the lexer does.
"""

import functools
from html import escape
from typing import Any

MAX_CHARACTERS = 50_000  # some lexers are quadratic; a longer listing is shown plain


def highlighted(code: str, language: str) -> str | None:
    """Inner HTML of a `<code>` element; None for a language that Pygments does not know."""
    lexer = _lexer(language.lower()) if len(code) <= MAX_CHARACTERS else None
    if lexer is None:
        return None
    classes = _classes()
    out: list[str] = []
    last, run = "", ""
    pieces = list(lexer.get_tokens(code))
    if "".join(value for _, value in pieces) != code:
        return None
    for kind, value in pieces:
        name = classes(kind)
        if name == last:
            run += value
            continue
        if run:
            out.append(_span(last, run))
        last, run = name, value
    out.append(_span(last, run))
    return "".join(out)


def _span(name: str, text: str) -> str:
    inner = escape(text, quote=False)
    return f'<span class="{name}">{inner}</span>' if name and not text.isspace() else inner


@functools.lru_cache(maxsize=64)
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415  # 30 ms, and most articles hold no code
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@functools.lru_cache(maxsize=1)
def _classes() -> Any:
    from pygments.token import STANDARD_TYPES  # noqa: PLC0415

    @functools.lru_cache(maxsize=512)
    def name(kind: Any) -> str:
        while kind not in STANDARD_TYPES:
            kind = kind.parent
        return STANDARD_TYPES[kind]

    return name
