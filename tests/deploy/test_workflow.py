"""`deploy --init`: files that other hosts can read, and that overwrite nothing."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
import yaml

from sitegen.build.publish import LIST
from sitegen.deploy.workflow import HOSTS, Place, file_for


def load(text: str) -> dict:
    return yaml.load(text, yaml.BaseLoader)  # "on" stays a word


@pytest.fixture(params=[Place(), Place(branch='o"dd', folder="docs/my site", output="out", install="pip install .")])
def place(request):
    return request.param


def test_the_workflow_has_the_keys_that_pages_needs(place):
    workflow = load(file_for("github", place).text)
    build, deploy = workflow["jobs"]["build"], workflow["jobs"]["deploy"]
    used = {step["uses"]: step.get("with", {}) for step in (*build["steps"], *deploy["steps"]) if "uses" in step}

    assert workflow.keys() == {"name", "on", "permissions", "concurrency", "jobs"}
    assert workflow["on"]["push"]["branches"] == [place.branch]
    assert workflow["on"].keys() == {"push", "schedule", "workflow_dispatch"}
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"] == {"group": "pages", "cancel-in-progress": "false"}
    assert deploy["permissions"] == {"pages": "write", "id-token": "write"}
    assert deploy["environment"]["name"] == "github-pages"
    assert deploy["needs"] == "build"
    assert {name.removeprefix("actions/") for name in used} == set(
        "checkout@v7 setup-python@v6 cache@v6 configure-pages@v6 upload-pages-artifact@v5 deploy-pages@v5".split()
    )
    assert used["actions/upload-pages-artifact@v5"] == {
        "path": place.below(place.output),
        "include-hidden-files": "true",
    }
    assert used["actions/cache@v6"]["path"] == place.below(".sitegen")
    assert "${{ github.sha }}" in used["actions/cache@v6"]["key"]


def schema(name: str) -> dict:
    """A schema as SchemaStore publishes it, from the package that carries it."""
    place = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / name
    return json.loads(place.read_text("utf-8"))


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("github", "github-workflows.json"),
        ("gitlab", "gitlab-ci.json"),
        ("codeberg", "woodpecker-ci.json"),
    ],
)
def test_the_file_fits_the_published_schema_of_its_host(place, host, name):
    class Typed(yaml.SafeLoader):
        """YAML 1.2: `on` is a word."""

    Typed.yaml_implicit_resolvers = {
        letter: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool" or letter in "tTfF"]
        for letter, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    value = yaml.load(file_for(host, place).text, Typed)
    checker = jsonschema.validators.validator_for(schema(name))(schema(name))

    assert [error.message for error in checker.iter_errors(value)] == []


def test_the_published_schema_would_find_a_wrong_key(place):
    value = load(file_for("github", place).text)
    value["jobs"]["build"]["runs_on"] = value["jobs"]["build"].pop("runs-on")
    checker = jsonschema.validators.validator_for(schema("github-workflows.json"))(schema("github-workflows.json"))

    assert list(checker.iter_errors(value))


def test_the_workflow_builds_strictly_for_the_address_that_github_gives(place):
    [step] = [each for each in load(file_for("github", place).text)["jobs"]["build"]["steps"] if "env" in each]

    assert step["run"] == 'sitegen build --strict --base-url "$BASE_URL"'
    assert step["env"] == {"BASE_URL": "${{ steps.pages.outputs.base_url }}/"}


def test_a_site_below_the_top_is_built_where_it_lies(place):
    build = load(file_for("github", place).text)["jobs"]["build"]

    assert build.get("defaults", {}).get("run", {}).get("working-directory", "") == place.folder


def test_the_other_hosts_files_parse_and_build_strictly(place):
    for host in ("gitlab", "codeberg"):
        assert isinstance(load(file_for(host, place).text), dict)
    netlify = tomllib.loads(file_for("netlify", place).text)
    cloudflare = tomllib.loads(file_for("cloudflare", place).text)
    script = file_for("rsync", place).text

    assert load(file_for("gitlab", place).text)["pages"]["pages"]["publish"] == place.below(place.output)
    assert "--strict" in netlify["build"]["command"]
    assert netlify["build"]["publish"] == cloudflare["pages_build_output_dir"] == place.output
    assert subprocess.run(["sh", "-n"], input=script.encode(), check=False).returncode == 0


def test_the_rsync_script_brings_a_folder_to_what_was_built(site, tmp_path):
    """What is there already stays when it is the same, is replaced when it is not, and goes when the site lost it."""
    if shutil.which("rsync") is None:
        pytest.skip("no rsync here (Debian: rsync)")
    assert site.deploy("--init", "--target", "rsync").exit_code == 0
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/sitegen").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sitegen "$@"\n', "utf-8")
    (tmp_path / "bin/sitegen").chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    server = tmp_path / "a server"
    site.write("static/.well-known/a file", "first")

    def copied() -> dict[str, bytes]:
        done = subprocess.run(
            ["sh", site.root / "deploy.sh", f"{server}/"], cwd=tmp_path, env=environment, check=False,
            capture_output=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        return files_below(server)

    first = copied()
    site.write("static/.well-known/a file", "other")  # as long as before
    (site.root / "content/two.md").unlink()
    second = copied()

    assert "index.html" in first
    assert "2024/01/two/index.html" in first
    assert first[".well-known/a file"] == b"first"
    assert second == files_below(site.root / "public")
    assert second[".well-known/a file"] == b"other"
    assert "2024/01/two/index.html" not in second


def files_below(folder: Path) -> dict[str, bytes]:
    """What a folder serves: all but sitegen's own list."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != LIST
    }


@pytest.mark.parametrize("host", HOSTS)
def test_a_file_is_written_once_and_never_overwritten(site, host):
    first = site.deploy("--init", "--target", host)
    path = site.root / first.output.split("\n")[0].removeprefix("wrote ")
    path.write_text("mine", "utf-8")
    second = site.deploy("--init", "--target", host)

    assert first.exit_code == 0
    assert "next: " in first.output
    assert second.exit_code == 2
    assert "is there already" in second.stderr
    assert path.read_text("utf-8") == "mine"


def test_an_unknown_host_is_a_usage_error(site):
    assert "did you mean netlify?" in site.deploy("--init", "--target", "netlfy").stderr
