"""Laws of an article's terms: what is a word, in any script, and what is kept of it."""

import os
import random
import subprocess
import sys
import unicodedata
from collections import Counter
from itertools import pairwise

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
    assert found["again"] == 1
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

    assert (found["High"], found["tide"], found["water"]) == (2, 2, 1)
    assert "Low water" not in found
    assert [pair for pair in found if " " in pair] == ["High tide"]


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
        ("the EU and the US: eu us", ["the", "EU", "and", "US"]),
        ("state-of-the-art", ["state", "the", "art"]),
        ("हिन्दी में लिखा", ["हिन्दी", "में", "लिखा"]),
        ("a 5G net, 1984", ["5G", "net", "1984"]),
        ("“Gaza’s” naïve café", ["Gaza", "naïve", "café"]),
        ("Εἰς Αθήνα, Москва!", ["Εἰς", "Αθήνα", "Москва"]),
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


def test_in_the_alphabets_of_europe_casefold_alone_makes_spellings_one():
    spread = {chr(code) for code in range(0x11000) if not room._foreign.search(chr(code))}
    letters = {char for char in spread if char.isalnum()}

    assert {char for char in letters if unicodedata.normalize("NFKC", char) != char} == set()
    assert not {char for char in spread if unicodedata.combining(char) or ord(char) in room._FOLDED}
    assert letters > set("éßñøğışžłœΩжё")


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


def by_the_book(title: str, summary: str, text: str, tags: list[str], excerpt: str) -> Terms:
    """The terms as they are defined, word by word."""
    counts, pairs, forms = Counter[str](), dict[tuple[str, str], int](), dict[str, str]()

    def said(part: str) -> list[str]:
        return [word for token in part.split() for word, _ in room._words(token)]

    def note_forms(part: str) -> None:
        last = {word: form for token in part.split() for word, form in room._words(token)}
        for word, form in last.items():
            forms.setdefault(word, form)

    running = f"{excerpt} {text}"
    counts.update(said(running))
    every = Counter(pairwise(said(running)))
    pairs = {pair: every[pair] for pair in pairwise(said(excerpt))}
    pairs |= {pair: n for pair, n in every.items() if n > 1}
    note_forms(running)
    for part, times in ((summary, room.SUMMARY_COUNT), *((tag, 1) for tag in tags), (title, room.TITLE_COUNT)):
        for word in said(part):
            counts[word] += times
        for pair in pairwise(said(part)):
            pairs[pair] = pairs.get(pair, 0) + times
        note_forms(part)

    def most(found: dict, room_for: int) -> dict:
        first = {term: n for n, term in enumerate(found)}
        kept = sorted(found, key=lambda term: (-found[term], first[term]))[:room_for]
        return {term: found[term] for term in sorted(kept, key=first.__getitem__)}

    counts, pairs = most(counts, MAX_WORDS), most(pairs, MAX_PAIRS)
    pairs = {pair: n for pair, n in pairs.items() if counts.keys() >= set(pair)}
    places = list(counts)
    named = {*said(title), *pairwise(said(title))}
    hashes = [room._number(word) for word in counts]
    hashes += [(room._number(a) * room.PAIR_FACTOR + room._number(b)) & room.HASH_MASK for a, b in pairs]
    numbers = [
        min(n, room.MAX_COUNT) | (IN_TITLE if term in named else 0) for term, n in (*counts.items(), *pairs.items())
    ]
    return Terms(
        words=" ".join(forms[word] for word in counts),
        hashes=np.array(hashes, "<u4").tobytes(),
        counts=bytes(numbers),
        pairs=np.array([places.index(word) for pair in pairs for word in pair], "<u2").tobytes(),
    )


SAID = st.sampled_from(
    (
        *"a of EU eu The the tide Tide, (tide) **Tide** tide's l'eau state-of-the-art re-read 2,000".split(),
        *"- — & _snake_case_ don’t “Quoted” naïve NAÏVE Straße ΑΘΉΝΑ کتاب كتابي السَّلام 停戦合意 合意".split(),
        *"한국어 हिन्दी ไทย 1984 x86 U.S.".split(),
        "https://example.org/" + "long" * 12,
        "\ud800",
    )
)
PHRASES = st.lists(SAID | st.text(max_size=8), max_size=12).map(" ".join)


EUROPEAN = st.text(st.characters(max_codepoint=0x2040).filter(lambda c: not room._foreign.search(c)), max_size=60)
TEXTS = st.lists(PHRASES, max_size=30).map("\n".join) | EUROPEAN


@given(PHRASES, PHRASES, TEXTS, st.lists(PHRASES, max_size=3), PHRASES)
def test_counting_quickly_gives_what_the_definition_gives(title, summary, text, tags, excerpt):
    expected = by_the_book(title, summary, text, tags, excerpt)

    assert weigh(title, summary, text, tags, excerpt=excerpt) == expected


def test_the_most_frequent_words_and_pairs_of_a_long_text_are_those_of_the_definition():
    chance = random.Random(7)
    words_of = [f"{chance.choice('abcdefgh')}{n}word" for n in range(700)]
    text = " ".join(chance.choice(words_of[: chance.choice((40, 300, 700))]) for _ in range(6000))

    for title, summary in (("w1 w2 w3", "w4 w5"), (" ".join(words_of[600:606]), " ".join(words_of[:40]))):
        assert weigh(title, summary, text, ["tide"]) == by_the_book(title, summary, text, ["tide"], "")


def test_what_was_parsed_before_does_not_show():
    text = "The Harbour's cranes; the harbour cranes, EU harbour. 停戦合意"
    first = weigh("Title here", "A summary", text, ["tag"])
    for n in range(100):
        weigh("harbour's", "", f"the HARBOUR cranes{n}", ())

    assert weigh("Title here", "A summary", text, ["tag"]) == first
    room._said.clear()
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
