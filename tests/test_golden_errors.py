"""Errors as people meet them: the recorded ones of all rooms, each with a place and a way to mend it."""

import re
from pathlib import Path

from markdown_it.utils import read_fixture_file

FIXTURES = sorted(Path(__file__).parent.glob("*/errors/*.txt"))
SAID = [case[-1] for path in FIXTURES for case in read_fixture_file(path)]
HEAD = re.compile(r"^(?P<path>[^\s:]+)(?P<place>(?::\d+)*): (?P<message>\S.*)$")


def told() -> list[list[str]]:
    """Each problem as its lines."""
    problems: list[list[str]] = []
    for text in SAID:
        for line in text.splitlines():
            if HEAD.match(line):
                problems.append([line])
            elif problems:
                problems[-1].append(line)
    return problems


def test_there_are_a_hundred_errors_each_with_a_place_and_a_way_to_mend_it():
    distinct = {lines[0].partition(": ")[2]: lines for lines in told() if ": warning: " not in lines[0]}

    assert len(distinct) >= 100
    for lines in distinct.values():
        assert HEAD.match(lines[0])["place"], lines[0]
        assert any(line.startswith("  help: ") and len(line) > 12 for line in lines), lines[0]
