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
from sitegen.convert.decode import decode
from sitegen.convert.detect import HEAD, READ_TODAY, detect
from sitegen.convert.document import Article, Block, Document, Source
from sitegen.convert.evidence import Evidence
from sitegen.convert.infer import infer
from sitegen.convert.lines import Line
from sitegen.convert.read_rows import read_rows
from sitegen.convert.read_text import MAX_CHARACTERS, read_blocks
from sitegen.convert.report import Done, Report
from sitegen.convert.resolve import resolve
from sitegen.convert.shelf import Outcome, Shelf
from sitegen.convert.sources import SourceFile, find_sources, problem
from sitegen.convert.write import markdown_file, place_of
from sitegen.errors import Problem

CHUNK: Final = 64  # documents that travel to a process at once; fewer cost more to send than to infer


class ImportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with the sources. `bases` is where the texts as last written are kept."""

    into: Path
    bases: Path
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
    for given in sources:
        count = 0
        for found in find_sources(given, skip - {Path(given).resolve()} if given != "-" else skip):
            count += 1
            if isinstance(found, Problem):
                yield found
            else:
                yield from read_file(found, options.format, options.columns)
        if not count:
            yield problem(given, "the folder holds no files", "check the path")


def read_file(
    file: SourceFile, format: str = "", columns: Mapping[str, str] | None = None
) -> Iterator[Document | Problem]:
    """The documents of one file, or what is wrong with it."""
    decoded = decode(file.content)
    found = detect(file.name, file.content[:HEAD], decoded.text[:HEAD])
    chosen = format or found.format
    if found.problem and (not format or not file.content.strip()):
        yield problem(file.path, found.problem, found.help, code="import.format")
        return
    if chosen not in READ_TODAY:
        yield problem(
            file.path,
            f"the format {chosen} is not read yet",
            f"formats read today: {', '.join(READ_TODAY)}",
            code="import.format",
        )
    elif chosen == "html":
        from sitegen.convert.read_html import read_html  # noqa: PLC0415 -- lxml is loaded for pages alone

        yield read_html(file)
    elif chosen == "feed":
        from sitegen.convert.read_feed import read_feed  # noqa: PLC0415

        yield from read_feed(file, decoded.text)
    elif chosen == "text":
        yield _text(file, decoded.text, decoded.notes)
    else:
        yield from read_rows(file, decoded.text, chosen, columns or {})


def _text(file: SourceFile, text: str, notes: tuple[str, ...]) -> Document | Problem:
    if len(text) > MAX_CHARACTERS:
        return problem(
            file.path,
            f"the text is longer than {MAX_CHARACTERS // 1_000_000} million characters",
            "one file should hold one article; split it",
        )
    blocks = read_blocks(text)
    if not blocks:
        return problem(
            file.path, "the file holds no text", "remove it from the sources, or put the article's text into it"
        )
    source = Source(path=file.path, name=file.name, format="text", sha256=file.sha256, group=file.folder)
    return Document(source=source, blocks=blocks, notes=notes)


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
    from sitegen.convert.read_html import page_article, site_endings  # noqa: PLC0415

    evidence = Evidence()
    for title in site_endings(documents):
        evidence.add([Line(Block(title, 1), "")])
    return [page_article(document, ZoneInfo(zone), evidence.without_ending) for document in documents]


def infer_chunk(documents: Sequence[Document], evidence: Evidence, zone: str) -> list[Article]:
    """What travels to a process: values in, values out."""
    known = ZoneInfo(zone)
    return [infer(document, evidence, known) for document in documents]


def _written(
    documents: Sequence[Document], articles: Iterable[Article], options: ImportOptions
) -> tuple[list[Done], list[Problem]]:
    shelf = Shelf(options.into, options.bases, dry=options.dry_run)
    shelf.reserve(document.source for document in documents)
    done: list[Done] = []
    problems: list[Problem] = []
    for document, article in zip(documents, articles, strict=True):
        try:
            outcome = shelf.put(article, place_of(article), markdown_file(article))
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


def _conflict(source: Source, outcome: Outcome) -> Problem:
    return problem(
        source.path,
        f"both the source and {outcome.place} were changed ({', '.join(outcome.conflicts)}); your file stays as it is",
        f"take over by hand what you want from {outcome.aside}",
        code="import.conflict",
    )
