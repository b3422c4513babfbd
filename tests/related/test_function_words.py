"""What articles are told to share says what they are about, even in collections too small to tell common words."""

import pytest

from sitegen.catalog.related import RelatedIndex
from sitegen.content.function_words import _WORDS, function_words
from sitegen.content.terms import named_terms, weigh


def told(*texts: str) -> list[str]:
    """The reasons that the first of these articles gives for the second."""
    rows = [(f"{n}", 0, weigh("", "", text, ())) for n, text in enumerate(texts)]
    return list(RelatedIndex.build(rows).reasons(0, [1], 9)[0])


@pytest.mark.parametrize(
    ("one", "other", "about"),
    [
        ("The ferry of its own harbour.", "The mayor has its own ferry.", "ferry"),
        ("Das ist nicht unsere Fähre.", "Und das ist unsere Fähre nicht.", "Fähre"),
        ("Le bac est dans cette ville.", "Cette gare est dans le bac.", "bac"),
        ("El barco está para todos.", "Para todos está este barco.", "barco"),
        ("ذهب الرجل إلى الميناء بعد ذلك", "جاءت إلى الميناء بعد ذلك", "الميناء"),
        ("این بندر برای شهر است", "برای این است بندر قدیم", "بندر"),
        ("הוא אמר אבל הנמל היה כאן", "היא באה אבל הנמל היה כאן", "הנמל"),
    ],
)
def test_words_that_only_hold_a_sentence_together_are_no_reason(one, other, about):
    rest = ["Zwölf Boxkämpfer jagen.", "Quince leaves fell.", "Lighthouse oil prices.", "Nothing."]

    assert told(one, other, *rest) == [about]


def test_a_phrase_gives_up_such_a_word_and_keeps_the_other():
    same = "Night boat to the island. Night boat to the island."

    assert "Night boat" in told(same, same, "Leeks.", "Soup.", "Butter.", "Salt.")
    assert told("the island the island", "the island the island", *"abcdef") == ["island"]


@pytest.mark.parametrize(
    "word", "war die man son sin men hat tan era rat war bald gift ton sea pour nun hay soy New".split()
)
def test_a_word_that_means_something_in_another_language_is_on_no_list(word):
    assert not function_words().intersection(named_terms(word).words)


def test_every_word_is_listed_once():
    listed = [word for words in _WORDS for word in words.split()]
    twice = {word for words in _WORDS for word in words.split() if words.split().count(word) > 1}

    assert listed
    assert not twice
