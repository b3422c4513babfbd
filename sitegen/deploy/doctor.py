"""What a site's state on GitHub Pages should be, and what in the repository contradicts it.

Invariant: offline; nothing is asked of a remote, so what stands on the branch is what was last fetched. Looking changes
nothing. `examine` is pure, `look` asks the disk and git.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from sitegen.build.scanning import URLS
from sitegen.build.settings import SiteSettings
from sitegen.deploy.origin import ask, find_origin, text_of
from sitegen.deploy.pages import (
    check_address,
    domain_in,
    is_domain,
    is_local,
    local_address,
    parse_remote,
    served_at,
    without_secret,
)
from sitegen.deploy.plan import CNAME, NO_JEKYLL
from sitegen.errors import Problem, SitegenError, Where

MAJORS = {  # the oldest major of each action that GitHub still runs for Pages
    "actions/upload-pages-artifact": 4,
    "actions/deploy-pages": 4,
    "actions/configure-pages": 5,
    "actions/cache": 4,
    "actions/checkout": 4,
}

_PERMISSIONS = "permissions: {pages: write, id-token: write}"
_WORKFLOW_NEEDS = (  # a pattern, and what is missing where nothing fits it
    (r"include-hidden-files:\s*true", "hidden", "leaves out .well-known/ and the like", "include-hidden-files: true"),
    (r"pages:\s*write", "permissions", "has no right to publish", _PERMISSIONS),
    (r"id-token:\s*write", "permissions", "cannot prove who it is", _PERMISSIONS),
    (r"concurrency:", "concurrency", "lets two runs publish at once", "concurrency: {group: pages}"),
    (r"--base-url|\s-u\s", "base-url", "does not give the build its address", "sitegen build --base-url ADDRESS"),
)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What was found. `branch_files` are the top-level names of the branch as last fetched, None when it never was;
    `workflow` is the text of the one that publishes, at `workflow_path`; `ignored` are sources that git ignores,
    `unignored` are made files that it does not.
    """

    config: str
    base_url: str
    domain: str = ""
    remote: str = ""
    address: str = ""
    branch: str = ""
    branch_files: tuple[str, ...] | None = None
    branch_cname: str = ""
    static_cname: str | None = None
    current: str = ""
    workflow_path: str = ""
    workflow: str = ""
    ignored: tuple[str, ...] = ()
    unignored: tuple[str, ...] = ()
    faults: tuple[Problem, ...] = ()


