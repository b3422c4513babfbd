"""Nothing that a stranger wrote into an article runs: imported in every form, built, and opened in a real browser."""
# ruff: noqa: E501 -- a table of attacks

import functools
import http.server
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sitegen.cli import cli
from sitegen.convert.importing import ImportOptions, import_sources
from tests.convert.attacks import ARTICLES, FORMS, PAYLOADS, PROSE, as_html, as_text, groups, in_every_reader


def forms(raw: Path) -> None:
    """Every attack in a page of its own, and in a feed, in rows, and in Markdown."""
    for n, payload in enumerate(PAYLOADS):
        (raw / f"page{n}.html").write_text(
            f"<!DOCTYPE html><html><head><title>page {n}</title></head><body><article><h1>page {n}</h1><p>{PROSE}</p>{payload}<p>{PROSE} {payload}</p><p>{PROSE}</p></article></body></html>",
            "utf-8",
        )
    items, rows = [], []
    for n, attacks in groups():
        items.append(
            f"<item><title>feed {n} {escape(escape(attacks[0]))}</title><link>https://quay.example/{n}</link><content:encoded>{escape(as_html(attacks))}</content:encoded></item>"
        )
        rows.append(json.dumps({"title": f"row {n} {attacks[1]}", "text": as_text("", attacks), "author": f"Ada {attacks[0]}"}))  # fmt: skip
        body = "\n\n".join((PROSE, *attacks, *(f"{PROSE} {one}" for one in attacks)))
        (raw / f"post{n}.md").write_text(
            f"---\ntitle: post {n}\ndate: 2020-05-05\ntags: [{json.dumps(attacks[0])}]\n---\n\n{body}\n", "utf-8"
        )
    (raw / "feed.xml").write_text(
        f'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>{"".join(items)}</channel></rss>',
        "utf-8",
    )
    (raw / "rows.jsonl").write_text("\n".join(rows), "utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The built site, and how many articles it has."""
    root = tmp_path_factory.mktemp("attacks")
    (root / "raw").mkdir()
    forms(root / "raw")
    in_every_reader(root / "raw")
    (root / "sitegen.yaml").write_text("title: Quay\nbase_url: http://127.0.0.1/\n", "utf-8")
    into = root / "content"
    report = import_sources([str(root / "raw")], ImportOptions(into=into, bases=root / ".sitegen" / "imports"))
    read = Counter(done.article.source.format for done in report.done)
    assert not {form: read[form] for form in FORMS if read[form] < ARTICLES}
    assert sum(read.values()) >= len(PAYLOADS) + ARTICLES * (3 + len(FORMS)) - len(report.problems)
    built = CliRunner().invoke(cli, ["-C", str(root), "build", "-j", "1"], standalone_mode=False)
    assert built.return_value == 0, built.stdout + built.stderr
    return root / "public", len(report.done)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Nothing is said."""


@pytest.fixture
def served(site: tuple[Path, int]) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site[0])))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


LIVE = """() => [...document.querySelectorAll('*')].filter((e) => e.closest('main')).flatMap((e) =>
  [...e.attributes].filter((a) => /^on/i.test(a.name) || /^\\s*(javascript|vbscript|data:text)/i.test(a.value.replace(/[\\t\\n\\r]/g, '')) && /^(href|src|action|formaction|data|xlink:href)$/i.test(a.name))
  .map((a) => `${e.tagName} ${a.name}=${a.value}`))"""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_script_in_an_imported_article_runs(site: tuple[Path, int], served: str, chromium: Any) -> None:
    pages = sorted(
        path.relative_to(site[0]).parent.as_posix()
        for path in site[0].rglob("index.html")
        if re.match(r"undated|\d{4}/\d\d/", path.relative_to(site[0]).as_posix())
    )
    assert len(pages) >= site[1]
    ran: list[str] = []

    def asked(request: Any) -> None:
        """A picture elsewhere is asked for as its address says; nothing else may be, and no attack's own picture."""
        elsewhere = not request.url.startswith(served) and request.resource_type != "image"
        if "/ran/" in request.url or elsewhere:
            ran.append(f"{request.frame.url} asked for {request.url}")

    def opened(dialog: Any) -> None:
        ran.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    page = chromium.new_page()
    page.on("request", asked)
    page.on("dialog", opened)
    for path in pages:
        page.goto(f"{served}/{path}/")
        live = page.evaluate(LIVE)
        assert not live, f"{path}: {live}"
    page.wait_for_timeout(200)
    page.close()
    assert not ran, "\n".join(ran)
