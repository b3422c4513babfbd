"""What the guide tells people to type does what the guide says."""

import os

import pytest

from tests.documentation.examples import agree, run_page
from tests.documentation.guide import PAGES, blocks

RUNNING = [page for page in PAGES if any(block.runs for block in blocks(page))]


@pytest.mark.skipif(os.name == "nt", reason="the guide's examples are for a POSIX shell")
@pytest.mark.parametrize("page", RUNNING)
def test_every_command_of_the_guide_prints_what_the_guide_shows(page, tmp_path, monkeypatch):
    for name in ("NO_COLOR", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path.resolve() / "you"
    folder.mkdir()
    (folder / "sitegen.yaml").touch()  # pages that explain one thing begin inside a site

    for ran in run_page(page, folder):
        assert (ran.code != 0) == ran.fails, f"$ {ran.command}\nexit code {ran.code}\n{ran.printed}"
        assert agree(ran.shown, ran.printed), f"$ {ran.command}\n{ran.printed}"


def test_the_guide_has_examples_that_run():
    assert {"tutorial", "importing", "building", "errors"} <= set(RUNNING)


def test_an_ellipsis_stands_for_lines_or_for_a_part_of_one():
    assert agree("one\n…\nfour\n", "one\ntwo\nthree\nfour\n")
    assert agree("1 … written\n…\n", "1 page written\n")
    assert not agree("one\n…\n", "two\none\n")
    assert not agree("", "something\n")


def test_seconds_and_todays_date_do_not_matter():
    assert agree("0.41 s (scan 0.16)\n", "1.02 s (order 0.02, render 0.22)\n")
    assert not agree("2 articles\n", "3 articles\n")
