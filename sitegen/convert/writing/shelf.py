"""The folder that imports are written to: which article lies where, what was last written, and what to write now.

    nothing there                     new        written
    same text                         unchanged  nothing is written
    untouched, the source changed     updated    written
    edited, the source unchanged      kept       left alone
    edited, and the source changed    merged, or a conflict: the file stays, the new text lies beside the base
    that text was looked at, deleted  kept       the file is what the person made of both

First every article gets its place (`plan`), so that they can link to each other; then each is written (`put`).

Invariant: no file is overwritten whose text is not our own last one, unless a merge kept all of it. What was last
written (the base) lies under `.sitegen/imports/`; without it, every file counts as edited.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

import msgspec

from sitegen.convert.document import Source
from sitegen.convert.writing.assets import Copy
from sitegen.convert.writing.merge import merge
from sitegen.convert.writing.write import folded_place, unique

HEAD: Final = 16384  # characters of a file in which its `source:` is looked for
SAME: Final = 0.3  # share of words in common, from which a changed source is still the same article
_SOURCE = re.compile(r"^source:\n(?P<block>(?:[ \t]+.*\n)+)", re.MULTILINE)
_ENTRY = re.compile(r'^[ \t]+(?P<key>\w+):[ \t]*"?(?P<value>(?:[^"\\\n]|\\.)*)"?[ \t]*$', re.MULTILINE)

_WANTED = re.compile(r'^  - title: "(?P<title>(?:[^"\\\n]|\\.)*)"$', re.MULTILINE)
_TITLE = re.compile(r'^title: "(?P<title>(?:[^"\\\n]|\\.)*)"$', re.MULTILINE)
BUNDLE: Final = "/index.md"

Action = Literal["new", "unchanged", "updated", "kept", "merged", "conflict"]


class Lying(msgspec.Struct, gc=False):  # no circles: forked processes need not copy it
    """A Markdown file that an earlier import wrote."""

    place: str
    name: str
    row: int
    sha256: str
    url: str = ""
    title: str = ""
    wanted: tuple[str, ...] = ()  # titles under `related:`


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
        self.lying: list[Lying] = []
        self._taken: dict[str, str] = {}
        self._by_identity: dict[tuple[str, int], list[Lying]] = {}
        self._by_digest: dict[tuple[str, int], list[Lying]] = {}
        self._claimed: set[str] = set()
        self._found: dict[str, str] = {}  # place of an article to the place where an earlier import put it
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

    def plan(self, source: Source, wanted: str, text: Callable[[], str]) -> str:
        """The place of an article: where it lies already, else `wanted`, made unique. `text` makes its file.

        An article that has become a bundle moves from `a.md` to `a/index.md`; its address stays.
        """
        found = self._place_for(source, text)
        if found is None:
            place = unique(wanted, self._taken)
        elif wanted.endswith(BUNDLE) and not found.endswith(BUNDLE):
            place = found.removesuffix(".md") + BUNDLE
            if folded_place(place) in self._taken:
                place = found
        else:
            place = found
        self._taken[folded_place(place)] = place
        if found is not None:
            self._found[place] = found
        return place

    def claimed(self, place: str) -> bool:
        """Whether a file that lies there belongs to an article of this run."""
        return place in self._claimed

    def put(self, place: str, sha256: str, text: str, copies: Iterable[Copy] = ()) -> Outcome:
        """Writes, updates, merges or leaves alone what `plan` gave this place; `copies` go beside it first."""
        for copy in copies:
            self._put_copy((self.into / place).parent / copy.name, copy.content)
        found = self._found.get(place)
        if found is None:
            self._write(self.into / place, text)
            self._write(self.bases / place, text)
            return Outcome(place, "new")
        if found != place:
            return self._moved(found, place, sha256, text)
        return self._update(place, sha256, text)

    def _put_copy(self, path: Path, content: bytes) -> None:
        """A copy has its content in its name, so one that is there is right, or a person has changed it."""
        if not path.exists():
            self._write_bytes(path, content)

    def relate(self, lying: Lying, change: Callable[[str], str]) -> bool:
        """Changes an article that is not of this run, as its source would; edits are kept. Whether anything changed."""
        base = self._read(self.bases / lying.place)
        mine = self._read(self.into / lying.place)
        if base is None or mine is None or (text := change(base)) == base:
            return False
        merged = merge(base, mine, text)
        if merged.conflicts:
            return False
        if merged.text != mine:
            self._write(self.into / lying.place, merged.text)
        self._write(self.bases / lying.place, text)
        return merged.text != mine

    def _moved(self, old: str, place: str, sha256: str, text: str) -> Outcome:
        """An article that becomes a bundle takes its edits along."""
        mine, base = self._read(self.into / old), self._read(self.bases / old)
        if mine is None or base is None:
            return self._update(old, sha256, text)
        merged = merge(base, mine, text)
        if merged.conflicts:
            return self._aside(old, text, merged.conflicts)
        self._write(self.into / place, merged.text)
        self._write(self.bases / place, text)
        if not self.dry:
            (self.into / old).unlink()
            (self.bases / old).unlink()
        return Outcome(place, "updated" if mine == base else "merged")

    def _update(self, place: str, sha256: str, text: str) -> Outcome:
        mine = self._read(self.into / place)
        base = self._read(self.bases / place)
        if mine == text:
            if base != text:
                self._write(self.bases / place, text)
            return Outcome(place, "unchanged")
        if base is None:
            return self._without_base(place, sha256, mine or "", text)
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

    def _without_base(self, place: str, sha256: str, mine: str, text: str) -> Outcome:
        """The base was lost: an unchanged source proves that every difference is a person's."""
        found = _source_in(mine)
        if found and found.get("sha256") == sha256:
            return Outcome(place, "kept")
        return self._aside(place, text, ("everything, because the base is lost",))

    def _aside(self, place: str, text: str, conflicts: tuple[str, ...]) -> Outcome:
        """Keeps the new text of a conflict; whoever deletes it has taken over what they wanted, and it is the base."""
        aside, shown = self.bases / "conflicts" / place, self.bases / "conflicts" / f"{place}.shown"
        digest = sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        lies = self._read(aside)
        if lies is None and self._read(shown) == digest:
            self._write(self.bases / place, text)
            if not self.dry:
                shown.unlink()
            return Outcome(place, "kept")
        if lies != text:
            self._write(aside, text)
            self._write(shown, digest)
        return Outcome(place, "conflict", conflicts, str(aside))

    def _place_for(self, source: Source, text: Callable[[], str]) -> str | None:
        if (place := self._kept_for.get((*source.identity, source.sha256))) is not None:
            del self._kept_for[(*source.identity, source.sha256)]
            return place
        for lying in self._by_identity.get(source.identity, ()):
            if lying.place not in self._claimed and _alike(self._read(self.into / lying.place) or "", text()):
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
                head = file.read(HEAD)
                found = _source_in(head)
        except OSError:
            return
        if found and "name" in found and "sha256" in found:
            row = int(found["row"]) if found.get("row", "").isdigit() else -1
            wanted = tuple(_unquoted(one["title"]) for one in _WANTED.finditer(head))
            title = _TITLE.search(head)
            lying = Lying(
                place, _unquoted(found["name"]), row, found["sha256"], _unquoted(found.get("url", "")),
                _unquoted(title["title"]) if title else "", wanted,
            )  # fmt: skip
            self.lying.append(lying)
            self._by_identity.setdefault((lying.name, row), []).append(lying)
            self._by_digest.setdefault((lying.sha256, row), []).append(lying)

    def _read(self, path: Path) -> str | None:
        try:
            return path.read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return None

    def _write(self, path: Path, text: str) -> None:
        self._write_bytes(path, text.encode("utf-8", "surrogateescape"))

    def _write_bytes(self, path: Path, content: bytes) -> None:
        """Atomically: a reader sees the old file or the new one, and a crash leaves one of them."""
        if self.dry:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".sitegen-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
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
