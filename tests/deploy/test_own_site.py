"""The repository's own site, deployed to a bare repository on this disk and read back page by page."""

import shutil

import pytest

from sitegen.build.publish import LIST

from .conftest import Site, bare, files_of, git, is_sound


@pytest.mark.slow
def test_what_is_read_back_from_the_branch_is_what_was_built(root, tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    for name in ("content", "static", "themes"):
        shutil.copytree(root / name, site / name)
    shutil.copyfile(root / "sitegen.yaml", site / "sitegen.yaml")
    remote = bare(tmp_path / "remote.git")
    own = Site.__new__(Site)
    own.root, own.remote = site, remote
    git(site, "init", "-q", "-b", "main", ".")
    git(site, "remote", "add", "origin", str(remote))
    done = own.deploy()
    assert done.exit_code == 0, done.stderr
    public = site / "public"
    built = {
        path.relative_to(public).as_posix(): path.read_bytes()
        for path in public.rglob("*")
        if path.is_file() and path.name != LIST
    }

    assert len(built) > 250
    assert files_of(remote) == {**built, ".nojekyll": b""}
    assert is_sound(remote)
    urls = (site / "urls.txt").read_text("utf-8").splitlines()
    assert "/guide/publishing/" in urls
    assert "Nothing to publish" in own.deploy().output
