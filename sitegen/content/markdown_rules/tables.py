"""Tables, each in a box that scrolls, so that a wide one never widens the page.

The box can be reached with the keyboard, so it needs a name: its header cells, which are in the page's language.
"""

from collections.abc import Sequence

from markdown_it.token import Token

from sitegen.content.markdown_rules.draft import Draft, escape_attribute
from sitegen.content.markdown_rules.elements import break_line, element
from sitegen.content.markdown_rules.inlines import text_of

UNNAMED = "⊞"  # name of a table whose header cells are all empty: a sign, since no language is known
LONGEST_NAME = 200  # characters


def table_open(draft: Draft, tokens: Sequence[Token], index: int) -> int:
    """The box and the table's tag."""
    names = []
    at = index + 1
    while tokens[at].type != "thead_close":
        if tokens[at].type == "inline":
            names.append(text_of(tokens[at]))
        at += 1
    name = ", ".join(filter(None, names))[:LONGEST_NAME] or UNNAMED
    count = draft.table_names[name] = draft.table_names.get(name, 0) + 1
    if count > 1:
        name = f"{name} ({count})"
    break_line(draft, tokens, index)
    draft.html.append(
        f'<div class="table-scroll" tabindex="0" role="region" aria-label="{escape_attribute(name)}">\n'
        f"<table{draft.attributes(tokens[index])}>\n"
    )
    return index + 1


def table_close(draft: Draft, _tokens: Sequence[Token], index: int) -> int:
    draft.html.append("</table>\n</div>\n")
    return index + 1


def header_cell(draft: Draft, tokens: Sequence[Token], index: int) -> int:
    """A header cell; an empty one is a plain cell, since a header without a name heads nothing."""
    if not tokens[index + 1].content:
        tokens[index].tag = tokens[index + 2].tag = "td"
    return element(draft, tokens, index)
