"""Laws of related articles: the same from any side, and never more than what the texts say."""

import pickle
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.catalog import nearest
from sitegen.catalog.measure import terms_kept
from sitegen.catalog.related import RelatedIndex, Row, TopTable
from sitegen.catalog.related_edit import updated
from sitegen.catalog.vectors import Frequencies, vectors_of
from sitegen.content.terms import weigh
from sitegen.model import Terms

DAY = 86_400
WORDS = "harbour crane tide gull anchor pilot beacon cargo ferry rope".split()


def article(id: str, text: str, day: int | None = 0, title: str = "") -> Row:
    return id, None if day is None else day * DAY, weigh(title, "", text, ())


def collection(size: int, seed: int = 1) -> list[Row]:
    """Articles of some forty words out of a thousand, on random days."""
    numbers = np.random.default_rng(seed)
    return [
        article(
            f"a{n:05d}",
            " ".join(f"word{int(w)}" for w in numbers.zipf(1.3, 40) % 1000),
            int(numbers.integers(0, 4000)),
            f"word{int(numbers.integers(0, 300))} word{int(numbers.integers(0, 300))}",
        )
        for n in range(size)
    ]


def neighbours(rows: Sequence[Row], id: str) -> list[str]:
    index = RelatedIndex.build(rows)
    return [index.ids[row] for row, _ in index.top().row(index.ids.index(id))]


def test_the_nearest_shares_the_most_and_an_article_is_never_its_own_neighbour():
    rows = [
        article("a", "ceasefire at the border crossing"),
        article("b", "the border crossing after the ceasefire"),
        article("c", "a ceasefire of cooks"),
        article("d", "soup of leeks"),
        article("e", "leeks in butter"),
        article("f", "nothing like the others"),
    ]

    assert neighbours(rows, "a")[0] == "b"
    assert all(id not in neighbours(rows, id) for id, _, _ in rows)
    assert neighbours(rows, "d") == ["e"]


def test_chunks_joined_are_the_table_of_all_byte_for_byte():
    index = RelatedIndex.build(collection(600))

    whole = index.top().to_bytes()
    for size in (1, 7, 250):
        parts = [index.top(lo, min(lo + size, 600)) for lo in range(0, 600, size)]
        assert TopTable.joined(parts).to_bytes() == whole


def test_the_order_of_the_input_does_not_show():
    rows = collection(200)

    assert RelatedIndex.build(rows[::-1]).top().to_bytes() == RelatedIndex.build(rows).top().to_bytes()


def test_block_sizes_and_matrices_do_not_show(monkeypatch):
    index = RelatedIndex.build(collection(700))
    whole = index.top().to_bytes()

    monkeypatch.setattr(nearest, "DENSE_ROWS", 0)
    assert index.top().to_bytes() == whole
    monkeypatch.setattr(nearest, "BLOCK", 100)
    assert index.top().to_bytes() == whole


def test_leaving_out_what_cannot_come_among_the_nearest_changes_nothing(monkeypatch):
    index = RelatedIndex.build(collection(300))
    whole = index.top().to_bytes()

    monkeypatch.setattr(nearest, "STRONG", 1 << 40)

    assert index.top().to_bytes() == whole


def test_a_table_is_what_adding_up_by_hand_gives():
    rows = collection(120)
    index = RelatedIndex.build(rows)
    vectors, table = index.vectors, index.top()
    by_hand = [
        {
            int(vectors.terms[at]): (int(vectors.asks[at]), int(vectors.offers[at]))
            for at in range(vectors.starts[row], vectors.starts[row + 1])
        }
        for row in range(120)
    ]

    for row in range(120):
        found = []
        for other in range(120):
            score = sum(
                ask * by_hand[other][term][1] for term, (ask, _) in by_hand[row].items() if term in by_hand[other]
            )
            days = abs(rows[row][1] - rows[other][1]) // DAY
            if other != row and score >= nearest.LEAST:
                found.append((-(score + int(nearest.NEARNESS[days])), days, other))
        assert table.row(row) == [(other, -score) for score, _, other in sorted(found)[:10]]


