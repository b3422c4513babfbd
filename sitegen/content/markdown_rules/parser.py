"""markdown-it-py as sitegen sets it up: CommonMark, GFM and the rules of this folder.

Invariant: a parser keeps nothing of one article for the next but what `begin` clears. Parsers are kept a thread, so
two threads never share one.
"""

import threading
from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from sitegen.content.markdown_rules import alerts, attributes, wiki
from sitegen.content.markdown_rules.addresses import is_allowed, normal_address
from sitegen.content.markdown_rules.autolinks import link_bare_addresses
from sitegen.content.markdown_rules.budgets import (
    MAX_FOUND,
    MAX_NESTING,
    Found,
    bounded_quote,
    bounded_table,
    too_deep,
    too_many_brackets,
)
from sitegen.content.markdown_rules.loose_notes import report_missing, report_unused
from sitegen.content.markdown_rules.plain_inlines import read_plain_inline
from sitegen.plugins import Extensions
from sitegen.regex import regex


class Parser(MarkdownIt):
    """A configured parser. `refused` and `found` hold what was met since `begin`; `line` is where inlines are read."""

    def __init__(self, *, math: bool, linkify: bool) -> None:
        super().__init__("commonmark", {"maxNesting": MAX_NESTING, "xhtmlOut": False})
        self.line = 0
        self.found: list[Found] = []
        self.at_sight = False
        self.options["tasklists"] = True
        self.options["strikethrough_single_tilde"] = True
        self.bare_addresses = linkify
        self.enable(["table", "strikethrough"])
        self.block.ruler.at("table", bounded_table(self.report), {"alt": ["paragraph", "reference"]})
        self.block.ruler.at(
            "blockquote", bounded_quote(self.report), {"alt": ["paragraph", "reference", "blockquote", "list"]}
        )
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
        self.report(
            Found(
                code="markdown.address",
                line=self.line,
                message=f'the address "{shown}" is not allowed, so there is no link here',
                help="link to a page or a file; addresses that run code or read local files are never published",
                excerpt=shown,
            )
        )

    def report(self, found: Found) -> None:
        """Keeps a problem, once, unless there are very many."""
        if len(self.found) < MAX_FOUND and found not in self.found:
            self.found.append(found)


def _inline(state: StateCore) -> None:
    """Core rule: reads the inlines of each block, having taken the attributes off the ends of headings."""
    parser = state.md
    assert isinstance(parser, Parser)  # only `Parser` installs this rule
    references = bool(state.env.get("references"))
    last: Token | None = None
    for token in state.tokens:
        if token.level >= MAX_NESTING - 1 and (found_deep := too_deep(token)):
            parser.report(found_deep)
        if token.type == "inline":
            if last is not None and last.type == "heading_open" and token.content.endswith("}"):
                token.content, found = attributes.split_trailing(token.content)
                last.attrs.update(found)
            _read(parser, token, state.env, references=references)
            image = lone_image(token.children or ())
            if image is not None and image.attrs.get("title") and last is not None and last.type == "paragraph_open":
                image.meta["caption"] = _caption(parser, token, str(image.attrs["title"]), state.env)
        last = token
    if "footnotes" in state.env:
        report_unused(state.src, state.env, parser.report)


_REFERENCE = regex(r"&[#a-zA-Z0-9]+;")


def _read(parser: Parser, token: Token, env: EnvType, *, references: bool) -> None:
    """Reads the inlines of an `inline` token: at sight where that can be, else by the rules."""
    if parser.at_sight and (plain := read_plain_inline(token.content, references=references)) is not None:
        token.meta = {"plain": plain}
        token.children = []
    else:
        parser.line = token.map[0] if token.map else parser.line
        token.children = _children(parser, token.content, env)


def _caption(parser: Parser, shown: Token, text: str, env: EnvType) -> Token:
    """The title of a picture that stands alone, read as a text of its own. A tag in it is text, and so is all of a
    title with character references: what they stand for was not meant as a mark.
    """
    caption = Token("inline", "", 0, content=text, map=shown.map)
    if _REFERENCE.search(shown.content):
        caption.children = [Token("text", "", 0, content=text)]
        return caption
    _read(parser, caption, env, references=bool(env.get("references")))
    for each in caption.children or ():
        if each.type in ("html_inline", "text_special"):  # a tag, and what was escaped
            each.type = "text"
    return caption


def lone_image(children: Sequence[Token]) -> Token | None:
    """The picture that is all there is in a text, with or without a link round it."""
    if len(children) == 3 and [child.type for child in children] == ["link_open", "image", "link_close"]:
        return children[1]
    return children[0] if len(children) == 1 and children[0].type == "image" else None


def _children(parser: Parser, content: str, env: EnvType) -> list[Token]:
    found = too_many_brackets(content, parser.line)
    if found is not None:
        parser.report(found)
        return [Token("text", "", 0, content=content)]
    children: list[Token] = []
    parser.inline.parse(content, parser, env, children)
    if "[^" in content:
        report_missing(children, parser.line, parser.report)
    return link_bare_addresses(children) if parser.bare_addresses else children


# Rules that cannot apply to a text, with the sign that they need somewhere in it.
_UNDERLINE_ENDS = ("=", "-", " ", "\t")
_UNDERLINES = ("=\n", "-\n", " \n", "\t\n")  # how the line under a heading may end
_DEFINITION = regex(r"\n[^a-zA-Z\n]*[:~][ \t]")  # the line end first, which a search finds at once
_SIGNS: tuple[tuple[Callable[[str], object], tuple[str, ...]], ...] = (
    (lambda text: "|" in text, ("table",)),
    (lambda text: "<" in text, ("html_block", "html_inline", "autolink")),
    (lambda text: "]:" in text or "^[" in text, ("reference", "footnote_def", "footnote_ref", "footnote_inline")),
    (lambda text: "{" in text, ("attributes", "span")),
    (lambda text: "~" in text or "`" in text, ("fence", "strikethrough", "backticks")),
    (lambda text: ">" in text, ("blockquote",)),
    (lambda text: text.endswith(_UNDERLINE_ENDS) or any(end in text for end in _UNDERLINES), ("lheading",)),
    (lambda text: _DEFINITION.search("\n" + text), ("deflist",)),
)
_MOST_PARSERS = 256  # every set of idle rules; about 10 kB each


def idle_rules(text: str) -> tuple[str, ...]:
    """Names of rules that cannot apply to a text, so that a parser without them gives the same tokens."""
    return tuple(name for has_sign, names in _SIGNS if not has_sign(text) for name in names)


_kept = threading.local()


def parser_for(
    *,
    math: bool,
    linkify: bool,
    without: tuple[str, ...] = (),
    at_sight: bool = True,
    extensions: Extensions | None = None,
) -> Parser:
    """The calling thread's parser for these settings, without some rules, made on first use (0.4 ms).

    `at_sight` lets it read inlines without rules where `plain_inlines` can; the result is the same.
    """
    key = (math, linkify, without, at_sight, extensions.key if extensions else b"")
    parsers: dict[object, Parser] | None = getattr(_kept, "parsers", None)
    if parsers is None:
        parsers = _kept.parsers = {}
    parser = parsers.get(key)
    if parser is None:
        if len(parsers) >= _MOST_PARSERS:
            parsers.clear()
        parser = Parser(math=math, linkify=linkify)
        if extensions is not None:
            extensions.install(parser)
        parsers[key] = parser
        parser.disable(without)
        parser.at_sight = at_sight and not math and not linkify
    return parser
