"""Guarded YAML: equal to PyYAML where both read, bounded where PyYAML is not, and every value at its place."""

import subprocess
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sitegen.notation.nodes import Quoted
from sitegen.notation.quoting import quoted
from sitegen.notation.scalars import resolve
from sitegen.notation.yaml import read_yaml

TEXTS = st.text(  # without U+2028 and U+2029, which PyYAML writes as ends of lines
    st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp"), exclude_characters="\ufeff"), max_size=30
)
SCALARS = st.one_of(
    TEXTS, st.integers(-(10**20), 10**20), st.booleans(), st.none(), st.floats(allow_nan=False, allow_infinity=False)
)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=20
)
PIECES = (
    *("a", "b: ", ": ", "- ", "\n", "  ", "[", "]", "{", "}", ", ", '"', "'", "#", " #", "&x ", "*x", "!t ", "| "),
    *(">-", "? ", "%", "---\n", "...\n", "\t", "<<: ", "\\", "\u2028", "\x85", "水", "\x07", "no", "1.10", "~"),
)
SNIPPETS = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


def same(ours, theirs):
    """Whether our value is PyYAML's with every scalar as text; a plain null is None to us."""
    if isinstance(theirs, dict):
        return isinstance(ours, dict) and list(ours) == list(theirs) and all(same(ours[k], theirs[k]) for k in theirs)
    if isinstance(theirs, list):
        return isinstance(ours, list) and len(ours) == len(theirs) and all(map(same, ours, theirs))
    return ours == theirs or (ours is None and theirs in ("", "~", "null", "Null", "NULL"))


@given(st.dictionaries(TEXTS, TREES, max_size=5), st.booleans(), st.integers(20, 200))
def test_what_pyyaml_writes_is_read_as_pyyaml_reads_it(tree, flow, width):
    text = yaml.dump(tree, allow_unicode=True, default_flow_style=flow, width=width, Dumper=yaml.CSafeDumper)
    sheet = read_yaml(text, "x.yaml")

    assert not sheet.problems
    assert same(sheet.value, yaml.load(text, Loader=yaml.CBaseLoader))


@given(SNIPPETS)
def test_whatever_is_read_without_a_fault_is_what_pyyaml_reads(text):
    sheet = read_yaml(text, "x.yaml")

    if not sheet.problems and not {"\u2028", "\x85", "&"} & set(text):
        assert same(sheet.value, yaml.load(text, Loader=yaml.CBaseLoader))


@given(st.one_of(SNIPPETS, st.text(max_size=200)))
def test_no_text_raises_and_every_fault_has_a_place_inside_and_a_help(text):
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    for problem in read_yaml(text, "x.yaml", first_line=5).problems:
        assert 1 <= problem.where.line - 4 <= len(lines) + 1
        assert problem.where.column >= 1
        assert problem.width >= 1
        assert problem.help
        assert not {"\n", "\x1b", "\x9b", "\u2028", "\u202e"} & set(problem.message + problem.help + problem.excerpt)


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_a_quoted_text_is_read_back(text):
    sheet = read_yaml(f"key: {quoted(text)}\n", "x.yaml")

    if all(problem.code != "yaml.character" for problem in sheet.problems):
        assert sheet.value == {"key": text}
        assert not sheet.problems


@given(st.dictionaries(st.text("abcdef", min_size=1), st.lists(st.text("ghijk水", min_size=1), max_size=4), min_size=1))
def test_every_plain_scalar_stands_at_its_place(tree):
    text = yaml.dump(tree, allow_unicode=True)
    sheet = read_yaml(text, "x.yaml")
    lines = text.split("\n")
    for key, items in tree.items():
        place = sheet.place((key,), key=True)
        assert lines[place.line][place.column : place.end_column] == key
        for index, item in enumerate(items):
            span = sheet.place((key, index))
            assert lines[span.line][span.column : span.end_column] == item


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"), ("on", "on"), ("yes", "yes"), ("true", True), ("False", False), ("1:30", "1:30"), ("012", "012"),
        ("0o17", "0o17"), ("0x1F", "0x1F"), ("1.10", 1.1), ("1e3", 1000.0), ("12", 12), ("-3", -3), ("+3", 3),
        (".5", 0.5), ("12.", "12."), ("1.5e-3", 0.0015),
        ("9" * 30, "9" * 30), ("1_000", "1_000"), (".inf", ".inf"), (".nan", ".nan"), ("2024-03-17", "2024-03-17"),
        ("1e999", "1e999"), ("~", None), ("null", None), ("", None), ("'12'", "12"), ('"true"', "true"),
        ("!!str 12", "12"), ("1.2.3", "1.2.3"), ("+", "+"), (".", "."), ("e3", "e3"), ("٣", "٣"),
    ],
)  # fmt: skip
def test_plain_scalars_mean_what_people_mean(written, meant):
    sheet = read_yaml(f"key: {written}\n", "x.yaml")

    assert resolve(sheet.value) == {"key": meant}
    assert type(resolve(sheet.value)["key"]) is type(meant)


