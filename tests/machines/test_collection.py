"""The whole collection as one file: complete, searchable, and the same bytes from the same articles."""

import json
import shutil
import sqlite3

from tests.machines.conftest import AUTHORS, TITLES, Machines


def file_of(site: Machines, name: str) -> bytes:
    return (site.root / "public" / name).read_bytes()


def test_every_article_is_a_line(machines):
    lines = [json.loads(line) for line in file_of(machines, "articles.jsonl").decode().splitlines()]

    assert [line["id"] for line in lines] == sorted(TITLES)
    by_id = {line["id"]: line for line in lines}
    assert {id: line["title"] for id, line in by_id.items()} == TITLES
    assert by_id["plain"]["text"] == "Text of plain with marks & a link."
    assert by_id["plain"]["url"] == "https://example.org/base/2024/05/plain/"
    assert by_id["tex"]["authors"] == AUTHORS[:2]


def test_the_database_is_sound_and_finds_words(machines, tmp_path):
    path = tmp_path / "x.sqlite"
    path.write_bytes(file_of(machines, "articles.sqlite"))
    with sqlite3.connect(path) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        db.execute("insert into search (search) values ('integrity-check')")
        found = db.execute(
            "select id from search join article on number = search.rowid where search match 'ferry' order by rank"
        ).fetchall()
        assert {id for (id,) in found} == {"plain", "emoji"}
        assert db.execute("select count(*) from article where text like '%<%'").fetchone() == (0,)
        assert {name for (name,) in db.execute("select distinct name from author")} == set(AUTHORS)
    db.close()


def test_both_files_are_those_of_a_clean_build_after_edits(own):
    own.article("plain", 1, "Another title", "Quite other words.")
    (own.root / "content/tex.md").unlink()
    own.article("added", 9, "Added later")
    own.build()

    other = own.root.with_name("clean")
    shutil.copytree(own.root, other, ignore=shutil.ignore_patterns(".sitegen", "public"))
    clean = Machines.__new__(Machines)
    clean.root = other
    clean.build()

    for name in ("articles.jsonl", "articles.sqlite"):
        assert file_of(own, name) == file_of(clean, name)


def test_a_change_of_the_theme_moves_neither_file(own):
    config = (own.root / "sitegen.yaml").read_text("utf-8")
    own.write("sitegen.yaml", config.replace("gazette", "plain"))

    report = own.build()

    assert "index.html" in report.rendered
    assert not {"articles.jsonl", "articles.sqlite"} & set(report.rendered)


def test_the_preview_serves_what_is_built(own):
    from sitegen.build.live import Live
    from sitegen.build.live.preview import LiveOptions
    from tests.machines.conftest import AS_OF

    live = Live(own.root, own.root / "sitegen.yaml", LiveOptions(as_of=AS_OF))
    live.load()
    try:
        paths = ["articles.jsonl", "articles.sqlite", *(f"2024/05/plain/cite.{s}" for s in ("bib", "ris", "csl.json"))]
        assert {path: live.page(f"/{path}").content for path in paths} == {path: file_of(own, path) for path in paths}
    finally:
        live.close()
