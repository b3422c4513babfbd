"""The wheel alone, in an empty environment, makes a site: on this Python and on each other one that runs here."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

OTHERS = ("python3.11", "python3.12", "python3.13", "python3.14")
NO_NETWORK = re.compile(
    r"No module named pip|NewConnectionError|NameResolutionError|name resolution|Network is unreachable|timed out"
)


def version_of(python: str) -> str:
    """What an interpreter says of itself, as `3.12`; "" for a name that only pretends to be one."""
    question = "import sys, ensurepip; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", question], check=False, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def interpreters() -> list[str]:
    """One command for each Python version that runs here, this one first."""
    found = {version_of(sys.executable): sys.executable}
    for name in OTHERS:
        path = shutil.which(name)
        if path and (version := version_of(path)):
            found.setdefault(version, path)
    return list(found.values())


@pytest.fixture(scope="session")
def wheel(root, tmp_path_factory) -> Path:
    """The project's wheel, built from a copy of what git would hand to a stranger."""
    source = tmp_path_factory.mktemp("source")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "sitegen", "themes"],
        cwd=root, check=True, capture_output=True, text=True, encoding="utf-8",
    ).stdout.split("\0")  # fmt: skip
    for name in [*filter(None, listed), "pyproject.toml", "README.md", "LICENSE"]:
        if (root / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, source / name)
    run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", source / "dist", source], source)
    (made,) = (source / "dist").glob("*.whl")
    return made


def run(command: list[str | Path], cwd: Path) -> str:
    """What a command printed; a failure shows it, and a missing network (or pip) is a reason to skip."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COVERAGE", "COV_"))}
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, check=False, env=clean, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode and "pip" in command and NO_NETWORK.search(done.stdout):
        pytest.skip("packages cannot be fetched here (no network, or no pip)")
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


def test_the_wheel_carries_the_program_its_themes_and_nothing_else(root, wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    of_wheel = {name for name in names if ".dist-info/" not in name}
    themes = {path.relative_to(root).as_posix() for path in (root / "themes").rglob("*") if path.is_file()}

    assert {"sitegen/py.typed", "sitegen/cli/__init__.py"} <= of_wheel
    assert {f"sitegen/{name}" for name in themes if "__pycache__" not in name} <= of_wheel
    assert all(name.startswith("sitegen/") for name in of_wheel)
    assert not [name for name in of_wheel if "__pycache__" in name or name.startswith("sitegen/tests")]


@pytest.mark.parametrize("python", interpreters(), ids=version_of)
def test_the_wheel_in_an_empty_environment_makes_a_site(python, wheel, tmp_path):
    environment = tmp_path / "environment"
    run([python, "-m", "venv", environment], tmp_path)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    run([programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel], tmp_path)

    run([programs / "sitegen", "init", "demo"], tmp_path)
    run([programs / "sitegen", "build"], tmp_path / "demo")

    public = tmp_path / "demo" / "public"
    assert "<!doctype html>" in (public / "index.html").read_text(encoding="utf-8")[:100].lower()
    assert all((public / name).is_file() for name in ("404.html", "feed.xml", "atom.xml", "feed.json", "sitemap.xml"))
    assert list((public / "assets").glob("*.css"))


def test_the_version_is_the_one_of_the_package(root, wheel, tmp_path):
    told = run([sys.executable, "-m", "sitegen", "--version"], tmp_path)

    assert wheel.name.split("-")[1] in told
