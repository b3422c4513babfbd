"""Tags that an article may want, learnt from the articles of its collection that have some.

Invariant: a suggestion follows from terms, dates and tags alone, and an article's own tags are never evidence for
themselves: what is learnt about a tagged article is learnt as if it had none. Nothing here is part of a build.

A candidate is a tag of a near article, or one whose name stands in the text. Five things are known of each (see
`_evidence`); how much each of them says is learnt by logistic regression over the tagged articles, and so is the
confidence from which suggesting pays (docs/decisions/0032).
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sitegen.catalog.measure import DAY_S, MAX_ROWS, NO_DATE
from sitegen.catalog.nearest import ranges
from sitegen.catalog.related import RelatedIndex
from sitegen.catalog.vectors import Ints, unpack
from sitegen.content.terms import MAX_COUNT, named_terms
from sitegen.model import Terms

NEIGHBOURS: Final = 25  # near articles whose tags are candidates; 10 to 40 find the same but for chance
NEAR_DAYS: Final = 60  # articles so near in date are one time: what was new then was written about then
TAUGHT: Final = 8192  # tagged articles that are learnt from, evenly spread; more change no weight
LEAST_TAGGED: Final = 20  # tagged articles; from fewer nothing can be learnt
STEPS: Final = 40  # of Newton's method; it needs about eight
RIDGE: Final = 10.0  # pulls weights to zero, so that few articles teach little
CHUNK: Final = 4096  # articles whose terms are looked through at a time

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class TaggedArticle(NamedTuple):
    """An article with or without tags: `epoch` counts seconds since 1970, None without a date; `tags` are slugs."""

    id: str
    epoch: int | None
    terms: Terms
    tags: tuple[str, ...]


class Suggestion(NamedTuple):
    """A tag's slug, and how likely it is that an editor would have set it, from 0 to 1."""

    tag: str
    confidence: float


class _Collection(NamedTuple):
    """All articles by the order of their ids; tags by number."""

    articles: list[TaggedArticle]
    epochs: Ints
    starts: Ints  # of each article's run in `tags`; one more than articles
    tags: Ints
    uses: Ints  # how many articles carry each tag

    def carried(self, row: int) -> list[int]:
        """The tags of one article."""
        own: list[int] = self.tags[self.starts[row] : self.starts[row + 1]].tolist()
        return own


class _Candidates(NamedTuple):
    """Pairs of an article and a tag, by article and then by tag, with what is known of each pair (`_evidence`)."""

    rows: Ints
    tags: Ints
    evidence: Floats
    true: Flags  # whether the article carries the tag


def suggested_tags(
    articles: Sequence[TaggedArticle], names: Mapping[str, str]
) -> dict[str, tuple[Suggestion, ...]] | None:
    """For each article the tags it does not have and may want, most likely first; None when there is nothing to learn
    from: fewer than `LEAST_TAGGED` tagged articles, or no tag that two of them share.

    `names` are the tags' names as readers see them, by slug. Cost: about 0.3 ms an article.
    Raises: ValueError for more than 2**20 articles.
    """
    slugs = sorted({slug for article in articles for slug in article.tags})
    if len(articles) > MAX_ROWS:
        raise ValueError(f"suggested tags: {len(articles)} articles are more than {MAX_ROWS}")
    collection = _collected(articles, {slug: number for number, slug in enumerate(slugs)})
    tagged = np.flatnonzero(np.diff(collection.starts))
    if len(tagged) < LEAST_TAGGED or int(collection.uses.max()) < 2:
        return None
    found = _candidates(collection, [names.get(slug, slug) for slug in slugs])
    learnt = _Learnt.of(found, collection, tagged)
    likely = learnt.likelihood(found.evidence)
    offered = np.flatnonzero((likely >= learnt.least) & ~found.true)
    order = offered[np.lexsort((found.tags[offered], -likely[offered], found.rows[offered]))]
    suggestions: dict[str, list[Suggestion]] = {article.id: [] for article in articles}
    for at in order.tolist():
        id = collection.articles[found.rows[at]].id
        suggestions[id].append(Suggestion(slugs[found.tags[at]], round(float(likely[at]), 2)))
    return {id: tuple(some) for id, some in suggestions.items()}


def _collected(articles: Sequence[TaggedArticle], numbers: Mapping[str, int]) -> _Collection:
    ordered = sorted(articles, key=lambda article: article.id)
    counts = np.fromiter((len(set(each.tags)) for each in ordered), np.int64, len(ordered))
    tags = [number for each in ordered for number in sorted({numbers[slug] for slug in each.tags})]
    epochs = [NO_DATE if each.epoch is None else each.epoch for each in ordered]
    return _Collection(
        ordered,
        np.array(epochs, np.int64),
        np.concatenate(([0], np.cumsum(counts))),
        np.array(tags, np.int64),
        np.bincount(np.array(tags, np.int64), minlength=len(numbers)),
    )


