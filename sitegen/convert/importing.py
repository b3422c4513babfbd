"""The whole import: find, read, learn, infer, resolve, write, report.

Invariant: what a broken source loses is that source alone; the order of documents is that of the sources, and the
result does not depend on the number of processes. All documents of one run are kept in memory for now.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from sitegen.convert.collection import learn
from sitegen.convert.comment_files import CommentFiles
from sitegen.convert.decode import decoded_head
from sitegen.convert.detect import detect, readable
from sitegen.convert.document import Article, Block, Document, Source
from sitegen.convert.evidence import Evidence
from sitegen.convert.formats import BY_NAME, HEAD, Reading
from sitegen.convert.infer import infer
from sitegen.convert.lines import Line
from sitegen.convert.report import Done, Report
from sitegen.convert.resolve import resolve
from sitegen.convert.shelf import Outcome, Shelf
from sitegen.convert.sources import Claimed, Found, SourceFile, Tree, find_sources, problem
from sitegen.convert.stated import page_article, site_endings, with_stated
from sitegen.convert.write import markdown_file, place_of
from sitegen.errors import Problem

CHUNK: Final = 64  # documents that travel to a process at once; fewer cost more to send than to infer


class ImportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with the sources. `bases` is where the texts as last written are kept, `comments` what readers wrote
    under an article; None leaves comments out.
    """

    into: Path
    bases: Path
    comments: Path | None = None
    format: str = ""
    columns: Mapping[str, str] = {}
    zone: str = "UTC"
    dry_run: bool = False
    jobs: int = 1


def import_sources(sources: Sequence[str], options: ImportOptions) -> Report:
    """Imports all sources. Problems of single sources are in the report; nothing is raised for them."""
    documents: list[Document] = []
    problems: list[Problem] = []
    for found in _read_all(sources, options):
        if isinstance(found, Problem):
            problems.append(found)
        else:
            documents.append(found)
            problems += [_said(found, note) for note in found.notes]
    articles = resolve(_inferred(documents, options))
    done, unwritten = _written(documents, articles, options)
    problems += unwritten
    problems += [_conflict(one.article.source, one.outcome) for one in done if one.outcome.action == "conflict"]
    return Report(tuple(done), tuple(problems), options.dry_run)


def _read_all(sources: Sequence[str], options: ImportOptions) -> Iterator[Document | Problem]:
    skip = frozenset({options.into.resolve(), options.bases.resolve()})
    format = BY_NAME.get(options.format)
    for given in sources:
        for found in find_sources(given, skip - {Path(given).resolve()} if given != "-" else skip, format):
            yield from read_found(found, options)


def read_found(found: Found, options: ImportOptions) -> Iterator[Document | Problem]:
    """The documents of a file or tree, or what is wrong with it."""
    if isinstance(found, Problem):
        yield found
        return
    if isinstance(found, Claimed):
        given: SourceFile | Tree = found.tree
        path, chosen = found.tree.path, found.format
    else:
        given, path = found, found.path
        told = detect(found.name, found.content[:HEAD], decoded_head(found.content))
        chosen = options.format or told.format
        if told.problem and (not options.format or not found.content.strip()):
            yield problem(path, told.problem, told.help, code="import.format")
            return
    format = BY_NAME[chosen]
    if not format.reader:
        said = f"this is {format.what}, which import does not read yet"
        yield problem(path, said, readable(), code="import.format")
        return
    yield from format.read(given, Reading(format=chosen, columns=options.columns, zone=options.zone))


def _inferred(documents: Sequence[Document], options: ImportOptions) -> list[Article]:
    """The articles of all documents, in their order."""
    groups: dict[str, list[int]] = defaultdict(list)
    marked: dict[str, list[int]] = defaultdict(list)
    for index, document in enumerate(documents):
        (marked if document.markup else groups)[document.source.group].append(index)
    work: list[tuple[Evidence, list[int]]] = []
    for indices in groups.values():
        evidence = learn(documents[i] for i in indices)
        work += [(evidence, indices[at : at + CHUNK]) for at in range(0, len(indices), CHUNK)]
    out: dict[int, Article] = {}
    for indices in marked.values():
        out.update(zip(indices, _marked_up([documents[i] for i in indices], options.zone), strict=True))
    if options.jobs > 1 and len(documents) > 2 * CHUNK:
        with ProcessPoolExecutor(options.jobs) as pool:
            waiting = [
                (indices, pool.submit(infer_chunk, [documents[i] for i in indices], evidence, options.zone))
                for evidence, indices in work
            ]
            for indices, future in waiting:
                out.update(zip(indices, future.result(), strict=True))
    else:
        for evidence, indices in work:
            out.update(zip(indices, infer_chunk([documents[i] for i in indices], evidence, options.zone), strict=True))
    return [out[i] for i in range(len(documents))]


def _marked_up(documents: Sequence[Document], zone: str) -> list[Article]:
    """The articles of one site's pages or items; the site's name is learnt from their titles."""
    evidence = Evidence()
    for title in site_endings(documents):
        evidence.add([Line(Block(title, 1), "")])
    return [page_article(document, ZoneInfo(zone), evidence.without_ending) for document in documents]


def infer_chunk(documents: Sequence[Document], evidence: Evidence, zone: str) -> list[Article]:
    """What travels to a process: values in, values out."""
    known = ZoneInfo(zone)
    return [with_stated(infer(document, evidence, known), document, known) for document in documents]


def _written(
    documents: Sequence[Document], articles: Iterable[Article], options: ImportOptions
) -> tuple[list[Done], list[Problem]]:
    shelf = Shelf(options.into, options.bases, dry=options.dry_run)
    shelf.reserve(document.source for document in documents)
    talk = CommentFiles(options.comments, options.bases, dry=options.dry_run) if options.comments else None
    done: list[Done] = []
    problems: list[Problem] = []
    for document, article in zip(documents, articles, strict=True):
        try:
            outcome = shelf.put(article, place_of(article), markdown_file(article))
            if talk and article.comments and (aside := talk.put(outcome.place, article.comments)):
                problems.append(_other_comments(article.source, outcome.place, aside))
        except OSError as error:
            said = f"its Markdown cannot be written to {error.filename or options.into}: {error.strerror}"
            problems.append(
                problem(document.source.path, said, "check the folder given with --into", code="import.write")
            )
        else:
            done.append(Done(document, article, outcome))
    return done, problems


def _said(document: Document, note: str) -> Problem:
    return problem(document.source.path, note, code="import.encoding", warning=True)


def _other_comments(source: Source, place: str, aside: str) -> Problem:
    said = f"the comments of {place} were changed here and in the source; your file stays as it is"
    return problem(source.path, said, f"take over by hand what you want from {aside}", code="import.conflict")


def _conflict(source: Source, outcome: Outcome) -> Problem:
    return problem(
        source.path,
        f"both the source and {outcome.place} were changed ({', '.join(outcome.conflicts)}); your file stays as it is",
        f"take over by hand what you want from {outcome.aside}",
        code="import.conflict",
    )
