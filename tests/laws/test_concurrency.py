"""Builds that meet: started at once, or while somebody writes articles.

`SITEGEN_LONG=200` starts so many pairs instead of twenty.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.laws.sites import MEMORY, OUTPUT, article, build, clean_tree, difference, leftovers, sources, tree, write

ROOT = Path(__file__).resolve().parents[2]
PAIRS = int(os.environ.get("SITEGEN_LONG", "20"))
LIMIT_S = 45 * PAIRS  # twenty times what a pair takes


def started(site: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "sitegen", "build", "-j", "1", "-C", str(site), *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.timeout(LIMIT_S)
def test_two_builds_at_once_both_succeed_and_leave_a_clean_builds_tree(tmp_path):
    site = write(tmp_path / "site", sources(8))
    for n in range(PAIRS):
        write(site, {"content/a1.md": article(1, slug="a1", title=f"Round {n}").encode()})
        if n % 3 == 0:
            for path in (site / MEMORY).glob("cache*"):
                path.unlink()
        elif n % 3 == 1:
            (site / MEMORY / "cache.sqlite").write_bytes(b"damaged" * 100)

        pair = [started(site), started(site, *(["--clean"] if n % 2 else []))]

        for process in pair:
            _, said = process.communicate()
            assert process.returncode == 0, said
            assert "another build" in said or not said or "the cache could not be used" in said, said
        assert not (found := difference(tree(site / OUTPUT), clean_tree(site, as_of=None))), found
        assert not leftovers(site)
        report = build(site, as_of=None).report
        assert (report.rendered, report.written) == ((), ()), "what was remembered is not what was built"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("jobs", [1, 2])
def test_edits_during_builds_tear_no_page_and_the_next_build_is_clean(tmp_path, jobs):
    site = write(tmp_path / "site", sources(70))
    stop = threading.Event()
    rounds = [0]

    def edit() -> None:
        while not stop.is_set():
            rounds[0] += 1
            for n in (1, 30, 60):
                path = site / f"content/a{n}.md"
                path.write_bytes(article(n % 28 + 1, slug=f"a{n}", title=f"Round {rounds[0]}").encode())
            new = site / f"content/new{rounds[0] % 3}.md"
            if new.exists():
                new.unlink()
            else:
                new.write_bytes(article(2, slug=new.stem).encode())
            stop.wait(0.003)

    writer = threading.Thread(target=edit)
    writer.start()
    try:
        for _ in range(8):
            outcome = build(site, jobs=jobs)
            assert set(outcome.codes) <= {"file.changing"}, outcome.problems
            for path, content in tree(site / OUTPUT).items():
                if path.endswith(".html"):
                    assert content.rstrip().endswith(b"</html>"), f"{path} is torn"
    finally:
        stop.set()
        writer.join()

    assert rounds[0] > 8
    assert not build(site, jobs=jobs).failed
    assert not (found := difference(tree(site / OUTPUT), clean_tree(site))), found
    assert not leftovers(site)
