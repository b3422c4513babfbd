"""The whole import: find, read, learn, infer, resolve, write, report.

    gather    every source is read, on all processes, into a spool on the disk
    draw      each site is learnt from its documents, and every article inferred
    plan      every article gets its place; titles and addresses of all are known
    put       links and files are set, and each article is written, or left alone

Invariant: what a broken source loses is that source alone; the order of documents is that of the sources, and the
result does not depend on the number of processes. What stays in memory of an article is about 2 kB; the rest waits on
the disk. An import that was killed goes on where it stopped.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from sitegen.build.lock import site_lock
from sitegen.build.pool import Pool, Processes, Serial
from sitegen.build.report import Progress, Quiet
from sitegen.convert.document import Article, Source
from sitegen.convert.drawing import Drawn, body_texts, draw
from sitegen.convert.faults import SHORT, own_fault, summaries_alone, unwritten
from sitegen.convert.formats import Reading
from sitegen.convert.gathering import Gathered, gather
from sitegen.convert.near import near_pairs
from sitegen.convert.putting import Putting
from sitegen.convert.report import Done, Near, Report, Tally
from sitegen.convert.sources.files import problem
from sitegen.convert.spool import Journal, Made, Spool
from sitegen.convert.writing.comment_files import CommentFiles
from sitegen.convert.writing.shelf import Outcome, Shelf
from sitegen.errors import Problem

JOURNAL: Final = "reading.journal"


class ImportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with the sources. `bases` is where the texts as last written are kept, `comments` what readers wrote
    under an article; None leaves comments out.

    `jobs` counts processes. `fetch` gives the bytes of a picture at an address, and raises OSError in words.
    """

    into: Path
    bases: Path
    comments: Path | None = None
    format: str = ""
    columns: Mapping[str, str] = {}
    zone: str = "UTC"
    dry_run: bool = False
    jobs: int = 1
    fetch: Callable[[str], bytes] | None = None


def import_sources(
    sources: Sequence[str],
    options: ImportOptions,
    *,
    pool: Pool | None = None,
    progress: Progress | None = None,
    waiting: Callable[[], None] = lambda: None,
) -> Report:
    """Imports all sources. Problems of single sources are in the report; nothing is raised for them."""
    progress = progress or Quiet()
    pool = pool or (Processes(options.jobs) if options.jobs > 1 else Serial())
    with _held(options, waiting):
        journal = Journal(None if options.dry_run else options.bases / JOURNAL)
        finished = False
        try:
            gathered = _gathered(sources, options, pool, journal, progress)
            drawn = _drawn(gathered, options, pool, progress)
            report = _put(gathered, drawn, options, progress)
            finished = True
        finally:
            journal.close(done=finished)
    return report


@contextmanager
def _held(options: ImportOptions, waiting: Callable[[], None]) -> Iterator[None]:
    """One import at a time into a folder."""
    if options.dry_run:
        yield
        return
    try:
        options.bases.mkdir(parents=True, exist_ok=True)
    except OSError:  # then nothing can be written, which is said of each article
        yield
        return
    with site_lock(options.bases, waiting):
        yield


def _gathered(
    sources: Sequence[str], options: ImportOptions, pool: Pool, journal: Journal, progress: Progress
) -> Gathered:
    skip = frozenset({options.into.resolve(), options.bases.resolve()})
    reading = Reading(format=options.format, columns=options.columns, zone=options.zone)
    gathered, before = Gathered(), 0
    progress.phase("gather", -1)  # how many there are is not known before all are read
    for gathered in gather(sources, skip, reading, pool, journal):
        progress.advance(len(gathered.kept) - before)
        before = len(gathered.kept)
    return gathered


def _drawn(gathered: Gathered, options: ImportOptions, pool: Pool, progress: Progress) -> Drawn:
    progress.phase("draw", len(gathered.kept))
    drawn, before = Drawn(0), 0
    for drawn in draw(gathered, options.zone, pool):
        progress.advance(len(drawn.articles) - before)
        before = len(drawn.articles)
    return drawn


