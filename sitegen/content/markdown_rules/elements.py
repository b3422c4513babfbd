"""Elements as the specification's examples lay them out: which tags stand alone on a line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitegen.content.markdown_rules.draft import Draft

if TYPE_CHECKING:  # an article that is read at sight needs no parser
    from markdown_it.token import Token


def break_line(draft: Draft, tokens: "Sequence[Token]", index: int) -> None:
    """The line end between a tight list item's text and the block below it."""
    if index and tokens[index - 1].hidden:
        draft.html.append("\n")


def element(draft: Draft, tokens: "Sequence[Token]", index: int) -> int:
    """Any element whose tag, attributes and content say all."""
    token = tokens[index]
    if token.hidden:
        return index + 1
    if token.nesting < 0:
        draft.html.append(f"</{token.tag}>\n" if token.tag else "")
        return index + 1
    break_line(draft, tokens, index)
    end = "\n"
    if token.nesting > 0:
        after = tokens[index + 1]
        empty = after.nesting < 0 and after.tag == token.tag != "blockquote"
        if after.type == "inline" or after.hidden or empty:
            end = ""
    draft.html.append(f"<{token.tag}{draft.attributes(token)}>{end}" if token.tag else "")
    return index + 1
