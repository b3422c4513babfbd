"""Links of the whole output against the whole output: pages, fragments, the base path.

Invariant: a dead link is told where it can be mended: in the source that holds it, else once for all the pages that a
template, the config or a data file put it on.
"""

import re
from collections.abc import Iterable
from posixpath import dirname, join, normpath
from urllib.parse import quote

import msgspec

from sitegen.check.addresses import Leads, address_of, leads_to, output_at, without_case
from sitegen.check.looking import Looked
from sitegen.check.places import body_start, place_of
from sitegen.errors import Problem, Where, excerpt_of
from sitegen.notation.words import near


class Dead(msgspec.Struct):
    """One wrong link: its code, the address as it stands, where it leads, and the outputs that hold it, with lines."""

    code: str
    address: str
    leads: Leads
    found: list[tuple[str, int]]


class Crossing(msgspec.Struct):
    """All links of a site: those that lead nowhere, the outputs that something links to, and addresses elsewhere."""

    dead: list[Dead]
    linked: set[str]
    elsewhere: dict[str, list[tuple[str, int]]]


def cross(looked: Looked) -> Crossing:
    """Follow every link of every output. Cost: about 0.5 µs a link."""
    base = looked.site.settings.base
    facts = looked.facts
    dead: dict[tuple[str, str], Dead] = {}
    crossing = Crossing([], set(), {})
    ids: dict[str, frozenset[str]] = {}
    everywhere: dict[str, tuple[str, Leads, str]] = {}  # addresses that mean the same on every page

    def judge(address: str, url: str) -> tuple[str, Leads, str]:
        leads = leads_to(address, url, base)
        if leads.kind == "outside-base":
            return "link.base-path", leads, ""
        if leads.kind != "page":
            return "", leads, ""
        target = output_at(leads.path, facts)
        if not target:
            return "link.dead", leads, ""
        there = facts[target]
        if leads.fragment and there.is_page and not there.moved and not _is_place(leads.fragment):
            known = ids.get(target)
            if known is None:
                known = ids[target] = frozenset(there.ids)
            if leads.fragment not in known:
                return "link.fragment", leads, target
        return "", leads, target

    for path, fact in facts.items():
        url = address_of(path)
        for address, line in zip(fact.links, fact.lines, strict=True):
            if address[:1] == "/" or address[:4] == "http":
                verdict = everywhere.get(address)
                if verdict is None:
                    verdict = everywhere[address] = judge(address, url)
            else:
                verdict = judge(address, url)
            code, leads, target = verdict
            if target and target != path:
                crossing.linked.add(target)
            if leads.kind == "elsewhere":
                crossing.elsewhere.setdefault(leads.path, []).append((path, line))
            if code:
                key = (code, leads.path + "#" + leads.fragment)
                dead.setdefault(key, Dead(code, address, leads, [])).found.append((path, line))
    crossing.dead = list(dead.values())
    return crossing


def _is_place(fragment: str) -> bool:
    """Fragments that browsers know without an id."""
    return fragment == "top" or fragment.startswith(":~:")


def link_problems(looked: Looked, crossing: Crossing) -> list[Problem]:
    """A problem for each dead link, at the source that holds it where one does."""
    told = _told_addresses(looked)
    folded = without_case(looked.facts) if crossing.dead else {}
    known = [address_of(path) for path, fact in looked.facts.items() if fact.is_page] if crossing.dead else []
    problems = []
    for count, dead in enumerate(crossing.dead):
        message, help = _said(looked, dead, folded, known if count < NEAR_LOOKS else ())
        sources, others = _split(looked, dead)
        in_sources: list[Problem | None] = []
        for source in sources if len(sources) <= MOST_SOURCES else sources[:SOME_SOURCES]:
            if (source, dead.leads.path) in told:
                in_sources.append(None)
                continue
            text = looked.source_text(source)
            place = place_of(text, _spellings(dead), after=body_start(text))
            place = place if place[0] else place_of(text, _spellings(dead))
            if place[0]:
                where = Where(f"{looked.content}/{source}", place[0], place[1])
                excerpt = excerpt_of(text, place[0])
                in_sources.append(_problem(dead.code, where, message, help, excerpt, place[2]))
        problems += [problem for problem in in_sources if problem is not None]
        if not in_sources and (others or sources):
            path, line = dead.found[0]
            pages = len({path for path, _ in dead.found})
            more = f" (and on {pages - 1:,} more {'page' if pages == 2 else 'pages'})" if pages > 1 else ""
            where = Where(looked.place(path), line)
            problems.append(_problem(dead.code, where, message + more, help))
    return problems


