"""What the scan must notice: names, links, and files that change while they are read."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.build.options import BuildOptions
from sitegen.build.session import Session
from sitegen.errors import BuildError
from tests.laws.sites import (
    CONFIG,
    LATER,
    OUTPUT,
    build,
    clean_tree,
    difference,
    leftovers,
    sources,
    tree,
    write,
)

MINE = CONFIG.replace("theme: plain", "theme: [mine, plain]")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write(
        tmp_path / "site", {**sources(config=MINE), "themes/mine/theme.yaml": b"api: 1\nname: mine\nversion: 1.0.0\n"}
    )


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes only on POSIX")
@pytest.mark.parametrize("folder", ["content", "static", "data", "templates", "themes/mine/templates"])
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


class At:
    """Does something once, when a build comes to a phase: between its looking at the files and its reading them."""

    def __init__(self, phase: str, act: Callable[[], object], times: int = 1) -> None:
        self.name, self.act, self.times = phase, act, times

    def phase(self, name: str, total: int = 0) -> None:
        if name == self.name and self.times:
            self.times -= 1
            self.act()

    def advance(self, n: int = 1) -> None:
        pass


def build_while(site: Path, progress: At):
    options = BuildOptions(as_of=LATER)
    with Session(site, site / "sitegen.yaml", options, progress) as session:
        return session.build()


def edited(text: bytes) -> bytes:
    return text.replace(b"one", b"ONE").replace(b"harbour", b"HARBOUR")


LARGE = b"x" * 1_000_001  # bytes: too many to be kept in memory from the scan to the copy
LATE = {
    "static/note.txt": b"one",
    "templates/404.html": b"{% extends 'plain/404.html' %}{% block main %}one{% endblock %}",
    "content/paper.txt": b"one",
    "themes/mine/static/more.css": b"p::after{content:'one'}",
}


@pytest.mark.parametrize("phase", ["parse", "render"])
def test_files_that_change_while_the_build_runs_and_back_afterwards_are_built_as_they_stand(site, phase):
    write(site, LATE)
    time.sleep(2.1)
    assert not build(site).failed
    before = tree(site / OUTPUT)
    time.sleep(0.1)
    first = (site / "content/a1.md").read_bytes()
    write(site, {"sitegen.yaml": MINE.replace("Test site", "Other").encode(), "content/a1.md": edited(first)})

    edit = At(phase, lambda: write(site, {path: edited(text) for path, text in LATE.items()}))
    assert not build_while(site, edit).failed

    write(site, {"sitegen.yaml": MINE.encode(), "content/a1.md": first, **LATE})
    assert not build(site).failed
    assert not (found := difference(tree(site / OUTPUT), before)), found


@pytest.mark.parametrize("phase", ["parse", "render"])
def test_files_that_vanish_while_the_build_runs_are_no_traceback(site, phase):
    write(site, LATE)
    time.sleep(2.1)
    assert not build(site).failed
    shutil.rmtree(site / OUTPUT)
    write(site, {"content/a1.md": edited((site / "content/a1.md").read_bytes())})

    assert not build_while(site, At(phase, lambda: [(site / path).unlink() for path in LATE])).failed

    assert not build(site).failed
    assert not difference(tree(site / OUTPUT), clean_tree(site))


def test_a_file_that_is_written_without_a_pause_ends_the_build_with_its_name(site):
    write(site, LATE)
    time.sleep(2.1)
    assert not build(site).failed
    before = tree(site / OUTPUT)
    write(site, {"content/a1.md": edited((site / "content/a1.md").read_bytes()), "static/note.txt": LARGE})
    path, n = site / "static/note.txt", iter(range(1000))

    def rewrite() -> None:
        path.write_bytes(LARGE + str(next(n)).encode())

    with pytest.raises(BuildError, match=r"static/note\.txt: changed each of the 8 times"):
        build_while(site, At("render", rewrite, times=1000))

    assert not difference(tree(site / OUTPUT), before)
    assert not leftovers(site)


def test_an_article_that_changes_before_it_is_parsed_is_not_remembered_as_what_it_was(site):
    time.sleep(2.1)
    assert not build(site).failed
    time.sleep(0.1)
    path = site / "content/a1.md"
    before = path.read_bytes()
    write(site, {"sitegen.yaml": (MINE + "timezone: Asia/Tokyo\n").encode()})  # parses all articles again

    assert not build_while(site, At("parse", lambda: path.write_bytes(edited(before)))).failed
    path.write_bytes(before)

    assert not build(site).failed
    assert not (found := difference(tree(site / OUTPUT), clean_tree(site))), found


def test_an_edit_between_looking_and_reading_is_seen_by_the_same_build(site):
    time.sleep(2.1)
    assert not build(site).failed
    write(site, {"sitegen.yaml": (MINE + "timezone: Asia/Tokyo\n").encode()})
    template = site / "templates/404.html"
    template.parent.mkdir()

    assert not build_while(site, At("parse", lambda: template.write_bytes(LATE["templates/404.html"]))).failed

    assert not build(site).failed
    assert not difference(tree(site / OUTPUT), clean_tree(site))
