"""A document that takes too long, or at which a step fails, costs itself and nothing else."""

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml.html import document_fromstring

from sitegen.build.pool import Processes, Serial, run_alone
from sitegen.convert import drawing, importing, patience, putting
from sitegen.convert.document import Article, Document
from sitegen.convert.html.content import main_text
from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.patience import TooLong, patiently, within
from sitegen.convert.report import Report
from tests.convert.test_html import page

WILD = f"<!DOCTYPE html><title>A page of attributes</title><p {' '.join(f'a{n}' for n in range(60_000))}>word</p>"


def run(source: Path, into: Path, pool: Any) -> Report:
    return import_sources([str(source)], ImportOptions(into=into, bases=into / ".sitegen" / "imports"), pool=pool)


@pytest.fixture(autouse=True, scope="module")
def _loaded() -> None:
    """What reading a page imports; not a part of the time that a page takes here."""
    assert main_text(document_fromstring(page()), [])


def small_bounds(monkeypatch: pytest.MonkeyPatch, limit: float, hard: float) -> None:
    monkeypatch.setattr(patience, "LIMIT_S", limit)
    monkeypatch.setattr(patience, "HARD_S", hard)


def steps_for(seconds: float) -> None:
    """Uses up processor time."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_work_within_the_bound_is_left_alone_and_no_timer_runs_on(monkeypatch: pytest.MonkeyPatch) -> None:
    small_bounds(monkeypatch, 0.3, 9)
    before = signal.getsignal(signal.SIGPROF)
    for _ in range(4):
        with within():
            steps_for(0.1)
    steps_for(0.4)
    assert signal.getsignal(signal.SIGPROF) == before
    assert signal.getitimer(signal.ITIMER_PROF) == signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_waiting_uses_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    small_bounds(monkeypatch, 0.05, 9)
    with within():
        time.sleep(0.3)


def test_a_pattern_that_runs_wild_and_a_library_that_catches_all_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    small_bounds(monkeypatch, 0.2, 9)
    with pytest.raises(TooLong), within():
        re.match(r"(a+)+$", "a" * 40 + "b")
    monkeypatch.setattr(patience, "AGAIN_S", 0.1)
    caught = 0

    def stubborn() -> None:
        nonlocal caught
        while caught < 2:
            try:
                steps_for(20)
            except BaseException:  # noqa: BLE001 -- as some libraries do
                caught += 1
        steps_for(20)

    with pytest.raises(TooLong), within():
        stubborn()
    assert caught == 2


def test_each_document_of_a_reader_has_the_whole_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    small_bounds(monkeypatch, 0.3, 9)

    def made() -> Iterator[int]:
        for n in range(4):
            steps_for(0.15 if n < 3 else 20)
            yield n

    found: list[int] = []
    with pytest.raises(TooLong):
        found.extend(patiently(made()))
    assert found == [0, 1, 2]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_page_that_no_parser_comes_back_from_is_named_and_the_rest_is_imported(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of Python runs while it is parsed: only the end of the process helps."""
    small_bounds(monkeypatch, 5, 0.8)
    raw = tmp_path / "raw"
    raw.mkdir()
    for n in range(3):
        (raw / f"{n}.html").write_text(page(title=f"A boat with the number {n}"), "utf-8")
    (raw / "1-wild.html").write_text(WILD, "utf-8")
    report = run(raw, tmp_path / "out", Processes(workers))
    assert [Path(done.article.source.path).name for done in report.done] == ["0.html", "1.html", "2.html"]
    (told,) = [one for one in report.problems if one.is_error]
    assert Path(told.where.path).name == "1-wild.html"
    assert told.code == "import.time"
    assert "seconds" in told.message
    assert "all else is imported" in told.help
    again = run(raw, tmp_path / "out", Processes(workers))
    assert {done.outcome.action for done in again.done} == {"unchanged"}


def test_in_one_process_it_is_named_when_the_parser_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_bounds(monkeypatch, 1, 99)
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "0.html").write_text(page(), "utf-8")
    (raw / "wild.html").write_text(WILD[:170_000] + ">word</p>", "utf-8")
    report = run(raw, tmp_path / "out", Serial())
    assert [Path(done.article.source.path).name for done in report.done] == ["0.html"]
    assert [(Path(one.where.path).name, one.code) for one in report.problems] == [("wild.html", "import.time")]


