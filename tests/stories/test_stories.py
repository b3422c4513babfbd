"""Stories from bonds, keys, titles and what editors say."""

from itertools import combinations

import pytest

from sitegen.catalog import stories as telling
from sitegen.catalog.bonds import CLOSE, Bond, StoryRules
from sitegen.catalog.ordering import groups, order
from sitegen.catalog.stories import (
    Story,
    by_story,
    moved_stories,
    moved_story,
    picked,
    story,
    story_ids,
    story_list,
    story_of,
)
from sitegen.catalog.story_names import story_name, story_tag
from sitegen.config import Curation
from sitegen.config.curation import CuratedStory
from sitegen.model import Keys, Label, Moment

DAY = 86_400


def article(id: str, day: int | None, *, slug: str = "", tags: tuple[str, ...] = (), lang: str = "en") -> Keys:
    iso = f"2024-01-{day:02}T00:00:00+00:00" if day is not None else ""
    return Keys(
        id=id,
        source=f"{id}.md",
        kind="article",
        url=f"/{id}/",
        slug=slug or id,
        date=Moment(iso, (day or 0) * DAY) if day is not None else None,
        tags=tuple(Label(tag, tag) for tag in tags),
        lang=lang,
    )


def all_of(*ids: str, words: tuple[str, ...] = ()) -> tuple[Bond, ...]:
    """Every two of these articles, bound."""
    return tuple(Bond(first, second, CLOSE, words) for first, second in combinations(sorted(ids), 2))


def told(
    keys: list[Keys], bonds: tuple[Bond, ...], curation: Curation | None = None, titles: dict[str, str] | None = None
) -> tuple[Story, ...]:
    rules = StoryRules(curation=curation or Curation())
    by_id = {each.id: each for each in keys}
    named = {each.id: each.id for each in keys}
    dates = {each.id: each.date.epoch if each.date else None for each in keys}
    return telling.told(
        bonds,
        by_id,
        groups(by_id, order(dates)),
        titles or {},
        rules,
        picked(rules, named, ""),
    ).stories


FIVE = [article("wall", 3), article("gate", 5), article("flood", 1), article("ball", 7), article("game", 9)]


def test_a_story_runs_from_its_first_article_to_its_last_and_stands_at_the_first_ones_name() -> None:
    (found,) = told(FIVE, all_of("wall", "gate", "flood"))

    assert found.ids == ("flood", "wall", "gate")
    assert found.url == "/stories/flood/"
    assert (found.first, found.last) == (FIVE[2].date, FIVE[1].date)


def test_two_articles_are_no_story() -> None:
    assert told(FIVE, all_of("wall", "gate")) == ()


def test_articles_of_two_languages_are_no_story() -> None:
    mixed = [*FIVE[:2], article("flood", 1, lang="fr")]

    assert told(mixed, all_of("wall", "gate", "flood")) == ()


def test_what_is_published_later_leaves_the_address_where_it_is() -> None:
    before = told(FIVE, all_of("wall", "gate", "flood"))
    after = told(FIVE, all_of("wall", "gate", "flood", "ball", "game"))

    assert before[0].url == after[0].url
    assert len(after[0].ids) == 5


def test_two_stories_whose_first_articles_share_a_name_are_told_apart_by_their_dates() -> None:
    keys = [article("x/news", 1, slug="news"), article("y/news", 2, slug="news"), *FIVE]
    found = told(keys, (*all_of("x/news", "wall", "gate"), *all_of("y/news", "ball", "game")))

    assert [each.slug for each in found] == ["news-2024-01-02", "news-2024-01-01"]


def test_the_story_with_the_latest_article_comes_first() -> None:
    keys = [*FIVE, article("oven", 20)]
    found = told(keys, (*all_of("wall", "gate", "flood"), *all_of("ball", "game", "oven")))

    assert [each.slug for each in found] == ["ball", "flood"]
    assert story_list(found, 1, None) == found[1:]


def test_an_article_knows_what_came_before_and_after_it() -> None:
    found = told(FIVE, all_of("wall", "gate", "flood", "ball", "game"))
    place = story_of(story_ids(found), by_story(found), "gate")

    assert place is not None
    assert (place.number, place.count) == (3, 5)
    assert (place.before, place.after) == (("flood", "wall"), ("ball", "game"))
    assert story_of(story_ids(found), by_story(found), "elsewhere") is None


def test_an_entry_names_the_story_at_its_address() -> None:
    curation = Curation(stories={"flood": CuratedStory(name="The great flood", summary="Three days in May.")})
    (found,) = told(FIVE, all_of("wall", "gate", "flood", words=("tide",)), curation)

    assert (found.name, found.summary, found.curated) == ("The great flood", "Three days in May.", True)


