"""The one orchestrator: a folder in, a site out, and what was found out remembered for the next time.

Invariant: the output follows from the sources alone; memory only saves work. A build that fails writes nothing.

    scan       disk -> digests                 nothing changed? then nothing is left to do
    load       sources -> articles, snapshot   in parallel; remembered by digest
    render     stale outputs -> bytes          in parallel; each with the keys it read
    publish    bytes that differ -> disk       whole files, then what was learnt
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from sitegen.build.ahead import Ahead
from sitegen.build.apart import Apart
from sitegen.build.cache import decoded, written_at
from sitegen.build.extras import Kept
from sitegen.build.last import Built, standing_apart, stands, unlike
from sitegen.build.opened import MEMORY, Opened, without_collector
from sitegen.build.options import defaults_of
from sitegen.build.pool import may_go_apart
from sitegen.build.publish import Target, dangerous
from sitegen.build.report import BuildReport
from sitegen.build.scanning import Scan, scan_site
from sitegen.build.seen import OWN_RACY_NS, KnownFiles
from sitegen.build.toolchain import keep_code, recall_code, toolchain_digest
from sitegen.build.tracing import Memory
from sitegen.build.walk import listed
from sitegen.digest import digest_bytes, digest_value
from sitegen.errors import ConfigError, Problem, UsageError, Where

if TYPE_CHECKING:  # parsers and templates are imported only when there is something to make
    from sitegen.build.release import Release
    from sitegen.build.settings import SiteSettings
    from sitegen.build.site import Site

FILES = "files"  # what the cache knows them by
MANY = 1000  # outputs; below that, a process that looks at them costs more than it saves
RELATED = 1000  # new articles; of fewer, the process that relates them starts when all are parsed
T = TypeVar("T")


class Session(Opened):
    """One site on disk, opened for one or more builds or look-ups. Use as a context manager."""

    _files_before = b""  # what the cache says of the files, as it is kept there
    made: Sequence[object] = ()  # what the last build was made of, for a process that ends with it: see `cli.build`

    def build(self, waiting: Callable[[], None] = lambda: None) -> BuildReport:
        """Build the site. Faults of content, theme and output come back in the report, and then nothing was written.

        Raises: ConfigError and UsageError. `waiting` is called when another build of this site has to end first.
        """

        def late() -> None:
            if self.ahead is not None:
                self.ahead.forget()  # much may change until that build has ended
            waiting()

        with self._locked(late), without_collector():
            if self.ahead is not None and written_at(self.root / MEMORY) + OWN_RACY_NS >= self.ahead.began:
                self.ahead.forget()  # another build ended meanwhile, and may have seen what came after our look
            if self.options.clean:
                self.cache.drop("--clean")
                self.cache.notice = ""
            return self._trusting(lambda: self._settled(self._build))

    def load(self) -> "Site":
        """The site as it stands, for listings and questions; nothing is written but the cache."""
        return self.look()[1]

    def answer(self, ask: "Callable[[Site], T]") -> T:
        """What `ask` says of the site as it stands. It may read the cache: where that proves damaged, the site is
        loaded anew and asked again.
        """
        return self._acting(lambda: ask(self._load_only()[1]))

    def look(self, *, whole: bool = True) -> "tuple[Scan, Site]":
        """The site as it stands, with the files that it was read from; `whole` as for `load_site`."""
        return self._acting(lambda: self._load_only(whole=whole))

    def inspect(
        self,
        see: "Callable[[Scan, Site, Release, bytes], T]",
        recall: "Callable[[bytes], T | None]" = lambda _inputs: None,
    ) -> T:
        """What `see` says of the site and of the outputs that a build would write; nothing is written but the cache.

        `recall` is asked before, with the digest of all that was read, which `see` is given as well: what it says
        spares the look. `release.make` may be given another function in place of `work.render_chunk`. Raises as `build`
        does.
        """

        def act() -> T:
            with self.watch.phase("scan"):
                scan, settings, _ = self._scan()
                folder = self._output_folder(self.defaults.output, self.defaults.content)
                inputs = self._inputs(scan, folder)
            known = recall(inputs) if scan.is_sound() else None
            if known is not None:
                return known
            from sitegen.build.release import Release  # noqa: PLC0415 -- see above

            site = self._load(scan, settings or self._settings(scan.config))
            target = Target(folder, adopt=False, durable=False)
            memory, extras = Memory.load(self.cache), self.cache.known("extras", dict[str, Kept])
            return see(scan, site, Release(site, target, memory, minify=self.minify, extras=extras), inputs)

        return self._acting(act)

    def remembered(self) -> Memory:
        """What the last successful build remembers of every output."""
        with self._locked():
            return self._trusting(lambda: Memory.load(self.cache))

    def last_rendered(self) -> frozenset[str]:
        """The outputs that the last successful build made again."""
        with self._locked():
            last = self._trusting(lambda: self.cache.known("built", Built))
        return frozenset(last.report.rendered) if last else frozenset()

    def _load_only(self, *, whole: bool = True) -> "tuple[Scan, Site]":
        scan, settings, _ = self._scan()
        return scan, self._load(scan, settings or self._settings(scan.config), whole=whole)

    def _build(self) -> BuildReport:
        with self.watch.phase("scan"):
            config, settings, last = self._recalled()
            folder = self._output_folder(self.defaults.output, self.defaults.content)
            looking = self._looking(folder, last)
            scan = self._scan_with(config, settings, last)
            inputs = self._inputs(scan, folder)
            self.made = [scan]
        if last is not None and scan.is_sound() and self._is_current(last, inputs):
            with self.watch.phase("verify"):
                if stands(looking, self.cache, folder):
                    return self._unchanged(last)
        relating = self._relating(scan, settings) if scan.content.fresh else None
        from sitegen.build.release import Release  # noqa: PLC0415 -- as above

        settings = settings or self._settings(scan.config)
        target = Target(folder, adopt=self.options.adopt, durable=self.options.durable)
        foreign = target.foreign()
        if foreign is not None:
            return BuildReport(output=str(folder), failed=True, problems=(foreign,), notices=self._notices())
        site = self._load(scan, settings, rendered=True, relating=relating)
        memory = Memory.load(self.cache)
        extras = self.cache.known("extras", dict[str, Kept])
        release = Release(site, target, memory, minify=self.minify, extras=extras)
        self.made = [scan, release]
        if not self._fails(site.problems):
            with self.watch.phase("render"), release.abandoned_by_exceptions():
                whole = not self._broken_ends(site)
                release.look(unlike(looking, memory.records))
                release.render(self.pool, self.progress, write=not self.options.dry_run, whole=whole)
        of_output = [*release.problems, *release.warnings]
        problems = [*settings.problems, *site.broken, *site.problems, *of_output]
        if self._fails([*settings.problems, *site.problems, *of_output]) or self._broken_ends(site):
            release.abandon()
            return self._report(site, release, folder, problems, failed=True)
        with self.watch.phase("publish"):
            if not self.options.dry_run:
                release.publish(self.root / MEMORY / "kept")
        if release.problems:
            return self._report(site, release, folder, [*problems, *release.problems], failed=True)
        report = self._report(site, release, folder, problems, failed=bool(site.broken))
        report = msgspec.structs.replace(report, published=not self.options.dry_run)
        if not self.options.dry_run:
            with self.watch.phase("remember"):
                try:
                    self._remember(site, scan, settings, release, memory, report, inputs)
                except sqlite3.Error as error:  # the site stands; what it cost to make is all that is lost
                    self.cache.rollback()
                    said = f"what was learnt could not be kept ({error}): the next build does it again"
                    report = msgspec.structs.replace(report, notices=(*report.notices, said))
        return msgspec.structs.replace(report, seconds=dict(self.watch.seconds))

    def _fails(self, problems: list[Problem]) -> bool:
        return any(problem.is_error for problem in problems) or (
            (self.options.strict or self.defaults.strict) and bool(problems)
        )

    def _broken_ends(self, site: "Site") -> bool:
        return bool(site.broken) and not self.options.keep_going

    def _scan(self) -> "tuple[Scan, SiteSettings | None, Built | None]":
        """All files, the settings if they had to be read, and the last build if it had the same config."""
        config, settings, last = self._recalled()
        return self._scan_with(config, settings, last), settings, last

    def _recalled(self) -> "tuple[bytes, SiteSettings | None, Built | None]":
        """The config; the last build if it had the same, else what is in the config."""
        try:
            config = self.config.read_bytes()
        except OSError as error:
            message = f"cannot be read: {error.strerror or error}"
            help = "check who may read it"
            raise ConfigError(
                Problem(code="config.unreadable", where=Where(self.config.name), message=message, help=help)
            ) from error
        recall_code(self.cache)
        last = self.cache.known("built", Built)
        if last is not None and last.config == self._config_digest(config):
            self.defaults = last.defaults
            return config, None, last
        settings = self._settings(config)
        self.defaults = defaults_of(settings)
        return config, settings, None

    def _scan_with(self, config: bytes, settings: "SiteSettings | None", last: Built | None) -> Scan:
        if settings is not None:
            themes, plugins = settings.themes, tuple(use.name for use in settings.plugins)
        else:
            assert last is not None
            themes, plugins = last.themes, last.plugins
        self._files_before = self.cache.encoded_value(FILES)
        known = decoded(FILES, self._files_before, dict[str, KnownFiles]) if self._files_before else {}
        look = self.ahead.listed if self.ahead is not None else listed
        return scan_site(self.root, self.config.name, config, self.defaults.content, themes, known, plugins, look)

    def _looking(self, folder: Path, last: Built | None) -> Apart | Ahead | None:
        """A process that looks at every output while this one looks at the sources; None where there is none."""
        if last is None:
            return None
        if self.ahead is not None and self.ahead.looks_at(folder):
            return self.ahead
        pool, path = self.pool, self.cache.path
        if last.report.outputs <= MANY or not may_go_apart(pool):
            return None
        return pool.beside(lambda: standing_apart(path, folder))

    def _settings(self, config: bytes) -> "SiteSettings":
        from sitegen.build.composed import KeptYaml  # noqa: PLC0415
        from sitegen.build.settings import read_settings  # noqa: PLC0415

        composed = KeptYaml(self.cache, "config")
        settings = read_settings(config, self.config.name, self.options.base_url, composed)
        composed.save()
        return settings

    def _config_digest(self, config: bytes) -> bytes:
        return digest_value([toolchain_digest(), digest_bytes(config), self.config.name, self.options.base_url])

    def _inputs(self, scan: Scan, folder: Path) -> bytes:
        return digest_value(
            [scan.fingerprint(), self._config_digest(scan.config), self.audience, self.minify, str(folder)]
        )

    def _output_folder(self, named: str, content: str) -> Path:
        folder = self.options.output if self.options.output is not None else self.root / (named or "public")
        folder = folder.absolute()
        why = dangerous(folder, self.root, content)
        if why:
            raise UsageError(
                Problem(
                    code="usage.output",
                    where=Where(str(folder)),
                    message=f"cannot be the output folder: {why}",
                    help="name another with  -o DIR, or  build: {output: public}  in sitegen.yaml",
                )
            )
        return folder

    def _is_current(self, last: Built, inputs: bytes) -> bool:
        """Whether the last build is what this one would make."""
        if (self.options.strict or self.defaults.strict) and last.report.problems:
            return False
        return last.holds(inputs, self.as_of)

    def _unchanged(self, last: Built) -> BuildReport:
        report = last.again(self._notices(), dict(self.watch.seconds))
        if last.report.rendered and not self.options.dry_run:  # the last build is this one, which made nothing
            with suppress(sqlite3.Error):
                self.cache.remember("built", msgspec.structs.replace(last, report=report))
        return report

    def _relating(self, scan: Scan, settings: "SiteSettings | None") -> Apart | None:
        """A process that will bring the remembered table of related articles up to date, or, where many articles have
        never been seen, make it: it imports what that takes while this one imports parsers, or templates and heads.
        None where there is too little to do, or no second process. `settings` are those of a config that was not known.
        """
        pool, path = self.pool, self.cache.path
        known = self.cache.has("related")
        wanted = known or (settings is not None and settings.relates and len(scan.content.fresh) > RELATED)
        if not wanted or not may_go_apart(pool):
            return None

        def prepare() -> Callable[[bytes], bytes]:
            from sitegen.build import relate  # noqa: PLC0415 -- there, not here

            return relate.again_apart(path, scan.edited()) if known else relate.whole_apart(path, pool)

        return pool.apart(prepare)

    def _load(
        self,
        scan: Scan,
        settings: "SiteSettings",
        *,
        whole: bool = True,
        rendered: bool = False,
        relating: Apart | None = None,
    ) -> "Site":
        from sitegen.build.site import load_site  # noqa: PLC0415

        return load_site(
            scan,
            settings,
            audience=self.audience,
            minify=self.minify,
            as_of=self.as_of,
            cache=self.cache,
            pool=self.pool,
            progress=self.progress,
            watch=self.watch,
            whole=whole,
            rendered=rendered,
            relating=relating,
        )

    def _report(
        self, site: "Site", release: "Release", folder: Path, problems: list[Problem], *, failed: bool
    ) -> BuildReport:
        published = site.published.articles
        return BuildReport(
            output=str(folder),
            articles=published.count(1),
            pages=published.count(0),
            unpublished=len(site.sources.heads) - len(published),
            broken=len(site.sources.broken),
            parsed=len(site.sources.parsed),
            outputs=len(release.wanted),
            rendered=tuple(sorted(release.rendered)),
            written=() if failed and not site.broken else tuple(sorted(release.written)),
            removed=tuple(sorted(release.removed)),
            kept=tuple(sorted(release.kept)),
            dry_run=self.options.dry_run,
            failed=failed,
            problems=tuple(problems),
            notices=self._notices(),
            seconds=dict(self.watch.seconds),
        )

    def _remember(
        self,
        site: "Site",
        scan: Scan,
        settings: "SiteSettings",
        release: "Release",
        memory: Memory,
        report: BuildReport,
        inputs: bytes,
    ) -> None:
        built = Built(
            inputs=inputs if not site.broken else b"",
            as_of=self.as_of,
            next_change=site.sources.heads.columns.next_change(self.as_of),
            config=self._config_digest(scan.config),
            themes=settings.themes,
            defaults=self.defaults,
            plugins=scan.plugins,
            report=report,
        )
        self.cache.begin()
        news = scan.news()
        if news is not None:
            self.cache.remember(FILES, news, self._files_before)
        memory.save(self.cache, *release.records(), site.snapshot, release.words)
        self.cache.remember("extras", release.extras)
        self.cache.remember("built", built)
        keep_code(self.cache)
        self.cache.commit()
        from sitegen.build.kept_copies import forget_copies  # noqa: PLC0415 -- a build with nothing to do forgets none

        forget_copies(self.root / MEMORY, [extra.at for extra in site.extras])

    def _notices(self) -> tuple[str, ...]:
        return (self.cache.notice,) if self.cache.notice else ()
