"""The preview in a real browser: pages are brought up to date in place, and what people did to them stays."""

import re
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.laws.sites import article, write

pytestmark = pytest.mark.slow

TALE = """---
title: A long tale
date: 2024-03-03
slug: tale
---

<details><summary>More</summary>Hidden words.</details>

First paragraph.

{rest}
"""
LONG = "\n\n".join(f"Paragraph {n} of many, so that there is something to scroll." for n in range(80))
FORM = """{% extends "plain/article.html" %}
{% block after %}{{ super() }}<form><input id="name" value="set"><textarea id="note">given</textarea></form>
<details id="box"><summary>Open me</summary><p>Inside</p></details>
<audio id="sound" loop controls src="/tone.wav"></audio>{% endblock %}"""


def tone() -> bytes:
    """Half a minute of silence, as WAV."""
    import io
    import wave

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 240_000)
    return out.getvalue()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def tale(site, start):
    """A preview of a site with a long article, and a function that rewrites it."""
    write(site, {"templates/article.html": FORM.encode(), "static/tone.wav": tone()})

    def save(rest: str = LONG, **fields: str) -> None:
        text = TALE.format(rest=rest)
        for name, value in fields.items():
            text = re.sub(rf"^{name}: .*$", f"{name}: {value}", text, flags=re.MULTILINE)
        write(site, {"content/tale.md": text.encode()})

    save()
    return start(site), save


def ready(page: Any, address: str) -> None:
    """Open a page, and wait until it hears the preview."""
    with page.expect_response(lambda answer: "/state?" in answer.url):
        page.goto(address)
    page.wait_for_timeout(150)


def test_a_save_changes_the_page_in_place_and_all_that_people_did_stays(tale, page):
    preview, save = tale
    ready(page, f"{preview.address}2024/03/tale/")
    page.evaluate("window.mine = document.querySelector('article, main'); window.unbroken = true")
    page.fill("#name", "typed")
    page.fill("#note", "my words")
    page.evaluate("document.querySelector('#box').open = true")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('aside'), {id: 'widget', textContent: 'w'}))"
    )
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.evaluate("document.querySelector('#sound').play()")
    page.focus("#note")
    page.evaluate("document.querySelector('#note').setSelectionRange(2, 5)")
    page.evaluate("window.scrollTo(0, 1500)")
    at = page.evaluate("[scrollY, document.querySelector('#note').getBoundingClientRect().top]")

    save(LONG.replace("Paragraph 70 of many", "Paragraph 70, edited"))
    page.get_by_text("Paragraph 70, edited").wait_for()

    assert page.evaluate("window.unbroken") is True
    assert page.input_value("#name") == "typed"
    assert page.input_value("#note") == "my words"
    assert page.evaluate("document.querySelector('#box').open")
    assert page.evaluate("document.querySelector('#widget') !== null")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("!document.querySelector('#sound').paused")
    assert page.evaluate("document.activeElement.id") == "note"
    assert page.evaluate("[document.activeElement.selectionStart, document.activeElement.selectionEnd]") == [2, 5]
    assert abs(page.evaluate("scrollY") - at[0]) < 2


def test_paragraphs_come_and_go_in_their_places(tale, page):
    preview, save = tale
    ready(page, f"{preview.address}2024/03/tale/")
    page.evaluate("window.unbroken = true")
    save("One.\n\nTwo.\n\nThree.")
    page.get_by_text("Three.").wait_for()
    save("Zero.\n\nOne.\n\nTwo and a half.\n\n> A quotation.\n\nThree.\n\n- four")
    page.get_by_text("four").wait_for()

    text = page.evaluate(
        "[...document.querySelectorAll('article p, article li, main p, main li')].map(e => e.textContent.trim())"
    )
    order = [text.index(each) for each in ("Zero.", "One.", "Two and a half.", "A quotation.", "Three.", "four")]
    assert order == sorted(order)
    assert "Two." not in text
    assert page.evaluate("window.unbroken") is True


def test_a_changed_stylesheet_is_swapped_without_a_reload(site, start, page):
    write(site, {"templates/base.html": b'{% extends "plain/base.html" %}{% block head %}{{ super() }}'
                 b'<link rel="stylesheet" href="/mine.css">{% endblock %}',
                 "static/mine.css": b"body { color: rgb(1, 2, 3) }"})  # fmt: skip
    preview = start(site)
    ready(page, preview.address)
    page.evaluate("window.unbroken = true")
    write(site, {"static/mine.css": b"body { color: rgb(4, 5, 6) }"})

    page.wait_for_function("getComputedStyle(document.body).color === 'rgb(4, 5, 6)'")
    assert page.evaluate("window.unbroken") is True