def test_what_was_under_way_when_a_process_ended_is_done_again_in_order() -> None:
    ended: list[int] = []

    def again(shared: int, chunk: int) -> int:
        ended.append(chunk)
        found = run_alone(_added, shared, chunk)
        return -chunk if found is None else found

    got = list(Processes(2).map(_added, 100, range(1, 20), lost=again))
    assert got == [-n if n in (7, 13) else 100 + n for n in range(1, 20)]
    assert {7, 13} <= set(ended)


def _added(shared: int, chunk: int) -> int:
    if chunk in (7, 13):
        os._exit(3)
    return shared + chunk


@pytest.mark.parametrize("workers", [1, 2])
def test_an_article_at_which_the_process_ends_is_named_and_the_rest_is_imported(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = drawing.drawn_article

    def drawn(document: Document, *known: Any) -> Article:
        if "number 2" in document.blocks[0].text:
            os.kill(os.getpid(), signal.SIGKILL)  # as the system does where memory runs out
        return draw(document, *known)

    monkeypatch.setattr(drawing, "drawn_article", drawn)
    raw = tmp_path / "rows.jsonl"
    raw.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    report = run(raw, tmp_path / "out", Processes(workers))
    assert [done.article.source.row for done in report.done] == [0, 1, 3]
    (told,) = report.problems
    assert told.code == "import.time"
    assert "the process that was to make an article of this was ended" in told.message
    assert report.failed


ROWS = [
    {"text": f"Title number {n} of the quay\n\n5 May 2020\n\nThe boat with the number {n} was said to be good.\n"}
    for n in range(4)
]


@pytest.mark.parametrize(("step", "doing"), [("draw", "make an article of"), ("plan", "write"), ("put", "write")])
@pytest.mark.parametrize("pool", [Serial(), Processes(2)])
def test_an_article_at_which_a_step_fails_is_an_error_of_that_article_alone(
    step: str, doing: str, pool: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(text: str) -> None:
        if "number 2" in text:
            raise LookupError("no such lamp")

    if step == "draw":
        draw = drawing.drawn_article

        def drawn(document: Document, *known: Any) -> Article:
            fails(document.blocks[0].text)
            return draw(document, *known)

        monkeypatch.setattr(drawing, "drawn_article", drawn)
    elif step == "plan":
        place = putting.Putting._place

        def placed(self: putting.Putting, number: int) -> None:
            fails(self.drawn.entries[number].title)
            place(self, number)

        monkeypatch.setattr(putting.Putting, "_place", placed)
    else:
        one = importing._one

        def put(number: int, at: putting.Putting, *more: Any) -> Any:
            fails(at.drawn.entries[number].title)
            return one(number, at, *more)

        monkeypatch.setattr(importing, "_one", put)
    raw = tmp_path / "rows.jsonl"
    raw.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    report = run(raw, tmp_path / "out", pool)
    assert [done.article.source.row for done in report.done] == [0, 1, 3]
    (told,) = report.problems
    assert told.code == "import.fault"
    assert f"failed to {doing} this: LookupError at test_patience.py" in told.message
    assert "no such lamp" in told.message
    assert report.failed
    monkeypatch.undo()
    healed = run(raw, tmp_path / "out", pool)
    assert [done.outcome.action for done in healed.done] == ["unchanged", "unchanged", "new", "unchanged"]


def test_a_reader_that_fails_after_some_articles_says_how_many_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sitegen.convert import gathering

    read = gathering.read_found

    def failing(*given: Any) -> Iterator[Any]:
        for n, made in enumerate(read(*given)):
            if n == 2:
                raise LookupError("no such lamp")
            yield made

    monkeypatch.setattr(gathering, "read_found", failing)
    raw = tmp_path / "rows.jsonl"
    raw.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    report = run(raw, tmp_path / "out", Serial())
    assert len(report.done) == 2
    assert (
        "the 2 articles before it in this source are imported, what follows it there is not" in report.problems[0].help
    )
