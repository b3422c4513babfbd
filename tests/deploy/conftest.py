"""Sites in real repositories, with bare repositories on the same disk as remotes."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from sitegen.cli import cli
from sitegen.errors import SitegenError, format_problem

GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A Writer",
    "GIT_AUTHOR_EMAIL": "writer@example.org",
    "GIT_COMMITTER_NAME": "A Writer",
    "GIT_COMMITTER_EMAIL": "writer@example.org",
}


@pytest.fixture(autouse=True)
def own_git_settings(monkeypatch):
    """No setting of this machine's user reaches a test."""
    if shutil.which("git") is None:
        pytest.skip("no git here (Debian: git)")
    for name, value in GIT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def git(folder: Path, *words: str, check: bool = True) -> str:
    done = subprocess.run(["git", "-C", folder, *words], check=False, capture_output=True)
    assert not check or done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "surrogateescape").rstrip("\n")


def bare(folder: Path) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "--bare", ".")
    return folder


def files_of(remote: Path, branch: str = "gh-pages") -> dict[str, bytes]:
    """Every file on a branch, read back."""
    names = git(remote, "ls-tree", "-r", "-z", "--name-only", branch).rstrip("\0").split("\0")
    found = {}
    for name in names:
        done = subprocess.run(
            ["git", "-C", remote, "cat-file", "blob", f"{branch}:{name}"], check=True, capture_output=True
        )
        found[name] = done.stdout
    return found


def is_sound(remote: Path) -> bool:
    return (
        subprocess.run(["git", "-C", remote, "fsck", "--full", "--strict"], check=False, capture_output=True).returncode
        == 0
    )


def push_files(
    remote: Path, scratch: Path, files: dict[str, str], branch: str = "gh-pages", *, format: str = "sha1"
) -> str:
    """What a second publisher does: a commit with these files on top of the branch. Its id."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    git(scratch, "init", "-q", f"--object-format={format}", ".")
    if git(remote, "rev-parse", "--verify", "-q", branch, check=False):
        git(scratch, "fetch", "-q", str(remote), branch)
        git(scratch, "checkout", "-q", "FETCH_HEAD")
    for name, text in files.items():
        (scratch / name).parent.mkdir(parents=True, exist_ok=True)
        (scratch / name).write_text(text, "utf-8")
    git(scratch, "add", "-A", "-f")
    git(scratch, "commit", "-q", "-m", "by another hand")
    git(scratch, "push", "-q", str(remote), f"HEAD:refs/heads/{branch}")
    return git(scratch, "rev-parse", "HEAD")


class Said(NamedTuple):
    """What a command printed, and its exit code."""

    output: str
    stderr: str
    exit_code: int


class Site:
    """A small site in a repository of its own, whose remote `origin` is a bare one beside it."""

    def __init__(self, root: Path, remote: Path) -> None:
        self.root = root
        self.remote = remote
        self.write("sitegen.yaml", "title: Test site\nbase_url: https://example.org/\ntheme: plain\n")
        self.write(".gitignore", ".sitegen/\npublic/\n")
        self.article("one")
        self.article("two")
        git(root, "init", "-q", "-b", "main", ".")
        git(root, "remote", "add", "origin", str(remote))
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", "sources")

    def write(self, path: str, text: str) -> None:
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text, "utf-8")

    def article(self, name: str, body: str = "Some words.", more: str = "") -> None:
        self.write(f"content/{name}.md", f"---\ntitle: Title {name}\ndate: 2024-01-02\n{more}---\n\n{body}\n")

    def run(self, *words: str) -> Said:
        """A command, with its exit code as the process would end with it."""
        words = ("-C", str(self.root), *words)
        try:
            done = CliRunner().invoke(cli, words, standalone_mode=False, catch_exceptions=False)
        except SitegenError as error:
            return Said("", "\n".join(map(format_problem, error.problems)), error.exit_code)
        return Said(done.stdout, done.stderr, done.return_value if isinstance(done.return_value, int) else 0)

    def deploy(self, *words: str) -> Said:
        return self.run("deploy", *words)

    def commits(self, branch: str = "gh-pages") -> list[str]:
        return git(self.remote, "log", "--format=%H", branch, check=False).split()


@pytest.fixture
def site(tmp_path) -> Site:
    (tmp_path / "site").mkdir()
    return Site(tmp_path / "site", bare(tmp_path / "remote.git"))
