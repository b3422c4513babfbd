"""Nothing that a stranger wrote into an article runs: imported in every form, built, and opened in a real browser."""
# ruff: noqa: E501 -- a table of attacks

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sitegen.cli import cli
from sitegen.convert.importing import ImportOptions, import_sources

RUN = "new Image().src='/ran/'+document.title"
PAYLOADS = (
    f"<script>{RUN}</script>", f"<script src=data:text/javascript,{RUN.replace(' ', '%20')}></script>", f'<img src=x onerror="{RUN}">', f'<svg onload="{RUN}"></svg>',
    f"<svg><script>{RUN}</script></svg>", f'<body onload="{RUN}">', f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>', f'<iframe src="javascript:{RUN}"></iframe>',
    f'<a href="javascript:{RUN}">click</a>', f'<a href=" java\nscript:{RUN}">click</a>', f'<a href="&#106;avascript:{RUN}">click</a>', f'<a href="vbscript:{RUN}">click</a>',
    f'<a href="data:text/html,<script>{RUN}</script>">click</a>', f'<details open ontoggle="{RUN}">x</details>', f'<video><source onerror="{RUN}"></video>', f'<audio src=x onerror="{RUN}"></audio>',
    f'<input autofocus onfocus="{RUN}">', f'<select autofocus onfocus="{RUN}"></select>', f'<marquee onstart="{RUN}">x</marquee>', f'<object data="javascript:{RUN}"></object>', f'<embed src="javascript:{RUN}">',
    f'<math><mtext><table><mglyph><style><img src=x onerror="{RUN}"></style></mglyph></table></mtext></math>', f'<noscript><p title="</noscript><img src=x onerror={RUN}>"></noscript>', f'<form><button formaction="javascript:{RUN}">x</button></form>',
    f'<meta http-equiv=refresh content="0;url=javascript:{RUN}">', f'<base href="javascript:{RUN}//">', f'<link rel=stylesheet href="data:text/css,*{{}}" onload="{RUN}">', f"<style>@import 'javascript:{RUN}';</style>",
    f'<p style="animation-name:x" onanimationstart="{RUN}">x</p>', f"<template><script>{RUN}</script></template>", f'<xmp><img src=x onerror="{RUN}"></xmp>', f"<!--><img src=x onerror={RUN}>-->",
    f'![x](javascript:{RUN.replace(" ", "%20")})', f'[x](javascript:{RUN.replace(" ", "%20")})', f'[x]: javascript:{RUN.replace(" ", "%20")}\n[x]', f'<javascript:{RUN.replace(" ", "%20")}>',
    f'"><img src=x onerror="{RUN}">', f"']]><img src=x onerror={RUN}>", f'{{{{< raw >}}}}<img src=x onerror="{RUN}">{{{{< /raw >}}}}', f"```\n</code></pre><img src=x onerror={RUN}>\n```",
)  # fmt: skip
PROSE = "The new boat is named after the baker, who wept a little when she heard of it on the pier that evening."


def forms(raw: Path) -> None:
    """Every attack as a page, as a feed's item, as a row, and as Markdown; its number is in its title."""
    items, rows = [], []
    for n, payload in enumerate(PAYLOADS):
        (raw / f"page{n}.html").write_text(
            f"<!DOCTYPE html><html><head><title>page {n}</title></head><body><article><h1>page {n}</h1><p>{PROSE}</p>{payload}<p>{PROSE} {payload}</p><p>{PROSE}</p></article></body></html>",
            "utf-8",
        )
        items.append(
            f"<item><title>feed {n} {escape(escape(payload))}</title><link>https://quay.example/{n}</link><content:encoded>{escape(f'<p>{PROSE}</p>{payload}<p>{PROSE}</p>')}</content:encoded></item>"
        )
        rows.append(
            json.dumps(
                {
                    "title": f"row {n} {payload}",
                    "text": f"{PROSE}\n{payload}\n\n{PROSE} {payload}",
                    "author": f"Ada {payload}",
                }
            )
        )
        (raw / f"post{n}.md").write_text(
            f"---\ntitle: post {n}\ndate: 2020-05-05\ntags: [{json.dumps(payload)}]\n---\n\n{PROSE}\n\n{payload}\n\n{PROSE} {payload}\n",
            "utf-8",
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
    (root / "sitegen.yaml").write_text("title: Quay\nbase_url: http://127.0.0.1/\n", "utf-8")
    into = root / "content"
    report = import_sources([str(root / "raw")], ImportOptions(into=into, bases=root / ".sitegen" / "imports"))
    assert len(report.done) >= 4 * len(PAYLOADS) - len(report.problems)
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
        if path.parent.name.startswith(("page", "feed", "row", "post"))
    )
    assert len(pages) >= 100
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
