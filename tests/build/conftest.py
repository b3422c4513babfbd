"""A small site in a folder, its edits in one line each, and its builds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.build.options import BuildOptions
from sitegen.build.report import BuildReport
from sitegen.build.session import Session
from sitegen.catalog.published import Audience

AS_OF = 1_800_000_000  # 15 January 2027: later than every date in these tests

CONFIG = "title: Test site\nbase_url: https://example.org/\ntheme: plain\n"

BODIES = (
    "The harbour ferry crosses at dawn with the mail for the island.",
    "The ferry timetable changes in winter, says the harbour master.",
    "A bakery strike ends; bread and rolls are sold again on Market Street.",
    "The observatory opens its dome, and the bakery sends rolls.",
    "Bread prices rise as the bakery buys flour from the mill.",
    "The mill race floods, and the harbour master closes the sluice.",
)


class SmallSite:
    """A site of six articles below `root`; built with a fixed clock."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("sitegen.yaml", CONFIG)
        for n, body in enumerate(BODIES, 1):
            self.article(f"a{n}", body=body)

    def write(self, path: str, text: str) -> None:
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text, "utf-8")

    def article(self, name: str, **fields: object) -> None:
        """Write `content/NAME.md`; `aN` is dated N January 2024 and tagged odd or even unless told otherwise."""
        n = int(name[1:]) if name[1:].isdigit() else 9
        body = fields.pop("body", BODIES[(n - 1) % len(BODIES)])
        given = {"title": f"Article {name}", "date": f"2024-01-{n:02}", "tags": f"[{'odd' if n % 2 else 'even'}]"}
        merged = {**given, **fields}
        matter = "".join(f"{key}: {value}\n" for key, value in merged.items() if value is not None)
        self.write(f"content/{name}.md", f"---\n{matter}---\n\n{body}\n")

    def build(self, **options: object) -> BuildReport:
        audience = options.pop("audience", Audience())
        as_of = options.pop("as_of", AS_OF)
        settings = BuildOptions(audience=audience, as_of=as_of, **options)
        with Session(self.root, self.root / "sitegen.yaml", settings) as session:
            return session.build()

    def rendered(self, **options: object) -> set[str]:
        """What a build makes again; the build has to succeed."""
        report = self.build(**options)
        assert not report.failed, report.problems
        return set(report.rendered)

    def tree(self, folder: str = "public") -> dict[str, bytes]:
        top = self.root / folder
        return {str(p.relative_to(top)): p.read_bytes() for p in sorted(top.rglob("*")) if p.is_file()}

    def clean_tree(self) -> dict[str, bytes]:
        """What a build from nothing gives, made in a copy without cache and output."""
        import shutil

        copy = self.root.with_name(self.root.name + "-clean")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.root, copy, ignore=shutil.ignore_patterns(".sitegen", "public"), symlinks=True)
        other = SmallSite.__new__(SmallSite)
        other.root = copy
        report = other.build()
        assert not report.failed, report.problems
        return other.tree()


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    return SmallSite(tmp_path / "site")


@pytest.fixture
def built(site: SmallSite) -> SmallSite:
    assert not site.build().failed
    return site


Edit = Callable[[SmallSite], None]
