"""The last successful build of a site, and whether it is still what a build would make.

Invariant: imports no parser and no template engine, so that a build with nothing to do is done at once.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from sitegen.build.options import Defaults
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


def stand(records: Mapping[str, Record], folder: Path) -> bool:
    """Whether every output lies in the folder as it was written, and no other is ours. Cost: 4 µs an output."""
    target = Target(folder, adopt=False, durable=False)
    return (
        target.is_tidy()
        and target.lists(records)
        and target.stand({path: record.seen for path, record in records.items()})
    )
