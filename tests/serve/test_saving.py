"""All the ways in which people and programs save, with a real watcher: nothing is missed, whoever asks first."""

import importlib
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sitegen.build.live import LiveOptions
from sitegen.serve import watching
from sitegen.serve.preview import Preview, PreviewOptions
from sitegen.serve.watching import SILENT, Watcher, is_silent, kind_of
from tests.laws.sites import article, write
from tests.serve.conftest import ask, plain, until

PATIENCE_S = 10.0  # on a loaded machine


def text(word: str) -> bytes:
    return article(1, f"The word is {word}.", slug="a1").encode()


def in_place(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def in_pieces(path: Path, content: bytes) -> None:
    with path.open("wb", buffering=0) as file:
        for at in range(0, len(content), 4096):
            file.write(content[at : at + 4096])


def by_rename(path: Path, content: bytes) -> None:
    other = path.with_name(".a1.md.tmp")
    other.write_bytes(content)
    other.replace(path)


def as_vim(path: Path, content: bytes) -> None:
    path.rename(path.with_name("a1.md~"))
    time.sleep(0.01)
    path.write_bytes(content)
    path.with_name("a1.md~").unlink()


def by_deleting_first(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def same_size_and_time(path: Path, content: bytes) -> None:
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def folder_made_anew(path: Path, content: bytes) -> None:
    content_folder = path.parent
    shutil.copytree(content_folder, content_folder.with_name("copy"))
    shutil.rmtree(content_folder)
    content_folder.with_name("copy").rename(content_folder)
    path.write_bytes(content)


def by_checkout(path: Path, content: bytes) -> None:
    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *words], cwd=path.parent, check=True,
            capture_output=True,
        )  # fmt: skip

    if not (path.parent / ".git").exists():
        git("init", "-q")
        git("add", "-A")
        git("commit", "-q", "-m", "one")
    path.write_bytes(content)
    git("commit", "-q", "-am", "two")
    git("checkout", "-q", "HEAD~1")
    git("checkout", "-q", "-")


WAYS = [in_place, in_pieces, by_rename, as_vim, by_deleting_first, same_size_and_time, folder_made_anew, by_checkout]


