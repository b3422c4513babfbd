"""L2: an edit makes again what shows it, and nothing else; and L1 beside it: the result is a clean build's."""

from collections.abc import Callable

import pytest

FEEDS = {"feed.xml", "atom.xml", "feed.json"}


def page(name: str) -> str:
    return f"2024/01/{name}/index.html"


def tag_feeds(*tags: str) -> set[str]:
    return {f"tags/{tag}/{feed}" for tag in tags for feed in FEEDS}


LISTS = {"index.html", "2024/index.html", "2024/01/index.html"}


def day(n: int) -> str:
    return f"2024/01/{n:02}/index.html"


def test_a_build_with_nothing_changed_renders_and_writes_nothing(built):
    report = built.build()

    assert (report.rendered, report.written, report.removed) == ((), (), ())


def test_editing_a_body_beyond_its_terms_renders_its_page_and_the_feeds_that_carry_it(built):
    built.article("a3", body=built_body_with_emphasis(built))

    assert built.rendered() == {page("a3"), *FEEDS}
    assert built.tree() == built.clean_tree()


def built_body_with_emphasis(built) -> str:
    text = (built.root / "content/a3.md").read_text("utf-8").split("---\n\n")[1].strip()
    return text.replace("strike ends", "*strike* ends")


def test_editing_a_title_renders_every_page_that_prints_it(built):
    built.article("a1", title="Another title")

    rendered = built.rendered()

    assert {page("a1"), page("a2"), *LISTS, day(1), "tags/odd/index.html", *FEEDS, *tag_feeds("odd")} <= rendered
    assert not rendered & {"tags/even/index.html", "archive/index.html", "404.html", day(2), *tag_feeds("even")}
    assert built.tree() == built.clean_tree()


def test_moving_an_article_to_another_tag_leaves_other_articles_lists_alone(built):
    built.article("a1", tags="[even]")

    rendered = built.rendered()

    assert {page("a1"), "tags/odd/index.html", "tags/even/index.html", "tags/index.html"} <= rendered
    assert "archive/index.html" not in rendered
    assert built.tree() == built.clean_tree()


def test_a_new_article_removes_nothing_and_renders_no_page_that_does_not_show_it(built):
    built.article("a9", title="Quite apart", tags="[apart]", body="Zebra quagga okapi.")

    rendered = built.rendered()

    assert page("a9") in rendered
    assert not {page("a1"), page("a2"), page("a3"), page("a4"), "tags/odd/index.html", day(1)} & rendered
    assert built.tree() == built.clean_tree()


def test_deleting_an_article_removes_its_pages(built):
    (built.root / "content/a6.md").unlink()

    report = built.build()

    assert {page("a6"), day(6)} <= set(report.removed)
    assert built.tree() == built.clean_tree()


def test_swapping_two_slugs_swaps_two_pages(built):
    built.article("a1", slug="a2")
    built.article("a2", slug="a1")
    built.build()

    assert "Article a1" in built.tree()[page("a2")].decode()
    assert built.tree() == built.clean_tree()


def test_a_draft_that_is_published_appears_everywhere(built):
    built.article("a7", draft="true", body=built_body_with_emphasis(built))
    assert built.rendered() == set()

    built.article("a7", body=built_body_with_emphasis(built))

    assert {page("a7"), *LISTS, *FEEDS} <= built.rendered()
    assert built.tree() == built.clean_tree()


def test_time_publishes_an_article_without_any_edit(built):
    built.article("a8", date="2030-01-01")
    assert built.rendered() == set()
    later = 1_900_000_000

    assert "2030/01/a8/index.html" in built.rendered(as_of=later)
    assert built.rendered(as_of=later + 1) == set()


def test_a_clock_that_goes_back_withdraws_what_is_not_due_any_more(built):
    built.article("a8", date="2030-01-01")
    built.build(as_of=1_900_000_000)

    report = built.build()

    assert "2030/01/a8/index.html" in report.removed
    assert built.tree() == built.clean_tree()


def write(path: str, text: str) -> Callable:
    return lambda site: site.write(path, text)


def override(site) -> None:
    site.write("templates/article.html", '{% extends "plain/article.html" %}{% block main %}mine{% endblock %}')


