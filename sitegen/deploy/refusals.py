"""What git, ssh and hosts say when they refuse, in plain words and with a way to go on.

Invariant: no user name, password or token of a remote's address gets into a message.
"""

import re

from sitegen.deploy.pages import without_secret
from sitegen.errors import Problem, Where

_SAID = (  # what git, ssh and hosts say; the first that fits wins
    (
        r"remote rejected\].*non-fast-forward|denying non-fast-forward",
        "deploy.history",
        "{where} does not let go of the commits that it has: {words}",
        "leave out  --no-history , or  history: false  in sitegen.yaml; or ask who looks after the repository",
    ),
    (
        r"hash algorithm|mismatched algorithms|unknown object format",
        "deploy.format",
        "the repository at {address} names its commits by SHA-256; publishing needs one that names them by SHA-1",
        "make it anew with  git init --bare --object-format=sha1",
    ),
    (
        r"stale info|fetch first|non-fast-forward|cannot lock ref|failed to update ref|incorrect old value",
        "deploy.moved",
        "somebody else published to {where} in the meantime; nothing was overwritten",
        "deploy again: it starts from what is there now",
    ),
    (
        r"GH001|exceeds GitHub's file size limit",
        "deploy.file-size",
        "the remote refuses a file because of its size: {words}",
        "put it on a host for large files, and link to it there",
    ),
    (
        r"pre-receive hook declined|hook declined|protected branch|GH006|GH013|denyCurrentBranch|\[remote rejected\]",
        "deploy.refused",
        "{where} refuses the commit: {words}",
        "ask who looks after the repository, or publish to another branch with  --branch NAME",
    ),
    (
        (
            r"Permission denied|Authentication failed|could not read (?:Username|Password)|terminal prompts disabled"
            r"|Permission to .* denied|error: 40[13]|access denied|insufficient permission|Invalid username or"
            r"|unable to create temporary object directory"
        ),
        "deploy.rights",
        "there is no right to use {where}: {words}",
        "check your key or token, and that it may write to this repository",
    ),
    (
        (
            r"Could not resolve host|Connection (?:refused|timed out|reset)|Network is unreachable|Failed to connect"
            r"|Operation timed out|Host key verification failed|SSL|certificate"
        ),
        "deploy.network",
        "{where} cannot be reached: {words}",
        "check the network, and the address with  git remote -v",
    ),
    (
        (
            r"does not appear to be a git repository|[Rr]epository .*not (?:found|exist)|Not Found|not a git repository"
            r"|Could not read from remote repository|No such file or directory"
        ),
        "deploy.no-remote",
        "there is no repository at {address}, or none that you may see",
        "make it there first, or correct the address with  git remote set-url {remote} URL",
    ),
)


def refusal(said: str, *, remote: str, address: str, branch: str) -> Problem:
    """What git said, in plain words, with a way to go on."""
    said = _without_secrets(said, address)
    for pattern, code, message, help in _SAID:
        if re.search(pattern, said):
            facts = {
                "where": f"{branch} of {without_secret(address)}",
                "address": without_secret(address),
                "remote": remote,
                "words": last_words(said),
            }
            return git_problem(code, message.format(**facts), help.format(**facts))
    return git_problem("deploy.git", f"git failed at {f'{branch} of {without_secret(address)}'}: {last_words(said)}")


def _without_secrets(said: str, address: str) -> str:
    """Git's words without the user name or token that stands in the remote's address."""
    return re.sub(r"([a-z][a-z0-9+.-]*://)[^/@\s]+@", r"\1", said).replace(address, without_secret(address))


def last_words(said: str) -> str:
    """The lines that say most: those of the remote, else git's errors, else the last one."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith(("To ", "Done"))]
    remote = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
    errors = [line for line in lines if re.match(r"(?:fatal|error|ssh|.*: Permission denied)", line)]
    chosen = [line for line in remote if line] or errors[:2] or lines[-1:]
    return "; ".join(dict.fromkeys(chosen))[:500] or "it does not say why"


def git_problem(code: str, message: str, help: str = "") -> Problem:
    return Problem(code=code, where=Where(""), message=message, help=help)
