"""Every collection under `collections/` is imported whole, and compared with Markdown that a person has read.

Record anew with  RECORD=1 pytest tests/convert/test_collections.py  and read the difference before you commit it.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.report import Report, as_json

COLLECTIONS = Path(__file__).parent / "collections"
NAMES = sorted(folder.name for folder in COLLECTIONS.iterdir() if folder.is_dir())


def imported(name: str, into: Path) -> Report:
    options = ImportOptions(into=into, bases=into / ".sitegen" / "imports")
    return import_sources([str(COLLECTIONS / name / "in")], options)


def account(report: Report) -> str:
    """What became of every line that is no body, as a person reads it."""
    out = []
    for document in as_json(report)["documents"]:
        out.append(f"{Path(document['source']['path']).name} -> {document['output']}")
        out.append("  " + json.dumps(document["ledger"], ensure_ascii=False))
        out += [f"  {name}: {field['origin']} ({field['confidence']})" for name, field in document["fields"].items()]
        out += [
            f"  {link['label']}: {link['title']} -> {Path(link['target']).name if link['target'] else 'wanted'}"
            for link in document["related"]
        ]
        out += [f"  dropped, {drop['reason']}: {drop['text']}" for drop in document["dropped"]]
        out += [f"  note: {note}" for note in document.get("notes", [])]
    return "\n".join(out) + "\n"


def files_below(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*.md"))
        if ".sitegen" not in path.parts
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_collection_becomes_the_markdown_that_a_person_expects(name: str, tmp_path: Path) -> None:
    report = imported(name, tmp_path)
    expected = COLLECTIONS / name / "expected"
    if os.environ.get("RECORD"):
        shutil.rmtree(expected, ignore_errors=True)
        for path, text in files_below(tmp_path).items():
            (expected / path).parent.mkdir(parents=True, exist_ok=True)
            (expected / path).write_text(text, "utf-8")
        (expected / "account.txt").write_text(account(report), "utf-8")
    assert report.problems == ()
    assert files_below(tmp_path) == files_below(expected)
    assert account(report) == (expected / "account.txt").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_every_collection_is_accounted_for_once(name: str, tmp_path: Path) -> None:
    for document, done in zip(
        as_json(imported(name, tmp_path))["documents"], imported(name, tmp_path).done, strict=True
    ):
        counts = document["ledger"]
        lines = [line for line in Path(document["source"]["path"]).read_text("utf-8").split("\n") if line.strip()]
        assert counts["blocks"] == len(lines) == len(done.article.fates)
        assert counts["blocks"] == counts["fields"] + counts["body"] + counts["links"] + sum(counts["dropped"].values())


@pytest.mark.parametrize("name", NAMES)
def test_a_second_import_writes_nothing(name: str, tmp_path: Path) -> None:
    imported(name, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    again = imported(name, tmp_path)
    assert {done.outcome.action for done in again.done} == {"unchanged"}
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
