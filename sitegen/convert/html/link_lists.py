"""Lists of links round an article, which points judge badly: its table of contents is none of it, its sources are.

Invariant: pure but for the reasons that it is given; a list goes or stays as a whole.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from sitegen.convert.html.leaf import Leaf
from sitegen.convert.inference.phrases import furniture
from sitegen.convert.web_address import address_parts

CONTENTS: Final = 0.8  # share of a list that leads to places in the same page, when it is the table of contents
FIRM: Final = frozenset(
    {"navigation", "footer", "cookie notice", "comments", "share buttons", "hidden", "screen readers"}
)
NAMES: Final = 0.5  # share of it that names headings of the article, or leads to them
AFTER: Final = frozenset({"", "after the article", "list of links", "around the article"})  # by points alone
BELOW: Final = 3  # leaves from the end of the article within which its sources begin
NAMED: Final = 2  # words of an entry, on average: of those that only name a network there are fewer
_INSIDE = re.compile(r"\]\(#([^()\s]+)\)")
_LEADS = re.compile(r"(?<![!\\])\[(?:[^\[\]\\]|\\.)*\]\(([^()\s]*)\)")


def without_contents(leaves: Sequence[Leaf], reasons: list[str]) -> None:
    """A list of links to places in the same page is its table of contents, and a site makes its own: of headings. One
    that points keep and that names other things than the headings of the article is a list of the author's.
    """
    lists: dict[int, list[int]] = defaultdict(list)
    for i, leaf in enumerate(leaves):
        if leaf.lists and reasons[i] not in FIRM:
            lists[leaf.lists[0][0]].append(i)
    heads = [leaf for leaf, reason in zip(leaves, reasons, strict=True) if leaf.kind == "heading" and not reason]
    anchors = {anchor for leaf in heads for anchor in leaf.anchors}
    said = "\n".join(leaf.text.casefold() for leaf in heads)  # with numbers or more words than their entry, too
    for members in lists.values():
        leading = sum("](#" in leaves[i].markdown and leaves[i].linked > 0.8 * len(leaves[i].text) for i in members)
        if len(members) < 2 or leading < CONTENTS * len(members):
            continue
        if not any(reasons[i] for i in members):
            named = sum(
                leaves[i].text.casefold() in said or not anchors.isdisjoint(_INSIDE.findall(leaves[i].markdown))
                for i in members
            )
            if named < NAMES * len(members):
                continue
        above = members[0] - 1
        if above >= 0 and leaves[above].kind == "text" and furniture(leaves[above].text):
            reasons[above] = "table of contents"
        for i in members:
            reasons[i] = "table of contents"


def with_sources(leaves: Sequence[Leaf], reasons: list[str], base: str) -> None:
    """A list right below the article, every entry of which leads to another site, names its sources or where to read
    on: what a site puts there of its own leads into the site. Nothing where the page's address is not known.
    """
    own = _host(base)
    end = max((i for i, why in enumerate(reasons) if not why and leaves[i].kind in ("text", "item", "row")), default=-1)
    start = next((i for i in range(end + 1, min(end + 1 + BELOW, len(leaves))) if leaves[i].lists), -1)
    if not own or end < 0 or start < 0 or not set(leaves[start].ancestors[:-2]) >= set(leaves[end].ancestors[:-1]):
        return
    whole = leaves[start].lists[0][0]
    members = [i for i in range(start, len(leaves)) if leaves[i].lists and leaves[i].lists[0][0] == whole]
    taken = [*(i for i in range(end + 1, start) if leaves[i].kind != "image"), *members]
    if len(members) < 2 or sum(len(leaves[i].text.split()) for i in members) < NAMED * len(members):
        return
    if all(not leaves[i].marks and reasons[i] in AFTER for i in taken) and all(
        _leads_away(leaves[i], own) for i in members
    ):
        for i in taken:
            reasons[i] = ""


def _leads_away(leaf: Leaf, own: str) -> bool:
    found = [_host(address) for address in _LEADS.findall(leaf.markdown)]
    return bool(found) and not furniture(leaf.text) and all(host and not _same(host, own) for host in found)


def _host(address: str) -> str:
    return (address_parts(address).hostname or "").removeprefix("www.") if address.startswith("http") else ""


def _same(host: str, own: str) -> bool:
    return host == own or host.endswith(f".{own}") or own.endswith(f".{host}")
