"""How each kind of front-matter value is read, with the JSON Schema of what it takes.

Invariant: a reader returns None exactly when there was nothing to read or when it added a fault to the sheet.
"""

import re
import unicodedata
from datetime import tzinfo
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from sitegen.content.dates import DateError, parse_moment
from sitegen.content.kinds import IMAGE_KEYS, RELATED_KEYS
from sitegen.content.permalinks import FILE_SUFFIXES
from sitegen.content.slugs import explicit_slug
from sitegen.model import Image, Moment, RelatedLink
from sitegen.notation.nodes import Path
from sitegen.notation.quoting import quoted
from sitegen.notation.scalars import describe, resolve
from sitegen.notation.typed import as_flag, as_integer, as_language, as_text, as_texts, name_of
from sitegen.notation.words import near
from sitegen.notation.yaml import Sheet
from sitegen.regex import regex

_DRAFTS: Final = frozenset(("draft", "private", "pending", "hidden", "unpublished", "skip"))
_PUBLISHED: Final = frozenset(("published", "publish", "public", "final", "live"))
_PLAIN_LAYOUTS: Final = frozenset(("post", "posts", "page", "pages", "default", "single", "article", "base", "blog"))
_DANGEROUS = regex(r"(?:javascript|vbscript|data|file):", re.IGNORECASE)
_TEMPLATE = regex(r"[\w-]+(?:/[\w-]+)*(?:\.html)?")


class Reading:
    """One block while it is read: where faults go, the site's time zone, and what is left for themes."""

    def __init__(self, sheet: Sheet, zone: tzinfo) -> None:
        self.sheet = sheet
        self.zone = zone
        self.extra: dict[str, Any] = {}


def read_text(reading: Reading, key: str, value: Any) -> str | None:
    return as_text(reading.sheet, (key,), value)


def read_flag(reading: Reading, key: str, value: Any) -> bool | None:
    return as_flag(reading.sheet, (key,), value)


def read_integer(reading: Reading, key: str, value: Any) -> int | None:
    return as_integer(reading.sheet, (key,), value)


def read_language(reading: Reading, key: str, value: Any) -> str | None:
    return as_language(reading.sheet, (key,), value)


def read_names(reading: Reading, key: str, value: Any) -> tuple[str, ...] | None:
    """Names may hold commas ("Doe, Jane"), so only a list separates them. `{name: …}` counts as its name."""
    if isinstance(value, list):
        value = [_name_in(item) for item in value]
    return as_texts(reading.sheet, (key,), _name_in(value))


def _name_in(value: Any) -> Any:
    return value["name"] if isinstance(value, dict) and isinstance(value.get("name"), str) else value


def read_labels(reading: Reading, key: str, value: Any) -> tuple[str, ...] | None:
    return as_texts(reading.sheet, (key,), value, split=True)


_NO_DATE = frozenset(("none", "nan", "nat", "nil", "undefined"))  # what scripts write where they had nothing


def read_date(reading: Reading, key: str, value: Any) -> Moment | None:
    if not isinstance(value, str):
        message = f"{key}: expected a date like 2024-05-14, found {describe(value)}"
        reading.sheet.fault((key,), "date", message, help=f"write  {key}: 2024-05-14")
        return None
    if value == "":
        return None
    if value.lower() in _NO_DATE:
        message = f'{key}: "{value}" is no date; the article is taken to have none'
        reading.sheet.fault((key,), "date", message, help="delete the line", warning=True)
        return None
    try:
        return parse_moment(str(value), reading.zone)
    except DateError as fault:
        help = fault.help.replace("write  ", f"write  {key}: ")
        reading.sheet.fault((key,), "date", f"{key}: {fault}", help=help)
        return None


def read_status(reading: Reading, found: dict[str, Any], value: Any) -> None:
    """WordPress's and Pelican's `status`; whatever is not surely public stays a draft."""
    word = (as_text(reading.sheet, ("status",), value) or "published").lower()
    if word in _DRAFTS:
        found["draft"] = True
    elif word not in _PUBLISHED:
        message = f'status: expected draft or published, found "{word}"'
        best = near(word, ("draft", "published", "private", "pending"))
        reading.sheet.fault(
            ("status",), "choice", message, help=f"did you mean {best}?" if best else "write  status: draft"
        )


def read_published(reading: Reading, found: dict[str, Any], value: Any) -> None:
    """Jekyll's `published: false`; other tools write a date there."""
    if isinstance(value, str) and value[:4].isdigit():
        if "date" not in found and "date" not in reading.sheet.value:
            moment = read_date(reading, "published", value)
            if moment is not None:
                found["date"] = moment
        return
    if as_flag(reading.sheet, ("published",), value) is False:
        found["draft"] = True


