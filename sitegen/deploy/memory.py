"""What is remembered of deployments, in `.sitegen/`: what git calls our files, and how the branches were left.

Invariant: it only saves time. A file that is gone, damaged or of another version is as good as none; a branch as it was
left counts for nothing until the remote says that it still stands at that commit. No address is written down, since a
token may stand in one: only its digest.
"""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

import msgspec

from sitegen.deploy.origin import Origin
from sitegen.deploy.plan import Entry, File
from sitegen.digest import SIZE_BYTES, digest_bytes, digest_value

NAME = "deploy.msgpack"
_BRANCHES = 4  # a site has a place or two to publish to; each costs some 80 bytes a file


class Tip(msgspec.Struct, frozen=True):
    """A branch as the remote has it; `commit` and `tree` are "" when the remote has no such branch yet."""

    commit: str
    tree: str
    entries: dict[str, Entry]


class Memory(msgspec.Struct, kw_only=True):
    """`blobs`: for our digests, the file as git names it. `tips`: by place, the branch as it was left, newest last."""

    blobs: dict[str, File] = {}
    tips: dict[str, Tip] = {}

    def tip_of(self, origin: Origin) -> Tip | None:
        """The branch as the last deployment left it, or found it."""
        return self.tips.get(_place(origin))

    def keep_tip(self, origin: Origin, tip: Tip) -> bool:
        """Remember the branch as it is now; whether that is news."""
        place = _place(origin)
        known = self.tips.pop(place, None)
        self.tips[place] = tip
        for oldest in list(self.tips)[:-_BRANCHES]:
            del self.tips[oldest]
        return known is None or known.commit != tip.commit


def _place(origin: Origin) -> str:
    return digest_value([origin.address, origin.branch]).hex()


def read_memory(path: Path) -> Memory:
    """What is remembered in the file; nothing when it is missing or not as it was written."""
    with suppress(OSError, msgspec.DecodeError):
        content = path.read_bytes()
        if digest_bytes(content[SIZE_BYTES:]) == content[:SIZE_BYTES]:
            return msgspec.msgpack.decode(content[SIZE_BYTES:], type=Memory)
    return Memory()


def write_memory(path: Path, memory: Memory) -> None:
    """Remember; a file that cannot be written is not."""
    content = msgspec.msgpack.encode(memory)
    with suppress(OSError):
        replace(path, digest_bytes(content) + content)


def replace(path: Path, content: bytes) -> None:
    """Put `content` in place of the file in one step, with the rights that it had. Raises: OSError."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
