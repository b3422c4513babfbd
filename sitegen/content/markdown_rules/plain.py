r"""Articles that can be read at sight, without the parser: nine in ten of a newsroom's archive.

The language: blocks that stand between blank lines and at the left margin, each one of

    paragraph   lines that begin like text            heading   `## Text`, alone or above a paragraph
    list        `- item` or `1. item`, one line each  quote     `> text`, a paragraph
    code        between fences of three backticks     rule      `---`
    figure      `![alt](address "caption")`

whose text is in the language of `plain_inlines`. Anything else makes the whole article the parser's.

Invariant: for an article in the language, the draft is what the parser's tokens give, byte for byte. The checks say
what is *allowed*, so an unknown construct is refused, not guessed. `tests/markdown/` proves it against the parser.
"""

import re
from collections.abc import Iterator

from sitegen.content.markdown_rules.addresses import is_allowed, normal_address
from sitegen.content.markdown_rules.code_blocks import code_html
from sitegen.content.markdown_rules.draft import Draft, escape_attribute
from sitegen.content.markdown_rules.ids import claim, heading_slug
from sitegen.content.markdown_rules.plain_inlines import read_plain_inline
from sitegen.model import Heading
from sitegen.regex import regex

LONGEST = 400_000  # characters; the parser's budgets are for longer ones

_START = r"(?:[^\W\d_]|\d(?!\d{0,9}[.)](?:[ \t\n]|\Z))|[\"'(*_`.,;/@%]|[^\x00-\x7f\s]|\[(?![ xX]\]|!|TOC\]))"
_STARTS = regex(_START)
_LINES = regex(r"(?:\n(?=" + _START + r")[^\n]*)*")  # further lines, each of which begins like text
_LISTS = regex(r"[*_]{1,3}[ \t\n]|[*_]{3}|[*_`]+\Z|```|\* ")  # what begins like text and may be a list or rule
_HEADING = regex(r"(#{1,6}) ([^\n]*)")
_BULLET = regex(r"([-*+]) {1,4}(?=\S)")
_NUMBER = regex(r"(\d{1,9})\. {1,4}(?=\S)", re.ASCII)
_FENCE = regex(r"```([a-zA-Z0-9_+#-]*)\n")
_FIGURE = regex(r"!\[([^\[\]`*_\\<>&!~^\n]*)\]\(([^\s()\\`\"'*<>&\x00-\x20\x7f]+)(?: \"([^\"\\&<>\n]+)\")?\)")
_RULES = frozenset({"---", "***", "- - -", "* * *", "___", "----", "-----"})


class _NotPlainError(Exception):
    """Something that only the parser can read."""


def read_plain(draft: Draft, source: str) -> bool:
    """Fills the draft from an article in the language; False, with the draft spoiled, for any other.

    `source` has only LF line ends and no NUL. Cost: about 60 µs for 3 kB.
    """
    if len(source) > LONGEST or "]:" in source:
        return False
    try:
        _read_blocks(draft, source)
    except _NotPlainError:
        return False
    return True


def _read_blocks(draft: Draft, source: str) -> None:
    in_list = False
    for block, line in _blocks(source):
        was_list, in_list = in_list, False
        first = block[0]
        if first == "#":
            _read_heading(draft, block, line)
        elif first == "`" and block.startswith("```"):
            _read_code(draft, block)
        elif first == "<":
            _read_more(draft, block)
        elif first in "-*+>!0123456789" and _read_other(draft, block, line, was_list):
            in_list = first not in ">!" and block not in _RULES
        else:
            _read_paragraph(draft, block, line)


def _blocks(source: str) -> Iterator[tuple[str, int]]:
    """What stands between blank lines, without white space at its end, and its line from 0; a listing is one."""
    parts = iter(source.split("\n\n"))
    line = 0
    for part in parts:
        block = part
        below = line + part.count("\n") + 2
        if block[:3] == "```":
            while not block.endswith("\n```"):
                more = next(parts, None)
                if more is None:  # the end of the article may end the listing's last line
                    block = block.rstrip("\n")
                    break
                block = f"{block}\n\n{more}"
                below += more.count("\n") + 2
        elif block[:1] == "\n" or block[-1:].isspace():
            stripped = block.lstrip("\n")
            line += len(block) - len(stripped)
            block = stripped.rstrip("\n").rstrip(" ")
            if block[-1:].isspace() or (stripped and not block):
                raise _NotPlainError
        if block:
            yield block, line
        line = below


def _read_more(draft: Draft, block: str) -> None:
    if block != "<!--more-->":
        raise _NotPlainError
    if draft.more is None:
        draft.more = list(draft.prose)


