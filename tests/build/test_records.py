"""Outputs in columns are the outputs one by one."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.build.cache import Cache, Damaged
from sitegen.build.records import OUTPUTS, Record, Records
from sitegen.build.seen import Seen, Signature

NUMBERS = st.integers(-(1 << 63), (1 << 63) - 1)
SEEN = st.builds(
    Seen, st.builds(Signature, NUMBERS, NUMBERS, NUMBERS, NUMBERS), st.binary(min_size=16, max_size=16), NUMBERS
)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9)
RECORDS = st.dictionaries(TEXTS, st.builds(Record, TEXTS, SEEN, st.lists(TEXTS, max_size=2).map(tuple)), max_size=40)


def one_by_one(records: Records) -> dict[str, Record]:
    return {path: records[path] for path in records}


@given(RECORDS)
def test_columns_give_back_each_record(records):
    columns = msgspec.msgpack.decode(msgspec.msgpack.encode(Records.of(records)), type=Records)

    assert one_by_one(columns) == records
    assert list(columns) == sorted(records)
    assert len(columns) == len(records)
    assert ("\0" in columns, columns.get("\0")) == (False, None)


@given(RECORDS, RECORDS, st.data())
def test_columns_with_some_changed_and_some_gone_are_those_of_the_others(records, changed, data):
    gone = data.draw(st.sets(st.sampled_from(sorted(records)))) - changed.keys() if records else set()
    before = Records.of(records)
    after = before.after(changed, gone)

    assert one_by_one(after) == {path: record for path, record in (records | changed).items() if path not in gone}
    assert one_by_one(before) == records
    assert one_by_one(after.after({}, set())) == one_by_one(after)


@pytest.mark.parametrize(("column", "value"), [("made", "one\0"), ("whys", bytes(4)), ("reasons", [])])
def test_columns_that_do_not_fit_each_other_are_damage(tmp_path, column, value):
    seen = Seen(Signature(1, 2, 3, 4), bytes(16), 5)
    records = Records.of({"a": Record("article a", seen), "b": Record("article b", seen, ("it is new",))})
    cache = Cache(tmp_path)
    cache.remember(OUTPUTS, records)
    assert cache.known(OUTPUTS, Records) == records
    setattr(records, column, value)
    cache.remember(OUTPUTS, records)
    with pytest.raises(Damaged, match=r"columns of outputs|a reason"):
        cache.known(OUTPUTS, Records)
    cache.close()
