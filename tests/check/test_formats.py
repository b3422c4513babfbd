"""The four formats say the same, each in the form that its readers ask for; exit codes tell errors from warnings."""

import json
import re
from urllib.parse import unquote

import pytest


@pytest.fixture
def faulty(site):
    site.article("bad, 100%", title="Bad: one", tittle="x", body="[x](/no/) [[Wanted one]]")
    site.article("bad", tittle="x", body="[x](/no/) [[Wanted one]]")
    (site.root / "content/bad, 100%.md").write_text("---\ntitle: Percent\ndate: 2024-01-01\ntittle: x\n---\n\nText.\n")
    site.write("static/x.json", "{")
    return site


def test_json_holds_every_finding(faulty):
    done = faulty.run("check", "--format", "json")
    value = json.loads(done.out)

    assert done.code == 1
    assert {each["code"] for each in value["findings"]} == {
        "front-matter.near-miss",
        "link.dead",
        "article.wanted",
        "output.json",
    }
    assert value["counts"] == {"error": 1, "warning": 3, "note": 1}
    assert json.loads(faulty.run("--json", "check").out)["findings"] == value["findings"]
    dead = next(each for each in value["findings"] if each["code"] == "link.dead")
    assert (dead["path"], dead["line"], dead["column"], dead["severity"]) == ("content/bad.md", 7, 5, "warning")


def test_sarif_is_a_log_of_version_2_1_0(faulty):
    log = json.loads(faulty.run("check", "--format", "sarif").out)
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]

    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    assert all(rule["shortDescription"]["text"] for rule in run["tool"]["driver"]["rules"])
    assert len(run["results"]) == 5
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert (faulty.root / unquote(place["artifactLocation"]["uri"])).is_file()
        assert re.fullmatch(r"[\w./%~-]+", place["artifactLocation"]["uri"])
        region = place.get("region", {"startLine": 1})
        assert region["startLine"] >= 1
        assert region.get("startColumn", 1) < region.get("endColumn", 2)


def test_github_reads_a_command_a_finding(faulty):
    lines = faulty.run("check", "--format", "github").out.splitlines()

    assert len(lines) == 5
    for line in lines:
        command = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.+)", line)
        properties = dict(each.split("=", 1) for each in command[2].split(","))
        name = properties["file"].replace("%2C", ",").replace("%25", "%")
        assert (faulty.root / name).is_file()
        assert "%0Ahelp: " in command[3]
    assert any("bad%2C 100%25.md" in line for line in lines)


def test_text_shows_the_line_and_the_code(faulty):
    done = faulty.run("check")

    assert "content/bad.md:7:5: warning: leads to /no/, where nothing is [link.dead]" in done.out
    assert "    7 | [x](/no/) [[Wanted one]]\n      |     ^^^^" in done.out
    assert "1 error, 3 warnings, 1 note" in done.out


def test_warnings_count_under_strict_and_notes_never(site):
    assert site.run("check", "--strict").code == 0
    site.article("a", body="[[Wanted one]]")
    assert site.run("check", "--strict").code == 0
    site.article("b", body="[x](/no/)", date="2024-02-01")
    assert site.run("check").code == 0
    assert site.run("check", "--strict").code == 1


def test_a_wrong_format_is_wrong_usage(site):
    assert site.run("check", "--format", "xml").code == 2
