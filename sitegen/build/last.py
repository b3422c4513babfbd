"""The last successful build of a site, and whether it is still what a build would make.

Invariant: imports no parser and no template engine, so that a build with nothing to do is done at once.
"""

from collections.abc import Collection
from pathlib import Path

import msgspec

from sitegen.build.ahead import Ahead
from sitegen.build.apart import Apart
from sitegen.build.cache import Cache, Findings
from sitegen.build.options import Defaults
from sitegen.build.publish import Target
from sitegen.build.records import OUTPUTS, Records
from sitegen.build.report import BuildReport
from sitegen.build.walk import Listed


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

    @classmethod
    def of(cls, records: Records, folder: Path, listing: Listed | None = None) -> "Standing":
        """Look at every output, or at what somebody has seen of those that the list in the folder names.
        Cost: 8 µs each, or 0.02.
        """
        target = Target(folder, adopt=False, durable=False)
        files = records.files
        unlike = target.unlike(files) if listing is None else files.unlike_listed(listing)
        is_listed = (listing is not None and files.are_listed(listing)) or target.lists(records)
        return cls(target.is_tidy() and is_listed, tuple(sorted(unlike)))

    def holds(self, records: Records, folder: Path) -> bool:
        """Whether every output is in the folder as it was written, and no other of ours: what a signature cannot tell
        is read, as the page that was last written.
        """
        if not self.is_ours:
            return False
        target = Target(folder, adopt=False, durable=False)
        return target.stand({path: records[path].seen for path in self.unlike})


def recorded(cache: Cache) -> Records:
    """What was written there, as the cache knows it. Raises: Damaged."""
    return cache.known(OUTPUTS, Records) or Records()


def standing_apart(path: Path, folder: Path) -> bytes:
    """How the outputs stand, encoded, in a process apart; `path` is the cache's."""
    return _encode(Standing.of(recorded(Findings(path)), folder))


def standing_seen(looking: Apart | None) -> Standing | None:
    """What the process found that was started for it; None where there is none, or it did not end well."""
    found = looking.result() if looking is not None else None
    return _decode(found) if found else None


def stands(looking: Apart | Ahead | None, cache: Cache, folder: Path) -> bool:
    """Whether every output is as it was written, as somebody saw them or as they are looked at now. Raises: Damaged."""
    if isinstance(looking, Ahead):
        records = recorded(cache)
        return Standing.of(records, folder, looking.outputs()).holds(records, folder)
    found = standing_seen(looking)
    if found is not None and not found.unlike:
        return found.is_ours
    records = recorded(cache)
    return (found or Standing.of(records, folder)).holds(records, folder)


def unlike(looking: Apart | Ahead | None, records: Records) -> Collection[str] | None:
    """The outputs that are not as they were written; None where nobody has looked."""
    if isinstance(looking, Ahead):
        listing = looking.outputs()
        return None if listing is None else records.files.unlike_listed(listing)
    found = standing_seen(looking)
    return None if found is None else found.unlike


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Standing).decode