def test_articles_that_an_entry_names_hold_a_story_at_its_address_and_others_join() -> None:
    curation = Curation(stories={"high-water": CuratedStory(articles=("gate",))})
    (found,) = told(FIVE, all_of("wall", "gate", "flood"), curation)

    assert (found.slug, found.ids) == ("high-water", ("flood", "wall", "gate"))


def test_a_closed_story_holds_the_articles_that_it_names_and_no_others() -> None:
    curation = Curation(stories={"high-water": CuratedStory(articles=("gate", "ball"), closed=True)})
    found = told(FIVE, all_of("wall", "gate", "flood", "game"), curation)

    assert {each.slug: each.ids for each in found} == {
        "high-water": ("gate", "ball"),
        "flood": ("flood", "wall", "game"),
    }


def test_merged_stories_are_one_and_the_old_address_leads_to_it() -> None:
    keys = [*FIVE, article("oven", 20)]
    bonds = (*all_of("wall", "gate", "flood"), *all_of("ball", "game", "oven"))
    curation = Curation(stories={"flood": CuratedStory(merge=("ball",), aliases=("water",))})
    (found,) = told(keys, bonds, curation)

    assert found.ids == ("flood", "wall", "gate", "ball", "game", "oven")
    assert moved_stories((found,)) == {"water": "/stories/flood/", "ball": "/stories/flood/"}
    assert moved_story(moved_stories((found,)), "nothing") is None


def test_a_hidden_story_has_no_page_and_an_excluded_article_no_story() -> None:
    hidden = Curation(stories={"flood": CuratedStory(hide=True)})
    excluded = Curation(exclude=("flood",))

    assert told(FIVE, all_of("wall", "gate", "flood"), hidden) == ()
    assert told(FIVE, all_of("wall", "gate", "flood"), excluded) == ()


def test_an_alias_never_takes_the_place_of_a_story() -> None:
    curation = Curation(stories={"other": CuratedStory(articles=("game",), aliases=("flood",))})
    found = told(FIVE, all_of("wall", "gate", "flood"), curation)

    assert sorted(each.slug for each in found) == ["flood", "other"]
    assert moved_stories(found) == {}


def test_of_two_stories_that_name_one_article_the_first_has_it() -> None:
    curation = Curation(
        stories={"one": CuratedStory(articles=("gate", "wall")), "two": CuratedStory(articles=("gate", "ball"))}
    )
    found = {each.slug: each.ids for each in told(FIVE, (), curation)}

    assert found == {"one": ("wall", "gate"), "two": ("ball",)}


def test_an_entry_for_a_story_that_is_not_there_makes_none() -> None:
    assert told(FIVE, (), Curation(stories={"flod": CuratedStory(name="The flood")})) == ()


def test_one_story_by_its_slug() -> None:
    found = told(FIVE, all_of("wall", "gate", "flood"))

    assert story(by_story(found), "flood") == found[0]
    assert story(by_story(found), "flod") is None


# ---- names


@pytest.mark.parametrize(
    ("words", "titles", "name"),
    [
        ([("flood wall", "gate"), ("flood wall", "tide"), ("gate",)], ["The Flood Wall at last"], "Flood Wall"),
        ([("bakers", "ovens"), ("bakers",), ("ovens", "bakers")], ["Bakers walk out"], "Bakers"),
        ([("tide",), ("gate",), ("wall",)], [], ""),
        ([("iPhone",), ("iPhone",)], [], "iPhone"),
        ([], ["A title"], ""),
    ],
)
def test_a_story_is_named_by_the_terms_that_most_bonds_share(words, titles: list[str], name: str) -> None:
    bonds = [Bond(str(n), str(n + 1), CLOSE, each) for n, each in enumerate(words)]

    assert story_name(bonds, titles).split(", ")[0] == name


def test_a_tag_that_hardly_stands_elsewhere_names_a_story_as_titles_write_it() -> None:
    labels = [(Label("data act", "data-act"), Label("news", "news"))] * 3

    assert story_tag(labels, ["What the DATA Act means"], {"data-act": 4, "news": 90}, own=True) == "DATA Act"
    assert story_tag(labels, [], {"data-act": 90, "news": 90}, own=True) == ""


def test_without_words_the_rarest_tag_on_all_articles_names_a_story() -> None:
    labels = [(Label("bridge", "bridge"), Label("news", "news")), (Label("Bridge", "bridge"), Label("news", "news"))]

    assert story_tag(labels, [], {"bridge": 30, "news": 90}) == "Bridge"
    assert story_tag([(), (Label("news", "news"),)], [], {"news": 9}) == ""


def test_stories_do_not_depend_on_the_order_of_articles() -> None:
    bonds = (*all_of("wall", "gate", "flood", words=("tide",)), *all_of("ball", "game"))

    assert told(FIVE, bonds) == told(FIVE[::-1], bonds)
