"""A small site as values, its folder on disk, and what builds of it leave behind.

Invariant: the folder's sources follow from `Sources` alone, so that any state can be made again, in any order of files.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sitegen.build.options import BuildOptions
from sitegen.build.report import BuildReport
from sitegen.build.session import Session
from sitegen.errors import SitegenError, format_problem

LATER = 1_800_000_000  # 15 January 2027: after every ordinary date of these tests
LIST = ".sitegen-output"
MEMORY = ".sitegen"
OUTPUT = "public"
CONFIG = "title: Test site\nbase_url: https://example.org/\ntheme: plain\n"

WORDS = (
    "The harbour ferry crosses at dawn with the mail for the island.",
    "The ferry timetable changes in winter, says the harbour master.",
    "A bakery strike ends; bread and rolls are sold again on Market Street.",
    "The observatory opens its dome, and the bakery sends rolls.",
)

Tree = dict[str, bytes]


class Outcome(NamedTuple):
    """How a build ended. `problems` are those of the sources, as people read them; `codes` are of all errors."""

    failed: bool
    problems: tuple[str, ...]
    codes: tuple[str, ...]
    report: BuildReport | None


def article(n: int, body: str = "", **fields: object) -> str:
    """An article dated the nth of January 2024."""
    given = {"title": f"Article {n}", "date": f"2024-01-{n:02}", "tags": "[odd]" if n % 2 else "[even]", **fields}
    matter = "".join(f"{key}: {value}\n" for key, value in given.items() if value is not None)
    return f"---\n{matter}---\n\n{body or WORDS[n % len(WORDS)]}\n"


def sources(articles: int = 4, config: str = CONFIG) -> Tree:
    """The files of a site with so many articles."""
    found = {f"content/a{n}.md": article((n - 1) % 28 + 1, slug=f"a{n}").encode() for n in range(1, articles + 1)}
    return {"sitegen.yaml": config.encode(), **found}


def write(root: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below a folder, in the order in which they are given."""
    for path, content in files.items():
        full = root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content)
    return root


def build(root: Path, **options: object) -> Outcome:
    """Build a site in this process; what a command would print as errors comes back in the outcome."""
    settings = BuildOptions(**{"as_of": LATER, **options})  # type: ignore[arg-type]
    try:
        with Session(root, root / "sitegen.yaml", settings) as session:
            report = session.build()
    except SitegenError as error:
        said = tuple(sorted(format_problem(problem) for problem in error.problems))
        return Outcome(True, said, tuple(problem.code for problem in error.problems), None)
    of_sources = [problem for problem in report.problems if not problem.code.startswith("output.")]
    said = tuple(sorted(format_problem(problem) for problem in of_sources))
    return Outcome(report.failed, said, tuple(problem.code for problem in report.errors), report)


def tree(folder: Path) -> Tree:
    """Every file below a folder by its path; a symbolic link is what it points to."""
    found = {}
    for top, _, names in os.walk(folder):
        for name in names:
            path = Path(top, name)
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def empty_folders(folder: Path) -> set[str]:
    """Folders that hold nothing."""
    return {os.path.relpath(top, folder) for top, folders, names in os.walk(folder) if not folders and not names}


def clean_copy(root: Path, to: Path) -> Path:
    """The sources alone, in another folder."""
    shutil.rmtree(to, ignore_errors=True)
    hidden = shutil.ignore_patterns(MEMORY, OUTPUT, ".public*")
    return Path(shutil.copytree(root, to, symlinks=True, ignore=hidden))


def clean_build(root: Path, to: Path, **options: object) -> tuple[Outcome, Tree]:
    """How a build from nothing of the same sources ends, and the tree that it leaves."""
    copy = clean_copy(root, to)
    outcome = build(copy, **options)
    return outcome, tree(copy / OUTPUT)


def clean_tree(root: Path, **options: object) -> Tree:
    """What a build from nothing gives, made in a copy beside the site; it has to succeed."""
    outcome, made = clean_build(root, root.with_name(root.name + "-clean"), **options)
    assert not outcome.failed, outcome.problems
    return made


def leftovers(root: Path) -> set[str]:
    """What a build that died may have left behind and a later one has to clear away."""
    stages = {path.name for path in root.iterdir() if path.name.endswith("-stage")}
    inside = {path.name for path in (root / OUTPUT).glob(".sitegen*") if path.name != LIST}
    return stages | inside


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one, for campaigns of thousands of builds."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


def difference(made: Mapping[str, bytes], wanted: Mapping[str, bytes]) -> str:
    """Which paths differ, and where the first of them does; "" for equal trees."""
    if made == wanted:
        return ""
    lines = [f"too many: {path}" for path in sorted(made.keys() - wanted.keys())]
    lines += [f"missing: {path}" for path in sorted(wanted.keys() - made.keys())]
    for path in sorted(path for path in made.keys() & wanted.keys() if made[path] != wanted[path]):
        at = next((n for n, (a, b) in enumerate(zip(made[path], wanted[path], strict=False)) if a != b), 0)
        start = max(0, at - 60)
        lines.append(f"{path} differs at byte {at}:")
        lines += [f"  made   {made[path][start : at + 60]!r}", f"  wanted {wanted[path][start : at + 60]!r}"]
    return "\n".join(lines)
