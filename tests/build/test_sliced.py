"""A value that is written in slices is the value that was given, whoever wrote which of them."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.build.cache import Cache, Damaged, Findings
from sitegen.build.sliced import SLICE_BYTES, Sliced

SIZES = st.integers(0, 4 * SLICE_BYTES)


def sliced(value: bytes) -> list[bytes]:
    return list(Sliced.of(value).changed.values())


@given(SIZES, SIZES, st.lists(st.integers(0, 4 * SLICE_BYTES), max_size=3))
def test_what_stood_with_the_slices_that_changed_is_what_came_after(before, after, edits):
    old, new = bytes(before), bytearray(after)
    for at in edits:
        new[at : at + 1] = b"x"
    made = Sliced.of(bytes(new), old)
    slices = {n: each for n, each in enumerate(sliced(old)) if n < len(made.sums)} | made.changed

    assert b"".join(slices[n] for n in range(len(made.sums))) == bytes(new)
    assert made.fits(dict(enumerate(Sliced.of(old).sums)))
    assert len(made.changed) <= len(edits) + abs(len(sliced(bytes(new))) - len(sliced(old))) + 1


@pytest.fixture
def cache(tmp_path):
    with_values = Cache(tmp_path)
    with_values.remember("large", list(range(20_000)))
    yield with_values
    with_values.close()


def slices_of(cache: Cache) -> dict[int, bytes]:
    db = sqlite3.connect(cache.path)
    found = dict(db.execute("select number, value from known where name = 'large'").fetchall())
    db.close()
    return found


def edited(cache: Cache, value: list[int]) -> bytes:
    """What another process that knows the value tells, to make it this one."""
    findings = Findings(cache.path)
    findings.known("large", list[int])
    findings.remember("large", value)
    findings.close()
    return findings.encoded()


@pytest.mark.parametrize("size", [20_000, 30_000, 9_000, 0])
def test_a_value_that_another_process_changed_is_written_where_it_changed(cache, size):
    value = [*range(size)]
    value[7:8] = [127] * (size > 0)
    before = slices_of(cache)
    told = edited(cache, value)
    cache.take(told)

    assert cache.known("large", list[int]) == value
    if size == 20_000:
        assert len(told) < 2 * SLICE_BYTES
        assert [n for n, each in slices_of(cache).items() if each != before[n]] == [0]


def test_a_change_of_a_value_that_is_another_by_now_is_damage(cache):
    told = edited(cache, [127, *range(1, 20_000)])
    cache.remember("large", list(range(5, 20_005)))

    with pytest.raises(Damaged):
        cache.take(told)
    assert cache.known("large", list[int]) == list(range(5, 20_005))


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_slice_that_is_missing_is_damage(cache, number):
    assert len(slices_of(cache)) == 4
    db = sqlite3.connect(cache.path)
    db.execute("delete from known where name = 'large' and number = ?", (number,))
    db.commit()
    db.close()

    with pytest.raises(Damaged):
        cache.known("large", list[int])
