"""The whole import at its edges: broken bytes, other encodings, rows, links, and laws that hold for any input."""
# ruff: noqa: E501 -- the invented articles stand in one piece

import gzip
import json
import re
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitegen.content.markdown import MarkdownSettings, render_markdown
from sitegen.convert.document import ledger
from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.report import Report, as_json
from sitegen.convert.writing.escape import to_markdown

ARTICLE = "The bakery on the hill closes early\n\n5 May 2020\n\nThe bakery on the hill will close at noon from now on, its owner said on Tuesday.\n"


def run(sources: list[Path], into: Path, **options: object) -> Report:
    return import_sources(
        [str(path) for path in sources], ImportOptions(into=into, bases=into / ".sitegen" / "imports", **options)
    )


def test_every_file_is_a_document_or_a_problem(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    files = {
        "good.txt": ARTICLE.encode(), "empty.txt": b"", "blank.txt": b" \n\t\n", "picture.png": b"\x89PNG\r\n\x1a\n\0\0",
        "page.html": b"<!DOCTYPE html><html><body></body></html>", "packed.gz": gzip.compress(b"x"), "noise.bin": bytes(range(256)),
        "feed.xml": b"<?xml version='1.0'?><rss></rss>", "done.md": b"---\ntitle: x\n---\n\nText\n", "broken.jsonl": b'{"text": "x"}\n{"te',
    }  # fmt: skip
    for name, content in files.items():
        (raw / name).write_bytes(content)
    report = as_json(run([raw], tmp_path / "out"))
    told = {Path(entry["source"]["path"]).name for entry in [*report["documents"], *report["problems"]]}
    assert told == set(files)
    assert {Path(one["source"]["path"]).name for one in report["documents"]} == {
        "good.txt", "broken.jsonl", "packed.gz", "done.md"
    }  # fmt: skip
    for one in report["problems"]:
        assert re.search(r"\w: \w", one["message"]), "a problem says how to mend it"


def test_a_reader_that_fails_is_told_and_stops_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> str:
        raise AttributeError("a comment has no tag")

    monkeypatch.setattr("trafilatura.bare_extraction", fails)
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.html").write_text("<!DOCTYPE html><html><body><h1>A mill</h1><p>It turns and turns.</p></body></html>")
    (raw / "b.txt").write_text(ARTICLE)

    report = as_json(run([raw], tmp_path / "out"))

    assert [Path(one["source"]["path"]).name for one in report["documents"]] == ["b.txt"]
    [told] = report["problems"]
    assert told["severity"] == "error"
    assert Path(told["source"]["path"]).name == "a.html"
    assert re.search(r"AttributeError at test_importing\.py:\d+: a comment has no tag", told["message"])


def test_a_whole_export_that_fails_stops_nothing_else_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> str:
        raise KeyError("front matter")

    monkeypatch.setattr("sitegen.convert.readers.generators.read_matter", fails)
    raw = tmp_path / "raw"
    (raw / "hugo" / "content").mkdir(parents=True)
    (raw / "hugo" / "hugo.toml").write_text('title = "T"\nbaseURL = "https://example.org/"\n')
    (raw / "hugo" / "content" / "a.md").write_text("---\ntitle: A\n---\n\nText.\n")
    (raw / "b.txt").write_text(ARTICLE)

    report = as_json(run([raw], tmp_path / "out"))

    assert [Path(one["source"]["path"]).name for one in report["documents"]] == ["b.txt"]
    assert ["KeyError at" in one["message"] for one in report["problems"]] == [True]


QUAY = (Path(__file__).parent / "wordpress" / "quay.xml").read_text("utf-8")
WRONG = {  # a file, and what its problems say and advise
    "noise.bin": (bytes(range(256)), ["binary file", "leave it out"]),
    "paper.pdf": (b"%PDF-1.4 x", ["PDF document", "save its text"]),
    "picture.png": (b"\x89PNG\r\n\x1a\n\0\0", ["a picture", "comes along with the article"]),
    "old.doc": (b"\xd0\xcf\x11\xe0\0\0", ["old Office document", "save it as .docx"]),
    "all.rar": (b"Rar!\0\0", ["RAR archive", "unpack it"]),
    "mill.docx": (b"The text of a mill, which was never packed.", ["plain text under the name of a Word document", "--format"]),
    "empty.zip": (b"PK\x05\x06" + bytes(18), ["holds no files"]),
    "cut.zip": (b"PK\x03\x04\0\0", ["cannot be opened", "download it again"]),
    "list.opml": (b'<?xml version="1.0"?><opml version="1.0"></opml>', ["an XML document", "--format feed"]),
    "feed.xml": (b"<rss version='2.0'><channel><item><title>a & b</title></item>", ["feed.xml:1:45: ", "no proper XML", "no content"]),
    "export.xml": (QUAY[:3000].encode(), ["17:1: ", "breaks off", "export it again"]),
    "ghost.json": (b'{"db": [{"data": {"posts": [{"id": 1, "html": "x"', ["not valid JSON", "export it again"]),
    "rows.csv": (b"a,b\n" + b"1,2\n" * 9, ["rows.csv:2: row 0 has no text", "--map text=COLUMN (this row has a, b)", "6 more rows, from here to line 10"]),
    "rows.jsonl": (b'{"text": \n[1]\n', ["rows.jsonl:1: this line is not a JSON object", "rows.jsonl:2: "]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read_is_said_in_words_with_its_place_and_what_to_do(name: str, tmp_path: Path) -> None:
    content, words = WRONG[name]
    (tmp_path / name).write_bytes(content)
    report = run([tmp_path / name], tmp_path / "out")
    said = "\n".join(f"{problem.where}: {problem.message} / {problem.help}" for problem in report.problems)
    assert report.done == ()
    assert report.failed
    assert all(problem.help for problem in report.problems)
    for word in words:
        assert word in said


def test_an_older_encoding_is_read_and_said(tmp_path: Path) -> None:
    text = "Die Bäckerei am Hügel schließt früher\n\n5. Mai 2020\n\nDie Bäckerei am Hügel schließt künftig schon mittags, sagte die Besitzerin über ihre Pläne für das nächste Jahr.\n"
    (tmp_path / "alt.txt").write_bytes(text.encode("cp1252"))
    report = run([tmp_path / "alt.txt"], tmp_path / "out")
    assert report.done[0].article.title.value == "Die Bäckerei am Hügel schließt früher"
    assert [problem.severity for problem in report.problems] == ["warning"]
    assert "not UTF-8" in report.problems[0].message
    assert not report.failed


def test_rows_are_articles_with_their_row_and_address(tmp_path: Path) -> None:
    rows = [
        {"text": ARTICLE, "url": "https://hill.example/2020/bakery", "timestamp": "2023-01-01T00:00:00Z"},
        {"text": "A field of beans\n\nThe beans on the east field came up in rows as straight as a ruler this spring.", "url": "https://hill.example/beans", "timestamp": "2023-01-01T00:00:00Z"},
    ]  # fmt: skip
    source = tmp_path / "rows.jsonl"
    source.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    report = run([source], tmp_path / "out")
    entries = as_json(report)["documents"]
    assert [entry["source"]["row"] for entry in entries] == [0, 1]
    assert entries[0]["fields"]["date"]["value"] == "2020-05-05"
    assert entries[1]["fields"]["date"]["flagged"], "when a page was crawled is not when it was published"
    assert entries[1]["output"].startswith("undated/")
    assert 'url: "https://hill.example/beans"' in (tmp_path / "out" / entries[1]["output"]).read_text("utf-8")


def test_a_map_names_the_columns_of_a_csv(tmp_path: Path) -> None:
    source = tmp_path / "rows.csv"
    source.write_text(
        'id;inhalt;kopf;wann\n1;"Der Markt war gut besucht, und alle Äpfel wurden verkauft.";"Ein Markttag";2021-06-07\n',
        "utf-8",
    )
    report = run([source], tmp_path / "out", columns={"text": "inhalt", "title": "kopf", "date": "wann"})
    article = report.done[0].article
    assert (article.title.value, article.date and article.date.value) == ("Ein Markttag", "2021-06-07")


def test_links_that_lead_outside_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(ARTICLE, "utf-8")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "raw" / "folder").symlink_to(tmp_path, target_is_directory=True)
    report = run([tmp_path / "raw"], tmp_path / "out")
    assert report.done == ()
    assert report.failed


def test_several_processes_give_what_one_gives(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(140):
        (raw / f"{number}.txt").write_text(
            f"The hill paper\n\nStory {number} of the long winter on the hill\n\n{number % 28 + 1} May 2020\n\nThe story of winter number {number} is told here in one sentence of some length.\n",
            "utf-8",
        )
    one, two = run([raw], tmp_path / "one"), run([raw], tmp_path / "two", jobs=2)
    assert as_json(one) == as_json(two)


def test_the_order_of_day_and_month_is_learnt_from_the_collection(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for name, day in (("a", "13/05/2020"), ("b", "04/05/2020")):
        (raw / f"{name}.txt").write_text(ARTICLE.replace("5 May 2020", day).replace("hill", f"hill {name}"), "utf-8")
    dates = [done.article.date.value for done in run([raw], tmp_path / "out").done if done.article.date]
    assert dates == ["2020-05-13", "2020-05-04"]


def test_a_date_that_may_be_two_days_is_left_out_and_flagged(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE.replace("5 May 2020", "04/05/2020"), "utf-8")
    entry = as_json(run([tmp_path / "a.txt"], tmp_path / "out"))["documents"][0]
    assert entry["fields"]["date"]["flagged"]
    assert entry["output"].startswith("undated/")


def test_a_folder_that_cannot_be_written_to_is_a_problem_of_its_articles(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    (tmp_path / "file").write_text("", "utf-8")
    report = run([tmp_path / "a.txt"], tmp_path / "file" / "below")
    assert report.done == ()
    assert "cannot be written" in report.problems[0].message


LINES = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.sampled_from(
        ["", "", "5 May 2020", "By Ann Lee", "READ: More of it", "A quay [Ann Lee]", "Share this", "# x", "1. y", "- z", "© 2020",
         "A whole sentence that is long enough to be read as prose by anyone.", "Leave a reply", "The title of a story", "Photo: Ann"]
    ),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(LINES, max_size=12), min_size=1, max_size=5))
def test_for_any_texts_the_ledger_adds_up_the_front_matter_reads_back_and_a_second_run_writes_nothing(
    texts: list[list[str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "out"
        raw.mkdir()
        for number, lines in enumerate(texts):
            (raw / f"{number}.txt").write_text("\n".join(lines), "utf-8", newline="")
        report = run([raw], out)
        assert len(report.done) + len({problem.where.path for problem in report.problems if problem.is_error}) == len(
            texts
        )
        for done in report.done:
            counts = ledger(done.article.fates)
            assert counts["blocks"] == len(done.document.blocks)
            assert counts["blocks"] == counts["fields"] + counts["body"] + counts["links"] + sum(
                counts["dropped"].values()
            )
            text = (out / done.outcome.place).read_text("utf-8")
            front = yaml.load(text.split("---\n")[1], yaml.BaseLoader)
            assert front["title"] == done.article.title.value
            assert [entry["title"] for entry in front.get("related", [])] == [link.title for link in done.article.links]
        assert {done.outcome.action for done in run([raw], out).done} <= {"unchanged"}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_import(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "fuzz").write_bytes(content)
        report = run([Path(folder) / "fuzz"], Path(folder) / "out")
        assert len(report.done) + len(report.problems) >= 1


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.text(
            st.characters(
                codec="utf-8",
                exclude_categories=["Cc", "Cs", "Zl", "Zp", "Co", "Cn", "Cf", "Zs"],
                include_characters=" ",
            ),
            max_size=40,
        ),
        max_size=4,
    )
)
def test_any_text_renders_as_itself(paragraphs: list[str]) -> None:
    shown = [" ".join(text.split()) for text in paragraphs]
    html = render_markdown(to_markdown(shown), MarkdownSettings(), folder="").html
    text = (
        re.sub(r"<[^>]*>", "", html)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", '"')
        .replace("&amp;", "&")
    )
    marks = re.compile(r"^(?:[•▪▸►‣◦●○■□✓✔➤] *|[*–—-] +|\d{1,3}[.)] +)", re.MULTILINE)
    wanted = marks.sub("", "\n".join(text for text in shown if text))
    assert re.sub(r"\s+", "", text) == re.sub(r"\s+", "", wanted) or re.sub(r"\s+", "", marks.sub("", text)) == re.sub(
        r"\s+", "", wanted
    )


@pytest.mark.parametrize(
    "text",
    [
        "[^1] and [[x]]",
        "a {.b} c",
        "~gone~",
        "$1 and $2",
        "&copy; <b> <!-- x -->",
        "*a* _b_ `c`",
        "![x](y)",
        "# x",
        "1) y",
        ": z",
    ],
)
def test_markup_in_a_raw_text_stays_text(text: str) -> None:
    rendered = render_markdown(to_markdown([text]), MarkdownSettings(math=True), folder="")
    assert rendered.text.strip() == text
    assert re.fullmatch(r"<p>[^<]*</p>\s*", rendered.html)


def test_an_address_that_a_browser_would_run_is_left_out_of_the_front_matter_and_named(tmp_path: Path) -> None:
    bad, good = "javascript:alert(1)", "https://quay.example/boat.png"
    items = [
        {"id": str(n), "title": f"Boat {n}", "content_html": f"<p>{ARTICLE}</p>", "image": src}
        for n, src in enumerate((bad, good))
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Quay", "items": items}
    ghost = [
        {"id": str(n), "title": f"Ferry {n}", "slug": f"ferry-{n}", "status": "published", "html": "<p>It sails.</p>", "feature_image": src}
        for n, src in enumerate((bad, good))
    ]  # fmt: skip
    (tmp_path / "feed.json").write_text(json.dumps(feed), "utf-8")
    (tmp_path / "ghost.json").write_text(json.dumps({"db": [{"meta": {"version": "5"}, "data": {"posts": ghost}}]}), "utf-8")  # fmt: skip
    report = run([tmp_path / "feed.json", tmp_path / "ghost.json"], tmp_path / "out")
    texts = {
        done.article.title.value: (tmp_path / "out" / done.outcome.place).read_text("utf-8") for done in report.done
    }
    assert "javascript" not in "".join(texts.values())
    assert all(f'src: "{good}"' in texts[title] for title in ("Boat 1", "Ferry 1"))
    said = " ".join(doubt for done in report.done for doubt in done.article.doubts)
    assert "javascript:alert(1) is not allowed and was left out" in said


def test_a_few_articles_that_are_all_alike_keep_their_sentences(tmp_path: Path) -> None:
    """What recurs is the site's, but not where nothing else would be left of an article."""
    letters = [
        {
            "title": "Letters",
            "text": f"Letters\n\nLetter number {n} is about the boat, which was late {n} times.\n\nShare this\n",
        }
        for n in range(3)
    ]
    (tmp_path / "letters.jsonl").write_text("".join(json.dumps(one) + "\n" for one in letters), "utf-8")
    report = run([tmp_path / "letters.jsonl"], tmp_path / "out")
    for n, done in enumerate(report.done):
        assert done.article.body == (f"Letter number {n} is about the boat, which was late {n} times.",)
        assert "all of its text recurs" in done.article.doubts[-1]
        assert ledger(done.article.fates)["dropped"].keys() <= {"boilerplate", "share buttons", "title repeated"}
