"""Footnotes: numbered marks in the text, the notes at its end, each with a way back.

The links' roles let a screen reader say "note reference" and "back" in the reader's own language; their names are
numbers, which need no translation.
"""

from collections.abc import Sequence

from markdown_it.token import Token

from sitegen.content.markdown_rules.draft import Draft


def notes_open(draft: Draft, _tokens: Sequence[Token], index: int) -> int:
    draft.html.append('<div class="footnotes">\n<ol>\n')
    return index + 1


def notes_close(draft: Draft, _tokens: Sequence[Token], index: int) -> int:
    draft.html.append("</ol>\n</div>\n")
    return index + 1


def note_open(draft: Draft, tokens: Sequence[Token], index: int) -> int:
    draft.html.append(f'<li id="fn-{tokens[index].meta["id"] + 1}">\n')
    return index + 1


def note_close(draft: Draft, _tokens: Sequence[Token], index: int) -> int:
    draft.html.append("</li>\n")
    return index + 1


def way_back(draft: Draft, tokens: Sequence[Token], index: int) -> int:
    """The arrow to one of the places that refer to a note; from the second on with its number."""
    number, again = tokens[index].meta["id"] + 1, tokens[index].meta["subId"]
    suffix, said = (f"-{again + 1}", f"<sup>{again + 1}</sup>") if again > 0 else ("", "")
    draft.html.append(
        f' <a href="#fnref-{number}{suffix}" class="footnote-backref" role="doc-backlink">↩\ufe0e{said}</a>'
    )
    return index + 1
