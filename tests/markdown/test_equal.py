"""The fast ways of reading Markdown give the bytes of the slow one, or they would not be allowed.

`render_by_the_book` tries every rule of markdown-it-py everywhere; `render_markdown` leaves out what cannot apply and
reads plain text at sight. The grammar below writes articles of the language that is read at sight, strays from it, and
breaks what it wrote. SITEGEN_FUZZ=200000 runs that many cases; CI runs fewer.
"""

import os

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from sitegen.content.markdown import MarkdownSettings, Rendered, render_by_the_book, render_markdown
from sitegen.content.markdown_rules.parser import idle_rules
from sitegen.content.markdown_rules.plain_inlines import read_plain_inline

CASES = int(os.environ.get("SITEGEN_FUZZ", "1500"))
SETTINGS = MarkdownSettings(highlight=False)

PLAIN = (
    "word", "two words", "*em*", "**strong**", "_em_", "__b__!", "`code`", "`a<b>&`", "[link](http://a.b/c)",
    "[l *e*](x.md#y)", "[a `c` b](/p/q?x=1&y=2)", "**[b](u)**", "*`c`*", "snake_case", '"q"', "AT&T", "a > b",
    "[sic]", "**Note:**", "(*x*)", "*a **b** c*", "**a _b_ c**", "é", "中文。", "“*q*”,", "*x*.", "!", "it's",
    "#tag", "1986", "- dash -", "(see [l](u))", "[*i*](u)", "“[q](u)”", "*[a](b) c*", "x^2", "50%", "a|b", "=",
    "+", "é_x_", '*"q"*',
)  # fmt: skip
STRAY = (
    "*", "**", "***x***", "_", "__", "`", "``", "[", "]", "(", ")", "](", "](u)", "![", "![i](a.png)", "!",
    "[x]", "[ ]", "[[W]]", "[[W|l]]", "^", "^[n](u)", "[^1]", "[^1]: n", "[r]: /u", "[r]", "&", "&amp;",
    "&#33;", "<", ">", "<b>", "<b", "<http://x.y>", "http://x.y", "<!--", "-->", "\\", "\\*", "{", "}", "{#i}",
    "{.c}", "~", "~~s~~", "$", "$$", "|", "|-|", ":", ": d", "-", "- [ ] t", "=", "===", "---", "#", "1.", "1)",
    "+", "\t", "    ", "  \n", "```", "~~~", "\xa0", "\u200b", "\u2028", "\x0b", "\x1c", "\x85", "\ufeff", "́",
    "😀", "[TOC]", "[!NOTE]", "javascript:x", "[j](javascript:x)", '[t](/u "t")', "2 * 3", "a*b", "*é", "_a_b_",
    "**a *b* c**", "*a **b* c**", "<!--more-->", "<div>", "</div>", "\r", "\x00",
)  # fmt: skip
GAPS = st.sampled_from((" ", " ", " ", " ", "", "\n", "  ", " \n"))


def texts(pieces: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.lists(st.tuples(st.sampled_from(pieces), GAPS), min_size=1, max_size=6).map(
        lambda parts: "".join(piece + gap for piece, gap in parts)[: -len(parts[-1][1]) or None]
    )


plain_text = texts(PLAIN)
stray_text = texts(PLAIN + STRAY * 2)
any_text = st.one_of(plain_text, plain_text, plain_text, stray_text)
one_line = any_text.map(lambda text: text.replace("\n", " "))


def items(mark: str) -> st.SearchStrategy[str]:
    return st.lists(one_line, min_size=1, max_size=3).map(lambda lines: "\n".join(mark + line for line in lines))


blocks = st.one_of(
    any_text,
    any_text,
    st.tuples(st.sampled_from(("# ", "## ", "### ", "#")), one_line).map("".join),
    st.sampled_from(("- ", "* ", "+ ", "1. ", "3. ", "1.  ", "-   ", "2) ")).flatmap(items),
    any_text.map(lambda text: "> " + text.replace("\n", "\n> ")),
    st.tuples(
        st.sampled_from(("", "py", "c++")), st.sampled_from(("x = 1", "a\n\n\nb", "<b>&\n    c", " ```", "- x", ""))
    ).map(lambda parts: f"```{parts[0]}\n{parts[1]}\n```"),
    st.sampled_from(("---", "***", "![alt](a/b.png)", '![a "q"](/i.png "Cap & it")', "<!--more-->", "|a|\n|-|\n|b|")),
    st.sampled_from(("*b*, **c d**.", "[e](f.md) `g`", "[h]", "&#96;i&#96;", "[[j]]", r"\\*k\\*", "a_b_c", "<l>")).map(
        lambda caption: f'![alt](a/b.png "A {caption}")'
    ),
    stray_text,
)
documents = st.lists(
    st.tuples(blocks, st.sampled_from(("\n\n", "\n\n", "\n\n", "\n\n", "\n", "\n\n\n", "\n\n ", ""))),
    min_size=1,
    max_size=4,
).map(lambda parts: "".join(block + gap for block, gap in parts))
edits = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from('*_`[]()!<>&\\ \n-#1.:|~{}^\t"a'), st.booleans()), max_size=2
)


def broken(document: str, changes: list[tuple[float, str, bool]]) -> str:
    for place, character, instead in changes:
        at = int(place * len(document))
        document = document[:at] + character + document[at + instead :]
    return document


def both(source: str, settings: MarkdownSettings = SETTINGS) -> tuple[Rendered, Rendered]:
    return (
        render_markdown(source, settings, folder="f", path="p", first_line=7),
        render_by_the_book(source, settings, folder="f", path="p", first_line=7),
    )


@settings(max_examples=CASES, suppress_health_check=[HealthCheck.too_slow])
@given(documents, edits)
def test_an_article_read_fast_has_the_bytes_of_one_read_by_the_book(document: str, changes: list) -> None:
    fast, slow = both(broken(document, changes))

    assert fast == slow


@settings(max_examples=CASES // 3)
@given(stray_text)
def test_a_text_read_at_sight_has_the_bytes_of_one_that_is_parsed(text: str) -> None:
    source = text.replace("\r", "").replace("\0", "").strip() or "x"
    event("at sight" if read_plain_inline(source) else "parsed")

    fast, slow = both(f"# {source.splitlines()[0]}\n\nAnd {source}")

    assert fast == slow


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("|a|\n|-|\n", "table"), ("a <b>\n", "html_inline"), ("[a]: b\n", "reference"), ("a ^[b]\n", "footnote_inline"),
        ("`a`{.b}\n", "attributes"), ("~~a~~\n", "strikethrough"), ("`a`\n", "backticks"), ("> a\n", "blockquote"),
        ("a\n---\n", "lheading"), ("a\n=", "lheading"), ("a\n-- \n", "lheading"), ("a\n: b\n", "deflist"),
        ("> a\n> ~ b\n", "deflist"), ("1. a\n   : b\n", "deflist"),
    ],
)  # fmt: skip
def test_a_rule_whose_sign_is_there_is_not_left_out(source: str, rule: str) -> None:
    assert rule not in idle_rules(source)


def test_what_people_write_most_is_read_at_sight() -> None:
    text = 'See [the *tide* table](/tides/), `code`, **bold:** and "quotes" (_all_ of them) -- AT&T, snake_case.'

    assert read_plain_inline(text) is not None
    assert read_plain_inline("an escape \\* is not") is None
