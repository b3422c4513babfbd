"""Social cards: an article without a picture gets one that is drawn, in every script, when what it shows moves."""

import json
import shutil
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from typst import Compiler, Fonts

from sitegen.build import typesetting
from sitegen.build.options import BuildOptions
from sitegen.build.session import Session
from sitegen.build.typesetting import CARRIED, typesetter
from sitegen.theme.social_cards import Font, typst

AS_OF = 1_800_000_000
CONFIG = """title: The Courier
base_url: https://example.org/base/
theme: gazette
search: false
outputs: {social_cards: true}
"""
HOSTILE = {
    "plain": "The ferry at dawn",
    "typst": '#panic("x") $a$ [b] *c* _d_ @e \\n "f" // g /* h */ `i` <j> ~ = k',
    "markup": "{{ article }} {% x %} </script>",
    "hebrew": "שלום, English, עולם",
    "persian": "ایران و مدت‌ها انتظار",
    "russian": "Что случилось на пароме",
    "emoji": "🚢 The ferry 👩‍👩‍👧 sails 🎉",
    "long": "word " * 60 + "end",
    "one": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
}


class Site:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("sitegen.yaml", CONFIG)

    def write(self, path: str, text: str | bytes) -> None:
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(text if isinstance(text, bytes) else text.encode())

    def article(self, name: str, title: str, more: str = "", body: str = "Text.") -> None:
        said = json.dumps(title, ensure_ascii=False)
        self.write(f"content/{name}.md", f"---\ntitle: {said}\ndate: 2024-05-01\nslug: {name}\n{more}---\n\n{body}\n")

    def build(self, *, fails: bool = False):
        with Session(self.root, self.root / "sitegen.yaml", BuildOptions(as_of=AS_OF)) as session:
            report = session.build()
        assert report.failed is fails, report.problems
        return report

    def codes(self) -> list[str]:
        return [problem.code for problem in self.build().problems]

    def card(self, name: str) -> Image.Image:
        return Image.open(BytesIO((self.root / f"public/2024/05/{name}/social-card.png").read_bytes())).convert("RGB")

    def html(self, name: str) -> str:
        return (self.root / f"public/2024/05/{name}/index.html").read_text("utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path / "site")
    made.article("a", "The ferry at dawn")
    return made


def ink(image: Image.Image) -> int:
    """Dark pixels above the line at the foot."""
    return sum(
        image.crop((0, 0, 1200, 500)).convert("L").point(lambda value: 255 if value < 100 else 0).histogram()[128:]
    )


def test_an_article_without_a_picture_is_shared_with_one_that_shows_its_title(site):
    site.article("b", "Other words")
    site.build()

    assert site.card("a").size == (1200, 630)
    assert ink(site.card("a")) > 2000
    assert site.card("a").tobytes() != site.card("b").tobytes()
    assert '<meta property="og:image" content="https://example.org/base/2024/05/a/social-card.png">' in site.html("a")
    assert '<meta name="twitter:card" content="summary_large_image">' in site.html("a")


def test_an_article_with_a_picture_of_its_own_is_shared_with_that(site):
    site.write("static/x.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"/>')
    site.article("a", "The ferry", "image: {src: /x.svg, alt: A ferry}\n")
    site.build()

    assert not (site.root / "public/2024/05/a/social-card.png").exists()
    assert '<meta property="og:image" content="https://example.org/base/x.svg">' in site.html("a")


def test_no_card_is_drawn_unless_the_config_says_so(site):
    site.write("sitegen.yaml", CONFIG.replace("true", "false"))
    site.build()

    assert not (site.root / "public/2024/05/a/social-card.png").exists()
    assert "og:image" not in site.html("a")
    assert '<meta name="twitter:card" content="summary">' in site.html("a")


def test_a_card_is_drawn_again_when_what_it_shows_moves_and_then_alone(site):
    said = "summary: What other pages show.\n"
    site.article("a", "The ferry at dawn", said)
    site.article("b", "Other words")
    site.build()
    site.article("a", "The ferry at dawn", said, body="Another text.")
    assert "2024/05/a/social-card.png" not in site.build().rendered
    site.article("a", "The ferry at noon", said, body="Another text.")

    assert {path for path in site.build().rendered if path.endswith(".png")} == {"2024/05/a/social-card.png"}
    site.write("content/b.md", b"---\ntitle: Other words\ndate: 2024-05-01\nslug: c\n---\n\nText.\n")
    assert "2024/05/b/social-card.png" in site.build().removed


def test_titles_in_many_scripts_and_with_every_sign_are_drawn_and_fit(site):
    for name, title in HOSTILE.items():
        site.article(name, title)

    assert site.codes() == []

    margins = []
    for name in HOSTILE:
        card = site.card(name)
        assert ink(card) > 2000, name
        paper = card.getpixel((5, 5))
        edges = [
            card.crop(box) for box in ((0, 0, 1200, 50), (0, 580, 1200, 630), (0, 0, 60, 630), (1140, 0, 1200, 630))
        ]
        margins += [name for edge in edges if edge.getcolors() != [(edge.width * edge.height, paper)]]
    assert set(margins) <= {"one"}  # a word that is longer than any line is cut off at the side


def test_signs_that_no_font_has_are_left_out_and_letters_are_told_of(site):
    site.article("ship", "🚢 The ferry at dawn")
    site.article("japanese", "日本語の見出し")
    (problem,) = site.build().problems
    site.article("b", "Another article")
    assert site.build().problems == (problem,)  # whatever is drawn anew, as in a build from nothing
    assert site.build().problems == (problem,)

    assert site.card("ship").tobytes() == site.card("a").tobytes()
    assert (problem.code, problem.where.path) == ("social-card.letters", "content/japanese.md")
    assert "日本語の見出し" in problem.message
    assert not problem.is_error
    assert ink(site.card("japanese")) > 2000  # the site's title stands there


def test_a_font_of_the_site_comes_first(site):
    font = next((each for each in sorted(Path("/usr/share/fonts").rglob("*.ttf")) if "Bold" in each.name), None)
    if font is None:
        pytest.skip("this machine has no font to try")
    site.build()
    before = site.card("a").tobytes()
    site.write("static/fonts/own.ttf", font.read_bytes())
    site.write("sitegen.yaml", CONFIG.replace("true", "true, social_card_fonts: [fonts/own.ttf]"))

    assert "2024/05/a/social-card.png" in site.build().rendered
    assert site.card("a").tobytes() != before
    (own, *others) = typesetter((Font("fonts/own.ttf", font.read_bytes()),)).families
    assert own not in CARRIED
    assert tuple(others) == CARRIED


@pytest.mark.parametrize("workers", [1, 2])
def test_no_font_of_the_machine_changes_a_card(site, workers, monkeypatch, tmp_path):
    site.build()
    before = site.card("a").tobytes()
    monkeypatch.setenv("TYPST_FONT_PATHS", "/usr/share/fonts")
    monkeypatch.setenv("HOME", str(tmp_path))
    shutil.rmtree(site.root / "public")
    shutil.rmtree(site.root / ".sitegen")
    typesetter.cache_clear()
    with Session(site.root, site.root / "sitegen.yaml", BuildOptions(as_of=AS_OF, jobs=workers)) as session:
        assert not session.build().failed

    assert site.card("a").tobytes() == before


def test_what_is_no_font_and_what_is_not_there_is_named(site):
    site.write("static/fonts/bad.ttf", "no font")
    site.write("sitegen.yaml", CONFIG.replace("true", "true, social_card_fonts: [fonts/bad.ttf]"))
    (problem,) = site.build(fails=True).problems
    assert (problem.code, problem.where.path) == ("template.typeset", "static/fonts/bad.ttf")

    site.write("sitegen.yaml", CONFIG.replace("true", "true, social_card_fonts: [fonts/bda.ttf]"))
    (problem,) = site.build(fails=True).problems
    assert problem.code == "config.font"
    assert "fonts/bad.ttf" in problem.help


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#fooo(1)\n", "unknown variable: fooo, in  #fooo(1)"),
        ("Text\n\n#let x = \n", "expected expression, in  #let x ="),
        ('#import "@preview/cetz:0.3.0"\n', "packages cannot be used"),
        ('#read("/etc/passwd")\n', "no picture"),
        ('#read("sitegen.yaml")\n', "no picture"),
        ('#read("pyproject.toml")\n', "no picture"),
        ("#while true {}\n", "no picture"),
    ],
)
def test_a_template_that_gives_no_picture_is_named_with_the_line_that_is_meant(site, text, said):
    site.write("templates/social_card.typ", text)
    (problem,) = site.build(fails=True).problems

    assert (problem.code, problem.where.path) == ("template.typeset", "templates/social_card.typ")
    assert said in problem.message
    assert problem.help


