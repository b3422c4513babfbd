"""A share of the campaign of hostile exports; the whole is a command, see `fuzz_exports.py`."""

import pytest

from tests.convert.fuzz_exports import run


@pytest.mark.parametrize("seed", range(4))
def test_no_hostile_export_breaks_a_reader(seed: int) -> None:
    assert run(150, seed) == []
