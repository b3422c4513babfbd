"""Comments are data: a page shows those of its own article, and is made again when they change."""

import json

import pytest

SAID = {"id": "1", "author": "Cy & Co", "date": "2024-02-06T10:00:00+02:00", "html": "<p>At last!</p>"}
ANSWER = {"id": "2", "parent": "1", "author": "Dan", "html": "<p>Yes.</p><script>alert(1)</script>"}


@pytest.mark.parametrize("theme", ["gazette", "plain"])
def test_an_article_shows_its_comments_and_it_alone_is_made_again_when_they_change(built, theme):
    built.write("sitegen.yaml", f"title: Test site\nbase_url: https://example.org/\ntheme: {theme}\n")
    built.build()
    page = built.root / "public/2024/01/a3/index.html"
    assert 'id="comments"' not in page.read_text("utf-8")

    built.write("data/comments/a3.json", json.dumps([SAID, ANSWER]))

    assert built.rendered() == {"2024/01/a3/index.html"}
    shown = page.read_text("utf-8")
    for text in ("2 comments", "Cy &amp; Co", "<p>At last!</p>", "<p>Yes.</p>", 'id="comment-2"', "6 February 2024"):
        assert text in shown
    assert "alert(1)" not in shown
    assert built.tree() == built.clean_tree()


def test_comments_of_an_undated_page_are_shown_too(built):
    built.write("sitegen.yaml", "title: Test site\nbase_url: https://example.org/\ntheme: gazette\n")
    built.write("content/pages/about.md", "---\ntitle: About\n---\n\nUs.\n")
    built.write("data/comments/pages/about.json", json.dumps([SAID]))
    built.build()

    assert "<p>At last!</p>" in (built.root / "public/about/index.html").read_text("utf-8")


def test_an_alias_that_is_the_articles_own_address_is_no_clash(built):
    built.article("a3", aliases="[/2024/01/a3/, /old/]")

    assert built.rendered() >= {"2024/01/a3/index.html", "old/index.html"}
