"""Learning from each site's documents, and inferring every article, on any number of processes.

Invariant: what is learnt of a site does not depend on other sites, nor on copies: texts that say the same count once.
Articles wait on the disk in the order in which they were made; `Drawn.at` says where each one is.
"""

import re
from array import array
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from sitegen.build.pool import Pool, run_alone
from sitegen.content.slugs import slugify
from sitegen.convert.document import Article, Block, Document, Field, Source
from sitegen.convert.faults import ended, own_fault
from sitegen.convert.gathering import Gathered, Kept
from sitegen.convert.inference.collection import SAMPLE, learn
from sitegen.convert.inference.evidence import Evidence
from sitegen.convert.inference.infer import infer
from sitegen.convert.inference.lines import Line
from sitegen.convert.near import copies, sketch
from sitegen.convert.patience import TooLong, within
from sitegen.convert.spool import Spool
from sitegen.convert.stated import harmless, page_article, with_stated
from sitegen.convert.writing.write import place_of
from sitegen.errors import Problem

CHUNK: Final = 64  # documents that travel to a process at once; fewer cost more to send than to infer
TITLES: Final = 2000  # page titles of a site from which its name is learnt; more prove nothing more
MAX_HEADINGS: Final = 60  # of an article that links may lead to
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)


class Entry(msgspec.Struct, gc=False):  # no circles: forked processes need not copy it
    """What stays in memory of an article: what others may call it, where it goes, what tells near copies."""

    title: str
    group: str
    target: str
    url: str
    addresses: tuple[str, ...]
    wanted_place: str
    headings: tuple[str, ...]
    sketch: bytes
    links: bool
    place: str = ""  # where it lies, once that is decided
    fault: Problem | None = None  # why there is no such article after all


class Drawn:
    """All articles of an import: `entries` go by the documents' order; `articles[at[n]]` is that of document n."""

    def __init__(self, size: int) -> None:
        self.articles: Spool[Article] = Spool(Article)
        self.at = array("Q", bytes(8 * size))
        self.entries: list[Entry] = [_NONE] * size

    def article(self, number: int) -> Article:
        return self.articles[self.at[number]]


_NONE: Final = Entry("", "", "", "", (), "", (), b"", links=False)
_packed = msgspec.msgpack.Encoder()
_document = msgspec.msgpack.Decoder(Document)
_entries = msgspec.msgpack.Decoder(list[Entry])


def draw(gathered: Gathered, zone: str, pool: Pool) -> Iterator[Drawn]:
    """Infers everything; gives the same object again after each chunk, for progress."""
    drawn = Drawn(len(gathered.kept))
    pending: deque[tuple[int, ...]] = deque()

    def chunks() -> Iterator[list[tuple[Any, list[bytes]]]]:
        chunk: list[tuple[Any, list[bytes]]] = []
        numbers: list[int] = []
        for evidence, indices in _sites(gathered):
            for at in range(0, len(indices), CHUNK):
                part = indices[at : at + CHUNK]
                chunk.append((evidence, [gathered.documents.packed(n) for n in part]))
                numbers += part
                if len(numbers) >= CHUNK:
                    pending.append(tuple(numbers))
                    yield chunk
                    chunk, numbers = [], []
        if chunk:
            pending.append(tuple(numbers))
            yield chunk

    for articles, entries in pool.map(draw_chunk, zone, chunks(), lost=_again):
        numbers = pending.popleft()
        for number, packed, entry in zip(numbers, articles, _entries.decode(entries), strict=True):
            drawn.at[number] = drawn.articles.append_packed(packed)
            drawn.entries[number] = entry
        yield drawn


def _sites(gathered: Gathered) -> Iterator[tuple[Evidence, list[int]]]:
    """Evidence of each site, plain and marked up apart, with its documents."""
    groups: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for number, kept in enumerate(gathered.kept):
        groups[kept.group, kept.marked].append(number)
    for (_, marked), numbers in groups.items():
        if marked:
            yield titles_evidence([gathered.kept[n].page_title for n in numbers]), numbers
        else:
            chosen = [numbers[n] for n in telling([gathered.kept[n] for n in numbers])]
            yield learn([gathered.documents[n] for n in chosen]), numbers


