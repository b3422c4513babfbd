"""A hundred saves in eight styles, in any order, on one preview with its real watcher: how many are missed is counted.

Nobody asks for a page meanwhile, so that only the watcher can notice.
"""

import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from sitegen.build.work import Head
from sitegen.serve.preview import Preview
from tests.laws.sites import article, write
from tests.serve.conftest import plain
from tests.serve.test_saving import as_vim, by_checkout, by_rename, in_place, text

PATIENCE_S = 10.0  # on a loaded machine
Seen = Callable[[Mapping[str, Head]], bool]


def says(source: str, word: str) -> Seen:
    return lambda heads: source in heads and word in heads[source].card.summary


def written_in_place(site: Path, word: str) -> Seen:
    in_place(site / "content" / "a1.md", text(word))
    return says("a1.md", word)


def renamed_over(site: Path, word: str) -> Seen:
    by_rename(site / "content" / "a1.md", text(word))
    return says("a1.md", word)


def saved_by_vim(site: Path, word: str) -> Seen:
    as_vim(site / "content" / "a1.md", text(word))
    return says("a1.md", word)


def touched(site: Path, word: str) -> Seen:
    """Written with a time long ago, as a file that was unpacked, and touched after it."""
    path = site / "content" / "a1.md"
    path.write_bytes(text(word))
    os.utime(path, (1_000_000_000, 1_000_000_000))
    path.touch()
    return says("a1.md", word)


def checked_out(site: Path, word: str) -> Seen:
    by_checkout(site / "content" / "a1.md", text(word))
    return says("a1.md", word)


def folder_moved(site: Path, word: str) -> Seen:
    (old,) = (site / "content").glob("moving*")
    old.rename(site / "content" / f"moving-{word}")
    return lambda heads: f"moving-{word}/m.md" in heads and f"{old.name}/m.md" not in heads


def root_made_again(site: Path, word: str) -> Seen:
    kept = site.with_name("kept")
    shutil.copytree(site, kept, symlinks=True, ignore=shutil.ignore_patterns(".sitegen"))
    shutil.rmtree(site)
    (kept / "content" / "a1.md").write_bytes(text(word))
    kept.rename(site)
    return says("a1.md", word)


def behind_a_link(site: Path, word: str) -> Seen:
    in_place(site / "content" / "_real" / "l.md", article(8, f"The word is {word}.", slug="l").encode())
    return says("linked/l.md", word)


STYLES = {
    written_in_place: 14,
    renamed_over: 14,
    saved_by_vim: 14,
    touched: 14,
    checked_out: 12,
    folder_moved: 14,
    root_made_again: 6,
    behind_a_link: 12,
}


def is_seen(preview: Preview, seen: Seen) -> bool:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with preview.live.lock:
            held = preview.live.held
            if held is not None and seen(held.articles.heads):
                return True
        time.sleep(0.005)
    return False


def test_of_a_hundred_saves_in_eight_styles_none_is_missed(site, start):
    moving, linked = article(7, "Moving house.", slug="m"), article(8, "Linked.", slug="l")
    write(site, {"content/moving/m.md": moving.encode(), "content/_real/l.md": linked.encode()})
    (site / "content" / "linked").symlink_to("_real")
    order = [style for style, times in STYLES.items() for _ in range(times)]
    random.Random(4).shuffle(order)
    preview = start(site)

    missed = Counter()
    for number, style in enumerate(order):
        if not is_seen(preview, style(site, f"signal{number}")):
            missed[style.__name__] += 1

    assert len(order) == 100
    assert missed == {}
    assert preview.live.problems() == ()
    assert plain(preview, "/2024/01/a1/").status == plain(preview, "/2024/01/l/").status == 200
