"""Adding entries to a list of front matter as a person would: everything else in the file stays as it is.

Invariant: pure. What was written is read back, and taken only when it says just what it said before and the new entries
beside; so no file is broken by a form of YAML that nobody thought of.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Literal

import msgspec

from sitegen.content.decode import Parts, split_source
from sitegen.content.frontmatter import NAMES, FrontMatter, read_front_matter
from sitegen.notation.quoting import quoted
from sitegen.regex import regex

Listed = Literal["aliases", "tags"]
_PLAIN = {"aliases": regex(r"/[\w./~-]*"), "tags": regex(r"[^\W\d_]+(?:[ -][^\W\d_]+)*")}
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))  # other readers take them for values


def with_entries(content: bytes, key: Listed, entries: Sequence[str]) -> bytes | None:
    """The source with these entries at the end of a list; None where all are there, or it cannot be done safely."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    before = _matter(text)
    if before is None:
        return None
    had: tuple[str, ...] = getattr(before, key)
    new = [entry for entry in dict.fromkeys(entries) if entry not in had]
    if not new:
        return None
    wanted = msgspec.structs.replace(before, **{key: (*had, *new)})
    for candidate in _candidates(text, key, [_as_item(key, entry) for entry in new]):
        if _matter(candidate) == wanted and _body(candidate) == _body(text):
            return candidate.encode()
    return None


def _split(text: str) -> Parts | None:
    parts = split_source(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), "")
    return parts if isinstance(parts, Parts) else None


def _body(text: str) -> str:
    parts = _split(text)
    return parts.body.lstrip("\n") if parts else ""


def _matter(text: str) -> FrontMatter | None:
    parts = _split(text)
    if parts is None:
        return None
    if parts.block is None:
        return FrontMatter()
    matter, sheet = read_front_matter(parts.block, "", parts.block_line, UTC)
    return None if sheet.broken else matter


def _candidates(text: str, key: str, items: list[str]) -> Iterator[str]:
    """Texts that may be the right one, the most natural first."""
    names = "|".join(re.escape(name) for name, known in NAMES.items() if known == key)
    end = "\r\n" if "\r\n" in text else "\n"
    flow = ", ".join(items)
    if found := re.search(rf"^(?:{names}):[ ]*\[(?P<items>[^\]\n\r]*)\]", text, re.MULTILINE):
        said = found["items"].rstrip().rstrip(",")
        yield text[: found.start("items")] + (f"{said}, " if said.strip() else "") + flow + text[found.end("items") :]
    block = rf"^(?:{names}):[ ]*(?:#[^\r\n]*)?\r?\n(?P<items>(?:(?P<lead>[ ]*-[ ]+)[^\r\n]*\r?\n)+)"
    if found := re.search(block, text, re.MULTILINE):
        yield text[: found.end()] + "".join(f"{found['lead']}{item}{end}" for item in items) + text[found.end() :]
    if found := re.search(rf"^(?:{names}):[ ]+(?P<value>[^\[\s#][^\r\n#]*?)[ ]*(?=\r?\n)", text, re.MULTILINE):
        yield text[: found.start("value")] + f"[{found['value']}, {flow}]" + text[found.end("value") :]
    opening = re.match(r"\ufeff?(?:[ \t]*\r?\n)*---[ \t]*\r?\n", text)
    if opening is None:
        yield f"---{end}{key}: [{flow}]{end}---{end}{end}{text.removeprefix(chr(0xFEFF))}"
    elif last := re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE).search(text.replace("\r", " "), opening.end()):
        yield text[: last.start()] + f"{key}: [{flow}]{end}" + text[last.start() :]


def _as_item(key: Listed, entry: str) -> str:
    return entry if _PLAIN[key].fullmatch(entry) and entry.lower() not in _WORDS else quoted(entry)
