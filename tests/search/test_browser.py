"""Searching in a real browser: the palette, the search page, every language, and no request to anybody else."""

import functools
import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.site.looking import CONTRAST, SCHEMES, TOO_WIDE, WIDTHS, Watch, judged

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
BASE = "/some/where/"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(built_once: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    host = tmp_path_factory.mktemp("host")
    (host / "some").mkdir()
    (host / "some/where").symlink_to(built_once.root / "public")
    handler = functools.partial(Quiet, directory=str(host))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}{BASE}"
        server.shutdown()


@pytest.fixture
def page(chromium: Any, address: str) -> Iterator[Any]:
    """A page that fails its test for any message on the console and any request to another host."""
    context = chromium.new_context()
    found = context.new_page()
    watch = Watch(found, address)
    yield found
    watch.settle()
    context.close()
    assert not watch.wrong


ANSWERED = r"""() => {  // how many there are is said before the first of them have been read
    const box = document.querySelector("#Search");
    const said = box.querySelector("[role=status]").textContent;
    return said && (!/\p{N}/u.test(said) || box.querySelector(".found a"));
}"""


def titles(page: Any) -> list[str]:
    return page.locator("#Search .found a").all_inner_texts()


def search(page: Any, words: str) -> list[str]:
    """The titles found; the status is emptied first, so that an old answer is never read for a new one."""
    page.evaluate("document.querySelector('#Search [role=status]').textContent = ''")
    page.locator("#Search [name=q]").fill(words)
    page.wait_for_function(ANSWERED, timeout=20_000)
    page.wait_for_timeout(150)
    return titles(page)


def test_nothing_of_the_search_is_loaded_before_it_is_wanted(page, address):
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(address)
    page.wait_for_load_state("networkidle")

    assert not [url for url in asked if "pagefind" in url or "search." in url]


@pytest.mark.parametrize("keys", ["/", "Control+k"])
def test_the_palette_is_used_with_the_keyboard_alone(page, address, keys):
    page.goto(address)
    page.keyboard.press(keys)
    page.wait_for_selector("dialog[open]")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("harbour")
    page.wait_for_selector("dialog .found a")
    found = titles(page)
    assert len(found) == 3

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.textContent") == found[0]
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0

    page.wait_for_function("document.activeElement.name !== 'q'")  # the browser takes the focus off with its next frame
    page.keyboard.press(keys)
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/20*/**")
    assert page.locator("h1").inner_text() == found[0]


def test_a_slash_in_a_field_is_a_slash(page, address):
    page.goto(address + "search/")
    page.locator("#Search [name=q]").focus()
    page.keyboard.type("a/b")

    assert page.locator("#Search [name=q]").input_value() == "a/b"
    assert page.locator("dialog").count() == 0


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("seabirds", "The ferry at dawn"), ("seabird", "The ferry at dawn"), ("Ben Roe", "The mill and the flood"),
        ("手紙", "灯台への手紙"), ("灯台", "灯台への手紙"), ("東京", "灯台への手紙"),
        ("图书馆", "北京的图书馆"), ("历史", "北京的图书馆"), ("北京", "北京的图书馆"),
        ("الفجر", "خبز الصباح"), ("خبز", "خبز الصباح"), ("رصدخانه", "رصدخانه"),
    ],
)  # fmt: skip
def test_words_of_every_language_are_found_from_an_english_page(page, address, words, title):
    page.goto(address + "search/")

    assert title in search(page, words)[:3]


def test_a_title_with_markup_is_shown_as_it_is_written(page, address):
    page.goto(address + "search/")

    assert search(page, "rolls") == ["Bread & <strong> rolls"]
    assert page.locator("#Search .found mark").count() >= 1
    assert "a < b" in page.locator("#Search .found li").inner_text()


def test_filters_narrow_and_the_address_keeps_them(page, address):
    page.goto(address + "search/")
    assert len(search(page, "harbour")) == 3

    page.select_option("#Search [name=author]", "Ann Lee")
    page.wait_for_function("document.querySelectorAll('#Search .found a').length === 2")
    page.select_option("#Search [name=order]", "asc")
    page.wait_for_function("document.querySelector('#Search .found a').textContent.includes('ferry')")
    page.select_option("#Search [name=tag]", "boats")
    page.wait_for_function("document.querySelectorAll('#Search .found a').length === 1")
    page.reload()
    page.wait_for_selector("#Search .found a")

    assert titles(page) == ["The ferry at dawn"]
    assert page.locator("#Search [name=tag]").input_value() == "boats"


def test_articles_of_several_languages_stand_in_order_of_date(page, address):
    page.goto(address + "search/?year=2024&order=desc")
    page.wait_for_selector("#Search .found a")

    assert set(titles(page)) == {"Bread & <strong> rolls", "خبز الصباح"}
    page.goto(address + "search/?year=2021&order=asc")
    page.wait_for_selector("#Search .found a")
    assert set(titles(page)) == {"The ferry at dawn", "رصدخانه"}


def test_what_is_found_leads_below_the_base_path(page, address):
    page.goto(address + "search/")
    search(page, "seabirds")
    page.locator("#Search .found a").first.click()
    page.wait_for_url(f"**{BASE}2021/05/ferry/")


def test_nothing_found_is_said(page, address):
    page.goto(address + "search/")

    assert search(page, "xyzzyquux") == []
    assert page.locator("#Search [role=status]").inner_text() == "Nothing was found."


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["2024/05/khubz/", "2021/05/ferry/"])
def test_axe_finds_nothing_in_the_palette_over_a_page_of_either_direction(page, address, node_modules, path, width):
    page.add_init_script(path=node_modules / "axe-core" / "axe.min.js")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address + path)
    page.evaluate(CONTRAST)
    page.keyboard.press("/")
    page.wait_for_selector("dialog[open]")
    page.keyboard.type("harbour")
    page.wait_for_selector("dialog .found a")

    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert judged(page, width) == ([], []), scheme
    assert page.evaluate(TOO_WIDE) == []


def test_without_scripts_everything_is_reached_by_tag_year_and_title(chromium, address):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "search/")

    assert not page.locator("#Search").is_visible()
    links = page.locator("main a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert {f"{BASE}tags/harbour/", f"{BASE}2024/", f"{BASE}2021/05/ferry/", f"{BASE}2022/05/tokyo/"} <= set(links)
    page.goto(address)
    page.locator("a[data-search]").click()
    assert page.url == address + "search/"
    context.close()
