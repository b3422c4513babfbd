"""Every fault of sitegen.yaml as it is printed; fixtures as for articles, re-recorded with `SITEGEN_RECORD=1`."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from markdown_it.utils import read_fixture_file

from sitegen.config import load_config
from sitegen.errors import format_problem

FIXTURE = Path(__file__).parent / "errors" / "config.txt"
CASES = read_fixture_file(FIXTURE)


class TwoZones:
    """A time-zone database of two zones, the same on every machine."""

    def find(self, name):
        return ZoneInfo("UTC") if name in self.names() else None

    def names(self):
        return ("Europe/Berlin", "Asia/Tehran")


def said_of(text: str) -> str:
    _, problems = load_config(text, "sitegen.yaml", zones=TwoZones())
    return "".join(format_problem(problem) + "\n" for problem in problems)


@pytest.mark.parametrize(("line", "title", "text", "said"), CASES, ids=[case[1] for case in CASES])
def test_a_fault_is_said_as_the_fixture_says(line, title, text, said):
    assert said_of(text) == said


if os.environ.get("SITEGEN_RECORD"):
    FIXTURE.write_text(
        "\n".join(f"{title}\n.\n{text}.\n{said_of(text)}.\n" for _, title, text, _ in CASES), encoding="utf-8"
    )
