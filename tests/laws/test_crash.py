"""A build may die at any moment: no page is torn, nothing of ours is left, and the next build is a clean one's equal.

Two ways to die: at each change to the disk, one after the other (a forked child that ends itself), and by kill -9 at
random moments of a real `sitegen build -j 2`. `SITEGEN_LONG=300` kills so often, and so does
`python -m tests.laws.long kills 300`.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.laws.faults import DIED, dying_at, in_child, watch_disk
from tests.laws.kills import Kills
from tests.laws.sites import (
    LIST,
    OUTPUT,
    Tree,
    article,
    build,
    clean_tree,
    difference,
    empty_folders,
    leftovers,
    quick_folder,
    sources,
    tree,
    write,
)

FEW_OUTPUTS = """title: T
base_url: https://example.org/
theme: plain
feeds: false
taxonomies: [tags]
archives: {day: false, month: false}
"""
FOREIGN: Tree = {"mine.txt": b"mine", "2024/mine.html": b"<p>mine"}


def prepared(root: Path) -> Path:
    """A small site, not built yet."""
    return write(root, sources(2, FEW_OUTPUTS))


def rebuilt(root: Path) -> Path:
    """A site that was built, has foreign files and an edited page in its output, and was then changed all over."""
    prepared(root)
    write(root, {"static/was": b"a file", "static/folder/x.txt": b"x"})
    assert not build(root).failed
    write(root / OUTPUT, FOREIGN)
    with (root / OUTPUT / "index.html").open("ab") as page:
        page.write(b"by hand")
    shutil.rmtree(root / "static")
    write(root, {"static/was/now.txt": b"a folder", "static/folder": b"a file now"})
    (root / "content/a2.md").unlink()
    write(root, {"content/a3.md": article(3, slug="a3").encode()})
    write(root, {"sitegen.yaml": FEW_OUTPUTS.replace("title: T", "title: Other").encode()})
    return root


def into_an_empty_folder(root: Path) -> Path:
    prepared(root)
    (root / OUTPUT).mkdir()
    return root


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("state", [prepared, into_an_empty_folder, rebuilt])
def test_a_build_that_dies_at_any_change_leaves_no_torn_page_and_the_next_one_mends_everything(state):
    with quick_folder() as folder:
        model = state(folder / "model")
        wanted, before = clean_tree(model), tree(model / OUTPUT)
        foreign = {path: content for path, content in before.items() if path in FOREIGN}
        n, code = 0, DIED
        while code == DIED:
            n += 1
            site = shutil.copytree(model, folder / "site", symlinks=True)

            def run(site: Path = site, n: int = n) -> int:
                watch_disk(dying_at(n), site)
                return int(build(site).failed)

            code = in_child(run)
            assert code in (0, DIED), f"change {n}: exit status {code}"
            for path, content in tree(site / OUTPUT).items():
                if not path.startswith(".sitegen"):
                    assert content in (before.get(path), wanted.get(path)), f"{path} is torn at change {n}"
            outcome = build(site)
            assert not outcome.failed, (n, outcome.report)
            assert not (found := difference(tree(site / OUTPUT), {**wanted, **foreign})), f"change {n}:\n{found}"
            assert not leftovers(site), f"change {n}"
            assert not empty_folders(site / OUTPUT), f"change {n}"
            if state is rebuilt:
                kept = tree(site / ".sitegen/kept")
                assert any(content.endswith(b"by hand") for content in kept.values()), f"change {n}"
            shutil.rmtree(site)
        assert n > len(wanted)


def test_an_edit_taken_back_after_a_crash_leaves_nothing_of_it(tmp_path):
    model = prepared(tmp_path / "model")
    assert not build(model).failed
    wanted = tree(model / OUTPUT)
    n, code = 0, DIED
    while code == DIED:
        n += 1
        site = shutil.copytree(model, tmp_path / "site", symlinks=True)
        original = (site / "content/a1.md").read_bytes()
        write(site, {"content/a1.md": article(1, slug="a1", title="Other").encode()})

        def run(site: Path = site, n: int = n) -> int:
            watch_disk(dying_at(n), site)
            return int(build(site).failed)

        code = in_child(run)
        write(site, {"content/a1.md": original})
        assert not build(site).failed
        assert not (found := difference(tree(site / OUTPUT), wanted)), f"change {n}:\n{found}"
        assert not leftovers(site), f"change {n}"
        shutil.rmtree(site)


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_kill_9_at_a_random_moment_tears_no_page_and_the_next_build_is_clean():
    kills = int(os.environ.get("SITEGEN_LONG", "50"))
    with quick_folder() as folder:
        print(Kills(folder, articles=150).run(kills))  # noqa: T201 -- figures, for -s


def test_the_list_of_what_is_ours_names_every_output(tmp_path):
    site = prepared(tmp_path / "site")
    assert not build(site).failed

    made = tree(site / OUTPUT)

    listed = {line.partition(" ")[2] for line in made[LIST].decode().splitlines()[1:]}
    assert listed == made.keys() - {LIST}
