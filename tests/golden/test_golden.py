"""Golden sites, compared whole: every path and every byte. Bytes are an interface: people link to, cache and diff them.

    pytest tests/golden --record     writes what is made now as what is expected; then read the diff before committing

`small` holds its whole expected tree. The repository's own site is held by the digest of each
file, but for the search index, whose bytes are its program's: `tests/search` holds these.
"""

import hashlib
import shutil
from pathlib import Path

import pytest

from sitegen.build.options import BuildOptions
from sitegen.build.publish import LIST
from sitegen.build.session import Session

HERE = Path(__file__).resolve().parent
AS_OF = 1_795_305_600  # 22 November 2026: what is published does not change with the day on which tests run


def built(root: Path, output: Path) -> dict[str, bytes]:
    with Session(root, root / "sitegen.yaml", BuildOptions(output=output, as_of=AS_OF, jobs=2)) as session:
        report = session.build()
    assert not report.failed, report.problems
    return {p.relative_to(output).as_posix(): p.read_bytes() for p in sorted(output.rglob("*")) if p.is_file()}


def test_the_small_site_is_what_it_was(tmp_path, request):
    copy = shutil.copytree(HERE / "small" / "site", tmp_path / "site")
    expected = HERE / "small" / "expected"

    made = built(copy, tmp_path / "public")

    if request.config.getoption("--record"):
        shutil.rmtree(expected, ignore_errors=True)
        for path, content in made.items():
            (expected / path).parent.mkdir(parents=True, exist_ok=True)
            (expected / path).write_bytes(content)
    golden = {p.relative_to(expected).as_posix(): p.read_bytes() for p in sorted(expected.rglob("*")) if p.is_file()}
    assert made.keys() == golden.keys()
    for path, content in made.items():
        assert content.decode() == golden[path].decode(), path


def test_the_repositorys_own_site_is_what_it_was(root, tmp_path, request):
    names = ("content", "static", "data", "templates", "themes", "sitegen.yaml", "stories.yaml")
    for name in names:
        if (root / name).is_dir():
            shutil.copytree(root / name, tmp_path / "site" / name)
        elif (root / name).is_file():
            shutil.copy(root / name, tmp_path / "site" / name)
    expected = HERE / "own-site.txt"

    made = built(tmp_path / "site", tmp_path / "public")

    lines = [
        f"{hashlib.sha256(content).hexdigest()[:16]} {path}"
        for path, content in made.items()
        if path != LIST and not path.startswith("pagefind/")
    ]
    if request.config.getoption("--record"):
        expected.write_text("\n".join(lines) + "\n", "utf-8")
    golden = expected.read_text("utf-8").splitlines()
    assert sorted(set(lines) ^ set(golden)) == [], "read the pages, then record them:  pytest tests/golden --record"


@pytest.mark.parametrize("path", ["2024/03/ferry/index.html", "feed.xml", "sitemap.xml", "tales/the-tale/square.svg"])
def test_what_is_expected_holds_what_matters(path):
    assert (HERE / "small" / "expected" / path).is_file()
