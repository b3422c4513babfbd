"""Inline tokens as HTML and as plain text, in one walk."""

from collections.abc import Callable, Sequence

from markdown_it.token import Token

from sitegen.content.markdown_rules.draft import Draft, escape_attribute, escape_text
from sitegen.content.markdown_rules.ids import heading_slug
from sitegen.content.markdown_rules.summaries import MORE
from sitegen.model import Ref


def written(draft: Draft, token: Token) -> tuple[str, str]:
    """HTML and plain text of an `inline` token."""
    line = token.map[0] if token.map else draft.line
    plain = token.meta.get("plain") if token.meta else None
    if plain is not None:
        return (draft.addressed(plain, line) if plain.addresses else plain.html), plain.text
    return write_inline(draft, token.children or (), line)


def text_of(token: Token) -> str:
    """Plain text of an `inline` token, on one line."""
    plain = token.meta.get("plain") if token.meta else None
    return " ".join((plain.text if plain is not None else plain_text(token.children or ())).split())


def write_inline(draft: Draft, tokens: Sequence[Token], line: int) -> tuple[str, str]:
    """HTML and plain text of inline tokens that start on a line (from 0)."""
    draft.line = line
    html: list[str] = []
    text: list[str] = []
    for token in tokens:
        kind = token.type
        if kind == "text":
            content = token.content
            text.append(content)
            html.append(escape_text(content))
        elif kind == "softbreak":
            draft.line += 1
            html.append("\n")
            text.append(" ")
        elif kind in _PLAIN_TAGS and not token.attrs:
            html.append(_PLAIN_TAGS[kind])
        elif (rule := _RULES.get(kind)) is not None:
            shown, said = rule(draft, token)
            html.append(shown)
            text.append(said)
        elif kind == "html_inline":
            html.append(_html(draft, token, text))
        else:
            html.append(_other(draft, token))
    return "".join(html), "".join(text).strip()


def plain_text(tokens: Sequence[Token]) -> str:
    """Text of inline tokens as an image's `alt` or a table's name shows it."""
    out: list[str] = []
    for token in tokens:
        if token.type in ("text", "text_special", "code_inline", "html_inline"):
            out.append(token.content)
        elif token.type == "wiki":
            out.append(token.info)
        elif token.type == "image":
            out.append(plain_text(token.children or ()))
        elif token.type in ("softbreak", "hardbreak"):
            out.append("\n")
    return "".join(out)


def _other(draft: Draft, token: Token) -> str:
    """A token of a plugin: by the plugin's own rule, else as the element it names."""
    rules = draft.parser.renderer.rules  # type: ignore[attr-defined]
    if token.type in rules:
        return str(rules[token.type]([token], 0, draft.parser.options, {}))
    return f"</{token.tag}>" if token.nesting < 0 else f"<{token.tag}{draft.attributes(token)}>"


def _html(draft: Draft, token: Token, text: list[str]) -> str:
    if MORE.fullmatch(token.content):
        if draft.more is None:
            draft.more = [*draft.prose, "".join(text)]
        return ""
    line = draft.line
    shown = draft.raw(token.content, line)
    draft.line = line + token.content.count("\n")
    return shown


# Rules: a token as HTML and as text.


def _hard_break(draft: Draft, _token: Token) -> tuple[str, str]:
    draft.line += 1
    return "<br>\n", " "


def _code(draft: Draft, token: Token) -> tuple[str, str]:
    return f"<code{draft.attributes(token)}>{escape_text(token.content)}</code>", token.content


def _link(draft: Draft, token: Token) -> tuple[str, str]:
    href = draft.address(str(token.attrs.pop("href", "")))
    return f'<a href="{href}"{draft.attributes(token)}>', ""


def _image(draft: Draft, token: Token) -> tuple[str, str]:
    src = draft.address(str(token.attrs.pop("src", "")))
    token.attrs.pop("alt", None)
    alt = escape_attribute(plain_text(token.children or ()))
    return f'<img src="{src}" alt="{alt}"{draft.attributes(token)} loading="lazy" decoding="async">', ""


def _wiki(draft: Draft, token: Token) -> tuple[str, str]:
    target, _, heading = token.content.partition("#")
    target, label = target.strip(), escape_text(token.info)
    suffix = "#" + heading_slug(heading) if heading.strip() else ""
    if not target:
        return f'<a href="{escape_attribute(suffix)}">{label}</a>', token.info
    line = draft.first_line + draft.line
    return draft.slot(Ref(kind="wiki", target=target, suffix=suffix, label=label, line=line)), token.info


def _note(_draft: Draft, token: Token) -> tuple[str, str]:
    number, again = token.meta["id"] + 1, token.meta.get("subId", 0)
    id = f"fnref-{number}-{again + 1}" if again else f"fnref-{number}"
    link = f'<a href="#fn-{number}" id="{id}" role="doc-noteref">{number}</a>'
    return f'<sup class="footnote-ref">{link}</sup>', ""


def _formula(draft: Draft, token: Token) -> tuple[str, str]:
    return draft.formula(token.content, draft.line, display=token.type == "math_inline_double"), ""


_PLAIN_TAGS = {
    "em_open": "<em>",
    "em_close": "</em>",
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "s_open": "<del>",
    "s_close": "</del>",
    "link_close": "</a>",
    "span_close": "</span>",
}
_RULES: dict[str, Callable[[Draft, Token], tuple[str, str]]] = {
    "hardbreak": _hard_break,
    "code_inline": _code,
    "link_open": _link,
    "image": _image,
    "wiki": _wiki,
    "footnote_ref": _note,
    "math_inline": _formula,
    "math_inline_double": _formula,
}
