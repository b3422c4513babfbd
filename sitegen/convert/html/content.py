"""Which leaf blocks of a page are the article: trafilatura's choice of text as evidence, weighed with all else that the
page shows by points that were learnt.

Invariant: every leaf gets one reason, "" for those of the article. What trafilatura found is looked up in our own
leaves, so that the links, tables, quotes and headings which it loses are still ours.
"""
# ruff: noqa: E501 -- a table of phrases reads best with an entry a line

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from copy import copy
from functools import lru_cache
from typing import Any, Final

from lxml import etree
from lxml.html import HtmlElement

from sitegen.convert.html.leaf import Leaf
from sitegen.convert.html.link_lists import FIRM, with_sources, without_contents
from sitegen.convert.html.points import MEDIA, odds_of
from sitegen.convert.html.signals import Signals
from sitegen.convert.inference.phrases import furniture

LEAST: Final = -0.4  # log-odds from which a leaf is the article's; what is lost weighs more than what is too much
LEAST_BETWEEN: Final = -1.2  # of a leaf whose neighbours both are
LEAST_ROWS: Final = -2.0  # of a table whose neighbours both are: menus and teasers are hardly ever laid out as data
ZONE_OF_IT: Final = 0.4  # share of the article in one zone, from which on the zone's name says nothing
TOLD: Final = 12  # characters of a caption that makes its figure the article's, if it is between title and end
PROSE: Final = 80  # characters of a block that reads like prose, when hardly any of it is a link
THICK: Final = 0.6  # share of all such blocks from which on no second opinion can win, with something to spare
LEAST_TEXT: Final = 250  # characters; of less than this a second opinion is always asked for
LEAD: Final = 4  # leaves above the first of the article among which its lead picture may stand
_ENDS = re.compile(
    r"^(?:related (?:articles|posts|stories|content|reading|topics)|more (?:from|stories|news|articles).*|you (?:may|might) also (?:like|enjoy).*|"
    r"leave a (?:comment|reply).*|\d* ?comments?|about the authors?|recommended(?: for you| reading| articles)?|read next|ähnliche beiträge|"
    r"kommentare|das könnte (?:sie|dich) auch interessieren.*|share this.*|latest (?:news|posts|articles|stories))\W*$",
    re.IGNORECASE,
)
_WEAK: Final = frozenset({"around the article", "list of links"})  # reasons that only points gave


def main_text(tree: HtmlElement, leaves: Sequence[Leaf]) -> str:
    """What trafilatura takes for the article, as text. Changes `tree`. Empty where it finds none.

    Half of its time goes into a second opinion, which it takes where that has twice as much text as its own, or where
    its own has few paragraphs. Where its own is more than half of all that reads like prose, it is not asked for one.
    Its own never holds what it throws away as a whole (menus, footers, figures): without that its look takes less time.
    """
    etree.strip_tags(tree, etree.Comment)  # trafilatura cannot read a comment in an entry of a list
    etree.strip_elements(tree, "script", "style", with_tail=False)
    prose = sum(len(leaf.text) for leaf in leaves if _is_prose(leaf))
    lean = copy(tree)
    etree.strip_elements(lean, *_thrown_away(), with_tail=False)
    text, body = _extracted(lean, fast=True)
    if len(text) < max(THICK * prose, LEAST_TEXT) or not _has_paragraphs(body):
        text, _ = _extracted(tree, fast=False)
    return text


@lru_cache(maxsize=1)
def _thrown_away() -> tuple[str, ...]:
    """Elements that trafilatura removes with all that they hold, whatever that is; it looks into figures and forms."""
    from trafilatura.settings import MANUALLY_CLEANED  # noqa: PLC0415 -- see `_extracted`

    return tuple(tag for tag in MANUALLY_CLEANED if tag not in ("figure", "form"))


def _extracted(tree: HtmlElement, *, fast: bool) -> tuple[str, Any]:
    """Text and elements of what trafilatura takes for the article; `fast` without its second opinion."""
    from trafilatura import bare_extraction  # noqa: PLC0415 -- 0.4 s to import; only pages need it

    found: Any = bare_extraction(tree, options=_options(fast=fast))
    return (found.text or "", found.body) if found is not None else ("", None)


@lru_cache(maxsize=2)
def _options(*, fast: bool) -> Any:
    from trafilatura.settings import Extractor  # noqa: PLC0415 -- see `_extracted`

    return Extractor(output_format="python", comments=False, precision=True, fast=fast)


