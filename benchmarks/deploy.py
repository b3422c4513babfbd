#!/usr/bin/env python3
"""Seconds of a deployment after the build, to a local bare repository: all pages, one changed page, nothing.

Wall and processor time, git's processes included: on a machine that others use, read the second.

python benchmarks/deploy.py [PAGES]      default 10,000, of about 6 kB
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sitegen.build.publish import LIST
from sitegen.deploy.origin import find_origin
from sitegen.deploy.publishing import DeployOptions, publish
from sitegen.digest import digest_bytes

PAGES = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
WORDS = [f"word{n:x}" for n in range(4000)]


def page(n: int, dice: random.Random) -> bytes:
    text = " ".join(dice.choices(WORDS, k=600))
    return f"<!doctype html><title>Page {n}</title><header>The same on every page.</header><p>{text}</p>\n".encode()


def write(folder: Path, pages: dict[str, bytes]) -> None:
    """An output folder as a build leaves it."""
    for path, content in pages.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def write_list(folder: Path, pages: dict[str, bytes]) -> None:
    lines = [f"{digest_bytes(content).hex()} {path}\n" for path, content in sorted(pages.items())]
    (folder / LIST).write_text("sitegen output, version 1: a benchmark\n" + "".join(lines), "utf-8")


def main() -> None:
    os.environ |= {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org"}
    dice = random.Random(1)
    with tempfile.TemporaryDirectory() as top:
        root = Path(top)
        subprocess.run(["git", "init", "-q", "--bare", "remote.git"], cwd=root, check=True)
        subprocess.run(["git", "init", "-q", "site"], cwd=root, check=True)
        subprocess.run(["git", "remote", "add", "origin", "../remote.git"], cwd=root / "site", check=True)
        site, folder = root / "site", root / "site/public"
        (site / ".sitegen").mkdir()
        pages = {f"2024/{n % 12 + 1:02}/page-{n}/index.html": page(n, dice) for n in range(PAGES)}
        write(folder, pages)
        write_list(folder, pages)
        print(f"{PAGES:,} pages, {sum(map(len, pages.values())) / 1e6:.0f} MB")

        def deployed() -> tuple[float, float]:
            start, before = time.perf_counter(), sum(os.times()[:4])
            origin = find_origin(site, "origin", "gh-pages")
            report = publish(site, folder, "https://example.org/", "sitegen.yaml", origin, DeployOptions(epoch=1))
            took, cpu = time.perf_counter() - start, sum(os.times()[:4]) - before
            phases = ", ".join(f"{name} {seconds:.2f}" for name, seconds in report.seconds.items())
            print(f"{took:6.2f} s wall  {cpu:6.2f} s processor, git's too  {len(report.steps):,} changes  ({phases})")
            return took, cpu

        deployed()
        changes = []
        for n in range(5):
            path = f"2024/01/page-{12 * n}/index.html"
            pages[path] = page(n, dice)
            write(folder, {path: pages[path]})
            write_list(folder, pages)
            changes.append(deployed())
        same = [deployed() for _ in range(5)]
        for name, runs in (("one changed page", changes), ("unchanged", same)):
            wall, cpu = (statistics.median(each) for each in zip(*runs, strict=True))
            print(f"{name}: median {wall:.2f} s wall, {cpu:.2f} s processor")


if __name__ == "__main__":
    main()
