"""Every option of both themes changes what is seen: pictures with and without it differ, and where it says so."""

import base64
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sitegen.build.options import BuildOptions
from sitegen.build.session import Session
from tests.site.hostile import article, picture
from tests.site.serving import Served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

AS_OF = 1_795_305_600  # 22 November 2026
LEAST = 0.0001  # of a screen's pixels: a word
TEXT = "A first paragraph that is long enough to fill more than one line of the column in which it is set.[^1] " * 3
BODY = f"{TEXT}\n\n## One\n\n{TEXT}\n\n## Two\n\n{TEXT}\n\n## Three\n\n{TEXT}\n\n[^1]: A note of some words.\n"

WORDS = (  # each in two stories, which are near by it
    "A lighthouse keeper polishes lenses at dusk.", "Granite from the quarry built the viaduct.",
    "Seventeen beekeepers swarmed into the orchard.", "The clockmaker's apprentice wound the carillon.",
)  # fmt: skip

CSS = "getComputedStyle(document.querySelector('{}')).{}"
HOME, ARTICLE, LIST, MONTH = "/", "/2024/03/story-2/", "/tags/sea/", "/2024/03/"

# option: its value, a page that shows it, and an expression whose value it changes
CHANGES = {
    "masthead": ("compact", HOME, CSS.format(".brand", "fontSize")),
    "home": ("magazine", HOME, "document.querySelectorAll('.magazine .box').length"),
    "featured": ("old", HOME, "document.querySelector('main h2').innerText"),
    "intro": ("Said of this site.", HOME, "document.querySelector('.tagline')?.innerText"),
    "lists": ("titles", LIST, "document.querySelectorAll('.lines li').length"),
    "accent": ("#0f5c8c", ARTICLE, CSS.format(".kicker", "color")),
    "paper": ("#f0f4ff", ARTICLE, CSS.format("body", "backgroundColor")),
    "bars": ("accent", ARTICLE, CSS.format(".mast", "backgroundColor")),
    "font": ("sans", ARTICLE, CSS.format(".prose", "fontFamily")),
    "title_font": ("mono", ARTICLE, CSS.format("h1", "fontFamily")),
    "drop_caps": (True, ARTICLE, "getComputedStyle(document.querySelector('.prose p'), '::first-letter').float"),
    "color_scheme": ("dark", ARTICLE, CSS.format("body", "backgroundColor")),
    "navigation": ([{"title": "Somewhere", "url": "/tags/"}], HOME, "document.querySelector('.menu a').innerText"),
    "topics_on_home": (0, HOME, "document.querySelectorAll('aside .chips').length"),
    "years_on_home": (False, HOME, "document.querySelectorAll('aside .chips').length"),
    "show_authors": (False, LIST, "document.querySelector('.story .meta').innerText"),
    "show_dates": (False, LIST, "document.querySelectorAll('.story time').length"),
    "show_summaries": (False, LIST, "document.querySelectorAll('.story p:not(.meta)').length"),
    "show_images": (False, LIST, "document.querySelectorAll('.thumb').length"),
    "show_reading_time": (False, ARTICLE, "document.querySelector('.meta').innerText"),
    "show_contents": (False, ARTICLE, "document.querySelectorAll('.toc').length"),
    "footnotes": ("beside", ARTICLE, CSS.format(".footnotes li", "position")),
    "show_calendar": (False, MONTH, "document.querySelectorAll('.calendar').length"),
    "show_source": (False, ARTICLE, "document.querySelectorAll('.source').length"),
    "related_articles": (0, ARTICLE, "document.querySelectorAll('.also li').length"),
    "footer": ("All rights shared.", HOME, "document.querySelector('.foot').innerText"),
}

OF_PLAIN = {
    "accent": ("#a3005c", ARTICLE, CSS.format("nav a", "color")),
    "summaries": (False, LIST, "document.querySelectorAll('article p:not(.meta)').length"),
}

BELOW = {  # what stands further down
    "show_source": ".after", "related_articles": ".neighbours", "footer": ".foot", "topics_on_home": "aside",
    "years_on_home": "aside",
}  # fmt: skip

