"""The inbox: what is dropped into a folder while the preview runs becomes an article, once, and stays where it was."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sitegen.serve.inbox import entries_of, misplaced
from sitegen.serve.preview import Imported
from tests.laws.sites import CONFIG, write
from tests.serve.conftest import plain, until

STORY = """The Harbour Paper

{title}

14 May 2024

By Ada Reed

The old ferry went down the river for the last time on Tuesday, with sixty people on board and a band.

It had carried the town's bread, its letters and its brides for ninety years, said the mayor, and would be missed.

{more}
"""
CONFIG_WITH_INBOX = (CONFIG + "serve: {inbox: inbox}\n").encode()


def story(title: str, more: str = "A new bridge takes its place.") -> bytes:
    return STORY.format(title=title, more=more).encode()


PAGE = b"""<!doctype html><html lang="en"><head><title>The Last Ferry</title></head>
<body><article><h1>The Last Ferry</h1>
<p>The old ferry went down the river for the last time on Tuesday, with sixty people on board and a band.</p>
<p>It had carried the town's bread, its letters and its brides for ninety years, said the mayor.</p></article>
</body></html>
"""


class Heard(list):
    """All news of a preview."""

    def imports(self) -> list[Imported]:
        return [news for news in self if isinstance(news, Imported)]

    def articles(self) -> list[tuple[str, str, str]]:
        return [each for news in self.imports() for each in news.articles]


def markdown(site: Path) -> list[Path]:
    return sorted(path for path in (site / "content").rglob("*.md") if "source:" in path.read_text("utf-8"))


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_a_dropped_file_becomes_an_article_that_is_served_and_stays_where_it_was(site, start, heard):
    write(site, {"sitegen.yaml": CONFIG_WITH_INBOX, "inbox/.keep": b""})
    preview = start(site, heard.append)
    raw = story("The Last Ferry")
    write(site, {"inbox/ferry.txt": raw})
    until(heard.imports)
    until(lambda: plain(preview, "/2024/05/the-last-ferry/").status == 200)

    assert b"sixty people" in plain(preview, "/2024/05/the-last-ferry/").body
    assert (site / "inbox" / "ferry.txt").read_bytes() == raw
    assert heard.articles() == [("inbox/ferry.txt", "content/2024/the-last-ferry.md", "new")]


ALONE = """
import queue, sys
from pathlib import Path
from sitegen.build.live import LiveOptions
from sitegen.serve.preview import Imported, Preview, PreviewOptions
root, heard = Path(sys.argv[1]), queue.SimpleQueue()
with Preview(root, root / "sitegen.yaml", LiveOptions(), PreviewOptions(port=0), heard.put):
    while not isinstance(news := heard.get(timeout=60), Imported):
        pass
print(*[place for _, place, _ in news.articles])
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_conversion_and_its_libraries_are_loaded_by_a_process_of_their_own(site):
    write(site, {"sitegen.yaml": CONFIG_WITH_INBOX, "inbox/ferry.html": PAGE})
    done = subprocess.run([sys.executable, "-c", ALONE, site], capture_output=True, text=True, check=True)
    places, loaded = done.stdout.splitlines()

    assert places.endswith(".md")
    assert "sitegen" in loaded.split()
    assert not {"trafilatura", "lxml", "feedparser", "nh3", "mammoth"} & set(loaded.split())


def test_what_was_imported_is_not_imported_again_and_an_article_that_was_deleted_stays_so(site, start, heard):
    write(site, {"sitegen.yaml": CONFIG_WITH_INBOX, "inbox/ferry.txt": story("The Last Ferry")})
    first = start(site, heard.append)
    until(heard.imports)
    (made,) = markdown(site)
    first.inbox.stop()
    made.unlink()
    again = Heard()
    second = start(site, again.append)
    write(site, {"inbox/other.txt": story("The New Bridge", "It is painted green.")})
    until(again.imports)

    assert [source for source, _, _ in again.articles()] == ["inbox/other.txt"]
    assert not made.exists()
    assert second.inbox.problems == ()