def seen_within(preview, page: str, word: str) -> float:
    """Seconds until a tick came after which the page shows a word, and no request had looked for it."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        with preview.live.lock:
            found = preview.live.held.articles.heads
            shown = any(word in head.card.summary for head in found.values())
        if shown:
            return time.monotonic() - began
        time.sleep(0.005)
    raise AssertionError(f"{word} was never seen")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_save_is_heard_of_without_a_request(site, start, way):
    preview = start(site)
    for n in range(4):
        time.sleep(0.05)
        way(site / "content" / "a1.md", text(f"signal{n}"))
        seen_within(preview, "/2024/01/a1/", f"signal{n}")

        assert f"signal{n}".encode() in plain(preview, "/2024/01/a1/").body


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_request_right_after_a_save_is_answered_with_what_was_saved(site, start, way):
    preview = start(site)
    for n in range(4):
        way(site / "content" / "a1.md", text(f"signal{n}"))
        answer = plain(preview, "/2024/01/a1/")

        assert answer.status == 200
        assert f"signal{n}".encode() in answer.body


@pytest.mark.parametrize("pause", ["0.2", "0.02", "0"])
def test_no_half_of_a_file_is_ever_served_however_often_it_is_written(site, start, pause):
    preview = start(site)
    path = site / "content" / "a1.md"
    whole = text("x" * 20_000) + b"\n\nThe end.\n"
    path.write_bytes(whole)
    plain(preview, "/2024/01/a1/")
    program = (
        "import pathlib, sys, time\ntext = sys.stdin.buffer.read()\n"
        "while True:\n    pathlib.Path(sys.argv[1]).write_bytes(text)\n    time.sleep(float(sys.argv[2]))"
    )
    writer = subprocess.Popen([sys.executable, "-c", program, path, pause], stdin=subprocess.PIPE)
    writer.stdin.write(whole)
    writer.stdin.close()
    try:
        pages = [plain(preview, "/2024/01/a1/").body for _ in range(60)]
    finally:
        writer.kill()
        writer.wait()

    assert all(b"The end." in page for page in pages)


def test_a_file_that_is_written_in_pieces_is_served_when_the_last_one_is_there(site, start):
    preview = start(site)
    path = site / "content" / "a1.md"
    whole = text("piecewise") + b"\nThe end.\n"
    program = (
        "import sys, time\ntext = sys.stdin.buffer.read()\nwith open(sys.argv[1], 'wb', buffering=0) as file:\n"
        "    print(flush=True)\n    for at in range(0, len(text), 20):\n"
        "        file.write(text[at : at + 20])\n        time.sleep(.02)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        writer.stdin.write(whole)
        writer.stdin.close()
        writer.stdout.readline()
        answer = plain(preview, "/2024/01/a1/")

    assert answer.status == 200
    assert b"piecewise" in answer.body
    assert b"The end." in answer.body


def test_a_file_that_somebody_keeps_open_is_served_all_the_same(site, start):
    preview = start(site)
    with (site / "content" / "a1.md").open("wb", buffering=0) as file:
        file.write(text("kept open"))

        assert b"kept open" in plain(preview, "/2024/01/a1/").body


def test_touching_a_file_changes_nothing_and_says_nothing(site, start):
    told = []
    preview = start(site, told.append)
    number = preview.ticks.number
    (site / "content" / "a1.md").touch()
    time.sleep(0.6)

    assert preview.ticks.number == number
    assert told == []


def test_a_folder_that_is_moved_takes_its_articles_along(site, start):
    write(site, {"content/old/one.md": article(7, "Moving house.", slug="one").encode()})
    preview = start(site)
    (site / "content" / "old").rename(site / "content" / "new")
    end = time.monotonic() + PATIENCE_S
    while "new/one.md" not in preview.live.held.articles.heads and time.monotonic() < end:
        time.sleep(0.01)

    assert set(preview.live.held.articles.heads) >= {"new/one.md"}
    assert "old/one.md" not in preview.live.held.articles.heads
    assert plain(preview, "/2024/01/one/").status == 200


def test_articles_behind_a_linked_folder_are_watched_too(site, start):
    write(site, {"content/real/r.md": article(8, "Real one.", slug="r").encode()})
    (site / "elsewhere").mkdir()
    (site / "content").rename(site / "elsewhere" / "content")
    (site / "content").symlink_to(site / "elsewhere" / "content")
    preview = start(site)
    time.sleep(0.05)
    write(site / "elsewhere", {"content/a1.md": text("linked")})

    seen_within(preview, "/2024/01/a1/", "linked")


def test_polling_sees_what_no_event_tells(site, start):
    preview = start(site, poll=True)
    assert preview.watcher._observer is None
    time.sleep(0.1)
    in_place(site / "content" / "a1.md", text("polled"))

    seen_within(preview, "/2024/01/a1/", "polled")


def test_a_new_file_is_there_at_the_first_request(site, start):
    preview = start(site)
    write(site, {"content/brand-new.md": article(9, "Fresh.", slug="fresh").encode()})

    assert plain(preview, "/2024/01/fresh/").status == 200


def test_building_beside_the_preview_makes_it_do_nothing(site, start):
    from tests.laws.sites import build

    preview = start(site)
    number = preview.ticks.number
    assert not build(site).failed
    time.sleep(0.7)

    assert preview.ticks.number == number
    in_place(site / "content" / "a1.md", text("after"))
    assert b"after" in plain(preview, "/2024/01/a1/").body
    assert plain(preview, "/2024/01/a2/").status == 200


def test_each_change_is_told_in_one_line_with_its_paths(site, start):
    told = []
    preview = start(site, told.append)
    ask(preview, f"{preview.desk.prefix}state?page=/2024/01/a1/&seen=0")
    in_place(site / "content" / "a1.md", text("told"))
    end = time.monotonic() + PATIENCE_S
    while not told and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.5)

    assert [news.change.paths for news in told] == [("content/a1.md",)]
    assert told[0].pages == 1
    assert 0 < told[0].change.seconds < PATIENCE_S


def test_a_page_that_nobody_asks_about_any_more_is_not_counted_as_open(site, start):
    preview = start(site)
    for url in ("/2024/01/a1/", "/"):
        preview.desk.state({"page": url, "seen": "0"})
    for n in range(4):  # the tab at / asks after each change; the article's has gone elsewhere
        in_place(site / "content" / "a1.md", text(f"left{n}"))
        preview.live.refresh()
        assert preview.desk.touched() == (2 if n < 2 else 1)
        preview.desk.state({"page": "/", "seen": "0"})


def test_this_machines_temporary_folder_sends_events(tmp_path):
    assert not is_silent(tmp_path)


MOUNTS = """22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:5 / /mnt/c rw,noatime - 9p C:\\134 rw,aname=drvfs
31 22 0:6 / /home/ada/on\\040the\\040net rw - nfs4 host:/x rw
32 22 0:7 / /home/ada/on\\040the\\040net/here rw - ext4 /dev/sdb1 rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/home/ada/site", "ext4"), ("/mnt/c/Users/ada", "9p"), ("/mnt/clips", "ext4"), ("/mnt/c", "9p"),
     ("/home/ada/on the net/site", "nfs4"), ("/home/ada/on the net/here/site", "ext4")],
)  # fmt: skip
def test_folders_of_the_network_and_of_windows_are_told_from_those_that_send_events(path, kind):
    assert kind_of(path, MOUNTS) == kind
    assert (kind in SILENT) == (kind != "ext4")


