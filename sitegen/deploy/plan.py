"""What publishing changes on a branch: the site's files against the tree that the remote has.

Invariant: pure. The plan is a value; `--dry-run` prints it, `git.py` carries it out. A file's content is compared by
the name that git gives it (SHA-1 of `blob`, size and bytes), so neither side needs the other's bytes.
"""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from hashlib import sha1
from typing import Final, Literal

import msgspec

from sitegen.catalog.limits import MAX_FILE_BYTES, MAX_SITE_BYTES, said_size
from sitegen.catalog.permanence import is_lasting
from sitegen.errors import Problem, Where
from sitegen.regex import regex

CNAME: Final = "CNAME"
NO_JEKYLL: Final = ".nojekyll"  # without it GitHub hides every file whose name begins with an underscore
REGULAR: Final = "100644"

_SECRET_NAMES = frozenset(("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".netrc", ".pgpass", ".htpasswd", ".npmrc"))
_SECRET_FOLDERS = frozenset((".git", ".hg", ".svn", ".ssh", ".gnupg", ".aws"))
_SECRET = regex(r"\.env(?:\..+)?|.+\.(?:pem|key|p12|pfx|ppk|jks|keystore|kdbx)", re.IGNORECASE)
_NO_SECRET = regex(r"\.env\.(?:example|sample|template|dist)", re.IGNORECASE)


class File(msgspec.Struct, frozen=True, array_like=True):
    """A file as git will name it: the id of its content, and its size in bytes."""

    blob: str
    size: int


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """A file on the branch. `mode` is git's: 100644, 100755, 120000 for a link, 160000 for a submodule."""

    mode: str
    blob: str


class Step(msgspec.Struct, frozen=True):
    """One change to the branch; `size` in bytes is that of the new file, and 0 for one that goes."""

    action: Literal["add", "change", "remove"]
    path: str
    size: int = 0


class Plan(msgspec.Struct, frozen=True):
    """All changes, removals first, each kind by path; `made` are files that are no output of the site, with their
    content; `kept` are files of the branch that stay though the site does not have them; `tree` is the
    branch afterwards.
    """

    steps: tuple[Step, ...]
    made: dict[str, bytes]
    kept: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    tree: dict[str, Entry] = {}

    def paths(self, action: str) -> tuple[str, ...]:
        """The paths of one kind of change."""
        return tuple(step.path for step in self.steps if step.action == action)


def blob_id(content: bytes) -> str:
    """The name that git gives to these bytes."""
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def plan_publish(
    site: Mapping[str, File], branch: Mapping[str, Entry], *, keep: Iterable[str] = (), domain: str = ""
) -> Plan:
    """The steps from the tree on `branch` to the site.

    `keep` are patterns of files on the branch that are never removed (`*` crosses slashes; a name alone holds for all
    below it); CNAME and .nojekyll are among them always. `domain` is what CNAME has to say; "" leaves it as it is.
    """
    made = {} if NO_JEKYLL in site else {NO_JEKYLL: b""}
    if domain and CNAME not in site:
        made[CNAME] = f"{domain}\n".encode()
    wanted = {**site, **{path: File(blob_id(content), len(content)) for path, content in made.items()}}
    patterns = (*keep, CNAME, NO_JEKYLL)
    left = [path for path in sorted(branch) if path not in wanted]
    kept = tuple(path for path in left if _is_kept(path, patterns))
    stays = set(kept)
    steps = [Step("remove", path) for path in left if path not in stays]
    for path in sorted(wanted):
        file, there = wanted[path], branch.get(path)
        if there is None:
            steps.append(Step("add", path, file.size))
        elif there.blob != file.blob or there.mode != REGULAR:
            steps.append(Step("change", path, file.size))
    order = {"remove": 0, "add": 1, "change": 2}
    steps.sort(key=lambda step: (order[step.action], step.path))
    tree = {path: branch[path] for path in kept}
    tree.update((path, Entry(REGULAR, file.blob)) for path, file in wanted.items())
    return Plan(tuple(steps), made, kept, tuple(_in_the_way(wanted, kept)), tree)


def _is_kept(path: str, patterns: Iterable[str]) -> bool:
    return any(
        fnmatchcase(path, pattern) or path.startswith(pattern.rstrip("/*") + "/")
        for pattern in patterns
        if pattern.rstrip("/*")
    )


def _in_the_way(wanted: Mapping[str, File], kept: Iterable[str]) -> Iterable[Problem]:
    """Kept files that would have to be a folder of the site, or lie below one of its files."""
    folders = {path[:n] for path in wanted for n in range(len(path)) if path[n] == "/"} if kept else set()
    for path in kept:
        above = next((path[:n] for n in range(len(path)) if path[n] == "/" and path[:n] in wanted), "")
        if path in folders or above:
            yield Problem(
                code="deploy.keep",
                where=Where(path),
                message=f"is to be kept on the branch, but the site needs {above or path + '/'} there",
                help="take it off  deploy: {keep: …}  in sitegen.yaml, or give the output another address",
            )


def forbidden(site: Mapping[str, File]) -> list[Problem]:
    """What must not or cannot be published: secrets, files over 100 MB, a site over 1 GB. In order of path."""
    found = []
    for path, file in sorted(site.items()):
        if _looks_secret(path):
            found.append(
                Problem(
                    code="deploy.secret",
                    where=Where(path),
                    message="looks like a secret, and everything on the branch can be read by everyone",
                    help="take it out of static/ or content/, or rename it when it is none",
                )
            )
        if file.size > MAX_FILE_BYTES:
            found.append(
                Problem(
                    code="deploy.file-size",
                    where=Where(path),
                    message=f"has {said_size(file.size)}; GitHub takes no file over {said_size(MAX_FILE_BYTES)}",
                    help="put it on a host for large files, and link to it there",
                )
            )
    total = sum(file.size for file in site.values())
    if total > MAX_SITE_BYTES:
        found.append(
            Problem(
                code="deploy.site-size",
                where=Where(""),
                message=f"the site has {said_size(total)}; GitHub Pages takes no more than {said_size(MAX_SITE_BYTES)}",
                help="move large files to another host, or write fewer widths of each picture",
            )
        )
    return found


def too_many_removals(plan: Plan, most: int) -> Problem | None:
    """A problem when more files go than the user allowed; 0 allows any number.

    Files that a new build names anew by nature, such as parts of the search index, do not count: some go each time.
    """
    gone = [path for path in plan.paths("remove") if is_lasting(path)]
    if not most or len(gone) <= most:
        return None
    shown = ", ".join(gone[:3]) + (", …" if len(gone) > 3 else "")
    return Problem(
        code="deploy.removals",
        where=Where(""),
        message=f"{len(gone):,} files of the branch would be removed, and no more than {most:,} may be ({shown})",
        help="look at them with  --dry-run ; then say  --max-deletes N  with a larger N, or  --force",
    )


def _looks_secret(path: str) -> bool:
    folders = path.lower().split("/")
    name = path.rpartition("/")[2]
    if not _SECRET_FOLDERS.isdisjoint(folders):
        return True
    return name.lower() in _SECRET_NAMES or bool(_SECRET.fullmatch(name) and not _NO_SECRET.fullmatch(name))
