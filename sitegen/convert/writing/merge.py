"""Three-way merge of an imported article: what was written, what a person made of it, what the source says now.

Invariant: pure; no text of a person or of the source is lost: what cannot be merged is a conflict, and is reported.
The unit is a top-level field of the front matter, as raw text with its comments, and a paragraph of the body.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

_FENCE = re.compile(r"\A---[ \t]*\n(?P<front>.*?)^---[ \t]*\n?(?P<body>.*)\Z", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"^(?P<key>[^\s#:][^:]*):(?=\s|$)")


class Merged(msgspec.Struct, frozen=True):
    """The merged text, and what could not be merged: names of fields, or `body`."""

    text: str
    conflicts: tuple[str, ...] = ()


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Merges the edits `base -> mine` and `base -> theirs`; `mine` wins where a conflict is reported."""
    if mine == base:
        return Merged(theirs)
    if theirs in (base, mine):
        return Merged(mine)
    parts = [_split(text) for text in (base, mine, theirs)]
    if any(part is None for part in parts):
        return Merged(mine, ("front matter",))
    fields, conflicts = _merge_fields(*(_chunks(part[0]) for part in parts if part))
    body = _merge_paragraphs(*(_paragraphs(part[1]) for part in parts if part))
    if body is None:
        conflicts.append("body")
        body = _paragraphs(parts[1][1]) if parts[1] else []
    text = "\n\n".join(body)
    return Merged(
        f"---\n{''.join(fields)}---\n\n{text}\n" if text else f"---\n{''.join(fields)}---\n", tuple(conflicts)
    )


def _split(text: str) -> tuple[str, str] | None:
    match = _FENCE.match(text.replace("\r\n", "\n"))
    return (match["front"], match["body"]) if match else None


def _chunks(front: str) -> dict[str, str]:
    """The raw text of each top-level field; what stands before the first is under the empty name."""
    out: dict[str, str] = {}
    key = ""
    for line in front.splitlines(keepends=True):
        if match := _KEY.match(line):
            key = match["key"].strip()
        out[key] = out.get(key, "") + line
    return out


def _merge_fields(base: dict[str, str], mine: dict[str, str], theirs: dict[str, str]) -> tuple[list[str], list[str]]:
    out: list[str] = []
    conflicts: list[str] = []
    for key in dict.fromkeys([*mine, *theirs]):
        old, ours, new = base.get(key), mine.get(key), theirs.get(key)
        if new in (ours, old):
            chosen = ours
        elif ours == old:
            chosen = new
        else:
            conflicts.append(key)
            chosen = ours
        if chosen is not None:
            out.append(chosen)
    return out, conflicts


def _paragraphs(body: str) -> list[str]:
    return [part.strip("\n") for part in re.split(r"\n[ \t]*\n", body.strip("\n")) if part.strip()]


def _merge_paragraphs(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str] | None:
    """diff3 over paragraphs; None where both sides changed the same ones differently."""
    ours, news = _changes(base, mine), _changes(base, theirs)
    out: list[str] = []
    at = 0
    while ours or news:
        first = min(change for change in (ours[:1] + news[:1]))
        start, stop = first[0], first[1]
        mine_here: list[tuple[int, int, tuple[str, ...]]] = []
        news_here: list[tuple[int, int, tuple[str, ...]]] = []
        grown = True
        while grown:
            grown = False
            for queue, here in ((ours, mine_here), (news, news_here)):
                while queue and _touches(queue[0], start, stop):
                    here.append(queue.pop(0))
                    stop = max(stop, here[-1][1])
                    grown = True
        out += base[at:start]
        left, right = _applied(base, start, stop, mine_here), _applied(base, start, stop, news_here)
        if mine_here and news_here and left != right:
            return None
        out += left if mine_here else right
        at = stop
    return [*out, *base[at:]]


def _touches(change: tuple[int, int, tuple[str, ...]], start: int, stop: int) -> bool:
    return change[0] < stop or change[0] == start


def _changes(base: Sequence[str], other: Sequence[str]) -> list[tuple[int, int, tuple[str, ...]]]:
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return [(a, b, tuple(other[c:d])) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def _applied(
    base: Sequence[str], start: int, stop: int, changes: Sequence[tuple[int, int, tuple[str, ...]]]
) -> list[str]:
    out: list[str] = []
    at = start
    for first, last, new in changes:
        out += [*base[at:first], *new]
        at = last
    return [*out, *base[at:stop]]