def test_a_save_has_its_file_looked_at_and_not_the_whole_folder(site):
    looks = []
    watcher = Watcher(lambda: [site / "content"], site / "sitegen.yaml", lambda paths: looks.append(paths) or False)
    watcher.start()
    try:
        for way in (in_place, by_rename, by_deleting_first):
            way(site / "content" / "a1.md", text(way.__name__))
            time.sleep(0.05)
        until(lambda: None in looks)
    finally:
        watcher.stop()

    named = {path for paths in looks if paths for path in paths}
    assert str(site / "content" / "a1.md") in named
    assert str(site / "content") not in named
    assert looks[-1] is None  # and all of it once it is calm


def test_where_the_system_gives_no_more_events_files_are_looked_at_regularly(site):
    importlib.import_module("watchdog.observers")  # which could not be opened below
    looks = []
    watcher = Watcher(lambda: [site / "content"], site / "sitegen.yaml", lambda paths: looks.append(paths) or False)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        watcher.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    try:
        until(lambda: len(looks) >= 2)
    finally:
        watcher.stop()

    assert watcher.polls
    assert watcher.reason == "events cannot be had (inotify instance limit reached)"
    assert looks[:2] == [None, None]


@pytest.mark.parametrize("mounted", ["site", "site/content", "elsewhere"])
def test_a_folder_of_the_network_anywhere_in_the_site_is_looked_at_regularly(site, tmp_path, mounted):
    linked = tmp_path / "elsewhere"
    linked.mkdir()
    (site / "content" / "linked").symlink_to(linked)
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n31 22 0:6 / {tmp_path / mounted} rw - nfs4 host:/x rw\n")
    looks = []
    watcher = Watcher(
        lambda: [site / "content"], site / "sitegen.yaml", lambda paths: looks.append(paths) or False, mounts=mounts
    )
    watcher.start()
    try:
        until(lambda: len(looks) >= 2)
    finally:
        watcher.stop()

    assert watcher.polls
    assert watcher.reason == f"the file system of {tmp_path / mounted} sends no events"
    assert looks[:2] == [None, None]


@pytest.mark.parametrize("poll", [False, True])
def test_a_site_that_is_removed_and_made_again_is_served_again(site, start, poll):
    preview = start(site, poll=poll)
    before = plain(preview, "/2024/01/a1/").body
    kept = site.with_name("kept")
    shutil.copytree(site, kept, ignore=shutil.ignore_patterns(".sitegen"))
    shutil.rmtree(site)
    time.sleep(0.1)
    assert ask(preview, "/2024/01/a2/").status in (200, 404, 500)
    shutil.copytree(kept, site)
    end = time.monotonic() + PATIENCE_S
    while plain(preview, "/2024/01/a1/").body != before and time.monotonic() < end:
        time.sleep(0.05)
    assert plain(preview, "/2024/01/a1/").body == before

    write(site, {"content/a1.md": text("again")})
    seen_within(preview, "/2024/01/a1/", "again")
    assert preview.live.problems() == ()


def test_what_was_saved_while_the_site_was_read_is_found_without_an_event(site, monkeypatch):
    monkeypatch.setattr(watching, "IDLE_LEAST_S", 1000.0)  # so that no later look finds it
    preview = Preview(site, site / "sitegen.yaml", LiveOptions(), PreviewOptions(port=0))
    load = preview.live.load

    def slowly() -> None:
        load()
        write(site, {"content/late.md": article(1, "Saved in the last moment.", slug="late").encode()})

    preview.live.load = slowly
    with preview:
        until(lambda: "late.md" in preview.live.held.disk.scan.content.seen)
        assert plain(preview, "/2024/01/late/").status == 200
