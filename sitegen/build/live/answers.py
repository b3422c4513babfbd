"""What stands at an address of a live site, and whether its sources are still those that it was made of.

Invariant: an address is looked up among the outputs; it is never joined to a folder.
"""

import msgspec

from sitegen.build.live.disk import Disk
from sitegen.build.live.held import Held
from sitegen.build.live.pages import Made
from sitegen.build.live.rest import settled
from sitegen.build.live.values import Page, type_of
from sitegen.build.scan import Changed, Files
from sitegen.build.site import Copy
from sitegen.catalog.outputs import output_path
from sitegen.digest import digest_bytes, digest_value
from sitegen.errors import Problem
from sitegen.model import Output
from sitegen.plugins import PluginError

LARGE = 4_000_000  # bytes; larger plain files are sent from disk, piece by piece
FEW = 100  # sources of a page that a request looks at; of longer lists the watcher tells


def answer(held: Held, url: str, faults: tuple[Problem, ...] = ()) -> tuple[Page, Made | None]:
    """What stands at a site path, with what it was made of. `faults` are of parts that all pages stand on.

    Raises: Changed when a source is not any more what it was.
    """
    try:
        output = held.site.snapshot.ask(("output_at", url)) if url.startswith("/") else None
    except PluginError as error:  # a plugin that cannot list its outputs
        return Page(url=url, status=500, problems=(*faults, error.problem)), None
    path = output_path(url)
    if output is not None and output.kind != "asset":
        made = held.pages.page(output)
        return _shown(url, made, faults), made
    content = held.site.assets.get(path)
    if content is not None:
        return _plain(url, content), None
    copy = held.site.copies.get(path)
    if copy is not None:
        return _copied(url, copy), None
    return _missing(held, url, faults)


def stale_sources(held: Held, url: str, made: Made | None, racy: int) -> list[str]:
    """The sources of a page that are not as they were last seen, as absolute paths. Cost: 2 µs a source."""
    disk, content = held.disk, held.disk.scan.content
    sources: dict[str, None] = {}
    for key in made.reads if made is not None else ():
        if key[0] in ("card", "body", "keys_of") and (source := held.articles.source(key[1])) is not None:
            sources[source] = None
            if len(sources) > FEW:
                break
    source = held.moved.get(url)
    if source:
        sources[source] = None
    found = [f"{content.folder}/{source}" for source in sources if disk.is_stale(content, source, racy)]
    for files in disk.scan.theme:
        found += _stale_in(disk, files, racy)
    return found


def _stale_in(disk: Disk, files: Files, racy: int) -> list[str]:
    """One name is enough: a part that is not as it was is looked at whole."""
    if len(files.seen) > FEW:
        return []
    return next(([f"{files.folder}/{name}"] for name in files.seen if disk.is_stale(files, name, racy)), [])


def _shown(url: str, made: Made, faults: tuple[Problem, ...]) -> Page:
    problems = (*made.problems, *faults)
    if made.problems:
        return Page(url=url, status=500, problems=problems, digest=digest_value([p.message for p in problems]).hex())
    return Page(
        url=url,
        content=made.content,
        type=type_of(made.output.path),
        digest=digest_bytes(made.content).hex(),
        problems=problems,
    )


def _plain(url: str, content: bytes) -> Page:
    return Page(url=url, content=content, type=type_of(output_path(url)), digest=digest_bytes(content).hex())


def _copied(url: str, copy: Copy) -> Page:
    """A file as it lies on disk, which is what a build would copy."""
    path = copy.files.folder / copy.name
    try:
        if path.stat().st_size > LARGE:
            return Page(url=url, file=path, type=type_of(copy.name), digest=copy.digest.hex())
    except OSError as error:
        raise Changed(copy.name) from error
    read = settled(str(path), copy.files.seen[copy.name].signature.size)
    if read is None:
        raise Changed(copy.name)
    return _plain(url, read[1])


_NOTHING = Output(path="", url="", kind="article")


def _missing(held: Held, url: str, faults: tuple[Problem, ...]) -> tuple[Page, Made | None]:
    """The page of a broken article, or the site's own 404 page, with where the article went that stood here."""
    snapshot, articles = held.site.snapshot, held.articles
    source = held.moved.get(url)
    broken = articles.broken.get(source) if source else None
    if broken is not None:
        return _shown(url, Made(_NOTHING, b"", (), [], 0, broken.problems), faults), None
    head = articles.heads.get(source) if source else None
    moved = head.url if head is not None and head.id in articles.by_id else ""
    slash = not url.endswith("/") and snapshot.ask(("output_at", url + "/")) is not None
    not_found = snapshot.ask(("output_at", "/404.html"))
    made = held.pages.page(not_found) if not_found is not None else None
    page = _shown(url, made, faults) if made is not None else Page(url=url, content=b"")
    status = page.status if page.status != 200 else 404
    return msgspec.structs.replace(page, status=status, moved=moved, slash=slash), made
