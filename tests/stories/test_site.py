"""Stories of a built site: what is made, what an edit makes again, and that nothing unpublished shows."""

from sitegen.build.live import Live, LiveOptions
from sitegen.catalog.published import Audience
from tests.build.conftest import AS_OF
from tests.stories.conftest import STORY

FERRY, INDEX = "stories/ferry/index.html", "stories/index.html"


def page(name: str) -> str:
    return f"2024/01/{name}/index.html"


def text(site, path: str) -> str:
    return (site.root / "public" / path).read_text("utf-8")


def test_a_story_has_a_page_the_index_names_it_and_its_articles_lead_to_it(site) -> None:
    assert {FERRY, INDEX} <= site.rendered()

    assert text(site, FERRY).index("Article a1") < text(site, FERRY).index("Article a2")
    assert "The ferry" in text(site, INDEX)
    assert 'href="/stories/ferry/"' in text(site, page("a1"))
    assert "/stories/ferry/" not in text(site, page("a4"))
    assert "https://example.org/stories/ferry/" in text(site, "sitemap.xml")


def test_an_edit_that_changes_no_story_renders_no_page_of_stories(site) -> None:
    site.rendered()
    site.article("a3", body="A bakery *strike* ends; bread and rolls are sold again on Market Street.")
    assert not {path for path in site.rendered() if path.startswith("stories/")}

    site.article("a4", body="Quite another text about zebras and quaggas.")
    assert FERRY not in site.rendered()


def test_renaming_a_story_renders_it_its_index_and_its_articles(site) -> None:
    site.rendered()
    site.write("stories.yaml", STORY.replace("The ferry", "The boat"))

    assert site.rendered() == {FERRY, INDEX, page("a1"), page("a2")}


def test_a_title_of_a_story_is_read_by_its_page_but_not_by_the_index(site) -> None:
    site.rendered()
    site.article("a2", title="Another title")
    rendered = site.rendered()

    assert FERRY in rendered
    assert INDEX not in rendered


def test_drafts_are_in_no_story_until_they_are_shown(site) -> None:
    site.article("a2", draft="true", title="Secret")
    site.rendered()

    assert "Secret" not in text(site, FERRY)
    report = site.build(audience=Audience(drafts=True))
    assert not report.problems
    assert "Secret" in text(site, FERRY)


def test_without_stories_no_page_of_them_is_made_and_nothing_looks_for_them(site) -> None:
    site.write("sitegen.yaml", "title: T\nbase_url: https://example.org/\ntheme: plain\nstories: false\n")

    assert not {path for path in site.rendered() if path.startswith("stories/")}


def test_what_is_not_there_is_a_warning_with_its_place(site) -> None:
    site.write("stories.yaml", STORY.replace("a2]", "Article a22, nobody]") + "  fery: Nothing here\nexclude: [a1]\n")
    report = site.build()
    said = [(problem.code, problem.where.line, problem.help) for problem in report.problems]

    assert not report.failed
    assert ("stories.article", 3, "did you mean Article a2?") in said
    assert [code for code, line, _ in said if code == "stories.story"] == ["stories.story"]
    assert [line for code, line, _ in said if code == "stories.twice"] != []


def test_a_broken_file_ends_the_build_and_the_preview_says_so_and_goes_on(site) -> None:
    site.rendered()
    live = Live(site.root, site.root / "sitegen.yaml", LiveOptions(as_of=AS_OF))
    live.load()
    try:
        site.write("stories.yaml", "storys: {}\n")
        live.refresh()
        assert [problem.code for problem in live.problems()] == ["stories.unknown"]
        assert live.page("/stories/ferry/").status == 200
        site.write("stories.yaml", STORY.replace("The ferry", "The boat"))
        live.refresh()
        assert live.problems() == ()
        assert b"The boat" in live.page("/stories/ferry/").content
        (site.root / "stories.yaml").unlink()
        live.refresh()
        assert live.page("/stories/ferry/").status == 404
    finally:
        live.close()


def test_an_alias_and_a_merged_story_lead_to_the_story(site) -> None:
    site.write("stories.yaml", STORY + "    aliases: [old-boat]\n")
    site.rendered()

    assert 'url=/stories/ferry/"' in text(site, "stories/old-boat/index.html")
