"""What else comes out of a text: plain text, words, summary, refs with their lines, problems with their places."""

import threading

import pytest

from sitegen.content.markdown import MarkdownSettings, Rendered, render_markdown
from sitegen.content.markdown_rules.summaries import LONGEST, count_words, cut
from sitegen.model import Ref


def render(source: str, folder: str = "2024", **options: bool) -> Rendered:
    return render_markdown(source, MarkdownSettings(**options), folder=folder, path="content/2024/a.md", first_line=5)


def test_plain_text_holds_words_and_no_markup() -> None:
    source = "# A *title*\n\nText with `code` & <kbd>keys</kbd>,\n[a link](x.md).\n\n"
    source += '```py\ncode()\n```\n\n![alt](p.png "Caption")\n'

    assert render(source).text == "A title\nText with code & keys, a link.\nCaption"


def test_scripts_styles_and_comments_are_not_text() -> None:
    assert render("<script>x()</script>\n\n<style>a{}</style>\n\n<p>seen</p>\n\n<!-- not -->\n").text == "seen"


@pytest.mark.parametrize(
    ("text", "words"), [("one two  three", 3), ("Größe ist da", 3), ("潮が引いた", 5), ("潮 tide", 2), ("", 0)]
)
def test_words_are_counted_and_characters_where_a_script_has_no_spaces(text: str, words: int) -> None:
    assert count_words(text) == words


def test_a_summary_is_the_first_paragraphs_up_to_a_length() -> None:
    short, long = "A short opening.", "word " * 100

    assert render(f"## Heading\n\n{short}\n\n- item\n\n{long}").summary.startswith("A short opening. word word")
    assert len(render(f"{short}\n\n{long}").summary) <= LONGEST
    assert render(f"{short}\n\n{long}").summary.endswith("word…")


def test_a_summary_ends_where_the_author_says() -> None:
    rendered = render("First *one*.\n\n- item\n\n<!-- more -->\n\nSecond.")

    assert (rendered.summary, rendered.has_more) == ("First one. item", True)
    assert "more" not in rendered.html


def test_a_summary_can_end_within_a_paragraph() -> None:
    rendered = render("First. <!--more--> Second.")

    assert (rendered.summary, rendered.has_more, rendered.html) == ("First.", True, "<p>First.  Second.</p>\n")


def test_a_text_without_spaces_is_cut_too() -> None:
    assert cut("潮" * 400, 280) == "潮" * 279 + "…"


def test_refs_name_their_line() -> None:
    rendered = render("[a](/x)\n\nline\nline [b](y.md)\n\n> [[W]]\n\n1 < 2\n\n- c\n- [d](f.pdf)\n")

    assert [(ref.kind, ref.target, ref.line) for ref in rendered.refs] == [
        ("site", "/x", 5),
        ("source", "2024/y.md", 8),
        ("wiki", "W", 10),
        ("file", "f.pdf", 15),
    ]


def test_each_ref_has_one_slot_in_order() -> None:
    rendered = render("[a](/x) and ![b](c.png) and [[d]] <img src='/e.png' alt=''>")

    assert [rendered.html.count(f"\0{number}\0") for number in range(4)] == [1, 1, 1, 1]
    assert rendered.html.count("\0") == 8


@pytest.mark.parametrize(
    ("folder", "written", "target"),
    [
        ("", "a.md", "a.md"),
        ("", "./b/../a.md", "a.md"),
        ("2024/05", "../x.md", "2024/x.md"),
        ("a b", "c%20d.md", "a b/c d.md"),
    ],
)
def test_a_path_to_an_article_is_normal_and_starts_at_the_content_folder(
    folder: str, written: str, target: str
) -> None:
    assert render(f"[x]({written})", folder).refs == (Ref(kind="source", target=target, line=5),)


def test_an_article_cannot_hold_a_slot_of_its_own() -> None:
    assert "\0" not in render("a \0001\0 b").html


@pytest.mark.parametrize(
    "address", ["javascript:x", "JavaScript:x", "vbscript:x", "file:///etc/passwd", "data:text/html,x", "blob:x"]
)
def test_an_address_that_runs_code_is_no_link_and_is_reported_with_its_place(address: str) -> None:
    rendered = render(f"First.\n\nHere\n[x]({address})\n")

    assert "<a" not in rendered.html
    (problem,) = rendered.problems
    assert (problem.code, str(problem.where), problem.is_error) == ("markdown.address", "content/2024/a.md:8:5", False)


def test_a_formula_that_cannot_be_read_is_shown_as_written_and_reported() -> None:
    rendered = render("A $\\left( x$ here.", math=True)

    assert "<code" in rendered.html
    assert [problem.code for problem in rendered.problems] == ["markdown.math"]


def test_threads_do_not_disturb_each_other() -> None:
    sources = [f"[a{number}](javascript:{number}) [b](/x{number})\n" for number in range(40)]
    alone = [render(source) for source in sources]
    found: list[list[Rendered]] = [[] for _ in range(4)]
    threads = [threading.Thread(target=lambda into=into: into.extend(map(render, sources * 5))) for into in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(into == alone * 5 for into in found)


@pytest.mark.parametrize(
    "formula",
    [r"\text{<script>alert(1)</script>}", r"\href{javascript:alert(1)}{x}", r'\style{x:y" onload="z}{a}', "a<b"],
)
def test_a_formula_cannot_bring_a_script(formula: str) -> None:
    html = render(f"${formula}$", math=True).html

    assert html.startswith("<p><math ")
    assert not any(sign in html for sign in ("<script", "href", "style", "onload", "<b"))


@pytest.mark.parametrize("formula", ["{" * 2_000, "x^{" * 70 + "}" * 70, "a" * 6_000])
def test_a_formula_without_measure_is_shown_as_written(formula: str) -> None:
    assert [problem.code for problem in render(f"${formula}$", math=True).problems] == ["markdown.math"]
