"""What `check --fix` may write: one line put right where there is one way to read it, or an alias added.

Invariant: pure. A mend replaces single lines; everything else in the file, comments, order and line ends included,
stays as it is. A mend is taken only when reading the result shows the fault gone and no new error.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from sitegen.content.adding import with_entries
from sitegen.content.article import parse_article
from sitegen.errors import Problem
from sitegen.model import Article, Broken
from sitegen.regex import regex

MOST = 50  # mends a file; one with more faults is no article
_SYNTAX = frozenset(f"front-matter.{name}" for name in ("colon", "quote", "space", "reserved", "escape"))
_LINES = regex(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
Parse = Callable[[bytes], Article | Broken]


class Mended(NamedTuple):
    """A change to a source: the line (from 1) as it was and as it is now, and the fault that this mends."""

    line: int
    before: str
    after: str
    code: str


def mend_source(content: bytes, parse: Parse) -> tuple[bytes, list[Mended]]:
    """The source with every fault mended that can be, safely, and what was done. Cost: one reading a mend."""
    done: list[Mended] = []
    failed: set[tuple[str, int]] = set()
    for _ in range(MOST):
        problems = _problems(parse(content))
        for problem in problems:
            place = (problem.code, problem.where.line)
            line = None if place in failed else mended_line(problem)
            if line is None:
                continue
            after = _with_line(content, problem.where.line, problem.excerpt, line)
            if after is None or not _is_better(problem, problems, _problems(parse(after))):
                failed.add(place)
                continue
            done.append(Mended(problem.where.line, problem.excerpt, line, problem.code))
            content = after
            break
        else:
            return content, done
    return content, done


def _problems(parsed: Article | Broken) -> tuple[Problem, ...]:
    return parsed.warnings if isinstance(parsed, Article) else parsed.problems


def _is_better(problem: Problem, before: tuple[Problem, ...], after: tuple[Problem, ...]) -> bool:
    """Whether the fault is gone, and every error that is there now was there before."""
    known = {(each.code, each.where.line) for each in before}
    gone = (problem.code, problem.where.line, problem.message) not in {(p.code, p.where.line, p.message) for p in after}
    return gone and all((each.code, each.where.line) in known for each in after if each.is_error)


def _with_line(content: bytes, number: int, before: str, after: str) -> bytes | None:
    """The bytes with one line (from 1) replaced; None where the line is not what was seen."""
    try:
        lines = _LINES.findall(content.decode())
    except UnicodeDecodeError:
        return None
    if not 1 <= number <= len(lines):
        return None
    text = lines[number - 1].rstrip("\r\n")
    if text != before or text == after:
        return None
    lines[number - 1] = after + lines[number - 1][len(text) :]
    return "".join(lines).encode()


def mended_line(problem: Problem) -> str | None:
    """The line of a fault as it should be; None where that is for a person to say."""
    line, at, end = problem.excerpt, problem.where.column - 1, problem.where.column - 1 + problem.width
    said = problem.help.removeprefix("write  ") if problem.help.startswith("write  ") else ""
    if problem.code in _SYNTAX and said:
        return line[: len(line) - len(line.lstrip(" "))] + said
    if problem.code == "front-matter.tab":
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        return indent.replace("\t", "  ") + line.lstrip(" \t")
    if problem.code == "front-matter.near-miss" and (meant := re.match(r"did you mean ([\w-]+)\?", problem.help)):
        return line[:at] + meant[1] + line[end:]
    value = _value(problem, line[at:end], said)
    return None if value is None else line[:at] + value + line[end:]


def _value(problem: Problem, old: str, said: str) -> str | None:
    if problem.code == "front-matter.date" and (date := re.fullmatch(r"[\w-]+: (\d{4}-\d{2}-\d{2}(?: .+)?)", said)):
        digits = re.sub(r"\D", "", old)
        return date[1] if date[1][:4] in digits else None  # the help shows an example where it could read none
    if problem.code == "front-matter.type" and "expected true or false" in problem.message:
        flag = re.fullmatch(r"[\w-]+: (true|false)", said)
        return flag[1] if flag else None
    if problem.code == "front-matter.address" and problem.message.endswith("has to begin with /"):
        path = re.fullmatch(r"(?:[\w-]+: )?(/\S+)", said)
        return path[1] if path else None
    return None


def with_alias(content: bytes, alias: str) -> bytes | None:
    """The source with one more alias; None where it has it, or where that cannot be written safely."""
    return with_entries(content, "aliases", (alias,))


def parser_of(source: str, settings: object, zone: object) -> Parse:
    """How a source is read by the site that it belongs to."""

    def parse(content: bytes) -> Article | Broken:
        return parse_article(source, content, settings, zone=zone)  # type: ignore[arg-type]

    return parse
