"""Bare addresses become links, where the site asks for it: `https://…`, `www.…` and e-mail, as GFM writes them.

Works on finished text in one pass of one regular expression, so its cost is linear; scanners that look back from
every colon take seconds for 60 kB of `://`.
"""

from markdown_it.token import Token

from sitegen.regex import regex

_BARE = regex(
    r"(?<![\w/@.:+-])(?:"
    r"(?P<web>(?:https?://|www\.)[a-zA-Z0-9][^\s<>\"'\0]*+)"
    r"|(?P<mail>[a-zA-Z0-9][a-zA-Z0-9.+_-]{0,63}@[a-zA-Z0-9-]{1,63}(?:\.[a-zA-Z0-9-]{1,63}){1,8}(?![\w@-]))"
    r")"
)
_HOST = regex(r"(?:https?://|www\.)[^\s/?#_]+\.[^\s/?#_]+")
_TAIL = "?!.,:*_~'\";"


def link_bare_addresses(tokens: list[Token]) -> list[Token]:
    """The inline tokens with bare addresses in their text wrapped in links; text inside links stays."""
    out: list[Token] = []
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type in ("link_open", "link_close") else 0
        if (
            token.type != "text"
            or depth
            or not ("://" in token.content or "www." in token.content or "@" in token.content)
        ):
            out.append(token)
        else:
            out += _split(token)
    return out


def _split(token: Token) -> list[Token]:
    out: list[Token] = []
    text, last = token.content, 0
    for match in _BARE.finditer(text):
        found = match["mail"] or _trim(match["web"])
        if not found or (match["web"] and not _HOST.match(found)):
            continue
        if match.start() > last:
            out.append(_text(text[last : match.start()], token.level))
        href = f"mailto:{found}" if match["mail"] else found if found.startswith("http") else f"http://{found}"
        out += _link(href, found, token.level)
        last = match.start() + len(found)
    out.append(_text(text[last:], token.level))
    return out


def _trim(url: str) -> str:
    """GFM: closing punctuation is not part of an address, nor is a bracket that was not opened in it."""
    surplus = url.count(")") - url.count("(")
    end = len(url)
    while end:
        if url[end - 1] in _TAIL:
            end -= 1
        elif url[end - 1] == ")" and surplus > 0:
            surplus -= 1
            end -= 1
        else:
            break
    return url[:end]


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)


def _link(href: str, label: str, level: int) -> list[Token]:
    return [
        Token("link_open", "a", 1, attrs={"href": href}, level=level, markup="autolink", info="auto"),
        _text(label, level + 1),
        Token("link_close", "a", -1, level=level, markup="autolink", info="auto"),
    ]
