"""A build whose parent process alone is killed: its workers end too, and with them the lock of the site."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.laws.sites import OUTPUT, clean_tree, difference, sources, tree, write

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "sitegen", "build", "-q", "-j", "2"]


def children(pid: int) -> list[int]:
    """Processes that a process has started; none where there is no /proc."""
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="workers are found in /proc")
def test_workers_do_not_outlive_a_killed_parent(tmp_path):
    site = write(tmp_path / "site", sources(400))
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    build = subprocess.Popen([*COMMAND, "-C", str(site)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while len(children(build.pid)) < 2 and build.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    workers = children(build.pid)
    assert len(workers) == 2

    build.send_signal(signal.SIGKILL)
    build.wait()

    subprocess.run([*COMMAND, "-C", str(site)], env=env, check=True, timeout=120)
    assert not any(map(is_alive, workers))
    assert not (found := difference(tree(site / OUTPUT), clean_tree(site, as_of=None))), found
