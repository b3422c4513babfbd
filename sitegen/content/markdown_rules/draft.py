r"""One article's body in the making: what its blocks and inlines share.

Invariant: text is escaped as text (quotes stay), attribute values as attributes, each exactly once; ids are unique
within the article; every local address is a slot (`\0N\0`) with a ref.
"""

from typing import TYPE_CHECKING, Any

from sitegen.content.markdown_rules.addresses import ref_of
from sitegen.content.markdown_rules.budgets import Found
from sitegen.content.markdown_rules.ids import claim
from sitegen.content.markdown_rules.plain_inlines import PlainInline
from sitegen.model import Heading, Ref

if TYPE_CHECKING:  # an article that is read at sight needs no parser
    from markdown_it.token import Token

    from sitegen.content.markdown_rules.parser import Parser


def escape_text(text: str) -> str:
    """Text as HTML text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_attribute(text: str) -> str:
    """Text as the inside of a double-quoted attribute."""
    return escape_text(text).replace('"', "&quot;")


def attributes_html(attributes: dict[str, Any]) -> str:
    """Attributes with a space before each."""
    return "".join(f' {name}="{escape_attribute(str(value))}"' for name, value in attributes.items())


class Draft:
    """What is known of a body while it is written; made for one article and thrown away.

    html        pieces, in order             texts       plain text, a block each
    headings    in order                     prose       the same without headings
    refs        by slot                      paragraphs  those of paragraphs at the top level
    more        `prose` as it stood at `<!--more-->`
    line        where inlines are read, from 0
    """

    def __init__(
        self, parser: "Parser | None", *, folder: str, first_line: int, language: str, highlight: bool
    ) -> None:
        """`parser` is None for an article that is read at sight."""
        self._parser = parser
        self.folder = folder
        self.first_line = first_line
        self.language = language
        self.highlight = highlight
        self.line = 0
        self.html: list[str] = []
        self.texts: list[str] = []
        self.prose: list[str] = []
        self.paragraphs: list[str] = []
        self.headings: list[Heading] = []
        self.refs: list[Ref] = []
        self.more: list[str] | None = None
        self.ids: dict[str, int] = {}
        self.table_names: dict[str, int] = {}
        self.contents_at = -1  # place in `html` where the table of contents goes
        self.checkbox = ""  # of a task whose text comes next

    @property
    def parser(self) -> "Parser":
        """What reads it. Raises: ValueError for what is read at sight, in which no rule asks for it."""
        if self._parser is None:
            raise ValueError("an article that is read at sight has no parser")
        return self._parser

    @property
    def found(self) -> list[Found]:
        """What was wrong; at sight nothing is."""
        return self._parser.found if self._parser is not None else []

    def address(self, url: str) -> str:
        """Attribute text for a normalised address: a slot for a local one."""
        ref = ref_of(url, self.folder, self.first_line + self.line)
        return escape_attribute(url) if ref is None else self.slot(ref)

    def addressed(self, plain: PlainInline, line: int) -> str:
        """HTML of a text that was read at sight and starts on a line (from 0), with its addresses settled."""
        self.line = line
        parts = plain.html.split("\0")
        out = [parts[0]]
        for address, part in zip(plain.addresses, parts[1:], strict=True):
            self.line += out[-1].count("\n")
            out += (self.address(address), part)
        return "".join(out)

    def slot(self, ref: Ref) -> str:
        """A slot for a ref, which is kept."""
        self.refs.append(ref)
        return f"\0{len(self.refs) - 1}\0"

    def attributes(self, token: "Token") -> str:
        """A token's attributes as HTML; an id that is taken is made unique."""
        if not token.attrs:
            return ""
        if "id" in token.attrs:
            token.attrs["id"] = claim(str(token.attrs["id"]), self.ids)
        return attributes_html(token.attrs)

    def raw(self, html: str, line: int) -> str:
        """Raw HTML with its addresses settled."""
        from sitegen.content.markdown_rules.raw_html import settle_addresses  # noqa: PLC0415 -- most articles hold none

        self.line = self.parser.line = line
        return settle_addresses(html, self._raw_slot, self.parser.refuse)

    def _raw_slot(self, url: str) -> str:
        ref = ref_of(url, self.folder, self.first_line + self.line)
        return "" if ref is None else self.slot(ref)

    def formula(self, source: str, line: int, *, display: bool) -> str:
        """A formula as MathML; what cannot be read is shown as it was written, and reported."""
        from sitegen.content.markdown_rules.maths import FormulaError, formula_source, mathml  # noqa: PLC0415

        try:
            return mathml(source.strip(), display=display)
        except FormulaError as error:
            self.parser.report(
                Found(
                    code="markdown.math",
                    line=line,
                    message=f"cannot show this formula: {error}",
                    help="write it as LaTeX; a dollar sign that means money is written \\$",
                    excerpt=source.strip().split("\n", 1)[0],
                )
            )
            return formula_source(source.strip())
