"""Pictures in pages: how large each is, so that nothing moves while it loads, and which smaller copies there are.

Invariant: pure. What a page knows of a picture is asked by the picture's site path, and so recorded.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec
from markupsafe import escape

from sitegen.model import Body, Card, Image, Keys
from sitegen.regex import regex
from sitegen.theme.body import local_address

BODY_SIZES = "(min-width: 46rem) 43rem, 100vw"  # a text is never wider in the themes that ship
_IMG = regex('<img src="\0([0-9]+)\0"([^>]*)>')


class Size(msgspec.Struct, frozen=True):
    """A picture's size in pixels as browsers show it, and its smaller copies: width and site path, by width."""

    width: int
    height: int
    variants: tuple[tuple[int, str], ...] = ()


class Picture(Image, frozen=True):
    """An image as templates get it: with its size where it is a file of this site, and its smaller copies."""

    variants: tuple[tuple[int, str], ...] = ()


def sized(image: Image | None, ask: Callable[..., Any]) -> Picture | None:
    """An image with what is known of its file; a size that its author gave stands."""
    if image is None:
        return None
    size: Size | None = ask("picture", image.src) if image.src.startswith("/") else None
    given = image.width and image.height
    width, height = (image.width, image.height) if given or size is None else (size.width, size.height)
    variants = size.variants if size else ()
    return Picture(image.src, image.alt, image.caption, image.credit, width, height, variants)


def sized_card(card: Card, ask: Callable[..., Any]) -> Card:
    """A card with its picture's size."""
    return card if card.image is None else msgspec.structs.replace(card, image=sized(card.image, ask))


def srcset(variants: tuple[tuple[int, str], ...], href: Callable[[str], str]) -> str:
    """The value of a `srcset` attribute; "" without variants."""
    return ", ".join(f"{href(path)} {width}w" for width, path in variants)


def with_sizes(body: Body, keys: Keys, ask: Callable[..., Any], href: Callable[[str], str], *, lead: str) -> Body:
    """A body whose pictures say how large they are. `lead`: the picture above the text, which a reader sees first;
    where there is none, or it is one of the text, the first of the text is not put off.
    """
    if "<img " not in body.html or not body.refs:
        return body
    shown = {local_address(body.refs[int(n)], keys, ask) for n, _ in _IMG.findall(body.html)} if lead else set()
    above = lead and lead not in shown
    seen = 0

    def fill(match: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        attributes = match[2]
        if seen == 1 and not above:
            attributes = attributes.replace(' loading="lazy"', "")
        ref = body.refs[int(match[1])]
        size: Size | None = ask("picture", local_address(ref, keys, ask)) if ref.kind in ("site", "file") else None
        if size is None:
            return f'<img src="\0{match[1]}\0"{attributes}>'
        if " width=" not in attributes and " height=" not in attributes:
            attributes += f' width="{size.width}" height="{size.height}"'
        if size.variants:
            attributes += f' srcset="{escape(srcset(size.variants, href))}" sizes="{BODY_SIZES}"'
        return f'<img src="\0{match[1]}\0"{attributes}>'

    return msgspec.structs.replace(body, html=_IMG.sub(fill, body.html))
