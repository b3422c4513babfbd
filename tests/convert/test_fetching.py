"""Pictures from the web: asked for, bounded, and never from a private network, whatever a name or a redirect says."""
# ruff: noqa: E501 -- tables of addresses

import http.server
import threading
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import ClassVar

import pytest

from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.sources import fetching
from sitegen.convert.sources.fetching import Fetcher, FetchError, is_public

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 400

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255",
    "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::", "2002:c0a8:101::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "240.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_is_public_in_any_disguise(address: str) -> None:
    assert not is_public(ip_address(address), 80)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e", "::ffff:93.184.215.14"]
)
def test_addresses_of_the_open_internet_are_public_on_ports_of_the_web(address: str) -> None:
    assert is_public(ip_address(address), 443)
    assert not is_public(ip_address(address), 22)


class Host(http.server.BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        Host.asked.append(self.path)
        if self.path == "/loop.png":
            self.send_response(302)
            self.send_header("Location", "/loop.png")
        elif self.path.startswith("/to/"):
            self.send_response(301)
            self.send_header("Location", self.path[4:])
        elif self.path == "/gone.png":
            self.send_response(404)
        else:
            self.send_response(200)
        self.end_headers()
        if self.path == "/deck.png":
            self.wfile.write(PNG)
        elif self.path == "/page.png":
            self.wfile.write(b"<!DOCTYPE html><script>alert(1)</script>")
        elif self.path == "/large.png":
            for _ in range(64):
                self.wfile.write(b"0" * 65536)

    def log_message(self, *arguments: object) -> None:
        """Nothing is said."""


@pytest.fixture
def port() -> Iterator[int]:
    Host.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def fetcher(port: int, kept: Path | None = None) -> Fetcher:
    """Only the test's own server is allowed beside public addresses, and only under one name."""

    def resolve(host: str, asked: int) -> list[str]:
        return ["127.0.0.1"] if host in ("quay.example", "127.0.0.1", "localhost") else fetching.resolved(host, asked)

    return Fetcher(kept, resolve=resolve, allowed=lambda address, asked: str(address) == "127.0.0.1" and asked == port)


def test_a_picture_is_fetched_once_and_kept(port: int, tmp_path: Path) -> None:
    url = f"http://quay.example:{port}/deck.png"
    assert fetcher(port, tmp_path)(url) == PNG
    assert fetcher(port, tmp_path)(url) == PNG
    assert Host.asked == ["/deck.png"]


def test_a_redirect_is_followed_and_a_loop_is_not(port: int) -> None:
    assert fetcher(port)(f"http://quay.example:{port}/to//deck.png") == PNG
    with pytest.raises(FetchError, match="more than 5 times"):
        fetcher(port)(f"http://quay.example:{port}/loop.png")


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/x.png",
        "http://localhost:80/x.png",
        "file:///etc/passwd",
        "ftp://quay.example/x",
        "gopher://quay.example/",
    ],
)
def test_a_redirect_is_checked_like_a_first_address(target: str, port: int) -> None:
    with pytest.raises(FetchError, match=r"private network|no address"):
        fetcher(port)(f"http://quay.example:{port}/to/{target}")
    assert len(Host.asked) == 1


def test_a_name_that_means_a_private_address_is_refused_without_a_byte_sent(port: int) -> None:
    for answers in (["127.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["::ffff:127.0.0.1"]):
        with pytest.raises(FetchError, match="private network"):
            Fetcher(resolve=lambda _host, _port, answers=answers: answers)(f"http://quay.example:{port}/deck.png")
    assert Host.asked == []


def test_a_name_that_changes_its_answer_after_the_check_gains_nothing(port: int) -> None:
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    found = Fetcher(resolve=rebinding, allowed=lambda address, asked: str(address) == "127.0.0.1" and asked == port)
    assert found(f"http://quay.example:{port}/deck.png") == PNG
    assert asked == ["quay.example"], "the name is resolved once, and what was checked is what is connected to"


def test_what_is_too_large_or_gone_is_refused(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 1_000_000)
    with pytest.raises(FetchError, match="larger than"):
        fetcher(port)(f"http://quay.example:{port}/large.png")
    with pytest.raises(FetchError, match="404"):
        fetcher(port)(f"http://quay.example:{port}/gone.png")


def test_a_host_that_does_not_answer_is_left_alone_after_some_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PAUSE_S", 0.0)
    dead = Fetcher(resolve=lambda _host, _port: ["127.0.0.1"], allowed=lambda _address, _port: True)
    for _ in range(fetching.MAX_FAULTS):
        with pytest.raises(FetchError, match="does not answer"):
            dead("http://quay.example:1/x.png")
    with pytest.raises(FetchError, match="left alone"):
        dead("http://quay.example:1/x.png")


@pytest.mark.parametrize(
    "url",
    [
        "http://quay.example:99999/x",
        "http:///x",
        "http://quay.example/a b",
        "http://quay.example/\r\nX: y",
        "javascript:alert(1)",
        "",
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(FetchError):
        Fetcher(resolve=lambda _host, _port: ["127.0.0.1"])(url)


def test_fetched_pictures_lie_beside_their_article_and_a_second_import_asks_for_nothing(
    port: int, tmp_path: Path
) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    words = "".join(
        f"<p>The new boat is named after the baker, who wept a little when she heard of it on pier {n}.</p>"
        for n in range(5)
    )
    pictures = "".join(
        f'<p><img src="http://quay.example:{port}/{name}.png" alt="{name}"></p>' for name in ("deck", "gone", "page")
    )
    (raw / "boat.html").write_text(
        f"<!DOCTYPE html><html><body><article><h1>A boat</h1>{words}{pictures}{words}</article></body></html>", "utf-8"
    )
    options = ImportOptions(into=tmp_path / "out", bases=tmp_path / "bases", fetch=fetcher(port, tmp_path / "kept"))
    report = import_sources([str(raw)], options)
    folder = tmp_path / "out" / "undated" / "a-boat"
    assert [path.name.split("-")[0] for path in sorted(folder.iterdir())] == ["deck", "index.md"]
    text = (folder / "index.md").read_text("utf-8")
    assert f"http://quay.example:{port}/gone.png" in text
    assert "404" in report.problems[0].message
    assert "no picture" in report.problems[1].message
    Host.asked = []
    again = import_sources([str(raw)], options)
    assert again.done[0].outcome.action == "unchanged"
    assert Host.asked == ["/gone.png"]
