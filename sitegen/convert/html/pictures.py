"""The pictures of an article, each with what stands under it as one caption and one credit.

Invariant: pure but for the fates, in which captions become fields and repeated pictures are dropped.
"""

import re
from collections.abc import Mapping, Sequence

import msgspec

from sitegen.convert.document import Fate, Picture
from sitegen.convert.html import inline
from sitegen.convert.html.anchors import without_inside
from sitegen.convert.html.leaf import Leaf
from sitegen.convert.html.markdown import Words
from sitegen.convert.inference.captions import Caption
from sitegen.convert.inference.figcaptions import credit_alone, read_figcaption

_MARKUP = re.compile(r"\]\(|(?<!\\)[*`~]|<su[bp]>")  # what a plain caption cannot say


class _Shown(msgspec.Struct):
    """A picture while its captions are gathered: the image's leaf (-1: gone), and what stands under it."""

    at: int
    texts: list[str] = []
    marked: list[str] = []  # the same as Markdown
    credits: list[str] = []


def pictures_of(leaves: Sequence[Leaf], fates: list[Fate], cover: str) -> tuple[list[Picture], dict[int, Words]]:
    """The article's pictures and, by the position of each, the caption to print."""
    shown = _shown(leaves, fates)
    pictures: list[Picture] = []
    captions: dict[int, Words] = {}
    for one in shown:
        said = _captioned(one)
        src, alt = (leaves[one.at].src, leaves[one.at].alt) if one.at >= 0 else ("", "")
        if src or said.caption:
            pictures.append(Picture(said.caption, said.credit, max(one.at, 0) + 1, src, alt))
        if one.at >= 0 and one.texts:
            marked = inline.finished(without_inside(" ".join(one.marked)), "text")
            captions[one.at] = Words(" ".join(one.texts), marked if _MARKUP.search(marked) else "")
    if cover.startswith(("http://", "https://")) and not any(_file(one.src) == _file(cover) for one in pictures):
        pictures.insert(0, Picture("", "", 0, cover))
    return pictures, captions


def _shown(leaves: Sequence[Leaf], fates: list[Fate]) -> list[_Shown]:
    """The pictures in their order, each with what stands under it; marks captions and repeated pictures in `fates`."""
    shown: list[_Shown] = []
    by_figure: dict[int, _Shown] = {}
    by_address: dict[str, _Shown] = {}
    for i, leaf in enumerate(leaves):
        if fates[i].kind != "body" or leaf.kind not in ("image", "caption"):
            continue
        held = by_figure.get(leaf.figure) if leaf.figure else None
        if leaf.kind == "caption":
            held = held or (None if leaf.figure else _last_picture(leaves, i, by_address))
            if held is None:
                held = by_figure[leaf.figure] = _Shown(-1)
                shown.append(held)
            fates[i] = Fate("field", "images")
            if leaf.text not in held.texts:
                held.texts.append(leaf.text)
                held.marked.append(leaf.markdown)
                held.credits += [leaf.credit] if leaf.credit else []
            continue
        if leaf.src in by_address:
            fates[i] = Fate("dropped", "picture repeated")
        elif held and held.at < 0:
            held.at = i
            by_address[leaf.src] = held
        else:
            by_address[leaf.src] = _Shown(i)
            shown.append(by_address[leaf.src])
        by_figure[leaf.figure] = by_address[leaf.src]
    return shown


def _captioned(one: _Shown) -> Caption:
    """All that stands under a picture as one caption and one credit; a line marked as a credit is that alone."""
    whole = [text for text in one.texts if text not in one.credits]
    marked = " ".join(dict.fromkeys(one.credits))
    if any(text in one.credits for text in one.texts):
        told = read_figcaption(" ".join(whole)) if whole else Caption("", "", sure=False)
        credit = credit_alone(marked)
        if told.credit and credit in told.credit:  # "… (Photo: Doe/Agency)" above "Agency": the longer one says more
            return Caption(told.caption, told.credit, sure=True)
        return Caption(told.caption if told.credit in marked else " ".join(whole), credit, sure=True)
    parts = [read_figcaption(text) for text in one.texts] if not marked else []
    if len(parts) > 1 and any(part.credit and not part.caption for part in parts):
        credits = [part.credit for part in parts if part.credit and not part.caption]
        words = [text for text, part in zip(one.texts, parts, strict=True) if part.caption or not part.credit]
        return Caption(" ".join(words), "; ".join(credits), sure=True)
    return read_figcaption(" ".join(one.texts), marked)


def _last_picture(leaves: Sequence[Leaf], i: int, by_address: Mapping[str, _Shown]) -> _Shown | None:
    """The picture just above a caption that no figure holds."""
    for k in range(i - 1, max(-1, i - 3), -1):
        if leaves[k].kind == "image":
            return by_address.get(leaves[k].src)
        if leaves[k].kind != "caption":
            return None
    return None


def _file(address: str) -> str:
    return address.split("?", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1].casefold()
