"""`sitegen check`: what is wrong with a site, where, and how to mend it."""

import click

from sitegen.build.options import BuildOptions
from sitegen.check.checking import CheckReport, check_site, ordered
from sitegen.check.formats import FORMATS, as_github, as_json, as_sarif
from sitegen.cli.progress import progress_for
from sitegen.cli.shared import Globals, counted, global_options
from sitegen.errors import Problem, format_problem

_COLORS = {"error": "red", "warning": "yellow", "note": "blue"}


@click.command("check")
@global_options
@click.option("--fix", is_flag=True, help="Mend what can be mended in one way only; files are replaced whole.")
@click.option("--strict", is_flag=True, help="Let warnings count as errors.")
@click.option("--external", is_flag=True, help="Ask other sites, too, whether the pages that you link to are there.")
@click.option("--format", "format", type=click.Choice(FORMATS), help="How findings are printed (default: text).")
@click.option("-u", "--base-url", help="The site's address, instead of the config's base_url.")
def command(
    settings: Globals, *, fix: bool, strict: bool, external: bool, format: str | None, base_url: str | None
) -> int:
    """Check the site: its articles, and every file that a build would write.

    Nothing is published, and nothing is changed unless you say --fix. What was seen is remembered, so that the next
    check looks only at what is new.
    """
    root, config = settings.site()
    with progress_for(settings) as progress:
        report = check_site(root, config, BuildOptions(base_url=base_url, jobs=0), progress, fix=fix)
        if external:
            from sitegen.check.external import external_problems  # noqa: PLC0415

            report.findings = ordered([*report.findings, *external_problems(report, root / ".sitegen", progress)])
    format = format or ("json" if settings.json else "text")
    if format == "json":
        settings.show_json(as_json(report))
    elif format == "sarif":
        settings.show_json(as_sarif(report))
    elif format == "github":
        for line in as_github(report):
            click.echo(line)
    else:
        _say(settings, report)
    return 1 if report.count("error") or (strict and report.count("warning")) else 0


def _say(settings: Globals, report: CheckReport) -> None:
    for fix in report.fixed:
        place = f"{fix.path}:{fix.line}" if fix.line else fix.path
        settings.say(f"{place}: mended: {fix.after.strip()}")
    for finding in report.findings:
        if settings.quiet and finding.severity == "note":
            continue
        click.echo(_shown(finding, color=settings.color))
    if not report.whole:
        settings.tell("The built site was not looked at: mend the errors first.")
    counts = ", ".join(counted(n, name) for name in ("error", "warning", "note") if (n := report.count(name)))
    settings.say(
        f"\n{counts or 'Nothing is wrong'}"
        f" ({counted(report.articles, 'article or page', 'articles and pages')}, {counted(report.outputs, 'output')},"
        f" {sum(report.seconds.values()):.1f} s)"
    )


def _shown(finding: Problem, *, color: bool) -> str:
    import sys  # noqa: PLC0415

    text = format_problem(finding)
    first, newline, rest = text.partition("\n")
    first = f"{first} [{finding.code}]"
    if color and sys.stdout.isatty():
        first = click.style(first, fg=_COLORS[finding.severity])
    return first + newline + rest
