"""What is not ours is never deleted and never overwritten, and no build writes where it could do harm."""

import os
import shutil
from pathlib import Path

import pytest

from tests.laws.sites import (
    CONFIG,
    LIST,
    MEMORY,
    OUTPUT,
    article,
    build,
    clean_tree,
    difference,
    leftovers,
    sources,
    tree,
    write,
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write(tmp_path / "site", sources())


@pytest.fixture
def built(site: Path) -> Path:
    assert not build(site).failed
    return site


def changed_all_over(site: Path) -> Path:
    """Every page will differ."""
    return write(site, {"sitegen.yaml": CONFIG.replace("Test site", "Other").encode()})


def test_a_folder_with_files_of_others_is_refused_without_adopt(site):
    write(site / OUTPUT, {"index.html": b"mine", "deep/er.txt": b"mine too"})
    before = tree(site / OUTPUT)

    assert build(site).codes == ("output.foreign",)
    assert tree(site / OUTPUT) == before


def test_adopt_writes_among_them_and_sets_aside_what_it_replaces(site):
    write(site / OUTPUT, {"index.html": b"mine", "deep/er.txt": b"mine too"})

    assert build(site, adopt=True).report.kept == ("index.html",)

    assert not difference(tree(site / OUTPUT), {**clean_tree(site), "deep/er.txt": b"mine too"})
    assert tree(site / MEMORY / "kept") == {"index.html": b"mine"}
    assert not build(site).failed
    assert tree(site / OUTPUT)["deep/er.txt"] == b"mine too"


def test_foreign_files_outlive_every_kind_of_change(built):
    mine = {"mine.txt": b"1", "2024/01/mine.html": b"2", "2024/01/a1/mine.css": b"3", "assets/mine.js": b"4"}
    write(built / OUTPUT, mine)
    for edit in (changed_all_over, lambda site: shutil.rmtree(site / "content"), lambda site: write(site, sources())):
        edit(built)
        assert not build(built).failed
        assert not difference(tree(built / OUTPUT), {**clean_tree(built), **mine})


@pytest.mark.parametrize("gone", [False, True], ids=["still wanted", "no longer wanted"])
def test_an_output_edited_by_hand_is_never_lost(built, gone):
    page = built / OUTPUT / "2024/01/a1/index.html"
    page.write_bytes(b"by hand")
    if gone:
        (built / "content/a1.md").unlink()

    report = build(built).report

    assert report.kept == ("2024/01/a1/index.html",)
    if gone:
        assert page.read_bytes() == b"by hand"
    else:
        assert tree(built / MEMORY / "kept") == {"2024/01/a1/index.html": b"by hand"}
        assert not difference(tree(built / OUTPUT), clean_tree(built))


def test_two_edits_by_hand_of_one_output_are_both_kept(built):
    for text in (b"one", b"two"):
        (built / OUTPUT / "index.html").write_bytes(text)
        assert not build(built).failed

    assert sorted(tree(built / MEMORY / "kept").values()) == [b"one", b"two"]


def test_a_link_in_place_of_an_output_is_set_aside_and_what_it_points_to_stays(built, tmp_path):
    for name, target in (("index.html", tmp_path / "there.txt"), ("404.html", Path("/nowhere/at/all"))):
        (built / OUTPUT / name).unlink()
        (built / OUTPUT / name).symlink_to(target)
    (tmp_path / "there.txt").write_bytes(b"mine")

    assert not build(built).failed

    assert (tmp_path / "there.txt").read_bytes() == b"mine"
    assert sorted(str(path.readlink()) for path in (built / MEMORY / "kept").iterdir()) == [
        "/nowhere/at/all",
        str(tmp_path / "there.txt"),
    ]
    assert not difference(tree(built / OUTPUT), clean_tree(built))


def file_in_place_of_a_folder(out: Path) -> str:
    write(out, {"2023": b"mine"})
    return "2023"


def folder_in_place_of_a_file(out: Path) -> str:
    write(out, {"2023/01/new/index.html/mine.txt": b"mine"})
    return "2023/01/new/index.html/mine.txt"


def folder_in_place_of_an_output(out: Path) -> str:
    (out / "index.html").unlink()
    write(out, {"index.html/mine.txt": b"mine"})
    return "index.html/mine.txt"


def foreign_page(out: Path) -> str:
    write(out, {"2023/01/new/index.html": b"mine"})
    return "2023/01/new/index.html"


def pipe(out: Path) -> str:
    (out / "2023/01/new").mkdir(parents=True)
    os.mkfifo(out / "2023/01/new/index.html")
    return "2023/01/new/index.html"


@pytest.mark.parametrize(
    "block", [file_in_place_of_a_folder, folder_in_place_of_a_file, folder_in_place_of_an_output, foreign_page, pipe]
)
def test_what_stands_in_the_way_is_named_and_nothing_is_written(built, block):
    where = block(built / OUTPUT)
    before = {} if block is pipe else tree(built / OUTPUT)
    write(changed_all_over(built), {"content/new.md": article(1, title="New", slug="new", date="2023-01-01").encode()})

    outcome = build(built)

    assert outcome.failed
    assert set(outcome.codes) == {"output.foreign"}
    assert outcome.report.errors[0].where.path.endswith(where)
    assert block is pipe or not difference(tree(built / OUTPUT), before)
    assert not leftovers(built)


def test_empty_folders_in_the_way_of_a_page_are_no_obstacle(built):
    (built / OUTPUT / "index.html").unlink()
    (built / OUTPUT / "index.html/deep/er").mkdir(parents=True)

    assert not build(built).failed
    assert not difference(tree(built / OUTPUT), clean_tree(built))


def test_a_file_may_become_a_folder_and_a_folder_a_file(site):
    write(site, {"static/a": b"file", "static/b/c/d.txt": b"x", "static/b/e.txt": b"y"})
    assert not build(site).failed
    shutil.rmtree(site / "static")
    write(site, {"static/a/b/c.txt": b"deep", "static/b": b"a file now"})

    assert not build(site).failed
    assert not difference(tree(site / OUTPUT), clean_tree(site))


def test_an_empty_output_folder_behind_a_link_is_written_to(site, tmp_path):
    (tmp_path / "real").mkdir()
    (site / OUTPUT).symlink_to(tmp_path / "real")

    assert not build(site).failed
    assert (site / OUTPUT).is_symlink()
    assert not difference(tree(tmp_path / "real"), clean_tree(site))


@pytest.mark.skipif(os.name != "posix", reason="such names are possible only on POSIX")
def test_odd_names_stay_ours(site):
    names = ["a\nb.txt", "c\\n.txt", "d\re.txt", " f .txt", 'g".txt', "h\\", "\u2028.txt", "\x85.txt"]
    write(site, {f"static/{name}": b"1" for name in names})
    assert not build(site).failed
    write(site, {f"static/{name}": b"2" for name in names})
    assert not build(site).failed
    assert not difference(tree(site / OUTPUT), clean_tree(site))
    shutil.rmtree(site / "static")

    assert len(build(site).report.removed) == len(names)
    assert not difference(tree(site / OUTPUT), clean_tree(site))


def test_a_list_of_ours_that_was_copied_into_static_is_not_published(built):
    shutil.copytree(built / OUTPUT, built / "static/old", dirs_exist_ok=True)
    write(built, {f"static/{LIST}": b"not a list", "static/.sitegen-stage/x": b"x"})

    assert not build(built).failed
    assert not difference(tree(built / OUTPUT), clean_tree(built))
    assert b"not a list" not in tree(built / OUTPUT).values()


def test_a_list_that_was_tampered_with_reaches_nothing_outside(built, tmp_path):
    (tmp_path / "victim.txt").write_bytes(b"mine")
    from sitegen.digest import digest_bytes

    digest = digest_bytes(b"mine").hex()
    victim = "../../victim.txt"
    paths = (f"{tmp_path}/victim.txt", victim, f"x/../{victim}", "..", f"\\n{victim}", f"./{victim}")
    with (built / OUTPUT / LIST).open("a") as file:
        file.writelines(f"{digest} {path}\n" for path in paths)

    build(changed_all_over(built))

    assert (tmp_path / "victim.txt").read_bytes() == b"mine"


DANGEROUS = {
    "the site": lambda site: site,
    "its parent": lambda site: site.parent,
    "the root": lambda _: Path("/"),
    "home": lambda _: Path.home(),
    "above home": lambda _: Path.home().parent,
    "content": lambda site: site / "content",
    "below content": lambda site: site / "content/public",
    "static": lambda site: site / "static",
    "themes": lambda site: site / "themes/x",
    "templates": lambda site: site / "templates",
    "data": lambda site: site / "data",
    ".git": lambda site: site / ".git",
    "below .git": lambda site: site / ".git/refs",
    "the memory": lambda site: site / MEMORY / "kept",
    "the config": lambda site: site / "sitegen.yaml",
    "a link to content": lambda site: site / "link",
    "below a link to the site": lambda site: site / "self/content",
    "by way of ..": lambda site: site / "public/../content",
}


@pytest.mark.parametrize("name", DANGEROUS)
@pytest.mark.parametrize("adopt", [False, True])
def test_an_output_folder_that_would_do_harm_is_refused(built, name, adopt):
    for folder in ("static", "templates", "data", ".git/refs", "themes"):
        (built / folder).mkdir(parents=True, exist_ok=True)
    (built / "link").symlink_to(built / "content")
    (built / "self").symlink_to(built)
    before = tree(built)

    outcome = build(built, output=DANGEROUS[name](built), adopt=adopt)

    assert outcome.codes == ("usage.output",)
    assert {p: c for p, c in tree(built).items() if MEMORY not in p} == {
        p: c for p, c in before.items() if MEMORY not in p
    }


@pytest.mark.parametrize("named", ["articles", "articles/deep"])
def test_the_content_folder_that_a_config_names_is_no_output_folder(tmp_path, named):
    files = {path.replace("content/", "articles/"): text for path, text in sources().items()}
    site = write(tmp_path / "site", {**files, "sitegen.yaml": (CONFIG + "build: {content: articles}\n").encode()})

    assert build(site, output=site / named, adopt=True).codes == ("usage.output",)
