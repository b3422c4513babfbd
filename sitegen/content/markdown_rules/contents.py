"""`[TOC]` alone in a paragraph: the article's headings as nested lists of links."""

from collections.abc import Sequence

from sitegen.content.markdown_rules.draft import escape_attribute, escape_text
from sitegen.model import Heading


def contents_html(headings: Sequence[Heading]) -> str:
    """Nested lists, one level deeper wherever a heading is below the one before it; "" without headings."""
    if not headings:
        return ""
    out = ['<div class="contents">\n']
    levels: list[int] = []
    for heading in headings:
        if not levels or heading.level > levels[-1]:
            out.append("\n<ul>\n" if levels else "<ul>\n")
            levels.append(heading.level)
        else:
            while len(levels) > 1 and heading.level < levels[-1]:
                out.append("</li>\n</ul>\n")
                levels.pop()
            levels[-1] = min(levels[-1], heading.level)
            out.append("</li>\n")
        out.append(f'<li><a href="#{escape_attribute(heading.id)}">{escape_text(heading.text)}</a>')
    out.append("</li>\n</ul>\n" * len(levels) + "</div>\n")
    return "".join(out)
