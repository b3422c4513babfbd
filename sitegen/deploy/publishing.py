"""From a built output folder to the branch: what stands in it, the plan, the commit, the push, the addresses kept.

Invariant: only files that sitegen made (those in the output folder's list) are published, each with the bytes that the
list names; what others put into the folder stays there. Nothing is pushed before every check has passed.
"""

import os
import time
from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from sitegen.build.publish import LIST, Target
from sitegen.build.report import Stopwatch
from sitegen.build.scanning import URLS
from sitegen.catalog.permanence import added_urls, read_urls
from sitegen.deploy.git import Bench, bench_for
from sitegen.deploy.memory import NAME, Memory, Tip, read_memory, replace, write_memory
from sitegen.deploy.origin import Origin
from sitegen.deploy.pages import check_address, domain_in, is_domain, parse_remote
from sitegen.deploy.plan import (
    CNAME,
    File,
    Plan,
    Step,
    blob_id,
    forbidden,
    plan_publish,
    too_many_removals,
)
from sitegen.digest import digest_bytes
from sitegen.errors import BuildError, Problem, UsageError, Where

SOURCE = "sitegen.yaml"


class DeployOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line and `deploy:` of the config say of one deployment. `epoch` dates the commit."""

    message: str = ""
    keep: tuple[str, ...] = ()
    domain: str = ""
    history: bool = True
    max_deletes: int = 0
    force: bool = False
    dry_run: bool = False
    epoch: int = 0


class DeployReport(msgspec.Struct, kw_only=True):
    """What a deployment did. `commit` is "" when nothing was published; `urls` are new lines in `urls.txt`."""

    remote: str
    branch: str
    dry_run: bool = False
    commit: str = ""
    steps: tuple[Step, ...] = ()
    kept: tuple[str, ...] = ()
    urls: int = 0
    problems: tuple[Problem, ...] = ()
    seconds: dict[str, float] = {}


def publish(
    root: Path, folder: Path, base_url: str, config: str, origin: Origin, options: DeployOptions
) -> DeployReport:
    """Publish what stands in `folder`; the caller holds the site's lock. Raises: BuildError, UsageError."""
    watch = Stopwatch()
    path = root / ".sitegen" / NAME
    memory = read_memory(path)
    with watch.phase("compare"):
        digests = outputs_of(folder)
        _stop_at(forbidden(_sized(folder, digests, memory)))
    with bench_for(origin) as bench:
        tip = None
        if not memory.blobs.keys() >= set(digests.values()):
            with watch.phase("fetch"):
                tip = bench.fetch()
        with watch.phase("compare"):
            there = {entry.blob for entry in tip.entries.values()} if tip is not None else set()
            site, news = read_site(folder, digests, memory, None if options.dry_run else bench.hold, there)
        if tip is None:
            with watch.phase("fetch"):
                tip = _tip_now(bench, memory.tip_of(origin), site, options)
        with watch.phase("plan"):
            warnings = _check_target(bench, tip, site, folder, base_url, config, options)
            plan = _planned(site, tip, options)
            _stop_at(plan.problems)
            excess = None if options.force else too_many_removals(plan, options.max_deletes)
            _stop_at([excess] if excess else [])
        report = DeployReport(
            remote=origin.shown.partition(" of ")[2],
            branch=origin.branch,
            dry_run=options.dry_run,
            steps=plan.steps,
            kept=plan.kept,
            problems=tuple(warnings),
        )
        if not options.dry_run:
            if plan.steps or not tip.commit:
                with watch.phase("commit"):
                    made = bench.commit(
                        plan, tip, options.message or said_plan(plan), options.epoch,
                        lambda path: read_output(folder, path, digests[path]), history=options.history,
                    )  # fmt: skip
                with watch.phase("push"):
                    bench.push(tip)
                tip, report.commit = made, made.commit
            report.urls = record_urls(root / URLS, site)
    if memory.keep_tip(origin, tip) or news:
        write_memory(path, memory)
    report.seconds = watch.seconds
    return report


def _planned(site: Mapping[str, File], tip: Tip, options: DeployOptions) -> Plan:
    return plan_publish(site, tip.entries, keep=options.keep, domain=options.domain)


def _tip_now(bench: Bench, left: Tip | None, site: Mapping[str, File], options: DeployOptions) -> Tip:
    """The branch as it is now. Raises: BuildError.

    It need not be fetched when the last deployment left it as the site is, and it still stands there. The domain that
    the branch alone may know is a file of it, and has to be fetched.
    """
    if left is not None and not _planned(site, left, options).steps:
        asks = CNAME in left.entries and CNAME not in site and not options.domain
        if not asks and bench.stands_at(left):
            return left
    return bench.fetch()


def said_plan(plan: Plan) -> str:
    """The plan in one line, for the commit and for people: `Publish: 3 added, 1 changed`."""
    words = (("add", "added"), ("change", "changed"), ("remove", "removed"))
    counts = [f"{len(plan.paths(action)):,} {word}" for action, word in words if plan.paths(action)]
    return "Publish: " + (", ".join(counts) or "nothing")


