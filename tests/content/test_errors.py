"""Every fault of an article as it is printed: fixtures of a title, an input and what is said, in markdown-it's form.

`SITEGEN_RECORD=1` writes what is said now into the fixtures.
"""

import os
from pathlib import Path

import pytest
from markdown_it.utils import read_fixture_file

from sitegen.content.article import parse_article
from sitegen.content.parsing import ParseSettings
from sitegen.errors import format_problem
from sitegen.model import Broken

FOLDER = Path(__file__).parent / "errors"
FIXTURES = sorted(FOLDER.glob("*.txt"))
CASES = [(path, *case) for path in FIXTURES for case in read_fixture_file(path)]


def said_of(text: str) -> str:
    article = parse_article("2024/water.md", text.encode(), ParseSettings())
    problems = article.problems if isinstance(article, Broken) else article.warnings
    return "".join(format_problem(problem) + "\n" for problem in problems)


@pytest.mark.parametrize(("path", "line", "title", "text", "said"), CASES, ids=[f"{c[0].stem}: {c[2]}" for c in CASES])
def test_a_fault_is_said_as_the_fixture_says(path, line, title, text, said):
    assert said_of(text) == said


def test_there_are_enough_examples():
    assert len(CASES) >= 60


if os.environ.get("SITEGEN_RECORD"):
    for fixture in FIXTURES:
        fixture.write_text(
            "\n".join(f"{title}\n.\n{text}.\n{said_of(text)}.\n" for _, title, text, _ in read_fixture_file(fixture)),
            encoding="utf-8",
        )
