"""A few edits in plain Python: index, table and reasons are those that numpy gives, byte for byte."""

import subprocess
import sys
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.build.relate import reasons_of
from sitegen.build.relate_kept import Wanted
from sitegen.catalog import measure, nearest, plain_index, related_few, vectors
from sitegen.catalog.measure import NO_DATE
from sitegen.catalog.related import RelatedIndex
from sitegen.catalog.related_edit import updated
from sitegen.catalog.related_few import Edit, Few, KeptIndex, few_edited
from sitegen.catalog.related_stored import counts_of, marks_of, packed_of
from sitegen.content.terms import weigh

DAY = 86_400
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu".split()


def word(random: Random) -> str:
    """Few words are common and most are rare, as in any language."""
    number = min(int(random.paretovariate(0.6)) - 1, 3000)
    return SYLLABLES[number % 15] + SYLLABLES[number // 15 % 15] + SYLLABLES[number // 225]


def row(random: Random, id: str, size: int = 60) -> tuple[str, int | None, object]:
    text = " ".join(word(random) for _ in range(random.randrange(size)))
    title = " ".join(word(random) for _ in range(3))
    epoch = None if random.random() < 0.1 else random.randrange(0, 900 * DAY)
    return id, epoch, weigh(title, "", text, ())


def few_of(index: RelatedIndex, before: RelatedIndex, table, edits, marked) -> Few | None:
    """As it goes in a build: `before` is the index that the marks are of."""
    kept = KeptIndex(packed_of(index), counts_of(index.frequencies.table), lambda: marks_of(before.terms), marked)
    return few_edited(kept, table.to_bytes(), edits, index.terms.__getitem__)


def check(index: RelatedIndex, table, changes, found: Few):
    done = updated(index, table, changes)
    assert found.packed == packed_of(done.index)
    assert found.entries == done.table.to_bytes()
    assert found.rows == done.rows.tolist()
    wanted = Wanted(4, reasons=True)
    for each in found.rows:
        assert msgspec.msgpack.encode(found.why(each, 4)) == reasons_of(done.index, done.table, each, each, wanted)
    return done


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 1 << 32),
    size=st.sampled_from([1, 3, 9, 40, 150, 600]),
    steps=st.integers(1, 4),
    few=st.integers(1, 4),
    late=st.sampled_from([6, 400, vectors.LATE]),
)
def test_a_few_edits_in_plain_python_give_what_numpy_gives(seed, size, steps, few, late):
    random = Random(seed)
    rows = [row(random, f"a{n:04}") for n in range(size)]
    before = index = RelatedIndex.build(rows)
    table = index.top()
    marked = list(range(size))
    with pytest.MonkeyPatch.context() as patch:
        for module in (vectors, plain_index):
            patch.setattr(module, "LATE", late)  # so that a copied table is met too
        for _ in range(steps):
            edits = {}
            for place in random.sample(range(size), min(few, size)):
                _, epoch, terms = row(random, "")
                what = random.random()
                if what < 0.2:
                    terms = index.terms[place]  # only its date
                elif what < 0.4:  # neither its date nor what it weighs, as most edits
                    epoch = None if index.epochs[place] == NO_DATE else int(index.epochs[place])
                    terms = weigh("", "", f"{index.terms[place].words} once{random.random()}", ())
                edits[place] = Edit(epoch, index.terms[place], terms)
            found = few_of(index, before, table, edits, marked)
            changes = {index.ids[place]: (edit.epoch, edit.after) for place, edit in edits.items()}
            done = updated(index, table, changes) if found is None else check(index, table, changes, found)
            index, table = done.index, done.table
            for place in edits:
                marked[place] = -1


def test_most_edits_are_few_enough_for_it():
    random = Random(5)
    texts = [" ".join(word(random) for _ in range(random.randrange(200))) for _ in range(400)]
    index = RelatedIndex.build((f"a{n:04}", n * DAY, weigh("", "", text, ())) for n, text in enumerate(texts))
    table = index.top()
    done = 0
    for place in range(0, 400, 20):
        changed = weigh("", "", f"{texts[place]}\n\n{word(random)} {word(random)} and {word(random)}", ())
        edits = {place: Edit(place * DAY, index.terms[place], changed)}
        found = few_of(index, index, table, edits, list(range(400)))
        if found is not None:
            check(index, table, {index.ids[place]: (place * DAY, changed)}, found)
            done += 1
    assert done > 15


def test_what_is_too_much_is_left_to_numpy():
    random = Random(6)
    index = RelatedIndex.build(row(random, f"a{n:04}") for n in range(60))
    every = {place: Edit(1, index.terms[place], index.terms[place]) for place in range(related_few.FEW + 1)}
    other = weigh("", "", " ".join(word(random) for _ in range(900)), ())

    assert few_of(index, index, index.top(), every, list(range(60))) is None
    assert few_of(index, index, index.top(), {3: Edit(1, index.terms[3], other)}, list(range(60))) is None


def test_both_ways_go_by_the_same_numbers():
    days = nearest.NEARNESS.tolist()
    assert tuple(days) == measure.nearness()
    assert len(days) == measure.FAR + 1
    assert days[-1] == 0 < days[1] < days[0]
    # so far from a whole number that no mathematics library rounds any of them to another
    exact = [
        measure.UNIT**2 * measure.NEAR_SHARE * 2.718281828459045 ** (-day / measure.NEAR_DAYS) for day in range(1, 4015)
    ]
    assert min(abs(each - round(each)) for each in exact if each > 0.5) > 1e-5
    assert NO_DATE == -(2**63)


def test_it_needs_no_numpy():
    script = "import sys, sitegen.build.relate_few; print('numpy' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", script], text=True).split() == ["False"]
