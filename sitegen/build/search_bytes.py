"""The same bytes from Pagefind's index for equal pages.

Pagefind 1.5 writes three things in the order of a hash table that is seeded anew in each run: the values of a filter,
the list of filters in a language's table, and the languages of its entry file. Files are named after a hash of their
bytes, so the names vary as well. Here each is put in order, and named after what is then in it.

Invariant: what a search finds is unchanged; equal pages give equal names and bytes (`tests/search` holds this).
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from sitegen.digest import digest_bytes

ENTRY = "pagefind-entry.json"
_MAGIC = b"pagefind_dcd"
_NAME_DIGITS = 10  # hexadecimal; as many as Pagefind's own longest names have
WANTED = ("pagefind.js", "pagefind-worker.js", ENTRY)  # the rest of the top folder is Pagefind's own search boxes
_SUFFIXES = (".pf_meta", ".pf_index", ".pf_fragment", ".pf_filter", ".pagefind")


def in_order(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of an index that a search reads, by path, in their one form. Cost: linear in filters and tables.

    Raises: ValueError for an index of another version of Pagefind.
    """
    kept = {path: content for path, content in files.items() if path in WANTED or path.endswith(_SUFFIXES)}
    renamed: dict[str, str] = {}
    for path in [path for path in kept if path.endswith(".pf_filter")]:
        name, values = _list(kept.pop(path), 2)
        old = path.removeprefix("filter/").removesuffix(".pf_filter")
        content = _packed([name, sorted(values)])
        renamed[old] = f"{old.rpartition('_')[0]}_{_hash(content)}"
        kept[f"filter/{renamed[old]}.pf_filter"] = content
    entry = json.loads(kept[ENTRY])
    for language in entry["languages"].values():
        old = language["hash"]
        table = _list(kept.pop(f"pagefind.{old}.pf_meta"), 6)
        table[3] = sorted([name, renamed[at]] for name, at in table[3])
        table[4] = sorted(table[4])
        content = _packed(table)
        language["hash"] = f"{old.rpartition('_')[0]}_{_hash(content)}"
        kept[f"pagefind.{language['hash']}.pf_meta"] = content
    entry["languages"] = dict(sorted(entry["languages"].items()))
    kept[ENTRY] = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()
    return dict(sorted(kept.items()))


def _hash(content: bytes) -> str:
    return digest_bytes(content).hex()[:_NAME_DIGITS]


def _list(content: bytes, size: int) -> list[Any]:
    raw = zlib.decompress(content, wbits=31)
    if not raw.startswith(_MAGIC):
        raise ValueError("not a table of Pagefind's")
    value, end = _decoded(raw, len(_MAGIC))
    if end != len(raw) or not isinstance(value, list) or len(value) != size:
        raise ValueError("a table of another shape")
    return value


def _packed(value: Any) -> bytes:
    """CBOR in a gzip member whose header says nothing of time or machine."""
    raw = _MAGIC + b"".join(_encoded(value))
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = deflate.compress(raw) + deflate.flush()
    tail = zlib.crc32(raw).to_bytes(4, "little") + (len(raw) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + body + tail


def _decoded(raw: bytes, at: int) -> tuple[Any, int]:
    """One CBOR item (RFC 8949) of the kinds that Pagefind writes: whole numbers, text, lists."""
    kind, number = raw[at] >> 5, raw[at] & 31
    at += 1
    if 24 <= number <= 27:
        width = 1 << (number - 24)
        number = int.from_bytes(raw[at : at + width], "big")
        at += width
    elif number > 27:
        raise ValueError("a list without a length")
    if kind == 0:
        return number, at
    if kind == 1:
        return -1 - number, at
    if kind == 3:
        return raw[at : at + number].decode(), at + number
    if kind != 4:
        raise ValueError(f"a value of kind {kind}")
    items = []
    for _ in range(number):
        item, at = _decoded(raw, at)
        items.append(item)
    return items, at


def _encoded(value: Any) -> Iterator[bytes]:
    if isinstance(value, list):
        yield _head(4, len(value))
        for item in value:
            yield from _encoded(item)
    elif isinstance(value, str):
        text = value.encode()
        yield _head(3, len(text))
        yield text
    elif value < 0:
        yield _head(1, -1 - value)
    else:
        yield _head(0, value)


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes((kind << 5 | number,))
    width = next(n for n in range(4) if number < 1 << (8 << n))
    return bytes((kind << 5 | 24 + width,)) + number.to_bytes(1 << width, "big")
