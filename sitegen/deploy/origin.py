"""Where a site is published to, as the user's own repository knows it.

Invariant: only questions are asked of that repository; nothing in it is locked, refreshed or written.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgspec

from sitegen.deploy.pages import without_secret
from sitegen.deploy.refusals import git_problem
from sitegen.errors import BuildError, Problem, UsageError
from sitegen.regex import regex

_NOT_OURS = (  # what a hook or an alias may have set: it would lead every command into the user's repository
    "GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR"
    " GIT_NAMESPACE GIT_PREFIX GIT_SHALLOW_FILE GIT_GRAFT_FILE GIT_REPLACE_REF_BASE GIT_NO_REPLACE_OBJECTS"
    " GIT_IMPLICIT_WORK_TREE GIT_INTERNAL_SUPER_PREFIX GIT_QUARANTINE_PATH"
).split()
_BORROWED = regex(r"(?:credential|http|ssh|protocol)\.|core\.(?:sshcommand|askpass|gitproxy)$", re.IGNORECASE)


class Origin(msgspec.Struct, frozen=True):
    """Where to publish: the remote as the user names it, its address, its branch, and who commits (`Name <mail>`).

    `settings` are those of the user's repository that say how to reach a remote (credentials, proxies, ssh).
    """

    remote: str
    address: str
    branch: str
    identity: str
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> str:
        """The place in words, without a secret."""
        return f"{self.branch} of {without_secret(self.address)}"

    def facts(self) -> dict[str, str]:
        """What a refusal is worded with."""
        return {"remote": self.remote, "address": self.address, "branch": self.branch}


def find_origin(root: Path, remote: str, branch: str, *, identity_needed: bool = True) -> Origin:
    """Ask the repository around `root` where its remote is. Raises: UsageError, BuildError; both in plain words.

    A detached HEAD, a shallow clone, a linked work tree, a submodule and a bare repository all have remotes, and so
    are as good as any other.
    """
    if not _is_branch(branch):
        raise UsageError(
            git_problem("deploy.branch", f'"{branch}" cannot be the name of a branch', "use letters and -")
        )
    settings: tuple[tuple[str, str], ...] = ()
    if _is_address(remote):
        address = _absolute(remote, root)
        if ask(root, "rev-parse", "--absolute-git-dir").returncode == 0:
            settings = _borrowed(root)
    else:
        _check_repository(root)
        found = ask(root, "remote", "get-url", "--push", remote)
        if found.returncode:
            raise UsageError(_no_remote(root, remote))
        top = ask(root, "rev-parse", "--show-toplevel")
        base = Path(text_of(top.stdout)) if top.returncode == 0 and top.stdout.strip() else root
        address, settings = _absolute(text_of(found.stdout), base), _borrowed(root)
    return Origin(remote, address, branch, _identity(root) if identity_needed else "", settings)


def text_of(output: bytes) -> str:
    return output.decode("utf-8", "surrogateescape").rstrip("\n")


def _is_branch(name: str) -> bool:
    return bool(
        re.fullmatch(r"(?!.*(?:\.\.|//|@\{|\.lock$|/\.|\.$|/$))[^\s~^:?*\[\\\x00-\x1f\x7f/.-][^\s~^:?*\[\\\x7f]*", name)
    )


def _is_address(remote: str) -> bool:
    return "://" in remote or remote.startswith((".", "/", "~")) or bool(re.match(r"[^/]+@[^/]+:", remote))


def _absolute(address: str, base: Path) -> str:
    """A folder as an absolute path: git reads a relative one from where it runs."""
    if "://" in address or re.match(r"[^/]{2,}:", address):
        return address
    return str((base / Path(address).expanduser()).resolve())


def _check_repository(root: Path) -> None:
    asked = ask(root, "rev-parse", "--absolute-git-dir")
    if asked.returncode == 0:
        return
    said = text_of(asked.stderr)
    if "dubious ownership" in said:
        problem = git_problem(
            "deploy.ownership",
            "git does not trust this repository, because another user owns it",
            f"say  git config --global --add safe.directory {root.absolute()}",
        )
    else:
        problem = git_problem(
            "deploy.no-repository",
            "the site is in no git repository, so it is not known where to publish it",
            "say  git init  and  git remote add origin URL , or name the address with  --remote URL",
        )
    raise UsageError(problem)


def _no_remote(root: Path, remote: str) -> Problem:
    names = text_of(ask(root, "remote").stdout).split()
    help = (
        f"known are: {', '.join(names)}; name one with  --remote NAME"
        if names
        else f"add it with  git remote add {remote} git@github.com:NAME/REPOSITORY.git"
    )
    return git_problem("deploy.no-remote", f'the repository has no remote named "{remote}"', help)


def _borrowed(root: Path) -> tuple[tuple[str, str], ...]:
    """How the user's repository reaches remotes; what stands in the user's own settings holds anyway."""
    listed = ask(root, "config", "--list", "-z", "--show-scope").stdout.split(b"\0")
    found = []
    for scope, entry in zip(listed[0::2], listed[1::2], strict=False):
        name, _, value = entry.decode("utf-8", "surrogateescape").partition("\n")
        if scope in (b"local", b"worktree") and _BORROWED.match(name):
            found.append((name, value))
    return tuple(found)


def _identity(root: Path) -> str:
    asked = ask(root, "var", "GIT_COMMITTER_IDENT")
    found = re.fullmatch(r"(.*<.*>) \d+ [+-]\d{4}", text_of(asked.stdout), re.DOTALL)
    if asked.returncode or found is None:
        raise UsageError(
            git_problem(
                "deploy.identity",
                "git does not know who commits",
                'say  git config user.name "Your Name"  and  git config user.email you@example.org',
            )
        )
    return found[1]


def ask(root: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """What git answers when asked in the repository around `root`. Raises: BuildError when it cannot be run."""
    return run(["git", "-C", str(root), *words], environment_for(()))


def environment_for(settings: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The environment for git: its words in English, no lock for mere questions, settings that no list of processes
    shows.
    """
    found = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    found.update(LC_ALL="C", LANGUAGE="C", GIT_OPTIONAL_LOCKS="0")
    if not _has_terminal():
        found.setdefault("GIT_TERMINAL_PROMPT", "0")
    start = int(found.get("GIT_CONFIG_COUNT", "0") or 0)
    for n, (name, value) in enumerate(settings, start=start):
        found[f"GIT_CONFIG_KEY_{n}"], found[f"GIT_CONFIG_VALUE_{n}"] = name, value
    found["GIT_CONFIG_COUNT"] = str(start + len(settings))
    return found


def _has_terminal() -> bool:
    try:
        return os.isatty(0)
    except OSError:
        return False


def run(words: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(words, env=environment, check=False, capture_output=True)  # noqa: S603
    except FileNotFoundError as error:
        raise BuildError(_no_git()) from error
    except OSError as error:
        raise BuildError(git_problem("deploy.git", f"git cannot be run: {error.strerror or error}")) from error


def _no_git() -> Problem:
    return git_problem(
        "deploy.no-git", "git is not installed, or not on the PATH", "install it from https://git-scm.com/"
    )
