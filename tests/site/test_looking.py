"""What watches pages sees what is wrong, and nothing else."""

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.site.looking import Watch

pytestmark = pytest.mark.slow

SLOW_S = 0.5


class Slow(http.server.BaseHTTPRequestHandler):
    """Pages at once, pictures late, and nothing at /gone."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        picture = self.path.endswith(".svg")
        time.sleep(SLOW_S if picture else 0)
        form = "image/svg+xml" if picture else "text/html"
        text = '<svg xmlns="http://www.w3.org/2000/svg"/>' if picture else '<link rel="icon" href="data:,">'
        if self.path == "/picture":
            text += '<img src="/late.svg"><a href="/next">Next</a>'
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Type", form)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A browser that closes a connection in the middle is no fault."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with Server(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture
def seen(chromium: Any, address: str) -> Iterator[Callable[..., list[str]]]:
    """A function that gives what is wrong after doing something with a page."""
    context = chromium.new_context()
    page = context.new_page()

    def see(act: Callable[[Any], object]) -> list[str]:
        watch = Watch(page, address)
        act(page)
        watch.settle()
        return watch.wrong

    yield see
    context.close()


def test_a_picture_that_a_page_left_behind_is_no_failure(seen, address):
    def leave(page: Any) -> None:
        page.goto(address + "picture", wait_until="commit")
        page.wait_for_selector("a")
        page.click("a")
        page.wait_for_url("**/next")

    assert seen(leave) == []


def test_a_picture_that_is_still_loading_at_the_end_is_waited_for(seen, address):
    assert seen(lambda page: page.goto(address + "picture", wait_until="commit")) == []


def test_a_request_that_is_broken_off_while_its_page_stays_is_a_failure(seen, address):
    def break_off(page: Any) -> None:
        page.goto(address)
        page.evaluate("""() => { const stop = new AbortController();
            const asked = fetch("/slow.svg", {signal: stop.signal}).catch(() => 0); setTimeout(() => stop.abort(), 100);
            return asked }""")

    assert seen(break_off) == [f"failed: {address}slow.svg: net::ERR_ABORTED"]


def test_what_is_broken_off_but_was_loaded_whole_before_is_no_failure(seen, address):
    def load_and_break_off(page: Any) -> None:
        page.goto(address)
        page.evaluate("""async () => { await (await fetch("/slow.svg", {cache: "no-store"})).text();
            const stop = new AbortController();
            const asked = fetch("/slow.svg", {signal: stop.signal, cache: "no-store"}).catch(() => 0);
            setTimeout(() => stop.abort(), 100);
            return await asked }""")

    assert seen(load_and_break_off) == []


def test_words_errors_and_other_hosts_are_seen(seen, address):
    def do_wrong(page: Any) -> None:
        page.goto(address)
        page.evaluate("console.log('a word')")
        page.evaluate("setTimeout(() => { throw new Error('an error') })")
        page.evaluate("fetch('http://127.0.0.1:1/elsewhere').catch(() => 0)")
        page.wait_for_timeout(100)

    found = seen(do_wrong)

    assert {"a word", "an error", "http://127.0.0.1:1/elsewhere"} <= set(found)
    assert any(said.startswith("failed: http://127.0.0.1:1/elsewhere: net::ERR_") for said in found)
