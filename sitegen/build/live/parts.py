"""Parts of a live site that are read whole when they change: data, theme, files that are copied.

Invariant: a part that cannot be read is said to be wrong and leaves the last good one where it was.
"""

from collections.abc import Iterable, Mapping

from sitegen.build.cache import Cache
from sitegen.build.data import read_data
from sitegen.build.live.disk import Found
from sitegen.build.scan import Files
from sitegen.build.scanning import Scan
from sitegen.build.settings import SiteSettings
from sitegen.build.site import Copy, file_places, theme_inputs
from sitegen.build.themes import Theme, read_theme
from sitegen.build.work import Head
from sitegen.catalog.outputs import output_path
from sitegen.digest import digest_value
from sitegen.engine import Input, Items
from sitegen.errors import Problem

Inputs = dict[str, Input | Items]


def taken_data(files: Files, inputs: Inputs) -> tuple[Problem, ...]:
    """Read the data into the inputs; what is wrong with it, and then nothing is taken. Raises: Changed."""
    data, problems = read_data(files)
    faults = tuple(problem for problem in problems if problem.is_error)
    if not faults:
        inputs["data"] = Items(data, {name: digest_value([value]) for name, value in data.items()})
    return faults


def taken_theme(scan: Scan, settings: SiteSettings, cache: Cache, inputs: Inputs) -> tuple[Theme, tuple[Problem, ...]]:
    """Read the theme into the inputs; what is wrong with it, and then nothing is taken. Raises: Changed."""
    theme = read_theme(scan.theme, settings.theme_options, settings.path, settings.option_lines)
    problems = list(theme.problems)
    made = theme_inputs(theme, cache, problems)
    faults = errors_of(problems)
    if not faults:
        inputs.update({name: new for name, new in made.items() if not _same(inputs.get(name), new)})
    return theme, faults


def errors_of(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each error once."""
    return tuple(dict.fromkeys(problem for problem in problems if problem.is_error))


def _same(old: Input | Items | None, new: Input | Items) -> bool:
    if isinstance(new, Items):
        return isinstance(old, Items) and old.digests == new.digests
    return isinstance(old, Input) and old.digest == new.digest


def moves_files(sources: Iterable[str]) -> bool:
    """Whether an edit of these sources can move files that lie beside articles."""
    return any(source.endswith("index.md") for source in sources)


def taken_files(content: Files, heads: Iterable[Head], inputs: Inputs) -> dict[str, str]:
    """Where the files of the content stand; they join the inputs when one of them moved."""
    places = file_places(content, list(heads))
    digests = {name: digest_value(url) for name, url in places.items()}
    old = inputs["file"]
    if not (isinstance(old, Items) and old.digests == digests):
        inputs["file"] = Items(places, digests)
    return places


def copies_of(scan: Scan, places: Mapping[str, str]) -> dict[str, Copy]:
    """What is published as it is, by path: files of the content at these places, then static ones."""
    content, static = scan.content, scan.static
    copies = {output_path(url): Copy(content, name, content.digest(name)) for name, url in places.items()}
    for name in static:
        copies.setdefault(name, Copy(static, name, static.digest(name)))
    return copies


def named_copies(found: Found, scan: Scan, before: Mapping[str, Copy], after: Mapping[str, Copy]) -> tuple[str, ...]:
    """Site paths of the plain files that a look found changed."""
    changed = {f"{scan.static.shown}/{name}" for name in found.static}
    changed |= {f"{scan.content.shown}/{name}" for name in found.others}
    if not changed:
        return ()
    named = {**before, **after}
    return tuple(sorted("/" + path for path, copy in named.items() if f"{copy.files.shown}/{copy.name}" in changed))
