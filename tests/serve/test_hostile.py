"""Requests of strangers: none leaks, hangs or kills the preview."""

import json
import re
import socket
import threading
import time
from random import Random

import pytest

from sitegen.build.live import LiveOptions
from sitegen.serve.guards import Refused, Span, span_of
from sitegen.serve.preview import Preview, PreviewOptions
from tests.laws.sites import LATER, sources, write
from tests.serve.conftest import ask

SECRET = b"the-secret-of-the-site"


@pytest.fixture(scope="module")
def preview(tmp_path_factory):
    """One preview that all of them meet: whatever one does to it, the next finds out."""
    site = write(tmp_path_factory.mktemp("hostile") / "site", sources(6))
    write(site, {"secret.txt": SECRET, "content/_hidden.md": SECRET, "data/x.json": b'"%s"' % SECRET,
                 "static/plain.txt": bytes(range(256)) * 40, "sitegen.yaml": b"title: T\ntheme: plain\n# " + SECRET})  # fmt: skip
    with Preview(site, site / "sitegen.yaml", LiveOptions(as_of=LATER), PreviewOptions(port=0)) as running:
        yield running


def raw(preview, request: bytes, *, patience: float = 5.0) -> bytes:
    """What comes back for these bytes, until the server closes or has answered."""
    with socket.create_connection(("127.0.0.1", preview.server.server_address[1]), timeout=patience) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        found = b""
        try:
            while piece := connection.recv(65_536):
                found += piece
        except ConnectionResetError:
            pass
        return found


