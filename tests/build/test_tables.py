"""What a build remembers of its tables is what it would compute, and spares it the looking."""

import pickle
import subprocess
import sys

import msgspec

from sitegen.build.options import BuildOptions
from sitegen.build.session import Session
from sitegen.build.tables import IN_PIECES, NAMES, InPieces
from sitegen.digest import digest_value
from sitegen.engine import Input, Snapshot, rules_of
from sitegen.ledger import Ledger

ASKED = {"order", "groups", "calendar", "targets", "outputs"}  # of the tables that are kept; others wait for a theme


def told(value: object) -> object:
    """A value with the type of each part, and with the order of its mappings."""
    if isinstance(value, msgspec.Struct):
        return type(value), told({name: getattr(value, name) for name in value.__struct_fields__})
    if isinstance(value, dict):
        return dict, [(told(key), told(item)) for key, item in value.items()]
    if isinstance(value, tuple | list):
        return type(value), [told(item) for item in value]
    return type(value), value


def test_a_table_that_is_read_back_is_the_one_that_its_rule_computes(built):
    built.article("a7", aliases="[/old/]", categories="[x, Y]", series="[s]", body="See [[Article a1]], [it](a2.md).")
    assert not built.build().failed

    with Session(built.root, built.root / "sitegen.yaml", BuildOptions(as_of=1_800_000_000)) as session:
        snapshot = session.load().snapshot
        anew = Snapshot(snapshot.rules, snapshot.inputs)
        for name in NAMES:
            found, wanted = snapshot.table(name), anew.table(name)
            if name in IN_PIECES:  # which have no order
                found, wanted = dict(sorted(found.items())), dict(sorted(wanted.items()))
            assert told(found) == told(wanted), name

    assert snapshot.found >= ASKED


def test_a_mapping_in_pieces_is_the_whole_one_however_it_is_asked(built):
    assert not built.build().failed
    with Session(built.root, built.root / "sitegen.yaml", BuildOptions(as_of=1_800_000_000)) as session:
        whole = session.load().snapshot.table("targets")
        lazily, all = (InPieces(session.cache, "table targets") for _ in range(2))
        assert {key: lazily[key] for key in whole} == whole
        assert "nowhere" not in lazily
        assert lazily.get("/nowhere/") is None
        assert dict(all) == pickle.loads(pickle.dumps(lazily)) == whole


class Numbers:
    """A value that knows where it differs from the one before."""

    def __init__(self, numbers: dict[str, int], before: bytes, edited: set[str]) -> None:
        self.numbers = numbers
        self.before = before
        self.edited = edited

    def differing(self, name: str, was) -> set[str] | None:
        return self.edited if name == "number" and was(self.before) else None


def after(numbers: dict[str, int], before: bytes, edited: set[str], asked: list[str]) -> Snapshot:
    def number(table: Numbers, /, id: str) -> int | None:
        asked.append(id)
        return table.numbers.get(id)

    return Snapshot(rules_of(number), {"table": Input(Numbers(numbers, before, edited), digest_value(numbers))})


def test_only_questions_that_an_input_says_may_differ_are_asked_again():
    first, second = {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "c": 3}
    ledger = Ledger()
    snapshot = after(first, b"", set(), [])
    keys = [("number", id) for id in first]
    ledger.number(keys, [snapshot.digest(key) for key in keys])
    ledger.settle(snapshot, set())

    knowing: list[str] = []
    assert ledger.changed(after(second, digest_value(first), {"b", "c"}, knowing)) == {1}
    assert knowing == ["b", "c"]

    guessing: list[str] = []
    assert ledger.changed(after(second, digest_value("another"), {"c"}, guessing)) == {1}
    assert guessing == ["a", "b", "c"]


def test_an_edit_of_a_plain_text_needs_no_parser_of_markdown_or_yaml_and_no_calendar(built):
    assert not built.build().failed
    built.article("a3", body="A plain text, and no other sign.")
    code = (
        "import sys; from sitegen.cli import main\n"
        f"try: main(['build', '-q', '-C', {str(built.root)!r}])\nexcept SystemExit as end: assert not end.code\n"
        "print(*sorted({'markdown_it', 'yaml', 'babel.dates', 'numpy', 'concurrent.futures'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.split() in ([], ["numpy"])  # numpy where no process can be started beside this one
    assert "A plain text" in (built.root / "public/2024/01/a3/index.html").read_text("utf-8")
