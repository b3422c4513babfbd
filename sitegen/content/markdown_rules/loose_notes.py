"""Footnotes whose other end is missing: a mark without a note, and a note that nothing refers to."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markdown_it.token import Token

from sitegen.content.markdown_rules.budgets import Found
from sitegen.regex import regex

_REFERENCE = regex(r"\[\^[^\]\s]{1,60}\]")


def report_missing(tokens: Sequence[Token], line: int, report: Callable[[Found], None]) -> None:
    """Reports references that stayed text, because the article has no such note."""
    for token in tokens:
        if token.type == "text" and (match := _REFERENCE.search(token.content)):
            report(
                Found(
                    code="markdown.note",
                    line=line,
                    message=f"there is no footnote {match[0]} in this article, so the mark is shown as it is",
                    help=f"write the note as  {match[0]}: its text  on a line of its own",
                    excerpt=match[0],
                )
            )


def report_unused(source: str, env: Mapping[str, Any], report: Callable[[Found], None]) -> None:
    """Reports notes that nothing refers to: they are not shown anywhere."""
    for key, number in env.get("footnotes", {}).get("refs", {}).items():
        if number < 0:
            mark = f"[^{key[1:]}]"
            report(
                Found(
                    code="markdown.note",
                    line=source.count("\n", 0, max(source.find(mark + ":"), 0)),
                    message=f"nothing refers to the footnote {mark}, so it is not shown",
                    help=f"write  {mark}  where it belongs, or take the note out",
                    excerpt=mark,
                )
            )
