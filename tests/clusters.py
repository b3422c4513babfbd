"""A real Dask scheduler on loopback and its workers, each in a process of its own, as people run them.

Invariant: no event loop of theirs runs in the process of the tests, so nothing of them is left to be collected, or
waited for, while another test runs. However slow the machine, a cluster is handed out when its workers have joined.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 120  # until a scheduler and its workers stand; a quiet machine takes 3 s
_ASK = (
    "import sys; from distributed import Client\n"
    "with Client(scheduler_file=sys.argv[1], set_as_default=False, timeout=float(sys.argv[3])) as client:\n"
    "    client.wait_for_workers(int(sys.argv[2]), timeout=float(sys.argv[3]))\n"
    "    print(client.scheduler.address)\n"
)


@contextmanager
def cluster(folder: Path, *, workers: int = 1, threads: int = 1, path: str = "") -> Iterator[str]:
    """The address of a scheduler with this many workers, which end with it. `path` goes before their PYTHONPATH."""
    file = folder / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (path, os.environ.get("PYTHONPATH", ""))))}
    python = [sys.executable, "-m"]
    common = ["--no-dashboard", "--scheduler-file", str(file)]
    scheduler = [*python, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *common]
    worker = [*python, "distributed.cli.dask_worker", "--nthreads", str(threads), "--no-nanny", "--host", "127.0.0.1"]
    worker += ["--local-directory", str(folder), *common]
    started: list[subprocess.Popen[bytes]] = []
    with (folder / "log").open("w") as log:
        try:
            started.extend(
                subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=log)
                for command in (scheduler, *[worker] * workers)
            )
            yield _address(file, workers, started)
        finally:
            for process in reversed(started):
                process.kill()
                process.wait()


def _address(file: Path, workers: int, started: list["subprocess.Popen[bytes]"]) -> str:
    """The scheduler's address, once all its workers have joined."""
    until = time.monotonic() + PATIENCE_S
    while not file.exists():
        ended = [process.args for process in started if process.poll() is not None]
        assert not ended, f"ended at once: {ended}, see {file.parent / 'log'}"
        assert time.monotonic() < until, f"no scheduler within {PATIENCE_S} s, see {file.parent / 'log'}"
        time.sleep(0.05)
    ask = [sys.executable, "-c", _ASK, str(file), str(workers), str(PATIENCE_S)]
    done = subprocess.run(ask, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
