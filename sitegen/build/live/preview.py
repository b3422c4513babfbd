"""The live site: refreshed from disk, asked for one page at a time, by any number of threads.

Invariant: all answers come from one snapshot of one moment, behind one lock. A broken config leaves the last good one
in force, and that is said.
"""

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import RLock
from typing import Any

import msgspec

from sitegen.build.extras import Extra
from sitegen.build.findings import copied_outputs, findings
from sitegen.build.live.answers import answer, stale_sources
from sitegen.build.live.courtesy import Courtesy
from sitegen.build.live.disk import RACY_NS, Found, Survey
from sitegen.build.live.extras import LiveExtras
from sitegen.build.live.held import Held
from sitegen.build.live.values import Change, LiveOptions, Page
from sitegen.build.opened import MEMORY, without_collector
from sitegen.build.options import BuildOptions
from sitegen.build.pictures import large_pictures
from sitegen.build.plugins import installed_digest
from sitegen.build.scan import Changed
from sitegen.build.scanning import STORIES
from sitegen.build.session import Session
from sitegen.build.site_extras import extras_of, reserved
from sitegen.build.storying import story_findings, story_mend
from sitegen.build.theme_path import available_themes
from sitegen.build.work import Head
from sitegen.catalog.outputs import output_path
from sitegen.errors import Problem, SitegenError, Where
from sitegen.model import Body
from sitegen.plugins import PluginError

MANY = 200  # changed sources from which reading the site anew, on all cores, is quicker
LOOKS = 8  # how often a page is looked at again because its sources keep changing


