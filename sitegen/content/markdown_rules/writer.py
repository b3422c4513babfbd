r"""From tokens to a body: HTML, plain text, headings and refs in one walk.

Invariant: every piece of text that leaves here is escaped, every id is unique within the article, and each local
address is a slot. Elements are laid out as the CommonMark specification's own examples are.
"""

from collections.abc import Sequence
from typing import Any

from markdown_it.token import Token

from sitegen.content.markdown_rules.alerts import alert_title
from sitegen.content.markdown_rules.highlight import highlighted
from sitegen.content.markdown_rules.inlines import InlineWriter, attributes_html, escape_attribute, escape_text
from sitegen.content.markdown_rules.parser import Found, Parser
from sitegen.content.markdown_rules.raw_html import ids_in, visible_text
from sitegen.content.markdown_rules.slugs import claim, heading_slug
from sitegen.content.markdown_rules.summaries import MORE
from sitegen.model import Heading

UNLABELLED_TABLE = "⊞"  # name of a scrolling table whose header cells are all empty, in no language


class Writer(InlineWriter):
    """One article's way from tokens to HTML; made for one `write` and thrown away."""

    def __init__(self, parser: Parser, *, folder: str, first_line: int, language: str, highlight: bool) -> None:
        super().__init__(parser, folder=folder, first_line=first_line)
        self.language = language
        self.highlight = highlight
        self.headings: list[Heading] = []
        self.prose: list[str] = []  # texts without headings
        self.paragraphs: list[str] = []  # texts of paragraphs that stand at the top level
        self.in_notes = False
        self.checkbox = ""
        self.contents_at: list[int] = []
        self.table_names: set[str] = set()

    def write(self, tokens: Sequence[Token]) -> None:
        """Fills `html`, `texts`, `headings` and `refs` from the block tokens of a whole article."""
        self._claim_ids(tokens)
        index, count = 0, len(tokens)
        while index < count:
            token = tokens[index]
            rule = _RULES.get(token.type)
            if rule is not None:
                index = rule(self, tokens, index)
            elif token.type in self.parser.renderer.rules:  # type: ignore[attr-defined]
                self._break(tokens, index)
                rendered = self.parser.renderer.rules[token.type](tokens, index, self.parser.options, {})  # type: ignore[attr-defined]
                self.html.append(rendered)
                index += 1
            else:
                index = self._tag(tokens, index)
        for at in self.contents_at:
            self.html[at] = self._contents()

    def _claim_ids(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.type == "html_block":
                self.ids.update(ids_in(token.content))
            elif token.type == "inline" and "<" in token.content:
                for child in token.children or ():
                    if child.type == "html_inline":
                        self.ids.update(ids_in(child.content))

    # Blocks. Each rule writes the token at `index` and gives the index of the next one.

    def _break(self, tokens: Sequence[Token], index: int) -> None:
        if index and tokens[index - 1].hidden:
            self.html.append("\n")

    def _tag(self, tokens: Sequence[Token], index: int) -> int:
        """Any element whose tag, attributes and content say all."""
        token = tokens[index]
        if token.hidden:
            return index + 1
        if token.nesting < 0:
            self.html.append(f"</{token.tag}>\n" if token.tag else "")
            return index + 1
        self._break(tokens, index)
        end = "\n"
        if token.nesting > 0:
            after = tokens[index + 1]
            if after.type == "inline" or after.hidden or (after.nesting < 0 and after.tag == token.tag):
                end = ""
        self.html.append(f"<{token.tag}{self.attributes(token)}>{end}" if token.tag else "")
        return index + 1

    def _inline(self, tokens: Sequence[Token], index: int) -> int:
        token = tokens[index]
        html, text = self.inline(token.children or (), token.map[0] if token.map else self.line)
        if self.checkbox:
            html, self.checkbox = f"<label>{self.checkbox} {html}</label>", ""
        self.html.append(html)
        if text:
            self.texts.append(text)
            self.prose.append(text)
        return index + 1

    def _paragraph(self, tokens: Sequence[Token], index: int) -> int:
        token, inline = tokens[index], tokens[index + 1]
        if token.hidden:
            return index + 1
        children = inline.children or []
        if not self.checkbox and children:
            if tokens[index + 2].type == "paragraph_close" and _is_lone_image(children):
                return self._figure(tokens, index)
            if inline.content == "[TOC]" and token.level == 0:
                self.contents_at.append(len(self.html))
                self.html.append("")
                return index + 3
        self._break(tokens, index)
        before = len(self.texts)
        self.html.append(f"<p{self.attributes(token)}>" if token.attrs else "<p>")
        index = self._inline(tokens, index + 1)
        if token.level == 0 and len(self.texts) > before:
            self.paragraphs.append(self.texts[-1])
        if tokens[index].type == "paragraph_close":  # a footnote's arrow may stand before it
            self.html.append("</p>\n")
            return index + 1
        return index

    def _figure(self, tokens: Sequence[Token], index: int) -> int:
        opening, inline = tokens[index], tokens[index + 1]
        children = inline.children or []
        image = children[len(children) // 2]
        caption = str(image.attrs.pop("title", ""))
        self._break(tokens, index)
        self.html.append(f"<figure{self.attributes(opening)}>\n")
        html, _ = self.inline(children, inline.map[0] if inline.map else self.line)
        self.html.append(html)
        if caption:
            self.html.append(f"\n<figcaption>{escape_text(caption)}</figcaption>")
            self.texts.append(caption)
        self.html.append("\n</figure>\n")
        return index + 3

    def _heading(self, tokens: Sequence[Token], index: int) -> int:
        token, inline = tokens[index], tokens[index + 1]
        html, text = self.inline(inline.children or (), inline.map[0] if inline.map else self.line)
        text = " ".join(text.split())
        chosen = str(token.attrs.pop("id", ""))
        id = claim(chosen or heading_slug(text), self.ids)
        if chosen and id != chosen:
            self._report_taken(chosen, inline)
        self._break(tokens, index)
        self.html.append(f'<{token.tag} id="{escape_attribute(id)}"{self.attributes(token)}>{html}</{token.tag}>\n')
        self.headings.append(Heading(level=int(token.tag[1]), id=id, text=text))
        if text:
            self.texts.append(text)
        return index + 3

    def _report_taken(self, id: str, inline: Token) -> None:
        self.parser.found.append(
            Found(
                code="markdown.id",
                line=inline.map[0] if inline.map else -1,
                message=f'the id "{id}" is used twice in this article, so this heading got another one',
                help="give one of the two another id",
                excerpt=f"#{id}",
            )
        )

    def _item(self, tokens: Sequence[Token], index: int) -> int:
        token = tokens[index]
        if not token.meta or "checked" not in token.meta:
            return self._tag(tokens, index)
        checked = " checked" if token.meta["checked"] else ""
        box = f'<input type="checkbox" disabled{checked}'
        after = self._tag(tokens, index)
        if tokens[after].type == "paragraph_open":
            self.checkbox = box + ">"
        else:
            self.html.append(f'{box} aria-label="{"☑" if checked else "☐"}">\n')
        return after

    def _code(self, tokens: Sequence[Token], index: int) -> int:
        token = tokens[index]
        self._break(tokens, index)
        language = _language(token.info)
        attributes = dict(token.attrs)
        outer = attributes_html({k: v for k, v in attributes.items() if k != "class"}) if attributes else ""
        classes = str(attributes.get("class", ""))
        if language and self.highlight:
            classes = f"highlight {classes}".rstrip()
            inner = highlighted(token.content, language)
        else:
            inner = escape_text(token.content)
        named = f' class="{escape_attribute(classes)}"' if classes else ""
        spoken = f' class="language-{escape_attribute(language)}"' if language else ""
        self.html.append(f'<pre{outer}{named} tabindex="0"><code{spoken}>{inner}</code></pre>\n')
        return index + 1

    def _html(self, tokens: Sequence[Token], index: int) -> int:
        token = tokens[index]
        self._break(tokens, index)
        line = token.map[0] if token.map else self.line
        content = token.content
        if "!--" in content and MORE.fullmatch(content):
            if token.level == 0 and self.more is None:
                self.more = list(self.prose)
            return index + 1
        self.html.append(self.raw(content, line))
        text = visible_text(content).strip()
        if text:
            self.texts.append(text)
            self.prose.append(text)
        return index + 1

    def _rule(self, tokens: Sequence[Token], index: int) -> int:
        self._break(tokens, index)
        self.html.append(f"<hr{self.attributes(tokens[index])}>\n")
        return index + 1

    def _alert(self, tokens: Sequence[Token], index: int) -> int:
        token = tokens[index]
        self._break(tokens, index)
        title = token.meta["title"] or alert_title(token.info, self.language)
        token.attrs["class"] = f"alert alert-{token.info} {token.attrs.get('class', '')}".rstrip()
        self.html.append(f'<div{self.attributes(token)} role="note">\n<p class="alert-title">{escape_text(title)}</p>\n')
        self.texts.append(title)
        return index + 1

    # Tables

    def _table(self, tokens: Sequence[Token], index: int) -> int:
        names = []
        at = index + 1
        while tokens[at].type != "thead_close":
            if tokens[at].type == "inline":
                line = tokens[at].map
                names.append(" ".join(self.plain(tokens[at].children or ()).split()))
                self.line = line[0] if line else self.line
            at += 1
        name = claim(", ".join(name for name in names if name)[:200] or UNLABELLED_TABLE, self.table_names)
        self._break(tokens, index)
        self.html.append(
            f'<div class="table-scroll" tabindex="0" role="region" aria-label="{escape_attribute(name)}">\n'
            f"<table{self.attributes(tokens[index])}>\n"
        )
        return index + 1

    def _table_end(self, tokens: Sequence[Token], index: int) -> int:
        self.html.append("</table>\n</div>\n")
        return index + 1

    def _head_cell(self, tokens: Sequence[Token], index: int) -> int:
        """A header cell; an empty one is a plain cell, since a header without a name heads nothing."""
        if not tokens[index + 1].content:
            tokens[index].tag = tokens[index + 2].tag = "td"
        return self._tag(tokens, index)

    # Footnotes

    def _notes(self, tokens: Sequence[Token], index: int) -> int:
        self.in_notes = True
        self.html.append('<div class="footnotes">\n<ol>\n')
        return index + 1

    def _notes_end(self, tokens: Sequence[Token], index: int) -> int:
        self.html.append("</ol>\n</div>\n")
        return index + 1

    def _note(self, tokens: Sequence[Token], index: int) -> int:
        self.html.append(f'<li id="fn-{tokens[index].meta["id"] + 1}">')
        if tokens[index + 1].type != "inline":
            self.html.append("\n")
        return index + 1

    def _note_end(self, tokens: Sequence[Token], index: int) -> int:
        self.html.append("</li>\n")
        return index + 1

    def _back(self, tokens: Sequence[Token], index: int) -> int:
        """The arrow back: its name is the note's number, its role says the rest in the reader's own language."""
        number, again = tokens[index].meta["id"] + 1, tokens[index].meta["subId"]
        suffix = f"-{again + 1}" if again > 0 else ""
        self.html.append(
            f' <a href="#fnref-{number}{suffix}" class="footnote-backref" role="doc-backlink"'
            f' aria-label="{number}{suffix}">↩\ufe0e</a>'
        )
        return index + 1

    # Formulas and contents

    def _formula(self, tokens: Sequence[Token], index: int) -> int:
        token = tokens[index]
        self._break(tokens, index)
        self.html.append(f'<div class="math">{self.formula(token.content, token.map, display=True)}</div>\n')
        return index + 1

    def _contents(self) -> str:
        """The headings as nested lists of links."""
        if not self.headings:
            return ""
        out = ['<div class="toc">\n']
        levels: list[int] = []
        for heading in self.headings:
            if levels and heading.level <= levels[-1]:
                while len(levels) > 1 and heading.level <= levels[-2]:
                    out.append("</li>\n</ul>\n")
                    levels.pop()
                levels[-1] = min(levels[-1], heading.level) if len(levels) == 1 else levels[-1]
                out.append("</li>\n")
            else:
                out.append("\n<ul>\n" if levels else "<ul>\n")
                levels.append(heading.level)
            out.append(f'<li><a href="#{escape_attribute(heading.id)}">{escape_text(heading.text)}</a>')
        out.append("</li>\n</ul>\n" * len(levels) + "</div>\n")
        return "".join(out)


def _is_lone_image(children: Sequence[Token]) -> bool:
    if len(children) == 1:
        return children[0].type == "image"
    return len(children) == 3 and [child.type for child in children] == ["link_open", "image", "link_close"]


def _language(info: str) -> str:
    """Name of a code block's language from what stands after its fence: `python`, `{.python}`, `python title="x"`."""
    words = info.replace("{", " ").replace("}", " ").split(maxsplit=1)
    return words[0].lstrip(".") if words else ""


_RULES: dict[str, Any] = {
    "paragraph_open": Writer._paragraph,
    "inline": Writer._inline,
    "heading_open": Writer._heading,
    "list_item_open": Writer._item,
    "fence": Writer._code,
    "code_block": Writer._code,
    "html_block": Writer._html,
    "hr": Writer._rule,
    "alert_open": Writer._alert,
    "table_open": Writer._table,
    "table_close": Writer._table_end,
    "th_open": Writer._head_cell,
    "footnote_block_open": Writer._notes,
    "footnote_block_close": Writer._notes_end,
    "footnote_open": Writer._note,
    "footnote_close": Writer._note_end,
    "footnote_anchor": Writer._back,
    "math_block": Writer._formula,
}
