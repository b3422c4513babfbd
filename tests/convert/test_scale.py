"""The same result for any number of processes and any cut of the work, and after a run that was killed."""
# ruff: noqa: E501 -- the invented articles stand in one piece

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sitegen.build.pool import Processes, Serial
from sitegen.convert import drawing, gathering
from sitegen.convert.importing import JOURNAL, ImportOptions, import_sources
from sitegen.convert.report import Report, as_json
from sitegen.convert.sources import items, pieces, walking
from sitegen.convert.sources.walking import find_sources

WORDS = "boat harbour lamp baker ferry bridge quay market square gate winter canal barge county oak society secretary towpath".split()


def prose(n: int) -> str:
    words = [WORDS[(n * 7 + i * (n % 5 + 2)) % len(WORDS)] for i in range(60)]
    return "\n\n".join(
        f"In the year {n} the {' '.join(words[i : i + 12])} was said to be good." for i in range(0, 60, 12)
    )


def rows(count: int) -> str:
    return "".join(
        json.dumps(
            {
                "text": f"The Quay\nArticle number {n} on the {WORDS[n % 18]}\n5 May 2020\n{prose(n)}\nShare this",
                "url": f"https://quay{n % 3}.example/{n}",
            }
        )
        + ("\n\n" if n % 9 == 0 else "\n")
        for n in range(count)
    )


def pages(folder: Path, count: int) -> None:
    folder.mkdir()
    for n in range(count):
        body = "".join(f"<p>{part}</p>" for part in prose(n).split("\n\n"))
        link = f'<p>The rest of it stands in <a href="https://quay.example/{n + 1}">the next of these reports</a>, as was said in it.</p>'
        (folder / f"{n:03}.html").write_text(
            f"<!DOCTYPE html><html><head><title>Page {n} | Quay</title><link rel=canonical href='https://quay.example/{n}'></head><body><article><h1>Page {n}</h1>{body}{link}</article></body></html>",
            "utf-8",
        )


def run(sources: list[Path], into: Path, workers: int = 1) -> Report:
    options = ImportOptions(into=into, bases=into / ".sitegen" / "imports")
    return import_sources(
        [str(path) for path in sources], options, pool=Processes(workers) if workers > 1 else Serial()
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.md"))}


def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (pieces, items):
        monkeypatch.setattr(module, "PIECE", 3000)
    monkeypatch.setattr(walking, "LARGE", 1000)


def test_the_number_of_processes_and_the_cut_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages(tmp_path / "pages", 24)
    (tmp_path / "rows.jsonl").write_text(rows(300), "utf-8")
    sources = [tmp_path / "pages", tmp_path / "rows.jsonl"]
    whole = as_json(run(sources, tmp_path / "a"))
    assert len(whole["documents"]) == 324
    assert whole["problems"] == []
    monkeypatch.setattr(gathering, "CHUNK", 5)
    monkeypatch.setattr(drawing, "CHUNK", 7)
    small_pieces(monkeypatch)
    cut = as_json(run(sources, tmp_path / "b", 2))
    assert cut == whole
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_a_broken_row_of_a_large_file_is_named_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_pieces(monkeypatch)
    lines = rows(40).splitlines(keepends=True)
    lines[30] = '{"text": \n'
    (tmp_path / "rows.jsonl").write_text("".join(lines), "utf-8")
    report = run([tmp_path / "rows.jsonl"], tmp_path / "out")
    assert [problem.where.line for problem in report.problems] == [31]
    assert [done.article.source.row for done in report.done] == [n for n in range(40) if n != report_row(lines)]


def table(count: int) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["id", "text", "url"])
    for n in range(count):
        text = f'The Quay\nArticle "number" {n}, on the {WORDS[n % 18]}\r\n5 May 2020\n{prose(n)}\n'
        writer.writerow([n, text, f"https://quay.example/{n}"])
        if n % 9 == 0:
            out.write("\r\n")
    return out.getvalue()


def feed(count: int, kind: str) -> str:
    item = {
        "rss": "<item><title>Title {n}</title><link>https://quay.example/{n}</link><description><![CDATA[{html} </item> <item>]]></description></item>\n",
        "rdf": "<item rdf:about='https://quay.example/{n}'><title>Title {n}</title><link>https://quay.example/{n}</link><description><![CDATA[{html}]]></description></item>\n",
        "atom": "<entry><title>Title {n}</title><link href='/{n}'/><content type='html'><![CDATA[{html}]]></content></entry>\n",
    }[kind]
    start, stop = {
        "rss": ("<?xml version='1.0' encoding='UTF-8'?>\n<rss version='2.0'>\n<channel>\n<title>Q</title><link>https://quay.example/</link><language>en</language>\n", "</channel></rss>"),
        "rdf": ("<rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><channel><title>Q</title><link>https://quay.example/</link></channel>", "</rdf:RDF>"),
        "atom": ("<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://quay.example/'><title>Q</title><link href='https://quay.example/'/>", "</feed>"),
    }[kind]  # fmt: skip
    return start + "".join(item.format(n=n, html=f"<p>{prose(n)}</p>") for n in range(count)) + stop


