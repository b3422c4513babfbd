"""Script payloads in exports, through import and build into a real browser: none runs."""
# ruff: noqa: E501 -- payloads stand in one row

import json
import subprocess
import sys
from html import escape
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

RAN = "window.ran?.(%d)"
SHAPES = (
    "<script>{}</script>", "<ScRiPt>{}</sCrIpT>", "<script src='data:text/javascript,{}'></script>", "<img src=x onerror='{}'>", '<img src="x" onerror="{}">',
    "<svg onload='{}'></svg>", "<svg><script>{}</script></svg>", "<svg><animate onbegin='{}' attributeName=x dur=1s>", '<iframe srcdoc="<script>parent.{}</script>"></iframe>',
    "<iframe src='javascript:parent.{}'></iframe>", "<body onload='{}'>", "<details open ontoggle='{}'>x</details>", "<video><source onerror='{}'></video>", "<audio src=x onerror='{}'></audio>",
    "<input autofocus onfocus='{}'>", "<a href='javascript:{}'>click</a>", "<a href='jav&#x09;ascript:{}'>click</a>", "<a href=' javascript:{}'>click</a>", "<object data='javascript:{}'></object>",
    "<embed src='javascript:{}'>", "<math><mi xlink:href='javascript:{}'>x</mi></math>", "<style>@import 'javascript:{}';</style>", '<div style="background:url(javascript:{})">x</div>',
    "<noscript><p title=\"</noscript><img src=x onerror='{}'>\"></noscript>", "<p title='<img src=x onerror={}>'>x</p>", "<!--><img src=x onerror='{}'>-->", "<![CDATA[><img src=x onerror='{}'>",
    "<form><button formaction='javascript:{}'>x</button></form>", "<link rel=stylesheet href='javascript:{}'>", "<base href='javascript:{}//'>", "<meta http-equiv=refresh content='0;javascript:{}'>",
    "[caption]<img src=x onerror='{}'> <script>{}</script>[/caption]", "[video src=\"x' onerror='{}\"]", "[embed]javascript:{}[/embed]", "[gallery ids='<script>{}</script>']",
    "![x](x \"' onerror='{}\")", "[x](javascript:{})", "<javascript:{}>", "`<script>{}</script>`", "```\n</code></pre><script>{}</script>\n```", "&lt;script&gt;{}&lt;/script&gt;",
    "<pre><code></code></pre><script>{}</script>", "{{{{ self }}}}<script>{}</script>", "<figure><img src=x><figcaption><img src=x onerror='{}'></figcaption></figure>",
    "<table><tr><td><img src=x onerror='{}'></td></tr></table>", "<template><script>{}</script></template><img src=x onerror='{}'>", "<x onclick='{}' tabindex=1 onfocus='{}' autofocus>x</x>",
    "<!-- wp:html --><script>{}</script><!-- /wp:html -->", '<!-- wp:x/y {{"a":"<script>{}</script>"}} /-->', "<sup data-fn='n'><img src=x onerror='{}'></sup>",
)  # fmt: skip


def payloads() -> list[str]:
    """Each shape as it is, and once more in capitals or folded into another element."""
    plain = [shape.replace("{{", "{").replace("}}", "}").replace("{}", RAN % n) for n, shape in enumerate(SHAPES)]
    return plain + [f"<div><b>{one}" for one in plain] + [f"<blockquote>{one}</blockquote>\n\nafter" for one in plain]


def item(number: int, payload: str) -> str:
    """A post with the payload in every place that a stranger may fill."""
    safe = payload.replace("]]>", "]]&gt;")
    data = f"<![CDATA[{safe}]]>"
    return (
        f"<item><title>{number} {escape(payload)}</title><link>https://quay.example/{number}/</link><dc:creator>{data}</dc:creator>"
        f"<content:encoded>{data}</content:encoded><excerpt:encoded>{data}</excerpt:encoded><wp:post_id>{number}</wp:post_id>"
        f"<wp:post_date>2020-05-05 17:03:00</wp:post_date><wp:post_name>post-{number}</wp:post_name><wp:status>publish</wp:status>"
        f'<wp:post_type>post</wp:post_type><category domain="post_tag" nicename="t">{data}</category>'
        f"<wp:postmeta><wp:meta_key>{escape(payload[:20])}</wp:meta_key><wp:meta_value>{data}</wp:meta_value></wp:postmeta>"
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id><wp:comment_author>{data}</wp:comment_author>"
        f"<wp:comment_author_url>javascript:{RAN % 0}</wp:comment_author_url><wp:comment_date>2020-05-06 10:00:00</wp:comment_date>"
        f"<wp:comment_content>{data}</wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment></item>"
    )


def export(texts: list[str]) -> str:
    head = (Path(__file__).parents[1] / "convert" / "wordpress" / "quay.xml").read_text("utf-8").split("<item>")[0]
    return head + "".join(item(n, text) for n, text in enumerate(texts)) + "</channel></rss>"


def ghost(texts: list[str]) -> str:
    posts = [
        {"id": str(n), "title": text, "slug": f"g-{n}", "status": "published", "html": text, "custom_excerpt": text, "feature_image": text,
         "feature_image_alt": text, "published_at": "2021-05-05T15:03:00.000Z"}
        for n, text in enumerate(texts)
    ]  # fmt: skip
    return json.dumps({"db": [{"meta": {"exported_on": 1}, "data": {"posts": posts}}]})


def test_no_payload_of_an_export_runs_in_a_browser(tmp_path: Path, chromium: Any, every_page: bool) -> None:
    texts = payloads() if every_page else payloads()[: len(SHAPES)]
    (tmp_path / "quay.xml").write_text(export(texts), "utf-8")
    (tmp_path / "quay.json").write_text(ghost(texts), "utf-8")
    (tmp_path / "sitegen.yaml").write_text("title: The Quay\npagination: 400\n", "utf-8")
    (tmp_path / "content").mkdir()
    for command in (["import", "quay.xml", "quay.json"], ["build"]):
        done = subprocess.run(
            [sys.executable, "-m", "sitegen", *command], cwd=tmp_path, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    pages = sorted((tmp_path / "public").glob("202[01]/*/[pg]*/index.html"))
    assert len(pages) == 2 * len(texts)
    page = chromium.new_page()
    page.add_init_script("window.hits = []; window.ran = (n) => window.hits.push(n)")
    page.on("dialog", lambda dialog: dialog.dismiss())
    hits = []
    for path in [*pages, tmp_path / "public" / "index.html"]:
        page.goto(path.as_uri(), wait_until="load")
        hits += [f"{path}: {hit}" for hit in page.evaluate("window.hits")]
        hits += [
            f"{path}: {href}"
            for href in page.evaluate("""[...document.querySelectorAll("a,area,form,iframe,embed,object")]
            .map((e) => e.href || e.action || e.src || e.data || "").filter((a) => /^\\s*(javascript|data|vbscript):/i.test(a))""")
        ]
    page.close()
    assert hits == []
