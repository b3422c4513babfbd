"""`deploy` on real repositories: what gets to the branch, what stays, and what is refused."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from sitegen.build.publish import LIST
from sitegen.catalog.limits import MAX_FILE_BYTES
from sitegen.deploy.git import bench_for
from sitegen.deploy.memory import NAME, read_memory
from sitegen.deploy.origin import find_origin
from sitegen.deploy.publishing import DeployOptions, publish
from sitegen.digest import digest_bytes
from sitegen.errors import BuildError

from .conftest import bare, files_of, git, is_sound, push_files


def state_of(folder: Path) -> dict[str, object]:
    """Everything of a user's repository that a deployment must not move."""
    objects = folder / ".git"
    return {
        "files": sorted(
            (path.relative_to(objects).as_posix(), path.stat().st_mtime_ns, path.read_bytes())
            for path in objects.rglob("*")
            if path.is_file()
        ),
        "folders": sorted(path.relative_to(objects).as_posix() for path in objects.rglob("*") if path.is_dir()),
    }


def built(site) -> dict[str, bytes]:
    top = site.root / "public"
    found = {path.relative_to(top).as_posix(): path.read_bytes() for path in top.rglob("*") if path.is_file()}
    del found[".sitegen-output"]
    return found


def test_the_first_deployment_makes_the_branch_with_exactly_the_site(site):
    result = site.deploy()

    assert result.exit_code == 0, result.stderr
    assert files_of(site.remote) == {**built(site), ".nojekyll": b""}
    assert is_sound(site.remote)


def test_nothing_changed_is_nothing_to_publish(site):
    site.deploy()
    before = site.commits()

    assert "Nothing to publish" in site.deploy().output
    assert site.commits() == before


def test_a_change_is_one_commit_on_top_of_the_last(site):
    site.deploy()
    [first] = site.commits()
    site.article("one", body="Other words.")
    site.article("three")
    (site.root / "content/two.md").unlink()
    result = site.deploy()

    assert site.commits()[1:] == [first]
    assert files_of(site.remote) == {**built(site), ".nojekyll": b""}
    assert not any("/two/" in path for path in files_of(site.remote))
    assert "removed" in result.output
    assert is_sound(site.remote)


def test_the_users_repository_is_not_touched(site):
    site.write("content/one.md", "---\ntitle: Staged\ndate: 2024-01-02\n---\n\nWords.\n")
    git(site.root, "add", "content/one.md")
    site.write("untracked.txt", "mine")
    before = state_of(site.root)
    site.deploy()
    site.article("four")
    site.deploy()
    (site.root / "content/four.md").unlink()

    assert state_of(site.root) == before
    assert git(site.root, "status", "--porcelain").split("\n") == [
        "M  content/one.md",
        "?? untracked.txt",
        "?? urls.txt",
    ]


def test_a_dry_run_lists_every_change_and_leaves_no_trace(site, tmp_path, monkeypatch):
    site.deploy()
    site.article("three", body="word " * 1000)
    (site.root / "content/two.md").unlink()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    before, branch, urls = state_of(site.root), state_of_bare(site.remote), (site.root / "urls.txt").read_bytes()
    result = site.deploy("--dry-run")

    assert "added    2024/01/three/index.html  " in result.output
    assert "removed  2024/01/two/index.html" in result.output
    assert "would change" in result.output
    assert (state_of(site.root), state_of_bare(site.remote), (site.root / "urls.txt").read_bytes()) == (
        before,
        branch,
        urls,
    )
    assert list((tmp_path / "temporary").iterdir()) == []


