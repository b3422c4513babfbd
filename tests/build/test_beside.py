"""What a build has done beside it, in a process of its own, is what it would have done itself."""

import os
import subprocess
import sys

import pytest

BESIDE = """
import sys
from sitegen.build import last, session
from sitegen.cli import main
session.MANY = 0
seen = []
look = last.standing_seen
last.standing_seen = lambda looking: seen.append(looking is not None) or look(looking)
try:
    main(["build", "-q", "-j", "2", "-C", sys.argv[1]])
except SystemExit as end:
    print(end.code or 0, *seen)
"""


def build_beside(built) -> str:
    """A build whose outputs are looked at by a second process, however few they are: its code, and whether it was."""
    done = subprocess.run([sys.executable, "-c", BESIDE, str(built.root)], check=True, capture_output=True, text=True)
    assert not done.stderr, done.stderr
    return done.stdout.strip()


def outputs(built) -> dict[str, bytes]:
    folder = built.root / "public"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.skipif(os.name != "posix", reason="processes are forked")
def test_outputs_that_a_second_process_looks_at_are_put_right_as_ever(built):
    page = built.root / "public/2024/01/a3/index.html"
    assert not built.build().failed
    first = outputs(built)

    assert build_beside(built) == "0 True"
    assert outputs(built) == first

    page.unlink()
    assert build_beside(built) == "0 True True"  # it is looked for once more, by the build itself
    assert outputs(built) == first

    page.write_text("somebody else's words", "utf-8")
    built.article("a5", body="Other words, for two changes at once.")
    assert build_beside(built) == "0 True"
    kept = built.root / ".sitegen/kept/2024/01/a3/index.html"
    assert kept.read_text("utf-8") == "somebody else's words"
    assert b"somebody else" not in outputs(built)["2024/01/a3/index.html"]
    assert b"two changes" in outputs(built)["2024/01/a5/index.html"]

    (built.root / "content/a2.md").unlink()
    assert build_beside(built) == "0 True"
    after = outputs(built)
    assert "2024/01/a2/index.html" not in after
    assert not built.build(clean=True).failed
    assert outputs(built) == after


FIRST = """
import sys
from sitegen.build import pool, relate, session
from sitegen.cli import main
session.RELATED, relate.ROWS = 0, 2
PARSER, seen = "sitegen.content.article", []
start = pool.Apart.__init__
pool.Apart.__init__ = lambda self, prepare: seen.append(PARSER in sys.modules) or start(self, prepare)
try:
    main(["build", "-q", "-j", "2", "-C", sys.argv[1]])
except SystemExit as end:
    print(end.code or 0, seen, "numpy" in sys.modules)
"""


@pytest.mark.skipif(os.name != "posix", reason="processes are forked")
def test_a_first_build_relates_its_articles_in_a_process_that_started_before_they_were_read(site):
    for n in range(60):  # fewer are rendered, and so related, here
        site.article(f"more{n}", title=f"Tide {n}", body=f"The harbour of town {n % 7} and its tide, number {n}.")
    command = [sys.executable, "-c", FIRST, str(site.root)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("0 [False] False\n", "")  # one process, which all was computed in
    first = outputs(site)
    assert any(f'"/2024/01/more{n}/"'.encode() in first["2024/01/more1/index.html"] for n in range(3, 60))
    assert not site.build(clean=True).failed
    assert outputs(site) == first


APART = """
from sitegen.build.apart import Apart
from sitegen.build.pool import Processes, may_go_apart
import os, sys, time
large = b"x" * 3_000_000

def slowly():
    time.sleep(0.2)
    return lambda given: given[::-1] + b"!"

assert may_go_apart(Processes(2)) and not may_go_apart(Processes(1))
assert Apart(slowly).give(large + b"y").result() == b"y" + large + b"!"

def failing():
    raise RuntimeError("while it prepares")

sys.stderr.flush()
assert Apart(failing).give(large).result() is None
assert Apart(lambda: lambda given: os._exit(3)).give(b"").result() is None
waiting = Apart(slowly)  # that nobody gives anything
waiting.end()
assert waiting.result() is None
print("all ended")
"""


@pytest.mark.skipif(os.name != "posix", reason="processes are forked")
def test_a_process_apart_waits_for_its_work_and_may_die_of_it():
    done = subprocess.run([sys.executable, "-c", APART], check=False, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.returncode) == ("all ended\n", 0), done.stderr
