"""WordPress exports: `wordpress/quay.xml` holds one of everything; nothing is lost or becomes public by itself."""
# ruff: noqa: PT018, E501 -- a field is there and right; sentences stand in one piece

import json
import re
from pathlib import Path

import pytest

from sitegen.convert.document import ledger
from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.report import Done, Report, as_json
from sitegen.convert.sources import walking
from sitegen.convert.sources.walking import find_sources
from sitegen.convert.wordpress import cutting
from sitegen.convert.wordpress.fields import moment, stated

QUAY = Path(__file__).parent / "wordpress" / "quay.xml"


def imported(source: Path, into: Path) -> Report:
    return import_sources([str(source)], ImportOptions(into=into / "content", bases=into / "bases"))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return imported(QUAY, tmp_path_factory.mktemp("quay"))


@pytest.fixture(scope="module")
def done(report: Report) -> dict[str, Done]:
    return {one.article.title.value: one for one in report.done}


def test_posts_pages_and_own_types_become_articles_and_the_rest_is_counted(report: Report) -> None:
    assert {one.outcome.place for one in report.done} == {
        "2020/the-new-ferry.md", "pages/timetable/winter.md", "pages/timetable.md", "2020/a-draft.md",
        "2020/next-year.md", "2020/members.md", "2020/for-us.md", "2020/curlew.md",
    }  # fmt: skip
    assert [problem.message for problem in report.problems if "no articles" in problem.message] == [
        "items of the export that are no articles, and were left out (library files: 1, menu items: 1, posts in the trash: 1)"
    ]
    assert not any(problem.is_error for problem in report.problems)


def test_a_post_brings_all_that_the_export_says_of_it(done: dict[str, Done]) -> None:
    article = done["The new ferry & its bell"].article
    assert article.date and article.date.value == "2020-05-05T17:03:00+02:00"
    assert article.authors and article.authors.value == ["Ada Miller", "Bob Rivers"]
    assert article.tags and article.tags.value == ["bells"]
    assert article.summary and article.summary.value == "A ferry for everyone."
    assert {name: field.value for name, field in article.more.items()} == {
        "updated": "2021-01-02T09:00:00+01:00",
        "categories": ["Harbour", "Ferries & boats"],
        "slug": "the-new-ferry",
        "aliases": ["/2020/05/the-new-ferry/"],
        "image": {"src": "https://quay.example/files/boat.jpg", "alt": "A white boat", "caption": "The new boat"},
        "extra": {"sticky": True, "format": "image", "fields": {"ship": "MV Curlew"}},
    }


@pytest.mark.parametrize(
    ("title", "reason"),
    [("A draft", "is a draft"), ("Next year", "was scheduled"), ("Members only", "password"), ("For us", "is private")],
)
def test_what_was_not_public_becomes_a_draft_and_the_report_says_why(
    done: dict[str, Done], report: Report, title: str, reason: str
) -> None:
    assert done[title].article.more["draft"].value is True
    assert any(title in problem.message and reason in problem.message for problem in report.problems)


def test_a_scheduled_post_keeps_its_day(done: dict[str, Done]) -> None:
    assert done["Next year"].article.more["publish_date"].value == "2020-12-31T23:00:00-05:30"


def test_comments_keep_their_threads_and_nothing_private(done: dict[str, Done]) -> None:
    article = done["The new ferry & its bell"].article
    assert [(c.id, c.parent, c.author, c.date) for c in article.comments] == [
        ("11", "", "Cy", "2020-05-06T10:00:00+02:00"),
        ("13", "11", "Ada Miller", "2020-05-06T11:00:00+02:00"),  # its parent was spam
    ]
    assert article.comments[0].html == "<p>At last!</p><p>Which <strong>pier</strong>?</p>"
    assert "mail.example" not in str(article.comments)
    assert "10.1.2.3" not in str(article.comments)
    dropped = ledger(article.fates)["dropped"]
    assert dropped["spam"] == dropped["comment that waits for approval"] == 1


def test_every_element_is_in_the_ledger_once(report: Report) -> None:
    for one in report.done:
        account = ledger(one.article.fates)
        assert account["blocks"] == len(one.document.blocks)
        assert account["blocks"] == sum(account[part] for part in ("fields", "body", "links")) + sum(
            account["dropped"].values()
        )


