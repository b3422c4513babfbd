"""A mapping in pieces, of which only what changed is told, is the mapping that is kept whole."""

import sqlite3
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sitegen.build.cache import Cache, pieces_of

KEYS = st.integers(0, 400).map("2024/{}".format)
MAPPINGS = st.dictionaries(KEYS, st.binary(max_size=4) | st.integers(0, 9), max_size=40)


def pieces(cache: Cache) -> dict[int, bytes]:
    db = sqlite3.connect(cache.path)
    found = dict(db.execute("select number, value from piece where name = 'some'").fetchall())
    db.close()
    return found


@given(MAPPINGS, st.dictionaries(KEYS, st.integers(0, 9), max_size=4), st.lists(KEYS, max_size=4), st.booleans())
def test_what_changed_is_all_that_is_written_and_all_that_has_to_be(before, added, gone, known):
    after = {key: value for key, value in (before | added).items() if key not in gone}
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder))
        if known:
            cache.remember_pieces("some", before)
        was = pieces(cache)
        cache.remember_pieces("some", after, changed if known else after.keys())
        found, now = cache.known_pieces("some", bytes | int), pieces(cache)
        cache.close()

    assert found == after
    if known:
        assert now.keys() == was.keys()
        assert {n for n in now if now[n] != was[n]} == set(pieces_of(changed))
