"""L1 in space: the same sources give the same bytes in any process, order, place, zone, locale, and on any pool."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.clusters import cluster
from tests.laws.sites import CONFIG, OUTPUT, Tree, build, clean_tree, difference, sources, tree, write

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = 130  # enough for parsing and rendering to go to worker processes


def files() -> Tree:
    found = sources(ARTICLES, CONFIG.replace("plain", "gazette"))
    for n in (3, 50, 90):
        path = f"content/a{n}.md"
        found[path] = found[path].replace(
            b"date:", f"authors: [Ann, B{n}]\nseries: Ünï\nrelated: [Article {n + 1}]\ndate:".encode()
        )
    return {
        **found,
        "content/ü➜.md": b"---\ntitle: Far\ndate: 2023-02-01\n---\nSee [[Article 4]].\n",
        "static/x/y.txt": b"y",
        "data/z.yaml": b"b: 1\na: {d: 1, c: 2}\n",
        "content/tale/index.md": b"---\ntitle: T\ndate: 2023-01-01\n---\nSee [[Article 3]].\n",
        "content/tale/p.svg": b"<svg/>",
    }


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return clean_tree(write(tmp_path_factory.mktemp("model") / "site", files()))


def run(site: Path, *arguments: str, **environment: str) -> None:
    """`sitegen build` in a process of its own."""
    command = [sys.executable, "-m", "sitegen", "build", "-C", str(site), *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    ran = subprocess.run(command, check=False, capture_output=True, text=True, env=env, cwd=site)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "3", "TZ": ":/nowhere", "LC_ALL": "tr_TR.UTF-8"},
        {"PYTHONHASHSEED": "random", "TZ": "", "LC_ALL": "POSIX"},
        {
            "PYTHONHASHSEED": "4",
            "TZ": "UTC",
            "LC_ALL": "POSIX",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
        },  # names as ASCII
    ],
    ids=lambda environment: " ".join(map("=".join, environment.items())),
)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_hash_seed_zone_locale_and_processes_change_no_byte(tmp_path, wanted, environment, jobs):
    site = write(tmp_path / "site", files())

    run(site, "-j", jobs, **environment)

    assert not (found := difference(tree(site / OUTPUT), wanted)), found


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_files_were_made_changes_no_byte(tmp_path, wanted, seed):
    given = list(files().items())
    Random(seed).shuffle(given)
    site = write(tmp_path / f"folder {seed}" / "sité", dict(given))

    assert not build(site).failed

    assert not (found := difference(tree(site / OUTPUT), wanted)), found


def test_a_second_run_writes_nothing_in_any_environment(tmp_path, wanted):
    site = write(tmp_path / "site", files())
    run(site, "-j", "2", PYTHONHASHSEED="7", TZ="Asia/Tokyo")
    before = {path: path.stat().st_mtime_ns for path in (site / OUTPUT).rglob("*")}

    run(site, "-j", "1", PYTHONHASHSEED="8", TZ="Europe/Paris", LC_ALL="C")

    assert {path: path.stat().st_mtime_ns for path in (site / OUTPUT).rglob("*")} == before
    assert not difference(tree(site / OUTPUT), wanted)


def test_an_edit_is_rendered_alike_in_one_process_and_in_two(tmp_path, wanted):
    site = write(tmp_path / "site", files())
    assert not build(site, jobs=2).failed
    write(site, {"sitegen.yaml": CONFIG.replace("Test site", "Other").encode()})
    other = write(tmp_path / "other", {**files(), "sitegen.yaml": CONFIG.replace("Test site", "Other").encode()})

    assert not build(site, jobs=2).failed

    assert not (found := difference(tree(site / OUTPUT), clean_tree(other))), found


@pytest.fixture(scope="module", params=[(2, 1), (1, 4)], ids=["two workers", "one worker of four threads"])
def scheduler(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Dask scheduler on loopback and its worker processes."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        pytest.skip("Dask is not installed (PyPI: distributed)")
    workers, threads = request.param
    with cluster(tmp_path_factory.mktemp("dask"), workers=workers, threads=threads, path=str(ROOT)) as address:
        yield address


def test_a_cluster_changes_no_byte(tmp_path, wanted, scheduler):
    for n in range(2):
        site = write(tmp_path / f"site{n}", files())
        run(site, "--cluster", scheduler)
        assert not (found := difference(tree(site / OUTPUT), wanted)), found


def test_an_edit_on_a_cluster_leaves_what_a_clean_build_here_leaves(tmp_path, scheduler):
    site = write(tmp_path / "site", files())
    run(site, "--cluster", scheduler)
    write(site, {"sitegen.yaml": CONFIG.replace("Test site", "Other").encode()})

    run(site, "--cluster", scheduler)

    assert not (found := difference(tree(site / OUTPUT), clean_tree(site))), found


def test_an_import_on_a_cluster_writes_what_one_process_writes(tmp_path, scheduler):
    source = tmp_path / "raw.jsonl"
    rows = (
        {"text": f"The lamp number {n}\n\n{1 + n % 28} May 2020\n\nBy Ada Finch\n\nIt was lit for the {n}th time."}
        for n in range(400)
    )
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    trees = []
    for name, more in (("here", ["-j", "1"]), ("there", ["--cluster", scheduler])):
        command = [sys.executable, "-m", "sitegen", "import", str(source), "--into", str(tmp_path / name), "-q", *more]
        ran = subprocess.run(
            command, check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        assert ran.returncode == 0, ran.stderr
        written = tmp_path / name
        trees.append({path.relative_to(written): path.read_bytes() for path in written.glob("2020/*.md")})

    assert len(trees[0]) == 400
    assert trees[0] == trees[1]


def test_a_cluster_that_is_not_there_is_an_error_in_words(tmp_path):
    pytest.importorskip("distributed", reason="Dask is not installed (PyPI: distributed)")
    site = write(tmp_path / "site", files())
    command = [sys.executable, "-m", "sitegen", "build", "-C", str(site), "--cluster", "tcp://127.0.0.1:9"]

    ran = subprocess.run(
        command, check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )

    assert ran.returncode == 2, ran.stderr
    assert "no scheduler answers" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (site / OUTPUT).exists()
    shutil.rmtree(site)
