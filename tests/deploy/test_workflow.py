"""`deploy --init`: files that other hosts can read, and that overwrite nothing."""

import subprocess
import tomllib

import pytest
import yaml

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