@pytest.mark.parametrize("kind", ["rss", "rdf", "atom"])
def test_a_large_feed_in_pieces_gives_what_it_gives_whole(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "feed.xml").write_text(feed(12, kind), "utf-8")
    whole = as_json(run([tmp_path / "feed.xml"], tmp_path / "a"))
    assert len(whole["documents"]) == 12
    small_pieces(monkeypatch)
    assert len(list(find_sources(str(tmp_path / "feed.xml"), frozenset()))) > 2
    assert as_json(run([tmp_path / "feed.xml"], tmp_path / "b")) == whole


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_large_table_in_pieces_gives_what_it_gives_whole(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = table(40).replace("good", "größer, schöner und über alle Maßen müßig")
    (tmp_path / "rows.csv").write_bytes(text.encode(encoding))
    whole = as_json(run([tmp_path / "rows.csv"], tmp_path / "a"))
    assert len(whole["documents"]) == 40
    small_pieces(monkeypatch)
    assert len(list(find_sources(str(tmp_path / "rows.csv"), frozenset()))) > 5
    assert as_json(run([tmp_path / "rows.csv"], tmp_path / "b")) == whole


def test_a_row_without_text_in_a_large_table_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = table(40).splitlines(keepends=True)
    broken = next(n for n, line in enumerate(lines) if line.startswith("31,"))
    lines.insert(broken, "77,,https://quay.example/77\r\n")
    (tmp_path / "rows.csv").write_text("".join(lines), "utf-8", newline="")
    small_pieces(monkeypatch)
    report = run([tmp_path / "rows.csv"], tmp_path / "out")
    assert [problem.where.line for problem in report.problems] == [broken + 1]
    assert [done.article.source.row for done in report.done] == [n for n in range(41) if n != 31]


@pytest.mark.parametrize("read", [1, 2, 3, 7, 64, 100_000])
def test_items_are_the_same_however_a_text_is_read(read: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "READ", read)
    text = (
        "<rss><channel><title>x</title><!-- <item> -->\n<item><a><![CDATA[ </item> <item> ]]></a></item>\n\n"
        "<item/><item a='x>y'>t</item ><items>no</items><item>q<item>n</item></item>\n<item>broken"
    )
    found = items.Items(io.StringIO(text))
    assert [(one.text, one.line, one.whole) for one in found] == [
        ("<item><a><![CDATA[ </item> <item> ]]></a></item>", 2, True), ("<item/>", 4, True),
        ("<item a='x>y'>t</item >", 4, True), ("<item>q<item>n</item></item>", 4, True), ("<item>broken", 5, False),
    ]  # fmt: skip
    assert found.head == "<rss><channel><title>x</title><!-- <item> -->\n"


def report_row(lines: list[str]) -> int:
    """The number of the broken row: blank lines are no rows."""
    return sum(bool(line.strip()) for line in lines[:30])


SLOW = """
import sys
from sitegen.convert.importing import ImportOptions, import_sources
from pathlib import Path
into = Path(sys.argv[2])
import_sources([sys.argv[1]], ImportOptions(into=into, bases=into / ".sitegen" / "imports"))
"""


def test_an_import_that_was_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    pages(tmp_path / "pages", 240)
    clean = as_json(run([tmp_path / "pages"], tmp_path / "clean"))
    into = tmp_path / "killed"
    journal = into / ".sitegen" / "imports" / JOURNAL
    process = subprocess.Popen([sys.executable, "-c", SLOW, str(tmp_path / "pages"), str(into)])
    until = time.monotonic() + 60
    while (
        time.monotonic() < until
        and process.poll() is None
        and not (journal.is_file() and journal.stat().st_size > 1000)
    ):
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert journal.is_file(), "killed while it read"
    with journal.open("ab") as file:
        file.write(b"torn")
    report = run([tmp_path / "pages"], into)
    assert report.tally.resumed > 0
    assert tree(into) == tree(tmp_path / "clean")
    assert [one["output"] for one in as_json(report)["documents"]] == [one["output"] for one in clean["documents"]]
    assert not journal.exists()


def test_what_is_kept_in_memory_of_an_article_is_small(tmp_path: Path) -> None:
    import tracemalloc

    def peak(count: int) -> int:
        path = tmp_path / f"{count}.jsonl"
        path.write_text(rows(count), "utf-8")
        tracemalloc.start()
        report = run([path], tmp_path / f"out{count}")
        assert report.tally.articles == count
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return held

    run([tmp_path / "none"], tmp_path / "warm")
    few, many = peak(20), peak(120)
    assert (many - few) / 100 < 2500, "about 2 kB an article"
