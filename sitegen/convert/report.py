"""The report of an import: one object for programs, a few lines for people.

Invariant: pure; the shape of the object is a contract, and every number in it can be checked against the sources.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from sitegen.convert.document import Article, Document, Field, Picture, ledger
from sitegen.convert.shelf import Action, Outcome
from sitegen.errors import Problem


class Done(msgspec.Struct, frozen=True):
    """One article, the document it came from, and what became of it."""

    document: Document
    article: Article
    outcome: Outcome


class Report(msgspec.Struct, frozen=True):
    """All that an import did."""

    done: tuple[Done, ...]
    problems: tuple[Problem, ...]
    dry_run: bool = False

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
    return {**out, "dry_run": True} if report.dry_run else out


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
    if notes := (*done.document.notes, *article.doubts):
        out["notes"] = list(notes)
    if done.outcome.conflicts:
        out["conflicts"] = list(done.outcome.conflicts)
    return out


def _link(label: str, title: str, target: str) -> dict[str, Any]:
    return {"label": label, "title": title, "target": target or None}


def _fields(article: Article) -> dict[str, Any]:
    named = {
        "title": article.title,
        "date": article.date,
        "authors": article.authors,
        "summary": article.summary,
        "tags": article.tags,
        "lang": article.lang,
    }
    out = {name: _field(field) for name, field in named.items() if field is not None}
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
    actions = Counter(done.outcome.action for done in report.done)
    verb = "would be " if report.dry_run else ""
    total = _total(done.article for done in report.done)
    said = ", ".join(f"{actions[action]} {verb}{word}" for action, word in _WORDS.items() if actions[action])
    out = [
        f"{len(report.done)} {'article' if len(report.done) == 1 else 'articles'} -> {into}: {said or 'nothing to do'}"
    ]
    if report.done:
        out.append(
            f"lines read: {total['blocks']}; kept as body: {total['body']}, as fields: {total['fields']}, "
            f"as links: {total['links']}; dropped: {sum(total['dropped'].values())}"
        )
        out += [
            f"  {count:>6}  {reason}"
            for reason, count in sorted(total["dropped"].items(), key=lambda item: (-item[1], item[0]))
        ]
        missing = [
            name for name in ("date", "authors") if any(getattr(done.article, name) is None for done in report.done)
        ]
        out += [
            f"without {name}: {sum(getattr(done.article, name) is None for done in report.done)}" for name in missing
        ]
        wanted = sum(not link.target for done in report.done for link in done.article.links)
        if wanted:
            out.append(f"related articles that are not there yet: {wanted}")
    return out


_WORDS: dict[Action, str] = {
    "new": "new",
    "updated": "updated",
    "merged": "merged with your edits",
    "kept": "left as you edited them",
    "unchanged": "unchanged",
    "conflict": "in conflict",
}


def _total(articles: Iterable[Article]) -> dict[str, Any]:
    found: Sequence[dict[str, Any]] = [ledger(article.fates) for article in articles]
    dropped: Counter[str] = Counter()
    for one in found:
        dropped.update(one["dropped"])
    return {
        **{key: sum(one[key] for one in found) for key in ("blocks", "fields", "body", "links")},
        "dropped": dict(dropped),
    }
