"""A large index in parts: an edit makes one part again, and a search finds what stands in any of them."""

import shutil

import pytest
from click.testing import CliRunner

from sitegen.build import search, search_parts
from sitegen.cli import cli
from tests.search.conftest import TEXTS, Searchable
from tests.search.test_browser import BASE
from tests.search.test_browser import search as search_for
from tests.site.serving import Served

pytestmark = pytest.mark.slow


@pytest.fixture
def in_parts(monkeypatch, tmp_path, indexer):
    """A site whose seven articles stand in four parts; `runs` counts the articles of each run of the indexer."""
    monkeypatch.setattr(search_parts, "PART", 2)
    runs: list[int] = []
    index = search.index

    def counted(documents, *rest):
        given = list(documents)
        runs.append(len(given))
        return index(given, *rest)

    monkeypatch.setattr(search, "index", counted)
    site = Searchable(tmp_path / "site")
    assert not site.build().failed
    site.runs = runs
    return site


def test_every_article_stands_in_one_part_and_growth_moves_them_seldom(monkeypatch):
    class Named:
        def __init__(self, id: str) -> None:
            self.id = id

    monkeypatch.setattr(search_parts, "PART", 100)
    heads = [Named(f"article-{n}") for n in range(2000)]
    sizes = {}
    for count in (0, 1, 100, 101, 200, 201, 400, 401, 2000):
        parts = search_parts.parts_of(heads[:count])
        assert sorted(head.id for part in parts for head in part) == sorted(head.id for head in heads[:count])
        sizes[count] = len(parts)

    assert sizes == {0: 1, 1: 1, 100: 1, 101: 2, 200: 2, 201: 4, 400: 4, 401: 8, 2000: 8}
    assert all(200 < len(part) < 300 for part in search_parts.parts_of(heads))


def test_an_edit_indexes_the_articles_of_its_part_alone(in_parts):
    assert sum(in_parts.runs) == len(TEXTS)
    in_parts.runs.clear()

    in_parts.article("mill", body="Other water, other wheel, one harbour.")
    assert not in_parts.build().failed

    assert len(in_parts.runs) == 1
    assert in_parts.runs[0] < len(TEXTS)
    assert in_parts.index() == in_parts.clean_index()


def test_a_lost_output_folder_costs_no_indexing_and_damage_changes_no_byte(in_parts):
    before = in_parts.index()
    in_parts.runs.clear()
    shutil.rmtree(in_parts.root / "public")
    assert not in_parts.build().failed
    assert (in_parts.runs, in_parts.index()) == ([], before)

    one, *_ = sorted((in_parts.root / ".sitegen/search-parts").iterdir())
    one.write_bytes(one.read_bytes()[:-1])
    shutil.rmtree(in_parts.root / "public")
    assert not in_parts.build().failed
    assert len(in_parts.runs) == 1
    assert in_parts.index() == before


def test_what_is_no_longer_used_is_forgotten(in_parts):
    for n in range(6):
        in_parts.article("mill", body=f"Wheel number {n}.")
        assert not in_parts.build().failed

    kept = list((in_parts.root / ".sitegen/search-parts").iterdir())
    assert len(kept) == len(search_parts.parts_of(list(range_of(7)))) + search_parts.SPARE


def test_a_search_finds_what_stands_in_any_part(in_parts, chromium, tmp_path):
    assert '"en-x-' in in_parts.index()["pagefind-entry.json"].decode()
    (tmp_path / "host/some").mkdir(parents=True)
    (tmp_path / "host/some/where").symlink_to(in_parts.root / "public")
    server = Served(tmp_path / "host", BASE)
    page = chromium.new_page()
    page.goto(server.address + "search/")

    assert set(search_for(page, "harbour")) == {TEXTS[name][0] for name in ("ferry", "mill", "market")}
    assert search_for(page, "灯台")[:1] == [TEXTS["tokyo"][0]]
    assert search_for(page, "الفجر")[:1] == [TEXTS["khubz"][0]]
    page.close()
    server.stop()


def range_of(count: int) -> list[object]:
    return [type("Named", (), {"id": str(n)})() for n in range(count)]


def test_a_check_and_a_dry_run_of_what_was_never_built_meet_each_file_once(in_parts):
    """What parts have in common stands in each of them, and nothing stands in the output folder to read it from."""
    for made in ("public", ".sitegen"):
        shutil.rmtree(in_parts.root / made)

    assert CliRunner().invoke(cli, ["-C", str(in_parts.root), "check"], standalone_mode=False).return_value == 0
    report = in_parts.build(dry_run=True)
    assert not report.failed
    assert len(report.written) == len(set(report.written))
    assert not (in_parts.root / "public").exists()
