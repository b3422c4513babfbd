"""The cache may be deleted, damaged, cut off or swapped: that costs time, and changes no byte."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from sitegen.build.cache import Cache
from tests.laws.sites import (
    LATER,
    MEMORY,
    OUTPUT,
    Tree,
    article,
    build,
    clean_tree,
    difference,
    quick_folder,
    sources,
    tree,
    write,
)

EVERY = 97  # bytes between two damages: prime, so that all columns are met


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = write(tmp_path_factory.mktemp("model") / "site", sources(2))
    assert not build(site).failed
    write(site, {"content/a1.md": article(1, slug="a1", title="Other").encode()})
    return site


@pytest.fixture(scope="module")
def wanted(built: Path) -> Tree:
    return clean_tree(built)


def file_of(site: Path) -> Path:
    return site / MEMORY / "cache.sqlite"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("value", [0x00, 0xF9, 0x41])
def test_no_damaged_byte_stops_a_build_or_shows_in_it(built, wanted, value):
    content = file_of(built).read_bytes()
    with quick_folder() as folder:
        for at in [*range(0, 200, 7), *range(200, len(content), max(EVERY, len(content) // 60))]:
            site = shutil.copytree(built, folder / "site")
            damaged = bytearray(content)
            damaged[at : at + 3] = bytes([value]) * 3
            file_of(site).write_bytes(damaged)
            assert not build(site).failed, at
            assert not (found := difference(tree(site / OUTPUT), wanted)), f"byte {at}:\n{found}"
            shutil.rmtree(site)


def test_names_that_are_swapped_in_the_cache_are_noticed(built, wanted, tmp_path):
    site = shutil.copytree(built, tmp_path / "site")
    db = sqlite3.connect(file_of(site))
    for table in ("body", "terms"):
        db.execute(f"update {table} set source = source || 'x'")
        db.execute(f"update {table} set source = case source when 'a1.mdx' then 'a2.md' else 'a1.md' end")
    db.commit()
    db.close()
    cache = Cache(site / MEMORY)
    heads = cache.known_pieces("heads", list)
    heads["a1.md"][1], heads["a2.md"][1] = heads["a2.md"][1], heads["a1.md"][1]
    cache.remember_pieces("heads", heads)
    cache.close()

    assert not build(site).failed
    assert not (found := difference(tree(site / OUTPUT), wanted)), found


def test_pieces_that_are_missing_in_the_cache_are_made_again(built, tmp_path):
    site = shutil.copytree(built, tmp_path / "site")
    assert not build(site).failed
    db = sqlite3.connect(file_of(site))
    names = {name for (name,) in db.execute("select distinct name from piece")}
    db.close()
    assert {"heads", "traces", "digests", "table targets"} <= names
    for n, name in enumerate(sorted(names)):
        db = sqlite3.connect(file_of(site))
        db.execute("delete from piece where name = ?", (name,))
        db.commit()
        db.close()
        write(site, {"content/a2.md": article(2, slug="a2", body=f"See [[a1]], {n}.").encode()})
        assert not build(site).failed, name
        assert not (found := difference(tree(site / OUTPUT), clean_tree(site))), f"{name}:\n{found}"


@pytest.mark.parametrize("table", ["body", "terms"])
def test_texts_that_are_swapped_in_the_cache_are_noticed(built, tmp_path, table):
    site = shutil.copytree(built, tmp_path / "site")
    assert not build(site).failed
    db = sqlite3.connect(file_of(site))
    db.execute(f"update {table} set source = source || 'x'")
    db.execute(f"update {table} set source = case source when 'a1.mdx' then 'a2.md' else 'a1.md' end")
    db.execute("delete from known where name = 'related'")
    db.commit()
    db.close()
    shutil.rmtree(site / OUTPUT)

    assert not build(site).failed
    assert not (found := difference(tree(site / OUTPUT), clean_tree(site))), found


@pytest.mark.parametrize(
    "name",
    [
        "built",
        "files",
        "outputs",
        "keys",
        "digests",
        "fingerprints",
        "tables",
        "references",
        "related",
        "heads",
        "traces",
    ],
)
def test_anything_that_is_missing_in_the_cache_is_made_again(built, wanted, tmp_path, name):
    site = shutil.copytree(built, tmp_path / "site")
    assert not build(site).failed
    cache = Cache(site / MEMORY)
    cache.forget(name)
    cache.close()
    write(site, {"content/a2.md": article(2, slug="a2", tags="[odd]").encode()})

    assert not build(site, as_of=LATER).failed
    assert not (found := difference(tree(site / OUTPUT), clean_tree(site))), found
