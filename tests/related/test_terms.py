"""Laws of an article's terms: what is a word, in any script, and what is kept of it."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.content import terms as room
from sitegen.content.terms import IN_TITLE, MAX_PAIRS, MAX_WORDS, spoken, weigh
from sitegen.digest import digest_value
from sitegen.model import Terms


def words(terms: Terms) -> list[str]:
    return terms.words.split(" ") if terms.words else []


def counted(terms: Terms) -> dict[str, int]:
    """How often each word and pair counts, without the mark of the title."""
    names = words(terms)
    ends = np.frombuffer(terms.pairs, "<u2").tolist()
    names += [f"{names[a]} {names[b]}" for a, b in zip(ends[::2], ends[1::2], strict=True)]
    return dict(zip(names, (count % IN_TITLE for count in terms.counts), strict=True))


def same_word(one: str, other: str) -> bool:
    return weigh("", "", one, ()).hashes == weigh("", "", other, ()).hashes


def test_words_count_by_how_often_they_stand_and_the_title_three_times():
    found = counted(weigh("Harbour closed", "", "The harbour was closed, closed again.", ["storms"]))

    assert found["harbour"] == 1 + 3
    assert found["again."] == 1
    assert found["storms"] == 1


def test_a_pair_is_kept_that_stands_twice_or_in_title_summary_or_tag():
    found = counted(weigh("high tide", "pilot boat", "low water here, low water there, dry sand", ["sea wall"]))

    assert {name for name in found if " " in name} == {"high tide", "pilot boat", "low water", "sea wall"}


def test_what_a_summary_says_counts_four_times():
    found = counted(weigh("", "High tide", "tide here, low water there", ()))

    assert (found["tide"], found["High"], found["water"]) == (1 + 4, 4, 1)
    assert found["High tide"] == 4


def test_an_excerpt_is_read_before_the_text_and_its_pairs_are_kept():
    found = counted(weigh("", "", "High tide. Low water.", (), excerpt="High tide."))

    assert (found["High"], found["tide."], found["water."]) == (2, 2, 1)
    assert "Low water." not in found
    assert [pair for pair in found if " " in pair] == ["High tide."]


def test_the_title_is_marked():
    terms = weigh("High tide", "", "low water", ())
    marked = [count >= IN_TITLE for count in terms.counts]

    assert marked == [False, False, True, True, True]


def test_names_count_as_words_too():
    assert counted(weigh("", "", "text", (), names=["Ann Brook"]))["Ann Brook"] == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ceasefire", "«ceasefire»,"),
        ("Straße", "STRASSE"),
        ("café", "cafe\u0301"),
        ("harbour’s", "harbour"),
        ("l’article", "article"),
        ("كتاب", "کتاب"),
        ("أحمد", "احمد"),
        ("كِتَاب", "كتاب"),
        ("ســـلام", "سلام"),
        ("می‌شود", "میشود"),
        ("שָׁלוֹם", "שלום"),
        ("ﬁnance", "finance"),
        ("co\u00adoperate", "cooperate"),
    ],
)
def test_spellings_of_one_word_are_one(one, other):
    assert same_word(one, other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we go to an inn", ["inn"]),
        ("the EU and the US: eu us", ["the", "EU", "and", "US:"]),
        ("state-of-the-art", ["state", "the", "art"]),
        ("हिन्दी में लिखा", ["हिन्दी", "में", "लिखा"]),
        ("停戦合意", ["停戦", "戦合", "合意"]),
        ("港", ["港"]),
        ("정부는", ["정부", "부는"]),
        ("東京Tower展", ["東京", "tower", "展"]),
        ("— … !!! 12", []),
        ("", []),
    ],
)
def test_words_of_every_script(text, expected):
    assert words(weigh("", "", text, ())) == expected


@pytest.mark.parametrize(
    ("token", "expected"), [("“Gaza’s", "Gaza"), ("(ceasefire).", "ceasefire"), ("O’Brien", "Brien"), ("USA", "USA")]
)
def test_a_reader_sees_the_word_alone(token, expected):
    assert spoken(token) == expected


def test_what_is_kept_is_bounded_and_prefers_the_frequent_and_then_the_first():
    text = " ".join(f"once{n}" for n in range(1000)) + " twice pair twice pair"
    terms = weigh("", "", text, ())

    assert len(words(terms)) == MAX_WORDS
    assert {"once0", "twice", "pair"} < set(words(terms))
    assert "once999" not in words(terms)
    assert len(terms.pairs) // 4 <= MAX_PAIRS


def test_a_count_has_a_ceiling():
    assert max(weigh("tide tide", "", "tide " * 5000, ()).counts) <= 255


@given(st.text(), st.text(), st.text(), st.lists(st.text(), max_size=3))
def test_any_text_gives_whole_terms(title, summary, text, tags):
    terms = weigh(title, summary, text, tags)

    assert len(terms.hashes) == 4 * len(terms.counts)
    assert len(words(terms)) + len(terms.pairs) // 4 == len(terms.counts)
    assert all(count % IN_TITLE > 0 for count in terms.counts)
    assert all(end < len(words(terms)) for end in np.frombuffer(terms.pairs, "<u2"))


def test_what_was_parsed_before_does_not_show():
    text = "The Harbour's cranes; the harbour cranes, EU harbour. 停戦合意"
    first = weigh("Title here", "A summary", text, ["tag"])
    for n in range(100):
        weigh("harbour's", "", f"the HARBOUR cranes{n}", ())

    assert weigh("Title here", "A summary", text, ["tag"]) == first
    room._numbers.clear()
    room._read_name.cache_clear()
    assert weigh("Title here", "A summary", text, ["tag"]) == first


def test_the_hash_seed_does_not_show():
    program = (
        "from sitegen.content.terms import weigh; from sitegen.digest import digest_value;"
        "print(digest_value(weigh('High tide', 'pilot boat out', 'tide, low tide ' * 9, ['a b c', 'sea wall'])).hex())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        )
        for seed in ("1", "2")
    ]

    assert runs[0].stdout == runs[1].stdout
    assert len(digest_value(weigh("", "", "", ()))) == 16
