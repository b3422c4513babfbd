r"""Markdown to a body: HTML with slots for local addresses, headings, plain text and a summary.

markdown-it-py defines what Markdown means; the rules that sitegen adds stand one a module in `markdown_rules/`.
Invariant: a pure function of the text and the settings, bounded in time and output by sizes and counts, never by a
clock.
"""

from typing import TYPE_CHECKING

import msgspec

from sitegen.content.markdown_rules.budgets import Found, too_long
from sitegen.content.markdown_rules.draft import Draft
from sitegen.content.markdown_rules.plain import read_plain
from sitegen.content.markdown_rules.summaries import count_words, summarize
from sitegen.content.parsing import MarkdownSettings
from sitegen.errors import Problem, Where
from sitegen.model import Heading, Ref
from sitegen.plugins import Extensions
from sitegen.regex import regex

if TYPE_CHECKING:
    from sitegen.content.markdown_rules.parser import Parser

_NEWLINES = regex(r"\r\n?")


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    r"""What a Markdown text becomes.

    `html` holds a slot `\0N\0` for each of `refs`. `text` is plain, a block a line, without code blocks; `words`
    counts it. `summary` is plain text, up to `<!--more-->` where `has_more`. `problems` are in order of place.
    """

    html: str
    refs: tuple[Ref, ...] = ()
    headings: tuple[Heading, ...] = ()
    text: str = ""
    words: int = 0
    summary: str = ""
    has_more: bool = False
    problems: tuple[Problem, ...] = ()


def render_markdown(
    text: str,
    settings: MarkdownSettings,
    *,
    folder: str,
    path: str = "",
    first_line: int = 1,
    extensions: Extensions | None = None,
) -> Rendered:
    """Renders an article's body.

    `folder` is the article's own folder below the content folder, "" at its top. `path` and `first_line` say where the
    text stands in its file, for problems and refs.
    """
    source = _normal(text)
    if (found := too_long(source)) is not None:
        return Rendered(html="", problems=_problems([found], source, path, first_line))
    if extensions is not None:  # a plugin may give any character a meaning, so every rule is tried everywhere
        draft = _read_by_rules(source, settings, folder, first_line, at_sight=False, extensions=extensions)
        return _finished(draft, source, path)
    if not settings.math and not settings.linkify:
        draft = _new_draft(None, settings, folder, first_line)
        if read_plain(draft, source):
            return _finished(draft, source, path)
    return _finished(_read_by_rules(source, settings, folder, first_line, at_sight=True), source, path)


def render_by_the_book(
    text: str, settings: MarkdownSettings, *, folder: str, path: str = "", first_line: int = 1
) -> Rendered:
    """The same, with every rule tried everywhere: what defines the bytes, five times slower. Tests compare the two."""
    source = _normal(text)
    if (found := too_long(source)) is not None:
        return Rendered(html="", problems=_problems([found], source, path, first_line))
    return _finished(_read_by_rules(source, settings, folder, first_line, at_sight=False), source, path)


def _read_by_rules(
    source: str,
    settings: MarkdownSettings,
    folder: str,
    first_line: int,
    *,
    at_sight: bool,
    extensions: Extensions | None = None,
) -> Draft:
    """The draft that the parser's tokens give; `at_sight` leaves out what cannot apply."""
    from sitegen.content.markdown_rules.blocks import write_blocks  # noqa: PLC0415 -- 40 ms, and most articles are plain
    from sitegen.content.markdown_rules.parser import idle_rules, parser_for  # noqa: PLC0415

    without = idle_rules(source) if at_sight else ()
    parser = parser_for(
        math=settings.math, linkify=settings.linkify, without=without, at_sight=at_sight, extensions=extensions
    )
    parser.begin()
    draft = _new_draft(parser, settings, folder, first_line)
    write_blocks(draft, parser.parse(source, {}))
    return draft


def _new_draft(parser: "Parser | None", settings: MarkdownSettings, folder: str, first_line: int) -> Draft:
    return Draft(parser, folder=folder, first_line=first_line, language=settings.language, highlight=settings.highlight)


def _finished(draft: Draft, source: str, path: str) -> Rendered:
    plain = "\n".join(draft.texts)
    has_more = draft.more is not None
    return Rendered(
        html="".join(draft.html),
        refs=tuple(draft.refs),
        headings=tuple(draft.headings),
        text=plain,
        words=count_words(plain),
        summary=summarize(draft.more or () if has_more else draft.paragraphs or draft.prose, chosen=has_more),
        has_more=has_more,
        problems=_problems(draft.found, source, path, draft.first_line),
    )


def _normal(text: str) -> str:
    if "\r" in text:
        text = _NEWLINES.sub("\n", text)
    return text.replace("\0", "\ufffd")


def _problems(found: list[Found], source: str, path: str, first_line: int) -> tuple[Problem, ...]:
    if not found:
        return ()
    lines = source.split("\n")
    out = []
    for each in found:
        number = _line_with(each.excerpt, lines, each.line)
        line = lines[number] if 0 <= number < len(lines) else ""
        at = line.find(each.excerpt) if each.excerpt else -1
        out.append(
            Problem(
                code=each.code,
                where=Where(path, first_line + number if number >= 0 else 0, at + 1 if at >= 0 else 0),
                message=each.message,
                excerpt=line,
                width=len(each.excerpt) if at >= 0 else 1,
                help=each.help,
                severity="error" if each.severity == "error" else "warning",
            )
        )
    return tuple(sorted(out, key=lambda problem: problem.where))


def _line_with(excerpt: str, lines: list[str], start: int) -> int:
    """The line of a block that holds the excerpt; the block's first where none does."""
    for number in range(max(start, 0), len(lines)):
        if excerpt in lines[number]:
            return number
        if not lines[number].strip():
            break
    return start
