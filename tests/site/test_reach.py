"""How far a reader has to go, and how much a browser has to fetch before anything is shown."""

import re

import pytest

from tests.site.conftest import THEMES, built
from tests.site.hostile import article

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ARTICLES = 2000
CLICKS = 3
STYLE_BYTES, SCRIPT_BYTES = 15_000, 10_000
LINK = re.compile(r'<a\b[^>]*? href="(/[^"#]*)')


@pytest.fixture(scope="module", params=THEMES)
def large(request, tmp_path_factory):
    """Two thousand articles of twelve years, some without a date, most without a tag."""
    folder = tmp_path_factory.mktemp("large")
    content = folder / "content"
    content.mkdir()
    for n in range(ARTICLES):
        fields = {"tags": [f"tag {n % 40}"]} if n % 3 == 0 else {}
        if n % 25:
            fields["date"] = f"{2013 + n % 12}-{1 + n % 7:02}-{1 + n % 28:02}"
        text = article(f"Story number {n}", f"What happened on day {n} of the year {n % 12}.", **fields)
        (content / f"story-{n}.md").write_text(text, encoding="utf-8")
    config = {"title": "Large", "language": "en", "feeds": False, "related": False}
    return built("large", request.param, folder, config, tmp_path_factory.mktemp("served"))


def test_any_article_of_two_thousand_is_three_clicks_from_the_home_page(large):
    clicks = {"/": 0}
    edge = ["/"]
    for step in range(1, CLICKS + 1):
        reached = {link for page in edge for link in LINK.findall(body_of(large, page))}
        edge = [link for link in sorted(reached) if link not in clicks and link.endswith("/")]
        clicks.update(dict.fromkeys(edge, step))
    articles = {f"/{page.parent.relative_to(large.folder).as_posix()}/" for page in large.pages()}
    articles = {address for address in articles if "/story-" in address and not address.startswith("/stories/")}

    assert len(articles) == ARTICLES
    far = sorted(articles - clicks.keys())
    assert not far, f"{len(far)} farther than that, such as {far[:5]}"


def body_of(site, address):
    text = site.file_at(address.removeprefix("/")).read_text(encoding="utf-8")
    return text[text.index("<body") :]


@pytest.mark.parametrize("theme", THEMES)
def test_styles_and_scripts_are_small(root, build_site, theme):
    site = build_site(theme)
    page = site.file_at(site.kinds()["article"]).read_text(encoding="utf-8")
    static = root / "themes" / theme / "static"
    inline = "".join(re.findall(r"<script>(.*?)</script>", page, re.DOTALL))
    style = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))

    sheets = [path for path in static.glob("*.css") if "search" not in path.name]  # fetched with the palette
    assert sum(path.stat().st_size for path in sheets) + len(style.encode()) <= STYLE_BYTES
    scripts = [path for path in static.glob("*.js") if "search" not in path.name]
    assert sum(path.stat().st_size for path in scripts) + len(inline.encode()) <= SCRIPT_BYTES
