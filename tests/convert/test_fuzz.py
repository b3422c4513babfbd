"""A share of the long run of `fuzz`: no input breaks the import, and its laws hold for every one."""

from tests.convert import fuzz


def test_no_bent_source_breaks_the_import() -> None:
    assert fuzz.run(1200, 20240317) == []