def _is_prose(leaf: Leaf) -> bool:
    return leaf.kind in ("text", "item") and len(leaf.text) >= PROSE and leaf.linked < 0.3 * len(leaf.text)


def _has_paragraphs(body: Any) -> bool:
    """Whether there are paragraphs with words, and no more tables than paragraphs."""
    if body is None:
        return False
    paragraphs = list(body.iter("p"))
    if sum(1 for _ in body.iter("table")) > len(paragraphs):
        return False
    return any(text for paragraph in paragraphs for text in paragraph.itertext())


def choose(leaves: Sequence[Leaf], found: str, base: str = "") -> list[str]:
    """For every leaf "" when it is the article's, else why it is not. `found` is the text of `main_text`, `base` the
    page's address, where it is known.
    """
    if not leaves:
        return []
    signals = Signals(leaves, found)
    odds = odds_of(signals)
    solid = [leaf.kind not in MEDIA for leaf in leaves]
    odds = _together(leaves, solid, odds)
    keep = [yes and own > LEAST for yes, own in zip(solid, odds, strict=True)]
    _between(leaves, signals, odds, keep)
    if not any(keep):
        return [leaf.zone if leaf.zone in FIRM else "" for leaf in leaves]
    first, last = keep.index(True), len(keep) - 1 - keep[::-1].index(True)
    reasons = [
        "" if yes else _reason(leaf, i < first, i > last)
        for i, (leaf, yes) in enumerate(zip(leaves, keep, strict=True))
    ]
    _media(leaves, signals, keep, reasons)
    with_sources(leaves, reasons, base)
    without_contents(leaves, reasons)
    _above(leaves, reasons)
    _heads(leaves, reasons)
    _end(leaves, reasons)
    return reasons


def _together(leaves: Sequence[Leaf], solid: Sequence[bool], odds: Sequence[float]) -> list[float]:
    """A list or a table is the article's as a whole or not at all: its entries share the mean of their odds."""
    groups: dict[int, list[int]] = defaultdict(list)
    for i, leaf in enumerate(leaves):
        if solid[i] and (one := _whole(leaf)):
            groups[one].append(i)
    out = list(odds)
    for members in groups.values():
        weights = [len(leaves[i].text) ** 0.5 for i in members]
        mean = sum(w * odds[i] for w, i in zip(weights, members, strict=True)) / (sum(weights) or 1)
        for i in members:
            out[i] = mean
    return out


def _between(leaves: Sequence[Leaf], signals: Signals, odds: Sequence[float], keep: list[bool]) -> None:
    """A leaf between two of the article's needs fewer points, unless the page says that it is another thing. The rows of
    a table stand together, and so do the entries of a list.
    """
    runs: list[list[int]] = []
    for i, leaf in enumerate(leaves):
        if leaf.kind in MEDIA:
            continue
        if runs and (whole := _whole(leaf)) and whole == _whole(leaves[runs[-1][0]]):
            runs[-1].append(i)
        else:
            runs.append([i])
    sure = list(keep)
    elsewhere = _elsewhere(leaves, keep)
    said = signals.columns["furniture"]
    for last, run, following in zip(runs, runs[1:], runs[2:], strict=False):
        if not (sure[last[-1]] and sure[following[0]]) or all(sure[i] for i in run):
            continue
        other = any(said[i] or not elsewhere.isdisjoint(leaves[i].marks) for i in run)
        least = LEAST_ROWS if leaves[run[0]].table else LEAST_BETWEEN
        if not other and odds[run[0]] > least:
            for i in run:
                keep[i] = True


def _elsewhere(leaves: Sequence[Leaf], keep: Sequence[bool]) -> frozenset[str]:
    """The zones that are another thing than the article: those that hold little of it."""
    inside: Counter[str] = Counter()
    whole = 0
    for leaf, yes in zip(leaves, keep, strict=True):
        whole += len(leaf.text) if yes else 0
        inside.update(dict.fromkeys(leaf.marks, len(leaf.text) if yes else 0))
    return frozenset(zone for zone, size in inside.items() if size < ZONE_OF_IT * whole)


def _whole(leaf: Leaf) -> int:
    """The table that a row is of, or the outermost list that an entry is of; 0 for all else."""
    return leaf.table or (leaf.lists[0][0] if leaf.lists else 0)


