"""`doctor`: what should be, and each contradiction with a way to mend it."""

import json

import pytest

from sitegen.deploy.doctor import Facts, examine
from sitegen.deploy.workflow import Place, file_for

from .conftest import git

WELL = Facts(
    config="sitegen.yaml",
    base_url="https://ann.github.io/notes/",
    remote="origin",
    address="git@github.com:ann/notes.git",
    branch="gh-pages",
    branch_files=(".nojekyll", "index.html"),
    current="main",
)
ACTIONS = {
    "workflow_path": ".github/workflows/pages.yml",
    "workflow": file_for("github", Place()).text,
    "branch_files": None,
}


def changed(**fields: object) -> Facts:
    return Facts(**{name: getattr(WELL, name) for name in WELL.__struct_fields__} | fields)


def test_what_should_be_is_derived_from_the_remote():
    diagnosis = examine(WELL)

    assert diagnosis.findings == ()
    assert dict(diagnosis.expected) == {
        "remote": "origin (git@github.com:ann/notes.git)",
        "source": "the branch gh-pages, folder /",
        "base_url": "https://ann.github.io/notes/",
        "base path": "/notes",
        "CNAME": "none",
        ".nojekyll": "on the branch; deploy writes it",
    }


def test_our_own_workflow_contradicts_nothing():
    diagnosis = examine(changed(**ACTIONS, base_url="http://localhost/"))

    assert diagnosis.findings == ()
    assert dict(diagnosis.expected)["source"].startswith("GitHub Actions")


@pytest.mark.parametrize(
    ("fields", "code", "is_error"),
    [
        ({"base_url": "https://ann.github.io/"}, "deploy.base-path", True),
        ({"base_url": "http://localhost/"}, "deploy.base-url", True),
        ({"branch_files": ("index.html",)}, "doctor.no-jekyll", True),
        ({"branch_files": None}, "doctor.branch", False),
        ({"current": "gh-pages"}, "doctor.branch", True),
        ({"domain": "not a domain"}, "doctor.domain", True),
        ({"static_cname": ""}, "doctor.cname", True),
        ({"ignored": ("content",)}, "doctor.ignored", True),
        ({"unignored": (".sitegen/",)}, "doctor.unignored", False),
        ({**ACTIONS, "branch_files": ("index.html",)}, "doctor.two-sources", False),
        ({**ACTIONS, "static_cname": "a.example", "base_url": "https://a.example/"}, "doctor.cname", False),
        ({**ACTIONS, "current": "trunk"}, "doctor.branches", False),
        ({**ACTIONS, "workflow": ACTIONS["workflow"].replace("include-hidden-files: true", "")}, "doctor.hidden", True),
        ({**ACTIONS, "workflow": ACTIONS["workflow"].replace("id-token: write", "")}, "doctor.permissions", True),
        ({**ACTIONS, "workflow": ACTIONS["workflow"].replace("artifact@v5", "artifact@v3")}, "doctor.action", True),
    ],
)
def test_each_contradiction_is_found_with_a_way_to_mend_it(fields, code, is_error):
    diagnosis = examine(changed(**fields))

    assert code in [finding.code for finding in diagnosis.findings]
    assert all(finding.help for finding in diagnosis.findings)
    assert diagnosis.is_well is not is_error


def test_two_domains_contradict_each_other():
    facts = changed(domain="a.example", base_url="https://a.example/", branch_cname="b.example",
                    branch_files=("CNAME", ".nojekyll"))  # fmt: skip

    assert [finding.code for finding in examine(facts).findings] == ["doctor.cname"]


def test_a_deployed_site_is_well_and_nothing_is_touched(site):
    site.deploy()
    git(site.root, "fetch", "-q", "origin")
    before = git(site.root, "count-objects", "-v")
    result = site.run("doctor")

    assert result.exit_code == 0, result.output + result.stderr
    assert "nothing contradicts it" in result.output
    assert git(site.root, "count-objects", "-v") == before


def test_a_site_without_a_remote_is_told_so_with_exit_code_1(site):
    git(site.root, "remote", "remove", "origin")
    result = site.run("doctor", "--json")
    found = json.loads(result.output)

    assert result.exit_code == 1
    assert found["well"] is False
    assert "deploy.no-remote" in [finding["code"] for finding in found["findings"]]
    assert found["expected"]["remote"] == "none"
