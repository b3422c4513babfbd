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


@pytest.fixture
def settled(site: Path) -> Path:
    """A site that was built, whose files are old enough to be known by their times alone."""
    time.sleep(2.1)
    assert not build(site).failed
    time.sleep(0.1)
    assert build(site).report.rendered == ()
    return site


def test_a_link_that_leads_outside_is_an_error_also_when_nothing_else_changed(settled):
    (settled / "content/x.md").symlink_to("/etc/hostname")

    outcome = build(settled)

    assert outcome.failed
    assert outcome.codes == ("file.outside",)


def test_strict_counts_the_warnings_of_a_site_that_stands_built(site):
    write(site, {"content/undated.md": b"---\ntitle: Undated\n---\nx\n"})
    assert not build(site).failed
    time.sleep(2.1)
    build(site)
    time.sleep(0.1)

    assert not build(site).failed
    assert build(site, strict=True).failed
