"""A small site of hostile titles with everything that machines read."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sitegen.build.options import BuildOptions
from sitegen.build.session import Session

AS_OF = 1_800_000_000
CONFIG = """title: "Ann's & Ben's {Quay} \\"Post\\""
base_url: https://example.org/base/
theme: gazette
search: false
outputs: {citations: true, jsonl: true, sqlite: true}
"""
TITLES = {
    "plain": "The ferry at dawn",
    "tex": r"50% off & 3_000 #1 \ $5 ~ ^ {a}} {",
    "markup": '</script><b>"Bread" & rolls</b> ]]>',
    "lines": "TY  - fake: @article{x, y = {z}}",
    "arabic": "خبز الصباح في الميناء",
    "emoji": "🚢 Ferry – “quoted” 'title'",
    "long": "word " * 60 + "end",
}
AUTHORS = ["Ann Lee", "Roe, Ben", "Harbour and Mill Trust", "José Ñandú", "سامر حداد"]


class Machines:
    """A built site, read the way machines do."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("sitegen.yaml", CONFIG)
        for n, (name, title) in enumerate(TITLES.items(), 1):
            self.article(name, n, title)

    def write(self, path: str, text: str) -> None:
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text, "utf-8")

    def article(self, name: str, n: int, title: str, body: str = "") -> None:
        date = f"date: 2024-05-{n:02}\n" if name != "long" else ""
        authors = json.dumps(AUTHORS[: n % 6], ensure_ascii=False)
        text = (
            f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n{date}authors: {authors}\nslug: {name}\n"
            f"tags: [harbour, 'b, c']\ncategories: [News]\n"
            f"image: {{src: /x.svg, alt: A ferry, caption: 'The <ferry>', credit: 'Ann'}}\n---\n\n"
            f"{body or f'Text of {name} with *marks* & [a link](/x.svg).'}\n"
        )
        self.write(f"content/{name}.md", text)
        self.write("static/x.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"/>')

    def build(self) -> Any:
        with Session(self.root, self.root / "sitegen.yaml", BuildOptions(as_of=AS_OF)) as session:
            report = session.build()
        assert not report.failed, report.problems
        return report

    def page(self, name: str) -> Path:
        return next(self.root.glob(f"public/**/{name}/index.html"))

    def html(self, name: str) -> str:
        return self.page(name).read_text("utf-8")

    def cited(self, name: str, suffix: str) -> str:
        return (self.page(name).parent / f"cite.{suffix}").read_bytes().decode()

    def json_ld(self, name: str) -> Any:
        return json.loads(
            re.findall(r'<script type="application/ld\+json">(.*?)</script>', self.html(name), re.DOTALL)[0]
        )


@pytest.fixture(scope="session")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Machines:
    """Built once; tests look at it only."""
    site = Machines(tmp_path_factory.mktemp("machines") / "site")
    site.build()
    return site


@pytest.fixture
def own(tmp_path: Path) -> Machines:
    site = Machines(tmp_path / "site")
    site.build()
    return site
