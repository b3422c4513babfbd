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
