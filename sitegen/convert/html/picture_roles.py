"""Pictures of a page: where they lie, and what the elements round them say that they are: caption, credit, figure.

Invariant: pure; pixels that count readers, and placeholders, are no pictures.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from lxml.html import HtmlElement

from sitegen.convert.html import inline

_LAZY: Final = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-orig-file")
_PICTURE_FILE = re.compile(r"^\S+\.(?:jpe?g|png|webp|avif|gif)(?:\?\S*)?(?:\s|$)", re.IGNORECASE)
_PICTURE_ROLES: Final = (
    (
        "credit",
        re.compile(
            r"credit|copyright|photographer|(?:^|[\s_-])(?:attribution|agency|rights|rechte|urheber|quelle|crédit|source)(?:$|[\s_-])|"
            r"(?:photo|image|img|picture|media|caption|figure|foto|bild)[\w-]{0,12}(?:byline|author|source|owner|by$)"
        ),
    ),
    (
        "caption",
        re.compile(
            r"caption|cutline|bildunterschrift|bildtext|legende?(?:$|[\s_-])|pie-?de-?foto|didascalia|"
            r"(?:photo|image|img|picture|media|foto|bild)[_-]*(?:text|description|desc|legend|info|title|untertitel)"
        ),
    ),
    (
        "figure",
        re.compile(
            r"(?:^|[\s_-])(?:wp-caption|figure|photo|picture|image|img|media|bild|foto)(?:$|[\s_-])|"
            r"(?:image|photo|picture|media|img|bild|foto)[_-]*(?:wrap|container|block|box|holder|object|embed|item|figure|module)|align(?:left|right|center|none)"
        ),
    ),
)
_HINTS = re.compile(  # without one of these no role is named; few classes have one, and this is seen ten times sooner
    r"credit|crédit|copyright|photo|foto|bild|image|img|picture|media|figure|caption|attribution|agency|rights|rechte|"
    r"urheber|quelle|source|cutline|legend|didascalia|align"
)


def image_address(element: HtmlElement, base: str) -> str:
    """Where a picture lies; lazy attributes before a placeholder. Empty for pixels and data."""
    if (element.get("width") or "").strip() in ("0", "1") or (element.get("height") or "").strip() in ("0", "1"):
        return ""
    for value in (*map(element.get, _LAZY), element.get("src"), *_largest(element), *_any_data(element)):
        if value and not value.startswith("data:") and (address := inline.safe_address(value, base)):
            return address
    return ""


def _largest(element: HtmlElement) -> Iterator[str]:
    """The last address of a set, of the picture itself or of the alternatives beside it."""
    parent = element.getparent()
    beside = list(parent.iter("source")) if parent is not None and parent.tag == "picture" else []
    for one in (element, *beside):
        for name in ("srcset", "data-srcset", "data-lazy-srcset"):
            if value := one.get(name):
                yield value.split(",")[-1].strip().split(" ")[0]


def _any_data(element: HtmlElement) -> Iterator[str]:
    """Addresses that a script of the page would have put into the picture, or its copy for browsers without scripts."""
    for name, value in element.attrib.items():
        if str(name).startswith("data-") and _PICTURE_FILE.search(str(value)):
            yield str(value).split(" ")[0]
    after = element.getnext()
    if after is not None and after.tag == "noscript":
        yield from (image.get("src") or "" for image in after.iter("img"))


@lru_cache(maxsize=4096)
def role_named(named: str) -> str:
    """What classes say that an element is beside a picture: "caption", "credit", "figure", or nothing."""
    named = named.lower()
    if not _HINTS.search(named):
        return ""
    return next((role for role, pattern in _PICTURE_ROLES if pattern.search(named)), "")
