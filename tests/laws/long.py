"""The long runs of the laws, beyond what continuous integration does.

    python -m tests.laws.long edits 10000     random edits, incremental against clean (about 0.15 s each on two cores)
    python -m tests.laws.long kills 500       kill -9 at random moments (about 1 s each)
    python -m tests.laws.long disk 200        points at which a disk is full or read-only (about 2 s each)
    python -m tests.laws.long pairs 200       pairs of builds at once (about 0.8 s each)
    python -m tests.laws.long                 all four, with these numbers

SITEGEN_SEED chooses other moments for `kills`. The exit status is pytest's. Run it from the checkout.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CAMPAIGNS = {
    "edits": ("test_same_bytes_after_edits.py", 10_000, ""),
    "kills": ("test_crash.py", 500, "kill_9"),
    "disk": ("test_disk.py", 200, "refuses or real"),
    "pairs": ("test_concurrency.py", 200, "two_builds"),
}


def run(name: str, number: int) -> int:
    file, _, only = CAMPAIGNS[name]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-s",
        "--timeout",
        "0",
        f"tests/laws/{file}",
        *(["-k", only] if only else []),
    ]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "SITEGEN_LONG": str(number)}, check=False).returncode


def main(arguments: list[str]) -> int:
    if not arguments:
        return max(run(name, number) for name, (_, number, _) in CAMPAIGNS.items())
    name, number = arguments[0], arguments[1] if len(arguments) > 1 else ""
    if name not in CAMPAIGNS or not (number.isdigit() or not number):
        sys.stderr.write(__doc__ or "")
        return 2
    return run(name, int(number or CAMPAIGNS[name][1]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