def state_of_bare(folder: Path) -> list[tuple[str, bytes]]:
    return sorted(
        (path.relative_to(folder).as_posix(), path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    )


def test_domain_and_keep_list_survive_on_the_branch(site, tmp_path):
    site.write(
        "sitegen.yaml", "title: T\nbase_url: https://example.org/\ntheme: plain\ndeploy: {keep: [google*.html, old/]}\n"
    )
    push_files(site.remote, tmp_path / "other", {
        "CNAME": "example.org\n", "google12.html": "proof", "old/a/b.txt": "kept", "stale.html": "goes",
    })  # fmt: skip
    result = site.deploy()
    after = files_of(site.remote)

    assert result.exit_code == 0, result.stderr
    assert after == {
        **built(site), ".nojekyll": b"", "CNAME": b"example.org\n", "google12.html": b"proof", "old/a/b.txt": b"kept",
    }  # fmt: skip


def test_a_domain_of_the_config_is_written_to_the_branch(site):
    site.write(
        "sitegen.yaml", "title: T\nbase_url: https://example.org/\ntheme: plain\ndeploy: {domain: example.org}\n"
    )
    site.deploy()

    assert files_of(site.remote)["CNAME"] == b"example.org\n"


@pytest.mark.skipif(sys.platform == "win32", reason="no such names on Windows")
def test_names_with_spaces_quotes_newlines_and_any_script_are_published(site):
    names = [
        "a b.txt",
        'quo"te.txt',
        "back\\slash.txt",
        "new\nline.txt",
        "tab\t.txt",
        "ünï/日本 語.txt",
        " lead",
        "-x",
        "#h",
        "é\u0301",
    ]
    for name in names:
        site.write(f"static/{name}", name)
    result = site.deploy()
    after = files_of(site.remote)

    assert result.exit_code == 0, result.stderr
    assert {name: after[name].decode() for name in names} == {name: name for name in names}
    assert "Nothing to publish" in site.deploy().output
    shutil.rmtree(site.root / "static")
    site.write("static/keep.txt", "k")
    site.deploy()
    assert not set(names) & set(files_of(site.remote))
    assert is_sound(site.remote)


def test_a_file_that_becomes_a_folder_and_back_is_published(site):
    for path in ("static/a", "static/a/b", "static/a"):
        shutil.rmtree(site.root / "static", ignore_errors=True)
        site.write(path, path)
        assert site.deploy().exit_code == 0
        assert files_of(site.remote)[path.removeprefix("static/")] == path.encode()


def test_without_history_one_commit_stays_with_the_whole_site(site, tmp_path):
    push_files(site.remote, tmp_path / "other", {"CNAME": "example.org\n"})
    site.deploy()
    site.article("three")
    result = site.deploy("--no-history")

    assert result.exit_code == 0, result.stderr
    assert len(site.commits()) == 1
    assert files_of(site.remote) == {**built(site), ".nojekyll": b"", "CNAME": b"example.org\n"}
    assert is_sound(site.remote)


def test_the_commit_is_dated_by_source_date_epoch_and_says_what_changed(site, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    site.deploy()
    site.article("three")
    site.deploy("--message", "Über „alles“\n\nand more")

    last = git(site.remote, "log", "--format=%ct %at %cn %B", "-1", "gh-pages")
    first = git(site.remote, "log", "--format=%ct %s", "-1", "gh-pages~1")
    assert last.rstrip() == "1700000000 1700000000 A Writer Über „alles“\n\nand more"
    assert first.startswith("1700000000 Publish: ")


def test_two_deployments_of_the_same_site_make_the_same_commit(site, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    site.deploy()
    other = bare(tmp_path / "second.git")
    site.deploy("--remote", str(other))

    assert git(other, "rev-parse", "gh-pages") == site.commits()[0]


def test_another_branch_and_a_target_of_the_config_are_published_to(site, tmp_path):
    other = bare(tmp_path / "second.git")
    git(site.root, "remote", "add", "second", str(other))
    targets = "deploy: {targets: {test: {remote: second, branch: site, base_url: https://test.example/x/}}}\n"
    site.write("sitegen.yaml", "title: T\nbase_url: https://example.org/\ntheme: plain\n" + targets)
    result = site.deploy("--target", "test")

    assert result.exit_code == 0, result.stderr
    assert b"https://test.example/x/" in files_of(other, "site")["sitemap.xml"]
    assert site.commits() == []
    assert "did you mean test?" in site.deploy("--target", "tets").stderr


# Refusals


def refused(site, *words: str) -> str:
    """The words of a deployment that fails, and leaves the branch as it is."""
    before = site.commits()
    result = site.deploy(*words)
    assert result.exit_code in (1, 2), result.output
    assert site.commits() == before
    return result.stderr


def test_a_broken_article_is_not_published(site):
    site.write("content/bad.md", "---\ntitle: [\n---\n")

    assert "nothing was published" in refused(site)


def test_a_draft_is_not_published_though_the_config_builds_drafts(site):
    site.write("sitegen.yaml", "title: T\nbase_url: https://example.org/\ntheme: plain\nbuild: {drafts: true}\n")
    site.article("secret", more="draft: true\n")

    assert "content/secret.md: is a draft" in refused(site)


def test_drafts_of_an_earlier_build_are_gone_from_what_is_published(site):
    site.article("secret", more="draft: true\n")
    site.run("build", "-D")
    site.deploy()

    assert not any("secret" in path for path in files_of(site.remote))


def test_an_address_of_this_machine_is_not_published(site):
    assert "only this machine knows" in refused(site, "-u", "http://localhost:8000/")


@pytest.mark.parametrize("name", [".env", "deploy.key", "keys/id_ed25519", ".well-known/server.pem"])
def test_a_secret_in_the_output_is_not_published(site, name):
    site.write(f"static/{name}", "TOKEN=1")

    assert f"{name}: looks like a secret" in refused(site)


def test_a_repository_in_the_output_is_not_published(site):
    site.deploy()
    (site.root / "static/old").mkdir(parents=True)
    git(site.root / "static/old", "init", "-q", ".")
    site.deploy()

    assert not any(".git/" in path for path in files_of(site.remote))


def sparse(path: Path, size: int) -> None:
    """A file of this many bytes that takes no room on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.truncate(size)


def test_a_file_over_100_mb_is_not_published(site):
    sparse(site.root / "static/film.bin", MAX_FILE_BYTES + 1024 * 1024)

    assert "film.bin: is 101.0 MB; GitHub takes no file over 100.0 MB" in refused(site)


def test_a_site_over_a_gigabyte_is_not_published(site):
    """Eleven outputs of the same bytes, of which one has to be read."""
    site.run("build")
    folder = site.root / "public"
    for n in range(11):
        sparse(folder / f"film-{n}.bin", 99 * 1024 * 1024)
    digest = digest_bytes((folder / "film-0.bin").read_bytes()).hex()
    with (folder / LIST).open("a", encoding="utf-8") as stream:
        stream.writelines(f"{digest} film-{n}.bin\n" for n in range(11))
    origin = find_origin(site.root, "origin", "gh-pages")

    with pytest.raises(BuildError, match=r"the site has 1.06 GB; GitHub Pages takes no more than 1.00 GB"):
        publish(site.root, folder, "https://example.org/", "sitegen.yaml", origin, DeployOptions())
    assert site.commits() == []


def test_more_removals_than_allowed_are_refused_and_forced(site):
    for name in ("a", "b"):
        site.write(f"static/{name}.txt", name)
    site.deploy()
    shutil.rmtree(site.root / "static")

    assert "2 files of the branch would be removed, and no more than 1" in refused(site, "--max-deletes", "1")
    assert site.deploy("--max-deletes", "1", "--force").exit_code == 0


def test_the_address_of_the_example_is_told_where_no_host_tells_another(site):
    assert "an example that is nobody's address" in site.deploy().stderr
    assert "nobody's address" not in site.deploy("-u", "https://river.test/").stderr


def test_pages_are_named_before_other_files_and_a_warning_is_counted_once(site):
    site.article("three", more="datum: 2024-01-01\ndaet: x\n")
    said = site.deploy()
    steps = [line.split()[1] for line in said.output.splitlines() if line.startswith("  added")]
    pages = [path for path in steps if path.endswith(".html")]

    assert steps[: len(pages)] == pages
    assert "daet" in said.stderr
    assert "see all with" not in said.stderr


def test_a_branch_with_the_sources_is_not_published_over(site):
    git(site.root, "push", "-q", "origin", "main")

    assert "holds the site's sources" in site.deploy("--branch", "main").stderr
    assert "sitegen.yaml" in files_of(site.remote, "main")


def test_a_domain_on_the_branch_is_compared_with_the_address(site, tmp_path):
    push_files(site.remote, tmp_path / "other", {"CNAME": "example.org\n"})

    assert "base_url is https://example.org/path/" in refused(site, "-u", "https://example.org/path/")
    assert site.deploy("-u", "https://example.org/path/", "--force").exit_code == 0


# What git can meet


def test_a_remote_that_refuses_says_why_and_keeps_its_branch(site):
    site.deploy()
    hook = site.remote / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'no deployments on Fridays' >&2\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    site.article("three")
    urls = (site.root / "urls.txt").read_bytes()
    said = refused(site)

    assert "no deployments on Fridays" in said
    assert "refuses the commit" in said
    assert (site.root / "urls.txt").read_bytes() == urls


def test_no_repository_no_remote_and_a_remote_that_is_gone_are_said(site, tmp_path):
    git(site.root, "remote", "rename", "origin", "upstream")
    assert "known are: upstream" in refused(site)
    git(site.root, "remote", "remove", "upstream")
    assert "git remote add origin" in refused(site)
    assert "there is no repository at" in refused(site, "--remote", str(tmp_path / "nowhere.git"))
    shutil.rmtree(site.root / ".git")
    assert "the site is in no git repository" in refused(site)


def test_a_site_in_a_bare_repository_is_published_to_its_remote(site, tmp_path):
    """A bare repository has remotes as any other has; only a work tree it has not."""
    shutil.rmtree(site.root / ".git")
    git(site.root, "init", "-q", "--bare", ".")
    git(site.root, "remote", "add", "origin", str(site.remote))

    assert site.deploy().exit_code == 0
    assert "index.html" in files_of(site.remote)


def test_what_the_check_calls_an_error_is_not_published(site):
    site.write("static/list.json", "{")
    said = refused(site)

    assert "static/list.json: is not JSON" in said
    assert site.commits() == []


def test_words_of_a_draft_in_a_static_file_are_not_published(site):
    secret = "Nobody may read that the council will sell the old ferry to a collector from the city before winter."
    site.article("hidden", body=secret, more="draft: true\n")
    site.write("static/notes.txt", secret)
    said = refused(site)

    assert "static/notes.txt: holds words of content/hidden.md, which is a draft" in said
    assert site.commits() == []


def test_a_missing_git_is_said(site, monkeypatch, tmp_path):
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))

    assert "git is not installed" in site.deploy().stderr


def test_a_git_that_is_too_old_is_said(site, monkeypatch, tmp_path):
    """Everything but its version is the real one's."""
    real = shutil.which("git")
    (tmp_path / "old").mkdir()
    (tmp_path / "old/git").write_text(
        f'#!/bin/sh\n[ "$1" = version ] && echo "git version 2.25.1" || exec {real} "$@"\n', "utf-8"
    )
    (tmp_path / "old/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'old'}{os.pathsep}{os.environ['PATH']}")

    assert "git version 2.25.1 is too old to publish with" in refused(site)


def test_a_repository_of_another_user_is_said_with_the_command_that_trusts_it(site, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    assert f"help: say  git config --global --add safe.directory {site.root}" in site.deploy().stderr


def test_a_branch_that_must_keep_its_history_is_said_and_keeps_it(site):
    site.deploy()
    git(site.remote, "config", "receive.denyNonFastForwards", "true")
    site.article("three")
    said = refused(site, "--no-history")

    assert "does not let go of the commits that it has" in said
    assert "leave out  --no-history" in said
    assert site.deploy().exit_code == 0
    assert len(site.commits()) == 2


def test_a_repository_with_other_names_for_commits_is_said(site, tmp_path):
    other = tmp_path / "sha256.git"
    git(tmp_path, "init", "-q", "--bare", "--object-format=sha256", str(other))
    empty = site.deploy("--remote", str(other)).stderr
    push_files(other, tmp_path / "scratch", {"index.html": "x"}, format="sha256")
    filled = site.deploy("--remote", str(other)).stderr

    for said in (empty, filled):
        assert "names its commits by SHA-256" in said, said
        assert "help: make it anew" in said


def test_a_domain_file_among_the_sources_is_compared_with_the_address(site):
    site.write("static/CNAME", "example.org\n")

    assert "base_url is https://example.org/path/, but CNAME says example.org" in refused(
        site, "-u", "https://example.org/path/"
    )
    assert site.deploy().exit_code == 0
    assert files_of(site.remote)["CNAME"] == b"example.org\n"


def test_a_repository_without_a_commit_is_as_good_as_any(site):
    shutil.rmtree(site.root / ".git")
    git(site.root, "init", "-q", ".")
    git(site.root, "remote", "add", "origin", str(site.remote))

    assert site.deploy().exit_code == 0
    assert "index.html" in files_of(site.remote)


def test_an_unknown_committer_is_said(site, monkeypatch):
    for name in ("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    git(site.root, "config", "user.useConfigOnly", "true")

    assert "git does not know who commits" in refused(site)


def over_ssh(site, monkeypatch, folder: Path, script: str) -> None:
    """Let the remote be one on GitHub, and `script` what answers instead: a real git, and no network."""
    git(site.root, "remote", "set-url", "origin", "git@github.com:ann/notes.git")
    (folder / "ssh").write_text(f"#!/bin/sh\nfor last; do :; done\n{script}\n", "utf-8")
    (folder / "ssh").chmod(0o755)
    git(site.root, "config", "core.sshCommand", str(folder / "ssh"))
    (folder / "ann").mkdir(exist_ok=True)
    (folder / "ann/notes.git").symlink_to(site.remote)
    monkeypatch.setenv("SERVED", str(folder))


def test_a_remote_without_the_right_to_use_it_is_said(site, monkeypatch, tmp_path):
    over_ssh(site, monkeypatch, tmp_path, "echo 'git@github.com: Permission denied (publickey).' >&2; exit 255")
    said = refused(site, "-u", "https://ann.github.io/notes/")

    assert "there is no right to use gh-pages of git@github.com:ann/notes.git" in said
    assert "Permission denied (publickey)" in said


def test_a_network_that_is_down_is_said(site, monkeypatch, tmp_path):
    over_ssh(site, monkeypatch, tmp_path, "echo 'ssh: Could not resolve hostname github.com' >&2; exit 255")

    assert "cannot be reached" in refused(site, "-u", "https://ann.github.io/notes/")


def test_a_base_path_that_the_remote_contradicts_is_refused(site, monkeypatch, tmp_path):
    over_ssh(site, monkeypatch, tmp_path, 'cd "$SERVED" && eval "$last"')
    said = refused(site, "-u", "https://ann.github.io/")

    assert "help: write  base_url: https://ann.github.io/notes/" in said
    assert site.deploy("-u", "https://ann.github.io/notes/").exit_code == 0


def test_a_remote_that_gives_no_partial_copies_is_published_to_all_the_same(site, monkeypatch, tmp_path):
    over_ssh(site, monkeypatch, tmp_path, 'cd "$SERVED" && eval "$last"')
    for name in ("three", "four"):
        site.article(name)
        assert site.deploy("-u", "https://ann.github.io/notes/").exit_code == 0

    assert "Nothing to publish" in site.deploy("-u", "https://ann.github.io/notes/").output
    assert len(site.commits()) == 2
    assert is_sound(site.remote)


def test_a_token_in_the_remotes_address_is_never_shown(site, tmp_path):
    git(site.root, "remote", "set-url", "origin", "http://ann:s3cret@127.0.0.1:9/notes.git")

    assert "s3cret" not in refused(site)


def test_a_name_that_no_branch_can_have_is_refused(site):
    assert "cannot be the name of a branch" in refused(site, "--branch", "a..b")
    assert "cannot be the name of a branch" in refused(site, "--branch", "--force-it")


def test_a_detached_head_a_shallow_clone_and_a_work_tree_are_as_good_as_any(site, tmp_path):
    git(site.root, "checkout", "-q", "--detach")
    assert site.deploy().exit_code == 0
    git(site.root, "push", "-q", "origin", "HEAD:refs/heads/main")
    git(tmp_path, "clone", "-q", "--depth=1", "--branch", "main", f"file://{site.remote}", "shallow")
    git(site.root, "worktree", "add", "-q", str(tmp_path / "tree"), "HEAD")
    for name in ("shallow", "tree"):
        site.root = tmp_path / name
        site.article(name)
        result = site.deploy()
        assert result.exit_code == 0, result.stderr
        assert f"2024/01/{name}/index.html" in files_of(site.remote)


def test_a_site_in_a_submodule_is_published_to_the_submodules_remote(site, tmp_path):
    git(site.root, "push", "-q", "origin", "main")
    (tmp_path / "outer").mkdir()
    git(tmp_path / "outer", "init", "-q", ".")
    add = ("-c", "protocol.file.allow=always", "submodule", "add", "-q", "-b", "main", str(site.remote), "inner")
    git(tmp_path / "outer", *add)
    site.root = tmp_path / "outer/inner"

    assert site.deploy().exit_code == 0
    assert "index.html" in files_of(site.remote)


def test_a_site_below_the_top_of_its_repository_finds_a_relative_remote(site):
    git(site.root, "remote", "set-url", "origin", "../remote.git")
    (site.root / "deep").mkdir()
    for name in ("content", "sitegen.yaml"):
        (site.root / name).rename(site.root / "deep" / name)
    site.root = site.root / "deep"

    assert site.deploy().exit_code == 0
    assert len(site.commits()) == 1


def test_run_from_a_hook_of_another_repository_it_stays_with_its_own(site, tmp_path, monkeypatch):
    bare(tmp_path / "strange.git")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "strange.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "strange-index"))

    assert site.deploy().exit_code == 0
    monkeypatch.undo()
    assert not (tmp_path / "strange-index").exists()


# What it remembers


def test_published_addresses_are_written_down_only_by_a_deployment(site):
    site.run("build")
    assert not (site.root / "urls.txt").exists()
    site.deploy()
    first = (site.root / "urls.txt").read_text("utf-8")
    site.article("three")
    site.run("build")
    assert (site.root / "urls.txt").read_text("utf-8") == first
    site.deploy()
    second = (site.root / "urls.txt").read_text("utf-8")

    assert "/2024/01/one/\n" in first
    assert second.startswith(first)
    assert "/2024/01/three/\n" in second


@pytest.mark.parametrize("damage", ["missing", "empty", "rubbish", "one bit"])
def test_what_is_remembered_of_the_last_deployment_only_saves_time(site, damage):
    site.deploy()
    memory = site.root / ".sitegen" / NAME
    content = bytearray(memory.read_bytes())
    content[len(content) // 2] ^= 1
    memory.unlink() if damage == "missing" else memory.write_bytes(
        {"empty": b"", "rubbish": b"\x00rubbish", "one bit": content}[damage]
    )

    assert "Nothing to publish" in site.deploy().output


def test_the_branch_is_remembered_as_it_would_be_fetched(site, tmp_path):
    """So a domain, a kept file, one that goes and one that changes its kind are where the remote has them."""
    site.write("sitegen.yaml", "title: T\nbase_url: https://example.org/\ntheme: plain\ndeploy: {keep: [kept/]}\n")
    push_files(site.remote, tmp_path / "other", {"CNAME": "example.org\n", "kept/a.txt": "a", "gone": "b"})
    site.write("static/x", "a file")
    origin = find_origin(site.root, "origin", "gh-pages")
    for step in ("first", "second"):
        site.article("one", body=step)
        site.deploy()
        with bench_for(origin) as bench:
            assert read_memory(site.root / ".sitegen" / NAME).tip_of(origin) == bench.fetch()
        if step == "first":
            (site.root / "static/x").unlink()
            site.write("static/x/y", "now a folder")


def test_a_branch_that_stands_as_it_was_left_is_not_fetched_again(site, monkeypatch, tmp_path):
    site.deploy()
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))

    assert "Nothing to publish" in site.deploy().output
    assert "ls-remote" in (tmp_path / "trace").read_text("utf-8")
    assert "fetch" not in (tmp_path / "trace").read_text("utf-8")


def test_a_branch_that_somebody_set_back_or_deleted_is_published_again(site):
    site.deploy()
    first = site.commits()[0]
    site.article("three")
    site.deploy()
    git(site.remote, "update-ref", "refs/heads/gh-pages", first)

    assert "2024/01/three/index.html" in site.deploy().output
    assert "2024/01/three/index.html" in files_of(site.remote)

    git(site.remote, "update-ref", "-d", "refs/heads/gh-pages")

    assert site.deploy().exit_code == 0
    assert len(site.commits()) == 1


def test_the_report_as_json_names_commit_and_steps(site):
    report = json.loads(site.deploy("--json").output)

    assert report["commit"] == site.commits()[0]
    assert {step["action"] for step in report["steps"]} == {"add"}
    assert report["urls"] > 0
