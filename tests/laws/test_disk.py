"""A disk that is full or takes nothing: the previous site stays whole, the command says so, the next build is fine.

Two ways: functions of `os` that refuse from the nth change on, in a forked child; and a real small file system, in a
mount namespace of its own. `SITEGEN_LONG=200` tries so many points instead of twenty.
"""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.laws.faults import in_child, refusing_from, watch_disk
from tests.laws.sites import (
    CONFIG,
    MEMORY,
    OUTPUT,
    Tree,
    article,
    build,
    clean_tree,
    difference,
    leftovers,
    sources,
    tree,
    write,
)

POINTS = int(os.environ.get("SITEGEN_LONG", "20"))
LIMIT_S = 45 * POINTS  # twenty times what a point takes
GROWING = ("open", "write", "mkdir")  # what needs room; renames within a full file system succeed
ROOT = Path(__file__).resolve().parents[2]


def changed(site: Path) -> Path:
    """Every page will differ; one goes, one comes."""
    (site / "content/a4.md").unlink()
    new = {"content/new.md": article(1, date="2023-05-05", slug="new").encode()}
    return write(site, {"sitegen.yaml": CONFIG.replace("Test site", "Other").encode(), **new})


def command(site: Path, said: Path) -> int:
    """`sitegen build` in this process, which ends with it; what it says goes to a file."""
    from sitegen.cli import main

    sys.stdout = sys.stderr = said.open("w")
    try:
        main(["build", "-j", "1", "-C", str(site)])
    except SystemExit as error:
        sys.stdout.flush()
        return int(error.code or 0)
    return 0


def calls_of_a_build(site: Path, copy: Path, said: Path) -> int:
    """How many changes to the disk a build of this site makes."""
    shutil.copytree(site, copy, symlinks=True)
    count = copy.with_name("count")

    def run() -> int:
        last = 0

        def act(_: str, call: int) -> None:
            nonlocal last
            last = call

        watch_disk(act, copy)
        code = command(copy, said)
        count.write_text(str(last))
        return code

    assert in_child(run) == 0, said.read_text()
    shutil.rmtree(copy)
    return int(count.read_text())


