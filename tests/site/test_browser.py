"""Pages of three sites in a real browser: open to everyone, silent, in one piece, and whole without scripts."""

from typing import Any
from urllib.parse import unquote

import pytest

from tests.site.conftest import Site
from tests.site.looking import Seen, look
from tests.site.serving import Served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]

FEW = 5  # pages of each site beside one of each kind


@pytest.fixture(scope="module")
def seen(any_site: Site, every_page: bool, chromium: Any, node_modules: Any, serve: Any, once: Any) -> Seen:
    """All pages that are looked at, once for the checks below."""
    axe = node_modules / "axe-core" / "axe.min.js"
    if not axe.is_file():
        pytest.skip("axe-core is not installed (install npm, then run `python3 dev.py test`)")

    def looked() -> Seen:
        server = serve(any_site)
        paths = any_site.sample(len(any_site.pages()) if every_page else FEW)
        found = look(chromium, server.host, "/", paths, axe)
        assert len(found.pages) > FEW
        assert not server.failed
        return found

    return Seen(*once(f"seen {any_site.name} {any_site.theme}", looked))


def listed(lines: list[str]) -> str:
    return f"{len(lines)}\n" + "\n".join(lines[:40])


def test_axe_finds_no_violation_in_light_and_dark_narrow_and_wide(seen):
    assert not seen.violations, listed(seen.violations)


def test_axe_leaves_nothing_undecided_in_light_and_dark_narrow_and_wide(seen):
    assert not seen.incomplete, listed(seen.incomplete)


def test_nothing_is_said_on_the_console(seen):
    assert not seen.console, listed(seen.console)


def test_no_other_host_is_asked_for_anything(seen):
    assert not seen.elsewhere, listed(seen.elsewhere)


def test_no_page_scrolls_sideways_on_the_narrowest_screen(seen):
    assert not seen.scrolling, listed(seen.scrolling)


WORDS = "() => document.querySelector('main').innerText.replace(/\\s+/g, ' ').trim()"
DEAD = """() => [...document.querySelectorAll("button, [role=button], [onclick]")]
  .filter((e) => e.checkVisibility()).map((e) => e.outerHTML.slice(0, 120))"""


def test_every_kind_of_page_says_the_same_without_scripts_and_offers_nothing_that_needs_them(any_site, chromium, serve):
    address = serve(any_site).address
    without = chromium.new_context(java_script_enabled=False)
    page = without.new_page()
    for kind, path in any_site.kinds().items():
        page.goto(address + path)
        article = lxml_text(any_site.file_at(path))
        shown = page.evaluate(WORDS)

        assert page.evaluate(DEAD) == [], f"{kind}: {path}"
        missing = [line for line in article if line not in shown]
        assert not missing, f"{kind}: {path}: {missing[:5]}"
    without.close()


def lxml_text(file: Any) -> list[str]:
    """Words of a page's paragraphs, headings and links, as its source has them; what only scripts show left out."""
    import lxml.html

    main = lxml.html.fromstring(file.read_text(encoding="utf-8")).find(".//main")
    texts = [" ".join(element.text_content().split()) for element in main.iter("h1", "h2", "h3", "li", "time")]
    closed = {
        " ".join(inner.text_content().split())
        for details in main.iter("details")
        if details.get("open") is None
        for inner in details.iter()
    }
    return [text for text in texts if text and text not in closed and not text.isspace()]


SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(sum), 300);
})"""


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_a_page_comes_bit_by_bit_and_its_pictures_late(any_site, chromium, width):
    server = Served(any_site.served, "/", pieces=40)
    context = chromium.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()

    def late(route: Any) -> None:
        page.wait_for_timeout(150)
        route.continue_()

    page.route("**/*.{png,jpg,svg,webp}", late)
    articles = [path for path in any_site.sample(30) if any_site.file_at(path).read_text("utf-8").count("<figure")][:3]
    assert articles
    kinds = any_site.kinds().values() if any_site.name == "own" else ()
    for path in dict.fromkeys((*articles, *kinds)):
        page.goto(server.address + path, wait_until="load")
        assert page.evaluate(SHIFT) == 0, unquote(path)
    context.close()
    server.stop()