def test_a_themes_own_stylesheet_is_swapped_too(site, start, page):
    write(site, {"themes/mine/theme.yaml": b"api: 1\nname: mine\nversion: 1.0.0\n",
                 "themes/mine/static/plain.css": b"body { color: rgb(1, 2, 3) }",
                 "sitegen.yaml": b"title: T\ntheme: [mine, plain]\n"})  # fmt: skip
    preview = start(site)
    ready(page, preview.address)
    page.evaluate("window.unbroken = true")
    write(site, {"themes/mine/static/plain.css": b"body { color: rgb(4, 5, 6) }"})

    page.wait_for_function("getComputedStyle(document.body).color === 'rgb(4, 5, 6)'")
    assert page.evaluate("window.unbroken") is True


def test_a_broken_article_is_shown_over_the_page_and_the_overlay_goes_when_it_is_mended(tale, page):
    preview, save = tale
    ready(page, f"{preview.address}2024/03/tale/")
    page.evaluate("window.unbroken = true")
    save(date="next tuesday")
    overlay = page.locator("sitegen-overlay .panel")
    overlay.wait_for()

    said = overlay.inner_text()
    assert "content/tale.md:3:7" in said
    assert "date: next tuesday" in said
    assert page.get_by_text("First paragraph.").count() == 1

    save("All is well again.")
    page.get_by_text("All is well again.").wait_for()
    page.wait_for_function("!document.querySelector('sitegen-overlay')")


def test_the_page_of_a_broken_article_says_what_is_wrong_and_becomes_itself(tale, page):
    preview, save = tale
    save(date="next tuesday")
    preview.live.refresh()
    ready(page, f"{preview.address}2024/03/tale/")
    assert "next tuesday" in page.locator("sitegen-overlay .panel").inner_text()
    save("Mended.")

    page.get_by_text("Mended.").wait_for()


def test_a_broken_template_leaves_the_last_good_page_and_says_so_on_every_page(site, start, page):
    preview = start(site)
    ready(page, preview.address)
    write(site, {"templates/base.html": b"{% block oops %}"})
    page.locator("sitegen-overlay .panel").wait_for()

    assert "templates/base.html:1" in page.locator("sitegen-overlay .panel").inner_text()
    assert "Article 1" in page.content()

    (site / "templates" / "base.html").unlink()
    page.wait_for_function("!document.querySelector('sitegen-overlay')")


def test_a_deleted_page_says_so_and_a_changed_slug_leads_to_the_new_address(tale, site, page):
    preview, save = tale
    ready(page, f"{preview.address}2024/03/tale/")
    save(slug="saga")
    page.wait_for_url("**/2024/03/saga/")
    page.wait_for_timeout(300)
    (site / "content" / "tale.md").unlink()
    overlay = page.locator("sitegen-overlay .panel")
    overlay.wait_for()

    assert "deleted" in overlay.inner_text()
    save(slug="saga")
    page.wait_for_function("!document.querySelector('sitegen-overlay')")


def test_navigate_leads_to_the_article_that_was_changed(site, start, page):
    preview = start(site, navigate=True)
    ready(page, preview.address)
    write(site, {"content/a2.md": article(2, "Edited.", slug="a2").encode()})

    page.wait_for_url("**/2024/01/a2/")


def test_twenty_open_tabs_are_all_brought_up_to_date(tale, chromium):
    preview, save = tale
    context = chromium.new_context()
    try:
        pages = [context.new_page() for _ in range(20)]
        for each in pages:
            each.goto(f"{preview.address}2024/03/tale/", timeout=10_000)
        pages[-1].wait_for_timeout(500)
        save("Seen by all.")
        for each in pages:
            each.get_by_text("Seen by all.").wait_for(timeout=10_000)
        began = time.monotonic()
        ready(pages[3], preview.address)
        assert time.monotonic() - began < 5
    finally:
        context.close()


def test_the_stream_passes_on_when_the_tab_that_holds_it_is_closed(tale, chromium):
    preview, save = tale
    context = chromium.new_context()
    try:
        first, second = context.new_page(), context.new_page()
        for each in (first, second):
            ready(each, f"{preview.address}2024/03/tale/")
        first.close()
        second.wait_for_timeout(300)
        save("Still heard.")
        second.get_by_text("Still heard.").wait_for(timeout=10_000)
    finally:
        context.close()


def test_words_of_a_source_in_the_overlay_are_text_and_never_markup(tale, page):
    preview, save = tale
    ready(page, f"{preview.address}2024/03/tale/")
    save(date="<img src=x onerror=window.hit=1>")
    page.locator("sitegen-overlay .panel").wait_for()
    page.wait_for_timeout(100)
    page.reload()
    page.wait_for_timeout(300)

    assert page.evaluate("window.hit") is None


def hide(page: Any, hidden: bool) -> None:
    """Tell a page that its tab was hidden or shown, as a browser does: headless ones hide no tab by themselves."""
    page.evaluate(
        "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange')) }",
        hidden,
    )


