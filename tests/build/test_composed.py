"""YAML that was composed before is the value that composing gives, and needs no parser."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sitegen.build.cache import Cache
from sitegen.build.composed import KeptYaml
from sitegen.notation.nodes import Quoted
from sitegen.notation.yaml import read_yaml

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
SCALARS = TEXTS.map(lambda text: f"'{text.replace(chr(39), chr(39) * 2)}'") | st.sampled_from(
    ["plain words", "12", "~", "true", "2024-03-01", "1.5", "[]", "{}", '"a\\tb"', "|\n  block\n  text"]
)


def told(value: object) -> object:
    """A value with the types that equality does not see."""
    if isinstance(value, dict):
        return [(key, told(each)) for key, each in value.items()]
    if isinstance(value, list):
        return [told(each) for each in value]
    return isinstance(value, Quoted), value


@given(st.lists(SCALARS, min_size=1, max_size=5), st.lists(SCALARS, max_size=3))
def test_a_value_from_the_cache_is_the_one_that_composing_gives(values, nested):
    text = "".join(f"key{n}: {value}\n" for n, value in enumerate(values))
    text += "list:\n" + "".join(f"- {each}\n" for each in nested if "\n" not in each) + "map: {a: b, 'c': [d, \"e\"]}\n"
    fresh = read_yaml(text, "sitegen.yaml")
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder))
        first = KeptYaml(cache, "config")
        read_yaml(text, "sitegen.yaml", composed=first)
        first.save()
        again = KeptYaml(cache, "config")
        found = again.find(text)
        cache.close()

    assert fresh.problems == []
    assert found is not None
    assert told(found) == told(fresh.value)


def test_a_faulty_text_is_composed_each_time_so_that_its_faults_are_said(tmp_path):
    cache = Cache(tmp_path)
    for _ in range(2):
        kept = KeptYaml(cache, "config")
        sheet = read_yaml("# a comment\na: 1\na: 2\n", "sitegen.yaml", composed=kept)
        kept.save()
        assert [problem.code for problem in sheet.problems] == ["yaml.duplicate"]
    cache.close()
