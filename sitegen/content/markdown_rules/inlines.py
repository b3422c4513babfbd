"""Inline tokens as HTML and as plain text, in one walk.

Invariant: text is escaped as text (quotes stay), attribute values as attributes, each exactly once.
"""

import re
from collections.abc import Sequence
from typing import Any

from markdown_it.token import Token

from sitegen.content.markdown_rules.addresses import ref_of
from sitegen.content.markdown_rules.maths import FormulaError, formula_source, mathml
from sitegen.content.markdown_rules.parser import Found, Parser
from sitegen.content.markdown_rules.raw_html import settle_addresses
from sitegen.content.markdown_rules.slugs import heading_slug
from sitegen.content.markdown_rules.summaries import MORE
from sitegen.model import Ref

_MISSING_NOTE = re.compile(r"\[\^[^\]\s]{1,60}\]")


def escape_text(text: str) -> str:
    """Text as HTML text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_attribute(text: str) -> str:
    """Text as the inside of a double-quoted attribute."""
    return escape_text(text).replace('"', "&quot;")


def attributes_html(attributes: dict[str, Any]) -> str:
    """Attributes with a space before each."""
    return "".join(f' {name}="{escape_attribute(str(value))}"' for name, value in attributes.items())


class InlineWriter:
    """What blocks and inlines share while one article is written."""

    def __init__(self, parser: Parser, *, folder: str, first_line: int) -> None:
        self.parser = parser
        self.folder = folder
        self.first_line = first_line
        self.line = 0
        self.html: list[str] = []
        self.texts: list[str] = []
        self.refs: list[Ref] = []
        self.ids: set[str] = set()
        self.more: list[str] | None = None
        self.prose: list[str] = []

    def attributes(self, token: Token) -> str:
        """A token's attributes as HTML; an id that is taken is made unique."""
        if not token.attrs:
            return ""
        if "id" in token.attrs:
            token.attrs["id"] = self.claim(str(token.attrs["id"]))
        return attributes_html(token.attrs)

    def claim(self, id: str) -> str:
        count, wanted = 1, id
        while id in self.ids:
            count += 1
            id = f"{wanted}-{count}"
        self.ids.add(id)
        return id

    def address(self, url: str) -> str:
        """Attribute text for an address: a slot for a local one."""
        ref = ref_of(url, self.folder, self.first_line + self.line)
        return escape_attribute(url) if ref is None else self.slot(ref)

    def slot(self, ref: Ref) -> str:
        """A slot for a ref, which is kept."""
        self.refs.append(ref)
        return f"\0{len(self.refs) - 1}\0"

    def raw(self, html: str, line: int) -> str:
        """Raw HTML with its addresses settled."""
        self.line = self.parser.line = line
        return settle_addresses(html, self._raw_slot, self.parser.refuse)

    def _raw_slot(self, url: str) -> str:
        ref = ref_of(url, self.folder, self.first_line + self.line)
        return "" if ref is None else self.slot(ref)

    def inline(self, tokens: Sequence[Token], line: int) -> tuple[str, str]:
        """HTML and plain text of inline tokens that start on a line (from 0)."""
        self.line = line
        html: list[str] = []
        text: list[str] = []
        for token in tokens:
            kind = token.type
            if kind == "text":
                content = token.content
                text.append(content)
                html.append(escape_text(content))
            elif kind == "softbreak":
                self.line += 1
                html.append("\n")
                text.append(" ")
            elif kind in _PLAIN_TAGS and not token.attrs:
                html.append(_PLAIN_TAGS[kind])
            else:
                rule = _RULES.get(kind)
                if rule is not None:
                    rule(self, token, html, text)
                else:
                    html.append(self._other(token))
        return "".join(html), "".join(text).strip()

    def plain(self, tokens: Sequence[Token]) -> str:
        """Text of inline tokens as an image's `alt` or a table's name shows it."""
        out: list[str] = []
        for token in tokens:
            if token.type in ("text", "text_special", "code_inline", "html_inline"):
                out.append(token.content)
            elif token.type == "wiki":
                out.append(token.info)
            elif token.type == "image":
                out.append(self.plain(token.children or ()))
            elif token.type in ("softbreak", "hardbreak"):
                out.append("\n")
        return "".join(out)

    def _other(self, token: Token) -> str:
        rules = self.parser.renderer.rules  # type: ignore[attr-defined]
        if token.type in rules:
            return str(rules[token.type]([token], 0, self.parser.options, {}))
        if token.nesting < 0:
            return f"</{token.tag}>"
        return f"<{token.tag}{self.attributes(token)}>"

    def _hard_break(self, token: Token, html: list[str], text: list[str]) -> None:
        self.line += 1
        html.append("<br>\n")
        text.append(" ")

    def _code(self, token: Token, html: list[str], text: list[str]) -> None:
        html.append(f"<code{self.attributes(token)}>{escape_text(token.content)}</code>")
        text.append(token.content)

    def _link(self, token: Token, html: list[str], text: list[str]) -> None:
        href = self.address(str(token.attrs.pop("href", "")))
        html.append(f'<a href="{href}"{self.attributes(token)}>')

    def _image(self, token: Token, html: list[str], text: list[str]) -> None:
        src = self.address(str(token.attrs.pop("src", "")))
        token.attrs.pop("alt", None)
        alt = escape_attribute(self.plain(token.children or ()))
        html.append(f'<img src="{src}" alt="{alt}"{self.attributes(token)} loading="lazy" decoding="async">')

    def _wiki(self, token: Token, html: list[str], text: list[str]) -> None:
        target, mark, heading = token.content.partition("#")
        label = escape_text(token.info)
        text.append(token.info)
        line = self.first_line + self.line
        if not target.strip():
            html.append(f'<a href="#{escape_attribute(heading_slug(heading))}">{label}</a>')
            return
        suffix = "#" + heading_slug(heading) if mark and heading.strip() else ""
        html.append(self.slot(Ref(kind="wiki", target=target.strip(), suffix=suffix, label=label, line=line)))

    def _note(self, token: Token, html: list[str], text: list[str]) -> None:
        number, again = token.meta["id"] + 1, token.meta.get("subId", 0)
        id = f"fnref-{number}-{again + 1}" if again else f"fnref-{number}"
        html.append(
            f'<sup class="footnote-ref"><a href="#fn-{number}" id="{id}" role="doc-noteref">{number}</a></sup>'
        )

    def _html(self, token: Token, html: list[str], text: list[str]) -> None:
        if MORE.fullmatch(token.content):
            if self.more is None:
                self.more = [*self.prose, "".join(text)]
            return
        html.append(self.raw(token.content, self.line))
        self.line += token.content.count("\n")

    def _formula(self, token: Token, html: list[str], text: list[str]) -> None:
        html.append(self.formula(token.content, [self.line], display=token.type == "math_inline_double"))

    def formula(self, source: str, lines: list[int] | None, *, display: bool) -> str:
        """A formula as MathML; what cannot be read is shown as it was written, and reported."""
        try:
            return mathml(source.strip(), display=display)
        except FormulaError as error:
            self.parser.found.append(
                Found(
                    code="markdown.math",
                    line=lines[0] if lines else -1,
                    message=f"cannot show this formula: {error}",
                    help="write it as LaTeX; a dollar sign that means money is written \\$",
                    excerpt=source.strip().split("\n", 1)[0],
                )
            )
            return formula_source(source.strip())


_PLAIN_TAGS = {
    "em_open": "<em>",
    "em_close": "</em>",
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "s_open": "<del>",
    "s_close": "</del>",
    "link_close": "</a>",
    "span_close": "</span>",
}
_RULES: dict[str, Any] = {
    "hardbreak": InlineWriter._hard_break,
    "code_inline": InlineWriter._code,
    "link_open": InlineWriter._link,
    "image": InlineWriter._image,
    "wiki": InlineWriter._wiki,
    "footnote_ref": InlineWriter._note,
    "html_inline": InlineWriter._html,
    "math_inline": InlineWriter._formula,
    "math_inline_double": InlineWriter._formula,
}