def test_a_site_has_its_own_way_to_draw_them(site):
    site.write(
        "templates/social_card.typ",
        "#set page(width: 300pt, height: 200pt, margin: 9pt)\n#text(fill: red, {{ page.title | typst }})\n",
    )
    site.build()

    assert site.card("a").size == (300, 200)


def test_the_template_that_the_guide_shows_draws_a_card(site, root):
    guide = (root / "content/pages/guide/themes.md").read_text("utf-8").partition("`social_card.typ` gives")[2]
    site.write("templates/social_card.typ", guide.partition("```jinja\n")[2].partition("```")[0])
    site.build()

    assert site.card("a").size == (1200, 630)
    assert site.card("a").getpixel((5, 5)) == (0, 31, 63)  # Typst's navy


def test_a_theme_without_such_a_template_is_told_of(site):
    site.write("sitegen.yaml", CONFIG.replace("gazette", "plain"))

    assert site.codes() == ["social-card.template"]


def test_without_typst_the_site_stands_and_says_what_it_lacks(site, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.setattr(typesetting, "find_spec", lambda _: None)

    assert site.codes() == ["social-card.missing"]
    assert "og:image" not in site.html("a")


def test_values_are_written_as_typst_reads_them():
    fonts = Fonts(include_system_fonts=False)
    for value in (
        'a "b" \\ c\n\td',
        "\u2028 \u200c \x00 \u202e",
        "#{}$",
        ["x", 'y"'],
        ["one"],
        [],
        3,
        -2.5,
        True,
        None,
    ):
        assert json.loads(Compiler(b"", font_paths=fonts).eval(str(typst(value)))) == value
