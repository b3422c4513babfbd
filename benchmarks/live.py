#!/usr/bin/env python3
"""Edits an article and asks for its page until the edit stands in it: sitegen's preview and Hugo's, in turns.

    python benchmarks/live.py --articles 1000 5000
    python benchmarks/live.py --articles 20000 --edits 20 --no-hugo --tmp /dev/shm/bench

Invariant: both previews run at the same time on the same articles and are asked in the same way; an edit's time ends
with the last byte of the first answer that holds it. Edits take turns, so that other load meets both.
"""

import argparse
import http.client
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import layouts
from articles import Draft, Press
from compare import hugo_program
from measure import TICKS, busy, installed

SEED = 1
MARK = "The closing words of edition"
GIVE_UP_S = 60.0
PAUSE_S = 0.35  # between edits: people do not save faster, and a watcher that gathers events has gathered them
KINDS = ("body", "tags", "date")


class Preview(NamedTuple):
    """A running preview. `source` is the article that is edited; `pages` holds its address for each kind of edit."""

    name: str
    process: "subprocess.Popen[bytes]"
    port: int
    source: Path
    started: float


class Figures(NamedTuple):
    """Seconds from a save to the new bytes, by kind of edit, and processor seconds of the preview for all of them."""

    times: dict[str, list[float]]
    cpu: float