def read_slug(reading: Reading, key: str, value: Any) -> str | None:
    text = as_text(reading.sheet, (key,), value)
    if not text:
        return None
    slug = explicit_slug(text)
    if "/" in text or "\\" in text:
        last = text.replace("\\", "/").rstrip("/").rpartition("/")[2]
        help = f"write  {key}: {explicit_slug(last) or 'name'}, or give the whole address as  url:"
        reading.sheet.fault(
            (key,), "slug", f"{key}: a slug is one part of an address and cannot hold a slash", help=help
        )
    elif not slug or set(slug) == {"."}:
        message = f'{key}: "{text}" holds no letter and no digit'
        reading.sheet.fault((key,), "slug", message, help="write a word, or leave the slug out")
    else:
        return slug
    return None


def read_url(reading: Reading, key: str, value: Any) -> str | None:
    """An address of one's own; "/about" becomes "/about/"."""
    text = as_text(reading.sheet, (key,), value)
    path = _site_path(reading, (key,), text) if text else None
    if path is None or path.endswith(("/", *FILE_SUFFIXES)):
        return path
    return path + "/"


def read_aliases(reading: Reading, key: str, value: Any) -> tuple[str, ...] | None:
    texts = as_texts(reading.sheet, (key,), value)
    if texts is None:
        return None
    written: list[tuple[Path, str]]
    if isinstance(value, list):
        written = [((key, index), _quiet_text(item)) for index, item in enumerate(value)]
    else:
        written = [((key,), text) for text in texts]
    paths = [_site_path(reading, at, text) for at, text in written if text]
    return tuple(dict.fromkeys(path for path in paths if path is not None))


def _quiet_text(value: Any) -> str:
    """The text of a scalar, "" for anything else (which was reported before)."""
    return str(value).strip() if isinstance(value, str) else ""


def _site_path(reading: Reading, at: Path, text: str) -> str | None:
    """A site path as written by hand: unescaped, in NFC, with its slash in front; None after a fault."""
    name = name_of(at)
    lead = f"{at[-1]}: " if isinstance(at[-1], str) else ""
    sheet = reading.sheet
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://|//", text):
        rest = "/" + text.split("//", 1)[1].partition("/")[2]
        message = f"{name}: expected a path on this site, found a whole URL"
        sheet.fault(at, "address", message, help=f"write  {lead}{rest}")
        return None
    if not text.startswith("/"):
        help = f"write  {lead}/{text.removeprefix('./')}"
        sheet.fault(at, "address", f"{name}: an address has to begin with /", help=help)
        return None
    if found := re.search(r"[?#]", text):
        message = f"{name}: a static site cannot tell addresses apart by what follows {found[0]}"
        rest = text[: found.start()]
        sheet.fault(at, "address", message, help=f"write  {lead}{rest}" if rest != "/" else "delete it")
        return None
    try:
        path = unquote_to_bytes(text).decode() if "%" in text else text
    except UnicodeDecodeError:
        path = text
    path = unicodedata.normalize("NFC", path)
    bad = re.search(r"[\x00-\x1f\x7f\\{}]", path)
    if bad or any(part in (".", "..") for part in path.split("/")) or "//" in path:
        what = "empty parts, . or .."
        if bad:
            what = bad[0] if bad[0].isprintable() else f"the character U+{ord(bad[0]):04X}"
        sheet.fault(at, "address", f"{name}: an address cannot hold {what}", help=_plain(lead, path))
        return None
    return path


def _plain(lead: str, path: str) -> str:
    """How to write an address that goes by a detour, or holds what none can."""
    if re.search(r"[{}]", path):
        return "write the path itself; patterns such as {slug} belong to  permalink:  in sitegen.yaml"
    steps: list[str] = []
    for part in re.sub(r"[\x00-\x1f\x7f]", "", path.replace("\\", "/")).split("/"):
        if part == "..":
            del steps[-1:]
        elif part not in ("", "."):
            steps.append(part)
    if not steps:
        return "write a path such as /about/"
    return f"write  {lead}/{'/'.join(steps)}{'/' if path.endswith(('/', '.')) else ''}"


def read_image(reading: Reading, key: str, value: Any) -> Image | None:
    """A picture; keys of a mapping that sitegen does not know stay in `extra`."""
    sheet = reading.sheet
    if isinstance(value, str):
        src = as_text(sheet, (key,), value) or ""
        return Image(src=src) if src and _is_safe(reading, (key,), src) else None
    if not isinstance(value, dict):
        message = f"{key}: expected an address or a mapping, found {describe(value)}"
        help = f"write  {key}: photo.jpg, or src, alt, caption and credit below it"
        sheet.fault((key,), "type", message, help=help)
        return None
    found: dict[str, Any] = {}
    for part, item in value.items():
        name = {"image": "src", "url": "src", "path": "src"}.get(part, part) if "src" not in value else part
        if name in ("width", "height"):
            found[name] = as_integer(sheet, (key, part), item, least=1, most=100_000) or 0
        elif name in IMAGE_KEYS:
            found[name] = as_text(sheet, (key, part), item) or ""
        else:
            _keep_part(reading, key, part, item)
    src = found.get("src", "")
    if src and not _is_safe(reading, (key, "src"), src):
        return None
    return Image(**found) if any(found.values()) else None


