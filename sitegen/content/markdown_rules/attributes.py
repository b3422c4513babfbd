r"""Attributes in braces: `{#id .class key=value}`.

They stand at the end of a heading, right after a link, an image, a code span or `[a span]`, or alone on the line
before a block. Only harmless names are taken (no `style`, no `on…`): what is not an attribute list stays text.
Written here, because the library's parser walks to the end of the text for every opening brace.
"""

from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from sitegen.regex import regex

NAMES = frozenset({"lang", "dir", "title", "width", "height", "rel", "hreflang", "download", "start", "translate"})
AFTER = frozenset({"image", "code_inline", "link_close", "span_close"})

_ITEM = r"""[#.][\w:-]++|[A-Za-z][\w-]*+=(?:"[^"\n{}<>]{0,200}"|[\w./:%-]++)"""
_LIST = regex(r"\{[ \t]*+:?[ \t]*+((?:" + _ITEM + r")(?:[ \t]++(?:" + _ITEM + r")){0,20})[ \t]*+\}")
_EACH = regex(_ITEM)


def parse_attributes(source: str) -> dict[str, str] | None:
    """Attributes of the inner text of an attribute list; None when a name is not one that may be set."""
    found: dict[str, str] = {}
    classes: list[str] = []
    for item in _EACH.findall(source):
        if item[0] == "#":
            found["id"] = item[1:]
        elif item[0] == ".":
            classes.append(item[1:])
        else:
            name, _, value = item.partition("=")
            name, value = name.lower(), value.strip('"')
            if name == "class":
                classes += value.split()
            elif name == "id" and value and not value.isspace():
                found["id"] = value.replace(" ", "-")
            elif name in NAMES:
                found[name] = value
            else:
                return None
    if classes:
        found["class"] = " ".join(classes)
    return found


def split_trailing(content: str) -> tuple[str, dict[str, str]]:
    """A heading's text without the attribute list at its end, and those attributes."""
    start = content.rfind("{")
    if start <= 0 or content[start - 1] not in " \t":
        return content, {}
    match = _LIST.fullmatch(content, start)
    attributes = parse_attributes(match[1]) if match else None
    return (content[:start].rstrip(), attributes) if attributes else (content, {})


def after_inline(state: StateInline, silent: bool) -> bool:
    """Inline rule: an attribute list right after an element."""
    if state.src[state.pos] != "{" or state.pending or not state.tokens:
        return False
    if state.tokens[-1].type not in AFTER:
        return False
    match = _LIST.match(state.src, state.pos, state.posMax)
    attributes = parse_attributes(match[1]) if match else None
    if match is None or attributes is None:
        return False
    if not silent:
        _merge(_opening(state.tokens), attributes)
    state.pos = match.end()
    return True


def span(state: StateInline, silent: bool) -> bool:
    """Inline rule, after links: `[text]{.class}`."""
    start, end = state.pos, state.posMax
    if state.src[start] != "[" or "]{" not in state.src:
        return False
    label_end = state.md.helpers.parseLinkLabel(state, start, False)
    if label_end < 0:
        return False
    match = _LIST.match(state.src, label_end + 1, end)
    attributes = parse_attributes(match[1]) if match else None
    if match is None or attributes is None:
        return False
    if not silent:
        state.pos, state.posMax = start + 1, label_end
        state.push("span_open", "span", 1).attrs = dict(attributes)
        state.md.inline.tokenize(state)
        state.push("span_close", "span", -1)
    state.pos, state.posMax = match.end(), end
    return True


def before_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Block rule: a line that is an attribute list, with its block right below."""
    start = state.bMarks[start_line] + state.tShift[start_line]
    if state.src[start : start + 1] != "{" or state.is_code_block(start_line):
        return False
    below = start_line + 1
    if below >= end_line or state.isEmpty(below) or state.sCount[below] < state.blkIndent:
        return False
    match = _LIST.fullmatch(state.src[start : state.eMarks[start_line]].rstrip(" \t"))
    attributes = parse_attributes(match[1]) if match else None
    if attributes is None:
        return False
    if not silent:
        token = state.push("attributes", "", 0)
        token.attrs = dict(attributes)
        token.map = [start_line, below]
        state.line = below
    return True


def settle_attributes(state: StateCore) -> None:
    """Core rule, after blocks: gives each attribute line to the block that follows it."""
    waiting: Token | None = None
    kept: list[Token] = []
    for token in state.tokens:
        if token.type == "attributes":
            if waiting is not None:
                _merge(token, {k: str(v) for k, v in waiting.attrs.items() if k not in token.attrs})
            waiting = token
            continue
        if waiting is not None and token.nesting >= 0:
            _merge(token, {key: str(value) for key, value in waiting.attrs.items()})
        waiting = None
        kept.append(token)
    if len(kept) != len(state.tokens):
        state.tokens = kept


def _merge(token: Token, attributes: dict[str, str]) -> None:
    for name, value in attributes.items():
        if name == "class" and "class" in token.attrs:
            token.attrs["class"] = f"{token.attrs['class']} {value}"
        else:
            token.attrs[name] = value


def _opening(tokens: list[Token]) -> Token:
    level = 0
    for token in reversed(tokens):
        level += token.nesting
        if level == 0:
            return token
    return tokens[-1]