def outputs_of(folder: Path) -> dict[str, str]:
    """The digest of each file that sitegen made in `folder`. Raises: BuildError."""
    owned = Target(folder, adopt=False, durable=False).owned
    if not owned:
        raise BuildError(
            Problem(
                code="deploy.nothing",
                where=Where(str(folder / LIST)),
                message="there is no site to publish: the list of what was built is missing or empty",
                help="build first with  sitegen build",
            )
        )
    return {path: found[-1] for path, found in owned.items()}


def _sized(folder: Path, digests: Mapping[str, str], memory: Memory) -> dict[str, File]:
    """The files with their sizes, before any is read; those that are not there have none."""
    sizes = {}
    for path, digest in digests.items():
        file = memory.blobs.get(digest)
        if file is None:
            with suppress(OSError):
                file = File("", os.lstat(f"{folder}/{path}").st_size)
        sizes[path] = file or File("", 0)
    return sizes


def read_site(
    folder: Path,
    digests: Mapping[str, str],
    memory: Memory,
    hold: Callable[[str, bytes], None] | None = None,
    there: Container[str] = (),
) -> tuple[dict[str, File], bool]:
    """Each output as git names it; whether `memory` has changed.

    What git calls a file is remembered by our digest of its bytes, so only new bytes are read; those that are not
    `there` already are handed to `hold` at once. Raises: BuildError.
    """
    known = memory.blobs
    before = len(known)
    site = {}
    for path, digest in digests.items():
        file = known.get(digest)
        if file is None:
            content = read_output(folder, path, digest)
            file = known[digest] = File(blob_id(content), len(content))
            if hold is not None and file.blob not in there:
                hold(file.blob, content)
        site[path] = file
    news = len(known) > before
    if len(known) > 2 * len(site):
        wanted = set(digests.values())
        memory.blobs = {digest: file for digest, file in known.items() if digest in wanted}
        news = True
    return site, news


def read_output(folder: Path, path: str, digest: str) -> bytes:
    """The bytes of an output, which must be those that were built. Cost: about 30 µs. Raises: BuildError."""
    full = f"{folder}/{path}"
    try:
        if os.path.islink(full):  # noqa: PTH114 -- a Path for each of 10,000 files costs as much as reading them
            message, content = "is a symbolic link, which sitegen did not make", b""
        else:
            with open(full, "rb", buffering=0) as stream:  # noqa: PTH123
                content = stream.read()
            message = "" if digest_bytes(content).hex() == digest else "is not as it was built any more"
    except OSError as error:
        message, content = f"cannot be read: {error.strerror or error}", b""
    if message:
        raise BuildError(Problem(code="deploy.changed", where=Where(full), message=message, help="deploy again"))
    return content


def _check_target(
    bench: Bench,
    tip: Tip,
    site: Mapping[str, File],
    folder: Path,
    base_url: str,
    config: str,
    options: DeployOptions,
) -> list[Problem]:
    """Warnings about where this would be published. Raises: BuildError, UsageError for what must not be."""
    if SOURCE in tip.entries:
        message = f"{bench.origin.shown} holds the site's sources ({SOURCE}), which publishing would remove"
        help = "publish to a branch of its own, such as  --branch gh-pages"
        raise UsageError(Problem(code="deploy.sources", where=Where(""), message=message, help=help))
    if options.domain and not is_domain(options.domain):
        message = f'deploy.domain: "{options.domain}" is not a domain name'
        raise UsageError(
            Problem(code="deploy.domain", where=Where(config), message=message, help="write  domain: example.org")
        )
    domain = options.domain
    if CNAME in site:
        with suppress(OSError):
            domain = domain_in((folder / CNAME).read_bytes())
    elif not domain and CNAME in tip.entries:
        domain = domain_in(bench.content(tip, CNAME))
    wrong = check_address(base_url, parse_remote(bench.origin.address), domain, config)
    if wrong is None:
        return []
    if wrong.is_error and not options.force:
        raise BuildError(wrong)
    return [msgspec.structs.replace(wrong, severity="warning")]


def _stop_at(problems: list[Problem] | tuple[Problem, ...]) -> None:
    if problems:
        raise BuildError(problems)


def record_urls(path: Path, site: Mapping[str, File]) -> int:
    """Add what is published now to `urls.txt`; how many addresses are new. Raises: BuildError."""
    try:
        before = path.read_bytes() if path.exists() else b""
        after = added_urls(before, site)
        if after != before:
            replace(path, after)
    except OSError as error:
        message = f"the site is published, but its addresses cannot be written down: {error.strerror or error}"
        help = "make the file writable, and deploy again: there will be nothing else to do"
        raise BuildError(Problem(code="urls.unwritable", where=Where(URLS), message=message, help=help)) from error
    return len(read_urls(after)) - len(read_urls(before))


def commit_date(environment: Mapping[str, str]) -> int:
    """Seconds since 1970 for the commit: SOURCE_DATE_EPOCH, else now. Raises: UsageError."""
    said = environment.get("SOURCE_DATE_EPOCH", "")
    if not said:
        return int(time.time())
    if not said.isascii() or not said.isdigit():
        message = f'SOURCE_DATE_EPOCH: expected seconds since 1970, found "{said}"'
        raise UsageError(
            Problem(code="usage.epoch", where=Where(""), message=message, help="unset it, or write digits")
        )
    return int(said)
