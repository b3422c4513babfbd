"""Front matter of other generators as ours: which of their keys means what, and what only their themes knew.

Invariant: pure; each key of the source ends as a field, in `extra`, or dropped with a reason, exactly once.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sitegen.convert.document import Block, Fate, Field
from sitegen.convert.generators.matter import Matter

_SURE: Final = 0.99  # a person wrote it for what it is

# Their keys, ours first. The first that is there and not empty is taken; later ones go to `extra`.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title",),
    "date": ("date", "created", "created_at"),
    "updated": ("updated", "lastmod", "modified", "last_modified_at", "last_modified", "updated_at"),
    "publish_date": ("publishdate", "publish_date", "pubdate"),
    "expires": ("expirydate", "expires", "expiry_date", "unpublishdate"),
    "authors": ("authors", "author"),
    "tags": ("tags", "tag", "keywords"),
    "categories": ("categories", "category"),
    "series": ("series",),
    "slug": ("slug",),
    "aliases": ("aliases", "redirect_from"),
    "summary": ("summary", "description", "excerpt", "subtitle"),
    "lang": ("lang", "language", "locale"),
    "weight": ("weight",),
    "image": (
        "image", "cover", "featured_image", "featuredimage", "thumbnail", "images", "hero", "header", "previewimage",
    ),
}  # fmt: skip
_LISTS: Final = ("authors", "tags", "categories", "series", "aliases")
_THEMES: Final = (
    "layout",
    "template",
    "type",
    "outputs",
    "markup",
    "cascade",
    "build",
    "_build",
    "menu",
    "menus",
    "sitemap",
)
_ADDRESSES: Final = ("url", "permalink", "path", "save_as")  # the reader has taken them for the old address
_STATES: Final = ("draft", "published", "status", "hidden", "headless", "private")
_NESTED: Final = ("taxonomies", "extra", "params")  # mappings that only group other keys
_FALSE: Final = ("false", "no", "off", "0", "")
_UNPUBLISHED: Final = ("draft", "private", "hidden", "pending", "skip", "unpublished")


def flag(value: Any) -> bool:
    """Whether a value says yes, as YAML 1.1 and people have it."""
    return str(value).strip().lower() not in _FALSE if value is not None else False


def is_draft(values: Mapping[str, Any]) -> bool:
    """Whether the source keeps the article from its readers, by any of the ways to say so."""
    if (
        flag(values.get("draft"))
        or flag(values.get("headless"))
        or flag(values.get("hidden"))
        or flag(values.get("private"))
    ):
        return True
    if "published" in values and isinstance(values["published"], bool | int):
        return not flag(values["published"])
    if str(values.get("published", "")).strip().lower() in ("false", "no", "off"):
        return True
    return str(values.get("status", "")).strip().lower() in _UNPUBLISHED


def flattened(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with those of Zola's `taxonomies` and `extra`, and of Hugo's `params`, beside the rest."""
    flat = {key: value for key, value in values.items() if key not in _NESTED or not isinstance(value, Mapping)}
    for group in _NESTED:
        if isinstance(values.get(group), Mapping):
            for key, value in values[group].items():
                flat.setdefault(str(key).lower(), value)
    return flat


def fields_of(matter: Matter, *, words: bool = False) -> tuple[dict[str, Field], list[tuple[Block, Fate]]]:
    """The fields, and the blocks of the front matter with their fates, in the order of their lines.

    `words` says that a list in one text is separated by spaces, as in Jekyll; elsewhere by commas or semicolons.
    """
    values = flattened(matter.values)
    fields: dict[str, Field] = {}
    taken: dict[str, str] = {}  # their key -> what became of it
    for name, keys in NAMES.items():
        for key in keys:
            value = _value(name, values.get(key), values, words=words)
            if value not in (None, "", [], {}):
                fields[name] = Field(value, _SURE, _origin(matter, key))
                taken[key] = name
                break
    if is_draft(values):
        fields["draft"] = Field(value=True, confidence=_SURE, origin="front matter")
    extra: dict[str, Any] = {}
    fates: dict[str, Fate] = {}
    for key, value in values.items():
        fates[key] = Fate("field", taken[key]) if key in taken else _fate(key, value, fields)
        if fates[key] == _EXTRA:
            extra[key] = value
    if extra:
        fields["extra"] = Field(extra, _SURE, "front matter")
    blocks = [(Block(f"{key}: {_shown(value)}", matter.lines.get(key, 1)), fates[key]) for key, value in values.items()]
    return fields, sorted(blocks, key=lambda pair: pair[0].line)


_EXTRA: Final = Fate("field", "extra")


def _fate(key: str, value: Any, fields: Mapping[str, Field]) -> Fate:
    """What becomes of a key that names no field of ours."""
    if key in _STATES:
        return Fate("field", "draft")
    if key in _ADDRESSES:
        return Fate("field", "aliases")
    if key in _IMAGE_WORDS and "image" in fields:
        return Fate("field", "image")
    if key in _THEMES:
        return Fate("dropped", "meant for the old theme")
    return Fate("dropped", "empty") if value in (None, "", [], {}) else _EXTRA


def _origin(matter: Matter, key: str) -> str:
    return f"line {matter.lines[key]}" if key in matter.lines else "front matter"


def _shown(value: Any) -> str:
    return " ".join(str(value).split())[:200]


def _value(name: str, value: Any, values: Mapping[str, Any], *, words: bool) -> Any:
    if name in _LISTS:
        return list(dict.fromkeys(_texts(value, words=words and name in ("tags", "categories"))))
    if name == "image":
        return _image(value, values)
    if name == "weight":
        return int(value) if re.fullmatch(r"-?\d{1,9}", str(value)) else None
    if isinstance(value, Mapping | list):
        return None
    return " ".join(str(value).split()) if value is not None and not isinstance(value, bool) else None


def _texts(value: Any, *, words: bool) -> Iterator[str]:
    """The entries of a list, however it was written."""
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("title") or ""
    if isinstance(value, list):
        for each in value:
            yield from _texts(each, words=False) if isinstance(each, Mapping) else filter(None, [str(each).strip()])
    elif value not in (None, False, True):
        text = str(value)
        parts = text.split(";") if ";" in text else text.split(",") if "," in text or not words else text.split()
        yield from filter(None, (part.strip() for part in parts))


_IMAGE_WORDS: Final = (
    "image_alt", "image_caption", "image_credit", "image_figcaption", "cover_alt", "cover_caption", "hero_alt",
    "featured_image_alt", "featured_image_caption", "thumbnail_alt",
)  # fmt: skip


def _image(value: Any, values: Mapping[str, Any]) -> dict[str, str] | None:
    """`{src alt caption credit}` of a text, a list or one of the many shapes of a mapping."""
    if isinstance(value, list):
        value = value[0] if value else None
    said: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    src = next((str(said[key]) for key in ("src", "image", "url", "path", "og_image") if said.get(key)), "")
    src = src or (str(value) if isinstance(value, str) else "")
    if not src.strip():
        return None

    def words(*keys: str) -> str:
        inside = next((said[key] for key in keys if said.get(key)), "")
        beside = next((each for key, each in values.items() if key in _IMAGE_WORDS and key.endswith(keys) and each), "")
        return " ".join(str(inside or beside).split())

    image = {
        "src": src.strip(),
        "alt": words("alt"),
        "caption": words("caption", "figcaption"),
        "credit": words("credit"),
    }
    return {key: each for key, each in image.items() if each}
