"""`sitegen deploy`: build, check, and publish the site to a branch; or write what lets a host do it."""

import os
from pathlib import Path

import click
import msgspec

from sitegen.build.creating import create
from sitegen.build.lock import memory_folder, site_lock
from sitegen.build.options import BuildOptions
from sitegen.build.report import BuildReport
from sitegen.build.session import Session
from sitegen.build.settings import SiteSettings, read_settings
from sitegen.catalog.limits import said_size
from sitegen.cli.progress import progress_for
from sitegen.cli.shared import Globals, counted, global_options, shown_problems
from sitegen.config.sections import Target
from sitegen.deploy.origin import ask, find_origin, text_of
from sitegen.deploy.pages import is_local, local_address, parse_remote, served_at
from sitegen.deploy.plan import Step
from sitegen.deploy.publishing import DeployOptions, DeployReport, commit_date, publish
from sitegen.deploy.workflow import HOSTS, WHEELS, Place, file_for
from sitegen.errors import BuildError, Problem, UsageError, Where
from sitegen.notation.words import did_you_mean

STEPS_SHOWN = 20  # changes that a summary names before it counts the rest; --dry-run names all


@click.command("deploy")
@global_options
@click.option("-u", "--base-url", help="The site's address, instead of the config's base_url.")
@click.option("--branch", help="The branch to publish (default: gh-pages).")
@click.option("--remote", help="The git remote to push to, by name or address (default: origin).")
@click.option("--message", help="The message of the commit (default: what was changed).")
@click.option("--dry-run", is_flag=True, help="Build, list every change to the branch, and publish nothing.")
@click.option("--force", is_flag=True, help="Publish despite another base path or many removals; the lease stays.")
@click.option("--no-history", is_flag=True, help="Leave one commit on the branch, without those before it.")
@click.option(
    "--max-deletes", type=click.IntRange(0), help="Refuse to remove more pages and files than this (0: no bound)."
)
@click.option("--init", "init", is_flag=True, help="Write what lets a host build the site (default: GitHub Actions).")
@click.option("--target", metavar="NAME", help="One of deploy.targets; with --init, the host to write files for.")
def command(
    settings: Globals,
    *,
    base_url: str | None,
    branch: str | None,
    remote: str | None,
    init: bool,
    target: str | None,
    **choices: str | bool | int | None,
) -> int:
    """Publish the site to a branch of a git remote.

    The site is built first. Then the branch gets what changed, in one commit on top of what is there; nothing is
    pushed when nothing changed, and never over a commit that somebody else made in the meantime. Your own branch, work
    tree and index are not touched. Every published address is written down in urls.txt, which belongs into git.
    """
    root, config = settings.site()
    if init:
        return _write_files(settings, root, config, target or "github", base_url)
    site = read_settings(config.read_bytes(), config.name, base_url)
    aim = _target(site, target) if target else Target()
    deploy = site.config.deploy
    if base_url is None and aim.base_url:
        base_url = aim.base_url
        site = read_settings(config.read_bytes(), config.name, base_url)
    origin = find_origin(root, remote or aim.remote or deploy.remote, branch or aim.branch or deploy.branch)
    address = site.config.base_url
    if is_local(address):
        raise UsageError(local_address(address, served_at(parse_remote(origin.address), deploy.domain), config.name))
    options = DeployOptions(
        message=str(choices["message"] or deploy.message),
        keep=deploy.keep,
        domain=deploy.domain.lower() if not target else "",
        history=deploy.history and not choices["no_history"],
        max_deletes=deploy.max_deletes if choices["max_deletes"] is None else int(choices["max_deletes"]),
        force=bool(choices["force"]),
        dry_run=bool(choices["dry_run"]),
        epoch=commit_date(os.environ),
    )
    built = _build(settings, root, config, base_url)
    if not built.failed:
        built = _checked(settings, root, config, base_url, built)
    if built.failed:
        _say_failed(settings, built)
        return 1

    def waiting() -> None:
        settings.tell("a build of this site is running; waiting for it to end")

    with site_lock(memory_folder(root), waiting):
        report = publish(root, Path(built.output), address, config.name, origin, options)
    _say(settings, built, report)
    return 0


def _target(site: SiteSettings, name: str) -> Target:
    found = site.config.deploy.targets.get(name)
    if found is not None:
        return found
    known = site.config.deploy.targets
    help = did_you_mean(name, known) if known else "add it below  deploy: {targets: …}  in sitegen.yaml"
    message = f'--target: sitegen.yaml knows no target "{name}"'
    raise UsageError(Problem(code="usage.target", where=Where(site.path), message=message, help=help))


def _build(settings: Globals, root: Path, config: Path, base_url: str | None) -> BuildReport:
    """Build for the public. Raises: BuildError when drafts would be published."""
    options = BuildOptions(base_url=base_url, jobs=0)
    with progress_for(settings) as progress, Session(root, config, options, progress) as session:
        report = session.build(lambda: settings.tell("another build of this site is running; waiting for it to end"))
        if session.audience.drafts and not report.failed:
            site = session.load()
            drafts = [head.keys.source for head in site.published if head.keys.draft]
            if drafts:
                raise BuildError([_draft(f"{site.settings.config.build.content}/{source}") for source in drafts])
    return report