def streams(preview) -> int:
    """How many streams of ticks stand open."""
    return preview.ticks.listeners


def test_a_hidden_tab_holds_no_stream_and_is_right_when_it_is_shown(tale, page):
    preview, save = tale
    ready(page, f"{preview.address}2024/03/tale/")
    end = time.monotonic() + 10
    while streams(preview) != 1 and time.monotonic() < end:
        page.wait_for_timeout(20)
    assert streams(preview) == 1
    page.evaluate("window.unbroken = true")
    page.fill("#name", "typed")
    hide(page, hidden=True)
    while streams(preview) and time.monotonic() < end:
        page.wait_for_timeout(20)
        preview.ticks.tick()  # a stream that was closed is noticed when it is written to
    assert streams(preview) == 0
    save("Written while nobody looked.")
    page.wait_for_timeout(400)
    assert page.get_by_text("Written while nobody looked.").count() == 0
    hide(page, hidden=False)
    page.get_by_text("Written while nobody looked.").wait_for(timeout=10_000)

    assert page.evaluate("window.unbroken") is True
    assert page.input_value("#name") == "typed"
    save("And written when it is seen again.")
    page.get_by_text("And written when it is seen again.").wait_for(timeout=10_000)


def test_a_changed_template_is_in_every_open_tab_when_it_is_looked_at(site, start, chromium):
    def sign(words: str) -> None:
        head = f'{{% block head %}}{{{{ super() }}}}<meta name="sign" content="{words}">{{% endblock %}}'
        write(site, {"templates/base.html": f'{{% extends "plain/base.html" %}}{head}'.encode()})

    def read(tab: Any) -> str:
        return tab.evaluate("document.querySelector('meta[name=sign]').content")

    def shows(tab: Any, words: str) -> None:
        tab.wait_for_function(f"document.querySelector('meta[name=sign]').content === '{words}'", timeout=10_000)

    sign("before")
    preview = start(site)
    context = chromium.new_context()
    try:
        pages = ("", "2024/01/a1/", "2024/01/a2/", "archive/")
        tabs = [context.new_page() for _ in pages]
        for tab, address in zip(tabs, pages, strict=True):
            ready(tab, preview.address + address)
            assert read(tab) == "before"
            tab.evaluate("window.unbroken = true")
        looked_at, *hidden = tabs
        for tab in hidden:
            hide(tab, hidden=True)
        sign("after")
        shows(looked_at, "after")
        looked_at.wait_for_timeout(200)
        assert [read(tab) for tab in hidden] == ["before"] * len(hidden)
        for tab in hidden:
            hide(tab, hidden=False)
            shows(tab, "after")

        assert [tab.evaluate("window.unbroken") for tab in tabs] == [True] * len(tabs)
    finally:
        context.close()


def test_playing_media_goes_on_while_the_page_changes(tale, page):
    preview, save = tale
    ready(page, f"{preview.address}2024/03/tale/")
    page.evaluate("document.querySelector('#sound').play()")
    page.wait_for_function("document.querySelector('#sound').currentTime > 0.1")
    at = page.evaluate("window.sound = document.querySelector('#sound'), window.sound.currentTime")
    for n in range(3):
        save(f"Round {n}.")
        page.get_by_text(f"Round {n}.").wait_for()

    assert page.evaluate("window.sound === document.querySelector('#sound') && !window.sound.paused")
    assert page.evaluate("window.sound.currentTime") > at


def test_a_click_on_a_place_opens_the_editor_there(site, start, page, tmp_path):
    opened = tmp_path / "opened"
    preview = start(
        site, editor=f"""{sys.executable} -c "open('{opened}','w').write('{{path}}:{{line}}:{{column}}')" """
    )
    write(site, {"content/a1.md": b"---\ntitle: A\ndate: next tuesday\n---\nx\n"})
    ready(page, preview.address)
    page.locator("sitegen-overlay .badge").click()
    page.locator("sitegen-overlay .place").click()
    end = time.monotonic() + 20
    while not (opened.exists() and opened.read_text()) and time.monotonic() < end:
        page.wait_for_timeout(50)

    assert opened.read_text() == f"{site / 'content' / 'a1.md'}:3:7"


def test_another_theme_shows_at_once(site, start, page):
    preview = start(site)
    ready(page, f"{preview.address}2024/01/a1/")
    before = page.evaluate("document.querySelector('link[rel~=stylesheet]').href")
    config = (site / "sitegen.yaml").read_bytes()
    write(site, {"sitegen.yaml": config.replace(b"theme: plain", b"theme: gazette")})
    page.wait_for_function("(b) => document.querySelector('link[rel~=stylesheet]')?.href !== b", arg=before)

    assert page.get_by_role("heading", name="Article 1").first.is_visible()
