"""Links to other sites, asked of a server on loopback: what is gone, what moved, what is never asked."""

import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest

from sitegen.build.report import Quiet
from sitegen.check import external
from sitegen.check.external import AGENT, PAUSE_S, Refused, ask, external_problems, judged


class Host:
    """A server with pages, and what it was asked."""

    def __init__(self, name: str) -> None:
        self.asked = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                host.asked.append((time.monotonic(), self.command, self.path, self.headers["User-Agent"]))
                path = self.path
                if path.startswith("/moved"):
                    self.send_response(301)
                    self.send_header("Location", "/here")
                elif path == "/found":
                    self.send_response(302)
                    self.send_header("Location", "/here")
                elif path == "/circle":
                    self.send_response(302)
                    self.send_header("Location", "/circle")
                elif path == "/inward":
                    self.send_response(302)
                    self.send_header("Location", "http://127.0.0.1:1/secret")
                elif path == "/no-head":
                    self.send_response(405 if self.command == "HEAD" else 200)
                elif path.startswith("/here"):
                    self.send_response(200)
                elif path == "/forbidden":
                    self.send_response(403)
                else:
                    self.send_response(404)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_HEAD = do_GET = answer  # noqa: N815

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.place = f"{name}:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def host():
    host = Host("127.0.0.1")
    yield host
    host.close()


@pytest.mark.parametrize(
    ("path", "state"),
    [("/here", "there"), ("/here?a=b c#x", "there"), ("/no-head", "there"), ("/found", "there"), ("/gone", "gone"),
     ("/circle", "gone"), ("/moved", "moved"), ("/forbidden", "unknown"), ("/inward", "unknown")],
)  # fmt: skip
def test_each_answer_of_a_host_is_understood(host, path, state):
    answer = ask(f"http://{host.place}{path}", allowed=[host.place])

    assert answer.state == state, answer
    assert all(agent == AGENT for *_, agent in host.asked)


def test_a_private_network_is_never_asked(host):
    answer = ask(f"http://{host.place}/here")

    assert answer.state == "unknown"
    assert "private network" in answer.words
    assert host.asked == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "::1", "fe80::1", "fc00::1",
     "::ffff:127.0.0.1", "224.0.0.1", "100.64.0.1"],
)  # fmt: skip
def test_a_name_that_leads_inwards_is_refused(address):
    with pytest.raises(Refused):
        judged("example.org", 80, ["93.184.215.14", address], ())


def test_the_connection_goes_to_the_address_that_was_judged(host):
    """A name that is looked up once cannot answer differently when the connection is made."""
    asked = Counter()

    def look_up(name, port):
        asked[name] += 1
        return ["127.0.0.1"]

    port = host.place.partition(":")[2]
    answer = ask(f"http://no-such-host.invalid:{port}/here", allowed=[f"no-such-host.invalid:{port}"], look_up=look_up)

    assert answer.state == "there"
    assert asked == {"no-such-host.invalid": 1}


def test_a_site_is_told_what_is_gone_and_asks_again_only_after_a_day(site, host, tmp_path, monkeypatch):
    body = " ".join(f"[x](http://{host.place}/{path})" for path in ("gone", "here", "here#part", "moved"))
    site.article("a", body=body)
    site.article("b", body=f"[x](http://{host.place}/gone)", date="2024-02-01")
    report = site.report()
    memory = site.root / ".sitegen"
    found = external_problems(report, memory, Quiet(), allowed=[host.place])

    assert [(each.code, each.severity) for each in found] == [("link.external", "warning"), ("link.external", "note")]
    assert "/gone, which is gone: the host answers 404 (and on " in found[0].message
    times = [at for at, command, *_ in host.asked if command == "HEAD" and "/here" not in _[0]]
    assert min(b - a for a, b in pairwise(times)) >= PAUSE_S * 0.9
    before = len(host.asked)
    assert external_problems(report, memory, Quiet(), allowed=[host.place]) == found
    assert len(host.asked) == before
    monkeypatch.setattr(external, "FRESH_S", 0)
    external_problems(report, memory, Quiet(), allowed=[host.place])
    assert len(host.asked) > before


def test_without_the_flag_no_other_site_is_asked(site, host):
    site.article("a", body=f"[x](http://{host.place}/gone)")
    done = site.run("check", "--strict")

    assert done.code == 0
    assert host.asked == []


def test_with_the_flag_the_command_asks_and_refuses_loopback(site, host):
    site.article("a", body=f"[x](http://{host.place}/gone)")
    done = site.run("check", "--external", "--strict")

    assert done.code == 0
    assert "could not be asked: it lies on a private network" in done.out
    assert host.asked == []