class Live:
    """One site in memory. `changed` is called after each look that found something; threads may share it."""

    def __init__(
        self, root: Path, config: Path, options: LiveOptions, changed: Callable[[Change], None] = lambda _: None
    ) -> None:
        self.root = root.absolute()
        self.config = config.absolute()
        self.options = options
        self.changed = changed
        self.lock = RLock()
        self.held: Held | None = None
        self._extras = LiveExtras()
        self._asked = Courtesy()
        self._fault: tuple[Problem, ...] = ()  # of the config; `held` is then as the last good one said
        self._jobs = options.jobs
        self._config_seen: tuple[bytes, bytes, tuple[str, ...], bytes] = (b"", b"", (), b"")
        self._config_mark: tuple[int, ...] = ()
        self._is_prepared = False
        self._looked = (0.0, 0.0)  # when everything was looked at last, and how long that took

    # ---- the whole site

    def load(self) -> None:
        """Read the site. A fault of the config is kept, and said by every page until it is mended."""
        with self.lock:
            self._load()
            self._jobs = 1  # from now on there are threads, beside which no process should be forked

    def close(self) -> None:
        """Close the cache."""
        with self.lock:
            if self.held is not None:
                self.held.close()
                self.held = None

    @property
    def base_path(self) -> str:
        """The path below which the site stands: "" or "/archive"."""
        held = self.held
        return held.site.settings.base.path if held else ""

    @property
    def inbox(self) -> str:
        """The folder that the config names as the inbox; "" for none."""
        held = self.held
        return held.site.settings.config.serve.inbox if held else ""

    @property
    def content(self) -> str:
        """The folder of the articles, as people name it."""
        held = self.held
        return held.disk.scan.content.shown if held else "content"

    @property
    def version(self) -> int:
        """A number that grows with each change that was taken over."""
        held = self.held
        return held.version if held else 0

    def folders(self) -> list[Path]:
        """The folders whose files make the site: what is worth watching."""
        with self.lock:
            if self.held is None:
                return [self.root / "content", self.root / "templates", self.root / "themes"]
            return [files.folder for files in self.held.disk.scan.all()]

    def prepare(self) -> None:
        """Make what the first edit will need; for a thread with nothing else to do."""
        held = self.held
        if held is not None:
            inputs = held.at_hand()
            with self.lock:
                held.take_at_hand(inputs)
            held.prepare()
            with self.lock:
                held.warm()
            if not self._is_prepared:
                self._is_prepared = True
                gc.collect()
                gc.freeze()  # as after loading: what was made ready is as large, and lives as long

    def _load(self) -> None:
        with without_collector():
            self._read_anew()

    def _read_anew(self) -> None:
        options = self.options
        self._config_seen, self._config_mark = self._given(), self._marks()
        session = Session(
            self.root,
            self.config,
            BuildOptions(base_url=options.base_url, audience=options.audience, jobs=self._jobs, as_of=options.as_of),
        )
        try:
            scan, site = session.look(whole=False)
        except SitegenError as error:
            session.close()
            self._fault = error.problems
            return
        is_first = self.held is None
        if self.held is not None:
            self.held.close()
        self._fault = ()
        self.held = Held(session, scan, site, options)
        self._is_prepared = False
        if not is_first:
            gc.unfreeze()  # what was frozen before may be a site that nobody holds any more
            gc.collect()
        gc.freeze()  # tens of thousands of values that live as long as the preview: no collection need visit them

    def _given(self) -> tuple[bytes, bytes, tuple[str, ...], bytes]:
        """What decides whether the config can be read: its bytes, and those of what editors say of stories; which
        themes there are; the code of plugins.
        """
        content, stories = _content_of(self.config), _content_of(self.root / STORIES)
        plugins = installed_digest() if b"plugins" in content else b""
        return content, stories, tuple(available_themes(self.root)), plugins

    # ---- what changed

    def refresh(self, paths: Iterable[str] | None = None) -> Change | None:
        """Look at these paths, or at everything; None when nothing changed. Raises nothing for what is in the files."""
        held = self.held
        between = self._asked.giving_way()
        surveys = held.disk.survey(between) if paths is None and held is not None else ()  # while pages are asked for
        with self.lock:
            change = self._refresh(paths, surveys)
        if change is not None:
            self.changed(change)
        return change

    def _refresh(self, paths: Iterable[str] | None, surveys: Sequence[Survey] = ()) -> Change | None:
        began = time.perf_counter()
        change = self._taken(self.held, paths, surveys) if self.held is not None else self._try_again()
        return msgspec.structs.replace(change, seconds=time.perf_counter() - began) if change is not None else None

    def _try_again(self) -> Change | None:
        if self._given() == self._config_seen:
            return None
        self._load()
        return Change(paths=(self.config.name,), problems=self.problems())

    def _taken(self, held: Held, paths: Iterable[str] | None, surveys: Sequence[Survey]) -> Change | None:
        found = self._look(held, surveys) if paths is None else held.disk.look_at(paths)
        due = held.is_due()
        if self._fault and found.config is None and self._given() != self._config_seen:
            found.config = held.disk.scan.config  # what was missing may be there now
        if found.is_empty() and not due:
            return None
        if found.config is not None or len(found.articles) > MANY:
            self._load()
            if not self._fault:
                return Change(paths=tuple(found.paths), problems=self.problems())
        with without_collector(lasts=False):  # an edit makes few cycles, and what it replaces may go
            taken = held.take(found, due=due)
        return Change(paths=tuple(found.paths), files=taken.files, article=taken.article, problems=self.problems())

    def _look(self, held: Held, surveys: Sequence[Survey]) -> Found:
        began = time.monotonic()
        found = held.disk.look(surveys)
        now = time.monotonic()
        self._looked = (now, self._looked[1] if surveys else now - began)
        return found

    # ---- what is wrong

    def problems(self) -> tuple[Problem, ...]:
        """Everything that is known to be wrong, config and theme first."""
        with self.lock:
            if self.held is None:
                return self._fault
            broken = [problem for each in self.held.articles.broken.values() for problem in each.problems]
            return (*self._faults(), *broken)

    def _faults(self) -> tuple[Problem, ...]:
        """What is wrong with parts that all pages stand on."""
        parts = self.held.faults.values() if self.held is not None else ()
        return (*self._fault, *(problem for part in parts for problem in part))

    def check(self) -> tuple[Problem, ...]:
        """What only a look at the whole site tells, as a build would say it: clashes of outputs, links to nothing,
        warnings; nothing while the config is broken, as in a build. Nobody waits for it; an edit that comes meanwhile
        makes it out of date. Cost: as ordering a site.
        """
        with self.lock:
            held = self.held
            if held is None or self._fault:
                return ()
            scan, snapshot, settings = held.disk.scan, held.site.snapshot, held.site.settings
            heads, published = dict(held.articles.heads), list(held.articles.by_id.values())
            theme, storied = held.site.theme, held.site.storied
            is_whole = not held.articles.broken
            facts = held.facts if settings.config.images.enabled else {}
        try:
            outputs = snapshot.table("outputs")
        except PluginError as error:
            return (error.problem,)
        copied = copied_outputs(scan.content, scan.static, snapshot.table("file"))
        copied += reserved(settings, theme)
        mend = story_mend(snapshot, published)
        found = findings(scan, heads, published, published, outputs, copied, is_whole=is_whole, mend=mend)
        found += story_findings(storied.named, snapshot, heads)
        found += large_pictures(facts)
        found += [problem for problem in (*settings.problems, *theme.problems) if not problem.is_error]
        return tuple(sorted(dict.fromkeys(found), key=lambda problem: (not problem.is_error, problem.where)))

    # ---- one page

    def page(self, url: str) -> Page:
        """What stands at a site path now, with a look at the sources of that very page first."""
        with self._asked:
            return self._page_now(url)

    def _page_now(self, url: str) -> Page:
        changes: list[Change] = []
        extra = self._extra_at(url)
        if extra is not None:
            return self._extras.page(extra, url)
        with self.lock:
            page = self._page(url, changes)
        for each in changes:
            self.changed(each)
        return page

    def _extra_at(self, url: str) -> Extra | None:
        """The extra that a site path is part of; a look at the disk comes first, as for every page."""
        path = output_path(url) if url.startswith("/") else ""
        with self.lock:
            held = self.held
            if held is None or not any(extra.holds(path) for extra in (*held.site.extras, *held.pictures)):
                return None
            change = self._refresh(None)
            held = self.held or held
            site, heads = held.site, held.articles.published()
            snapshot, copies = site.snapshot, site.copies

            def ask(*key: str) -> Any:
                with self.lock:
                    return snapshot.ask(key)

            extras = extras_of(
                site.settings, site.theme, heads, self._body_of, self.root / MEMORY, lambda: copies, ask,
                held.pictures, "search-live",
            )  # fmt: skip
        if change is not None:
            self.changed(change)
        return next((extra for extra in extras if extra.holds(path)), None)

    def _body_of(self, head: Head) -> Body:
        with self.lock:
            if self.held is None:
                raise Changed(head.keys.source)
            return self.held.body(head)

    def _page(self, url: str, changes: list[Change]) -> Page:
        page: Page | None = None
        for look in range(LOOKS):
            page, stale = self._answered(url, racy=0 if look else RACY_NS)
            if not stale and page is not None and (page.status != 404 or look or not self._may_look()):
                return page
            change = self._refresh(stale or None)
            if change is not None:
                changes.append(change)
            elif self.held is None:
                break
        return page or Page(url=url, status=500, problems=(_never_still(url),))

    def _answered(self, url: str, racy: int) -> tuple[Page | None, list[str]]:
        """The page as it stands, if there is one, and those of its sources that ask for another look."""
        held = self.held
        if held is None:
            return Page(url=url, status=500, problems=self._fault), [str(self.config)]
        stale = [str(self.config)] if self._config_changed() else []
        try:
            page, made = answer(held, url, self._faults())
            return page, stale + stale_sources(held, url, made, racy)
        except Changed as changed:
            return None, [*stale, str(held.disk.scan.content.folder / str(changed)), str(held.disk.scan.static.folder)]

    def _may_look(self) -> bool:
        """Whether a request for what is not there may look at everything: most of the time is left for others."""
        at, cost = self._looked
        return time.monotonic() - at > 4 * cost

    def _config_changed(self) -> bool:
        before, self._config_mark = self._config_mark, self._marks()
        return before != self._config_mark

    def _marks(self) -> tuple[int, ...]:
        return (*_mark(self.config), -1, *_mark(self.root / STORIES))


def _never_still(url: str) -> Problem:
    return Problem(
        code="file.changing",
        where=Where(url),
        message="its sources change faster than they can be read",
        help="wait until what writes them is done",
    )


def _content_of(path: Path) -> bytes:
    """Bytes of a file; none when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _mark(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
