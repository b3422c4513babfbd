"""YAML of the config and the theme as it was composed before, by the digest of each text: it spares an edit the parser.

Invariant: a value that is found is the one that composing the text gives, quotes and all.
"""

from typing import Any

import msgspec

from sitegen.build.cache import Cache
from sitegen.build.toolchain import toolchain_digest
from sitegen.digest import digest_bytes
from sitegen.notation.nodes import Quoted, Value


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """Packed values by digest, and the digest of the code that composed them."""

    code: bytes
    values: dict[bytes, msgspec.Raw]


class KeptYaml:
    """What the cache holds of texts by one name, `notation.yaml.Composed`. Opened, asked, saved."""

    def __init__(self, cache: Cache, name: str) -> None:
        """Raises: Damaged."""
        self._cache = cache
        self._name = f"yaml of the {name}"
        kept = cache.known(self._name, _Kept)
        self._known = dict(kept.values) if kept is not None and kept.code == toolchain_digest() else {}
        self._used: dict[bytes, msgspec.Raw] = {}

    def find(self, text: str) -> Value | None:
        """The value of a text; None for one that is not kept."""
        digest = digest_bytes(text.encode())
        packed = self._known.get(digest)
        if packed is None:
            return None
        self._used[digest] = packed
        return _unpacked(msgspec.msgpack.decode(packed))

    def keep(self, text: str, value: Value) -> None:
        """Keep the value of a text."""
        self._used[digest_bytes(text.encode())] = msgspec.Raw(msgspec.msgpack.encode(_packed(value)))

    def save(self) -> None:
        """Remember those that were asked for, where they are others than before."""
        if self._used.keys() != self._known.keys():
            self._cache.remember(self._name, _Kept(toolchain_digest(), self._used))


def _packed(value: Value) -> Any:
    """Quoted texts as bytes, which YAML of ours has none of."""
    if isinstance(value, Quoted):
        return str(value).encode()
    if isinstance(value, list):
        return [_packed(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _packed(each) for key, each in value.items()}
    return value


def _unpacked(value: Any) -> Value:
    if isinstance(value, bytes):
        return Quoted(value.decode())
    if isinstance(value, list):
        return [_unpacked(each) for each in value]
    if isinstance(value, dict):
        return {key: _unpacked(each) for key, each in value.items()}
    return value
