"""Which leaf blocks of a page are the article: trafilatura's choice of text as evidence, the page's own order and zones
as the frame.

Invariant: pure; every leaf gets one reason, "" for those of the article. What trafilatura found is looked up in our own
leaves, so that the links, tables, quotes and headings which it loses are still ours.
"""
# ruff: noqa: E501 -- a table of phrases reads best with an entry a line

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from lxml.html import HtmlElement

from sitegen.convert.html_blocks import Leaf

SHORT: Final = 24  # letters; a shorter block is found in any text by chance
COVER: Final = 0.85  # share of the evidence that the article's own element holds
_LETTERS = re.compile(r"[\W_]+")
_FURNITURE = re.compile(
    r"^(?:advertisement|share(?: this.*)?|share on .*|read more|continue reading.*|related(?: (?:articles|posts|stories|content|topics))?|sign up.*|"
    r"subscribe.*|follow us.*|table of contents|contents|skip to .*|print|email|tweet|pin it|comments?(?: \(\d+\))?|leave a (?:comment|reply).*|"
    r"(?:previous|next)(?: (?:post|article))?|tags?:?.*|filed under.*|posted in.*|you (?:may|might) also (?:like|enjoy).*|recommended.*|anzeige|"
    r"teilen|mehr zum thema.*|\d+ comments?|image(?: source)?|log in|copy link|listen|loading.*|by$|updated:?|published:?)$",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"^(?:related (?:articles|posts|stories|content|reading|topics)|more (?:from|stories|news|articles).*|you (?:may|might) also (?:like|enjoy).*|"
    r"leave a (?:comment|reply).*|\d* ?comments?|about the authors?|recommended(?: for you| reading| articles)?|read next|ähnliche beiträge|"
    r"kommentare|das könnte (?:sie|dich) auch interessieren.*|share this.*|latest (?:news|posts|articles|stories))\W*$",
    re.IGNORECASE,
)
_OTHERS: Final = frozenset(
    {"comments", "related articles", "share buttons", "newsletter", "cookie notice", "form", "navigation", "footer"}
)
_FIRM: Final = frozenset(
    {"navigation", "footer", "cookie notice", "comments", "share buttons", "hidden", "screen readers"}
)


def letters(text: str) -> str:
    return _LETTERS.sub("", text).casefold()


def main_text(tree: HtmlElement) -> str:
    """What trafilatura takes for the article, as text. Changes `tree`. Empty where it finds none."""
    from trafilatura import extract  # noqa: PLC0415 -- 0.4 s to import; only pages need it

    return (
        extract(
            tree,
            include_comments=False,
            include_tables=True,
            with_metadata=False,
            deduplicate=False,
            favor_precision=True,
        )
        or ""
    )


def choose(leaves: Sequence[Leaf], found: str) -> list[str]:
    """For every leaf "" when it is the article's, else why it is not. `found` is the text of `main_text`."""
    evidence = letters(found)
    spoken = [letters(leaf.text) for leaf in leaves]
    sure = [len(own) >= SHORT and own in evidence for own in spoken]
    if not any(sure):
        sure = [
            leaf.kind == "text" and len(own) > 60 and not leaf.zone for leaf, own in zip(leaves, spoken, strict=True)
        ]
    if not any(sure):
        return [leaf.zone if leaf.zone in _FIRM else "" for leaf in leaves]
    holder = _holder(leaves, spoken, sure)
    first = next(i for i, yes in enumerate(sure) if yes)
    last = max(i for i, yes in enumerate(sure) if yes)
    inside = [holder in leaf.ancestors for leaf in leaves]
    zones = _trusted_zones(leaves, spoken, sure)
    reasons = []
    for i, leaf in enumerate(leaves):
        if not inside[i]:
            reasons.append(leaf.zone or ("before the article" if i < first else "after the article"))
        elif leaf.zone in _OTHERS and leaf.zone not in zones:
            reasons.append(leaf.zone)  # whatever trafilatura says: the page itself says that this is another thing
        elif sure[i]:
            reasons.append("")
        else:
            reasons.append(_doubted(leaf, spoken[i], evidence, first <= i <= last, i < first, zones))
    _heads(leaves, reasons)
    _end(leaves, reasons)
    return reasons


def _trusted_zones(leaves: Sequence[Leaf], spoken: Sequence[str], sure: Sequence[bool]) -> set[str]:
    """Zones whose name means nothing on this page, because most of the article lies in them."""
    weight: Counter[str] = Counter()
    for leaf, own, yes in zip(leaves, spoken, sure, strict=True):
        if yes:
            weight[leaf.zone] += len(own)
    total = weight.total() or 1
    return {zone for zone, size in weight.items() if zone and size > 0.4 * total}


def _holder(leaves: Sequence[Leaf], spoken: Sequence[str], sure: Sequence[bool]) -> int:
    """The innermost element that holds `COVER` of the evidence."""
    weight: Counter[int] = Counter()
    depth: dict[int, int] = {}
    total = 0
    for leaf, own, yes in zip(leaves, spoken, sure, strict=True):
        if yes:
            total += len(own)
            for level, ancestor in enumerate(leaf.ancestors):
                weight[ancestor] += len(own)
                depth[ancestor] = level
    fit = [one for one, size in weight.items() if size >= COVER * total]
    return max(fit, key=lambda one: depth[one])


def _doubted(leaf: Leaf, own: str, evidence: str, within: bool, before: bool, zones: set[str]) -> str:  # noqa: PLR0911
    """A leaf inside of the article's element that trafilatura did not return, or that is too short to tell."""
    if leaf.zone and leaf.zone not in zones:
        return leaf.zone
    if leaf.kind in ("image", "caption", "embed"):
        return ""
    if _FURNITURE.match(leaf.text):
        return "furniture"
    share = leaf.linked / max(1, len(leaf.text))
    if leaf.kind == "heading":
        return "" if within and share < 0.9 else "" if not before and share < 0.5 else "around the article"
    if leaf.kind in ("row", "code") or leaf.quotes:
        return "" if within else "around the article"
    if leaf.kind == "item":
        return (
            ""
            if within and (share < 0.8 or own in evidence)
            else "list of links"
            if share >= 0.8
            else "around the article"
        )
    if not within:
        return "" if len(leaf.text) > 120 and share < 0.3 else "around the article"
    if share >= 0.8 and own not in evidence:
        return "link alone"
    if len(leaf.text) < 40 and own not in evidence:
        return "short line"
    return ""


def _heads(leaves: Sequence[Leaf], reasons: list[str]) -> None:
    """A heading stays only where something that is the article's follows it before the next heading of its rank."""
    for i, leaf in enumerate(leaves):
        if leaf.kind != "heading" or reasons[i]:
            continue
        for j in range(i + 1, len(leaves)):
            other = leaves[j]
            if other.kind == "heading" and other.level <= leaf.level:
                reasons[i] = "heading of nothing"
                break
            if not reasons[j] and other.kind not in ("heading", "image"):
                break
        else:
            reasons[i] = "heading of nothing"


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
