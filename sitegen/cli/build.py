"""`sitegen build`: the site into its output folder."""

from pathlib import Path

import click
import msgspec

from sitegen.build.options import BuildOptions
from sitegen.build.report import BuildReport
from sitegen.build.session import Session
from sitegen.catalog.published import Audience
from sitegen.cli.progress import progress_for
from sitegen.cli.shared import Globals, counted, global_options, shown_problems

_last: list[Session] = []  # kept until the process ends (see `__main__`): to take a site apart costs 10 ms
PATHS_SHOWN = 20  # paths that a summary names before it counts the rest


@click.command("build")
@global_options
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where the site goes (default: public/).")
@click.option("-u", "--base-url", help="The site's address, instead of the config's base_url.")
@click.option("-D", "--drafts", is_flag=True, help="Publish drafts too.")
@click.option("-F", "--future", is_flag=True, help="Publish articles whose date is still to come.")
@click.option("-E", "--expired", is_flag=True, help="Publish articles that have expired.")
@click.option("--clean", is_flag=True, help="Forget what earlier builds remembered; the result is the same, later.")
@click.option("--strict", is_flag=True, help="Let warnings count as errors.")
@click.option("--minify", is_flag=True, help="Write HTML without needless space.")
@click.option("--dry-run", is_flag=True, help="Say what would be written and removed, and write nothing.")
@click.option("--durable", is_flag=True, help="Wait until the disk has really stored each file.")
@click.option("--adopt", is_flag=True, help="Write into a folder that holds files of others; none is lost.")
@click.option("--keep-going", is_flag=True, help="Leave broken articles out and build the rest (exit code stays 1).")
@click.option("-j", "--jobs", type=click.IntRange(1, 1024), help="How many processes work (default: one a core).")
@click.option("--cluster", metavar="URL", default="", help="Work on a Dask cluster: tcp://scheduler:8786.")
def command(
    settings: Globals,
    *,
    output: Path | None,
    base_url: str | None,
    drafts: bool,
    future: bool,
    expired: bool,
    jobs: int | None,
    **switches: bool | str,
) -> int:
    """Build the site.

    Only what changed since the last build is made again; the result is the same, byte for byte, as that of a build
    from nothing. When something is wrong, all of it is said, and the last good site stays as it is.
    """
    root, config = settings.site()
    options = BuildOptions(
        output=output,
        base_url=base_url,
        audience=Audience(drafts=drafts, future=future, expired=expired),
        jobs=jobs or 0,
        **switches,  # type: ignore[arg-type]
    )
    with progress_for(settings) as progress, Session(root, config, options, progress, settings.ahead) as session:
        _last[:] = [session]
        report = session.build(lambda: settings.tell("another build of this site is running; waiting for it to end"))
    if settings.json:
        settings.show_json(msgspec.to_builtins(report))
    else:
        shown_problems(report.problems, color=settings.color)
        _summarise(settings, report)
    return 1 if report.failed else 0


def _summarise(settings: Globals, report: BuildReport) -> None:
    for notice in report.notices:
        settings.tell(notice)
    errors, warnings = len(report.errors), len(report.warnings)
    if report.failed and not report.published:
        said = " and ".join(counted(n, word) for n, word in ((errors, "error"), (warnings, "warning")) if n)
        settings.tell(f"\n{said}: nothing was written, the last good site stays as it is.")
        return
    folder = _short(report.output)
    would = "would be " if report.dry_run else ""
    settings.say(
        f"{counted(report.articles, 'article')} and {counted(report.pages, 'page')} in {folder}"
        + (f" ({counted(report.unpublished, 'other')} not published)" if report.unpublished else "")
    )
    settings.say(
        f"{counted(report.outputs, 'output')}: {len(report.rendered):,} rendered,"
        f" {len(report.written):,} {would}written, {report.unchanged:,} unchanged,"
        f" {len(report.removed):,} {would}removed"
    )
    for label, paths in (("kept, because somebody changed them", report.kept), *_listed(settings, report)):
        if paths:
            settings.say(f"{label}:")
            for path in paths[:PATHS_SHOWN]:
                settings.say(f"  {path}")
            if len(paths) > PATHS_SHOWN and not settings.verbose:
                settings.say(f"  … and {len(paths) - PATHS_SHOWN:,} more")
    total = sum(report.seconds.values())
    phases = ", ".join(f"{name} {seconds:.2f}" for name, seconds in report.seconds.items() if seconds >= SHOWN_S)
    settings.say(f"{total:.2f} s" + (f" ({phases})" if phases else ""))
    if errors:
        settings.tell(f"{counted(report.broken, 'article')} left out: {counted(errors, 'error')}")
    elif warnings:
        settings.tell(counted(warnings, "warning"))


SHOWN_S = 0.01  # seconds; a shorter phase is not worth a word


def _listed(settings: Globals, report: BuildReport) -> list[tuple[str, tuple[str, ...]]]:
    if not report.dry_run and not settings.verbose:
        return []
    would = "would be " if report.dry_run else ""
    return [(f"{would}written", report.written), (f"{would}removed", report.removed)]


def _short(folder: str) -> str:
    """A folder as a person in the current one would name it."""
    try:
        return f"{Path(folder).relative_to(Path.cwd())}/"
    except ValueError:
        return folder