@pytest.mark.slow
@pytest.mark.timeout(LIMIT_S)
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS], ids=["full", "read-only"])
@pytest.mark.parametrize("is_first", [True, False], ids=["first build", "rebuild"])
def test_a_disk_that_refuses_leaves_the_previous_site_and_says_so(tmp_path, error, is_first):
    model = write(tmp_path / "model", sources())
    if not is_first:
        assert not build(model, as_of=None).failed
        changed(model)
    before, wanted = tree(model / OUTPUT), clean_tree(model, as_of=None)
    site, said = tmp_path / "site", tmp_path / "said.txt"
    names = GROWING if error == errno.ENOSPC else ("open", "write", "mkdir", "replace", "rename", "unlink", "rmdir")
    calls = calls_of_a_build(model, site, said)
    points = sorted({1 + calls * n // POINTS for n in range(POINTS)})
    for n in points:
        shutil.copytree(model, site, symlinks=True)

        def run(n: int = n) -> int:
            watch_disk(refusing_from(n, error, names), site)
            return command(site, said)

        code, text = in_child(run), said.read_text()
        now = {path: content for path, content in tree(site / OUTPUT).items() if not path.startswith(".sitegen")}
        if code == 0:  # nothing that needs room came after it
            assert not difference(tree(site / OUTPUT), wanted)
        else:
            assert code == 1 or (error == errno.EROFS and "what builds remember" in text), (n, text)
            assert os.strerror(error) in text, (n, text)
            assert "Traceback" not in text
            whole = {path: content for path, content in before.items() if not path.startswith(".sitegen")}
            if error == errno.ENOSPC:
                assert not (found := difference(now, whole)), f"change {n}:\n{found}"
            else:  # it turned read-only in the middle of the moves
                assert all(content in (whole.get(path), wanted.get(path)) for path, content in now.items()), n
        assert not build(site, as_of=None).failed
        assert not difference(tree(site / OUTPUT), wanted)
        assert not leftovers(site)
        shutil.rmtree(site)


def in_namespace(script: str, folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a shell script in a mount namespace of its own; $1 is a folder, $2 and so on the arguments, $PY Python."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no unshare here (Debian: util-linux)")
    probe = [unshare, "-m", "sh", "-c", 'mount -t tmpfs -o size=64k tmpfs "$1"', "sh", str(folder)]
    if subprocess.run(probe, check=False, capture_output=True).returncode:
        pytest.skip("no right to mount here (root in a container without CAP_SYS_ADMIN)")
    command = [unshare, "-m", "sh", "-c", f"set -e\n{script}", "sh", str(folder), *map(str, arguments)]
    env = {**os.environ, "PY": sys.executable, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=env, cwd=ROOT)


SMALL_DISK = """
mount -t tmpfs -o size=1m tmpfs "$1"
cp -a "$2/." "$1/site"
[ "$5" = kept ] || rm -r "$1/site/.sitegen"  # else a build that cannot write its memory drops it, and has room
dd if=/dev/zero of="$1/ballast" bs=1k count=2000 2>/dev/null || true
truncate -s "-${3}k" "$1/ballast"
code=0; "$PY" -m sitegen build -j 1 -C "$1/site" 2>"$4/said.txt" >/dev/null || code=$?
echo "$code" > "$4/code.txt"
if [ -d "$1/site/public" ]; then cp -a "$1/site/public" "$4/after"; fi
rm "$1/ballast"
"$PY" -m sitegen build -j 1 -C "$1/site" >/dev/null 2>"$4/again.txt"
cp -a "$1/site/public" "$4/public"
"""


@pytest.mark.slow
@pytest.mark.timeout(LIMIT_S)
def test_a_real_disk_that_is_full_leaves_the_previous_site_and_says_so(tmp_path):
    model = write(tmp_path / "model", sources())
    assert not build(model, as_of=None).failed
    changed(model)
    before, wanted = tree(model / OUTPUT), clean_tree(model, as_of=None)
    place = tmp_path / "disk"
    place.mkdir()
    ends = []
    for n in range(POINTS):
        seen = tmp_path / f"seen{n}"
        seen.mkdir()
        ran = in_namespace(SMALL_DISK, place, model, 4 * (1 + n * 100 // POINTS), seen, ("kept", "lost")[n % 2])
        assert ran.returncode == 0, (ran.stderr, *(path.read_text() for path in seen.glob("*.txt")))
        code, said = (seen / "code.txt").read_text().strip(), (seen / "said.txt").read_text()
        ends.append(code)
        assert code in "01", said
        assert "Traceback" not in said
        for path, content in tree(seen / "after").items():
            if not path.startswith(".sitegen"):
                assert content in (before.get(path), wanted.get(path)), f"{path} is torn"
        assert code == "0" or "full" in said or "No space left" in said, said
        assert not difference(tree(seen / "public"), wanted)
    assert {"0", "1"} <= set(ends), ends


READ_ONLY = """
mount --bind "$2/$3" "$2/$3"
mount -o remount,ro,bind "$2/$3"
code=0; "$PY" -m sitegen build -j 1 -C "$2" 2>&1 || code=$?
exit $code
"""


@pytest.mark.parametrize("folder", [OUTPUT, MEMORY, "."])
def test_a_read_only_folder_is_an_error_in_words(tmp_path, folder):
    site = write(tmp_path / "site", sources())
    assert not build(site, as_of=None).failed
    before = tree(changed(site) / OUTPUT)
    place = tmp_path / "disk"
    place.mkdir()

    ran = in_namespace(READ_ONLY, place, site, folder)

    assert ran.returncode in (1, 2), ran.stdout
    assert "ead-only" in ran.stdout or "readonly" in ran.stdout, ran.stdout
    assert "Traceback" not in ran.stdout
    assert not difference(tree(site / OUTPUT), before)
    assert not build(site, as_of=None).failed


def test_a_folder_that_is_mounted_may_be_the_output(tmp_path):
    site = write(tmp_path / "site", sources())
    place = site / OUTPUT
    place.mkdir()

    ran = in_namespace(
        'mount -t tmpfs -o size=2m tmpfs "$1"\n"$PY" -m sitegen build -j 1 -C "$2"\ncp -a "$1" "$3"',
        place,
        site,
        tmp_path / "made",
    )

    assert ran.returncode == 0, ran.stderr
    assert not difference(tree(tmp_path / "made"), clean_tree(site, as_of=None))


def file_in_place_of_the_parent(site: Path) -> Path:
    write(site, {"build": b"a file"})
    return site / "build/public"


def file_in_place_of_the_memory(site: Path) -> Path:
    write(site, {MEMORY: b"a file"})
    return site / OUTPUT


@pytest.mark.parametrize("block", [file_in_place_of_the_parent, file_in_place_of_the_memory])
def test_a_file_in_place_of_a_folder_is_an_error_in_words(tmp_path, block: Callable[[Path], Path]):
    site = write(tmp_path / "site", sources())
    output = block(site)
    before: Tree = tree(site)

    outcome = build(site, output=output)

    assert outcome.failed
    assert outcome.codes
    assert {path: text for path, text in tree(site).items() if not path.startswith(f"{MEMORY}/")} == before
