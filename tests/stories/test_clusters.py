"""Bonds gathered into groups."""

from itertools import combinations, permutations

from hypothesis import given
from hypothesis import strategies as st

from sitegen.catalog.bonds import CLOSE, FULL, Bond, StoryRules, bonds, bonds_of
from sitegen.catalog.clusters import MOST, TIES, bonds_within, groups_of
from sitegen.catalog.measure import UNIT


def bound(*pairs: str, score: int = CLOSE) -> list[Bond]:
    return [Bond(*sorted(pair), score) for pair in pairs]


class Table:
    def __init__(self, *found: Bond) -> None:
        self.found = found

    def bonds(self, least: int) -> tuple[Bond, ...]:
        return tuple(bond for bond in self.found if bond.score >= least)


some_bonds = st.lists(
    st.tuples(st.sampled_from(list(combinations("abcdefghijkl", 2))), st.integers(CLOSE, FULL)),
    unique_by=lambda each: each[0],
    max_size=40,
).map(lambda pairs: [Bond(first, second, score) for (first, second), score in pairs])


def test_a_full_match_is_the_square_of_the_length_of_a_vector() -> None:
    assert FULL == UNIT * UNIT


def test_three_articles_bound_to_each_other_are_a_group() -> None:
    assert groups_of(bound("ab", "bc", "ac")) == [frozenset("abc")]


def test_a_chain_of_single_bonds_is_no_group() -> None:
    chain = groups_of(bound("ab", "bc", "cd", "de", "ef"))

    assert max(map(len, chain)) == TIES


def test_two_groups_that_one_bond_joins_stay_apart() -> None:
    found = groups_of(bound("ab", "bc", "ac", "xy", "yz", "xz", "cx"))

    assert found == [frozenset("abc"), frozenset("xyz")]


def test_two_groups_that_are_bound_many_times_become_one() -> None:
    found = groups_of(bound("ab", "bc", "ac", "xy", "yz", "xz", "ax", "by", "cz"))

    assert found == [frozenset("abcxyz")]


def test_no_group_grows_beyond_its_bound() -> None:
    names = [f"{n:03}" for n in range(MOST + 20)]
    found = groups_of([Bond(first, second, CLOSE) for first, second in combinations(names, 2)])

    assert max(map(len, found)) <= MOST


def test_seeds_grow_and_never_become_one() -> None:
    found = groups_of(bound("ab", "bc", "ac", "cd", "bd", "ad"), [frozenset("a"), frozenset("d")])

    assert len(found) == 2
    assert "a" in found[0]
    assert "d" in found[1]
    assert found[0] | found[1] == frozenset("abcd")


@given(some_bonds, st.randoms())
def test_groups_do_not_depend_on_the_order_of_bonds(found: list[Bond], random) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)

    assert groups_of(shuffled) == groups_of(found)


@given(some_bonds)
def test_each_piece_of_the_graph_is_gathered_as_if_it_were_alone(found: list[Bond]) -> None:
    renamed = [Bond("z" + bond.first, "z" + bond.second, bond.score) for bond in found]

    both = groups_of([*found, *renamed])
    alone = groups_of(found)

    assert both == sorted([*alone, *(frozenset("z" + id for id in ids) for ids in alone)], key=sorted)


@given(some_bonds)
def test_each_article_is_in_one_group_at_most_and_bonds_within_are_between_its_articles(found: list[Bond]) -> None:
    groups = groups_of(found)
    ids = [id for group in groups for id in group]

    assert len(ids) == len(set(ids))
    for group, inside in zip(groups, bonds_within(found, groups), strict=True):
        assert inside == [bond for bond in found if {bond.first, bond.second} <= group]


def test_a_bond_needs_both_rows_and_keeps_the_lower_score_and_all_words() -> None:
    close = {"a": {"b": 9, "c": 5}, "b": {"a": 7}, "c": {"d": 4}, "d": {"c": 4}}
    words = {("a", "b"): ("flood", "wall"), ("b", "a"): ("wall", "gate")}

    found = bonds_of(close, lambda first, second: words.get((first, second), ()))

    assert found == (Bond("a", "b", 7, ("flood", "wall", "gate")), Bond("c", "d", 4))


def test_bonds_do_not_depend_on_the_order_of_the_table() -> None:
    close = {"a": {"b": 9}, "b": {"a": 7, "c": 3}, "c": {"b": 8}}
    every = {bonds_of({id: close[id] for id in order}, lambda *_: ()) for order in permutations(close)}

    assert len(every) == 1


def test_articles_far_apart_in_time_or_without_a_date_are_not_bound() -> None:
    table = Table(*bound("ab", "ac", "ad"), *bound("bc", score=CLOSE - 1))
    day = 86_400
    dates = {"a": 0, "b": 10 * day, "c": 11 * day, "d": None}

    assert bonds(table, dates, StoryRules(days=10)) == tuple(bound("ab"))
