"""Footnotes: numbered marks in the text, the notes at its end, each with a way back.

The links' roles let a screen reader say "note reference" and "back" in the reader's own language; their names are
numbers, which need no translation.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markdown_it.token import Token

from sitegen.content.markdown_rules.budgets import Found

if TYPE_CHECKING:
    from sitegen.content.markdown_rules.draft import Draft

_REFERENCE = re.compile(r"\[\^[^\]\s]{1,60}\]")


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


def notes_open(draft: "Draft", _tokens: Sequence[Token], index: int) -> int:
    draft.html.append('<div class="footnotes">\n<ol>\n')
    return index + 1


def notes_close(draft: "Draft", _tokens: Sequence[Token], index: int) -> int:
    draft.html.append("</ol>\n</div>\n")
    return index + 1


def note_open(draft: "Draft", tokens: Sequence[Token], index: int) -> int:
    draft.html.append(f'<li id="fn-{tokens[index].meta["id"] + 1}">\n')
    return index + 1


def note_close(draft: "Draft", _tokens: Sequence[Token], index: int) -> int:
    draft.html.append("</li>\n")
    return index + 1


def way_back(draft: "Draft", tokens: Sequence[Token], index: int) -> int:
    """The arrow to one of the places that refer to a note; from the second on with its number."""
    number, again = tokens[index].meta["id"] + 1, tokens[index].meta["subId"]
    suffix, said = (f"-{again + 1}", f"<sup>{again + 1}</sup>") if again > 0 else ("", "")
    draft.html.append(
        f' <a href="#fnref-{number}{suffix}" class="footnote-backref" role="doc-backlink">↩\ufe0e{said}</a>'
    )
    return index + 1
