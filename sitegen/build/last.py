"""The last successful build of a site, and whether it is still what a build would make.

Invariant: imports no parser and no template engine, so that a build with nothing to do is done at once.
"""

from pathlib import Path

import msgspec

from sitegen.build.cache import Cache, Findings, pieces_of
from sitegen.build.options import Defaults
from sitegen.build.pool import Apart
from sitegen.build.publish import Target
from sitegen.build.report import BuildReport
from sitegen.build.tracing import Record


class Built(msgspec.Struct, frozen=True):
    """The last successful build: the digest of all that it read, and until when time alone changes nothing."""

    inputs: bytes
    as_of: int
    next_change: int | None
    config: bytes
    themes: tuple[str, ...]
    defaults: Defaults
    plugins: tuple[str, ...]
    report: BuildReport

    def holds(self, inputs: bytes, as_of: int) -> bool:
        """Whether it saw the same, and time has published nothing since."""
        return self.inputs == inputs and self.as_of <= as_of and (self.next_change is None or as_of < self.next_change)

    def again(self, notices: tuple[str, ...], seconds: dict[str, float]) -> BuildReport:
        """The report of a build that found nothing to do."""
        return msgspec.structs.replace(
            self.report, parsed=0, rendered=(), written=(), removed=(), notices=notices, seconds=seconds
        )


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """How the output folder stands to what was written there: whether it names the same files as ours and no build died
    in it, and the files whose signature is another one.
    """

    is_ours: bool
    unlike: tuple[str, ...]


def standing(cache: Cache, folder: Path) -> Standing:
    """Look at every output. Cost: 6 µs each. Raises: Damaged."""
    records = cache.known_pieces("outputs", Record)
    target = Target(folder, adopt=False, durable=False)
    unlike = target.unlike((path, record.seen) for path, record in records.items())
    return Standing(target.is_tidy() and target.lists(records), tuple(sorted(unlike)))


def standing_apart(path: Path, folder: Path) -> bytes:
    """`standing`, encoded, in a process apart; `path` is the cache's."""
    return _encode(standing(Findings(path), folder))


def standing_seen(looking: Apart | None) -> Standing | None:
    """What the process found that was started for it; None where there is none, or it did not end well."""
    found = looking.result() if looking is not None else None
    return _decode(found) if found else None


def stands(found: Standing, cache: Cache, folder: Path) -> bool:
    """Whether every output is in the folder as it was written, and no other of ours: what a signature cannot tell is
    read, as the page that was last written. Raises: Damaged.
    """
    if not found.is_ours:
        return False
    records: dict[str, Record] = {}
    for number in set(pieces_of(found.unlike)):
        records |= cache.known_piece("outputs", number, Record)
    target = Target(folder, adopt=False, durable=False)
    return target.stand({path: records[path].seen for path in found.unlike})


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Standing).decode