def test_a_table_survives_its_bytes_and_an_index_travels():
    index = RelatedIndex.build(collection(50))
    table = index.top(k=4)

    assert np.array_equal(TopTable.from_bytes(table.to_bytes(), 4).entries, table.entries)
    assert pickle.loads(pickle.dumps(index)).top(k=4).to_bytes() == table.to_bytes()


def test_ties_go_to_the_nearer_date_and_then_to_the_first_id():
    text = "harbour crane tide"
    rows = [article("a", text, 100), article("d", text, 103), article("c", text, 97), article("b", text, 97)]
    rows += [article("e", text, 5000), article("f", text, None)]
    rows += [article(f"x{n}", WORDS[n] + " weather", 0) for n in range(10)]

    assert neighbours(rows, "a")[:5] == ["b", "c", "d", "e", "f"]


def test_identical_texts_are_each_others_nearest():
    rows = [article(id, "harbour crane tide gull") for id in "abc"] + collection(30)

    assert neighbours(rows, "a")[:2] == ["b", "c"]
    assert neighbours(rows, "c")[:2] == ["a", "b"]


@pytest.mark.parametrize("rows", [[], [article("a", "alone here")], [article("a", ""), article("b", "")]])
def test_nothing_to_compare_gives_empty_rows(rows):
    index = RelatedIndex.build(rows)

    assert [index.top().row(row) for row in range(len(rows))] == [[] for _ in rows]
    assert index.top(0, 0).to_bytes() == b""


def test_articles_in_two_languages_find_their_own_kind():
    rows = [
        article("en1", "the harbour was closed by the storm and the ferry stayed"),
        article("en2", "a storm held the ferry in the harbour for two days"),
        article("ja1", "台風で港が閉鎖され、船は出られなかった。"),
        article("ja2", "港の閉鎖が続き、台風のあと船が戻った。"),
        article("ar1", "أُغلق الميناء بسبب العاصفة وبقيت السفينة"),
        article("ar2", "بقيت السفينة في الميناء اثناء العاصفة"),
    ]

    for id in ("en1", "ja1", "ar1"):
        assert neighbours(rows, id) == [id[:2] + "2"]


def test_what_stands_in_about_half_of_all_articles_weighs_nothing():
    rows = [article(f"a{n}", f"everywhere {WORDS[n]}x only{n}") for n in range(10)]

    assert all(RelatedIndex.build(rows).top().row(n) == [] for n in range(10))


def test_to_name_a_subject_in_the_title_brings_an_article_nearer():
    rows = [
        article("a", "harbour crane tide gull"),
        article("b", "harbour rope", 0, "A harbour"),
        article("c", "harbour rope"),
    ]
    rows += [article(f"x{n}", f"rope{n} {WORDS[n]}{n} weather tide") for n in range(10)]

    assert neighbours(rows, "a")[0] == "b"


def test_reasons_are_shared_phrases_and_words_as_they_were_written():
    rows = [
        article("a", "The ceasefire held. At the border crossing near Arvik, trucks use the border crossing in 2031."),
        article("b", "Arvik: trucks at the border crossing, and at no other border crossing. No ceasefire in 2031."),
    ] + [article(f"x{n}", f"{WORDS[n]} at the weather") for n in range(10)]
    index = RelatedIndex.build(rows)

    (reasons,) = index.reasons(0, [1])

    assert reasons[0] == "border crossing"
    assert set(index.reasons(0, [1], 9)[0]) == {"border crossing", "ceasefire", "Arvik", "trucks"}
    assert index.reasons(0, [5]) == [()]


def test_reasons_of_unspaced_scripts_join_their_characters():
    rows = [article("a", "停戦合意。停戦合意"), article("b", "停戦合意、停戦合意だ")]
    rows += [article(f"x{n}", f"{WORDS[n]} rope weather") for n in range(10)]

    assert {"停戦合", "戦合意"} & set(RelatedIndex.build(rows).reasons(0, [1])[0])


