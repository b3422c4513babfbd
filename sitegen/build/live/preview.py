"""The live site: refreshed from disk, asked for one page at a time.

Invariant: all answers come from one snapshot of one moment, behind one lock. What is broken never replaces what was
good: a broken config or theme leaves the last good one in force, a broken article is left out, and all of it is said.
"""

import gc
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import RLock
from typing import Any

import msgspec

from sitegen.build.data import read_data
from sitegen.build.live.articles import Articles
from sitegen.build.live.disk import RACY_NS, Disk, Found
from sitegen.build.live.nearness import Change as NearChange
from sitegen.build.live.nearness import Nearness, RelatedNow
from sitegen.build.live.pages import Made, Pages
from sitegen.build.live.texts import LiveBodies, Texts
from sitegen.build.live.values import Change, Page, type_of
from sitegen.build.relate import Wanted
from sitegen.build.scan import Changed, Files
from sitegen.build.session import BuildOptions, Session
from sitegen.build.site import Copy, Site, dead_links, file_places, theme_inputs
from sitegen.build.theme_path import available_themes
from sitegen.build.themes import Theme, read_theme
from sitegen.build.work import Head, Parsed, parse_chunk
from sitegen.catalog import lookup
from sitegen.catalog.outputs import clashes, output_path
from sitegen.catalog.patching import Edit, patched
from sitegen.catalog.published import Audience
from sitegen.content.slugs import slugify
from sitegen.digest import digest_bytes, digest_value
from sitegen.engine import Input, Items, Snapshot, rules_of
from sitegen.errors import Problem, SitegenError, Where
from sitegen.model import Broken, Output
from sitegen.theme.filters import filters_for
from sitegen.theme.questions import RULES
from sitegen.theme.render import Renderer
from sitegen.theme.templates import environment_of

LIVE_RULES = {**RULES, **rules_of(lookup.addresses, lookup.output_at, lookup.has, lookup.indexed, lookup.folds)}
PATCHED = ("by_id", "order", "groups", "calendar", "addresses", "folds", "targets")
MANY = 200  # changed sources from which reading the site anew, on all cores, is quicker
LARGE = 4_000_000  # bytes; larger plain files are sent from disk, piece by piece
LOOKS = 8  # how often a page is looked at again because its sources keep changing
FEW = 100  # sources of a page that a request looks at; of longer lists the watcher tells
_head = msgspec.msgpack.Decoder(Head)
_broken = msgspec.msgpack.Decoder(Broken)


class LiveOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says of a preview."""

    base_url: str | None = None
    audience: Audience = Audience(drafts=True, future=True)
    jobs: int = 1
    as_of: int | None = None


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
        self.faults: dict[str, tuple[Problem, ...]] = {}  # by part: config, theme, data, content, static
        self.version = 0
        self._jobs = options.jobs
        self._session: Session | None = None
        self._pages = Pages()
        self._moved: dict[str, str] = {}  # address to the source that stood there
        self._site: Site | None = None
        self._config_seen: tuple[bytes, tuple[str, ...]] = (b"", ())
        self._config_mark: tuple[int, ...] = ()
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
            if self._session is not None:
                self._session.close()
                self._session = None

    @property
    def is_loaded(self) -> bool:
        """Whether the site could be read at all."""
        return self._site is not None

    @property
    def base_path(self) -> str:
        """The path below which the site stands: "" or "/archive"."""
        return self._site.settings.base.path if self._site else ""

    @property
    def settings(self) -> Any:
        """The settings in force; None while there are none."""
        return self._site.settings if self._site else None

    def folders(self) -> list[Path]:
        """The folders whose files make the site: what is worth watching."""
        with self.lock:
            if self._site is None:
                return [self.root / "content", self.root / "templates", self.root / "themes"]
            return [files.folder for files in self._disk.scan.all()]

    def _load(self) -> None:
        options = self.options
        self._config_seen, self._config_mark = self._given(), _mark(self.config)
        session = Session(
            self.root,
            self.config,
            BuildOptions(base_url=options.base_url, audience=options.audience, jobs=self._jobs, as_of=options.as_of),
        )
        try:
            scan, site = session.look()
        except SitegenError as error:
            session.close()
            self.faults["config"] = error.problems
            return
        if self._session is not None:
            self._session.close()
        self._session = session
        self._site = site
        self._disk = Disk(self.root, self.config, scan)
        scan.content.forget(list(scan.content.seen))
        scan.static.forget(list(scan.static.seen))
        self.faults.clear()
        self._start(site, session.as_of)
        gc.collect()
        gc.freeze()  # tens of thousands of values that live as long as the preview: no collection need visit them

    def _start(self, site: Site, as_of: int) -> None:
        self._texts = Texts(site.sources, self._reparsed)
        facts = site.settings.facts
        wanted = Wanted(facts.related, facts.reasons)
        related = site.snapshot.inputs["related"]
        assert isinstance(related, Input)
        articles = [head for head in site.published if head.keys.kind == "article"]
        self._nearness = Nearness(related.value, wanted, lambda: self._texts.terms(articles))
        self._articles = Articles(
            dict(site.sources.heads), dict(site.sources.broken), site.snapshot.inputs, self.options.audience
        )
        self._articles.settle(as_of)
        bodies = site.snapshot.inputs["body"]
        assert isinstance(bodies, Items)
        values = LiveBodies(self._texts, self._head_of, lambda: iter(self._articles.by_id))
        self._articles.inputs["body"] = Items(values, bodies.digests)
        near = Input(RelatedNow(self._nearness, self._nearness.first()), related.digest)
        inputs = {**site.snapshot.inputs, "body": self._articles.inputs["body"], "related": near}
        self._theme_faults(site.theme, [])
        self.faults["content"] = tuple(p for p in site.problems if p.is_error and p.code.startswith("file."))
        self._env = environment_of(site.theme.templates, filters_for(site.settings.base, slugify))
        self._renew(Snapshot(LIVE_RULES, inputs, previous=site.snapshot))

    def _head_of(self, id: str) -> Head | None:
        return self._articles.by_id.get(id)

    def _renew(self, snapshot: Snapshot) -> None:
        assert self._site is not None
        site = self._site
        site.snapshot = snapshot
        renderer = Renderer(snapshot, self._env, site.theme.templates, site.settings.config.build.content)
        self._pages.renew(snapshot, renderer)
        self.version += 1

    def prepare(self) -> None:
        """Make what the first edit will need; for a thread with nothing else to do."""
        if self._site is not None:
            nearness, snapshot = self._nearness, self._site.snapshot
            for name in PATCHED:
                snapshot.table(name)
            nearness.prepare()

    # ---- what changed

    def refresh(self, paths: Iterable[str] | None = None) -> Change | None:
        """Look at these paths, or at everything; None when nothing changed. Raises nothing for what is in the files."""
        began = time.perf_counter()
        with self.lock:
            change = self._refresh(paths)
            if change is None:
                return None
            change = msgspec.structs.replace(change, seconds=time.perf_counter() - began)
        self.changed(change)
        return change

    def _refresh(self, paths: Iterable[str] | None) -> Change | None:
        if self._site is None:
            return self._try_again()
        began = time.monotonic()
        found = self._disk.look() if paths is None else self._disk.look_at(paths)
        if paths is None:
            self._looked = (time.monotonic(), time.monotonic() - began)
        due = self._is_due()
        if self.faults.get("config") and found.config is None and self._given() != self._config_seen:
            found.config = self._disk.scan.config  # what was missing may be there now
        if found.is_empty() and not due:
            return None
        if found.config is not None or len(found.articles) > MANY:
            self.faults.pop("config", None)
            self._load()
            if not self.faults.get("config"):
                return self._told(found, ())
        gc_was = gc.isenabled()
        gc.disable()
        try:
            return self._taken(found, due=due)
        finally:
            if gc_was:
                gc.enable()

    def _try_again(self) -> Change | None:
        if self._given() == self._config_seen:
            return None
        self._load()
        self.version += 1
        return Change(paths=(self.config.name,), problems=self.problems())

    def _given(self) -> tuple[bytes, tuple[str, ...]]:
        """What decides whether the config can be read: its bytes, and which themes there are."""
        return _content_of(self.config), tuple(available_themes(self.root))

    def _is_due(self) -> bool:
        """Whether time alone has published, withdrawn or unmarked an article."""
        due = self._articles.due
        return self.options.as_of is None and due is not None and time.time() >= due

    def _taken(self, found: Found, *, due: bool) -> Change:
        assert self._site is not None
        site, old = self._site, self._site.snapshot
        parsed, texts = self._parse(found.articles)
        before = {source: self._articles.heads.get(source) for source in found.articles}
        near: dict[str, NearChange] = {}
        shown = {id: self._articles.by_id.get(id) for id in self._ids(before, parsed)}
        edit = self._articles.apply(parsed) if parsed else Edit({}, ({}, {}), ({}, {}))
        for each in texts:
            self._texts.keep(each)
        if due:
            everyone = dict(self._articles.by_id)
            self._articles.order(int(time.time()))
            shown |= {id: everyone.get(id) for id in everyone.keys() ^ self._articles.by_id.keys()}
            edit = None
        near = self._near_changes(shown)
        inputs = {**old.inputs, **self._articles.inputs}
        if near:
            inputs["related"] = Input(self._nearness.edit(near), digest_value(["live", self.version]))
        if found.data:
            self._take_data(inputs)
        if found.theme:
            self._take_theme(inputs)
        if found.others or self._moves_files(before, parsed):
            self._take_files(inputs)
        self.faults["content"] = tuple(p for p in self._disk.scan.content.problems if p.is_error)
        self.faults["static"] = tuple(p for p in self._disk.scan.static.problems if p.is_error)
        copied = self._take_copies(found)
        tables = {name: value for name in PATCHED if (value := old.computed(name)) is not None} if parsed else {}
        quick = patched(edit, tables) if edit is not None and parsed else {}
        same = self._unmoved(old, inputs, quick)
        self._renew(Snapshot(LIVE_RULES, inputs, previous=old, patched=same))
        self._follow(before, parsed)
        site.published = []  # what it was when loaded; `articles` knows better now
        return self._told(found, copied, self._edited(parsed))

    @staticmethod
    def _unmoved(old: Snapshot, inputs: Mapping[str, Input | Items], quick: dict[str, Any]) -> dict[str, Any]:
        """Patched tables, but for those whose inputs did not change: these are taken over as they are."""

        def same(name: str) -> bool:
            if name in inputs:
                return inputs[name] is old.inputs.get(name)
            return name in LIVE_RULES and all(map(same, LIVE_RULES[name].tables))

        return {name: value for name, value in quick.items() if not same(name)}

    def _ids(self, before: Mapping[str, Head | None], parsed: Mapping[str, Head | Broken | None]) -> set[str]:
        heads = [*before.values(), *(each for each in parsed.values() if isinstance(each, Head))]
        return {head.keys.id for head in heads if head is not None}

    def _near_changes(self, shown: Mapping[str, Head | None]) -> dict[str, NearChange]:
        """What the edit means for nearness: articles whose date or words changed, came or went."""
        found: dict[str, NearChange] = {}
        for id, old in shown.items():
            new = self._articles.by_id.get(id)
            if new is not None and new.keys.kind != "article":
                continue
            if new is None:
                if old is not None and old.keys.kind == "article":
                    found[id] = None
                continue
            date = new.keys.date.epoch if new.keys.date else None
            before = (old.keys.date.epoch if old.keys.date else None, old.terms_digest) if old else None
            if before != (date, new.terms_digest):
                found[id] = (date, self._texts.term(new))
        return found

    def _parse(self, articles: Mapping[str, bytes | None]) -> tuple[dict[str, Head | Broken | None], list[Parsed]]:
        """Parsed sources by name, and their texts."""
        assert self._site is not None
        found: dict[str, Head | Broken | None] = {source: None for source, text in articles.items() if text is None}
        texts = []
        given = [(source, text) for source, text in articles.items() if text is not None]
        for each in parse_chunk(self._site.settings.parse, given):
            found[each.source] = _broken.decode(each.head) if each.is_broken else _head.decode(each.head)
            if not each.is_broken:
                texts.append(each)
        return found, texts

    def _reparsed(self, source: str) -> Parsed | None:
        assert self._site is not None
        try:
            text = (self._disk.scan.content.folder / source).read_bytes()
        except OSError:
            return None
        return parse_chunk(self._site.settings.parse, [(source, text)])[0]

    # ---- parts that are read whole

    def _take_data(self, inputs: dict[str, Input | Items]) -> None:
        try:
            data, problems = read_data(self._disk.scan.data)
        except Changed:
            return
        self.faults["data"] = tuple(problem for problem in problems if problem.is_error)
        if not self.faults["data"]:
            made = Items(data, {name: digest_value([value]) for name, value in data.items()})
            inputs["data"] = made

    def _take_theme(self, inputs: dict[str, Input | Items]) -> None:
        assert self._site is not None
        assert self._session is not None
        site, settings = self._site, self._site.settings
        try:
            theme = read_theme(self._disk.scan.theme, settings.theme_options, settings.path, settings.option_lines)
        except Changed:
            return
        problems = list(theme.problems)
        made = theme_inputs(theme, self._session.cache, problems)
        if self._theme_faults(theme, problems):
            return
        for name, new in made.items():
            old = inputs.get(name)
            same = (
                old.digests == new.digests
                if isinstance(old, Items) and isinstance(new, Items)
                else isinstance(old, Input) and isinstance(new, Input) and old.digest == new.digest
            )
            if not same:
                inputs[name] = new
        site.theme = theme
        site.assets = {output_path(url): content for url, content in theme.contents.items()}
        self._env = environment_of(theme.templates, filters_for(settings.base, slugify))

    def _theme_faults(self, theme: Theme, problems: list[Problem]) -> bool:
        found = tuple(dict.fromkeys(p for p in (*theme.problems, *problems) if p.is_error))
        self.faults["theme"] = found
        return bool(found)

    @staticmethod
    def _moves_files(before: Mapping[str, Head | None], parsed: Mapping[str, Head | Broken | None]) -> bool:
        """Whether an edit can move files that lie beside articles."""
        return any(source.endswith("index.md") for source in (*before, *parsed))

    def _take_files(self, inputs: dict[str, Input | Items]) -> None:
        places = file_places(self._disk.scan.content, list(self._articles.by_id.values()))
        digests = {name: digest_value(url) for name, url in places.items()}
        old = inputs["file"]
        if not (isinstance(old, Items) and old.digests == digests):
            inputs["file"] = Items(places, digests)
        self._site_copies(places)

    def _take_copies(self, found: Found) -> tuple[str, ...]:
        """Site paths of plain files that changed."""
        assert self._site is not None
        before = self._site.copies
        if not (found.static or found.others):
            return ()
        file = self._site.snapshot.inputs["file"]
        assert isinstance(file, Items)
        if found.static and not found.others:
            self._site_copies(file.values)
        after = self._site.copies
        self._site.copies = after
        changed = {f"static/{name}" for name in found.static} | {
            f"{self._disk.scan.content.shown}/{name}" for name in found.others
        }
        named = {**before, **after}
        return tuple(sorted("/" + path for path, copy in named.items() if f"{copy.files.shown}/{copy.name}" in changed))

    def _site_copies(self, places: Mapping[str, str]) -> None:
        assert self._site is not None
        content, static = self._disk.scan.content, self._disk.scan.static
        copies = {output_path(url): Copy(content, name, content.digest(name)) for name, url in places.items()}
        for name in static:
            copies.setdefault(name, Copy(static, name, static.digest(name)))
        self._site.copies = copies

    # ---- what is said of it

    def _follow(self, before: Mapping[str, Head | None], parsed: Mapping[str, Head | Broken | None]) -> None:
        """Remember where articles stood that stand elsewhere now, or nowhere."""
        gone = {source: old for source, old in before.items() if old is not None}
        for source, old in gone.items():
            now = parsed.get(source)
            if isinstance(now, Head) and now.keys.url == old.keys.url:
                continue
            to = source
            if now is None:  # renamed, when the same text appeared elsewhere in the same breath
                same = [name for name, each in parsed.items() if isinstance(each, Head) and _alike(each, old)]
                to = same[0] if same else source
            self._moved[old.keys.url] = to

    @staticmethod
    def _edited(parsed: Mapping[str, Head | Broken | None]) -> str:
        """The address of the one article that was edited."""
        heads = [each for each in parsed.values() if isinstance(each, Head)]
        return heads[0].keys.url if len(heads) == 1 else ""

    def _told(self, found: Found, files: tuple[str, ...], article: str = "") -> Change:
        return Change(paths=tuple(found.paths), files=files, article=article, problems=self.problems())

    def problems(self) -> tuple[Problem, ...]:
        """Everything that is known to be wrong, config and theme first."""
        with self.lock:
            of_parts = [problem for part in self.faults.values() for problem in part]
            if self._site is None:
                return tuple(of_parts)
            broken = [problem for each in self._articles.broken.values() for problem in each.problems]
            return (*of_parts, *broken)

    def check(self) -> tuple[Problem, ...]:
        """What only a look at the whole site tells: clashes of outputs, links to nothing. Cost: as a build's; dear."""
        with self.lock:
            if self._site is None:
                return ()
            site, snapshot, heads = self._site, self._site.snapshot, dict(self._articles.heads)
            published, shown = self._articles.published(), self._disk.scan.content.shown
            copies = list(site.copies.items())
        copied = [
            Output(path=path, url="/" + path, kind="file", source=f"{copy.files.shown}/{copy.name}")
            for path, copy in copies
        ]
        return (*clashes((*snapshot.table("outputs"), *copied), shown), *dead_links(heads, published, shown))

    # ---- one page

    def page(self, url: str) -> Page:
        """What stands at a site path now, with a look at the sources of that very page first."""
        change: list[Change] = []
        with self.lock:
            if self._site is None and (found := self._refresh(None)) is not None:
                change.append(found)
            page = self._page(url, change)
        for each in change:
            self.changed(each)
        return page

    def _page(self, url: str, change: list[Change]) -> Page:
        for look in range(LOOKS):
            if self._site is None:
                return Page(url=url, status=500, problems=self.problems())
            try:
                page, made = self._found(url)
                stale = self._stale(url, made, racy=0 if look else RACY_NS)
            except Changed as changed:
                stale = [str(self._disk.scan.content.folder / str(changed)), str(self._disk.scan.static.folder)]
                page = None
            if not stale and page is not None and (page.status != 404 or look or not self._may_look()):
                return page
            began = time.perf_counter()
            found = self._refresh(stale or None)
            if found is not None:
                change.append(msgspec.structs.replace(found, seconds=time.perf_counter() - began))
        problem = Problem(
            code="file.changing",
            where=Where(url),
            message="its sources change faster than they can be read",
            help="wait until what writes them is done",
        )
        return page or Page(url=url, status=500, problems=(problem,))

    def _may_look(self) -> bool:
        """Whether a request for what is not there may look at everything: most of the time is left for others."""
        at, cost = self._looked
        return time.monotonic() - at > 4 * cost

    def _found(self, url: str) -> tuple[Page, Made | None]:
        assert self._site is not None
        site = self._site
        output = site.snapshot.ask(("output_at", url)) if url.startswith("/") else None
        path = output_path(url)
        if output is not None and output.kind != "asset":
            made = self._pages.page(output)
            return self._shown(url, made), made
        content = site.assets.get(path)
        if content is not None:
            return self._plain(url, content), None
        copy = site.copies.get(path)
        if copy is not None:
            return self._copied(url, copy), None
        return self._missing(url)

    def _shown(self, url: str, made: Made) -> Page:
        faults = tuple(problem for part in self.faults.values() for problem in part)
        problems = (*made.problems, *faults)
        if made.problems:
            return Page(
                url=url, status=500, problems=problems, digest=digest_value([p.message for p in problems]).hex()
            )
        return Page(
            url=url,
            content=made.content,
            type=type_of(made.output.path),
            digest=digest_bytes(made.content).hex(),
            problems=problems,
        )

    def _plain(self, url: str, content: bytes) -> Page:
        return Page(url=url, content=content, type=type_of(output_path(url)), digest=digest_bytes(content).hex())

    def _copied(self, url: str, copy: Copy) -> Page:
        """A file as it lies on disk, which is what a build would copy."""
        path = copy.files.folder / copy.name
        try:
            if path.stat().st_size > LARGE:
                return Page(url=url, file=path, type=type_of(copy.name), digest=copy.digest.hex())
            content = path.read_bytes()
        except OSError as error:
            raise Changed(copy.name) from error
        return Page(url=url, content=content, type=type_of(output_path(url)), digest=digest_bytes(content).hex())

    def _missing(self, url: str) -> tuple[Page, Made | None]:
        assert self._site is not None
        snapshot = self._site.snapshot
        source = self._moved.get(url)
        broken = self._articles.broken.get(source) if source else None
        if broken is not None:
            page = self._shown(url, Made(_NOTHING, b"", (), [], 0, broken.problems))
            return page, None
        head = self._articles.heads.get(source) if source else None
        moved = head.keys.url if head is not None and head.keys.id in self._articles.by_id else ""
        slash = not url.endswith("/") and snapshot.ask(("output_at", url + "/")) is not None
        not_found = snapshot.ask(("output_at", "/404.html"))
        made = self._pages.page(not_found) if not_found is not None else None
        page = self._shown(url, made) if made is not None else Page(url=url, content=b"")
        status = page.status if page.status != 200 else 404
        return msgspec.structs.replace(page, status=status, moved=moved, slash=slash), made

    def _stale(self, url: str, made: Made | None, racy: int) -> list[str]:
        """The sources of a page that are not as they were last seen."""
        disk = self._disk
        found = []
        if self._config_changed():
            found.append(str(self.config))
        content = disk.scan.content
        sources: dict[str, None] = {}
        for key in made.reads if made is not None else ():
            if key[0] in ("card", "body", "keys_of") and (source := self._articles.source(key[1])) is not None:
                sources[source] = None
                if len(sources) > FEW:
                    break
        source = self._moved.get(url)
        if source:
            sources[source] = None
        found += [f"{content.folder}/{source}" for source in sources if disk.is_stale(content, source, racy)]
        for files in disk.scan.theme:
            found += _stale_in(disk, files, racy)
        return found

    def _config_changed(self) -> bool:
        before, self._config_mark = self._config_mark, _mark(self.config)
        return before != self._config_mark


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


_NOTHING = Output(path="", url="", kind="article")


def _alike(one: Head, other: Head) -> bool:
    return one.body_digest == other.body_digest and one.card.title == other.card.title


def _stale_in(disk: Disk, files: Files, racy: int) -> list[str]:
    """One name is enough: a part that is not as it was is looked at whole."""
    if len(files.seen) > FEW:
        return []
    return next(([f"{files.folder}/{name}"] for name in files.seen if disk.is_stale(files, name, racy)), [])
