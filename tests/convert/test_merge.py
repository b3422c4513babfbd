"""Three-way merge, and the shelf that it stands on."""
# ruff: noqa: E501 -- the invented articles stand in one piece

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.report import Report
from sitegen.convert.writing.merge import merge

BASE = '---\ntitle: "Old"\ndate: 2024-01-01\n---\n\nOne.\n\nTwo.\n\nThree.\n'


def test_edits_of_different_fields_and_paragraphs_are_both_kept() -> None:
    mine = BASE.replace("Two.", "Two, by hand.").replace("date: 2024-01-01", "date: 2024-01-02  # checked")
    theirs = BASE.replace("Three.", "Three, anew.").replace("Old", "New")
    merged = merge(BASE, mine, theirs)
    assert merged.conflicts == ()
    assert merged.text == (
        '---\ntitle: "New"\ndate: 2024-01-02  # checked\n---\n\nOne.\n\nTwo, by hand.\n\nThree, anew.\n'
    )


def test_the_same_paragraph_changed_twice_is_a_conflict_and_mine_stays() -> None:
    merged = merge(BASE, BASE.replace("Two.", "Mine."), BASE.replace("Two.", "Theirs."))
    assert merged.conflicts == ("body",)
    assert "Mine." in merged.text


PARAGRAPHS = st.lists(st.sampled_from(["A.", "B.", "C.", "D.", "E."]), max_size=6)


@given(PARAGRAPHS, PARAGRAPHS, PARAGRAPHS)
def test_a_merge_keeps_every_new_paragraph_of_both_sides_or_says_conflict(
    a: list[str], b: list[str], c: list[str]
) -> None:
    base, mine, theirs = ("---\ntitle: x\n---\n\n" + "\n\n".join(p) + "\n" for p in (a, b, c))
    merged = merge(base, mine, theirs)
    if not merged.conflicts:
        for paragraph in {*b, *c} - set(a):
            assert paragraph in merged.text
    else:
        assert all(paragraph in merged.text for paragraph in b)


TEXT = "A quiet year at the salt works\n\n2 May 2021\n\n{first}\n\nThe second paragraph says that nothing else happened, all year long.\n"
FIRST = "The salt works had a quiet year, its keeper said when he opened the books on Sunday."


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "raw" / "salt.txt"
    path.parent.mkdir()
    path.write_text(TEXT.format(first=FIRST), "utf-8")
    return path


def run(source: Path, *, dry_run: bool = False) -> Report:
    into = source.parent.parent / "content"
    return import_sources(
        [str(source.parent)], ImportOptions(into=into, bases=into / ".sitegen" / "imports", dry_run=dry_run)
    )


def written(source: Path) -> Path:
    return source.parent.parent / "content" / "2021" / "a-quiet-year-at-the-salt-works.md"


def actions(report: Report) -> list[str]:
    return [done.outcome.action for done in report.done]


def test_a_changed_source_updates_a_file_that_nobody_touched(source: Path) -> None:
    run(source)
    source.write_text(TEXT.format(first=FIRST.replace("Sunday", "Monday")), "utf-8")
    assert actions(run(source)) == ["updated"]
    assert "Monday" in written(source).read_text("utf-8")


def test_a_file_that_a_person_edited_is_left_alone(source: Path) -> None:
    run(source)
    edited = written(source).read_text("utf-8").replace("quiet year,", "very quiet year,") + "\nAdded by hand.\n"
    written(source).write_text(edited, "utf-8")
    assert actions(run(source)) == ["kept"]
    assert written(source).read_text("utf-8") == edited


def test_an_edit_and_a_changed_source_are_merged(source: Path) -> None:
    run(source)
    written(source).write_text(written(source).read_text("utf-8").replace("nothing else", "nothing at all"), "utf-8")
    source.write_text(TEXT.format(first=FIRST.replace("Sunday", "Monday")), "utf-8")
    assert actions(run(source)) == ["merged"]
    text = written(source).read_text("utf-8")
    assert "Monday" in text
    assert "nothing at all" in text
    assert actions(run(source)) == ["kept"]


def test_a_conflict_keeps_both_versions_and_fails(source: Path) -> None:
    run(source)
    mine = written(source).read_text("utf-8").replace("Sunday", "Tuesday")
    written(source).write_text(mine, "utf-8")
    source.write_text(TEXT.format(first=FIRST.replace("Sunday", "Monday")), "utf-8")
    report = run(source)
    assert actions(report) == ["conflict"]
    assert report.failed
    assert written(source).read_text("utf-8") == mine
    assert "Monday" in Path(report.done[0].outcome.aside).read_text("utf-8")


def test_who_deletes_the_new_text_of_a_conflict_has_settled_it(source: Path) -> None:
    run(source)
    mine = written(source).read_text("utf-8").replace("Sunday", "Tuesday")
    written(source).write_text(mine, "utf-8")
    source.write_text(TEXT.format(first=FIRST.replace("Sunday", "Monday")), "utf-8")
    aside = Path(run(source).done[0].outcome.aside)
    assert actions(run(source)) == ["conflict"], "it is said until it is settled"
    aside.unlink()
    assert actions(run(source, dry_run=True)) == ["kept"]
    report = run(source)
    assert (actions(report), report.failed) == (["kept"], False)
    assert written(source).read_text("utf-8") == mine
    assert actions(run(source)) == ["kept"]
    source.write_text(TEXT.format(first=FIRST.replace("Sunday", "Friday")), "utf-8")
    assert actions(run(source)) == ["conflict"], "another change is another conflict"


def test_losing_the_base_loses_no_edit(source: Path) -> None:
    run(source)
    base = written(source).parent.parent / ".sitegen" / "imports" / "2021" / written(source).name
    base.unlink()
    mine = written(source).read_text("utf-8").replace("Sunday", "Tuesday")
    written(source).write_text(mine, "utf-8")
    assert actions(run(source)) == ["kept"]
    source.write_text(TEXT.format(first=FIRST.replace("Sunday", "Monday")), "utf-8")
    assert actions(run(source)) == ["conflict"]
    assert written(source).read_text("utf-8") == mine


def test_another_article_under_the_same_name_does_not_overwrite_the_first(source: Path) -> None:
    run(source)
    first = written(source).read_text("utf-8")
    source.write_text(
        "Goats eat the mayor's hat\n\n9 June 2022\n\nFour goats broke out of their pen and ate a hat.\n", "utf-8"
    )
    assert actions(run(source)) == ["new"]
    assert written(source).read_text("utf-8") == first


def test_a_renamed_source_stays_the_same_article(source: Path) -> None:
    run(source)
    source.rename(source.with_name("renamed.txt"))
    assert actions(run(source)) == ["updated"]
    assert len(list(written(source).parent.glob("*.md"))) == 1


def test_a_file_that_sitegen_did_not_write_is_never_overwritten(source: Path) -> None:
    written(source).parent.mkdir(parents=True)
    written(source).write_text("mine\n", "utf-8")
    assert [done.outcome.place for done in run(source).done] == ["2021/a-quiet-year-at-the-salt-works-2.md"]
    assert written(source).read_text("utf-8") == "mine\n"


def test_a_dry_run_writes_nothing(source: Path) -> None:
    assert actions(run(source, dry_run=True)) == ["new"]
    assert not (source.parent.parent / "content").exists()
