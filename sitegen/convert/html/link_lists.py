"""Lists of links of a page that are no part of its article, though points would keep them: its table of contents.

Invariant: pure but for the reasons that it is given; a list goes or stays as a whole.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from sitegen.convert.html.leaf import Leaf
from sitegen.convert.inference.phrases import furniture

CONTENTS: Final = 0.8  # share of a list that leads to places in the same page, when it is the table of contents
FIRM: Final = frozenset(
    {"navigation", "footer", "cookie notice", "comments", "share buttons", "hidden", "screen readers"}
)


def without_contents(leaves: Sequence[Leaf], reasons: list[str]) -> None:
    """A list of links to places in the same page is its table of contents, and a site makes its own."""
    lists: dict[int, list[int]] = defaultdict(list)
    for i, leaf in enumerate(leaves):
        if leaf.lists and reasons[i] not in FIRM:
            lists[leaf.lists[0][0]].append(i)
    for members in lists.values():
        leading = sum("](#" in leaves[i].markdown and leaves[i].linked > 0.8 * len(leaves[i].text) for i in members)
        if len(members) < 2 or leading < CONTENTS * len(members):
            continue
        above = members[0] - 1
        if above >= 0 and leaves[above].kind == "text" and furniture(leaves[above].text):
            reasons[above] = "table of contents"
        for i in members:
            reasons[i] = "table of contents"
