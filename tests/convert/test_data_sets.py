"""A share of each collection beside the repository; all of them by hand, see `data_sets.py`."""

from pathlib import Path

import pytest

from tests.convert.data_sets import check, sets_of

SETS = (
    "seed", "html/postlight-even", "html/scrapinghub", "html/trafilatura-even", "html/wcxb-dev", "text-rows",
    "collections/18f", "wordpress", "feeds/miniflux", "feeds/feedparser", "exports/ghost", "exports/medium",
    "exports/substack",
)  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_every_source_is_told_of_every_block_is_counted_once_and_a_second_run_writes_nothing(
    name: str, shared_data: Path
) -> None:
    sources = dict(sets_of(shared_data))[name]
    assert sources
    assert check(sources) == []


def test_all_sets_are_looked_at(shared_data: Path) -> None:
    assert sorted(name for name, _ in sets_of(shared_data)) == sorted(SETS)