def test_a_file_that_is_still_being_copied_is_waited_for(site, start, heard):
    write(site, {"sitegen.yaml": CONFIG_WITH_INBOX, "inbox/.keep": b""})
    start(site, heard.append)
    whole = story("The Last Ferry", "\n\n".join(f"Paragraph {n} says a little more of it." for n in range(40)))
    program = (
        "import sys, time\ntext = sys.stdin.buffer.read()\nwith open(sys.argv[1], 'wb', buffering=0) as file:\n"
        "    for at in range(0, len(text), len(text) // 20):\n"
        "        file.write(text[at : at + len(text) // 20])\n        time.sleep(.1)"
    )
    subprocess.run([sys.executable, "-c", program, site / "inbox" / "ferry.txt"], input=whole, check=True)
    until(heard.imports)

    (made,) = markdown(site)
    assert "Paragraph 39" in made.read_text("utf-8")
    assert len(heard.imports()) == 1


def test_a_source_that_changed_updates_its_article_and_makes_no_second_one(site, start, heard):
    write(site, {"sitegen.yaml": CONFIG_WITH_INBOX, "inbox/ferry.txt": story("The Last Ferry")})
    start(site, heard.append)
    until(heard.imports)
    write(site, {"inbox/ferry.txt": story("The Last Ferry", "Correction: it was Wednesday, and the band played on.")})
    until(lambda: len(heard.imports()) == 2)

    (made,) = markdown(site)
    assert "Wednesday" in made.read_text("utf-8")
    assert heard.articles()[1][2] == "updated"


def test_what_cannot_be_read_is_said_until_it_is_taken_away_and_the_rest_is_imported(site, start, heard):
    write(
        site,
        {
            "sitegen.yaml": CONFIG_WITH_INBOX,
            "inbox/broken.txt": b"",
            "inbox/film.bin": bytes(range(256)) * 40,
            "inbox/ferry.txt": story("The Last Ferry"),
        },
    )
    preview = start(site, heard.append)
    until(heard.imports)
    said = preview.desk.state({"page": "/"})["others"]

    assert {each["path"] for each in said} == {"inbox/broken.txt", "inbox/film.bin"}
    assert len(markdown(site)) == 1
    (site / "inbox" / "broken.txt").unlink()
    (site / "inbox" / "film.bin").unlink()
    until(lambda: preview.inbox.problems == ())


def test_an_inbox_that_a_build_would_read_is_refused_with_words(site, start):
    write(site, {"sitegen.yaml": (CONFIG + "serve: {inbox: content/new}\n").encode()})
    preview = start(site)
    until(lambda: preview.inbox.problems)

    assert "content/" in preview.inbox.problems[0].message
    write(site, {"sitegen.yaml": CONFIG.encode()})
    preview.live.refresh()
    until(lambda: preview.inbox.problems == ())


@pytest.mark.parametrize(
    ("folder", "wrong"),
    [("inbox", False), ("content/_inbox", False), ("content", True), ("static/x", True), ("..", True), (".", True),
     ("public", True), (".sitegen", True), ("../elsewhere", False), ("clippings/2024", False)],
)  # fmt: skip
def test_the_inbox_may_lie_where_no_build_reads_or_writes(tmp_path, folder, wrong):
    root = tmp_path / "site"
    root.mkdir()

    assert bool(misplaced(root / folder, root)) == wrong


def test_a_page_and_its_folder_of_assets_are_one_entry_and_unfinished_files_are_none(tmp_path):
    write(
        tmp_path,
        {
            "page.html": b"<p>x",
            "page_files/a.css": b"",
            "folder/one.txt": b"1",
            "film.mp4.part": b"",
            ".hidden": b"",
            "empty/.keep": b"",
        },
    )
    before = entries_of(tmp_path)
    assert list(before) == ["folder", "page.html"]
    os.utime(tmp_path / "page_files" / "a.css", ns=(1, 1))

    assert entries_of(tmp_path)["page.html"].mark != before["page.html"].mark
    assert entries_of(tmp_path)["folder"] == before["folder"]
