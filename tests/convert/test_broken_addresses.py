"""Sources hold addresses that are none. Each costs no more than itself: never its article, never the rest of a file."""
# ruff: noqa: E501 -- the invented sources stand in one piece

import json
from pathlib import Path

import pytest

from sitegen.convert.importing import ImportOptions, import_sources

BROKEN = "http://[fe80"
PROSE = "".join(
    f"<p>On pier {n} the new boat was named after the baker, who wept a little at noon.</p>" for n in range(9)
)
PAGE = f"""<html><head><title>A boat</title><link rel="canonical" href="{BROKEN}"><meta property="og:url" content="{BROKEN}">
</head><body><article><h1>A boat</h1>{PROSE}<p><a href="{BROKEN}">Pier</a> <img src="{BROKEN}"></p></article></body></html>"""
ROWS = "\n".join(
    json.dumps({"title": title, "text": f"{title}\n\nThe boat was named at noon.", "url": url})
    for title, url in (("A boat", BROKEN), ("A ferry", "https://quay.example/ferry"))
)
FEED = f"""<rss version="2.0"><channel><title>Quay</title><link>{BROKEN}</link>
<item><title>A boat</title><link>{BROKEN}</link><description>{PROSE.replace("<", "&lt;")}</description></item>
<item><title>A ferry</title><link>https://quay.example/f</link><description>{PROSE.replace("<", "&lt;")}</description></item>
</channel></rss>"""
ITEM = """<item><title>{title}</title><link>{url}</link><content:encoded><![CDATA[{body}]]></content:encoded>
<wp:post_id>{id}</wp:post_id><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>"""
EXPORT = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Quay</title><link>{BROKEN}</link><wp:wxr_version>1.2</wp:wxr_version>
{ITEM.format(title="A boat", url=BROKEN, body=PROSE, id=1)}
{ITEM.format(title="A ferry", url="https://quay.example/f", body=PROSE, id=2)}</channel></rss>"""


@pytest.mark.parametrize(
    ("name", "content", "count"),
    [("boat.html", PAGE, 1), ("rows.jsonl", ROWS, 2), ("feed.xml", FEED, 2), ("export.xml", EXPORT, 2)],
)
def test_an_address_that_is_none_costs_no_article(tmp_path: Path, name: str, content: str, count: int) -> None:
    path = tmp_path / "in" / name
    path.parent.mkdir()
    path.write_text(content, "utf-8")
    into = tmp_path / "out"

    report = import_sources([str(path.parent)], ImportOptions(into=into, bases=into / ".sitegen" / "imports"))

    assert [problem.message for problem in report.problems if problem.severity == "error"] == []
    assert [done.article.title.value for done in report.done] == ["A boat", "A ferry"][:count]
