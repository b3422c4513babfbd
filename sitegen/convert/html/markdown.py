"""Leaf blocks as a Markdown body: lists in lists, quotes, tables, fenced code, pictures with their captions.

Invariant: pure; one leaf gives one stretch of lines, so what is dropped leaves no trace. A picture whose caption holds
links or emphasis stands in a `<figure>`, the one place where tags of blocks are written. Tables have outer pipes and a
rule under their first row.
"""

from collections.abc import Mapping, Sequence

import msgspec

from sitegen.convert.html import inline
from sitegen.convert.html.leaf import Leaf


class Words(msgspec.Struct, frozen=True):
    """A caption: plain, and as Markdown where it holds a link or an emphasis."""

    plain: str = ""
    marked: str = ""


def body_of(leaves: Sequence[Leaf], captions: Mapping[int, str | Words]) -> str:
    """The body. `captions` goes by the position of an image in `leaves`."""
    out: list[str] = []
    counts: dict[int, int] = {}
    last: Leaf | None = None
    for i, leaf in enumerate(leaves):
        said = captions.get(i, "")
        text = _block(leaf, Words(said) if isinstance(said, str) else said)
        if leaf.lists:
            text = _item(leaf, text, counts)
        if leaf.table and (last is None or last.table != leaf.table):
            text += "\n" + "|" + " --- |" * max(1, leaf.level)
        if leaf.quotes:
            mark = "> " * len(leaf.quotes)
            text = "\n".join((mark + line).rstrip() for line in text.split("\n"))
        if last is not None:
            out.append(_gap(last, leaf))
        out.append(text)
        last = leaf
    return "".join(out) + "\n" if out else ""


def _gap(last: Leaf, leaf: Leaf) -> str:
    tight = (leaf.table and leaf.table == last.table) or (
        leaf.lists and last.lists and leaf.lists[0] == last.lists[0] and leaf.first and leaf.quotes == last.quotes
    )
    if tight:
        return "\n"
    shared = 0
    for a, b in zip(last.quotes, leaf.quotes, strict=False):
        if a != b:
            break
        shared += 1
    return "\n" + ("> " * shared).rstrip() + "\n"


def _block(leaf: Leaf, caption: Words) -> str:
    if leaf.kind == "heading":
        return "#" * max(2, leaf.level) + " " + leaf.markdown
    if leaf.kind == "code":
        fence = "```"
        while fence in leaf.markdown:
            fence += "`"
        return f"{fence}{leaf.language}\n{leaf.markdown}\n{fence}"
    if leaf.kind == "image":
        return figure(leaf, caption.marked) if caption.marked else image(leaf, caption.plain)
    return leaf.markdown


def figure(leaf: Leaf, caption: str) -> str:
    """A picture whose caption holds markup, which the title of an image cannot."""
    return f"<figure>\n\n{image(leaf, '')}\n\n<figcaption>\n\n{caption}\n\n</figcaption>\n\n</figure>"


def image(leaf: Leaf, caption: str) -> str:
    said = caption.replace("\\", "\\\\").replace('"', '\\"')
    alt = inline.escaped_inline(leaf.alt).replace("[", r"\[").replace("]", r"\]") if leaf.alt else ""
    return f"![{alt}]({inline.destination(leaf.src)}" + (f' "{said}")' if said else ")")


def _item(leaf: Leaf, text: str, counts: dict[int, int]) -> str:
    indent = "".join("   " if ordered else "  " for _, ordered in leaf.lists[:-1])
    number, ordered = leaf.lists[-1]
    hanging = "   " if ordered else "  "
    if not leaf.first:
        return "\n".join(f"{indent}{hanging}{line}" for line in text.split("\n"))
    counts[number] = counts.get(number, 0) + 1
    mark = f"{counts[number]}. " if ordered else "- "
    first, *rest = text.split("\n")
    return "\n".join([f"{indent}{mark}{first}", *(f"{indent}{' ' * len(mark)}{line}" for line in rest)])
