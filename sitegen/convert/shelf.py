"""The folder that imports are written to: which article lies where, what was last written, and what to write now.

    nothing there                     new        written
    same text                         unchanged  nothing is written
    untouched, the source changed     updated    written
    edited, the source unchanged      kept       left alone
    edited, and the source changed    merged, or a conflict: the file stays, the new text lies beside the base

Invariant: no file is overwritten whose text is not our own last one, unless a merge kept all of it. What was last
written (the base) lies under `.sitegen/imports/`; without it, every file counts as edited.
"""

import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

import msgspec

from sitegen.convert.document import Article, Source
from sitegen.convert.merge import merge
from sitegen.convert.write import folded_place, unique

HEAD: Final = 16384  # characters of a file in which its `source:` is looked for
SAME: Final = 0.3  # share of words in common, from which a changed source is still the same article
_SOURCE = re.compile(r"^source:\n(?P<block>(?:[ \t]+.*\n)+)", re.MULTILINE)
_ENTRY = re.compile(r'^[ \t]+(?P<key>\w+):[ \t]*"?(?P<value>(?:[^"\\\n]|\\.)*)"?[ \t]*$', re.MULTILINE)

Action = Literal["new", "unchanged", "updated", "kept", "merged", "conflict"]


class Lying(msgspec.Struct):
    """A Markdown file that an earlier import wrote."""

    place: str
    name: str
    row: int
    sha256: str


class Outcome(msgspec.Struct, frozen=True):
    """What happened to one article; `aside` is where the new text of a conflict lies."""

    place: str
    action: Action
    conflicts: tuple[str, ...] = ()
    aside: str = ""


class Shelf:
    """The folder `into`, with the bases in `bases`. `dry` decides everything and writes nothing."""

    def __init__(self, into: Path, bases: Path, *, dry: bool = False) -> None:
        self.into = into
        self.bases = bases
        self.dry = dry
        self._taken: dict[str, str] = {}
        self._by_identity: dict[tuple[str, int], list[Lying]] = {}
        self._by_digest: dict[tuple[str, int], list[Lying]] = {}
        self._claimed: set[str] = set()
        self._scan()

    def reserve(self, sources: Iterable[Source]) -> None:
        """Files whose source is the same to the byte go to their articles before any changed source may claim them."""
        self._kept_for: dict[tuple[str, int, str], str] = {}
        for source in sources:
            for lying in self._by_identity.get(source.identity, ()):
                if lying.sha256 == source.sha256 and lying.place not in self._claimed:
                    self._claimed.add(lying.place)
                    self._kept_for[(*source.identity, source.sha256)] = lying.place
                    break

    def put(self, article: Article, wanted: str, text: str) -> Outcome:
        """Writes, updates, merges or leaves alone. `wanted` is the place of a new article, before it is made unique."""
        place = self._place_for(article, text)
        if place is None:
            place = unique(wanted, self._taken)
            self._taken[folded_place(place)] = place
            self._write(self.into / place, text)
            self._write(self.bases / place, text)
            return Outcome(place, "new")
        return self._update(place, article, text)

    def _update(self, place: str, article: Article, text: str) -> Outcome:
        mine = self._read(self.into / place)
        base = self._read(self.bases / place)
        if mine == text:
            if base != text:
                self._write(self.bases / place, text)
            return Outcome(place, "unchanged")
        if base is None:
            return self._without_base(place, article, mine or "", text)
        merged = merge(base, mine or "", text)
        if merged.conflicts:
            return self._aside(place, text, merged.conflicts)
        if merged.text == mine:
            if text != base:
                self._write(self.bases / place, text)
            return Outcome(place, "kept")
        self._write(self.into / place, merged.text)
        self._write(self.bases / place, text)
        return Outcome(place, "updated" if mine == base else "merged")

    def _without_base(self, place: str, article: Article, mine: str, text: str) -> Outcome:
        """The base was lost: an unchanged source proves that every difference is a person's."""
        found = _source_in(mine)
        if found and found.get("sha256") == article.source.sha256:
            return Outcome(place, "kept")
        return self._aside(place, text, ("everything, because the base is lost",))

    def _aside(self, place: str, text: str, conflicts: tuple[str, ...]) -> Outcome:
        aside = self.bases / "conflicts" / place
        if self._read(aside) != text:
            self._write(aside, text)
        return Outcome(place, "conflict", conflicts, str(aside))

    def _place_for(self, article: Article, text: str) -> str | None:
        source = article.source
        if (place := self._kept_for.get((*source.identity, source.sha256))) is not None:
            del self._kept_for[(*source.identity, source.sha256)]
            return place
        for lying in self._by_identity.get(source.identity, ()):
            if lying.place not in self._claimed and _alike(self._read(self.into / lying.place) or "", text):
                return self._claim(lying)
        for lying in self._by_digest.get((source.sha256, source.identity[1]), ()):
            if lying.place not in self._claimed:  # the source was renamed
                return self._claim(lying)
        return None

    def _claim(self, lying: Lying) -> str:
        self._claimed.add(lying.place)
        return lying.place

    def _scan(self) -> None:
        self._kept_for = {}
        for folder, names, files in os.walk(self.into):
            names[:] = sorted(name for name in names if not name.startswith("."))
            for name in sorted(files):
                path = Path(folder) / name
                place = path.relative_to(self.into).as_posix()
                self._taken[folded_place(place)] = place
                if name.endswith(".md") and not path.is_symlink():
                    self._note(place, path)

    def _note(self, place: str, path: Path) -> None:
        try:
            with path.open(encoding="utf-8", errors="replace", newline="") as file:
                found = _source_in(file.read(HEAD))
        except OSError:
            return
        if found and "name" in found and "sha256" in found:
            row = int(found["row"]) if found.get("row", "").isdigit() else -1
            lying = Lying(place, _unquoted(found["name"]), row, found["sha256"])
            self._by_identity.setdefault((lying.name, row), []).append(lying)
            self._by_digest.setdefault((lying.sha256, row), []).append(lying)

    def _read(self, path: Path) -> str | None:
        try:
            return path.read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return None

    def _write(self, path: Path, text: str) -> None:
        """Atomically: a reader sees the old text or the new one, and a crash leaves one of them."""
        if self.dry:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".sitegen-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _source_in(text: str) -> dict[str, str] | None:
    text = text.replace("\r\n", "\n")
    if not text.startswith("---"):
        return None
    match = _SOURCE.search(text)
    return {entry["key"]: entry["value"] for entry in _ENTRY.finditer(match["block"])} if match else None


def _unquoted(value: str) -> str:
    def one(match: re.Match[str]) -> str:
        return chr(int(match[1], 16)) if match[1] else {"n": "\n", "t": "\t", "r": "\r"}.get(match[2], match[2])

    return re.sub(r"\\(?:u([0-9a-f]{4})|(.))", one, value)


def _alike(old: str, new: str) -> bool:
    """Whether two files are versions of one article and not two articles of one name."""
    a, b = (set(re.findall(r"\w+", text.split("\n---\n", 1)[-1].casefold())) for text in (old, new))
    title = re.compile(r"^title:.*$", re.MULTILINE)
    first, second = title.search(old), title.search(new)
    return bool(first and second and first[0] == second[0]) or len(a & b) >= SAME * max(1, len(a | b))
