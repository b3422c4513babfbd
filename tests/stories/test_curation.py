"""`stories.yaml`: what it may say, and how its faults are told."""

import pytest

from sitegen.config import load_curation
from sitegen.config.curation import CuratedStory
from sitegen.errors import format_problem


def faults(text: str) -> list[str]:
    return [format_problem(problem) for problem in load_curation(text.encode())[2]]


def test_a_name_alone_names_a_story_and_every_key_is_read() -> None:
    text = (
        "stories:\n  flood: The flood\n"
        "  wall:\n    name: W\n    summary: S\n    articles: [a, b]\n    closed: true\n"
        "    merge: old-wall\n    aliases: [/stories/first-wall/]\n"
        "  rain: {hide: true}\nexclude: [c]\n"
    )
    found, named, problems = load_curation(text.encode())

    assert problems == ()
    assert found.stories == {
        "flood": CuratedStory(name="The flood"),
        "wall": CuratedStory(
            name="W", summary="S", articles=("a", "b"), closed=True, merge=("old-wall",), aliases=("first-wall",)
        ),
        "rain": CuratedStory(hide=True),
    }
    assert found.exclude == ("c",)
    assert [(each.name, each.key, each.of, each.line) for each in named if each.of in ("articles", "exclude")] == [
        ("c", "", "exclude", 11), ("a", "wall", "articles", 6), ("b", "wall", "articles", 6)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "place", "said", "help"),
    [
        ("storis: {}\n", "stories.yaml:1:1", "unknown key storis", "did you mean stories?"),
        ("stories:\n  a: {nmae: x}\n", "stories.yaml:2:7", "unknown key nmae", "did you mean name?"),
        ("stories:\n  The Flood: x\n", "stories.yaml:2:3", "the last part of an address", "write  the-flood:"),
        ("stories:\n  a: {closed: true}\n", "stories.yaml:2:3", "needs the articles", "add  articles:"),
        ("stories:\n  a:\n", "stories.yaml:2:3", "nothing is said of this story", "delete the line"),
        ("stories:\n  a: {aliases: [/tags/x/]}\n", "stories.yaml:2:17", "the address of a story", "/stories/old-name/"),
        ("stories: [a]\n", "stories.yaml:1:10", "expected a mapping", "one  key: value  a line"),
        ("stories:\n  a: {hide: yes}\n", "stories.yaml:2:13", "expected true or false", "write  hide: true"),
        ("exclude: {a: b}\n", "stories.yaml:1:10", "expected a list", "write  exclude: [first, second]"),
    ],
)
def test_a_fault_names_its_place_and_says_how_to_mend_it(text: str, place: str, said: str, help: str) -> None:
    (found,) = faults(text)

    assert found.startswith(place)
    assert said in found
    assert help in found


def test_all_faults_are_told_at_once() -> None:
    assert len(faults("storys: {}\nstories:\n  A B: x\n  c: {nam: y, hide: 3}\n")) == 4
