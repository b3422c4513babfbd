"""markdown-it-py as sitegen sets it up: CommonMark, GFM and the rules of this folder.

Invariant: a parser keeps nothing of one article for the next but what `begin` clears. Parsers are kept a thread, so
two threads never share one.
"""

import threading

import msgspec
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from sitegen.content.markdown_rules import alerts, attributes, wiki
from sitegen.content.markdown_rules.addresses import is_allowed, normal_address
from sitegen.content.markdown_rules.autolinks import link_bare_addresses

MAX_NESTING = 200  # levels; a list inside a list takes two. The library's presets cut text off at 20


class Found(msgspec.Struct):
    """Something wrong that a rule met: `line` counts from 0 within the body, -1 when unknown."""

    code: str
    line: int
    message: str
    help: str
    severity: str = "warning"
    excerpt: str = ""


class Parser(MarkdownIt):
    """A configured parser. `refused` and `found` hold what was met since `begin`; `line` is where inlines are read."""

    def __init__(self, *, math: bool, linkify: bool) -> None:
        super().__init__("commonmark", {"maxNesting": MAX_NESTING, "xhtmlOut": False})
        self.line = 0
        self.found: list[Found] = []
        self.options["tasklists"] = True
        self.options["strikethrough_single_tilde"] = True
        self.bare_addresses = linkify
        self.enable(["table", "strikethrough"])
        footnote_plugin(self)
        deflist_plugin(self)
        if math:
            dollarmath_plugin(self, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
        self.inline.ruler.before("link", "wiki", wiki.wiki)
        self.inline.ruler.after("link", "span", attributes.span)
        self.inline.ruler.push("attributes", attributes.after_inline)
        self.block.ruler.before("fence", "attributes", attributes.before_block)
        self.core.ruler.after("block", "attributes", attributes.settle_attributes)
        self.core.ruler.after("attributes", "alerts", alerts.alerts)
        self.core.ruler.at("inline", _inline)

    def begin(self) -> None:
        self.line = 0
        self.found = []

    def normalizeLink(self, url: str) -> str:  # noqa: N802  # the library's name
        return normal_address(url)

    def validateLink(self, url: str) -> bool:  # noqa: N802  # the library's name
        if is_allowed(url):
            return True
        self.refuse(url)
        return False

    def refuse(self, url: str) -> None:
        """Remembers an address that would run code or open a local file."""
        shown = url if len(url) <= 60 else url[:57] + "..."
        for each in self.found:
            if each.code == "markdown.address" and each.line == self.line and each.excerpt == shown:
                return
        self.found.append(
            Found(
                code="markdown.address",
                line=self.line,
                message=f'the address "{shown}" is not allowed in a link, so the link was left out',
                help="link to a page or a file; addresses that run code or read local files are never published",
                excerpt=shown,
            )
        )


def _inline(state: StateCore) -> None:
    """Core rule: reads the inlines of each block, having taken the attributes off the ends of headings."""
    parser = state.md
    last: Token | None = None
    for token in state.tokens:
        if token.type == "inline":
            if last is not None and last.type == "heading_open" and token.content.endswith("}"):
                token.content, found = attributes.split_trailing(token.content)
                last.attrs.update(found)
            parser.line = token.map[0] if token.map else parser.line  # type: ignore[attr-defined]
            children: list[Token] = []
            parser.inline.parse(token.content, parser, state.env, children)
            token.children = link_bare_addresses(children) if parser.bare_addresses else children  # type: ignore[attr-defined]
        last = token


_kept = threading.local()


def parser_for(*, math: bool, linkify: bool) -> Parser:
    """The calling thread's parser for these settings, made on first use (about 1 ms)."""
    parsers: dict[tuple[bool, bool], Parser] | None = getattr(_kept, "parsers", None)
    if parsers is None:
        parsers = _kept.parsers = {}
    parser = parsers.get((math, linkify))
    if parser is None:
        parser = parsers[math, linkify] = Parser(math=math, linkify=linkify)
    return parser
