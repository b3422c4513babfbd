"""Another version of sitegen, of its rules or of a library: what an older one remembered never shows.

A copy of the package is changed in a place that matters, and builds a site that the real one has built.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from sitegen.build.cache import Cache
from sitegen.build.seen import RACY_NS, KnownFiles
from sitegen.build.toolchain import CODE
from tests.laws.sites import MEMORY, OUTPUT, Tree, article, difference, sources, tree, write

ROOT = Path(__file__).resolve().parents[2]


def run(package: Path, site: Path) -> Tree:
    env = {**os.environ, "PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "sitegen", "build", "-q", "-j", "1", "-C", str(site)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, env=env, cwd=package)
    assert ran.returncode == 0, ran.stderr
    return tree(site / OUTPUT)


CHANGES = {
    "a table": ("sitegen/catalog/outputs.py", '"/archive/", "archive"', '"/all/", "archive"'),
    "an order": ("sitegen/catalog/ordering.py", "reverse=True", "reverse=False"),
    "a feed": ("sitegen/theme/feeds.py", 'encoding="utf-8"', 'encoding="UTF-8"'),
    "a theme": ("themes/plain/templates/404.html", "{% block main %}", "{% block main %}upgraded"),
}


@pytest.fixture
def other(tmp_path: Path) -> Path:
    package = tmp_path / "other"
    for name in ("sitegen", "themes"):
        shutil.copytree(ROOT / name, package / name, ignore=shutil.ignore_patterns("__pycache__"))
    return package


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_after_an_upgrade_and_its_undoing_the_tree_is_a_clean_builds(tmp_path, other, name):
    path, old, new = CHANGES[name]
    text = (other / path).read_text()
    if old not in text:
        pytest.fail(f"{path} does not hold {old!r} any more: name another place")
    (other / path).write_text(text.replace(old, new))
    site, clean = write(tmp_path / "site", sources()), tmp_path / "clean"
    edits = [{}, {"content/a1.md": article(9, slug="a1").encode()}, {"content/a1.md": article(1, slug="a1").encode()}]
    for package in (ROOT, other, ROOT, other):
        for edit in edits:
            write(site, edit)
            made = run(package, site)
            shutil.rmtree(clean, ignore_errors=True)
            shutil.copytree(site, clean, ignore=shutil.ignore_patterns(OUTPUT, MEMORY))
            assert not (found := difference(made, run(package, clean))), found


def test_code_that_was_changed_behind_an_equal_size_and_time_is_noticed(tmp_path, other):
    path, old, new = CHANGES["a feed"]
    module, site = other / path, write(tmp_path / "site", sources())
    run(other, site)
    cache = Cache(site / MEMORY)
    known = cache.known(CODE, KnownFiles)
    assert known is not None
    later = {name: msgspec.structs.replace(seen, at=seen.at + 2 * RACY_NS) for name, seen in known.by_name().items()}
    cache.remember(CODE, KnownFiles.of(later))
    cache.close()
    status = module.stat()
    module.write_text(module.read_text().replace(old, new))
    os.utime(module, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert module.stat().st_size == status.st_size

    made = run(other, site)

    shutil.copytree(site, tmp_path / "clean", ignore=shutil.ignore_patterns(OUTPUT, MEMORY))
    assert not (found := difference(made, run(other, tmp_path / "clean"))), found
    assert any(b'encoding="UTF-8"' in content for content in made.values())


def test_a_memory_of_another_schema_is_dropped_with_a_line_said(tmp_path):
    import sqlite3

    site = write(tmp_path / "site", sources())
    before = run(ROOT, site)
    with sqlite3.connect(site / MEMORY / "cache.sqlite") as db:
        db.execute("pragma user_version = 99")
    db.close()
    command = [sys.executable, "-m", "sitegen", "build", "-C", str(site)]

    ran = subprocess.run(
        command, check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT
    )

    assert ran.returncode == 0
    assert "it has schema 99" in ran.stderr
    assert tree(site / OUTPUT) == before
