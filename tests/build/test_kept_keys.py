"""Keys that are kept with each text once are the same keys, in every type, with the same numbers."""

from array import array

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.build.cache import Damaged
from sitegen.build.kept_keys import KeptKeys

TEXTS = st.sampled_from(["", "a", "2024/hello", "é"])
PARTS = TEXTS | st.integers(-1, 3) | st.none() | st.booleans()
ASKED = TEXTS | st.lists(PARTS, max_size=3).map(tuple).filter(
    lambda each: not (len(each) == 1 and each[0] in ("", "a"))
)


@given(st.dictionaries(st.sampled_from(["card", "near", "term"]), st.dictionaries(ASKED, st.integers(0, 2**32 - 1))))
def test_keys_come_back_as_they_were_kept(names):
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(KeptKeys.of(names)), type=KeptKeys)

    def told(names):  # with types, which equality does not see
        return {name: sorted((repr(asked), number) for asked, number in own.items()) for name, own in names.items()}

    assert told(kept.numbers()) == told(names)
    assert len(kept.texts) == len(set(kept.texts))


@pytest.mark.parametrize("damage", [{"places": array("I", [7]).tobytes()}, {"numbers": b""}, {"places": b"123"}])
def test_keys_that_name_no_text_are_damage(damage):
    kept = KeptKeys.of({"near": {("a", 5): 1}})
    run = msgspec.structs.replace(kept.names["near"].runs[0], **damage)
    kept.names["near"].runs[0] = run

    with pytest.raises(Damaged):
        kept.numbers()
