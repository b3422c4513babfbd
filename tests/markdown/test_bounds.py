"""No text is too hard: each of these took seconds or lost text, until a count bounded it.

The counts are what is tested; that they keep the time short is measured, not asserted.
"""

import pytest

from sitegen.content.markdown import MarkdownSettings, Rendered, render_markdown
from sitegen.content.markdown_rules.budgets import MAX_CELLS, MAX_CHARACTERS, MAX_NOTES


def render(source: str) -> Rendered:
    return render_markdown(source, MarkdownSettings(math=False), folder="", path="a.md", first_line=3)


def row(cells: int, text: str = "a") -> str:
    return f"|{f'{text}|' * cells}\n"


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("text\n\n" + row(250) + row(250, "-") + "a\n" * 2000, "markdown.table", 5),
        ((row(20) + row(20, "-") + row(20) * 300 + "\n") * 4, "markdown.table", 3 + 3 * 303),
        ("x\n" + "[" * 60_000, "markdown.brackets", 4),
        ("![" * 30_000, "markdown.brackets", 3),
        ("^[" * 1_000 + "]" * 1_000, "markdown.brackets", 3),
        ("[[a|" * 20_000, "markdown.brackets", 3),
        ("".join("  " * depth + "- a\n" for depth in range(120)), "markdown.nesting", 102),
        ("> " * 300 + "a\n", "markdown.nesting", 3),
        ("> " * 150 + "a\n" * 5_000, "markdown.quotes", 3),
        ("^[a]" * (MAX_NOTES + 1), "markdown.notes", 3),
        ("a" * (MAX_CHARACTERS + 1), "markdown.size", 3),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("markdown.") else "",
)
def test_what_breaks_a_bound_is_an_error_that_names_its_line(source: str, code: str, line: int) -> None:
    problems = render(source).problems

    assert [(problem.code, problem.where.line, problem.is_error) for problem in problems] == [(code, line, True)]


def test_a_list_fifty_deep_keeps_its_text() -> None:
    rendered = render("".join("  " * depth + f"- level {depth}\n" for depth in range(50)))

    assert "level 49" in rendered.text
    assert rendered.problems == ()


def test_a_large_table_within_the_bound_is_whole() -> None:
    rows = MAX_CELLS // 10 - 1

    assert render(row(10) + row(10, "-") + row(10) * rows).html.count("<td>") == 10 * rows


def test_many_equal_headings_have_ids_of_their_own() -> None:
    ids = {heading.id for heading in render("# Same\n\n" * 3_000).headings}

    assert len(ids) == 3_000


@pytest.mark.parametrize(
    "source",
    ["*a **b " * 8_000, "a** b* " * 8_000, "`" * 50_000, "".join("e" + "`" * n for n in range(300)), "<a " * 20_000,
     "<!-- " * 10_000, "&amp" * 15_000, "\\" * 60_000, "[a](" * 15_000, "[a](<b" * 10_000, "{#a .b " * 9_000,
     "![](a){% " * 6_000, '![](a){a="' * 6_000, ": " * 30_000, "a\n=\n" * 8_000, "~~a" * 20_000, "://" * 20_000,
     "> " * 150 + "a\n" * 5_000, "\t" * 60_000, "- " * 190, "[^a" * 1_000, "<script>" * 7_000, "|-\n" * 3_000],
    ids=lambda source: repr(source[:12]),
)  # fmt: skip
def test_a_hostile_text_is_read_to_its_end(source: str) -> None:
    rendered = render_markdown(source, MarkdownSettings(math=True, linkify=True), folder="", path="a.md")

    assert len(rendered.html) < 40 * len(source) + 1_000