def test_only_quotes_and_blocks_make_a_scalar_quoted():
    value = read_yaml("a: x\nb: 'x'\nc: |\n  x\nd: !!str x\n", "x.yaml").value

    assert [isinstance(value[key], Quoted) for key in "abcd"] == [False, True, True, True]


def test_characters_that_ended_lines_in_yaml_1_1_are_text():
    sheet = read_yaml("title: a\u2028b\x85c\nnext: d\n", "x.yaml")

    assert sheet.value == {"title": "a\u2028b\x85c", "next": "d"}
    assert sheet.place(("next",)).line == 1


def test_an_alias_is_the_value_it_stands_for():
    assert read_yaml("a: &x [1, 2]\nb: *x\n", "x.yaml").value == {"a": ["1", "2"], "b": ["1", "2"]}


def test_an_alias_inside_of_what_it_names_is_a_fault_and_no_circle():
    sheet = read_yaml("a: &x [*x]\n", "x.yaml")

    assert sheet.broken
    assert sheet.value == {"a": [None]}


def test_of_two_equal_keys_the_first_counts():
    assert read_yaml("a: 1\nb: {c: 2}\na: {d: 3}\n", "x.yaml").value == {"a": "1", "b": {"c": "2"}}


def test_an_escaped_nul_does_not_get_in():
    sheet = read_yaml('a: "x\\0y"\n', "x.yaml")

    assert sheet.broken
    assert "\0" not in sheet.value["a"]


def bomb_of(levels: int, wide: int) -> str:
    lines = ["a0: &a0 [" + ", ".join(["ha"] * wide) + "]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * wide) + "]" for n in range(1, levels)]
    return "\n".join(lines)


BOMBS = {
    "brackets": "[" * 300_000,
    "braces": "{" * 300_000,
    "dashes": "- " * 300_000,
    "questions": "? " * 300_000,
    "indents": "\n".join(" " * n + "a:" for n in range(1000)),
    "aliases": bomb_of(9, 9),
    "one long text in many aliases": "a: &a '" + "x" * 50_000 + "'\nb: [" + "*a, " * 50_000 + "]",
    "anchors": "\n".join(f"- &a{n} x" for n in range(30_000)),
    "quotes": "a: '" * 50_000,
    "colons": "a: b: " * 50_000,
    "many bare colons": "\n".join(f"k{n}: a: b" for n in range(8000)),
    "duplicates": "a: 1\n" * 30_000,
    "forbidden characters": "\x07" * 300_000,
    "old line ends": "a: " + "\u2028" * 300_000,
    "tags": "\n".join(f"%TAG !t{n}! tag:x" for n in range(5000)),
    "a key without end": "x" * 1_000_000,
    "too much": "a: b\n" * 500_000,
}


def test_bombs_cost_little_time_and_little_memory():
    """In a process of its own, which may take 400 MB and 20 s of processor time for all of them together."""
    program = (
        "import resource\n"
        "from sitegen.notation.yaml import read_yaml\n"
        "resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (20, 20))\n"
        f"import sys; sys.path.insert(0, {str(__file__.rpartition('/')[0])!r})\n"
        "from test_yaml import BOMBS\n"
        "for name, bomb in BOMBS.items():\n"
        "    read_yaml(bomb, 'x.yaml')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
