"""Feeds: an item is an article, its fields are stated, and nothing outside of the file is read."""
# ruff: noqa: E501, PT018 -- the invented feeds stand in one piece

import json
import time
from pathlib import Path

import pytest

from sitegen.convert.document import ledger
from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.report import Report

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Quay</title><link>https://quay.example/</link><language>en</language>
<item><title>A boat &amp; a baker</title><link>https://quay.example/boat</link><pubDate>Tue, 05 May 2020 17:03:00 +0200</pubDate>
<dc:creator>Ada Miller</dc:creator><category>boats</category><description>Short.</description>
<content:encoded><![CDATA[<p>The new <b>boat</b> sails on <a href="/monday">Monday</a>.</p><script>alert(1)</script>]]></content:encoded></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>The Quay</title>
<entry><title>A boat &amp; a baker</title><link href="https://quay.example/boat"/><published>2020-05-05T17:03:00+02:00</published>
<updated>2021-01-01T00:00:00Z</updated><author><name>Ada Miller</name></author><category term="boats"/>
<content type="html">&lt;p&gt;The new &lt;b&gt;boat&lt;/b&gt; sails on &lt;a href="/monday"&gt;Monday&lt;/a&gt;.&lt;/p&gt;</content></entry></feed>"""
JSON = json.dumps(
    {"version": "https://jsonfeed.org/version/1.1", "title": "The Quay", "language": "en", "items": [
        {"id": "1", "title": "A boat & a baker", "url": "https://quay.example/boat", "date_published": "2020-05-05T17:03:00+02:00",
         "authors": [{"name": "Ada Miller"}], "tags": ["boats"], "content_html": "<p>The new <b>boat</b> sails on <a href='/monday'>Monday</a>.</p>"}]}
)  # fmt: skip


def imported(text: str, name: str, tmp_path: Path) -> Report:
    (tmp_path / name).write_text(text, "utf-8")
    return import_sources([str(tmp_path / name)], ImportOptions(into=tmp_path / "out", bases=tmp_path / "bases"))


@pytest.mark.parametrize(("text", "name"), [(RSS, "a.xml"), (ATOM, "a.atom"), (JSON, "a.json")])
def test_every_form_of_feed_gives_the_same_article(text: str, name: str, tmp_path: Path) -> None:
    (done,) = imported(text, name, tmp_path).done
    found = done.article
    assert found.title.value == "A boat & a baker"
    assert found.date and found.date.value == "2020-05-05T17:03:00+02:00"
    assert found.authors and found.authors.value == ["Ada Miller"]
    assert found.tags and found.tags.value == ["boats"]
    assert (found.source.format, found.source.row, found.source.url) == ("feed", 0, "https://quay.example/boat")
    assert found.markdown == "The new **boat** sails on [Monday](https://quay.example/monday).\n"
    assert ledger(found.fates)["blocks"] == len(done.document.blocks)


def test_an_item_without_content_is_a_problem_and_stops_no_other(tmp_path: Path) -> None:
    report = imported(RSS.replace("<item>", "<item><title>Nothing</title></item><item>", 1), "a.xml", tmp_path)
    assert len(report.done) == 1
    assert [problem.message for problem in report.problems] == ["item 0 has no content"]


def test_a_feed_that_declares_entities_is_refused(tmp_path: Path) -> None:
    bomb = RSS.replace("<rss", '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<rss', 1)
    report = imported(bomb, "a.xml", tmp_path)
    assert not report.done
    assert "entities" in report.problems[0].message


@pytest.mark.parametrize("text", ["<rss></rss>", '{"version": "https://jsonfeed.org/version/1.1", "items": 7}', '{"version": "https://jsonfeed.org/version/1", "items": [1, {"authors": 3, "tags": 4}]}'])  # fmt: skip
def test_broken_feeds_are_problems(text: str, tmp_path: Path) -> None:
    report = imported(text, "a.json" if text[0] == "{" else "a.xml", tmp_path)
    assert not report.done
    assert report.problems


def test_a_second_import_writes_nothing(tmp_path: Path) -> None:
    imported(RSS, "a.xml", tmp_path)
    assert [done.outcome.action for done in imported(RSS, "a.xml", tmp_path).done] == ["unchanged"]


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_feed_that_declares_entities_is_refused_once_however_large(size: int, tmp_path: Path) -> None:
    item = "<item><title>n &x;</title><description>" + "word " * 400 + "</description></item>\n"
    head = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel>'
    (tmp_path / "feed.xml").write_text(head + item * (size // len(item) + 1) + "</channel></rss>", "utf-8")
    report = import_sources([str(tmp_path / "feed.xml")], ImportOptions(into=tmp_path / "o", bases=tmp_path / "b"))
    assert report.done == ()
    assert ["entities" in problem.message for problem in report.problems] == [True]


def test_a_feed_whose_elements_stand_very_deep_is_refused_at_once(tmp_path: Path) -> None:
    deep = "<rss version='2.0'><channel><item><title>t</title><description>" + "<b>" * 100_000 + "</description></item>"
    (tmp_path / "feed.xml").write_text(deep, "utf-8")
    begun = time.process_time()
    report = import_sources([str(tmp_path / "feed.xml")], ImportOptions(into=tmp_path / "o", bases=tmp_path / "b"))
    assert time.process_time() - begun < 2.0
    assert ["deep in each other" in problem.message for problem in report.problems] == [True]


def test_items_with_a_summary_alone_are_said_of_in_one_sentence(tmp_path: Path) -> None:
    items = "".join(
        f"<item><title>Boat {n}</title><description>The boat {n} sails on Monday.</description></item>"
        for n in range(9)
    )
    report = imported(f"<rss version='2.0'><channel>{items}</channel></rss>", "a.xml", tmp_path)
    assert len(report.done) == 9
    (told,) = report.problems
    assert told.message == "9 items have only a summary (0, 1, 2, 3, 4 …)"
    assert not told.is_error
    assert "save the pages" in told.help
    assert all(done.document.notes == ("only a summary",) for done in report.done)
