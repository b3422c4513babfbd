"""One run of a command, measured: wall clock, processor time, what else kept the machine busy, peak memory.

Invariant: a timed run is watched by nothing; memory has a run of its own, because reading it costs time.
"""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

SAMPLE_S = 0.02  # a peak shorter than this may be missed
QUIET_CORES = 0.25  # more than that in foreign hands, and a run waits
TICKS = os.sysconf("SC_CLK_TCK")


class Run(NamedTuple):
    """Seconds of wall clock and of processor time (all processes), and cores that others used meanwhile."""

    wall: float
    cpu: float
    foreign: float


def busy() -> float:
    """Processor seconds since the machine started, all cores; 0.0 where there is no /proc."""
    with suppress(OSError):
        user, nice, system, _, _, *interrupts = map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:9])
        return (user + nice + system + sum(interrupts)) / TICKS
    return 0.0


def wait_for_quiet(longest_s: float) -> None:
    """Others may work on this machine: wait for half a quiet second, but no longer than that."""
    end = time.monotonic() + longest_s
    while time.monotonic() < end:
        before = busy()
        time.sleep(0.5)
        if (busy() - before) / 0.5 < QUIET_CORES:
            return


def installed() -> dict[str, str]:
    """The environment in which Python finds bytecode, as after `pip install`, which compiles what it installs: in a
    checkout, or where nothing may be written beside the code, each start would compile all that it imports.
    """
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {"PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir(), "sitegen-bench-bytecode")), **variables}


def start(command: Sequence[str], folder: Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=installed()
        )


def timed(command: Sequence[str], folder: Path, log: Path, *, quiet_s: float = 0.0) -> Run:
    """Run a command to its end. Raises: RuntimeError with its output when it fails."""
    wait_for_quiet(quiet_s)
    before, began = busy(), time.perf_counter()
    process = start(command, folder, log)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    check(process, command, log)
    cpu = usage.ru_utime + usage.ru_stime
    return Run(wall, cpu, max(0.0, busy() - before - cpu) / wall)


def check(process: subprocess.Popen[bytes], command: Sequence[str], log: Path) -> None:
    if process.returncode:
        said = log.read_text(encoding="utf-8", errors="replace")[-3000:]
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{said}")


def peak_memory(command: Sequence[str], folder: Path, log: Path) -> int:
    """Peak of the proportional set size (PSS) of the command and all its children, in bytes; 0 where not known.

    PSS counts a page that several processes share once in all, so forked workers are not counted double.
    """
    process = start(command, folder, log)
    peak = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(SAMPLE_S):
            peak = max(peak, sum(map(pss, tree(process.pid))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    process.wait()
    done.set()
    watcher.join()
    check(process, command, log)
    return peak


def tree(root: int) -> list[int]:
    """A process and all below it."""
    found = [root]
    for pid in found:
        with suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def pss(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