class Diagnosis(msgspec.Struct, frozen=True):
    """What should be, as pairs of a name and words, and what contradicts it."""

    expected: tuple[tuple[str, str], ...]
    findings: tuple[Problem, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong; warnings leave it so."""
        return not any(finding.is_error for finding in self.findings)


def look(root: Path, settings: SiteSettings) -> Facts:
    """Ask the disk and the repository around the site. Raises: BuildError when git cannot be run."""
    deploy = settings.config.deploy
    faults: list[Problem] = []
    address = ""
    try:
        address = find_origin(root, deploy.remote, deploy.branch, identity_needed=False).address
    except SitegenError as error:
        faults += error.problems
    top = text_of(ask(root, "rev-parse", "--show-toplevel").stdout)
    path, text = _workflow(Path(top) if top else root)
    files, cname = _branch(root, f"refs/remotes/{deploy.remote}/{deploy.branch}")
    try:
        static_cname = domain_in((root / "static" / CNAME).read_bytes())
    except OSError:
        static_cname = None
    return Facts(
        config=settings.path,
        base_url=settings.config.base_url,
        domain=deploy.domain.lower(),
        remote=deploy.remote,
        address=address,
        branch=deploy.branch,
        branch_files=files,
        branch_cname=cname,
        static_cname=static_cname,
        current=text_of(ask(root, "symbolic-ref", "--quiet", "--short", "HEAD").stdout),
        workflow_path=path,
        workflow=text,
        ignored=tuple(name for name in (settings.path, URLS, settings.config.build.content) if _is_ignored(root, name)),
        unignored=tuple(
            name for name in (".sitegen/", settings.config.build.output + "/") if top and not _is_ignored(root, name)
        ),
        faults=tuple(faults),
    )


def _workflow(top: Path) -> tuple[str, str]:
    for path in sorted([*top.glob(".github/workflows/*.yml"), *top.glob(".github/workflows/*.yaml")]):
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if "actions/deploy-pages" in text:
            return path.relative_to(top).as_posix(), text
    return "", ""


def _branch(root: Path, ref: str) -> tuple[tuple[str, ...] | None, str]:
    listed = ask(root, "ls-tree", "-z", "--name-only", "--full-tree", ref)
    if listed.returncode:
        return None, ""
    names = tuple(text_of(listed.stdout).rstrip("\0").split("\0"))
    cname = domain_in(ask(root, "cat-file", "blob", f"{ref}:{CNAME}").stdout) if CNAME in names else ""
    return names, cname


def _is_ignored(root: Path, name: str) -> bool:
    return ask(root, "check-ignore", "--quiet", "--no-index", name).returncode == 0


def examine(facts: Facts) -> Diagnosis:
    """What should be, and every contradiction to it."""
    by_actions = bool(facts.workflow)
    domain = facts.domain or facts.static_cname or ("" if by_actions else facts.branch_cname)
    remote = parse_remote(facts.address)
    url = served_at(remote, domain)
    path = url.partition("://")[2].partition("/")[2].rstrip("/")
    source = f"GitHub Actions ({facts.workflow_path})" if by_actions else f"the branch {facts.branch}, folder /"
    expected = (
        ("remote", f"{facts.remote} ({without_secret(facts.address)})" if facts.address else "none"),
        ("source", source),
        ("base_url", url or "not known: the remote is not on GitHub, and there is no domain"),
        ("base path", ("/" + path if path else "none") if url else "not known"),
        (CNAME, _said_cname(domain, by_actions=by_actions)),
        (NO_JEKYLL, "not needed" if by_actions else "on the branch; deploy writes it"),
    )
    findings = [*facts.faults, *_of_address(facts, domain, by_actions=by_actions), *_of_files(facts)]
    findings += _of_workflow(facts) if by_actions else _of_branch(facts)
    return Diagnosis(expected, tuple(findings))


def _said_cname(domain: str, *, by_actions: bool) -> str:
    if not domain:
        return "none"
    return f"not needed: the domain {domain} stands in the repository's settings" if by_actions else domain


def _of_address(facts: Facts, domain: str, *, by_actions: bool) -> Iterator[Problem]:
    remote = parse_remote(facts.address)
    if facts.domain and not is_domain(facts.domain):
        yield _found(facts.config, "domain", f'deploy.domain: "{facts.domain}" is no domain', "write  example.org")
    if is_local(facts.base_url):
        if not by_actions:
            yield local_address(facts.base_url, served_at(remote, domain), facts.config)
        return
    wrong = check_address(facts.base_url, remote, domain, facts.config)
    if wrong is not None and by_actions:  # the workflow brings the address along
        wrong = msgspec.structs.replace(wrong, severity="warning")
    if wrong is not None:
        yield wrong


def _of_files(facts: Facts) -> Iterator[Problem]:
    for name in facts.ignored:
        yield _found(name, "ignored", "is a source of the site, but git ignores it", "take it out of .gitignore")
    for name in facts.unignored:
        help = f"add the line  {name}  to .gitignore"
        yield _found(name, "unignored", "is made by sitegen, and git does not ignore it", help, warning=True)
    if facts.static_cname == "":
        yield _found(f"static/{CNAME}", "cname", "holds no domain name", "write one line, such as  example.org")
    if facts.static_cname and facts.domain and facts.static_cname != facts.domain:
        message = f"says {facts.static_cname}, but deploy.domain says {facts.domain}"
        yield _found(f"static/{CNAME}", "cname", message, f"remove one of the two; deploy writes {CNAME} by itself")


def _of_branch(facts: Facts) -> Iterator[Problem]:
    wanted = facts.domain or facts.static_cname or ""
    place = f"{facts.branch}:{CNAME}"
    if facts.current and facts.current == facts.branch:
        message = f"you are on {facts.branch}, which deploy publishes to"
        yield _found(facts.branch, "branch", message, "keep the sources on a branch of their own, such as main")
    if facts.branch_files is None:
        if facts.address:
            message = f"{facts.remote} was not seen to have this branch yet"
            help = f"publish with  sitegen deploy , or look again after  git fetch {facts.remote}"
            yield _found(facts.branch, "branch", message, help, warning=True)
        return
    if wanted and facts.branch_cname and wanted != facts.branch_cname:
        message = f"says {facts.branch_cname}, but the sources say {wanted}"
        yield _found(place, "cname", message, "deploy, which writes it anew, or correct the sources")
    if NO_JEKYLL not in facts.branch_files:
        message = "is missing: GitHub hides files whose names begin with an underscore"
        yield _found(f"{facts.branch}:{NO_JEKYLL}", "no-jekyll", message, "deploy, which writes it")


def _of_workflow(facts: Facts) -> Iterator[Problem]:
    text, path = facts.workflow, facts.workflow_path
    if CNAME in (facts.branch_files or ()) or facts.static_cname is not None:
        message = f"{CNAME} does nothing when GitHub Actions publishes"
        help = "set the domain on GitHub, under Settings, Pages"
        yield _found(path, "cname", message, help, warning=True)
    if facts.branch_files is not None:
        message = f"{facts.remote} also has the branch {facts.branch}: only one of the two is published"
        help = f"choose it on GitHub, under Settings, Pages; or delete the branch, or {path}"
        yield _found(path, "two-sources", message, help, warning=True)
    for pattern, code, message, help in _WORKFLOW_NEEDS:
        if not re.search(pattern, text):
            yield _found(path, code, message, f"write  {help} ; or remove the file and say  sitegen deploy --init")
    for number, line in enumerate(text.split("\n"), start=1):
        used = re.search(r"uses:\s*(actions/[\w-]+)@v(\d+)", line)
        if used and int(used[2]) < MAJORS.get(used[1], 0):
            message = f"{used[1]}@v{used[2]} no longer runs"
            help = f"write  {used[1]}@v{MAJORS[used[1]]} , or a newer one"
            yield Problem(code="doctor.action", where=Where(path, number), message=message, help=help)
    branches = re.search(r"branches:\s*\[([^\]]*)\]", text)
    if branches and facts.current and facts.current not in re.split(r"[\s,'\"]+", branches[1]):
        message = f"runs for pushes to {branches[1]}, and you are on {facts.current}"
        yield _found(path, "branches", message, f"write  branches: [{facts.current}]", warning=True)


def _found(place: str, code: str, message: str, help: str, *, warning: bool = False) -> Problem:
    return Problem(
        code=f"doctor.{code}",
        where=Where(place),
        message=message,
        help=help,
        severity="warning" if warning else "error",
    )