def test_a_vector_depends_on_the_buckets_of_frequencies_alone():
    rows = collection(300)
    terms = [row[2] for row in rows]
    frequencies = Frequencies.of(terms)
    within = frequencies._replace(table=np.where(frequencies.table == 5, 7, frequencies.table).astype(np.uint32))

    for one, other in zip(vectors_of(terms, frequencies), vectors_of(terms, within), strict=True):
        assert np.array_equal(one, other)


def test_larger_collections_compare_by_fewer_terms():
    kept = [terms_kept(1 << power) for power in range(18)]

    assert kept == sorted(kept, reverse=True)


WORD = st.sampled_from([*WORDS, "north", "south", "east", "west", "2031", "港湾"])
TEXT = st.lists(WORD, max_size=12).map(" ".join)
EDIT = st.tuples(st.integers(0, 30), st.none() | st.tuples(TEXT, TEXT, st.none() | st.integers(0, 900)))


@settings(max_examples=60, deadline=None)
@given(
    start=st.lists(st.tuples(TEXT, TEXT, st.none() | st.integers(0, 900)), min_size=17, max_size=30),
    steps=st.lists(st.lists(EDIT, min_size=1, max_size=3), min_size=1, max_size=4),
    k=st.sampled_from([2, 10]),
)
def test_any_edits_give_what_building_anew_gives(start, steps, k):
    rows = {f"{n:02d}": article(f"{n:02d}", text, day, title) for n, (title, text, day) in enumerate(start)}
    index = RelatedIndex.build(rows.values())
    table = index.top(k=k)
    for step in steps:
        before = {id: (index, table, row) for row, id in enumerate(index.ids)}
        changes = {}
        for number, edit in step:
            id = f"{number:02d}"
            changes[id] = None if edit is None else article(id, edit[1], edit[2], edit[0])[1:]
        done = updated(index, table, changes)
        rows |= {id: (id, *change) for id, change in changes.items() if change}
        for id in [id for id, change in changes.items() if change is None]:
            rows.pop(id, None)
        anew = RelatedIndex.build(rows.values())

        assert done.index.ids == anew.ids
        assert done.table.to_bytes() == anew.top(k=k).to_bytes()
        assert all(np.array_equal(x, y) for x, y in zip(done.index.vectors, anew.vectors, strict=True))
        assert all(np.array_equal(x, y) for x, y in zip(done.index.postings, anew.postings, strict=True))
        index, table = done.index, done.table
        told = set(done.rows.tolist())
        for row, id in enumerate(index.ids):
            if row not in told:
                assert shown(index, table, row) == shown(*before[id])


def shown(index: RelatedIndex, table: TopTable, row: int) -> list[tuple[str, int, tuple[str, ...]]]:
    found = table.row(row)
    reasons = index.reasons(row, [other for other, _ in found])
    return [(index.ids[other], score, why) for (other, score), why in zip(found, reasons, strict=True)]


def test_to_remove_what_is_not_there_changes_nothing():
    index = RelatedIndex.build(collection(20))
    table = index.top()

    done = updated(index, table, {"nowhere": None})

    assert len(done.rows) == 0
    assert done.table.to_bytes() == table.to_bytes()


def test_an_edit_among_many_computes_few_rows_again():
    rows = collection(600)
    index = RelatedIndex.build(rows)
    id, epoch, terms = rows[100]

    done = updated(index, index.top(), {id: (epoch + DAY, terms)})

    assert 0 < len(done.rows) < 300
    assert (
        done.table.to_bytes()
        == RelatedIndex.build([*rows[:100], (id, epoch + DAY, terms), *rows[101:]]).top().to_bytes()
    )


def test_terms_of_nothing_are_empty():
    assert weigh("", "", "", ()) == Terms()
