"""What the scan must notice: names, links, and files that change while they are read."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.build.session import BuildOptions, Session
from tests.laws.sites import CONFIG, LATER, OUTPUT, build, clean_tree, difference, sources, tree, write


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write(tmp_path / "site", sources())


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes only on POSIX")
@pytest.mark.parametrize("folder", ["content", "static", "data", "templates", "themes/plain/templates"])
def test_a_name_that_is_not_utf8_is_an_error_that_names_it(site, folder):
    write(site, {f"{folder}/x.txt": b"x"})
    (site / folder / "x.txt").rename(os.fsdecode(os.fsencode(site / folder) + b"/\xff.md"))

    outcome = build(site)

    assert outcome.failed
    assert f"{folder}/�.md: the name is not UTF-8" in outcome.problems[0]
