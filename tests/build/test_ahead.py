"""A look that began before anything was imported is the look that the build would have taken."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sitegen import model
from sitegen.build.ahead import Ahead, begin
from sitegen.build.lock import site_lock
from sitegen.build.options import BuildOptions
from sitegen.build.session import Session
from sitegen.build.walk import FOLDERS, GONE, OWN_LIST, ROW, hidden_in_content, hidden_in_static, listed

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are forked")

BUILD = (sys.executable, "-m", "sitegen", "build", "-q")


def pages(root: Path) -> dict[str, bytes]:
    public = root / "public"
    return {str(path.relative_to(public)): path.read_bytes() for path in public.rglob("*.html")}


def test_what_was_seen_ahead_is_used_once_and_by_its_own_rule(built):
    (built.root / "static").mkdir(exist_ok=True)
    (built.root / "static/_shown.txt").write_text("x")
    content = built.root / "content"
    ahead = Ahead(str(built.root), str(built.root / "public"))
    before = listed(content, hidden_in_content)
    assert ahead.listed(built.root / "static", hidden_in_content)[0] == ""  # by another rule: looked at now
    (content / "late.md").write_text("late")

    assert ahead.listed(content, hidden_in_content) == before
    assert ahead.listed(content, hidden_in_content) == listed(content, hidden_in_content) != before
    assert ahead.listed(built.root / "static", hidden_in_static) == listed(built.root / "static", hidden_in_static)
    assert ahead.listed(built.root / "elsewhere", hidden_in_content) == ("", b"", [])
    assert FOLDERS["static"] is hidden_in_static
    ahead.forget()


def test_the_output_folder_is_seen_after_the_sources_whether_anybody_asked_for_those(built):
    assert not built.build().failed
    public = built.root / "public"
    (public / "robots.txt").unlink()
    asked, unasked = (Ahead(str(built.root), str(public)) for _ in range(2))
    asked.listed(built.root / "content", hidden_in_content)
    names, signatures, _ = listed(public, lambda name: name == OWN_LIST)
    rows = {name: signatures[n * ROW : (n + 1) * ROW] for n, name in enumerate(names.split("\0")[:-1])}
    expected = {"robots.txt": GONE, **rows}
    paths = sorted(expected)

    assert asked.looks_at(public)
    assert not asked.looks_at(built.root / "other")
    seen = asked.outputs()
    assert seen == unasked.outputs() == ("\0".join([*paths, ""]), b"".join([expected[path] for path in paths]), [])
    assert asked.outputs() is None  # once
    assert OWN_LIST == model.OWN_LIST
    assert not asked.looks_at(public)


def test_a_process_that_ended_badly_has_seen_nothing(built):
    ahead = Ahead(str(built.root), str(built.root / "public"))
    os.kill(ahead._process, 9)

    assert ahead.listed(built.root / "content", hidden_in_content) == listed(built.root / "content", hidden_in_content)
    assert ahead.outputs() is None


def test_what_is_forgotten_is_looked_at_anew(built):
    ahead, unasked = (Ahead(str(built.root), str(built.root / "public")) for _ in range(2))
    (built.root / "content/late.md").write_text("late")
    ahead.forget()
    unasked.forget()

    assert "late.md" in ahead.listed(built.root / "content", hidden_in_content)[0]


def test_a_site_that_a_command_line_does_not_mean_is_not_looked_at(built, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.chdir(built.root / "content")
    for arguments in (["build", "-C", ".."], ["build", "--root=.."], ["build", "-j1"], ["list"], [], ["--version"]):
        assert begin(arguments) is None
    ahead = begin(["build", "-q"])  # from a folder inside of it
    assert ahead is not None
    assert ahead.listed(built.root / "content", hidden_in_content)[0].count("\0") > 0
    assert ahead.looks_at(built.root / "public")
    ahead.forget()
    monkeypatch.chdir("/")
    assert begin(["build"]) is None


def test_builds_that_look_ahead_see_what_came_changed_and_went(built):
    config = built.root / "sitegen.yaml"
    for change in (
        lambda: built.article("a9", body="A new one."),
        lambda: built.article("a9", body="A changed one."),
        (built.root / "content/a9.md").unlink,
        lambda: config.write_text(config.read_text() + "build: {content: articles}\n"),
        lambda: (built.root / "content").rename(built.root / "articles"),
    ):
        change()
        done = subprocess.run(BUILD, cwd=built.root, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        made = pages(built.root)
        assert not built.build(clean=True).failed
        assert pages(built.root) == made


def test_outputs_that_were_seen_ahead_are_put_right_as_ever(built):
    first = pages(built.root) if not built.build().failed else {}
    page = built.root / "public/2024/01/a3/index.html"
    for break_it, kept in ((page.unlink, False), (lambda: page.write_text("somebody else's"), True)):
        break_it()
        for arguments in ((), ("-o", "public")):
            done = subprocess.run([*BUILD, *arguments], cwd=built.root, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, "")
        assert pages(built.root) == first
        assert (built.root / ".sitegen/kept/2024/01/a3/index.html").exists() == kept
    folder = (built.root / "public").rename(built.root / "elsewhere")
    subprocess.run([*BUILD, "-o", "elsewhere"], cwd=built.root, check=True)
    assert {str(path.relative_to(folder)) for path in folder.rglob("*.html")} == first.keys()


def test_a_name_that_the_list_escapes_is_looked_at_and_stands(built):
    (built.root / "static").mkdir(exist_ok=True)
    (built.root / "static/back\\slash.txt").write_text("odd")
    reports = []
    for _ in range(3):
        done = subprocess.run([*BUILD, "--json"], cwd=built.root, capture_output=True, check=True)
        reports.append(json.loads(done.stdout))
    assert [report["written"] != [] for report in reports] == [True, False, False]
    assert reports[2]["seconds"].keys() == {"scan"}  # it ended there


@pytest.mark.parametrize("locale", ["C", "POSIX", "de_DE.ISO-8859-1"])
def test_names_are_seen_as_they_are_in_every_locale(built, locale):
    built.article("straße-日本", body="Names of any letters.")
    env = {**os.environ, "LC_ALL": locale, "LANG": locale}
    subprocess.run(BUILD, cwd=built.root, check=True, env=env)
    made = pages(built.root)
    assert any("Names of any letters." in page.decode() for page in made.values())
    assert not built.build(clean=True).failed
    assert pages(built.root) == made


def test_what_another_build_has_published_since_the_look_stays(built):
    look = Ahead(str(built.root), str(built.root / "public"))
    look._receive_folders()
    built.article("between", body="Written after the look.")
    assert not built.build().failed
    with Session(built.root, built.root / "sitegen.yaml", BuildOptions(), ahead=look) as session:
        report = session.build()

    assert (report.failed, report.removed) == (False, ())
    assert b"Written after the look" in (built.root / "public/2024/01/between/index.html").read_bytes()


def test_a_build_that_waits_for_another_looks_again_when_that_has_ended(built):
    with site_lock(built.root / ".sitegen"):
        build = subprocess.Popen(
            [sys.executable, "-m", "sitegen", "build"], cwd=built.root, stderr=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert build.stderr is not None
        assert b"waiting for it to end" in build.stderr.readline()
        built.article("late", body="Written while another build was running.")
    build.communicate(timeout=60)

    assert build.returncode == 0
    assert b"while another build" in (built.root / "public/2024/01/late/index.html").read_bytes()