def _read_other(draft: Draft, block: str, line: int, was_list: bool) -> bool:
    """A list, quote, rule or figure; False for a block that must be something else."""
    first = block[0]
    if block in _RULES:
        draft.html.append("<hr>\n")
        return True
    if first == ">":
        _read_quote(draft, block, line)
        return True
    if first == "!":
        _read_figure(draft, block, line)
        return True
    mark = _BULLET.match(block) or _NUMBER.match(block)
    if mark is None:
        return False
    if was_list:  # a blank line between two lists may join them
        raise _NotPlainError
    _read_list(draft, block, line, mark)
    return True


def _inline(draft: Draft, content: str, line: int) -> tuple[str, str]:
    plain = read_plain_inline(content)
    if plain is None:
        raise _NotPlainError
    return (draft.addressed(plain, line) if plain.addresses else plain.html), plain.text


def _check_paragraph(content: str) -> None:
    """Refuses what is not the text of a paragraph: some line begins, or might begin, another block."""
    if _STARTS.match(content) is None or (content[0] in "*_`" and _LISTS.match(content)):
        raise _NotPlainError
    if "\n" in content:
        end = content.index("\n")
        if _LINES.fullmatch(content, end) is None:
            raise _NotPlainError
        for after in content.split("\n")[1:]:
            if after[0] in "*_`" and _LISTS.match(after):
                raise _NotPlainError


def _read_paragraph(draft: Draft, block: str, line: int) -> None:
    _check_paragraph(block)
    html, text = _inline(draft, block, line)
    draft.html.append(f"<p>{html}</p>\n")
    if text:
        draft.texts.append(text)
        draft.prose.append(text)
        draft.paragraphs.append(text)


def _read_heading(draft: Draft, block: str, line: int) -> None:
    match = _HEADING.match(block)
    if match is None:
        raise _NotPlainError
    marks, content = match[1], match[2]
    if not content or content[0].isspace() or content[-1].isspace() or content[-1] in "#}":
        raise _NotPlainError
    html, text = _inline(draft, content, line)
    text = " ".join(text.split())
    id = claim(heading_slug(text), draft.ids)
    level = len(marks)
    draft.html.append(f'<h{level} id="{id}">{html}</h{level}>\n')
    draft.headings.append(Heading(level=level, id=id, text=text))
    if text:
        draft.texts.append(text)
    rest = block[match.end() + 1 :]
    if rest:
        _read_paragraph(draft, rest, line + 1)


def _read_quote(draft: Draft, block: str, line: int) -> None:
    lines = block.split("\n")
    for each in lines:
        if each[:2] != "> ":
            raise _NotPlainError
    content = "\n".join(each[2:] for each in lines)
    _check_paragraph(content)
    html, text = _inline(draft, content, line)
    draft.html.append(f"<blockquote>\n<p>{html}</p>\n</blockquote>\n")
    if text:
        draft.texts.append(text)
        draft.prose.append(text)


def _read_list(draft: Draft, block: str, line: int, mark: re.Match[str]) -> None:
    """A tight list of items of one line; the marks must be alike."""
    bullet = "" if mark[1].isdigit() else mark[1]
    pattern = _BULLET if bullet else _NUMBER
    if bullet:
        tag, opening = "ul", "<ul>\n"
    else:
        start = int(mark[1])
        tag, opening = "ol", "<ol>\n" if start == 1 else f'<ol start="{start}">\n'
    out = [opening]
    for number, each in enumerate(block.split("\n")):
        match = pattern.match(each)
        if match is None or (bullet and match[1] != bullet):
            raise _NotPlainError
        content = each[match.end() :]
        if content[-1].isspace():
            raise _NotPlainError
        _check_paragraph(content)
        html, text = _inline(draft, content, line + number)
        out.append(f"<li>{html}</li>\n")
        if text:
            draft.texts.append(text)
            draft.prose.append(text)
    out.append(f"</{tag}>\n")
    draft.html.append("".join(out))


def _read_code(draft: Draft, block: str) -> None:
    """Code between fences; `block` ends with the closing one, and holds no other
    backticks in threes.
    """
    match = _FENCE.match(block)
    if match is None or block.count("```") != 2 or not block.endswith("\n```"):
        raise _NotPlainError
    code = block[match.end() : -3]
    draft.html.append(code_html(code, match[1], {}, highlight=draft.highlight))


def _read_figure(draft: Draft, block: str, line: int) -> None:
    match = _FIGURE.fullmatch(block)
    if match is None:
        raise _NotPlainError
    address = normal_address(match[2])
    if not is_allowed(address):
        raise _NotPlainError
    draft.line = line
    src = draft.address(address)
    shown = f'<img src="{src}" alt="{escape_attribute(match[1])}" loading="lazy" decoding="async">'
    if match[3]:
        caption, text = _inline(draft, match[3], line)
        shown += f"\n<figcaption>{caption}</figcaption>"
        draft.texts.append(text)
    draft.html.append(f"<figure>\n{shown}\n</figure>\n")
