"""What is broken while it is previewed: it is said with its place, the rest goes on, and it clears when it is mended."""

import pytest

from tests.laws.sites import CONFIG, article, build, write
from tests.serve.conftest import ask, plain, until

GOOD = article(1, "Well.", slug="a1")

BROKEN: list[tuple[str, str, str]] = [  # path, what is written there, the place that is named
    *(("content/a1.md", text, "content/a1.md") for text in (
        "---\ntitle: One: two\n---\nx\n", "---\ndate: next tuesday\ntitle: T\n---\n", "---\ntitle: [\n---\n",
        "---\ntitle: A\ntitle: B\n---\n", "---\ntags: {a: b}\n---\n", "---\ndraft: perhaps\n---\n", "---\ntitle: A\n",
        "---\n- a\n---\n", "---\ndate: 2024-13-40\n---\n", "---\n\ttitle: x\n---\n", "---\naliases: [relative path]\n---\n",
        "---\nimage: [1]\n---\n", "---\n&a [*a]\n---\n", "---\nweight: heavy\n---\n", "---\nexpires: never\n---\n",
    )),
    *(("templates/article.html", text, "templates/article.html") for text in (
        "{% block x %}", "{{ nothing }}", '{% extends "nowhere.html" %}', "{% if %}", "{{ 1 / 0 }}", "{{ article.nope }}",
        "{{ site.option('nope') }}", "{% include 'gone.html' %}", "{{ article.title | nofilter }}",
    )),
    *(("sitegen.yaml", text, "sitegen.yaml") for text in (
        "title: [\n", "title: x\ntheem: plain\n", "title: x\ntheme: nowhere\n", "pagination: 0\n", "timezone: Mars/Base\n",
    )),
    ("data/facts.yaml", "a: [1\n", "data/facts.yaml"),
    ("data/facts.json", "{", "data/facts.json"),
    ("themes/mine/theme.yaml", "api: 99\nname: mine\nversion: 1.0.0\n", "themes/mine/theme.yaml"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "place"), BROKEN)
def test_what_is_broken_is_named_the_rest_is_served_and_it_clears(site, start, path, text, place):
    mine = "api: 1\nname: mine\nversion: 1.0.0\n"
    config = CONFIG.replace("theme: plain", "theme: [mine, plain]")
    write(
        site, {"sitegen.yaml": config.encode(), "themes/mine/theme.yaml": mine.encode(), "content/a1.md": GOOD.encode()}
    )
    preview = start(site)
    assert plain(preview, "/2024/01/a1/").status == 200
    before = plain(preview, "/tags/odd/").body if not path.startswith("content") else None
    kept = (site / path).read_bytes() if (site / path).exists() else None

    write(site, {path: text.encode()})
    preview.live.refresh()
    page = preview.live.page("/2024/01/a1/")
    said = [str(problem.where) for problem in (*page.problems, *preview.live.problems())]
    answer = ask(preview, "/2024/01/a1/")

    assert any(each.startswith(place) for each in said), (said, page.status)
    assert answer.status in (200, 500)
    assert b"data-sitegen" in answer.body
    assert plain(preview, "/tags/even/").status == 200
    assert before is None or plain(preview, "/tags/odd/").body == before

    if kept is None:
        (site / path).unlink()
    else:
        write(site, {path: kept})
    preview.live.refresh()

    assert preview.live.problems() == ()
    assert preview.live.page("/2024/01/a1/").problems == ()
    assert plain(preview, "/2024/01/a1/").status == 200


def test_a_site_that_is_broken_from_the_start_is_served_as_soon_as_it_is_mended(site, start):
    write(site, {"sitegen.yaml": b"title: [\n"})
    preview = start(site)
    answer = ask(preview, "/")
    assert answer.status == 500
    assert b"sitegen.yaml" in answer.body

    write(site, {"sitegen.yaml": CONFIG.encode()})
    assert plain(preview, "/").status == 200


def test_a_theme_that_is_missing_is_used_as_soon_as_it_is_there(site, start):
    write(site, {"sitegen.yaml": CONFIG.replace("plain", "[mine, plain]").encode()})
    preview = start(site)
    assert ask(preview, "/").status == 500

    write(site, {"themes/mine/theme.yaml": b"api: 1\nname: mine\nversion: 1.0.0\n"})
    assert plain(preview, "/").status == 200


def test_two_articles_that_want_one_address_are_said_to(site, start):
    preview = start(site)
    write(site, {"content/twin.md": article(1, "Twin.", slug="a1").encode()})
    preview.live.refresh()

    assert [problem.code for problem in preview.live.check()] == ["outputs.clash"]


def test_a_theme_that_lacks_what_pages_need_says_which_theme_to_stand_on_and_breaks_no_connection(site, start):
    mine = "api: 1\nname: mine\nversion: 1.0.0\n"
    alone = CONFIG.replace("theme: plain", "theme: mine")
    base = b"{{ page.title }}"
    write(site, {"themes/mine/theme.yaml": mine.encode(), "themes/mine/templates/base.html": base})
    write(site, {"sitegen.yaml": alone.encode()})
    codes = set(build(site).codes)
    preview = start(site)

    assert codes == {"template.missing", "template.words"}
    for path in ("/", "/2024/01/a1/", "/archive/", "/404.html", "/nowhere/"):
        answer = ask(preview, path)
        assert (answer.status, b"theme: [mine, plain]" in answer.body) == (500, True), path

    write(site, {"themes/mine/templates/home.html": b'{% extends "plain/home.html" %}'})
    assert b"theme: [mine, plain]" in ask(preview, "/").body

    write(site, {"sitegen.yaml": alone.replace("theme: mine", "theme: [mine, plain]").encode()})
    assert [plain(preview, path).status for path in ("/", "/archive/", "/nowhere/")] == [200, 200, 404]


def test_a_fault_of_sitegen_itself_ends_one_request_with_words_and_nothing_else(site, start, monkeypatch, capsys):
    preview = start(site)
    with monkeypatch.context() as patch:
        patch.setattr(preview.live, "page", lambda url: {}[url])
        answer = ask(preview, "/")
    said = capsys.readouterr().err

    assert (answer.status, answer.headers["X-Content-Type-Options"]) == (500, "nosniff")
    assert b"sitegen itself failed" in answer.body
    assert b"live.js" in answer.body
    assert "KeyError: '/'" in said
    assert plain(preview, "/").status == 200


def test_a_fault_of_sitegen_itself_while_it_looks_is_shown_and_the_next_save_is_seen(site, start, monkeypatch, capsys):
    heard = []
    preview = start(site, heard.append)
    refresh = preview.live.refresh
    failing = [True]

    def look(paths=None):
        return {}[failing.pop()] if paths and failing else refresh(paths)

    monkeypatch.setattr(preview.live, "refresh", look)
    write(site, {"content/a1.md": article(1, "Once.", slug="a1").encode()})
    until(lambda: not failing)
    write(site, {"content/a1.md": article(1, "Twice.", slug="a1").encode()})

    until(lambda: b"Twice." in plain(preview, "/2024/01/a1/").body and bool(heard))
    assert "KeyError" in capsys.readouterr().err