def _reason(leaf: Leaf, before: bool, after: bool) -> str:
    """Why a leaf is not the article's, in words for the report."""
    if leaf.zone:
        return leaf.zone
    if said := furniture(leaf.text):
        return said
    if before:
        return "before the article"
    if after:
        return "after the article"
    return "list of links" if leaf.linked / max(1, len(leaf.text)) > 0.8 else "around the article"


def _media(leaves: Sequence[Leaf], signals: Signals, keep: Sequence[bool], reasons: list[str]) -> None:
    """Pictures, captions, embeds and code go with the nearest leaves of text; a lead picture stands above the first.

    So do quotes: most pages have none, and so no points for them were learnt that one could trust.
    """
    first, last = keep.index(True), len(keep) - 1 - keep[::-1].index(True)
    solid = [i for i, leaf in enumerate(leaves) if leaf.kind not in MEDIA]
    told = {leaf.figure for leaf in leaves if leaf.figure and leaf.kind == "caption" and len(leaf.text) >= TOLD}
    top = _title(leaves, first)
    marks, held, related = (signals.columns[name] for name in ("marks", "held", "in related articles"))
    for i, leaf in enumerate(leaves):
        if leaf.kind not in MEDIA and not (leaf.quotes and reasons[i]):
            continue
        if leaf.figure in told and top <= i <= last and not related[i]:
            reasons[i] = ""
            continue
        at = bisect_left(solid, i)
        above = at > 0 and keep[solid[at - 1]]
        below = any(keep[solid[k]] for k in range(at, min(at + 2, len(solid))))
        near = first - LEAD <= i < first or (i < first and leaf.figure and held[i])
        if (above and below) or (marks[i] == 0 and held[i] and (above or below or near)):
            reasons[i] = ""


def _title(leaves: Sequence[Leaf], first: int) -> int:
    """Where the article begins for pictures: the last heading of the first rank above it, or a few leaves above it."""
    above = [i for i in range(first) if leaves[i].kind == "heading" and leaves[i].level == 1]
    return max(above[-1] - LEAD, 0) if above else max(first - 2 * LEAD, 0)


def _above(leaves: Sequence[Leaf], reasons: list[str]) -> None:
    """Inside of the article, a heading just above a text that is kept heads that text, however short it is."""
    first = next((i for i, reason in enumerate(reasons) if not reason), len(reasons))
    for i in range(len(leaves) - 2, first, -1):
        below, leaf = leaves[i + 1], leaves[i]
        if leaf.kind == "heading" and reasons[i] in _WEAK and not reasons[i + 1] and below.kind == "text":
            reasons[i] = ""


def _heads(leaves: Sequence[Leaf], reasons: list[str]) -> None:
    """A heading stays only where something that is the article's follows it before the next heading of its rank.

    Within the article, one that leads elsewhere as a whole is an entry of a list of links then, and becomes one.
    """
    last = max((i for i, reason in enumerate(reasons) if not reason and leaves[i].kind == "text"), default=-1)
    entries: list[int] = []
    for i, leaf in enumerate(leaves):
        if leaf.kind != "heading" or reasons[i] or not _of_nothing(leaves, reasons, i):
            continue
        if leaf.href and i < last:
            entries.append(i)
        else:
            reasons[i] = "heading of nothing"
    for i in entries:
        leaves[i].kind = "item"
        leaves[i].lists = ((-1 - i, False),)
        leaves[i].markdown = f"[{leaves[i].markdown}]({leaves[i].href})"


def _of_nothing(leaves: Sequence[Leaf], reasons: Sequence[str], i: int) -> bool:
    lost = False
    for j in range(i + 1, len(leaves)):
        if leaves[j].kind == "heading" and leaves[j].level <= leaves[i].level:
            return lost or bool(leaves[i].href)
        lost = lost or bool(reasons[j])
        if not reasons[j] and leaves[j].kind not in ("heading", "image"):
            return False
    return True


def _end(leaves: Sequence[Leaf], reasons: list[str]) -> None:
    """From a heading such as "Related articles" on, in the last part of the article, nothing is the article's."""
    kept = [i for i, reason in enumerate(reasons) if not reason]
    for i in kept[int(len(kept) * 0.6) :]:
        if leaves[i].kind in ("heading", "text") and _ENDS.match(leaves[i].text):
            rest = [leaves[k] for k in kept if k > i]
            if sum(len(leaf.text) for leaf in rest) < 0.25 * sum(len(leaves[k].text) for k in kept):
                for k in kept:
                    if k >= i:
                        reasons[k] = "after the article"
                return
