"""The whole check: look at a site, compare everything with everything, and say what is wrong.

Invariant: findings are ordered by place, so that the same site gives the same words; errors are what must not be
published, warnings what should be mended, notes what is worth knowing.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from sitegen.build.options import BuildOptions
from sitegen.build.release import Release
from sitegen.build.report import Progress
from sitegen.build.scanning import Scan
from sitegen.build.session import Session
from sitegen.build.site import Site
from sitegen.build.toolchain import toolchain_digest
from sitegen.catalog.published import next_change
from sitegen.check.articles import article_problems
from sitegen.check.files import file_problems
from sitegen.check.leaks import leak_problems
from sitegen.check.links import cross, link_problems, with_column
from sitegen.check.looking import Looked, look
from sitegen.check.memory import Remembered
from sitegen.check.mending import Fix, mend_site
from sitegen.check.twins import twin_problems
from sitegen.errors import Problem, Where


class CheckReport(msgspec.Struct, kw_only=True):
    """What a check found. `whole` is False where broken articles or templates kept the outputs from being known.

    `elsewhere` are addresses of other sites, each with the outputs and lines that name it.
    """

    findings: tuple[Problem, ...]
    fixed: tuple[Fix, ...] = ()
    whole: bool = True
    articles: int = 0
    outputs: int = 0
    elsewhere: dict[str, list[tuple[str, int]]] = {}
    folder: str = ""
    seconds: dict[str, float] = {}

    def count(self, severity: str) -> int:
        """How many findings are of this severity."""
        return sum(finding.severity == severity for finding in self.findings)


def check_site(
    root: Path, config: Path, options: BuildOptions, progress: Progress | None = None, *, fix: bool = False
) -> CheckReport:
    """Check a site, after mending what can be where `fix` says so. Raises: ConfigError, UsageError, BuildError."""
    fixed: list[Fix] = []
    if fix:
        for _ in range(ROUNDS):
            with Session(root, config, options, progress) as session:
                scan, site = session.look()
                done = mend_site(root, site, scan)
            fixed += done
            if not done:
                break
    with Session(root, config, options, progress) as session:

        def see(scan: Scan, site: Site, release: Release, inputs: bytes) -> CheckReport:
            looked = look(root, site, scan, release, session)
            report = judge(looked, session.watch.phase)
            if (
                report.whole and not looked.warnings and scan.is_sound()
            ):  # a machine may lack today what it has tomorrow
                _keep(root, inputs, report, session.as_of, site)
            return report

        report = session.inspect(see, lambda inputs: _known(root, inputs, session.as_of))
        report.seconds = dict(session.watch.seconds)
    report.fixed = tuple(fixed)
    return report


class _Kept(msgspec.Struct, frozen=True):
    """A report, when it was made, and until when time alone changes nothing in it (seconds since 1970; None: ever)."""

    report: CheckReport
    as_of: int
    until: int | None


CLOCK_S = 3600  # how long findings that name the day, or count years from it, are believed


def _known(root: Path, inputs: bytes, as_of: int) -> CheckReport | None:
    """The report of the last check, if it read the same and time has not changed what it says."""
    with Remembered(root / ".sitegen", toolchain_digest()) as memory:
        try:
            kept = msgspec.msgpack.decode(memory.report(inputs), type=_Kept)
        except msgspec.DecodeError:
            return None
    return kept.report if kept.as_of <= as_of and (kept.until is None or as_of < kept.until) else None


def _keep(root: Path, inputs: bytes, report: CheckReport, as_of: int, site: Site) -> None:
    until = next_change((head.due for head in site.sources.heads.values()), as_of)
    if any(finding.code.startswith("date.") for finding in report.findings):
        until = min(until or as_of + CLOCK_S, as_of + CLOCK_S)
    with Remembered(root / ".sitegen", toolchain_digest()) as memory:
        memory.keep_report(inputs, msgspec.msgpack.encode(_Kept(report, as_of, until)))


ROUNDS = 3  # a mended article may show that an address breaks, and that is mended as well


def judge(looked: Looked, phase: Callable[[str], object]) -> CheckReport:
    """Everything that is wrong with a site that was looked at."""
    with phase("compare"):  # type: ignore[attr-defined]
        site = looked.site
        findings = [*site.settings.problems, *site.broken, *looked.problems, *looked.warnings]
        findings += [with_column(looked, each) for each in site.problems]
        shown = {head.keys.source for head in site.published}
        for (
            source,
            head,
        ) in site.sources.heads.items():  # a build says nothing of drafts; they are about to be published
            findings += () if source in shown else head.warnings
        findings += article_problems(looked)
        findings += twin_problems(looked)
        elsewhere = {}
        if looked.whole and not looked.problems:
            crossing = cross(looked)
            elsewhere = crossing.elsewhere
            findings += link_problems(looked, crossing)
            findings += _faults(looked)
            findings += leak_problems(looked)
            findings += file_problems(looked, crossing)
        else:
            findings += file_problems(looked, None)
    return CheckReport(
        findings=ordered(findings),
        whole=looked.whole and not looked.problems,
        articles=len(site.published),
        outputs=len(looked.facts),
        elsewhere=elsewhere,
        folder=looked.folder,
    )


def ordered(findings: Iterable[Problem]) -> tuple[Problem, ...]:
    """Findings by place, each once."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda each: (each.where, each.code, each.message)))


def _faults(looked: Looked) -> list[Problem]:
    """What is wrong inside single outputs; one that all pages of a kind share is told once."""
    grouped: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
    severities: dict[tuple[str, str, str], bool] = {}
    for path, fact in looked.facts.items():
        for fault in fact.faults:
            key = (fault.code, fault.message, fault.help)
            grouped.setdefault(key, []).append((path, fault.line))
            severities[key] = fault.error
    problems = []
    for (code, message, help), places in grouped.items():
        path, line = places[0]
        more = len({path for path, _ in places}) - 1
        said = f"{message} (and so in {more:,} more {'output' if more == 1 else 'outputs'})" if more else message
        where = Where(looked.place(path), line)
        severity = "error" if severities[code, message, help] else "warning"
        problems.append(Problem(code=code, where=where, message=said, help=help, severity=severity))  # type: ignore[arg-type]
    return problems