def untagged(terms: Terms, tags: Sequence[str]) -> Terms:
    """Terms as if the article carried none of these tags (names): their words count once less. For comparing alone:
    the words as readers saw them are left out.
    """
    hashes = np.frombuffer(terms.hashes, "<u4")
    counts = np.frombuffer(terms.counts, np.uint8).astype(np.int64)
    if tags and len(hashes):
        gone = np.array([term for tag in tags for term in (*named_terms(tag).words, *named_terms(tag).pairs)], np.int64)
        order = np.argsort(hashes, kind="stable")
        at = np.minimum(np.searchsorted(hashes, gone, sorter=order), len(hashes) - 1)
        place = order[at][hashes[order[at]] == gone]
        less = np.bincount(place, minlength=len(hashes))
        counts -= np.where((counts & MAX_COUNT) < MAX_COUNT, less, 0)
        kept = (counts & MAX_COUNT) > 0
        hashes, counts = hashes[kept], counts[kept]
    return Terms(hashes=hashes.astype("<u4").tobytes(), counts=counts.astype(np.uint8).tobytes())


def _candidates(collection: _Collection, names: Sequence[str]) -> _Candidates:
    """Every pair worth a thought. Cost: what `RelatedIndex` costs, and a pass over all terms."""
    bare = [
        untagged(article.terms, [names[tag] for tag in collection.carried(row)])
        for row, article in enumerate(collection.articles)
    ]
    width = len(names)
    votes, shares = _votes(collection, bare, width)
    named = _named(bare, names)
    pairs = np.union1d(votes, named)
    rows, tags = pairs // width, pairs % width
    carried = np.repeat(np.arange(len(bare)), np.diff(collection.starts)) * width + collection.tags
    true = np.isin(pairs, carried)
    share = np.zeros(len(pairs))
    share[np.searchsorted(pairs, votes)] = shares
    stands = np.isin(pairs, named)
    near = _near_in_date(collection, rows, tags, true)
    return _Candidates(rows, tags, _evidence(collection, tags, share, near, stands, true), true)


def _votes(collection: _Collection, bare: Sequence[Terms], width: int) -> tuple[Ints, Floats]:
    """Pairs that near articles vote for, ascending, and the share of votes for each; nearer ones have more."""
    index = RelatedIndex.build(
        (article.id, article.epoch, terms) for article, terms in zip(collection.articles, bare, strict=True)
    )
    entries = index.top(k=NEIGHBOURS).entries
    others, scores = entries[..., 0].astype(np.int64), entries[..., 1].astype(np.float64)
    heavy = np.where(others >= 0, scores * scores, 0.0)
    heavy *= np.diff(collection.starts)[np.maximum(others, 0)] > 0  # those without tags cannot vote
    total = heavy.sum(axis=1)
    row, place = np.nonzero(heavy)
    voter, weight = others[row, place], heavy[row, place] / total[row]
    counts = collection.starts[voter + 1] - collection.starts[voter]
    tags = collection.tags[ranges(collection.starts[voter], counts)]
    pairs: Ints
    pairs, which = np.unique(np.repeat(row, counts) * width + tags, return_inverse=True)
    shares: Floats = np.bincount(which, weights=np.repeat(weight, counts), minlength=len(pairs)).astype(np.float64)
    return pairs, shares


def _named(bare: Sequence[Terms], names: Sequence[str]) -> Ints:
    """Pairs where the tag's name stands in the text: its word, or all its pairs of neighbouring words; ascending."""
    needed = [(term, tag) for tag, name in enumerate(names) for term in set(_terms_of_name(name))]
    needed.sort()
    terms = np.array([term for term, _ in needed], np.int64)
    tags = np.array([tag for _, tag in needed], np.int64)
    least = np.bincount(tags, minlength=len(names))
    found = [np.zeros(0, np.int64)]
    for start in range(0, len(bare), CHUNK):
        lengths, hashes, _ = unpack(bare[start : start + CHUNK])
        rows = np.repeat(np.arange(start, start + len(lengths)), lengths)
        lo, hi = np.searchsorted(terms, hashes), np.searchsorted(terms, hashes, side="right")
        hits = tags[ranges(lo, hi - lo)]
        pairs, counts = np.unique(np.repeat(rows, hi - lo) * len(names) + hits, return_counts=True)
        found.append(pairs[counts >= least[pairs % len(names)]])
    return np.concatenate(found)


def _terms_of_name(name: str) -> tuple[int, ...]:
    named = named_terms(name)
    return named.pairs or named.words


