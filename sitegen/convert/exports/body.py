"""The body of an article that an export holds: leaf blocks as Markdown, every one of them kept.

Invariant: pure. Unlike a web page, an export holds nothing but the article, so no block is weighed here: what is shown
twice stays twice, and a caption without a picture stays as text.
"""

from collections.abc import Sequence

import msgspec

from sitegen.convert.document import Block, Fate, Picture
from sitegen.convert.exports.galleries import MARKS
from sitegen.convert.html.inline import destination
from sitegen.convert.html.leaf import Leaf
from sitegen.convert.html.markdown import body_of
from sitegen.convert.inference.captions import read_caption


class Body(msgspec.Struct, frozen=True):
    """Markdown, the blocks that it was made of, what became of each, and its pictures."""

    markdown: str
    blocks: tuple[Block, ...]
    fates: tuple[Fate, ...]
    pictures: tuple[Picture, ...]


def body_from(leaves: Sequence[Leaf], dropped: Sequence[tuple[str, str]], line: int = 1) -> Body:
    """The body of all leaves. `dropped` are texts that left no trace, with the reason; `line` is where it all began."""
    leaves = [_bare_embed(leaf) for leaf in leaves]
    fates = [Fate("body") for _ in leaves]
    for side in (range(len(leaves)), range(len(leaves) - 1, -1, -1)):
        for i in side:
            if leaves[i].kind != "rule" or leaves[i].markdown != "---":
                break
            fates[i] = Fate("dropped", "rule round the text")
    captions = _captions(leaves, fates)
    pictures: list[Picture] = []
    for i, leaf in enumerate(leaves):
        if leaf.kind == "image":
            said = read_caption(captions.get(i, ""))
            caption, credit = (said.caption, said.credit) if said else (captions.get(i, ""), "")
            pictures.append(Picture(caption, credit, line, leaf.src, leaf.alt))
    at = [i for i, fate in enumerate(fates) if fate.kind == "body"]
    markdown = body_of([leaves[i] for i in at], {n: captions[i] for n, i in enumerate(at) if i in captions})
    counted = [i for i, leaf in enumerate(leaves) if leaf.kind != "rule" or leaf.markdown not in MARKS.values()]
    blocks = [Block(_said(leaves[i]), line) for i in counted]
    fates = [fates[i] for i in counted]
    blocks += [Block(text, line) for text, _ in dropped]
    fates += [Fate("dropped", reason) for _, reason in dropped]
    return Body(markdown, tuple(blocks), tuple(fates), tuple(pictures))


def _said(leaf: Leaf) -> str:
    return leaf.text or leaf.alt or leaf.src or leaf.markdown


def _captions(leaves: Sequence[Leaf], fates: list[Fate]) -> dict[int, str]:
    """By the position of each picture, its caption; a caption whose figure holds no picture stays a paragraph."""
    captions: dict[int, str] = {}
    latest: dict[int, int] = {leaf.figure: i for i, leaf in enumerate(leaves) if leaf.kind == "image" and leaf.figure}
    for i, leaf in enumerate(leaves):
        if leaf.kind == "caption" and leaf.figure in latest:
            at = latest[leaf.figure]
            captions[at] = f"{captions.get(at, '')} {leaf.text}".strip()
            fates[i] = Fate("field", "images")
    return captions


def _bare_embed(leaf: Leaf) -> Leaf:
    """An embed without a title is its address, and nothing said twice."""
    if leaf.kind != "embed" or not leaf.markdown.startswith(("[http", "[/")):
        return leaf
    return msgspec.structs.replace(leaf, markdown=f"<{destination(leaf.src)}>" if "://" in leaf.src else leaf.markdown)
