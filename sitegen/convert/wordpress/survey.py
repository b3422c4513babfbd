"""What a WordPress export says of itself as a whole, learnt from all of its items before any becomes an article.

Invariant: values only; what a survey keeps of an item is small, and `within` gives the part of it that some items need.
"""

import re
from bisect import insort
from typing import Final
from urllib.parse import unquote

import msgspec

from sitegen.content.slugs import explicit_slug
from sitegen.convert.wordpress.fields import stated
from sitegen.convert.wordpress.library import Attachment, Library
from sitegen.convert.wordpress.tree import address_of
from sitegen.convert.wordpress.wxr import Channel, Item

# Types of items that WordPress and its plugins keep for themselves.
_INNER: Final = frozenset(
    "attachment nav_menu_item revision custom_css customize_changeset oembed_cache user_request wp_block wp_template "
    "wp_template_part wp_global_styles wp_navigation wp_font_family wp_font_face feedback elementor_library "
    "acf-field acf-field-group shop_order shop_coupon wpcf7_contact_form scheduled-action jp_mem_plan".split()
)
_UNPUBLISHED: Final = frozenset({"trash", "auto-draft", "inherit"})
_WORDS: Final = {
    "attachment": "library files", "nav_menu_item": "menu items", "revision": "revisions",
    "wp_block": "reusable blocks", "wp_navigation": "menus", "wp_global_styles": "style sheets",
    "custom_css": "style sheets",
}  # fmt: skip
_NUMBER = re.compile(r"\d+")
_ADDRESS = re.compile(r"https?://[^\s<>\"'\])]+", re.IGNORECASE)


class Survey(msgspec.Struct):
    """What the items say. `left_out` counts those that become no article, by what they are."""

    channel: Channel = msgspec.field(default_factory=Channel)
    library: Library = msgspec.field(default_factory=Library)
    reusable: dict[str, str] = {}
    pages: dict[str, tuple[str, str]] = {}  # id of each page -> its slug and its parent's id
    left_out: dict[str, int] = {}
    articles: int = 0
    broken: int = 0  # items that cannot be read

    def note(self, item: Item) -> None:
        if item.kind == "attachment":
            _note_attachment(item, self.library, self.channel.url)
        elif item.kind == "wp_block":
            self.reusable[item.id] = item.text("content")
        elif item.kind == "page":
            self.pages[item.id] = (slug_of(item) or f"page-{item.id}", item.text("post_parent"))
        if is_article(item):
            self.articles += 1
        else:
            named = _WORDS.get(item.kind) or (f"of the type {item.kind}" if item.kind in _INNER else "")
            named = named or f"{item.kind}s in the trash"
            self.left_out[named] = self.left_out.get(named, 0) + 1

    def said(self) -> str:
        """What was left out, in words; empty when nothing was."""
        named = ", ".join(f"{name}: {count}" for name, count in sorted(self.left_out.items()))
        return f"items of the export that are no articles, and were left out ({named})" if named else ""

    def within(self, text: str) -> "Survey":
        """The part that items with this text may need: whatever an id or an address in it could mean."""
        numbers: set[str] = set()
        reusable: dict[str, str] = {}
        addresses: set[str] = set()
        waiting = [text]
        while waiting:
            looked_at = waiting.pop()
            addresses |= {address_of(url) for url in _ADDRESS.findall(looked_at)} if self.library.by_page else set()
            new = set(_NUMBER.findall(looked_at)) - numbers
            numbers |= new
            found = {id: self.reusable[id] for id in sorted(new & self.reusable.keys())}
            reusable |= found
            waiting += found.values()
        library = Library({}, {}, {})
        for id in sorted(numbers):
            if id in self.library.by_id:
                library.by_id[id] = self.library.by_id[id]
            if id in self.library.by_parent:
                library.by_parent[id] = self.library.by_parent[id]
        library.by_page = {one: self.library.by_page[one] for one in sorted(addresses & self.library.by_page.keys())}
        return Survey(self.channel, library, reusable, self._above(numbers & self.pages.keys()))

    def _above(self, ids: set[str]) -> dict[str, tuple[str, str]]:
        """Pages with those above them."""
        found: dict[str, tuple[str, str]] = {}
        waiting = sorted(ids)
        while waiting:
            id = waiting.pop()
            if id in self.pages and id not in found:
                found[id] = self.pages[id]
                waiting.append(found[id][1])
        return found


def is_article(item: Item) -> bool:
    return item.kind not in _INNER and item.status not in _UNPUBLISHED


def slug_of(item: Item) -> str:
    return explicit_slug(unquote(item.text("post_name")).replace("/", "-"))


def _note_attachment(item: Item, library: Library, site: str) -> None:
    order = item.text("menu_order")
    found = Attachment(
        id=item.id, url=item.text("attachment_url") or item.text("guid"), title=stated(item.text("title")),
        caption=item.text("excerpt").strip(), alt=item.said("_wp_attachment_image_alt"),
        parent=item.text("post_parent"), order=int(order) if order.lstrip("-").isdigit() else 0, page=item.text("link"),
    )  # fmt: skip
    library.by_id[found.id] = found
    if found.parent not in ("", "0"):
        insort(library.by_parent.setdefault(found.parent, []), found, key=_order)
    short = f"{site.rstrip('/')}/?attachment_id={found.id}" if site and found.id else ""
    for page in filter(None, (found.page, short)):
        if address_of(page) != address_of(found.url):
            library.by_page.setdefault(address_of(page), found)


def _order(one: Attachment) -> tuple[int, int]:
    return one.order, int(one.id) if one.id.isdigit() else 0
