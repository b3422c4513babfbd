"""A large index in parts: each holds some of the articles, and only a part whose texts changed is made again.

Pagefind holds all that it indexes in memory and has no incremental way. So articles are dealt out to parts by their id;
the files of all parts stand in one folder, and the entry file names each language of each part (`en`, `en-x-1`, …) as a
language of its own, which a search opens and joins as it joins languages.

Invariant: in which part an article stands follows from its id and the number of all; what a part holds follows from its
articles. Removing or damaging what is kept in `.sitegen/search-parts/` changes nothing but time.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from sitegen.build.search_bytes import ENTRY
from sitegen.build.toolchain import toolchain_digest
from sitegen.build.work import Head
from sitegen.digest import SIZE_BYTES, digest_bytes, digest_value

FOLDER = "search-parts"  # in `.sitegen/`
PART = 1250  # articles a part at most, as long as there are few parts: 250 MB and 5 s of processor time
MOST_PARTS = 8  # each costs a reader a few requests
SPARE = 2  # parts kept besides those that were used last, for going back and for the preview's drafts

Files = dict[str, bytes]


def parts_of(heads: Sequence[Head]) -> list[list[Head]]:
    """The articles dealt out to parts, each in the given order; a power of two, so that growth seldom moves any."""
    count = 1
    while count < MOST_PARTS and len(heads) > count * PART:
        count *= 2
    parts: list[list[Head]] = [[] for _ in range(count)]
    for head in heads:
        parts[int.from_bytes(digest_bytes(head.id.encode())[:4], "big") % count].append(head)
    return parts


def joined_parts(
    heads: Sequence[Head], language: str, memory: Path, make: Callable[[Sequence[Head]], Files]
) -> Iterator[tuple[str, bytes]]:
    """The files of all parts, each once, the entry file last; `make` indexes the articles of a part that changed.

    At most one part is in memory. Raises: what `make` raises.
    """
    given = {ENTRY}  # parts have the program in common, which is the same in all; other names follow the content
    languages: dict[str, object] = {}
    entry: dict[str, object] = {}
    kept = _KeptParts(memory / FOLDER)
    for number, part in enumerate(parts_of(heads)):
        said = [(head.id, head.card_digest, head.body_digest) for head in part]
        recipe = digest_value([toolchain_digest(), language, said]).hex()
        files = kept.files(recipe)
        if files is None:
            files = make(part)
            kept.keep(recipe, files)
        of_part = json.loads(files[ENTRY])
        entry = of_part if of_part["version"] or not entry else entry
        for name, table in of_part["languages"].items():
            languages[f"{name}-x-{number}" if number else name] = table
        yield from ((path, content) for path, content in files.items() if path not in given)
        given.update(files)
    kept.forget_others()
    entry["languages"] = dict(sorted(languages.items()))
    yield ENTRY, json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()


class _KeptParts:
    """The parts that were made last, each a file: the digest of what follows, and the part's files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used: set[str] = set()

    def files(self, recipe: str) -> Files | None:
        """The files of a part; None where it was not kept, or is not as it was."""
        self._used.add(recipe)
        path = self._folder / recipe
        with suppress(OSError, msgspec.MsgspecError):
            content = path.read_bytes()
            if digest_bytes(content[SIZE_BYTES:]) == content[:SIZE_BYTES]:
                os.utime(path)
                return msgspec.msgpack.decode(content[SIZE_BYTES:], type=Files)
        return None

    def keep(self, recipe: str, files: Files) -> None:
        """Keep a part. A disk that cannot take it costs time at the next build, and no more."""
        content = msgspec.msgpack.encode(files)
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{recipe}.{os.getpid()}.part"
            try:
                path.write_bytes(digest_bytes(content) + content)
                path.replace(self._folder / recipe)
            finally:
                path.unlink(missing_ok=True)

    def forget_others(self) -> None:
        """Remove all but what was used now, and the newest of the rest."""
        with suppress(OSError):
            others = [path for path in self._folder.iterdir() if path.name not in self._used]
            others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
            for path in others[SPARE:]:
                path.unlink(missing_ok=True)