def test_a_second_import_writes_nothing(tmp_path: Path) -> None:
    imported(QUAY, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    again = imported(QUAY, tmp_path)
    assert {one.outcome.action for one in again.done} == {"unchanged"}
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize(
    ("old", "new", "line", "said", "help"),
    [
        ("<title>Winter</title>", "<own:title>Winter</own:title>", 51, "Namespace prefix own", "xmlns:own="),
        ("<title>Winter</title>", "<title>Winter & more</title>", 51, "xmlParseEntityRef", "&amp;"),
        ("<title>Winter</title>", "<title>Winter</titel>", 51, "mismatch", "the other items were read"),
    ],
)
def test_xml_that_is_not_well_formed_names_the_place_and_the_cure(
    tmp_path: Path, old: str, new: str, line: int, said: str, help: str
) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_text(QUAY.read_text("utf-8").replace(old, new), "utf-8")
    report = imported(broken, tmp_path)
    (problem,) = [problem for problem in report.problems if problem.code == "import.wordpress" and problem.where.line]
    assert problem.where.line == line
    assert problem.where.column > 0
    assert said in problem.message
    assert help in problem.help
    assert report.failed
    assert len(report.done) == 7, "the other items are read"


def test_a_prefix_that_is_not_declared_is_read_and_named_with_its_place(tmp_path: Path) -> None:
    odd = tmp_path / "odd.xml"
    odd.write_text(QUAY.read_text("utf-8").replace("\txmlns:dc=", "\txmlns:xx="), "utf-8")
    report = imported(odd, tmp_path)
    assert len(report.done) == 8
    (problem,) = [problem for problem in report.problems if problem.where.line]
    assert (problem.where.line, problem.where.column, problem.severity) == (20, 3, "warning")
    assert 'xmlns:dc="http://purl.org/dc/elements/1.1/"' in problem.help


def test_an_item_that_was_cut_out_of_an_export_is_read(tmp_path: Path) -> None:
    text = QUAY.read_text("utf-8")
    start = text.index("<item>\n\t\t<title>Winter")
    alone = tmp_path / "item.xml"
    alone.write_text(text[start : text.index("</item>", start) + 7], "utf-8")
    (done,) = imported(alone, tmp_path).done
    assert (done.outcome.place, done.article.source.format) == ("pages/winter.md", "wordpress")


def test_only_the_tags_that_mark_words_are_taken_out_of_a_title(tmp_path: Path) -> None:
    assert stated("The <em>new</em> &lt;ferry&gt; <html> &amp; its bell") == "The new <ferry> <html> & its bell"


def test_a_large_export_in_pieces_gives_what_it_gives_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = as_json(imported(QUAY, tmp_path / "whole"))
    monkeypatch.setattr(walking, "LARGE", 1000)
    monkeypatch.setattr(cutting, "PIECE", 1)
    assert len(list(find_sources(str(QUAY), frozenset()))) > 8, "an item a piece"
    assert as_json(imported(QUAY, tmp_path / "cut")) == whole
    monkeypatch.setattr(cutting, "PIECE", 3000)
    assert as_json(imported(QUAY, tmp_path / "in threes")) == whole


def test_an_item_that_is_broken_in_a_large_export_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "LARGE", 1000)
    monkeypatch.setattr(cutting, "PIECE", 3000)
    broken = tmp_path / "broken.xml"
    broken.write_text(QUAY.read_text("utf-8").replace("<title>Winter</title>", "<title>Winter & more</title>"), "utf-8")
    report = imported(broken, tmp_path)
    assert [problem.where.line for problem in report.problems if problem.is_error] == [51]
    assert len(report.done) == 7


