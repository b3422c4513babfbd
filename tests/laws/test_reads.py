"""Every file that a build opens below the site and its themes is one that its scan has recorded.

The audit hook of the interpreter sees each `open`, whoever calls it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laws.sites import CONFIG, MEMORY, OUTPUT, article, build, sources, write

ROOT = Path(__file__).resolve().parents[2]

RUN = """
import json, os, sys
opened = set()
def hook(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)) and not (args[2] or 0) & (os.O_WRONLY | os.O_RDWR):
        opened.add(os.path.abspath(os.fsdecode(args[0])))
sys.addaudithook(hook)
from pathlib import Path
from sitegen.build.options import BuildOptions
from sitegen.build.session import Session
site = Path(sys.argv[1])
with Session(site, site / "sitegen.yaml", BuildOptions(as_of=1_800_000_000)) as session:
    report = session.build()
    assert not report.failed, report.problems
    scan = session._scan()[0]
recorded = {str(files.folder / name) for files in scan.all() for name in files}
json.dump({"opened": sorted(opened), "recorded": sorted(recorded), "rendered": len(report.rendered)}, sys.stdout)
"""


def run(site: Path) -> dict:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(site)], check=False, capture_output=True, text=True, env=env, cwd=ROOT
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def foreign(found: dict, site: Path) -> set[str]:
    """What was opened below the site or the shipped themes, is no output, no memory, and was not recorded."""
    ours = (str(site), str(ROOT / "themes"))
    read_by_name = ("sitegen.yaml", "urls.txt", "stories.yaml")  # the fingerprint of a scan holds them
    free = (str(site / OUTPUT), str(site / MEMORY), str(site / ".public"), *(str(site / name) for name in read_by_name))
    return {
        path
        for path in found["opened"]
        if path.startswith(ours)
        and not path.startswith(free)
        and not Path(path).is_dir()
        and path not in found["recorded"]
    }


@pytest.fixture
def site(tmp_path: Path) -> Path:
    extra = {
        "static/x.txt": b"x", "data/y.yaml": b"a: 1\n", "templates/partials/n.html": b"n",
        "templates/404.html":
            b"{% extends 'plain/404.html' %}{% block main %}{% include 'partials/n.html' %}{% endblock %}",
        "content/t/index.md": article(5).encode(), "content/t/p.svg": b"<svg/>", "content/_draft.md": b"hidden",
        "themes/mine/theme.yaml": b"api: 1\nname: mine\nversion: 1.0.0\n", "themes/mine/i18n/en.yaml": b"menu: M\n",
        "themes/mine/static/a.css": b"p{}", "notes/secret.txt": b"no part of the site",
    }  # fmt: skip
    return write(tmp_path / "site", {**sources(config=CONFIG.replace("plain", "[mine, gazette, plain]")), **extra})


def test_every_file_that_a_build_reads_is_recorded(site):
    found = run(site)

    assert found["rendered"] > 20
    assert {path for path in found["opened"] if path.startswith(str(site / "content"))}  # the hook does see
    assert not foreign(found, site)


def test_every_file_that_a_rebuild_reads_is_recorded(site):
    assert not build(site).failed
    write(site, {"content/a1.md": article(1, slug="a1", title="Other").encode(), "templates/partials/n.html": b"m"})

    found = run(site)

    assert 0 < found["rendered"] < 40
    assert not foreign(found, site)