def _keep_part(reading: Reading, key: str, part: str, item: Any) -> None:
    reading.extra.setdefault(key, {})[part] = resolve(item)
    if meant := near(part, IMAGE_KEYS):
        message = f"{key}.{part}: sitegen has no such key"
        reading.sheet.fault((key, part), "near-miss", message, help=f"did you mean {meant}?", key=True, warning=True)


def is_dangerous(address: str) -> bool:
    """Whether a browser could run what an address holds, or show a file of its own computer."""
    return _DANGEROUS.match(address) is not None


def _is_safe(reading: Reading, at: Path, address: str) -> bool:
    if is_dangerous(address):
        message = f"{name_of(at)}: {address.partition(':')[0]}: addresses are not allowed"
        reading.sheet.fault(at, "address", message, help="write a path or an http(s) URL")
        return False
    return True


def read_related(reading: Reading, key: str, value: Any) -> tuple[RelatedLink, ...] | None:
    if isinstance(value, str):
        text = as_text(reading.sheet, (key,), value)
        return (RelatedLink(text),) if text else None
    if not isinstance(value, list):
        message = f"{key}: expected a list, found {describe(value)}"
        reading.sheet.fault((key,), "type", message, help="begin each entry with a dash on a line of its own")
        return None
    links = [_related_link(reading, (key, index), item) for index, item in enumerate(value)]
    return tuple([link for link in links if link is not None])


def _related_link(reading: Reading, at: Path, item: Any) -> RelatedLink | None:
    sheet = reading.sheet
    if not isinstance(item, dict):
        text = as_text(sheet, at, item)
        return RelatedLink(text) if text else None
    unknown = [part for part in item if part not in RELATED_KEYS]
    for part in unknown:
        rest = item[part]
        meant = near(part, RELATED_KEYS)
        text = f"{part}: {rest}" if isinstance(rest, str) and len(item) == 1 else ""
        help = (
            f"did you mean {meant}?"
            if meant
            else f"write  - {quoted(text)}"
            if text
            else "known are: label, title, url"
        )
        sheet.fault((*at, part), "unknown", f"{name_of(at)}: unknown key {part}", help=help, key=True)
    texts = {part: as_text(sheet, (*at, part), item[part]) or "" for part in RELATED_KEYS if part in item}
    target = texts.get("url") or texts.get("title")
    if target:
        return RelatedLink(target, texts.get("title", ""), texts.get("label", ""))
    if not unknown:
        sheet.fault(at, "missing", f"{name_of(at)}: neither title nor url is given", help='add  title: "…"')
    return None


def read_source(reading: Reading, key: str, value: Any) -> dict[str, Any] | None:
    """Provenance. `sha256` and `name` stay text even where they look like numbers."""
    if isinstance(value, str):
        text = as_text(reading.sheet, (key,), value) or ""
        return {"url" if "://" in text else "name": text} if text else None
    if isinstance(value, dict):
        return {
            part: str(item) if part != "row" and isinstance(item, str) else resolve(item)
            for part, item in value.items()
        }
    message = f"{key}: expected a mapping, found {describe(value)}"
    reading.sheet.fault((key,), "type", message, help=f"write  {key}:  and  name: …  on the next line, indented")
    return None


def read_template(reading: Reading, key: str, value: Any) -> str | None:
    """A template's file name, `.html` added. Other tools' names for the usual page (`layout: post`) say nothing."""
    text = as_text(reading.sheet, (key,), value)
    if not text or (key == "layout" and text in _PLAIN_LAYOUTS):
        return None
    if not _TEMPLATE.fullmatch(text):
        message = f'{key}: expected the name of a template, found "{text}"'
        reading.sheet.fault((key,), "template", message, help=f"write  {key}: wide.html  for templates/wide.html")
        return None
    return text if text.endswith(".html") else f"{text}.html"


def read_extra(reading: Reading, key: str, value: Any) -> dict[str, Any] | None:
    if isinstance(value, dict):
        resolved: dict[str, Any] = resolve(value)
        return resolved
    message = f"{key}: expected a mapping, found {describe(value)}"
    reading.sheet.fault((key,), "type", message, help=f"write  {key}:  and below it, indented, one  key: value  a line")
    return None