def status(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.[01] (\d{3}) ", answer)
    return int(found[1]) if found else 0


def request(target: str = "/", *headers: str, method: str = "GET", version: str = "HTTP/1.1") -> bytes:
    return "\r\n".join([f"{method} {target} {version}", *headers, "", ""]).encode("latin-1")


def host(preview) -> str:
    return f"Host: 127.0.0.1:{preview.server.server_address[1]}"


HOSTS = {
    "Host: localhost": 200, "Host: LOCALHOST:1": 200, "Host: 127.0.0.1": 200, "Host: [::1]:8000": 200,
    "Host: evil.example": 403, "Host: localhost.evil.example": 403, "Host: 127.0.0.1.evil.example": 403,
    "Host: 127.1": 403, "Host: 2130706433": 403, "Host: 0.0.0.0": 403, "Host: localhost.": 403, "Host: [::]": 403,
    "Host:": 400, "Host: a b": 400, "Host: localhost:": 400, "Host: localhost:x": 400, "Host: localhost:0": 400,
    "Host: localhost:99999": 400, "Host: user@localhost": 400, "Host: localhost/": 400, "Host: localhost, evil": 400,
    "Host: localhost\r\n evil": 400, "Host: localhost\r\nHost: localhost": 400, "Host: localhost\r\nhost: evil": 400,
    "Host : localhost": 400, "X: y": 400, "Host: [::1": 400, "Host: http://localhost": 400, "Host: \x00localhost": 400,
    "Host: locаlhost".encode().decode("latin-1"): 400,
}  # fmt: skip


@pytest.mark.parametrize("line", HOSTS)
def test_only_hosts_that_are_ours_are_answered(preview, line):
    answer = raw(preview, request("/", line, "Connection: close"))

    assert status(answer) == HOSTS[line]
    assert (b"Article 1" in answer) == (HOSTS[line] == 200)


TARGETS = [
    "/../sitegen.yaml", "/..%2fsitegen.yaml", "/%2e%2e/secret.txt", "/static/../../secret.txt", "/./../secret.txt",
    "/%2e%2e%2f%2e%2e%2fetc/passwd", "/..\\secret.txt", "/%5c..%5csecret.txt", "//etc/passwd", "/etc/passwd",
    "/content/a1.md", "/content/_hidden.md", "/data/x.json", "/secret.txt", "/sitegen.yaml", "/.sitegen/cache.sqlite",
    "/.sitegen/x/events", "/.sitegen//state", "/.git/config", "/plain.txt/", "/plain.txt/..", "/plain.txt%00.html",
    "/%00", "/%", "/%zz", "/%ff%fe", "/%c0%ae%c0%ae/secret.txt", "http://evil/", "http://127.0.0.1/secret.txt", "*",
    "evil", "", "/a\x7fb", "/tags/../../secret.txt", "/?x=../secret.txt", "/templates/base.html", "/" + "a" * 9000,
    "/\t", "/;/secret.txt", "/PLAIN.TXT", "/plain.txt.", "/plain.txt::$DATA", "/con", "/file:///etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_no_target_names_a_file_outside_the_outputs(preview, target):
    answer = raw(preview, request(target, host(preview), "Connection: close"))

    assert (
        status(answer) in ((200,) if target.startswith("/?") else (400, 403, 404, 414)) and status(answer) != 200
    ) or target.startswith("/?")
    assert SECRET not in answer
    assert b"root:" not in answer


def test_private_paths_want_the_token_and_a_page_of_our_own(preview):
    prefix, here = preview.desk.prefix, host(preview)
    ours = f"http://{here[6:]}"
    for path in ("state", "events"):
        for bad in ("Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site",
                    f"Origin: {ours}\r\nOrigin: {ours}", f"Origin: https://{here[6:]}"):  # fmt: skip
            assert status(raw(preview, request(prefix + path, here, bad))) == 403, bad
        assert status(raw(preview, request(f"/.sitegen/wrong/{path}", here))) == 403
    assert (
        status(raw(preview, request(f"{prefix}state?page=/", here, f"Origin: {ours}", "Sec-Fetch-Site: same-origin")))
        == 200
    )
    assert status(raw(preview, request(f"{prefix}open?at=x", here, method="POST"))) == 403
    assert status(raw(preview, request(f"{prefix}open?at=x", here, f"Origin: {ours}", method="POST"))) == 404
    assert status(raw(preview, request("/", here, method="POST"))) == 405
    assert status(raw(preview, request("/", here, method="DELETE"))) == 501


def test_every_answer_forbids_sniffing_storing_and_other_origins(preview):
    for path in ("/", "/nothing", "/plain.txt", "/tags", preview.desk.prefix + "live.js", "/%ff"):
        headers = ask(preview, path, Origin="http://evil.example").headers

        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert not [name for name in headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize(
    ("header", "expected"),
    [("bytes=0-9", (0, 10)), ("bytes=10-", (10, 100)), ("bytes=-5", (95, 100)), ("bytes=90-1000", (90, 100)),
     ("bytes=-1000", (0, 100)), ("bytes=0-1,5-6", None), ("bytes=", None), ("bytes=-", None), ("bytes=5-2", None),
     ("lines=0-1", None), ("bytes=a-b", None), ("bytes=" + "9" * 5000 + "-", None), (None, None), ("bytes=٣-٤", None)],
)  # fmt: skip
def test_one_range_is_understood_and_nonsense_means_the_whole(header, expected):
    assert span_of(header, 100) == (Span(*expected) if expected else None)


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=999-1000", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(header):
    with pytest.raises(Refused) as refused:
        span_of(header, 100)
    assert refused.value.status == 416


def test_a_range_of_a_file_is_that_part_of_it(preview):
    answer = ask(preview, "/plain.txt", Range="bytes=250-259")

    assert (answer.status, answer.body) == (206, (bytes(range(256)) * 40)[250:260])
    assert answer.headers["Content-Range"] == "bytes 250-259/10240"
    assert ask(preview, "/plain.txt", Range="bytes=99999-").status == 416
    assert ask(preview, "/plain.txt", "HEAD").body == b""


def test_a_head_without_end_is_refused_and_a_slow_one_is_closed(preview, monkeypatch):
    assert status(raw(preview, b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 40_000 + b"\r\n\r\n")) == 431
    assert status(raw(preview, b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n")) in (414, 431)
    assert status(raw(preview, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 500 + b"\r\n")) in (400, 431)
    assert status(raw(preview, request("/", host(preview), "Content-Length: 5") + b"GET /")) == 400
    assert status(raw(preview, request("/", host(preview), "Transfer-Encoding: chunked"))) == 400
    monkeypatch.setattr("sitegen.serve.connections.HEAD_S", 0.3)
    with socket.create_connection(("127.0.0.1", preview.server.server_address[1]), timeout=10) as slow:
        began = time.monotonic()
        try:
            for letter in b"GET / HTTP/1.1\r\nX: " + b"a" * 200:
                slow.send(bytes([letter]))
                time.sleep(0.05)
        except OSError:
            pass
        assert time.monotonic() - began < 8
    assert ask(preview, "/").status == 200


def test_a_refusal_arrives_though_the_caller_was_still_talking(preview):
    for _ in range(30):
        assert status(raw(preview, b"GET /" + b"a" * 400_000 + b" HTTP/1.1\r\n\r\n")) == 431


def test_a_thousand_random_requests_neither_kill_nor_leak(preview):
    random = Random(4)
    good = request("/", host(preview), "Connection: close", "Range: bytes=0-3", "Origin: null")
    words = [
        b"GET ",
        b"HEAD ",
        b"\r\n",
        b"Host: ",
        b"localhost",
        b"/",
        b"..",
        b"%2e",
        b"\0",
        b"HTTP/1.1",
        b":",
        b" ",
        b"\xff",
    ]
    failures: list[object] = []

    def hammer(seeds: range) -> None:
        for seed in seeds:
            mine = Random(seed)
            content = bytearray(good)
            for _ in range(mine.randint(1, 8)):
                at = mine.randrange(len(content) + 1)
                choice = mine.random()
                if choice < 0.4:
                    content[at:at] = mine.choice(words)
                elif choice < 0.7:
                    del content[at : at + mine.randint(1, 9)]
                else:
                    content[at : at + 1] = bytes([mine.randrange(256)])
            try:
                answer = raw(preview, bytes(content), patience=10)
                if (
                    SECRET in answer
                    or b"Traceback" in answer
                    or (status(answer) >= 500 and status(answer) not in (501, 505))
                ):
                    failures.append((bytes(content), answer[:200]))
            except TimeoutError:
                failures.append((bytes(content), "hangs"))

    threads = [threading.Thread(target=hammer, args=(range(n * 250, (n + 1) * 250),)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert not failures, failures[:3]
    assert random.random() < 1
    assert ask(preview, "/").status == 200


def test_open_streams_leave_pages_quick(preview):
    address = ("127.0.0.1", preview.server.server_address[1])
    streams = [socket.create_connection(address, timeout=10) for _ in range(100)]
    try:
        for each in streams:
            each.sendall(request(preview.desk.prefix + "events", host(preview)))
            assert each.recv(100)
        began = time.monotonic()
        assert ask(preview, "/").status == 200
        assert time.monotonic() - began < 5
    finally:
        for each in streams:
            each.close()


def test_the_editor_opens_only_what_is_wrong_right_now(site, start, tmp_path):
    out = tmp_path / "opened"
    write(site, {"content/a1.md": b"---\ndate: next tuesday\n---\n"})
    preview = start(site, editor=f"/usr/bin/touch {out}-{{line}} --")
    ours = f"http://127.0.0.1:{preview.server.server_address[1]}"
    state = json.loads(ask(preview, f"{preview.desk.prefix}state?page=/").body)
    place = next(f"{p['path']}:{p['line']}:{p['column']}" for p in state["others"])

    assert ask(preview, f"{preview.desk.prefix}open?at=/etc/passwd", "POST", Origin=ours).status == 404
    assert ask(preview, f"{preview.desk.prefix}open?at={place}", "POST", Origin=ours).status == 200
    end = time.monotonic() + 10
    while not out.with_name("opened-2").exists() and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.2)
    assert out.with_name("opened-2").exists()