def _checked(settings: Globals, root: Path, config: Path, base_url: str | None, built: BuildReport) -> BuildReport:
    """The build's report with what else the check calls an error, which must not be published."""
    from sitegen.check.checking import check_site  # noqa: PLC0415 -- `deploy --init` needs no parser of pages

    with progress_for(settings) as progress:
        report = check_site(root, config, BuildOptions(base_url=base_url), progress)
    known = set(built.problems)
    news = [finding for finding in report.findings if finding not in known]
    errors = tuple(finding for finding in news if finding.is_error)
    warnings = sum(finding.severity == "warning" for finding in news)
    if warnings and not errors:
        more = "more warning" if known else "warning"
        settings.tell(f"{counted(warnings, more)}; see all with  sitegen check")
    return msgspec.structs.replace(built, problems=(*built.problems, *errors), failed=bool(errors))


def _draft(source: str) -> Problem:
    return Problem(
        code="deploy.draft",
        where=Where(source),
        message="is a draft, and would be published",
        help="take  drafts: true  out of  build:  in sitegen.yaml, or  draft: true  out of the article",
    )


def _say_failed(settings: Globals, built: BuildReport) -> None:
    if settings.json:
        settings.show_json(msgspec.to_builtins(built))
        return
    shown_problems(built.problems, color=settings.color)
    settings.tell(f"\n{counted(len(built.errors) or len(built.problems), 'problem')}: nothing was published.")


def _say(settings: Globals, built: BuildReport, report: DeployReport) -> None:
    if settings.json:
        settings.show_json(msgspec.to_builtins(report))
        return
    for notice in built.notices:
        settings.tell(notice)
    shown_problems([*built.problems, *report.problems], color=settings.color)
    where = f"{report.branch} of {report.remote}"
    everything = report.dry_run or settings.verbose
    words = {"add": "added", "change": "changed", "remove": "removed"}
    for step in report.steps if everything else sorted(report.steps, key=_is_minor)[:STEPS_SHOWN]:
        size = f"  {said_size(step.size)}" if step.action != "remove" else ""
        settings.say(f"  {words[step.action]:<8} {_one_line(step.path)}{size}")
    if len(report.steps) > STEPS_SHOWN and not everything:
        settings.say(f"  … and {len(report.steps) - STEPS_SHOWN:,} more")
    counts = ", ".join(
        f"{sum(step.action == action for step in report.steps):,} {word}" for action, word in words.items()
    )
    if report.dry_run:
        settings.say(f"{counts}: {where} would change" if report.steps else f"Nothing to publish: {where} is current.")
    elif report.commit:
        settings.say(f"{counts}: published to {where} ({report.commit[:10]})")
    else:
        settings.say(f"Nothing to publish: {where} is current.")
    if report.urls:
        settings.say(f"urls.txt: {counted(report.urls, 'new address', 'new addresses')}; commit it with the site")


def _is_minor(step: Step) -> bool:
    """Whether a change is to something else than a page that people read."""
    return not step.path.endswith(".html")


def _one_line(path: str) -> str:
    return path if path.isprintable() else path.encode("unicode_escape", "surrogateescape").decode()


def _write_files(settings: Globals, root: Path, config: Path, host: str, base_url: str | None) -> int:
    """Write a host's file. Raises: UsageError for an unknown host, and where a file stands already."""
    if host not in HOSTS:
        message = f'--target: no files are known for "{host}"'
        help = did_you_mean(host, HOSTS)
        raise UsageError(Problem(code="usage.target", where=Where(""), message=message, help=help))
    site = read_settings(config.read_bytes(), config.name, base_url)
    asked = ask(root, "rev-parse", "--show-toplevel")
    top = Path(text_of(asked.stdout)) if asked.returncode == 0 and asked.stdout.strip() else root.resolve()
    folder = (
        root.resolve().relative_to(top.resolve()).as_posix() if root.resolve().is_relative_to(top.resolve()) else "."
    )
    place = Place(
        branch=text_of(ask(root, "symbolic-ref", "--quiet", "--short", "HEAD").stdout) or "main",
        folder="" if folder == "." else folder,
        install="pip install -r requirements.txt"
        if (root / "requirements.txt").is_file()
        else f"pip install ./{WHEELS}",
        output=site.config.build.output,
        base_url=site.config.base_url,
    )
    written = file_for(host, place)
    if not create(top / written.path, written.text.encode(), written.path):
        message = "is there already, and is not overwritten"
        help = "move it away, or change it by hand"
        raise UsageError(Problem(code="usage.exists", where=Where(written.path), message=message, help=help))
    nexts = [written.next]
    if WHEELS in place.install:
        nexts.insert(
            0, f"put a wheel of sitegen into {place.below('tools')}/ , or name another way to install it in the file"
        )
    if settings.json:
        settings.show_json({"written": written.path, "next": nexts})
    settings.say(f"wrote {written.path}")
    for line in nexts:
        settings.say(f"next: {line}")
    return 0
