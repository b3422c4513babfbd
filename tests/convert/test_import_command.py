"""`sitegen import` as a person and a script meet it."""
# ruff: noqa: E501 -- the invented articles stand in one piece

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sitegen.cli import cli
from sitegen.errors import UsageError

ARTICLE = "A boat is named after the baker\n\n5 May 2020, 5:03 pm\n\nThe new boat is named after the baker, who wept a little when she heard of it.\n"


def call(*arguments: str, stdin: str | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["import", *arguments], input=stdin, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return int(done.return_value or 0), done.stdout


def test_json_is_one_object_in_the_shape_of_the_contract(tmp_path: Path) -> None:
    (tmp_path / "boat.txt").write_text(ARTICLE, "utf-8")
    code, out = call(str(tmp_path / "boat.txt"), "--into", str(tmp_path / "out"), "--json")
    report = json.loads(out)
    assert code == 0
    (document,) = report["documents"]
    assert report["problems"] == []
    assert document["source"]["path"] == str(tmp_path / "boat.txt")
    assert document["output"] == "2020/a-boat-is-named-after-the-baker.md"
    assert set(document["fields"]["title"]) == {"value", "confidence", "origin"}
    assert document["ledger"] == {"blocks": 3, "fields": 2, "body": 1, "links": 0, "dropped": {}}
    assert (tmp_path / "out" / document["output"]).is_file()


def test_a_problem_of_one_source_fails_and_keeps_the_others(tmp_path: Path) -> None:
    (tmp_path / "boat.txt").write_text(ARTICLE, "utf-8")
    (tmp_path / "empty.txt").write_text("", "utf-8")
    code, out = call(str(tmp_path), "--into", str(tmp_path / "out"), "--json", "-q")
    assert code == 1
    assert len(json.loads(out)["documents"]) == 1


def test_a_site_gives_its_content_folder_and_its_time_zone(tmp_path: Path) -> None:
    (tmp_path / "sitegen.yaml").write_text("title: Quay\ntimezone: Europe/Berlin\n", "utf-8")
    (tmp_path / "boat.txt").write_text(ARTICLE, "utf-8")
    code, _ = call(str(tmp_path / "boat.txt"), "-C", str(tmp_path))
    text = (tmp_path / "content" / "2020" / "a-boat-is-named-after-the-baker.md").read_text("utf-8")
    assert code == 0
    assert "date: 2020-05-05T17:03:00+02:00\n" in text


def test_standard_input_is_a_source(tmp_path: Path) -> None:
    code, _ = call("-", "--into", str(tmp_path), stdin=ARTICLE)
    assert code == 0
    assert (tmp_path / "2020" / "a-boat-is-named-after-the-baker.md").is_file()


@pytest.mark.parametrize(
    "flags",
    [
        ["--format", "pdf"],
        ["--map", "text"],
        ["--map", "colour=x"],
        ["--apply-tags"],
        ["--cluster", "tcp://127.0.0.1:1"],
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_read(flags: list[str], tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        call(str(tmp_path), "--into", str(tmp_path / "out"), *flags)
    assert error.value.problems[0].help


def test_a_source_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        call(str(tmp_path / "missing"), "--into", str(tmp_path))


def test_a_report_is_written_where_it_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "boat.txt").write_text(ARTICLE, "utf-8")
    call(str(tmp_path / "boat.txt"), "--into", str(tmp_path / "out"), "--dry-run", "--report", str(tmp_path / "r.json"))
    assert json.loads((tmp_path / "r.json").read_bytes())["dry_run"]
    assert not (tmp_path / "out").exists()


def test_imported_articles_without_tags_get_those_that_are_likely(tmp_path: Path) -> None:
    """Only theirs: a tagged article, and one that was there before, stay as they are."""
    (tmp_path / "sitegen.yaml").write_text("title: Quay\n", "utf-8")
    content = tmp_path / "content"
    content.mkdir()
    subjects = {
        "boats": "ferry harbour deck sailor tide anchor", "bread": "oven flour dough crust loaf yeast",
        "stone": "quarry mason granite chisel wall slate",
    }  # fmt: skip
    for tag, words in subjects.items():
        for n in range(12):
            text = f"---\ntitle: {tag} {n}\ndate: 2020-01-{n + 1:02}\ntags: [{tag}]\n---\n{words} {words}\n"
            (content / f"{tag}-{n}.md").write_text(text, "utf-8")
    (content / "old.md").write_text("---\ntitle: Old loaf\ndate: 2020-02-01\n---\nflour dough loaf yeast\n", "utf-8")
    before = {path: path.read_bytes() for path in content.iterdir()}
    raw = "A loaf of the old kind\n\n5 May 2020\n\nThe oven, the flour, the dough and the yeast make a loaf with a crust.\n"
    (tmp_path / "loaf.txt").write_text(raw, "utf-8")

    code, _ = call(str(tmp_path / "loaf.txt"), "-C", str(tmp_path), "--apply-tags")

    assert code == 0
    assert "\ntags: [bread]\n" in (content / "2020" / "a-loaf-of-the-old-kind.md").read_text("utf-8")
    assert {path: path.read_bytes() for path in content.iterdir() if path.is_file()} == before
    again, _ = call(str(tmp_path / "loaf.txt"), "-C", str(tmp_path))
    assert again == 0
    assert "\ntags: [bread]\n" in (content / "2020" / "a-loaf-of-the-old-kind.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "content", "format", "said"),
    [
        ("boat.txt", "<html><body><h1>A boat for the baker</h1><p>The new boat is named after her.</p></body></html>", "html", "html"),
        ("boat.html", ARTICLE, "text", "text"),
        ("boat.csv", '{"text": "A boat for the baker\\n\\nThe new boat is named after her."}\n', "jsonl", "jsonl"),
        ("boat.json", '{"text": "A boat for the baker\\n\\nThe new boat is named after her."}\n', "jsonl", "jsonl"),
    ],
)  # fmt: skip
def test_a_format_that_is_given_wins_over_the_name_and_over_what_the_content_looks_like(
    name: str, content: str, format: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    code, out = call(str(tmp_path / name), "--into", str(tmp_path / "out"), "--format", format, "--json")
    assert json.loads(out)["problems"] == []
    (document,) = json.loads(out)["documents"]
    assert code == 0
    assert f"  format: {said}\n" in (tmp_path / "out" / document["output"]).read_text("utf-8")
    assert document["fields"]["title"]["value"].startswith("A boat")


def test_html_read_as_text_keeps_its_tags_as_words(tmp_path: Path) -> None:
    """What detection would read as a page is read as the person says."""
    (tmp_path / "boat.html").write_text(
        "<!DOCTYPE html><html><body><p>The new boat of the baker.</p></body></html>", "utf-8"
    )
    _, found = call(str(tmp_path / "boat.html"), "--into", str(tmp_path / "a"), "--json")
    _, given = call(str(tmp_path / "boat.html"), "--into", str(tmp_path / "b"), "--format", "text", "--json")
    texts = [
        (tmp_path / folder / json.loads(out)["documents"][0]["output"]).read_text("utf-8")
        for folder, out in (("a", found), ("b", given))
    ]
    assert "  format: html\n" in texts[0]
    assert "  format: text\n" in texts[1]
    assert "DOCTYPE" not in texts[0]
    assert "DOCTYPE" in texts[1]