DIFFERENCE = """async ([one, other]) => {
  const pixels = async (png) => {
    const image = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
    const canvas = new OffscreenCanvas(1280, 1000).getContext("2d");
    canvas.drawImage(image, 0, 0);
    return canvas.getImageData(0, 0, 1280, 1000).data;
  };
  const [a, b] = [await pixels(one), await pixels(other)];
  let differ = 0;
  for (let n = 0; n < a.length; n += 4)
    if (Math.abs(a[n] - b[n]) + Math.abs(a[n + 1] - b[n + 1]) + Math.abs(a[n + 2] - b[n + 2]) > 12) differ++;
  return differ / (a.length / 4);
}"""


def options_of(root: Path, theme: str) -> set[str]:
    return set(yaml.safe_load((root / "themes" / theme / "theme.yaml").read_text("utf-8"))["options"])


def write(folder: Path) -> Path:
    """A site of eight articles with pictures, tags, authors, a source and notes."""
    content = folder / "content"
    content.mkdir()
    picture(folder / "static" / "sea.png", 1200, 800)
    for n in range(8):
        fields = {
            "date": f"2024-03-{10 + n}", "tags": ["sea", "boats", *(["old"] if n == 0 else [])],
            "authors": ["Ada Lorne"],
            "image": {"src": "/sea.png", "alt": "Stripes"}, "source": {"format": "text", "name": "raw/story.txt"},
        }  # fmt: skip
        (content / f"story-{n}.md").write_text(article(f"Story {n}", f"{BODY}\n{WORDS[n % 4]}\n", **fields), "utf-8")
    return folder


@pytest.fixture(scope="module")
def page_with(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Iterator[Callable[..., Any]]:
    """A function of options and a path that gives the open page of the site built with them."""
    source = write(tmp_path_factory.mktemp("options"))
    running: dict[str, Served] = {}
    context = chromium.new_context(viewport={"width": 1280, "height": 1000}, color_scheme="light")

    def show(options: dict[str, Any], path: str, theme: str = "gazette") -> Any:
        key = repr((theme, options))
        if key not in running:
            site = tmp_path_factory.mktemp("site") / "site"
            shutil.copytree(source, site)
            config = {"title": "Options", "description": "Of a theme.", "theme": theme, "theme_options": options}
            (site / "sitegen.yaml").write_text(yaml.safe_dump(config), "utf-8")
            build = BuildOptions(output=site / "public", as_of=AS_OF, jobs=1)
            with Session(site, site / "sitegen.yaml", build) as session:
                assert not session.build().failed
            running[key] = Served(site / "public", "/")
        page = context.new_page()
        page.goto(running[key].host + path, wait_until="load")
        return page

    yield show
    context.close()
    for server in running.values():
        server.stop()


def seen(page: Any) -> str:
    return base64.b64encode(page.screenshot()).decode()


def test_every_option_of_both_themes_is_tried(root):
    assert set(CHANGES) == options_of(root, "gazette")
    assert set(OF_PLAIN) == options_of(root, "plain")


def test_the_same_page_looks_the_same_twice(page_with):
    one, other = page_with({}, ARTICLE), page_with({}, ARTICLE)

    assert one.evaluate(DIFFERENCE, [seen(one), seen(other)]) == 0


@pytest.mark.parametrize(
    ("theme", "option"), [*[("gazette", option) for option in CHANGES], *[("plain", option) for option in OF_PLAIN]]
)
def test_an_option_changes_what_is_seen(page_with, theme, option):
    value, path, expression = {"gazette": CHANGES, "plain": OF_PLAIN}[theme][option]
    usual, changed = page_with({}, path, theme), page_with({option: value}, path, theme)

    before = usual.evaluate(expression)
    for _ in range(50):  # a script may still have to place what the option moves
        if changed.evaluate(expression) != before:
            break
        changed.wait_for_timeout(100)
    assert changed.evaluate(expression) != before
    for page in (usual, changed):
        page.evaluate(f"document.querySelector({BELOW.get(option, 'h1')!r})?.scrollIntoView({{block: 'center'}})")
    assert usual.evaluate(DIFFERENCE, [seen(usual), seen(changed)]) > LEAST
    usual.close()
    changed.close()