def telling(kept: Sequence[Kept]) -> list[int]:
    """Which documents of a site prove something: each text once, near copies not at all, at most `SAMPLE` of them."""
    distinct: dict[bytes, int] = {}
    for number, one in enumerate(kept):
        distinct.setdefault(one.lines, number)
    chosen = list(distinct.values())
    same = copies([kept[n].sketch for n in chosen])
    chosen = [number for n, number in enumerate(chosen) if n not in same]
    if len(chosen) > SAMPLE:
        step = len(chosen) / SAMPLE
        chosen = [chosen[int(i * step)] for i in range(SAMPLE)]
    return chosen


def titles_evidence(titles: Sequence[str]) -> Evidence:
    """What the titles of a site's pages prove: the ending that is the site's name."""
    evidence = Evidence()
    for title in [title for title in titles if title][:TITLES]:
        evidence.add([Line(Block(title, 1), "")])
    return evidence


Chunk = Sequence[tuple[Evidence, Sequence[bytes]]]  # packed documents, with what is known of their sites


def draw_chunk(zone: str, chunk: Chunk) -> tuple[list[bytes], bytes]:
    """What travels to a process: packed documents with what is known of their site in, packed articles out."""
    known = ZoneInfo(zone)
    articles: list[bytes] = []
    entries: list[Entry] = []
    for evidence, documents in chunk:
        for packed in documents:
            document = _document.decode(packed)
            try:
                with within():
                    article = drawn_article(document, evidence, known)
                    entry = _entry(document, article)
            except (Exception, TooLong) as fault:  # noqa: BLE001 -- no document should: see `own_fault`
                article = _nothing(document.source)
                entry = lost(own_fault(document.source.path, fault, "make an article of"))
            articles.append(_packed.encode(article))
            entries.append(entry)
    return articles, _packed.encode(entries)


def _again(zone: str, chunk: Chunk) -> tuple[list[bytes], bytes]:
    """A chunk that was under way when a process ended, one by one; the document that ends another process is told."""
    articles: list[bytes] = []
    entries: list[Entry] = []
    for evidence, documents in chunk:
        for packed in documents:
            drawn = run_alone(draw_chunk, zone, [(evidence, [packed])])
            if drawn is None:
                source = _document.decode(packed).source
                articles.append(_packed.encode(_nothing(source)))
                entries.append(lost(ended(source.path, "make an article of")))
            else:
                articles += drawn[0]
                entries += _entries.decode(drawn[1])
    return articles, _packed.encode(entries)


def _nothing(source: Source) -> Article:
    return Article(source=source, title=Field("", 0.0, ""))


def lost(fault: Problem) -> Entry:
    """What stands for an article that could not be made."""
    return Entry("", "", "", "", (), "", (), b"", links=False, fault=fault)


def drawn_article(document: Document, evidence: Evidence, zone: ZoneInfo) -> Article:
    """The article of one document."""
    if document.markup is not None:
        return harmless(page_article(document, zone, evidence.without_ending))
    return harmless(with_stated(infer(document, evidence, zone), document, zone))


def body_texts(article: Article) -> list[str]:
    """The texts that near copies are told by: of Markdown all but addresses."""
    return [re.sub(r"\]\([^)\s]*", "](", article.markdown)] if article.markdown else list(article.body)


def _entry(document: Document, article: Article) -> Entry:
    headings = tuple(slugify(text) for text in _HEADING.findall(article.markdown)[:MAX_HEADINGS])
    source = article.source
    return Entry(
        article.title.value, source.group, source.target, source.url, document.addresses, place_of(article), headings,
        sketch(body_texts(article)), links=bool(article.links),
    )  # fmt: skip
