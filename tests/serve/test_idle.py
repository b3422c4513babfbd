"""What the preview finds while nobody waits: what a build would say, and no more than once."""

import subprocess
import sys
import threading

from sitegen.build.live.courtesy import LONGEST_S
from sitegen.serve.preview import Noticed
from tests.laws.sites import article, build, write
from tests.serve.conftest import until


def test_clashes_and_dead_links_are_said_when_it_is_calm_and_go_when_they_are_mended(site, start):
    heard = []
    preview = start(site, heard.append)
    number = preview.ticks.number
    write(site, {"content/twin.md": article(1, "Twin of [one](a1.md) and [none](nowhere.md).", slug="a1").encode()})
    until(lambda: preview.idle.problems)
    codes = {problem.code for problem in preview.idle.problems}
    said = preview.desk.state({"page": "/"})["others"]

    assert codes == {"outputs.clash", "link.source"}
    assert {each["path"] for each in said} >= {"content/twin.md"}
    assert [each["error"] for each in said] == [True, False]
    assert preview.ticks.number >= number + 2  # one for the edit, one for what was found
    until(lambda: any(isinstance(news, Noticed) for news in heard))

    write(site, {"content/twin.md": article(2, "Twin of [one](a1.md).", slug="b1").encode()})
    until(lambda: not preview.idle.problems)
    until(lambda: isinstance(heard[-1], Noticed) and heard[-1].total == 0)


def test_an_address_that_was_deployed_and_would_break_is_said_as_soon_as_it_is_listed(site, start):
    heard = []
    preview = start(site, heard.append)
    write(site, {"urls.txt": b"/2024/01/a1/\n/2024/01/gone/\n"})
    until(lambda: preview.idle.problems)
    assert [str(problem.where) for problem in preview.idle.problems] == ["urls.txt:2:1"]
    until(lambda: heard)
    assert heard[0].change.paths == ("urls.txt",)

    (site / "urls.txt").unlink()
    until(lambda: not preview.idle.problems)


def test_what_is_found_is_what_a_build_says(site, start):
    write(site, {"content/a1.md": b"---\ntitle: A\ntittle: B\n---\nNo date, [a link](gone.md), [a file](no.png).\n",
                 "content/a2.md": article(2, "x", slug="a3").encode(),
                 "urls.txt": b"/2024/01/gone-for-good/\n"})  # fmt: skip
    report = build(site)
    preview = start(site)
    until(lambda: preview.idle.problems)

    assert sorted(preview.idle.problems, key=str) == sorted(report.report.problems, key=str)


def test_the_calendar_is_started_while_nobody_waits_and_not_before(site):
    build(site)
    code = (
        "import sys; from pathlib import Path; from sitegen.build.live import Live, LiveOptions\n"
        f"root = Path({str(site)!r}); live = Live(root, root / 'sitegen.yaml', LiveOptions())\n"
        "live.load(); live.page('/'); print('babel.dates' in sys.modules)\n"
        "live.prepare(); print('babel.dates' in sys.modules); live.close()"
    )

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.split() == ["False", "True"]


def test_the_first_edits_import_nothing_after_what_was_made_ready_while_nobody_waited(site):
    build(site)
    code = (
        "import sys; from pathlib import Path; from sitegen.build.live import Live, LiveOptions\n"
        f"root = Path({str(site)!r}); live = Live(root, root / 'sitegen.yaml', LiveOptions())\n"
        "live.load(); live.page('/2024/01/a1/'); live.prepare(); before = set(sys.modules)\n"
        "source = root / 'content' / 'a1.md'; text = source.read_text()\n"
        "body, tags = text + '\\nWords that nobody wrote before.\\n', text.replace('tags: [', 'tags: [fresh, ')\n"
        "for edit in (body, tags, text.replace('date: 2024-01-01', 'date: 2024-02-03')):\n"
        "    assert edit != text\n"
        "    source.write_text(edit); live.page('/2024/01/a1/'); live.page('/'); live.refresh()\n"
        "print(sorted(set(sys.modules) - before)); live.close()"
    )

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.split("\n")[0] == "[]"


def test_a_look_at_everything_stands_aside_while_a_page_is_asked_for_but_not_for_ever(site, start):
    preview = start(site)
    asked, done = preview.live._asked, threading.Event()  # what a request enters
    until(lambda: preview.live._is_prepared)

    def look():
        preview.live.refresh()
        done.set()

    looking = threading.Thread(target=look)
    with asked:
        looking.start()
        assert not done.wait(LONGEST_S / 2)
    assert done.wait(60)
    looking.join()

    with asked:  # somebody who asks without end
        preview.live.refresh()
