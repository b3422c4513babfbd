"""Drafts, future and expired articles, looked for in every output: their addresses, their titles, their words.

Invariant: fifteen words in a row of an unpublished text are found in any page, feed, export or archive, but where a
published text has them too.
"""

from array import array
from collections.abc import Iterator

import numpy as np

from sitegen.build.work import Head
from sitegen.catalog.links import fold
from sitegen.catalog.outputs import output_path
from sitegen.check.addresses import Leads, address_of, leads_to
from sitegen.check.looking import Looked
from sitegen.check.sketch import LABEL_WORDS, label_of, unpacked
from sitegen.errors import Problem, Where

ENOUGH = 2  # numbers of a sketch that a page has to share: one may be a common phrase
_HELP = "find what puts it there: a template, a plugin, a data file or a file in static/; or publish the article"


def leak_problems(looked: Looked) -> list[Problem]:
    """An error for each unpublished article in each output that holds something of it."""
    shown = {head.keys.source for head in looked.site.published}
    hidden = {source: head for source, head in looked.site.sources.heads.items() if source not in shown}
    if not hidden or not looked.facts:
        return []
    found: dict[tuple[str, str], str] = {}
    for path, source, what in (*_addresses(looked, hidden), *_titles(looked, hidden), *_texts(looked, hidden)):
        found.setdefault((path, source), what)
    return [_problem(looked, path, source, hidden[source], what) for (path, source), what in sorted(found.items())]


def _problem(looked: Looked, path: str, source: str, head: Head, what: str) -> Problem:
    keys = head.keys
    expired = keys.expires is not None and keys.expires.epoch <= looked.as_of
    why = "a draft" if keys.draft else "expired" if expired else "not due yet"
    return Problem(
        code="leak",
        where=Where(looked.place(path)),
        message=f"holds {what} of {looked.content}/{source}, which is {why}",
        help=_HELP,
    )


def _addresses(looked: Looked, hidden: dict[str, Head]) -> Iterator[tuple[str, str, str]]:
    by_output = {output_path(head.keys.url): source for source, head in hidden.items()}
    base = looked.site.settings.base
    for path, source in by_output.items():
        if path in looked.facts and path not in looked.outputs:
            yield path, source, "the page"
    for path, fact in looked.facts.items():
        if fact.is_page:
            continue  # a link that somebody wrote into a text is a dead link, and told as one
        for address in (*fact.links, *fact.named):
            leads = leads_to(address, address_of(path), base)
            if leads.kind == "outside-base":  # an index names pages without the folder that the site stands in
                leads = Leads("page", leads.path)
            owner = by_output.get(output_path(leads.path)) if leads.kind == "page" else None
            if owner and output_path(leads.path) not in looked.facts:
                yield path, owner, "the address"


def _titles(looked: Looked, hidden: dict[str, Head]) -> Iterator[tuple[str, str, str]]:
    public = {fold(head.card.title) for head in looked.site.published}
    for head in looked.site.published:  # what a published article wants is no secret
        public.update(fold(link.title or link.target) for link in head.keys.related)
        public.update(fold(target) for kind, target in head.links if kind == "wiki")
    secret = {
        label_of(head.card.title): source
        for source, head in hidden.items()
        if head.card.title.count(" ") >= LABEL_WORDS - 1 and fold(head.card.title) not in public
    }
    if not secret:
        return
    for path, fact in looked.facts.items():
        for label in array("Q", fact.labels):
            if label in secret:
                yield path, secret[label], "the title"


def _texts(looked: Looked, hidden: dict[str, Head]) -> Iterator[tuple[str, str, str]]:
    secret = {source: unpacked(looked.texts[source].text) for source in hidden}
    everything = np.unique(np.concatenate([*secret.values(), np.empty(0, np.uint32)]))
    known = [unpacked(looked.texts[head.keys.source].text) for head in looked.site.published]
    if known:
        everything = np.setdiff1d(everything, np.concatenate(known))
    if not len(everything):
        return
    owners: dict[int, list[str]] = {}
    needed = {}
    for source, numbers in secret.items():
        own = np.intersect1d(numbers, everything)
        needed[source] = min(ENOUGH, len(own))
        for number in own.tolist():
            owners.setdefault(number, []).append(source)
    for path, fact in looked.facts.items():
        here = unpacked(fact.text)
        hits = here[np.isin(here, everything)] if len(here) else here
        counts: dict[str, int] = {}
        for number in hits.tolist():
            for source in owners[number]:
                counts[source] = counts.get(source, 0) + 1
        for source, count in counts.items():
            if count >= needed[source]:
                yield path, source, "words"