def test_what_stands_before_the_broken_place_is_imported(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xml"
    text = QUAY.read_text("utf-8")
    broken.write_text(text[: text.index("<title>Timetable")], "utf-8")
    report = imported(broken, tmp_path)
    assert {one.article.title.value for one in report.done} == {"The new ferry & its bell", "Winter"}
    assert "too early" in next(problem.help for problem in report.problems if problem.is_error)


def test_an_export_that_declares_entities_is_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xml"
    text = QUAY.read_text("utf-8").replace("<rss", '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<rss', 1)
    bomb.write_text(text, "utf-8")
    report = imported(bomb, tmp_path)
    assert not report.done
    assert "entities" in report.problems[0].message


def test_control_characters_are_taken_out_and_named(tmp_path: Path) -> None:
    odd = tmp_path / "odd.xml"
    odd.write_text(QUAY.read_text("utf-8").replace("Two boats", "Two\x0b boats\x02"), "utf-8")
    report = imported(odd, tmp_path)
    assert len(report.done) == 8
    assert any("2 control characters" in problem.message for problem in report.problems)


@pytest.mark.parametrize(
    ("local", "gmt", "iso"),
    [
        ("2020-05-05 17:03:00", "2020-05-05 15:03:00", "2020-05-05T17:03:00+02:00"),
        ("2020-05-05 17:03:00", "2020-05-05 11:18:00", "2020-05-05T17:03:00+05:45"),
        ("2020-01-01 00:30:00", "2020-01-01 05:30:00", "2020-01-01T00:30:00-05:00"),
        ("2020-05-05 17:03:00", "0000-00-00 00:00:00", "2020-05-05T17:03:00"),
        ("", "2020-05-05 15:03:00", "2020-05-05T15:03:00+00:00"),
        ("2020-02-30 00:00:00", "", ""),
        ("2020-05-05 17:03:00", "2010-05-05 15:03:00", "2020-05-05T17:03:00"),
    ],
)
def test_the_zone_is_the_difference_of_the_two_dates(local: str, gmt: str, iso: str) -> None:
    assert moment(local, gmt) == iso


def with_comments(source: Path, into: Path) -> Report:
    options = ImportOptions(into=into / "content", bases=into / "bases", comments=into / "data")
    return import_sources([str(source)], options)


def test_comments_are_files_that_a_person_may_change_or_delete(tmp_path: Path) -> None:
    file = tmp_path / "data" / "2020" / "the-new-ferry.json"
    with_comments(QUAY, tmp_path)
    assert [one["id"] for one in json.loads(file.read_text("utf-8"))] == ["11", "13"]
    assert [path for path in (tmp_path / "data").rglob("*") if path.is_file()] == [file]

    file.write_text(file.read_text("utf-8").replace("At last!", "At last."), "utf-8")
    assert not with_comments(QUAY, tmp_path).failed
    assert "At last." in file.read_text("utf-8")

    changed = tmp_path / "quay.xml"
    changed.write_text(QUAY.read_text("utf-8").replace("Pier 2.", "Pier 3."), "utf-8")
    report = with_comments(changed, tmp_path)
    assert report.failed
    assert "Pier 2." in file.read_text("utf-8")
    (problem,) = [problem for problem in report.problems if problem.is_error]
    assert "Pier 3." in Path(problem.help.removeprefix("take over by hand what you want from ")).read_text("utf-8")

    file.unlink()
    with_comments(QUAY, tmp_path)
    assert not file.exists()


VARIANTS = {
    "http://quay.example/2020/05/the-new-ferry": "the-new-ferry.md",
    "https://www.quay.example/2020/05/the-new-ferry/": "the-new-ferry.md",
    "//quay.example/2020/05/the-new-ferry/": "the-new-ferry.md",
    "/2020/05/the-new-ferry": "the-new-ferry.md",
    "https://quay.example/index.php/2020/05/the-new-ferry/": "the-new-ferry.md",
    "https://quay.example/?p=1": "the-new-ferry.md",
    "http://www.quay.example/?p=1&preview=true": "the-new-ferry.md",
    "/?p=1": "the-new-ferry.md",
    "https://quay.example/?page_id=3": "../pages/timetable/winter.md",
    "https://quay.example/2020/05/the-new-ferry/?utm_source=mail#comments": "the-new-ferry.md",
    "https://quay.example/2020/05/the-new-ferry/feed/": "the-new-ferry.md",
    "https://quay.example/2020/05/the-new-ferry/comment-page-2/#comment-11": "the-new-ferry.md",
    "https://quay.example/2020/05/the-new-ferry/amp/": "the-new-ferry.md",
    "https://quay.example/2020/05/the-new-ferry/boat/": "https://quay.example/files/boat.jpg",
    "https://quay.example/?attachment_id=7": "https://quay.example/files/boat.jpg",
    "https://quay.example/feed/": "https://quay.example/feed/",
    "https://quay.example/2020/05/": "https://quay.example/2020/05/",
    "https://elsewhere.example/2020/05/the-new-ferry/": "https://elsewhere.example/2020/05/the-new-ferry/",
}


def test_links_to_the_old_host_in_any_form_lead_to_the_imported_article(tmp_path: Path) -> None:
    links = " ".join(f'<a href="{url.replace("&", "&amp;")}">w{n}</a>' for n, url in enumerate(VARIANTS))
    source = tmp_path / "quay.xml"
    source.write_text(QUAY.read_text("utf-8").replace("Built in 2019.", f"<![CDATA[{links}]]>"), "utf-8")
    imported(source, tmp_path)
    text = (tmp_path / "content" / "2020" / "curlew.md").read_text("utf-8")
    found = dict(re.findall(r"\[w(\d+)\]\(([^)]*)\)", text))
    assert {url: found.get(str(n)) for n, url in enumerate(VARIANTS)} == VARIANTS
