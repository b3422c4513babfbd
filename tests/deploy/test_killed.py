"""A deployment that is killed, at any moment, leaves the branch whole and the next one right."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from .conftest import files_of, git, is_sound


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
def test_killed_at_twenty_moments_the_branch_is_whole_each_time(site, tmp_path):
    site.deploy()
    own = [path for path in (site.root / ".git").rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in own}
    command = [sys.executable, "-m", "sitegen", "-C", str(site.root), "-q", "deploy"]
    for n in range(20):
        site.write("static/now.txt", str(n))
        site.run("build")
        bench = tmp_path / f"bench-{n}"
        bench.mkdir()
        child = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(bench)}, start_new_session=True)
        if n % 2:  # the others fall into build and check
            wait_for_git(bench, child)
        time.sleep(0.015 * (n + 1))
        with suppress(ProcessLookupError):  # it may be done
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        branch = files_of(site.remote)
        assert branch.get("now.txt", b"") in {str(each).encode() for each in range(n + 1)} | {b""}
        assert "index.html" in branch
        assert is_sound(site.remote)
    result = site.deploy()

    assert result.exit_code == 0, result.stderr
    assert files_of(site.remote)["now.txt"] == b"19"
    assert is_sound(site.remote)
    assert {path: path.read_bytes() for path in own} == before
    assert git(site.root, "status", "--porcelain").split("\n") == ["?? static/", "?? urls.txt"]


def wait_for_git(folder: Path, child: subprocess.Popen) -> None:
    """Until the deployment has built and checked, and makes its temporary repository."""
    while not any(folder.glob("sitegen-deploy-*")) and child.poll() is None:
        time.sleep(0.002)
