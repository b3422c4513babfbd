"""Bytes: what is taken for text, and where the first wrong one stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.content.article import parse_article
from sitegen.content.decode import decode_source, split_source
from sitegen.content.parsing import ParseSettings
from sitegen.errors import Problem, format_problem
from sitegen.model import Article, Broken

ARTICLE = "---\ntitle: Wässer\ndate: 2024-03-17\n---\n\nEs regnete — lange.\n"


def parsed(content: bytes) -> Article | Broken:
    return parse_article("2024/water.md", content, ParseSettings())


@pytest.mark.parametrize(
    "content",
    [
        ARTICLE.encode(),
        ARTICLE.encode("utf-8-sig"),
        ARTICLE.replace("\n", "\r\n").encode(),
        ARTICLE.replace("\n", "\r").encode(),
        ("\n \n" + ARTICLE).encode(),
        ARTICLE.replace("---\n", "---  \n").encode(),
        ARTICLE.replace("17\n---\n", "17\n...\n").encode(),
    ],
    ids=["plain", "byte order mark", "CRLF", "CR", "blank lines above", "blanks after fences", "closed by points"],
)
def test_the_same_text_gives_the_same_article(content):
    assert parsed(content) == parsed(ARTICLE.encode())


def test_the_first_byte_that_is_not_utf_8_is_shown_in_its_line():
    problems = parsed(ARTICLE.encode("latin-1", "replace")).problems

    assert "\n".join(format_problem(problem) for problem in problems) == (
        'content/2024/water.md:2:9: the byte 0xE4 is not UTF-8 (in Windows-1252 it would be "ä")\n'
        "    2 | title: W\ufffdsser\n"
        "      |         ^\n"
        "  help: save the file as UTF-8"
    )


def test_a_wrong_byte_after_wide_letters_is_counted_in_letters():
    (problem,) = parsed("---\r\ntitle: 水の".encode() + b"\xff\r\n---\r\n").problems

    assert (problem.where.line, problem.where.column) == (2, 10)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_recognised_and_said(encoding):
    (problem,) = parsed(ARTICLE.encode(encoding)).problems

    assert "UTF-16" in problem.message
    assert problem.help == "save the file as UTF-8"


@given(st.binary(max_size=300))
def test_no_bytes_raise(content):
    article = parsed(content)

    assert isinstance(article, Article) or article.problems


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_front_matter_raises_and_every_fault_stands_in_the_file(block, body):
    content = f"---\n{block}\n---\n{body}\n".encode("utf-8", "replace")
    article = parsed(content)
    problems = article.problems if isinstance(article, Broken) else article.warnings
    for problem in problems:
        assert problem.help
        assert problem.where.path == "content/2024/water.md"
        assert 0 <= problem.where.line <= content.count(b"\n") + content.count(b"\r") + 2


@given(st.text(max_size=100))
def test_front_matter_and_body_are_the_whole_text(text):
    decoded = decode_source(text.encode("utf-8", "replace"), "x.md")
    parts = split_source(decoded, "x.md") if isinstance(decoded, str) else decoded
    if not isinstance(parts, Problem):
        assert decoded.split("\n")[parts.body_line - 1 :] == parts.body.split("\n") or parts.body == ""
