"""One site in memory, brought up to date with what changed on disk, edit by edit.

Invariant: after each edit there is one snapshot, equal to what reading the site anew would give; what is broken never
replaces what was good. Whoever owns it sees to it that one thread at a time comes here.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple

import msgspec

from sitegen.build.heads import Published
from sitegen.build.live.articles import PARTS, Articles
from sitegen.build.live.disk import Disk, Found
from sitegen.build.live.nearness import Change as NearChange
from sitegen.build.live.nearness import Nearness, RelatedNow
from sitegen.build.live.pages import Pages
from sitegen.build.live.parts import (
    copies_of,
    errors_of,
    moves_files,
    named_copies,
    taken_data,
    taken_files,
    taken_theme,
)
from sitegen.build.live.texts import Hearsay, LiveBodies, Texts
from sitegen.build.live.values import LiveOptions
from sitegen.build.pictures import FOLDER, facts_of, picture_extras, picture_items
from sitegen.build.relate import wanted_of
from sitegen.build.scan import Changed
from sitegen.build.scanning import Scan
from sitegen.build.session import Session
from sitegen.build.site import Site
from sitegen.build.tracing import all_words_in
from sitegen.build.typesetting import fonts_of, typesetter
from sitegen.build.work import Head, Parsed, decode_body, parse_chunk
from sitegen.catalog import lookup
from sitegen.catalog.bonds import CLOSE, bonds
from sitegen.catalog.outputs import output_path
from sitegen.catalog.patching import Edit, patched
from sitegen.content.slugs import slugify
from sitegen.digest import digest_value
from sitegen.engine import Input, Items, Snapshot, rules_of
from sitegen.errors import Problem
from sitegen.model import Body, Broken
from sitegen.theme.filters import filters_for, prepare_words, tell_words
from sitegen.theme.render import Renderer
from sitegen.theme.templates import environment_of

LOOKUPS = rules_of(lookup.addresses, lookup.output_at, lookup.has, lookup.indexed, lookup.folds)
PATCHED = ("by_id", "order", "groups", "calendar", "addresses", "folds", "targets")
TOLD = ("told", "stories", "by_story", "story_ids", "moved_stories")  # follow from bonds and the following
TOLD_FROM = ("keys", "dates", "title", "names", "base_url", "offers", "story_rules")
_versions = count(1)
_head = msgspec.msgpack.Decoder(Head)
_broken = msgspec.msgpack.Decoder(Broken)


class Taken(NamedTuple):
    """What came of an edit: site paths of plain files that changed, and the address of the one article that did."""

    files: tuple[str, ...]
    article: str


class Held:
    """A loaded site: all parts are of one moment. `faults` are by part: theme, data, files.

    `moved` leads from an address to the source that stood there.
    """

    def __init__(self, session: Session, scan: Scan, site: Site, options: LiveOptions) -> None:
        self.session = session
        self.site = site
        self.options = options
        self.disk = Disk(session.root, session.config, scan)
        self.faults: dict[str, tuple[Problem, ...]] = {}
        self.moved: dict[str, str] = {}
        self.pages = Pages()
        self._memory = Hearsay(session.cache)
        self.facts = facts_of(site.copies, self._memory)
        self.pictures = [extra for extra in site.extras if extra.at.startswith(f"{FOLDER}/")]
        self.version = next(_versions)
        self._again_pictures = False
        self._again = Found()  # parts that changed while they were read
        scan.content.forget(list(scan.content.seen))
        scan.static.forget(list(scan.static.seen))
        self._start()

    def _start(self) -> None:
        site, first = self.site, self.site.snapshot.inputs
        self._texts = Texts(site.sources, self._reparsed)
        related, bodies = first["related"], first["body"]
        assert isinstance(related, Input)
        assert isinstance(bodies, Items)
        facts, plan = site.settings.facts, site.settings.plan
        self._nearness = Nearness(
            related.value, wanted_of(facts, plan), self._terms, least=CLOSE if plan.stories else None
        )
        self.articles = Articles(dict(site.sources.heads), dict(site.sources.broken), first, self.options.audience)
        self.articles.settle(self.session.as_of)
        values = LiveBodies(self._texts, self._head_of, lambda: iter(self.articles.by_id))
        self.articles.inputs["body"] = Items(values, bodies.digests)
        near = Input(RelatedNow(self._nearness, self._nearness.first()), related.digest)
        inputs = {**first, **self.articles.inputs, "related": near}
        self.faults["theme"] = errors_of(site.theme.problems)
        self.faults["files"] = tuple(p for p in site.problems if p.is_error and p.code.startswith("file."))
        self._env = environment_of(site.theme.templates, self._filters())
        self._rules = {**site.snapshot.rules, **LOOKUPS}
        tell_words(all_words_in(self._memory))
        built = site.snapshot
        known = {name: digests for name, digests in built.known.items() if name not in LOOKUPS}
        self._renew(Snapshot(self._rules, inputs, previous=built, known=known, kept=built.kept))

    def _head_of(self, id: str) -> Head | None:
        return self.articles.by_id.get(id)

    def _renew(self, snapshot: Snapshot) -> None:
        self._go_on_with(snapshot)
        self.version = next(_versions)

    def _go_on_with(self, snapshot: Snapshot) -> None:
        site = self.site
        site.snapshot = snapshot
        content = site.settings.config.build.content
        renderer = Renderer(snapshot, self._env, site.theme.templates, content, typesetter)
        self.pages.renew(snapshot, renderer)

    def take_at_hand(self, inputs: dict[str, Input | Items] | None = None) -> None:
        """Have the values of all articles decoded, before the first edit; `inputs` where that has been done."""
        articles, old = self.articles, self.site.snapshot
        if articles.is_at_hand:
            return
        articles.take_at_hand(inputs or articles.at_hand())
        self._go_on_with(
            Snapshot(
                self._rules,
                {**old.inputs, **articles.inputs},
                previous=old,
                patched={"by_id": articles.keys()},
                known=old.known,
                kept=old.kept,
            )
        )

    def body(self, head: Head) -> Body:
        """The text of an article. Raises: Changed."""
        return decode_body(self._texts.body(head))

    def at_hand(self) -> dict[str, Input | Items] | None:
        """What `take_at_hand` takes, to be made without the lock; None when it has been taken."""
        return None if self.articles.is_at_hand else self.articles.at_hand()

    def prepare(self) -> None:
        """Make what the first edit will need; for a thread with nothing else to do, without the lock."""
        import sitegen.content.article  # noqa: F401, PLC0415 -- the parsers: 0.1 s that the first edit need not wait for

        prepare_words(self.site.settings.facts.language)  # an edit may bring a day that no page has shown
        nearness, snapshot = self._nearness, self.site.snapshot
        for name in PATCHED:
            snapshot.table(name)
        with suppress(Changed):  # whoever needs it looks again
            nearness.prepare()

    def warm(self) -> None:
        """Set up the parser. Cost: 20 ms, once a process."""
        parse_chunk(self.site.settings.parse, [("x.md", b"")])

    def is_due(self) -> bool:
        """Whether time alone has published, withdrawn or unmarked an article."""
        due = self.articles.due
        return self.options.as_of is None and due is not None and time.time() >= due

    def close(self) -> None:
        """Close the cache."""
        self.session.close()

    # ---- edits

    def take(self, found: Found, *, due: bool = False) -> Taken:
        """Bring the site up to date with what a look found. `due`: time has published or withdrawn something."""
        self.take_at_hand()
        old = self.site.snapshot
        parsed, texts = self._parse(found.articles)
        before = {source: self.articles.heads.get(source) for source in found.articles}
        shown = {id: self.articles.by_id.get(id) for id in _ids(before, parsed)}
        edit = self.articles.apply(parsed) if parsed else Edit({}, ({}, {}), ({}, {}))
        for each in texts:
            self._texts.keep(each)
        if due:
            everyone = dict(self.articles.by_id)
            self.articles.order(int(time.time()))
            shown |= {id: everyone.get(id) for id in everyone.keys() ^ self.articles.by_id.keys()}
            edit = None
        inputs = {**old.inputs, **self.articles.inputs}
        near = self._near_changes(shown)
        if near:
            inputs["related"] = Input(self._nearness.edit(near), digest_value(["live", self.version]))
        files = self._take_parts(found, inputs, moves=moves_files((*before, *parsed)))
        moves = any(inputs[name] is not old.inputs[name] for name in ("keys", "names", "dates", "title"))
        tables = {name: value for name in PATCHED if (value := old.computed(name)) is not None} if moves else {}
        quick = patched(edit, tables) if edit is not None and tables else {}
        if near and not due:
            quick |= self._stories_before(old, inputs)
        differing = {name for name in (*PARTS, "related") if inputs[name] is not old.inputs.get(name)}
        self._renew(
            Snapshot(self._rules, inputs, previous=old, patched=_unmoved(old, inputs, quick), differing=differing)
        )
        self._follow(before, parsed)
        self.site.published = Published.of([])  # what it was when loaded; `articles` knows better now
        return Taken(files, _edited(parsed))

    def _stories_before(self, old: Snapshot, inputs: Mapping[str, Input | Items]) -> dict[str, Any]:
        """Bonds after an edit of texts; with them all that follows, where it follows from what has not changed."""
        before = old.computed("bonds")
        if before is None:
            return {}
        related, dates, rules = (inputs[name] for name in ("related", "dates", "story_rules"))
        assert isinstance(related, Input)
        assert isinstance(dates, Input)
        assert isinstance(rules, Input)
        try:
            found = bonds(related.value, dates.value, rules.value)
        except Changed:  # a page that asks for them says so and looks again; the edit itself is taken all the same
            return {}
        if found != before or any(inputs[name] is not old.inputs[name] for name in TOLD_FROM):
            return {"bonds": found}
        told = {name: value for name in TOLD if (value := old.computed(name)) is not None}
        return {"bonds": before, **told}

    def _take_parts(self, found: Found, inputs: dict[str, Input | Items], *, moves: bool) -> tuple[str, ...]:
        """Take over what is read whole; the site paths of plain files that changed."""
        site, scan = self.site, self.disk.scan
        if found.data or self._again.data:
            self._again.data = False
            try:
                self.faults["data"] = taken_data(scan.data, inputs)
            except Changed:
                self._again.data = True
        if found.theme or self._again.theme:
            self._again.theme = False
            try:
                self._take_theme(inputs)
            except Changed:
                self._again.theme = True
        before = site.copies
        if found.static:
            inputs["fonts"], self.faults["fonts"] = fonts_of(site.settings.fonts, scan.static, site.settings.path)
        if found.others or moves:
            site.copies = copies_of(scan, taken_files(scan.content, self.articles.by_id.values(), inputs))
        elif found.static:
            file = inputs["file"]
            assert isinstance(file, Items)
            site.copies = copies_of(scan, file.values)
        if site.copies is not before or self._again_pictures:
            try:
                self._again_pictures = False
                inputs["picture"] = self._pictures(inputs["picture"])
            except Changed:
                self._again_pictures = True
        self.faults["files"] = errors_of((*scan.content.problems, *scan.static.problems))
        return named_copies(found, scan, before, site.copies)

    def _pictures(self, before: Input | Items) -> Input | Items:
        """What is known of pictures; the same as before where nothing moved. Raises: Changed."""
        site = self.site
        images = site.settings.config.images
        self.facts = facts_of(site.copies, self._memory)
        self.pictures = picture_extras(site.copies, self.facts, images, self.session.cache.path.parent)
        made = picture_items(site.copies, self.facts, images)
        return before if isinstance(before, Items) and before.digests == made.digests else made

    def _take_theme(self, inputs: dict[str, Input | Items]) -> None:
        site = self.site
        theme, self.faults["theme"] = taken_theme(self.disk.scan, site.settings, self._memory, inputs)
        if self.faults["theme"]:
            return
        site.theme = theme
        site.assets = {output_path(url): content for url, content in theme.contents.items()}
        self._env = environment_of(theme.templates, self._filters())

    def _filters(self) -> dict[str, Callable[..., Any]]:
        settings = self.site.settings
        return {**filters_for(settings.base, slugify), **settings.loaded.filters}

    def _terms(self) -> Iterator[tuple[Head, bytes]]:
        """The encoded terms of the articles that are shown now, as `Nearness` reads them in its own time."""
        heads = list(self.articles.by_id.values())  # in one step: another thread may take an edit meanwhile
        return self._texts.terms([head for head in heads if head.kind == "article"])

    def _near_changes(self, shown: Mapping[str, Head | None]) -> dict[str, NearChange]:
        """What the edit means for nearness: articles whose date or words changed, came or went."""
        found: dict[str, NearChange] = {}
        for id, old in shown.items():
            new = self.articles.by_id.get(id)
            if new is None or new.keys.kind != "article":
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
        found: dict[str, Head | Broken | None] = {source: None for source, text in articles.items() if text is None}
        texts = []
        given = [(source, text) for source, text in articles.items() if text is not None]
        for each in parse_chunk(self.site.settings.parse, given):
            found[each.source] = _broken.decode(each.head) if each.is_broken else _head.decode(each.head)
            if not each.is_broken:
                texts.append(each)
        return found, texts

    def _reparsed(self, source: str) -> Parsed | None:
        try:
            text = (self.disk.scan.content.folder / source).read_bytes()
        except OSError:
            return None
        return parse_chunk(self.site.settings.parse, [(source, text)])[0]

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
            self.moved[old.keys.url] = to


def _alike(one: Head, other: Head) -> bool:
    return one.body_digest == other.body_digest and one.card.title == other.card.title


def _unmoved(old: Snapshot, inputs: Mapping[str, Input | Items], quick: dict[str, Any]) -> dict[str, Any]:
    """Patched tables, but for those whose inputs did not change: these are taken over as they are."""

    def same(name: str) -> bool:
        if name in inputs:
            return inputs[name] is old.inputs.get(name)
        return name in old.rules and all(map(same, old.rules[name].tables))

    return {name: value for name, value in quick.items() if not same(name)}


def _ids(before: Mapping[str, Head | None], parsed: Mapping[str, Head | Broken | None]) -> set[str]:
    heads = [*before.values(), *(each for each in parsed.values() if isinstance(each, Head))]
    return {head.id for head in heads if head is not None}


def _edited(parsed: Mapping[str, Head | Broken | None]) -> str:
    """The address of the one article that was edited."""
    heads = [each for each in parsed.values() if isinstance(each, Head)]
    return heads[0].keys.url if len(heads) == 1 else ""
