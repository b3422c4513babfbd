"""Pictures of a site: how large each is, and smaller copies in WebP.

Invariant: what is known of a picture, and its copies, follow from its bytes and the settings alone. Pillow is imported
only where there is a picture that was not looked at before. A copy holds no metadata but the colour profile.
"""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from posixpath import splitext
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from sitegen.build.cache import Cache
from sitegen.build.extras import CannotMakeError, Extra
from sitegen.build.kept_copies import KeptCopies
from sitegen.config.sections import Images
from sitegen.digest import digest_value
from sitegen.engine import Items
from sitegen.errors import Problem, Where
from sitegen.regex import regex
from sitegen.theme.pictures import Size

if TYPE_CHECKING:
    from PIL.Image import Image

FOLDER = "pictures"  # where copies stand, each picture's in a folder named after its digest
RASTER = (".jpg", ".jpeg", ".png", ".webp", ".gif")
MOST_PIXELS = 100_000_000  # 400 MB when unpacked; a larger picture gets no copies
_NAME_DIGITS = 12


class Source(Protocol):
    """A file that is published as it is."""

    @property
    def name(self) -> str:
        """Its name below its folder."""
        ...

    @property
    def digest(self) -> bytes:
        """The digest of its bytes."""
        ...

    def content(self) -> bytes:
        """Its bytes."""
        ...


class Facts(msgspec.Struct, frozen=True, array_like=True):
    """What a picture's file says: pixels as a browser shows them, whether smaller copies can be made of it, and whether
    it tells where it was taken.
    """

    width: int
    height: int
    scales: bool = False
    located: bool = False


def read_facts(content: bytes, name: str) -> Facts | None:
    """Facts of one picture; None for what is none, or cannot be read. Cost: 0.2 ms; no pixel is unpacked."""
    if name.lower().endswith(".svg"):
        return _svg(content)
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 -- 40 ms that a site without photos must not pay

    Image.MAX_IMAGE_PIXELS = None  # bounded by ourselves, with a sentence in place of a warning
    try:
        with Image.open(BytesIO(content)) as image:
            width, height = image.size
            late = image.format == "PNG" and "exif" not in image.info  # could only be found by unpacking
            said = {} if late else image.getexif()
            if said.get(0x0112, 1) in (5, 6, 7, 8):  # lies on its side
                width, height = height, width
            scales = not getattr(image, "is_animated", False) and image.format != "GIF"
            return Facts(width, height, scales=scales, located=_GPS in said)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        return None


_GPS = 0x8825  # the tag of EXIF under which a camera writes where it was

_ROOT = regex(rb"<svg\b[^>]*>", re.DOTALL)
_LENGTH = regex(rb"""\s(width|height)\s*=\s*["']\s*([0-9.]+)(?:px)?\s*["']""")
_BOX = regex(rb"""\sviewBox\s*=\s*["']\s*[-0-9.e]+[\s,]+[-0-9.e]+[\s,]+([0-9.]+)[\s,]+([0-9.]+)\s*["']""")


def _svg(content: bytes) -> Facts | None:
    root = _ROOT.search(content[:65_536])
    if root is None:
        return None
    try:
        lengths = {name: round(float(value)) for name, value in _LENGTH.findall(root[0])}
        box = _BOX.search(root[0])
        width, height = lengths.get(b"width", 0), lengths.get(b"height", 0)
        if box and not (width and height):
            ratio = float(box[2]) / float(box[1])
            width, height = (
                (width, round(width * ratio)) if width
                else (round(height / ratio), height) if height
                else (round(float(box[1])), round(float(box[2])))
            )  # fmt: skip
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return Facts(width, height) if width and height else None


def facts_of(copies: Mapping[str, Source], cache: Cache) -> dict[str, Facts]:
    """Facts of every picture among the files of a site, by path; those of known bytes are remembered."""
    remembered = cache.known("picture facts", dict[bytes, Facts | None]) or {}
    known: dict[bytes, Facts | None] = {}
    found: dict[str, Facts] = {}
    for path, copy in copies.items():
        if splitext(path)[1].lower() in (*RASTER, ".svg"):
            if copy.digest not in known:
                fresh = copy.digest not in remembered
                known[copy.digest] = read_facts(copy.content(), path) if fresh else remembered[copy.digest]
            facts = known[copy.digest]
            if facts is not None:
                found[path] = facts
    if known != remembered:
        cache.remember("picture facts", known)
    return found


def widths_of(facts: Facts, settings: Images) -> tuple[int, ...]:
    """The widths in which a picture is written, narrow ones first; a small picture once, in its own width."""
    if not (settings.enabled and facts.scales and settings.widths) or facts.width * facts.height > MOST_PIXELS:
        return ()
    narrower = {width for width in settings.widths if width < facts.width}
    own = {facts.width} if settings.webp and facts.width <= max(settings.widths) else set()
    return tuple(sorted(narrower | own))


