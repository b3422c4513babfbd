"""Pages in a real browser: everything they ask for is there, and they say nothing on the console."""

import functools
import http.server
import subprocess
import threading
from collections.abc import Iterator

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

QUIET = (  # a browser without a screen that phones nobody
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--disable-dev-shm-usage",
)  # fmt: skip
PATIENCE_MS = 3000  # of the page's own, virtual time: timers run out at once


class Log(http.server.SimpleHTTPRequestHandler):
    """A plain server that remembers what it could not answer."""

    failed: list[str]

    def log_message(self, *_: object) -> None:
        pass

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if int(code) >= 400:
            self.failed.append(self.path)


@pytest.fixture(params=["gazette", "plain"])
def site(request, build_site):
    """Below a base path, where a wrong address shows."""
    return build_site(request.param, "/some/where/")


@pytest.fixture
def served(site) -> Iterator[tuple[str, list[str]]]:
    """The address of the site on this machine, and the paths that were asked for in vain."""
    failed: list[str] = []
    handler = functools.partial(type("Handler", (Log,), {"failed": failed}), directory=str(site.served))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = site.url.removeprefix("https://site.example")
        yield f"http://127.0.0.1:{server.server_address[1]}{base}", failed
        server.shutdown()


def kinds(site) -> list[str]:
    """One address of each kind of page, below the base path."""
    articles = sorted(site.folder.glob("20??/??/*/index.html"))
    article = next(page for page in articles if not page.parent.name.isdigit())
    return ["", "404.html", "tags/", "archive/", f"{article.parent.relative_to(site.folder).as_posix()}/"]


def test_a_page_finds_all_it_asks_for_and_is_silent_on_the_console(site, served, browser, tmp_path):
    address, failed = served
    said = []
    for path in kinds(site):
        command = [
            browser, *QUIET, f"--user-data-dir={tmp_path}", "--enable-logging=stderr", "--dump-dom",
            f"--virtual-time-budget={PATIENCE_MS}", address + path,
        ]  # fmt: skip
        done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8", timeout=120)
        assert "</html>" in done.stdout, done.stderr[-2000:]
        said += [f"/{path}: {line}" for line in done.stderr.splitlines() if ":CONSOLE" in line]

    assert not failed
    assert not said