def _near_in_date(collection: _Collection, rows: Ints, tags: Ints, true: Flags) -> Floats:
    """The share of articles within `NEAR_DAYS` that carry the tag, the article itself left out."""
    dated = np.flatnonzero(collection.epochs != NO_DATE)
    dated = dated[np.argsort(collection.epochs[dated], kind="stable")]
    moments = collection.epochs[dated]
    if not len(moments):
        return np.zeros(len(rows))
    place = np.full(len(collection.epochs), -1)
    place[dated] = np.arange(len(dated))
    span = NEAR_DAYS * DAY_S
    first = np.searchsorted(moments, moments - span)
    last = np.searchsorted(moments, moments + span, side="right")
    carrier = np.repeat(np.arange(len(collection.epochs)), np.diff(collection.starts))
    held = place[carrier] >= 0
    order = np.sort(collection.tags[held] * (len(dated) + 1) + place[carrier[held]])  # by tag, then by date
    here = place[rows]
    known = here >= 0
    at = np.maximum(here, 0)
    base = tags * (len(dated) + 1)
    carrying = np.searchsorted(order, base + last[at]) - np.searchsorted(order, base + first[at]) - true
    around = last[at] - first[at] - 1
    return np.where(known, carrying / (around + 1.0), 0.0)


def _evidence(collection: _Collection, tags: Ints, share: Floats, near: Floats, stands: Flags, true: Flags) -> Floats:
    """What is known of each pair, the article itself left out: the votes of near articles, nearness in date, how common
    the tag is, whether its name stands in the text, and what that says for this tag.
    """
    size = len(collection.articles)
    uses = collection.uses[tags] - true
    width = len(collection.uses)
    standing = np.bincount(tags, weights=stands, minlength=width)[tags] - stands
    right = np.bincount(tags, weights=stands & true, minlength=width)[tags] - (stands & true)
    telling = np.log((right + 0.3) / (standing - right + 1.0))
    return np.column_stack(
        [
            np.sqrt(share),
            near,
            np.log((uses + 0.5) / size),
            stands,
            np.where(stands, telling, 0.0),
            np.ones(len(tags)),
        ]
    )


class _Learnt(NamedTuple):
    """What the tagged articles teach: the weight of each kind of evidence, and from which likelihood to suggest."""

    mean: Floats
    spread: Floats
    weights: Floats
    least: float

    @classmethod
    def of(cls, found: _Candidates, collection: _Collection, tagged: Ints) -> "_Learnt":
        teachers = tagged[np.linspace(0, len(tagged) - 1, min(len(tagged), TAUGHT)).astype(np.int64)]
        some = np.isin(found.rows, teachers)
        evidence, true = found.evidence[some], found.true[some]
        mean, spread = evidence.mean(axis=0), evidence.std(axis=0) + 1e-9
        mean[-1], spread[-1] = 0.0, 1.0
        weights = _fitted((evidence - mean) / spread, true)
        learnt = cls(mean, spread, weights, 0.0)
        carried = int((collection.starts[teachers + 1] - collection.starts[teachers]).sum())
        return learnt._replace(least=_best_threshold(learnt.likelihood(evidence), true, carried))

    def likelihood(self, evidence: Floats) -> Floats:
        """How likely each pair is, from 0 to 1."""
        return _logistic(((evidence - self.mean) / self.spread) @ self.weights)


def _logistic(margins: Floats) -> Floats:
    likely: Floats = 1.0 / (1.0 + np.exp(-np.clip(margins, -30.0, 30.0)))
    return likely


def _fitted(evidence: Floats, true: Flags) -> Floats:
    """Weights of a logistic regression, by Newton's method with halved steps; the last column is the constant."""
    weights = np.zeros(evidence.shape[1])
    pull = np.full(len(weights), RIDGE)
    pull[-1] = 1e-6

    def loss(weights: Floats) -> float:
        margins = evidence @ weights
        return float(np.logaddexp(0.0, margins).sum() - margins[true].sum() + (pull * weights**2).sum() / 2)

    least = loss(weights)
    for _ in range(STEPS):
        likely = _logistic(evidence @ weights)
        slope = evidence.T @ (likely - true) + pull * weights
        bend = (evidence * (likely * (1.0 - likely))[:, None]).T @ evidence + np.diag(pull)
        step, size = np.linalg.solve(bend, slope), 1.0
        while loss(weights - size * step) > least and size > 1e-6:
            size /= 2
        weights = weights - size * step
        before, least = least, loss(weights)
        if before - least < 1e-6:
            break
    return weights


def _best_threshold(likely: Floats, true: Flags, carried: int) -> float:
    """From where on suggesting gives the best F1, when `carried` tags are to be found.

    At most a half, as for every calibrated likelihood: the best threshold is half of the best F1 (Lipton et al., 2014).
    """
    order = np.argsort(-likely, kind="stable")
    right = np.cumsum(true[order])
    scores = 2 * right / (np.arange(1, len(order) + 1) + carried)
    return min(float(likely[order][int(scores.argmax())]), 0.5) if len(order) else 0.5
