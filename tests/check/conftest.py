"""Small sites with one fault each, and the command that says so."""

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import msgspec
import pytest

from sitegen.build.options import BuildOptions
from sitegen.check.checking import CheckReport, check_site
from sitegen.cli import main
from sitegen.errors import Problem

AS_OF = 1_800_000_000  # 15 January 2027


class Done(msgspec.Struct):
    code: int
    out: str
    err: str


class Site:
    """A site of two sound articles; `check` gives the findings of one code."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("sitegen.yaml", "title: Test site\nbase_url: https://example.org/\ntheme: plain\n")
        self.article(
            "one",
            title="The first article",
            body="The harbour ferry crosses at dawn.\n\n## The timetable\n\nIt is long.",
        )
        self.article("two", title="The second article", date="2024-01-02", body="A bakery strike ends.")

    def write(self, path: str, text: str | bytes) -> Path:
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(text if isinstance(text, bytes) else text.encode())
        return full

    def article(self, name: str, *, body: str = "Some words.", **matter: str) -> Path:
        given = {"title": f"Article {name}", "date": "2024-01-01", **matter}
        lines = "".join(f"{key}: {value}\n" for key, value in given.items() if value)
        return self.write(f"content/{name}.md", f"---\n{lines}---\n\n{body}\n")

    def report(self, *, fix: bool = False, **options: object) -> CheckReport:
        settings = BuildOptions(**{"as_of": AS_OF, "jobs": 1, **options})
        report = check_site(self.root, self.root / "sitegen.yaml", settings, fix=fix)
        again = check_site(self.root, self.root / "sitegen.yaml", settings)  # from what was remembered, where it was
        assert (again.findings, again.elsewhere) == (report.findings, report.elsewhere)
        return report

    def check(self, code: str, **options: object) -> list[Problem]:
        return [finding for finding in self.report(**options).findings if finding.code == code]

    def codes(self, **options: object) -> list[str]:
        return sorted(finding.code for finding in self.report(**options).findings)

    def run(self, *arguments: str) -> Done:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main(["-C", str(self.root), *arguments])
        return Done(ended.value.code, out.getvalue(), err.getvalue())


@pytest.fixture
def site(tmp_path) -> Site:
    return Site(tmp_path / "site")


def place(finding: Problem) -> str:
    return str(finding.where)
