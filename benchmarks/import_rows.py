"""How long an import of many small rows takes, and how much memory its processes hold together.

    python benchmarks/import_rows.py --rows 100000 --jobs 2

Prints one JSON object: rows, seconds, processor seconds, peak PSS in MB, and the same a row. Linux only: it reads
`/proc`. The rows are made up here, from a fixed seed, some copies among them.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

WORDS = """boat harbour lamp baker ferry bridge quay market square gate winter canal barge county oak society secretary
towpath bread mayor goat hat keeper salt works book Sunday lock village school river mill orchard fire brigade tower
bell choir library bus stop road field bean row spring rain gauge record orchestra violin hall""".split()


def write_rows(path: Path, count: int) -> None:
    made = random.Random(20240317)
    with path.open("w", encoding="utf-8") as file:
        for n in range(count):
            site = n % 40
            title = f"The {made.choice(WORDS)} and the {made.choice(WORDS)} of {made.choice(WORDS)} {n}"
            parts = [f"The {' '.join(made.choices(WORDS, k=24))} was said to be good." for _ in range(4)]
            body = "\n".join(parts)
            head = f"Quay paper {site}\n{title}\n{n % 28 + 1} May {1990 + n % 34}\nBy Ada Miller"
            text = f"{head}\n{body}\nShare this\nAll rights reserved, Quay paper {site}"
            file.write(json.dumps({"text": text, "url": f"https://quay{site}.example/{n}"}) + "\n")


def pss_of_tree(root: int) -> int:
    """Kilobytes that a process and its children hold, shared pages divided among them."""
    total, waiting = 0, [root]
    while waiting:
        process = waiting.pop()
        try:
            for task in Path(f"/proc/{process}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--jobs", type=int, default=2)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.jsonl"
        write_rows(rows, chosen.rows)
        command = [
            sys.executable,
            "-m",
            "sitegen",
            "import",
            str(rows),
            "--into",
            f"{folder}/out",
            "-q",
            "-j",
            str(chosen.jobs),
        ]
        began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        process = subprocess.Popen(command)
        peak = 0
        ended = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not ended.wait(0.5):
                peak = max(peak, pss_of_tree(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        process.wait()
        seconds = time.perf_counter() - began
        ended.set()
        watcher.join()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    print(
        json.dumps(
            {
                "rows": chosen.rows,
                "jobs": chosen.jobs,
                "exit": process.returncode,
                "seconds": round(seconds, 1),
                "processor_seconds": round(cpu, 1),
                "peak_pss_mb": round(peak / 1024, 1),
                "processor_ms_a_row": round(cpu * 1000 / chosen.rows, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
