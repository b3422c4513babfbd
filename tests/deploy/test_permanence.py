"""urls.txt: addresses that were published go on to work, or a build says which would not."""

from hypothesis import given
from hypothesis import strategies as st

from sitegen.catalog.permanence import added_urls, broken_urls, promised, read_urls

PATHS = ["index.html", "2024/a/index.html", "feed.xml", "a b.png"]


def test_an_output_promises_the_address_that_readers_use():
    assert promised(PATHS) == ["/", "/2024/a/", "/a b.png", "/feed.xml"]


def test_what_moves_by_nature_is_no_promise():
    assert promised(["assets/site.bd7da84a.css", "page/2/index.html", "tags/a/page/3/index.html", "404.html"]) == []
    assert promised(["pictures/0123456789ab/480.webp", "a/social-card.png", "b-social-card.png"]) == []
    assert promised(["a/card.png", "pictures/harbour/480.webp"]) == ["/a/card.png", "/pictures/harbour/480.webp"]


def test_adding_twice_changes_nothing():
    once = added_urls(b"", PATHS)

    assert added_urls(once, PATHS) == once


def test_what_stands_in_the_file_stays_as_it_is():
    before = b"# mine\n/old/\n  /spaced/  \nnot a path"
    after = added_urls(before, PATHS)

    assert after.startswith(before + b"\n")
    assert {"/old/", "/spaced/", "/2024/a/"} <= read_urls(after).keys()


def test_an_address_with_nothing_behind_it_is_a_warning_with_its_line():
    [problem] = broken_urls(b"# all\n/\n/2023/a/\n", PATHS, {"/2024/a/": "content/a.md"})

    assert (problem.where.path, problem.where.line, problem.is_error) == ("urls.txt", 3, False)
    assert problem.help == "add  aliases: [/2023/a/]  to the front matter of content/a.md, which is now at /2024/a/"


def test_a_name_with_one_slip_is_found_and_two_candidates_are_not_guessed_between():
    near = broken_urls(b"/harbour-ferry/\n", [], {"/2024/harbor-ferry/": "content/f.md"})
    two = broken_urls(b"/x/same/\n", [], {"/a/same/": "content/a.md", "/b/same/": "content/b.md"})

    assert "content/f.md" in near[0].help
    assert "the article that took its place" in two[0].help


def test_without_the_file_nothing_is_promised():
    assert broken_urls(b"", [], {}) == []


@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1)))
def test_every_published_address_is_read_back_and_unbroken(names):
    paths = [name.strip("/") or "x" for name in names]
    content = added_urls(b"", paths)

    assert set(read_urls(content)) == set(promised(paths))
    assert broken_urls(content, paths, {}) == []


def test_a_moved_article_is_warned_of_and_fails_strictly(site):
    site.write("urls.txt", "/2024/01/one/\n/2024/01/was-here/\n")
    plain, strict = site.run("build"), site.run("build", "--strict")
    site.article("one", more="aliases: [/2024/01/was-here/]\n")

    assert plain.exit_code == 0
    assert "urls.txt:2:1: warning" in plain.stderr
    assert strict.exit_code == 1
    assert site.run("build", "--strict").exit_code == 0


def test_a_new_promise_is_seen_by_a_build_with_nothing_else_to_do(site):
    site.run("build")
    site.write("urls.txt", "/gone/\n")

    assert "/gone/" in site.run("build").stderr
