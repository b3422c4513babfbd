"""YAML that can be read at sight: a line a key, its value plain, in quotes, or a short list. Most front matter is.

Invariant: for a text in this language the value is the one that `compose` gives, with no fault. The patterns say what
is *allowed*; anything else, a comment or a second line of a value, is refused and left to the parser. A test holds the
two together over invented texts.
"""

from sitegen.notation.nodes import NULLS, Quoted, Value
from sitegen.regex import regex

LONGEST = 20_000  # characters
# A plain scalar begins with a letter or digit, so with no sign that means something, and holds no `: ` and no ` #`.
_PLAIN = r"[^\W_][^:#\n]*(?:(?::(?! |$)|(?<! )#)[^:#\n]*)*(?<![ :])"
_ITEM = r"[^\W_][^:#,\[\]{}\"'\n]*(?<! )"
_QUOTES = r"\"[^\"\\\n]*\"|'[^'\n]*'"
_LINE = regex(rf"([A-Za-z_][A-Za-z0-9_]{{0,63}}):(?: (?:({_QUOTES})|(\[[^\n]*\])|({_PLAIN})))?")
_LIST = regex(rf"\[(?:(?:{_QUOTES}|{_ITEM})(?:, ?(?:{_QUOTES}|{_ITEM}))*)?\]")
_ENTRY = regex(rf"({_QUOTES})|({_ITEM})")


def read_at_sight(text: str) -> dict[str, Value] | None:
    """The mapping in a text with LF line ends; None where only the parser can tell. Cost: about 1 µs a line."""
    if len(text) > LONGEST:
        return None
    found: dict[str, Value] = {}
    for line in text.removesuffix("\n").split("\n"):
        match = _LINE.fullmatch(line)
        if match is None or match[1] in found or not line.isprintable():
            return None
        key, quotes, listed, plain = match.groups()
        if quotes is not None:
            found[key] = Quoted(quotes[1:-1])
        elif listed is not None:
            if not _LIST.fullmatch(listed):
                return None
            found[key] = [Quoted(quoted[1:-1]) if quoted else _value(item) for quoted, item in _ENTRY.findall(listed)]
        else:
            found[key] = _value(plain or "")
    return found


def _value(plain: str) -> Value:
    return None if plain in NULLS else plain