MOST_SOURCES = 200  # a link on more pages comes from a template; a few are looked into all the same
SOME_SOURCES = 5
NEAR_LOOKS = 20  # dead links that near names are looked up for: each compares with every page's address


def _problem(code: str, where: Where, message: str, help: str, excerpt: str = "", width: int = 1) -> Problem:
    return Problem(code=code, where=where, message=message, help=help, excerpt=excerpt, width=width, severity="warning")


def _split(looked: Looked, dead: Dead) -> tuple[list[str], list[str]]:
    """The sources of the articles and pages whose own output holds a link, and the other outputs that do."""
    sources, others = [], []
    for path in dict.fromkeys(path for path, _ in dead.found):
        output = looked.outputs.get(path)
        if output is not None and output.kind in ("article", "page"):
            sources.append(output.source)
        else:
            others.append(path)
    return sources, others


def _spellings(dead: Dead) -> Iterable[str]:
    """How a link may stand in a source: as in the output, without the base path, without encoding, its fragment."""
    path, fragment = dead.leads.path, dead.leads.fragment
    if dead.code == "link.fragment":
        yield from (f"{path}#{fragment}", f"#{fragment}", f"#{quote(fragment)}")
        return
    yield from (dead.address, path, quote(path))
    if len(path) > 1:
        yield from (path.rstrip("/"), path.strip("/"), path.rstrip("/").rpartition("/")[2])


def with_column(looked: Looked, problem: Problem) -> Problem:
    """A build's warning of a dead link, which knows its line alone, with the column and the line's text."""
    if problem.code not in ("link.source", "link.file") or problem.where.column or not problem.where.line:
        return problem
    line = excerpt_of(looked.source_text(problem.where.path.removeprefix(f"{looked.content}/")), problem.where.line)
    name = problem.message.partition("links to ")[2].partition(",")[0].rpartition("/")[2]
    found = re.search(rf"[^\s(<\"'\[]*{re.escape(name)}", line) if name else None
    if found is None:
        return problem
    where = Where(problem.where.path, problem.where.line, found.start() + 1)
    return msgspec.structs.replace(problem, where=where, excerpt=line, width=len(found[0]))


def _told_addresses(looked: Looked) -> set[tuple[str, str]]:
    """Source and guessed site path of each dead link of a text that the build warns of already."""
    told = set()
    for head in looked.site.published:
        for kind, target, _ in head.links_at:
            if kind == "source":
                told.add((head.keys.source, "/" + target.removesuffix(".md") + "/"))
            else:
                told.add((head.keys.source, normpath(join(head.keys.url, target))))
                told.add((head.keys.source, normpath(join(dirname(head.keys.url), target))))
    return told


def _said(looked: Looked, dead: Dead, folded: object, known: Iterable[str]) -> tuple[str, str]:
    leads = dead.leads
    if dead.code == "link.base-path":
        base = looked.site.settings.base.path
        message = f"leads to {leads.path}, outside of the site, which stands below {base}/"
        if output_at(leads.path, looked.facts):
            return message, "write it in Markdown, as a path relative to the file, or in a template with  | url"
        return message, "write the whole address with https://, or a path of this site"
    if dead.code == "link.fragment":
        target = output_at(leads.path, looked.facts)
        best = near(leads.fragment, looked.facts[target].ids)
        message = f"leads to #{leads.fragment} on {leads.path}, and no heading or id there has that name"
        return message, f"did you mean #{best}?" if best else "look at the heading, whose words make its id"
    message = f"leads to {leads.path}, where nothing is"
    assert isinstance(folded, dict)
    other = folded.get(output_at(leads.path.casefold(), folded))
    if other:
        return message, f"did you mean {address_of(other)}? Capitals count on most servers"
    best = near(leads.path, known)
    return message, f"did you mean {best}?" if best else "mend the address, or take the link out"
