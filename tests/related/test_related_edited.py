"""An index under edits answers as one that is built anew, edit after edit."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.catalog import related_edited, vectors
from sitegen.catalog.bonds import CLOSE
from sitegen.catalog.close import all_close, close_after
from sitegen.catalog.measure import KEPT
from sitegen.catalog.related import RelatedIndex, Row
from sitegen.catalog.related_edited import EditedIndex
from sitegen.content.terms import weigh

DAY = 86_400
FEW_WORDS = "harbour crane tide gull anchor pilot beacon cargo ferry rope".split()


def words(random: Random, size: int) -> str:
    """Some words out of many, most of them seldom: frequencies cross powers of two all the time."""
    return " ".join(f"w{int(random.paretovariate(0.6)) % size}" for _ in range(25))


def row(random: Random, id: str, size: int) -> Row:
    day = None if random.random() < 0.1 else random.randrange(3000) * DAY
    return id, day, weigh(words(random, size)[:20], "", words(random, size), ())


def assert_same(edited: EditedIndex, rows: dict[str, Row]) -> None:
    index = RelatedIndex.build(rows.values())
    table = index.top()
    assert edited.base.ids == index.ids
    for n in range(len(index)):
        nearest = table.row(n)
        assert edited.nearest(n, KEPT) == nearest
        others = [other for other, _ in nearest[:4]]
        assert edited.reasons(n, others) == index.reasons(n, others)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    size=st.sampled_from([2, 9, 60, 140]),
    many=st.sampled_from([3, 30, 400]),
    late=st.sampled_from([2, vectors.LATE]),
    coming=st.sampled_from([0.0, 0.1]),
    ready=st.booleans(),
)
def test_after_any_edits_neighbours_scores_and_reasons_are_those_of_an_index_built_anew(
    seed, size, many, late, coming, ready
):
    random = Random(seed)
    rows = {id: row(random, id, size * 3) for id in (f"a{n:04}" for n in range(size))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(related_edited, "MANY", many)
        patch.setattr(vectors, "LATE", late)
        index = EditedIndex(RelatedIndex.build(rows.values()))
        if ready:
            index.prepare()
        for _ in range(8):
            changes = {}
            for _ in range(random.choice([1, 1, 1, 2, 3])):
                id = random.choice(sorted(rows))
                if random.random() < coming:
                    id = f"a{random.randrange(size * 2):04}"
                    new = None if id in rows else row(random, id, size * 3)
                else:
                    new = row(random, id, size * 3)
                changes[id] = None if new is None else new[1:]
                if new is None:
                    rows.pop(id, None)
                else:
                    rows[id] = new
            if not rows:
                return
            index = index.after(changes)
            assert_same(index, rows)


@pytest.mark.parametrize("seed", range(6))
def test_close_neighbours_brought_up_to_date_are_those_of_an_index_built_anew(seed):
    random = Random(seed + 100)
    size = random.choice([9, 30, 70])
    rows = {f"a{n:04}": row(random, f"a{n:04}", size * 3) for n in range(size)}
    index = EditedIndex(RelatedIndex.build(rows.values()))
    least = random.choice([1, CLOSE // 4, CLOSE])
    close = all_close(index, least)
    for _ in range(25):
        id = f"a{random.randrange(size + size // 4):04}"
        new = None if id in rows and random.random() < 0.15 else row(random, id, size * 3)
        rows.pop(id, None)
        if new is not None:
            rows[id] = new
        index = index.after({id: None if new is None else new[1:]})
        close = close_after(close, index, index.weighed, least)
        fresh = EditedIndex(RelatedIndex.build(rows.values()))
        assert {id: list(row.items()) for id, row in close.items()} == {
            id: list(row.items()) for id, row in all_close(fresh, least).items()
        }


def test_an_edit_leaves_the_index_before_it_as_it_was_and_removing_nothing_is_nothing():
    random = Random(1)
    rows = {f"a{n}": row(random, f"a{n}", 60) for n in range(20)}
    before = EditedIndex(RelatedIndex.build(rows.values()))
    answers = [before.nearest(n) for n in range(20)]
    after = before.after({"a3": (None, weigh("", "", " ".join(FEW_WORDS), ())), "nowhere": None})

    assert [before.nearest(n) for n in range(20)] == answers
    assert after.nearest(after.row("a3")) == []
    assert before.row("nowhere") is None
