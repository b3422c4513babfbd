"""Plugins that are really installed: a module and the metadata of a distribution, on the path."""

import sys
from pathlib import Path

import pytest

from sitegen.build import plugin_sources, plugins
from sitegen.build.options import BuildOptions
from sitegen.build.report import BuildReport
from sitegen.build.session import Session

AS_OF = 1_800_000_000


class Shelf:
    """A folder on the path into which plugins are installed, and a site that uses them."""

    def __init__(self, root: Path) -> None:
        self.place = root / "packages"
        self.place.mkdir(parents=True)
        self.site = root / "site"
        self.write("sitegen.yaml", "title: Test site\nbase_url: https://example.org/\ntheme: plain\nplugins: [extra]\n")
        for n in (1, 2, 3):
            self.write(f"content/a{n}.md", f"---\ntitle: Article {n}\ndate: 2024-01-0{n}\n---\n\nText !{n}! here.\n")

    def write(self, path: str, text: str) -> None:
        full = self.site / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text, "utf-8")

    def install(self, code: str, name: str = "extra", version: str = "1.0") -> None:
        metadata = self.place / f"{name}_plugin-{version}.dist-info"
        metadata.mkdir(exist_ok=True)
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-plugin\nVersion: {version}\n")
        (metadata / "entry_points.txt").write_text(f"[sitegen.plugins]\n{name} = {name}_plugin:setup\n")
        (self.place / f"{name}_plugin.py").write_text(code, "utf-8")

    def build(self, **options: object) -> BuildReport:
        settings = BuildOptions(as_of=AS_OF, **{"jobs": 1, **options})
        with Session(self.site, self.site / "sitegen.yaml", settings) as session:
            return session.build()

    def tree(self, folder: str = "public") -> dict[str, bytes]:
        top = self.site / folder
        return {
            str(p.relative_to(top)): p.read_bytes() for p in sorted(top.rglob("*")) if p.is_file() and p.name[0] != "."
        }

    def page(self, path: str) -> str:
        return (self.site / "public" / path).read_text("utf-8")


@pytest.fixture
def shelf(tmp_path, monkeypatch) -> Shelf:
    shelf = Shelf(tmp_path)
    monkeypatch.syspath_prepend(shelf.place)
    yield shelf
    for name in [name for name in sys.modules if name.endswith("_plugin") or name in ("loudness", "volume")]:
        del sys.modules[name]
    plugins._opened.clear()
    plugins._modules.clear()
    plugin_sources._first_seen.clear()


MARKDOWN = """
import re
MARK = re.compile(r"!(\\d)!")
def bang(md, word="b"):
    def rule(state, silent):
        found = MARK.match(state.src, state.pos)
        if not found:
            return False
        if not silent:
            token = state.push("bang", word, 0)
            token.content = found[1]
        state.pos = found.end()
        return True
    md.inline.ruler.before("text", "bang", rule)
    md.inline.add_terminator_char("!") if hasattr(md.inline, "add_terminator_char") else None
    md.add_render_rule("bang", lambda self, tokens, index, options, env: f"<{tokens[index].tag}>{tokens[index].content}</{tokens[index].tag}>")
"""
EVERYTHING = (
    MARKDOWN
    + """
from sitegen.plugins import MoreOutput
def loud(text):
    return str(text).upper() + "@"
def longer(keys, title, /, n):
    return tuple(each.id for each in keys if len(title[each.id]) > n)
def more(order, title, /):
    yield MoreOutput(url="/list.txt", content="\\n".join(title[id] for id in order) + "\\n")
    yield MoreOutput(url="/extra/", template="extra.html", title="Extra", values={"ids": list(order)})
def setup(hooks):
    hooks.markdown(bang, word=hooks.options.get("word", "b"))
    hooks.filter("loud", loud)
    hooks.query("longer", longer)
    hooks.outputs(more)
"""
)
