"""Content digests: the one notion of "the same" that the engine, the cache and publishing share.

Invariant: a digest depends on the value alone, never on hash seed, process, time zone or insertion order of a set.
"""

from typing import Any, Final

import msgspec
from xxhash import xxh3_128_digest

SIZE_BYTES: Final = 16  # of XXH3: no accidental collision among the 10⁹ values of the largest site
ABSENT: Final = b"\0" * SIZE_BYTES  # the digest of "it was not there", which is a dependency as well

_encode = msgspec.msgpack.Encoder(order="deterministic").encode


def digest_bytes(content: bytes) -> bytes:
    """Digest of raw bytes. Cost: 0.1 µs, and 0.05 µs a kilobyte."""
    return xxh3_128_digest(content)


def digest_value(value: Any) -> bytes:
    """Digest of a value made of structs, tuples, mappings, strings and numbers; None is `ABSENT`.

    Raises: TypeError for a value that msgpack cannot hold.
    """
    if value is None:
        return ABSENT
    return xxh3_128_digest(_encode(value))