def ask(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GIVE_UP_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def whole(preview: Preview, path: str) -> bytes:
    """A page; nothing where the answer broke off, which is counted and said."""
    try:
        return ask(preview.port, path)
    except http.client.IncompleteRead:
        torn.append(preview.name)
        return b""


torn: list[str] = []
OLD_S = (
    2.1  # a file read sooner after it was written is read again by the next start, which no site but a new one meets
)


def free_port() -> int:
    import socket  # noqa: PLC0415

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cpu_of(pid: int) -> float:
    """Processor seconds of a process so far."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def running(name: str, command: Sequence[str], folder: Path, port: int, source: Path) -> Iterator[Preview]:
    """Start a preview and wait for its first page."""
    with (folder / "preview.log").open("wb") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=installed()
        )
    try:
        end = time.monotonic() + 600
        while True:
            try:
                if b"</html>" in ask(port, "/"):
                    break
            except OSError:
                pass
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{name} did not start:\n{(folder / 'preview.log').read_text()[-2000:]}")
            time.sleep(0.005)
        yield Preview(name, process, port, source, time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def edits(text: str, draft: Draft) -> dict[str, Callable[[int], tuple[str, str, str]]]:
    """For each kind, a function of a number: the new text, the page's address, and what it must then hold."""
    path = f"/{draft.date:%Y/%m}/{draft.slug}/"

    def ended(changed: str, number: int) -> tuple[str, str, str]:
        return f"{changed}\n{MARK} {number}.\n", path, f"{MARK} {number}."

    return {
        "body": lambda number: ended(text, number),
        "tags": lambda number: ended(text.replace("tags: [", f"tags: [edition{number % 3}, ", 1), number),
        "date": lambda number: ended(
            re.sub(r"^(date: \d{4}-\d\d)-\d\d", rf"\1-{number % 27 + 1:02}", text, count=1, flags=re.MULTILINE), number
        ),
    }


def one_edit(preview: Preview, text: str, path: str, mark: str) -> float:
    wanted = mark.encode()
    began = time.perf_counter()
    preview.source.write_text(text, encoding="utf-8")
    while wanted not in whole(preview, path):
        if time.perf_counter() - began > GIVE_UP_S:
            raise RuntimeError(f"{preview.name}: the edit did not appear within {GIVE_UP_S:.0f} s")
        time.sleep(0.001)
    return time.perf_counter() - began


def measure(previews: Sequence[Preview], draft: Draft, count: int) -> dict[str, Figures]:
    times: dict[str, dict[str, list[float]]] = {each.name: {kind: [] for kind in KINDS} for each in previews}
    texts = {each.name: each.source.read_text(encoding="utf-8") for each in previews}
    before = {each.name: cpu_of(each.process.pid) for each in previews}
    for number in range(count):
        for kind in KINDS:
            for each in previews:
                text, path, mark = edits(texts[each.name], draft)[kind](number * 10 + KINDS.index(kind))
                times[each.name][kind].append(one_edit(each, text, path, mark))
                time.sleep(PAUSE_S)
    for each in previews:
        each.source.write_text(texts[each.name], encoding="utf-8")
    return {each.name: Figures(times[each.name], cpu_of(each.process.pid) - before[each.name]) for each in previews}


def unchanged(preview: Preview, path: str) -> float:
    found = []
    for _ in range(50):
        began = time.perf_counter()
        ask(preview.port, path)
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def idle(preview: Preview, seconds: float, count: int) -> float:
    """The part of one processor that a preview takes while nothing happens."""
    time.sleep(max(3.0, count / 2000))  # after an edit it looks at everything once; of a large site, some seconds later
    before = cpu_of(preview.process.pid)
    time.sleep(seconds)
    return (cpu_of(preview.process.pid) - before) / seconds


def visible(preview: Preview, draft: Draft, count: int, program: str) -> list[float]:
    """Seconds from a save until a browser that shows the page has changed it."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- only with --browser

    text = preview.source.read_text(encoding="utf-8")
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which(program), args=["--no-sandbox"])
        page = browser.new_page()
        _, path, _ = edits(text, draft)["body"](0)
        page.goto(f"http://127.0.0.1:{preview.port}{path}")
        page.wait_for_timeout(2000)
        for number in range(count):
            changed, _, mark = edits(text, draft)["body"](number)
            page.evaluate(
                """(mark) => { window.seen = new Promise((done) => {
                     const look = () => document.body.innerText.includes(mark) && done(Date.now());
                     const all = { subtree: true, childList: true, characterData: true };
                     new MutationObserver(look).observe(document, all);
                   }) }""",
                mark,
            )
            began = time.time()
            preview.source.write_text(changed, encoding="utf-8")
            found.append(page.evaluate("window.seen") / 1000 - began)
            time.sleep(PAUSE_S)
        browser.close()
    preview.source.write_text(text, encoding="utf-8")
    return found


def p95(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def table(
    count: int, previews: Sequence[Preview], figures: dict[str, Figures], same: dict[str, float], foreign: float
) -> str:
    lines = [
        f"### {count:,} articles: from a save to the new page\n",
        "| | start to first page | page unchanged | "
        + " | ".join(f"{kind}: p50, p95" for kind in KINDS)
        + " | processor an edit |",
        "| --- |" + " --- |" * (3 + len(KINDS)),
    ]
    edits_each = sum(map(len, next(iter(figures.values())).times.values()))
    for each in previews:
        mine = figures[each.name]
        cells = [f"{statistics.median(mine.times[k]) * 1000:.0f}, {p95(mine.times[k]) * 1000:.0f} ms" for k in KINDS]
        lines.append(
            f"| {each.name} | {each.started:.2f} s | {same[each.name] * 1000:.1f} ms | {' | '.join(cells)} "
            f"| {mine.cpu / edits_each * 1000:.0f} ms |"
        )
    if len(previews) > 1:
        ours, theirs = (figures[each.name].times for each in previews[:2])
        ratios = [f"{p95(ours[k]) / p95(theirs[k]):.3f} ×" for k in KINDS]
        lines.append(f"| p95, sitegen to Hugo | | | {' | '.join(ratios)} | |")
    lines.append(f"\nOthers used {foreign:.1f} cores of this machine meanwhile.")
    if torn:
        lines.append(
            f"Answers that broke off: {', '.join(f'{torn.count(name)} of {name}' for name in sorted(set(torn)))}."
        )
    return "\n".join(lines) + "\n"


def run(count: int, options: argparse.Namespace, work: Path) -> str:
    drafts = list(Press(SEED).articles(count))
    middle = drafts[count // 2]
    ours, theirs = work / "sitegen", work / "hugo"
    if not ours.exists():
        layouts.lay_out_sitegen(drafts, ours, lean=True)
        time.sleep(OLD_S)
        build = [sys.executable, "-m", "sitegen", "build", "-q", "-D", "-F"]
        subprocess.run(build, cwd=ours, check=True)  # a warm cache
    if not (options.no_hugo or theirs.exists()):
        layouts.lay_out_hugo(drafts, theirs)
    if options.prepare:
        return f"{work} stands ready."
    port = free_port()
    command = [sys.executable, "-m", "sitegen", "serve", "-p", str(port)]
    with running("sitegen", command, ours, port, ours / "content" / layouts.source_of(middle)) as first:
        if options.no_hugo:
            return measured(count, options, [first], middle)
        other = free_port()
        hugo = [hugo_program(), "server", "--port", str(other), "--bind", "127.0.0.1", "--baseURL", f"http://127.0.0.1:{other}/",
                "--buildDrafts", "--buildFuture", "--noBuildLock"]  # fmt: skip
        source = theirs / "content" / "posts" / layouts.source_of(middle)
        with running("Hugo", hugo, theirs, other, source) as second:
            return measured(count, options, [first, second], middle)


def measured(count: int, options: argparse.Namespace, previews: list[Preview], middle: Draft) -> str:
    path = f"/{middle.date:%Y/%m}/{middle.slug}/"
    time.sleep(options.settle)
    same = {each.name: unchanged(each, path) for each in previews}
    began, before = time.perf_counter(), busy()
    own = sum(cpu_of(each.process.pid) for each in previews) + time.process_time()
    figures = measure(previews, middle, options.edits)
    own = sum(cpu_of(each.process.pid) for each in previews) + time.process_time() - own
    foreign = max(0.0, busy() - before - own) / (time.perf_counter() - began)
    said = [table(count, previews, figures, same, foreign)]
    if options.browser:
        seen = visible(previews[0], middle, options.edits, options.browser)
        said.append(
            f"From a save to the changed page in Chromium: p50 {statistics.median(seen) * 1000:.0f} ms, "
            f"p95 {p95(seen) * 1000:.0f} ms.\n"
        )
    if options.idle:
        parts = [f"{each.name} {idle(each, options.idle, count):.2%}" for each in previews]
        said.append(f"Processor time while nothing happens: {', '.join(parts)}.\n")
    return "\n".join(said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000], metavar="N")
    parser.add_argument("--edits", type=int, default=10, help="edits of each kind (10)")
    parser.add_argument(
        "--settle", type=float, default=4.0, metavar="S", help="seconds between start and first edit (4)"
    )
    parser.add_argument("--browser", metavar="PROGRAM", help="also measure until Chromium shows it (/usr/bin/chromium)")
    parser.add_argument("--idle", type=float, default=0.0, metavar="S", help="also measure so many idle seconds")
    parser.add_argument("--tmp", type=Path, help="where the sites lie")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="sites stay here, and stand ready for the next run")
    parser.add_argument("--prepare", action="store_true", help="only make what --keep keeps")
    parser.add_argument("--no-hugo", action="store_true", help="sitegen alone")
    options = parser.parse_args()
    if options.tmp:
        options.tmp.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sitegen-live-", dir=options.tmp) as folder:
        for count in options.articles:
            work = (options.keep or Path(folder)) / str(count)
            work.mkdir(parents=True, exist_ok=True)
            print(run(count, options, work), flush=True)
            if not options.keep:
                shutil.rmtree(work)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
