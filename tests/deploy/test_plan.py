"""The plan: what differs between a site and a branch, as values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.catalog.limits import MAX_FILE_BYTES, said_size
from sitegen.deploy.git import quoted
from sitegen.deploy.plan import (
    Entry,
    File,
    Step,
    blob_id,
    forbidden,
    plan_publish,
    too_many_removals,
)

EMPTY = blob_id(b"")
OTHER = blob_id(b"other")
JEKYLL = {".nojekyll": Entry("100644", EMPTY)}


def test_a_file_is_named_as_git_names_it():
    assert blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert blob_id(b"hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a"


def test_equal_trees_need_no_step():
    assert plan_publish({"a": File(OTHER, 5)}, {"a": Entry("100644", OTHER), **JEKYLL}).steps == ()


def test_added_changed_and_removed_files_are_told_apart():
    plan = plan_publish(
        {"new": File(OTHER, 5), "changed": File(OTHER, 5), "script": File(EMPTY, 0)},
        {"changed": Entry("100644", EMPTY), "script": Entry("100755", EMPTY), "old": Entry("100644", EMPTY), **JEKYLL},
    )

    assert plan.steps == (
        Step("remove", "old"), Step("add", "new", 5), Step("change", "changed", 5), Step("change", "script", 0),
    )  # fmt: skip


def test_a_branch_without_it_gets_the_file_that_turns_jekyll_off():
    assert plan_publish({}, {}).steps == (Step("add", ".nojekyll", 0),)


def test_the_domain_and_what_is_on_the_keep_list_stay():
    branch = {name: Entry("100644", OTHER) for name in ("CNAME", "google123.html", "old/a/b", "old.html", "gone")}
    plan = plan_publish({}, branch | JEKYLL, keep=("google*.html", "old/"))

    assert plan.kept == ("CNAME", "google123.html", "old/a/b")
    assert plan.paths("remove") == ("gone", "old.html")


def test_a_domain_of_the_config_is_written():
    plan = plan_publish({}, {"CNAME": Entry("100644", OTHER), **JEKYLL}, domain="example.org")

    assert plan.steps == (Step("change", "CNAME", 12),)
    assert plan.made["CNAME"] == b"example.org\n"


def test_the_sites_own_domain_file_wins():
    assert "CNAME" not in plan_publish({"CNAME": File(OTHER, 5)}, JEKYLL, domain="example.org").made


@pytest.mark.parametrize(("output", "kept"), [("old/index.html", "old"), ("old", "old/index.html")])
def test_a_kept_file_where_the_site_needs_a_folder_is_a_problem(output, kept):
    plan = plan_publish({output: File(OTHER, 5)}, {kept: Entry("100644", OTHER)}, keep=(kept,))

    assert [problem.code for problem in plan.problems] == ["deploy.keep"]


@pytest.mark.parametrize(
    "path",
    [".env", "a/.env.production", ".git/config", "a/.git/HEAD", "keys/id_ed25519", "server.pem", ".ssh/x", "x.KEY"],
)
def test_a_secret_is_not_published(path):
    assert [problem.code for problem in forbidden({path: File(EMPTY, 1)})] == ["deploy.secret"]


@pytest.mark.parametrize(
    "path", [".env.example", "environment.html", ".well-known/security.txt", "keys/index.html", ".gitignore"]
)
def test_what_only_resembles_a_secret_is_published(path):
    assert forbidden({path: File(EMPTY, 1)}) == []


def test_a_file_or_a_site_too_large_for_the_host_is_not_published():
    large = {"video.mp4": File(EMPTY, MAX_FILE_BYTES + 1)}
    many = {f"{n}.bin": File(EMPTY, MAX_FILE_BYTES) for n in range(11)}

    assert [problem.code for problem in forbidden(large)] == ["deploy.file-size"]
    assert [problem.code for problem in forbidden(many)] == ["deploy.site-size"]


def test_more_removals_than_allowed_are_a_problem():
    plan = plan_publish({}, {name: Entry("100644", OTHER) for name in "abc"})

    assert too_many_removals(plan, 2)
    assert too_many_removals(plan, 3) is None
    assert too_many_removals(plan, 0) is None


def test_what_each_build_names_anew_does_not_count_as_removed():
    branch = {f"pagefind/index/{n}.pf_index": Entry("100644", "0" * 40) for n in range(9)}
    branch |= {"assets/site.0a1b2c3d.css": Entry("100644", "0" * 40), "old/index.html": Entry("100644", "0" * 40)}
    plan = plan_publish({}, branch)

    assert len(plan.paths("remove")) == 11
    assert too_many_removals(plan, 1) is None
    assert too_many_removals(plan_publish({}, {**branch, "b.html": Entry("100644", "0" * 40)}), 1) is not None


def test_sizes_are_said_as_people_read_them():
    assert [said_size(n) for n in (812, 4200, 100 * 1024**2, 1024**3)] == ["812 B", "4.1 kB", "100.0 MB", "1.00 GB"]


def test_paths_are_quoted_as_c_quotes_them():
    assert quoted('a "b"\n\\ü') == b'"a \\042b\\042\\012\\134\xc3\xbc"'


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1))
def test_no_path_ends_its_quotes_or_its_line(path):
    inner = quoted(path)[1:-1]

    assert b'"' not in inner
    assert b"\n" not in inner
