"""The report of an import: one object for programs, a few lines for people.

Invariant: pure; the shape of the object is a contract, and every number in it can be checked against the sources.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from sitegen.convert.document import Article, Document, Field, Picture, ledger
from sitegen.convert.writing.shelf import Action, Outcome
from sitegen.errors import Problem


class Near(msgspec.Struct, frozen=True):
    """The earlier article that one nearly copies, and the share of the shorter text that both have."""

    target: str
    place: str
    share: float


class Done(msgspec.Struct, frozen=True):
    """One article, the document it came from, and what became of it."""

    document: Document
    article: Article
    outcome: Outcome
    notes: tuple[str, ...] = ()
    near: Near | None = None


class Tally(msgspec.Struct):
    """Sums over all articles, counted as they are written."""

    articles: int = 0
    actions: dict[Action, int] = {}
    ledger: dict[str, int] = {}
    dropped: dict[str, int] = {}
    without: dict[str, int] = {}
    flagged: int = 0
    wanted: int = 0
    near: int = 0
    resumed: int = 0  # documents that an earlier run, which was killed, had read
    arrived: list[str] = []

    def add(self, article: Article, outcome: Outcome, near: Near | None) -> None:
        self.articles += 1
        self.actions[outcome.action] = self.actions.get(outcome.action, 0) + 1
        account = ledger(article.fates)
        for reason, count in account.pop("dropped").items():
            self.dropped[reason] = self.dropped.get(reason, 0) + count
        for name, count in account.items():
            self.ledger[name] = self.ledger.get(name, 0) + count
        for name in ("date", "authors") if article.kind == "article" else ():  # a page has none by design
            if getattr(article, name) is None:
                self.without[name] = self.without.get(name, 0) + 1
        self.flagged += any(field.doubtful for field in stated(article).values())
        self.wanted += sum(not link.target for link in article.links)
        self.near += near is not None


class Report(msgspec.Struct, frozen=True):
    """All that an import did. `done` reads each article from the disk when it is asked for."""

    done: Sequence[Done]
    problems: tuple[Problem, ...]
    dry_run: bool = False
    tally: Tally = msgspec.field(default_factory=Tally)

    @property
    def failed(self) -> bool:
        """Whether the exit code is 1: a source could not be read, or an edit could not be merged."""
        return any(problem.is_error for problem in self.problems)


def as_json(report: Report) -> dict[str, Any]:
    """The object that `--json` prints."""
    out: dict[str, Any] = {
        "documents": [_document(done) for done in report.done],
        "problems": [_problem(problem) for problem in report.problems],
    }
    if report.tally.arrived:
        out["linked"] = report.tally.arrived
    return {**out, "dry_run": True} if report.dry_run else out


def json_pieces(report: Report) -> Iterator[bytes]:
    """The same object as text, an article at a time: a report may be larger than memory."""
    yield b'{\n  "documents": ['
    for number, done in enumerate(report.done):
        yield (b",\n    " if number else b"\n    ") + _indented(_document(done))
    yield b'],\n  "problems": ['
    for number, problem in enumerate(report.problems):
        yield (b",\n    " if number else b"\n    ") + _indented(_problem(problem))
    yield b"]"
    if report.tally.arrived:
        yield b',\n  "linked": ' + msgspec.json.encode(report.tally.arrived)
    yield b',\n  "dry_run": true\n}\n' if report.dry_run else b"\n}\n"


def _indented(value: dict[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).replace(b"\n", b"\n    ")


def _document(done: Done) -> dict[str, Any]:
    article, source = done.article, done.article.source
    from_: dict[str, Any] = {"path": source.path, "sha256": source.sha256, "format": source.format}
    if source.row is not None:
        from_["row"] = source.row
    out: dict[str, Any] = {
        "source": from_,
        "output": done.outcome.place,
        "action": done.outcome.action,
        "fields": _fields(article),
        "related": [_link(link.label, link.title, link.target) for link in article.links],
        "ledger": ledger(article.fates),
        "dropped": _dropped(done),
    }
    if notes := (*done.document.notes, *article.doubts, *done.notes):
        out["notes"] = list(notes)
    if done.near is not None:
        out["near_copy_of"] = {"source": done.near.target, "output": done.near.place, "share": done.near.share}
    if done.outcome.conflicts:
        out["conflicts"] = list(done.outcome.conflicts)
    return out


def _link(label: str, title: str, target: str) -> dict[str, Any]:
    return {"label": label, "title": title, "target": target or None}


def stated(article: Article) -> dict[str, Field]:
    """The fields of an article by name."""
    named = {name: getattr(article, name) for name in ("title", "date", "authors", "summary", "tags", "lang")}
    return {**{name: field for name, field in named.items() if field is not None}, **article.more}


def _fields(article: Article) -> dict[str, Any]:
    out = {name: _field(field) for name, field in stated(article).items()}
    if article.pictures:
        images = [
            {**_where(picture), "caption": picture.caption, "credit": picture.credit, "cover": i == 0}
            for i, picture in enumerate(article.pictures)
        ]
        lines = ", ".join(f"line {picture.line}" for picture in article.pictures)
        out["images"] = {"value": images, "confidence": 0.9, "origin": lines}
    return out


def _where(picture: Picture) -> dict[str, str]:
    return {"src": picture.src, "alt": picture.alt} if picture.src else {}


def _field(field: Field) -> dict[str, Any]:
    out = {"value": field.value, "confidence": field.confidence, "origin": field.origin}
    return {**out, "flagged": True} if field.doubtful else out


def _dropped(done: Done) -> list[dict[str, Any]]:
    """Every dropped block with its line, text and reason, so that nothing is lost unseen."""
    return [
        {"line": block.line, "text": block.text[:200], "reason": fate.detail}
        for block, fate in zip(done.document.blocks, done.article.fates, strict=True)
        if fate.kind == "dropped"
    ]


def _problem(problem: Problem) -> dict[str, Any]:
    source: dict[str, Any] = {"path": problem.where.path}
    if problem.where.line:
        source["line"] = problem.where.line
    message = f"{problem.message}: {problem.help}" if problem.help else problem.message
    return {"source": source, "message": message, "severity": problem.severity, "code": problem.code}


def summary_lines(report: Report, into: str) -> list[str]:
    """What a person wants to know at the end, a line each."""
    tally = report.tally
    verb = "would be " if report.dry_run else ""
    counts = {word: tally.actions[action] for action, word in _WORDS.items() if action in tally.actions}
    said = ", ".join(f"{count:,} {verb}{word}" for word, count in counts.items()) or "nothing to do"
    out = [f"{tally.articles:,} {'article' if tally.articles == 1 else 'articles'} -> {into}: {said}"]
    if tally.articles:
        out += _account(tally)
        out += [f"without {name}: {count:,}" for name, count in tally.without.items()]
        if tally.near:
            out.append(f"near copies of another article: {tally.near:,}")
        if tally.wanted:
            out.append(f"related articles that are not there yet: {tally.wanted:,}")
    if tally.arrived:
        out.append(f"earlier articles that now link to one of these: {len(tally.arrived):,}")
    return out


def _account(tally: Tally) -> list[str]:
    """The ledger as people read it."""
    kept = tally.ledger
    rows = sorted(tally.dropped.items(), key=lambda item: (-item[1], item[0]))
    total = (
        f"lines read: {kept['blocks']:,}; kept as body: {kept['body']:,}, as fields: {kept['fields']:,}, "
        f"as links: {kept['links']:,}; dropped: {sum(tally.dropped.values()):,}"
    )
    return [total, *(f"  {count:>6,}  {reason}" for reason, count in rows)]


_WORDS: dict[Action, str] = {
    "new": "new",
    "updated": "updated",
    "merged": "merged with your edits",
    "kept": "left as you edited them",
    "unchanged": "unchanged",
    "conflict": "in conflict",
}
