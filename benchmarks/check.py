#!/usr/bin/env python3
"""What checking costs beside building: a cold build, a cold check, a check after both, and one after an edit.

python benchmarks/check.py [ARTICLES] [lean|defaults]      default 5,000 and both; wall and processor seconds
"""

import shutil
import sys
import tempfile
from pathlib import Path

import layouts
from articles import Press
from measure import Run, timed

ARTICLES = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
CONFIGS = [word == "lean" for word in sys.argv[2:]] or [True, False]
SITEGEN = [sys.executable, "-m", "sitegen"]


def said(name: str, run: Run) -> None:
    print(f"{name:<32} {run.wall:6.2f} s wall  {run.cpu:6.2f} s processor  ({run.foreign:.1f} cores busy with others)")


def main() -> None:
    drafts = list(Press(1).articles(ARTICLES))
    for lean in CONFIGS:
        with tempfile.TemporaryDirectory() as top:
            root, log = Path(top) / "site", Path(top) / "log"
            layouts.lay_out_sitegen(drafts, root, lean=lean)

            def run(*words: str, root: Path = root, log: Path = log) -> Run:
                return timed([*SITEGEN, *words], root, log, quiet_s=10)

            print(f"{ARTICLES:,} articles, {'the benchmark site' if lean else 'all defaults'}")
            cold_check = run("check", "-q")
            shutil.rmtree(root / ".sitegen")
            cold_build = run("build", "-q")
            said("cold build", cold_build)
            said("cold check, nothing built", cold_check)
            said("check after the build", run("check", "-q"))
            warm = run("check", "-q")
            said("check with nothing new", warm)
            edited = root / "content" / layouts.source_of(drafts[0])
            edited.write_text(edited.read_text("utf-8") + "\nOne more sentence.\n", "utf-8")
            said("check after an edit, not built", run("check", "-q"))
            ratio, cpu = cold_check.wall / cold_build.wall, cold_check.cpu / cold_build.cpu
            print(f"cold check / cold build: {ratio:.2f} wall, {cpu:.2f} processor\n")


if __name__ == "__main__":
    main()
