"""Learning from a collection, a site at a time, before any of its articles is inferred.

Invariant: pure; the order of the documents does not matter. Documents whose lines are the same count once. First come
the counts of lines, then, with them, the place where the site's titles stand.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from sitegen.convert.document import Document
from sitegen.convert.inference.dates import Order, order_of
from sitegen.convert.inference.evidence import Evidence
from sitegen.convert.inference.headline import choose_title, neighbours
from sitegen.convert.inference.lines import Line
from sitegen.convert.inference.segment import shape_of

SAMPLE: Final = 240  # documents of a group that evidence is taken from; more prove nothing more
MIN_LAYOUT: Final = 4  # documents, from which the place of titles is learnt


def learn(documents: Iterable[Document]) -> Evidence:
    """Evidence of one group's documents. Cost: about 10 µs a line, for at most `SAMPLE` documents."""
    distinct: dict[tuple[str, ...], Document] = {}
    for document in documents:
        distinct.setdefault(tuple(block.text for block in document.blocks), document)
    chosen = list(distinct.values())
    if len(chosen) > SAMPLE:
        step = len(chosen) / SAMPLE
        chosen = [chosen[int(i * step)] for i in range(SAMPLE)]
    evidence = Evidence()
    evidence.order = _order(chosen)
    read = [[Line(block, evidence.order) for block in document.blocks] for document in chosen]
    for lines in read:
        evidence.add(lines)
    if len(chosen) >= MIN_LAYOUT:
        places = [_title_place(lines, document, evidence) for lines, document in zip(read, chosen, strict=True)]
        for above, below in filter(None, places):
            evidence.see_title(above, below)
    return evidence


def _title_place(lines: Sequence[Line], document: Document, evidence: Evidence) -> tuple[str, str] | None:
    shape = shape_of(lines, evidence)
    chosen = choose_title(lines, shape, evidence, document.source.url)
    return neighbours(lines, shape, chosen.index) if chosen.index >= 0 else None


def _order(documents: Sequence[Document]) -> Order:
    votes: Counter[Order] = Counter()
    for document in documents:
        for block in document.blocks:
            if len(block.text) < 200 and (order := order_of(block.text)):
                votes[order] += 1
    if not votes:
        return ""
    (order, count), *others = votes.most_common()
    return order if not others or count >= 4 * others[0][1] else ""
