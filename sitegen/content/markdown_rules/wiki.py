r"""Wiki links: `[[Title]]`, `[[Title|label]]`, `[[Title#Heading]]`. In a table the bar is written `\|`.

The text between the brackets is plain: no markup inside, one line, at most 300 characters.
"""

from markdown_it.rules_inline import StateInline

from sitegen.regex import regex

_WIKI = regex(r"\[\[([^\[\]|\n\\]{1,300})(?:\|([^\[\]|\n]{1,300}))?\]\]")


def wiki(state: StateInline, silent: bool) -> bool:
    """Inline rule, before links: pushes `wiki` with the target in `content` and the label in `info`."""
    if state.linkLevel or not state.src.startswith("[[", state.pos):
        return False
    match = _WIKI.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    target = " ".join(match[1].split())
    label = " ".join((match[2] or "").split()) or target
    if not target.strip("#"):
        return False
    if not silent:
        token = state.push("wiki", "", 0)
        token.content, token.info = target, label
    state.pos = match.end()
    return True
