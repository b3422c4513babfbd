"""Articles in several languages tell search engines of each other."""

import re

import pytest

from sitegen.build.options import BuildOptions
from sitegen.build.session import Session

LINK = re.compile(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">')


@pytest.mark.parametrize("theme", ["gazette", "plain"])
def test_each_translation_names_all_of_them_and_the_one_for_everybody_else(tmp_path, theme):
    articles = {"one": ("en", ""), "un": ("fr", "one"), "alone": ("en", ""), "huit": ("fr", ""), "acht": ("de", "huit")}
    for name, (lang, original) in articles.items():
        lines = f"title: {name}\ndate: 2024-01-02\nlang: {lang}\n" + (
            f"translation_of: {original}\n" if original else ""
        )
        path = tmp_path / f"content/{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"---\n{lines}---\n\nWords.\n", "utf-8")
    config = f"title: T\nbase_url: https://example.org/x/\nlanguage: en\nsearch: false\ntheme: {theme}\n"
    (tmp_path / "sitegen.yaml").write_text(config, "utf-8")
    with Session(tmp_path, tmp_path / "sitegen.yaml", BuildOptions(as_of=1_800_000_000, jobs=1)) as session:
        assert not session.build().failed

    def named(name: str) -> dict[str, str]:
        html = (tmp_path / f"public/2024/01/{name}/index.html").read_text("utf-8")
        return {lang: url.removeprefix("https://example.org/x/2024/01/").strip("/") for lang, url in LINK.findall(html)}

    assert named("one") == named("un") == {"en": "one", "fr": "un", "x-default": "one"}
    assert named("alone") == {}
    assert named("huit") == named("acht") == {"fr": "huit", "de": "acht"}  # none is in the site's own language