EVERY_EDIT = {
    "body": lambda site: site.article("a1", body="Quite other words about whales."),
    "title": lambda site: site.article("a1", title="New"),
    "date": lambda site: site.article("a1", date="2023-05-06"),
    "no date": lambda site: site.article("a1", date=None),
    "updated": lambda site: site.article("a1", updated="2025-01-01"),
    "tags": lambda site: site.article("a1", tags="[odd, new]"),
    "authors": lambda site: site.article("a1", authors="[Ann]"),
    "categories": lambda site: site.article("a1", categories="[news]"),
    "series": lambda site: site.article("a1", series="Saga"),
    "slug": lambda site: site.article("a1", slug="else"),
    "url": lambda site: site.article("a1", url="/quite/else/"),
    "aliases": lambda site: site.article("a1", aliases="[/old/]"),
    "draft": lambda site: site.article("a1", draft="true"),
    "expires": lambda site: site.article("a1", expires="2025-01-01"),
    "publish_date": lambda site: site.article("a1", publish_date="2040-01-01"),
    "summary": lambda site: site.article("a1", summary="In short."),
    "image": lambda site: site.article("a1", image="{src: /x.jpg, alt: X, caption: C, credit: D}"),
    "lang": lambda site: site.article("a1", lang="ar"),
    "translation": lambda site: site.article("a1", lang="de", translation_of="a2"),
    "related": lambda site: site.article("a1", related="[Article a5, Something wanted]"),
    "wiki link": lambda site: site.article("a1", body="See [[Article a6]] and [[Wanted]]."),
    "link": lambda site: site.article("a1", body="See [it](a6.md)."),
    "extra": lambda site: site.article("a1", mood="calm"),
    "rename": lambda site: (site.root / "content/a1.md").rename(site.root / "content/b1.md"),
    "move": lambda site: (site.write("content/sub/x.md", "x"), (site.root / "content/a1.md").replace(
        site.root / "content/sub/x.md")),
    "template": override,
    "partial": write("templates/partials/extra.html", "nothing names this"),
    "static": write("static/robots2.txt", "hello"),
    "data": write("data/facts.yaml", "a: 1\n"),
    "page": write("content/pages/about.md", "---\ntitle: About\n---\nUs.\n"),
    "bundle": lambda site: (site.write("content/tale/index.md", "---\ntitle: T\ndate: 2024-03-01\n---\n![x](p.svg)\n"),
                            site.write("content/tale/p.svg", "<svg/>")),
    "base path": write("sitegen.yaml", "title: T\nbase_url: https://example.org/sub/\ntheme: plain\n"),
    "permalink": write("sitegen.yaml", "title: T\ntheme: plain\npermalink: {article: '/a/{slug}/'}\n"),
    "page size": write("sitegen.yaml", "title: T\ntheme: plain\npagination: {size: 2}\n"),
    "theme": write("sitegen.yaml", "title: T\ntheme: gazette\n"),
    "option": write("sitegen.yaml", "title: T\ntheme: plain\ntheme_options: {summaries: false}\n"),
    "language": write("sitegen.yaml", "title: T\ntheme: plain\nlanguage: fr\n"),
    "timezone": write("sitegen.yaml", "title: T\ntheme: plain\ntimezone: Asia/Tokyo\n"),
    "no feeds": write("sitegen.yaml", "title: T\ntheme: plain\nfeeds: false\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", EVERY_EDIT)
def test_after_any_edit_and_its_undoing_the_tree_is_a_clean_builds(built, name):
    before = built.tree()
    originals = {
        p: p.read_bytes()
        for p in built.root.rglob("*")
        if p.is_file() and "public" not in p.parts and ".sitegen" not in p.parts
    }

    EVERY_EDIT[name](built)
    report = built.build()
    assert not report.failed, report.problems
    assert built.tree() == built.clean_tree()

    for path in list(built.root.rglob("*")):
        if path.is_file() and not {"public", ".sitegen"} & set(path.parts) and path not in originals:
            path.unlink()
    for path, content in originals.items():
        path.write_bytes(content)
    assert not built.build().failed
    assert built.tree() == before


def test_a_deploy_setting_renders_nothing(built):
    config = (built.root / "sitegen.yaml").read_text()
    built.write("sitegen.yaml", config + "serve: {port: 9000}\n")

    assert built.rendered() == set()


def test_an_option_renders_only_what_reads_it(built):
    config = (built.root / "sitegen.yaml").read_text()
    built.write("sitegen.yaml", config + "theme_options: {summaries: false}\n")

    rendered = built.rendered()

    assert "index.html" in rendered
    assert not {page("a1"), *FEEDS, "sitemap.xml"} & rendered


def test_typing_in_an_article_makes_the_files_that_carry_its_text_again_and_no_citation(built):
    config = (built.root / "sitegen.yaml").read_text()
    built.write("sitegen.yaml", config + "outputs: {citations: true, jsonl: true, sqlite: true}\n")
    assert not built.build().failed
    built.article("a3", body=built_body_with_emphasis(built))

    assert built.rendered() == {page("a3"), *FEEDS, "articles.jsonl", "articles.sqlite"}
    assert built.tree() == built.clean_tree()
