"""Pages as browsers and crawlers keep them: MHTML, SingleFile, WARC. Their pictures come along, nothing is fetched."""
# ruff: noqa: E501 -- the invented pages stand in one piece

import gzip
from base64 import b64encode
from pathlib import Path

import pytest

from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.report import Report

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
PROSE = "".join(
    f"<p>The new boat is named after the baker, who wept a little when she heard of it on pier {n} at noon.</p>"
    for n in range(6)
)


def page(title: str, inside: str = "", head: str = "") -> str:
    return f"<!DOCTYPE html>{head}<html lang='en'><head><title>{title}</title></head><body><article><h1>{title}</h1>{PROSE}{inside}{PROSE.replace('boat', 'ferry')}</article></body></html>"


def run(path: Path) -> Report:
    into = path.parent / "out"
    return import_sources([str(path)], ImportOptions(into=into, bases=into / ".sitegen" / "imports"))


def text_of(path: Path, report: Report, number: int = 0) -> str:
    return (path.parent / "out" / report.done[number].outcome.place).read_text("utf-8")


def mhtml(html: str, charset: str = "utf-8", encoding: str = "base64") -> bytes:
    body = html.encode(charset)
    packed = b64encode(body).decode() if encoding == "base64" else html.replace("=", "=3D")
    return (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://quay.example/2020/boat\r\nSubject: A boat\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----cut"\r\n\r\n'
        f"------cut\r\nContent-Type: text/html; charset={charset}\r\nContent-ID: <frame-1@mhtml.blink>\r\nContent-Transfer-Encoding: {encoding}\r\nContent-Location: https://quay.example/2020/boat\r\n\r\n{packed}\r\n"
        f"------cut\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location: https://quay.example/img/deck.png\r\n\r\n{b64encode(PNG).decode()}\r\n"
        f"------cut\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <mast@quay>\r\n\r\n{b64encode(PNG + b'1').decode()}\r\n"
        "------cut\r\nContent-Type: text/css\r\nContent-Location: cid:css\r\n\r\nbody{}\r\n------cut--\r\n"
    ).encode()


def test_an_mhtml_is_its_page_with_its_pictures(tmp_path: Path) -> None:
    path = tmp_path / "boat.mhtml"
    path.write_bytes(
        mhtml(
            page(
                "A boat",
                '<p><img src="https://quay.example/img/deck.png" alt="Deck"></p><p><img src="cid:mast@quay" alt="Mast"></p>',
            )
        )
    )
    report = run(path)
    (done,) = report.done
    assert report.problems == ()
    assert (done.article.source.format, done.article.source.url) == ("mhtml", "https://quay.example/2020/boat")
    assert len(list((tmp_path / "out" / "undated" / "a-boat").glob("*.png"))) == 2
    assert "![Deck](deck-" in text_of(path, report)
    assert "![Mast](" in text_of(path, report)
    assert "http" not in text_of(path, report).split("\n---\n")[1]


def test_an_mhtml_in_an_older_encoding_is_read_as_it_says(tmp_path: Path) -> None:
    path = tmp_path / "boat.mht"
    path.write_bytes(mhtml(page("Über die Fähre"), "windows-1252"))
    assert run(path).done[0].article.title.value == "Über die Fähre"


@pytest.mark.parametrize("cut", [0, 100, 300, 420, 800])
def test_a_broken_mhtml_is_a_document_or_a_problem(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "boat.mhtml"
    path.write_bytes(mhtml(page("A boat"))[:cut] if cut else b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n")
    report = run(path)
    assert len(report.done) + len(report.problems) == 1


@pytest.mark.parametrize(
    "note",
    [
        "<!-- saved from url=(0030)https://quay.example/2020/boat -->",
        "<!--\n Page saved with SingleFile \n url: https://quay.example/2020/boat \n saved date: Tue -->",
    ],
)
def test_the_note_of_what_saved_a_page_gives_its_address(note: str, tmp_path: Path) -> None:
    path = tmp_path / "boat.html"
    path.write_text(page("A boat", head=note), "utf-8")
    assert run(path).done[0].article.source.url == "https://quay.example/2020/boat"


def record(kind: str, url: str, block: bytes, type: str) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2020-05-05T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:{len(url)}>\r\nContent-Type: {type}\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def answer(url: str, content: bytes, type: str, status: str = "200 OK", extra: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {type}\r\n{extra}Content-Length: {len(content)}\r\n\r\n"
    return record("response", url, head.encode() + content, "application/http; msgtype=response")


def warc(*, packed: bool = True) -> bytes:
    boat = page(
        "A boat",
        '<p><img src="/deck.png" alt="Deck"></p><p>The whole story of the ferry is told <a href="/ferry">on another page</a> of ours, with all of its bells.</p>',
    )
    zipped = gzip.compress(page("The ferry").encode(), mtime=0)
    records = [
        record("warcinfo", "urn:quay", b"software: quay\r\n", "application/warc-fields"),
        answer("https://quay.example/boat", boat.encode(), "text/html; charset=utf-8"),
        answer("https://quay.example/style.css", b"body{}", "text/css"),
        answer("https://quay.example/deck.png", PNG, "image/png"),
        answer("https://quay.example/gone", b"<html><body>Gone</body></html>", "text/html", "404 Not Found"),
        answer("https://quay.example/ferry", zipped, "text/html", extra="Content-Encoding: gzip\r\n"),
    ]
    return b"".join(gzip.compress(one, mtime=0) if packed else one for one in records)


@pytest.mark.parametrize("name", ["quay.warc.gz", "quay.warc", "archive"])
def test_the_pages_of_a_web_archive_are_articles_with_their_pictures(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(warc(packed=name != "quay.warc"))
    report = run(path)
    assert [done.article.title.value for done in report.done] == ["A boat", "The ferry"]
    assert [(done.article.source.format, done.article.source.row) for done in report.done] == [("warc", 1), ("warc", 5)]
    assert report.done[0].article.source.url == "https://quay.example/boat"
    text = text_of(path, report)
    assert "![Deck](deck-" in text
    assert "[on another page](../the-ferry.md)" in text
    (said,) = report.problems
    assert "1 other files, 1 redirects and errors were left out" in said.message
    assert {done.outcome.action for done in run(path).done} == {"unchanged"}


def test_a_web_archive_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "quay.warc"
    content = warc(packed=False)
    path.write_bytes(content[: content.index(b"https://quay.example/ferry") + 60])
    report = run(path)
    assert [done.article.title.value for done in report.done] == ["A boat"]


def test_damaged_web_archives_never_raise(tmp_path: Path) -> None:
    whole = warc(packed=False)
    for n in range(0, len(whole), 397):
        broken = bytearray(whole)
        broken[n] ^= 0xFF
        (tmp_path / "quay.warc").write_bytes(broken)
        report = run(tmp_path / "quay.warc")
        assert report.done or report.problems