def _put(gathered: Gathered, drawn: Drawn, options: ImportOptions, progress: Progress) -> Report:
    shelf = Shelf(options.into, options.bases, dry=options.dry_run)
    putting = Putting(gathered, drawn, shelf, options.fetch)
    putting.plan()
    near = near_pairs([entry.sketch for entry in drawn.entries], lambda n: body_texts(drawn.article(n)))
    problems = list(gathered.problems)
    short: dict[str, list[int]] = {}  # items that came without their text, by their feed
    written: Spool[_Written] = Spool(_Written)
    tally = Tally(resumed=gathered.resumed)
    progress.phase("put", len(drawn.entries))
    for number in range(len(drawn.entries)):
        document = gathered.documents[number]
        problems += [_said(document.source, note) for note in document.notes if note != SHORT]
        if SHORT in document.notes:
            short.setdefault(document.source.path, []).append(document.source.row or 0)
        fault = drawn.entries[number].fault
        one = fault or _one_or_fault(number, document.source.path, putting, options, near)
        if isinstance(one, Problem):
            problems.append(one)
            continue
        written.append(one)
        tally.add(one.article, one.outcome, one.near)
        problems += _faults(one)
        progress.advance(1)
    problems += (summaries_alone(path, rows) for path, rows in short.items())
    tally.arrived = [lying.place for lying in putting.arrived()]
    done = Made[Done](len(written), partial(_done, gathered, written))
    return Report(done, tuple(problems), options.dry_run, tally)


class _Written(msgspec.Struct, frozen=True, array_like=True):
    """A written article on its way to the report."""

    number: int
    article: Article
    outcome: Outcome
    notes: tuple[str, ...]
    near: Near | None
    comments_aside: str = ""


def _one_or_fault(
    number: int, path: str, putting: Putting, options: ImportOptions, near: Mapping[int, tuple[int, float]]
) -> _Written | Problem:
    try:
        return _one(number, putting, options, near)
    except OSError as error:
        return unwritten(path, error, options.into)
    except Exception as fault:  # noqa: BLE001 -- no article should: see `own_fault`
        return own_fault(path, fault, "write")


def _one(number: int, putting: Putting, options: ImportOptions, near: Mapping[int, tuple[int, float]]) -> _Written:
    ready = putting.ready(number)
    place = putting.drawn.entries[number].place
    outcome = putting.shelf.put(place, ready.article.source.sha256, ready.text, ready.copies)
    aside = ""
    if ready.article.comments and options.comments is not None:
        talk = CommentFiles(options.comments, options.bases, dry=options.dry_run)
        aside = talk.put(outcome.place, ready.article.comments)
    twin = near.get(number)
    like = Near(putting.drawn.entries[twin[0]].target, putting.drawn.entries[twin[0]].place, twin[1]) if twin else None
    lean = msgspec.structs.replace(ready.article, assets=())  # their bytes are written, and no part of a report
    return _Written(number, lean, outcome, ready.notes, like, aside)


def _done(gathered: Gathered, written: Spool[_Written], number: int) -> Done:
    one = written[number]
    return Done(gathered.documents[one.number], one.article, one.outcome, one.notes, one.near)


def _faults(one: _Written) -> list[Problem]:
    path = one.article.source.path
    found = [problem(path, note, code="import.asset", warning=True) for note in one.notes]
    if one.outcome.action == "conflict":
        found.append(_conflict(one.article.source, one.outcome))
    if one.comments_aside:
        found.append(_other_comments(one.article.source, one.outcome.place, one.comments_aside))
    return found


def _other_comments(source: Source, place: str, aside: str) -> Problem:
    said = f"the comments of {place} were changed here and in the source; your file stays as it is"
    return problem(source.path, said, f"take over by hand what you want from {aside}", code="import.conflict")


def _said(source: Source, note: str) -> Problem:
    return problem(source.path, note, code="import.encoding", warning=True)


def _conflict(source: Source, outcome: Outcome) -> Problem:
    return problem(
        source.path,
        f"both the source and {outcome.place} were changed ({', '.join(outcome.conflicts)}); your file stays as it is",
        f"take over by hand what you want from {outcome.aside}, and delete that file",
        code="import.conflict",
    )
