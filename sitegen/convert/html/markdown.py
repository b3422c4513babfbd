"""Leaf blocks as a Markdown body: lists in lists, definitions, quotes, tables, fenced code, pictures with captions.

Invariant: pure; one leaf gives one stretch of lines, so what is dropped leaves no trace. A picture whose caption holds
links or emphasis stands in a `<figure>`, the one place where tags of blocks are written. Tables have outer pipes and a
rule under their first row.
"""

import re
from collections.abc import Mapping, Sequence

import msgspec

from sitegen.convert.html import inline
from sitegen.convert.html.leaf import Leaf

_MARK = re.compile(r"[*_~][^\s*_~]|[`\[\\$^{]")  # what may be read as markup in a caption


class Words(msgspec.Struct, frozen=True):
    """A caption: plain, and as Markdown where it holds a link or an emphasis."""

    plain: str = ""
    marked: str = ""


def body_of(leaves: Sequence[Leaf], captions: Mapping[int, str | Words]) -> str:
    """The body. `captions` goes by the position of an image in `leaves`."""
    out: list[str] = []
    counts: dict[int, int] = {}
    last: Leaf | None = None
    roles = _definitions(leaves)
    for i, leaf in enumerate(leaves):
        said = captions.get(i, "")
        text = _defined(_block(leaf, Words(said) if isinstance(said, str) else said), roles.get(i, ""))
        if leaf.lists:
            text = _item(leaf, text, counts)
        if leaf.table and (last is None or last.table != leaf.table):
            text += "\n" + "|" + " --- |" * max(1, leaf.level)
        if leaf.quotes:
            mark = "> " * len(leaf.quotes)
            text = "\n".join((mark + line).rstrip() for line in text.split("\n"))
        if last is not None:
            out.append("\n" if roles.get(i) == "said" else _gap(last, leaf))
        out.append(text)
        last = leaf
    return "".join(out) + "\n" if out else ""


def _definitions(leaves: Sequence[Leaf]) -> dict[int, str]:
    """Which leaves are a "term", what is "said" of it, and "more" of that. Markdown knows one term at a time, in one
    line, and what is said right below it; all else of a list of definitions is paragraphs.
    """
    roles: dict[int, str] = {}
    for i, leaf in enumerate(leaves):
        of, which = leaf.defines
        below = leaves[i + 1] if i + 1 < len(leaves) else None
        if not of or leaf.quotes:
            continue
        if not which:
            if below is not None and below.defines[0] == of and below.defines[1] and "\n" not in leaf.markdown:
                roles[i] = "term"
        elif roles.get(i - 1) and leaves[i - 1].defines[0] == of:
            roles[i] = "more" if leaves[i - 1].defines[1] == which else "said"
    return roles


def _defined(text: str, role: str) -> str:
    if role not in ("said", "more"):
        return text
    first = ": " if role == "said" else "  "
    return first + text.replace("\n", "\n  ")


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
    said = inline.escaped_inline(caption) if _MARK.search(caption) else caption
    said = said.replace("\\", "\\\\").replace('"', '\\"')
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
