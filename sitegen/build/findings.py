"""What only a look at the whole site tells: clashes of outputs, links to nothing, addresses that would break.

Invariant: a build and a preview find the same, here.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from posixpath import dirname, join, normpath

from sitegen.build.cache import Cache
from sitegen.build.heads import Published
from sitegen.build.reading import double_ids
from sitegen.build.scan import Files
from sitegen.build.scanning import STATIC, Scan
from sitegen.build.work import Head
from sitegen.catalog.outputs import clashes, output_path
from sitegen.errors import Problem, Where
from sitegen.model import Output


def copied_outputs(content: Files, static: Files, places: Mapping[str, str]) -> list[Output]:
    """Every file that is published as it is, two for one address too: those of the content, at these places, first."""
    found = [
        Output(path=output_path(url), url=url, kind="file", source=f"{content.shown}/{name}")
        for name, url in places.items()
    ]
    return found + [Output(path=name, url="/" + name, kind="file", source=f"{STATIC}/{name}") for name in static]


def findings(
    scan: Scan,
    heads: Mapping[str, Head],
    published: Sequence[Head],
    telling: Sequence[Head],
    outputs: Sequence[Output],
    copied: Sequence[Output],
    *,
    is_whole: bool,
    clash_free: bool = False,
    mend: Callable[[str], str],
) -> list[Problem]:
    """What is wrong between sources, each with its place. `telling` are those of the published whose heads tell of
    links or warnings, at least. `is_whole`: no article is broken; `clash_free`: no two
    outputs clash, as an earlier look has shown; `mend`: see `broken_urls`. Cost: linear.
    """
    shown = scan.content.shown
    problems = double_ids(heads, shown)
    problems += [warning for head in telling for warning in head.warnings]
    problems += () if clash_free else clashes((*outputs, *copied), shown)
    problems += dead_links(heads, published, telling, shown, lambda: {output.url for output in (*outputs, *copied)})
    if scan.urls and is_whole:  # what a broken article breaks is said already
        from sitegen.catalog.permanence import broken_urls  # noqa: PLC0415 -- few sites promise addresses

        sources_at = {head.url: f"{shown}/{head.source}" for head in published}
        problems += broken_urls(scan.urls, [each.path for each in (*outputs, *copied)], sources_at, mend)
    return problems


def sources_of(published: Sequence[Head]) -> Sequence[str]:
    """Their sources, which are known without reading any head where columns say them."""
    return published.sources if isinstance(published, Published) else [head.source for head in published]


CLASHES = frozenset(("outputs.clash", "outputs.reserved"))


def findings_again(
    cache: Cache,
    made_of: bytes,
    scan: Scan,
    heads: Mapping[str, Head],
    published: Sequence[Head],
    telling: Sequence[Head],
    outputs: Sequence[Output],
    copied: Sequence[Output],
    *,
    is_whole: bool,
    mend: Callable[[str], str],
) -> list[Problem]:
    """The same; `made_of` is the digest of these outputs and files: those that clash with none are remembered."""
    is_free = cache.known("clash-free", bytes) == made_of
    problems = findings(
        scan, heads, published, telling, outputs, copied, is_whole=is_whole, clash_free=is_free, mend=mend
    )
    if not is_free and not any(problem.code in CLASHES for problem in problems):
        cache.remember("clash-free", made_of)
    return problems


def dead_links(
    heads: Mapping[str, Head],
    published: Sequence[Head],
    telling: Sequence[Head],
    shown: str,
    all_paths: Callable[[], Container[str]],
) -> list[Problem]:
    """A warning for each link of a text that leads to no source, or to no file; `all_paths` gives all site paths."""
    linking = [head for head in telling if head.links_at]
    if not linking:
        return []
    made, there = all_paths(), set(sources_of(published))
    found = []
    for head in linking:
        for kind, target, line in head.links_at:
            if kind == "source":
                if target in there:
                    continue
                named, said = target, "is not published" if target in heads else "is not there"
                help = "mend the path, or write  [[Title]]  for an article that is still to come"
            else:
                named, said = normpath(join(dirname(head.source), target)), "is not there"
                help = "mend the path, or put the file there"
                beside = normpath(join(head.url, target))
                places = ("/" + named.removeprefix("pages/"), beside, beside + "/")
                if target.startswith("?") or any(place in made for place in places):
                    continue
            message = f"links to {shown}/{named}, which {said}"
            where = Where(f"{shown}/{head.source}", line)
            found.append(Problem(code=f"link.{kind}", where=where, message=message, help=help, severity="warning"))
    return found