def _at(source: Source, settings: Images) -> str:
    said = digest_value([source.digest, settings.webp, settings.quality])
    return f"{FOLDER}/{said.hex()[:_NAME_DIGITS]}/"


def _suffix(source: Source, settings: Images) -> str:
    return ".webp" if settings.webp else splitext(source.name)[1].lower()


def picture_items(copies: Mapping[str, Source], facts: Mapping[str, Facts], settings: Images) -> Items:
    """The input `picture`: sizes by site path."""
    sizes = {}
    for path, each in facts.items():
        copy = copies[path]
        at, suffix = _at(copy, settings), _suffix(copy, settings)
        made = tuple((width, f"/{at}{width}{suffix}") for width in widths_of(each, settings))
        sizes["/" + path] = Size(each.width, each.height, made)
    return Items(sizes, {path: digest_value(size) for path, size in sizes.items()})


def picture_extras(
    copies: Mapping[str, Source], facts: Mapping[str, Facts], settings: Images, memory: Path
) -> list[Extra]:
    """The smaller copies of each picture; two files with the same bytes share theirs. `memory` is `.sitegen/`."""
    found: dict[str, Extra] = {}
    for path, each in facts.items():
        widths = widths_of(each, settings)
        if widths:
            extra = _extra(path, copies[path], widths, settings, memory)
            found.setdefault(extra.at, extra)
    return list(found.values())


def _extra(path: str, copy: Source, widths: tuple[int, ...], settings: Images, memory: Path) -> Extra:
    at, suffix = _at(copy, settings), _suffix(copy, settings)

    def make() -> Iterator[tuple[str, bytes]]:
        kept = KeptCopies(memory, at)
        known = {width: content for width in widths if (content := kept.content(width)) is not None}
        missing = tuple(width for width in widths if width not in known)
        made = scaled(copy.content(), path, missing, suffix, settings.quality) if missing else []
        for width, content in zip(missing, made, strict=True):
            kept.keep(width, content)
            known[width] = content
        return iter([(f"{at}{width}{suffix}", known[width]) for width in widths])

    parts = {path: copy.digest, "the settings of images": digest_value([widths, settings.webp, settings.quality])}
    return Extra(name=f"smaller copies of {path}", at=at, parts=parts, make=make)


def scaled(content: bytes, path: str, widths: tuple[int, ...], suffix: str, quality: int) -> list[bytes]:
    """A picture in each of these widths, upright. Cost: about 30 ms a megapixel. Raises: CannotMakeError."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    from PIL import Image, ImageOps  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(BytesIO(content)) as image:
            upright = ImageOps.exif_transpose(image)
            profile = image.info.get("icc_profile")
            upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
        with ThreadPoolExecutor(len(widths)) as threads:
            return list(threads.map(lambda width: _written(upright, width, suffix, quality, profile), widths))
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise CannotMakeError(_unreadable(path, error)) from error


_FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    ".webp": ("WEBP", {"method": 4, "exif": b"", "xmp": b""}),
    ".jpg": ("JPEG", {"optimize": True, "progressive": True}),
    ".png": ("PNG", {"optimize": True}),
}


def _written(image: "Image", width: int, suffix: str, quality: int, profile: bytes | None) -> bytes:
    from PIL import Image as Images  # noqa: PLC0415

    name, options = _FORMATS[{".jpeg": ".jpg"}.get(suffix, suffix)]
    size = (width, max(1, round(image.height * width / image.width)))
    smaller = image if size == image.size else image.resize(size, Images.Resampling.LANCZOS)
    if name == "JPEG":
        smaller = smaller.convert("RGB")
    smaller.info = {}  # what a camera or a programme wrote beside the pixels, such as where it was
    out = BytesIO()
    smaller.save(out, name, quality=quality, icc_profile=profile, **options)
    return out.getvalue()


def large_pictures(facts: Mapping[str, Facts]) -> list[Problem]:
    """A warning for each picture that is too large to be unpacked."""
    return [
        Problem(
            code="picture.large",
            where=Where(path),
            message=f"has {each.width} × {each.height} pixels; no smaller copies are made of more than "
            f"{MOST_PIXELS // 1_000_000} million",
            help="make it smaller, or leave it as it is: readers then load all of it",
            severity="warning",
        )
        for path, each in facts.items()
        if each.scales and each.width * each.height > MOST_PIXELS
    ]


def located_pictures(facts: Mapping[str, Facts]) -> tuple[str, ...]:
    """The published pictures whose file tells where they were taken."""
    return tuple(path for path, each in facts.items() if each.located)


def _unreadable(path: str, error: Exception) -> Problem:
    return Problem(
        code="picture.unreadable",
        where=Where(path),
        message=f"no smaller copies can be made of it: {error}",
        help="open it in an image editor and save it again",
        severity="warning",
    )
