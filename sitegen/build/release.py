"""One build's way to disk: what must be rendered, what differs, what goes.

Invariant: nothing in the output folder changes before `publish`; until then new files lie whole in the stage.
"""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

from sitegen.build.extras import CannotMakeError, Extra, Kept, why_made
from sitegen.build.pool import Lazily, Pool, Serial, chunked
from sitegen.build.publish import Target
from sitegen.build.records import Record
from sitegen.build.report import Progress
from sitegen.build.seen import Seen
from sitegen.build.site import Site
from sitegen.build.tables import InPieces
from sitegen.build.tracing import EXTRA, Memory, made_by
from sitegen.build.work import RenderChunk, Rendered, Rendering, render_chunk, renderer_for
from sitegen.digest import digest_bytes
from sitegen.errors import Problem, Where
from sitegen.model import Output
from sitegen.theme.render import RENDERED_KINDS

CHUNK = 64  # outputs a task
SERIAL_BELOW = 48  # outputs: starting processes takes longer than rendering these


class Release:
    """The outputs of one build, as they are found, made and published."""

    def __init__(
        self,
        site: Site,
        target: Target,
        memory: Memory,
        *,
        minify: bool,
        extras: Mapping[str, Kept] | None = None,
    ) -> None:
        self.site = site
        self.target = target
        self.memory = memory
        self.minify = minify
        self.make: Callable[[Rendering, RenderChunk], Rendered] = render_chunk
        self.problems: list[Problem] = []
        self.rendered: list[str] = []
        self.written: list[str] = []
        self.removed: list[str] = []
        self.kept: list[str] = []
        self.wanted: dict[str, bytes] = {}
        self.words: dict[str, str] = {}  # for days and numbers, as far as somebody had to find them out
        self.warnings: list[Problem] = []  # of what could not be made, and can be done without
        self.extras: dict[str, Kept] = {}
        self._extras_before = extras or {}
        self._unlike: frozenset[str] | None = None
        self._whole = True
        self._parts: dict[str, str] = {}  # by path, the extra that a file is part of
        self._by_path = {o.path: o for o in site.outputs if o.kind in RENDERED_KINDS}
        self._seen: dict[str, Seen] = {}
        self._standing: AbstractSet[str] = frozenset()  # outputs that stand as they are remembered
        self._why: dict[str, tuple[str, ...]] = {}
        self._aside: list[str] = []
        self._complaints: set[tuple[str, Where, str]] = set()

    def look(self, unlike: Collection[str] | None) -> None:
        """Take over which outputs are not as they were written, from whom looked at them when this build began."""
        self._unlike = None if unlike is None else frozenset(unlike)

    def render(self, pool: Pool, progress: Progress, *, write: bool, whole: bool = True) -> None:
        """Make what is stale, and stage what differs from the disk. Faults stand in `problems`.

        Extras are left out of a build that fails anyway, which is when it is not `whole`.
        """
        self._whole = whole
        self._why = self.memory.reasons(self._by_path.values(), self.site.snapshot)
        self._check_disk()
        try:
            if write:
                self.target.start()
            for path, content, digest in self._contents(pool, progress):
                self._take(path, content, digest, write=write)
        except OSError as error:
            self.problems.append(_cannot_write(self.target.folder, error))
        self._find_leftovers()

    @property
    def made(self) -> Container[str]:
        """Paths of the outputs that a template, a feed or the like makes; the others are copied."""
        return self._by_path.keys()

    def inspect(self, pool: Pool, progress: Progress) -> Iterator[tuple[str, bytes, bytes | None]]:
        """Every output with its digest, for a look that writes nothing: what `make` gave for those that a build would
        make again, the bytes of a file that would be copied anew, None for what stands on disk as it should.
        """
        self._why = self.memory.reasons(self._by_path.values(), self.site.snapshot)
        self._check_disk()
        for path, content, digest in self._contents(pool, progress):
            yield path, digest, content
        for path, digest in self.wanted.items():
            yield path, digest, None

    def _check_disk(self) -> None:
        """Outputs whose file is gone or changed are made again, whatever their traces say."""
        records = self.memory.records
        known = self._by_path.keys() - self._why.keys()
        unlike = known & (self.target.unlike(records.files) if self._unlike is None else self._unlike)
        again: dict[str, Seen] = {}
        for path in unlike:
            before = records[path].seen
            now = self.target.look(path, before)
            if now is None:
                self._why[path] = ("its file is gone",)
            elif now.digest != before.digest:
                self._why[path] = ("its file was changed by somebody else",)
            else:
                again[path] = now
        self._standing = known - unlike
        self._seen.update(again)
        digests = dict(records.files.digests_by_name())
        self.wanted.update({path: digests[path] for path in chain(self._standing, again)})

    def _contents(self, pool: Pool, progress: Progress) -> Iterator[tuple[str, bytes, bytes]]:
        todo = [self._by_path[path] for path in sorted(self._why)]
        progress.phase("render", len(todo))
        yield from self._render(todo, pool, progress)
        for path, content in self.site.assets.items():
            yield path, content, digest_bytes(content)
        for path, copy in self.site.copies.items():
            if not self._stands(path, copy.digest):
                content = copy.content()
                yield path, content, digest_bytes(content)
        for extra in self.site.extras if self._whole and not self.problems else ():
            progress.phase(extra.name)
            yield from self._extra(extra)

    def _extra(self, extra: Extra) -> Iterator[tuple[str, bytes, bytes]]:
        """The files of an extra, made again unless its recipe is that of the files on disk."""
        before, recipe = self._extras_before.get(extra.name), extra.recipe()
        known = self.memory.records
        files: list[str] = []
        if (
            before is not None
            and before.recipe == recipe
            and all(path in known and self._stands(path, known[path].seen.digest) for path in before.files)
        ):
            files += before.files
        else:
            why = why_made(extra, before)
            try:
                for path, content in extra.make():
                    files.append(path)
                    self._why[path] = why
                    self.rendered.append(path)
                    yield path, content, digest_bytes(content)
            except CannotMakeError as error:
                self.warnings.append(error.problem)
                return
        self._parts.update(dict.fromkeys(files, extra.name))
        self.extras[extra.name] = Kept(recipe, dict(extra.parts), tuple(files))

    def _render(self, todo: list[Output], pool: Pool, progress: Progress) -> Iterator[tuple[str, bytes, bytes]]:
        if not todo:
            return
        from sitegen.theme.filters import tell_words  # noqa: PLC0415 -- Jinja, which nothing to make needs not

        use = pool if len(todo) >= SERIAL_BELOW else Serial()
        tell_words(self.memory.words if isinstance(use, Serial) else dict(self.memory.words))
        snapshot = self.site.snapshot
        parts = chunked(todo, use.workers, CHUNK)
        chunks = Lazily(parts, lambda part: RenderChunk(part, self._bodies(part)))
        settings = self.site.settings
        content = settings.config.build.content
        rendering = Rendering(snapshot, self.site.theme.templates, content, self.minify, settings.plugins)
        if not isinstance(use, Serial):
            self._warm(rendering)
        try:
            for chunk in use.map(self.make, rendering, chunks):
                self._complain(chunk.problems)
                self.words.update(chunk.words)
                self.memory.learn(chunk.keys, chunk.digests, [(page.path, page.trace) for page in chunk.pages])
                for page in chunk.pages:
                    self.rendered.append(page.path)
                    yield page.path, page.content, page.digest
                progress.advance(len(chunk.pages))
        finally:
            tell_words({})  # the cache, which was asked for them, may be closed from here on

    def _complain(self, problems: Iterable[Problem]) -> None:
        """Keep each fault of a template once, however many pages it spoils; the first stands for all."""
        for problem in problems:
            place = (problem.code, problem.where, problem.message)
            if place not in self._complaints:
                self._complaints.add(place)
                self.problems.append(problem)

    def _bodies(self, outputs: Iterable[Output]) -> dict[str, bytes]:
        """The encoded bodies that these outputs show."""
        ask = self.site.snapshot.ask
        sources: dict[str, str] = {}
        for output in outputs:
            if output.kind in ("article", "page"):
                sources[str(output.key[0])] = output.source
            elif output.kind == "feed" and len(output.key) == 1:  # terms' feeds carry summaries
                by_id = self.site.snapshot.table("by_id")
                sources |= {id: by_id[id].source for id in ask(("fresh", ask(("feed_facts",)).limit))}
        bodies = self.site.sources.bodies(sources.values())
        return {id: bodies[source] for id, source in sources.items()}

    def _warm(self, rendering: Rendering) -> None:
        """Compute and compile here, once, what every worker would otherwise make for itself."""
        from sitegen.theme.filters import prepare_words  # noqa: PLC0415 -- as above

        snapshot = rendering.snapshot
        self.site.sources.heads.load()
        for name in ("card", "by_id"):
            snapshot.table(name).load()
        for name, rule in snapshot.rules.items():
            if not rule.is_query and isinstance(table := snapshot.table(name), InPieces):
                table.load()
        renderer_for(rendering).compile()
        if not self.memory.words:
            prepare_words(self.site.settings.facts.language)
        snapshot.table("fonts")
        snapshot.table("related").rows()  # last: it may be on its way, in a process beside

    def _stands(self, path: str, digest: bytes) -> bool:
        record = self.memory.records.get(path)
        seen = self.target.look(path, record.seen if record else None)
        if seen is None or seen.digest != digest:
            return False
        self._seen[path] = seen
        self.wanted[path] = digest
        return True

    def _take(self, path: str, content: bytes, digest: bytes, *, write: bool) -> None:
        """Stage an output, unless the disk already holds these bytes."""
        self.wanted[path] = digest
        record = self.memory.records.get(path)
        seen = None if self.target.is_empty else self.target.look(path, record.seen if record else None)
        if seen is not None and seen.digest == digest:
            self._seen[path] = seen
            return
        blocking = "" if self.target.is_empty else self.target.in_the_way(path)
        if blocking:
            self.problems.append(_blocked(path, self.target.folder / blocking))
            return
        if seen is not None and not self.target.is_ours(path, seen.digest):
            if path not in self.target.owned and not self.target.adopt:
                self.problems.append(_in_the_way(self.target.folder / path))
                return
            self._aside.append(path)
            self.kept.append(path)
        self.written.append(path)
        if write:
            self.target.put(path, content, digest)

    def _find_leftovers(self) -> None:
        """What is ours and no longer wanted goes; what somebody edited stays, and is said."""
        for path in sorted(self.target.owned.keys() - self.wanted.keys()):
            record = self.memory.records.get(path)
            seen = self.target.look(path, record.seen if record else None)
            if seen is None:
                continue
            if self.target.is_ours(path, seen.digest):
                self.removed.append(path)
            else:
                self.kept.append(path)

    @contextmanager
    def abandoned_by_exceptions(self) -> Iterator[None]:
        """Whatever ends the build inside, Ctrl-C too, leaves nothing in the stage."""
        try:
            yield
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        """Clear the stage away."""
        with suppress(OSError):  # on a disk that takes nothing any more there is nothing to clear
            self.target.sweep()
        self.written.clear()
        self.removed.clear()

    def publish(self, kept: Path) -> None:
        """Move the stage into place. A full or read-only disk becomes a problem; the site stays whole."""
        try:
            self.target.publish(self.wanted, self.removed, self._aside, kept)
            for path in self.written:
                self._seen[path] = self.target.seen_after(path, self.wanted[path])
        except OSError as error:
            self.problems.append(_cannot_write(self.target.folder, error))
            with suppress(OSError):
                self.target.sweep()

    def records(self) -> tuple[dict[str, Record], AbstractSet[str]]:
        """What to remember of the outputs that do not stand as they are remembered, and those that are no more."""
        before, found = self.memory.records, dict[str, Record]()
        for path in sorted(self.wanted.keys() - self._standing):
            output, why, part = self._by_path.get(path), self._why.get(path), self._parts.get(path)
            known = before.get(path)
            if why is None:
                why = known.why if known is not None else ()
            made = made_by(output) if output else f"{EXTRA} {part}" if part else "file"
            record = Record(made=made, seen=self._seen[path], why=why)
            if record != known:
                found[path] = record
        return found, set(before.keys()) - self.wanted.keys()


def _cannot_write(folder: Path, error: OSError) -> Problem:
    return Problem(
        code="output.unwritable",
        where=Where(str(error.filename or folder)),
        message=f"cannot be written: {error.strerror or error}",
        help="nothing was published; make room or rights, and build again",
    )


def _blocked(output: str, path: Path) -> Problem:
    return Problem(
        code="output.foreign",
        where=Where(str(path)),
        message=f"stands where {output} has to go, and is not as sitegen wrote it",
        help="move it away",
    )


def _in_the_way(path: Path) -> Problem:
    return Problem(
        code="output.foreign",
        where=Where(str(path)),
        message="stands where an output has to go, and sitegen did not write it",
        help="move it away, or say  --adopt  to have it set aside under .sitegen/kept/",
    )
