"""Files: those that nothing uses, those that a host refuses, names that two systems read differently.

Invariant: a file is called unused only when no output links to it and no template, stylesheet or script names it.
"""

import unicodedata
from collections.abc import Iterator
from posixpath import basename

from sitegen.build.scanning import STATIC
from sitegen.catalog.limits import MAX_FILE_BYTES, MAX_SITE_BYTES, said_size
from sitegen.catalog.outputs import SOCIAL_CARD, folded, output_path
from sitegen.check.links import Crossing
from sitegen.check.looking import Looked
from sitegen.errors import Problem, Where
from sitegen.theme.render import RENDERED_KINDS

NEAR_LIMIT = 0.8  # of a host's limit: time to think of another place
LARGE_FILE_BYTES = 50 * 1024 * 1024  # from which on GitHub warns at each push
MAX_PAGE_BYTES = 5_000_000  # an HTML page that telephones cannot show


def file_problems(looked: Looked, crossing: Crossing | None) -> list[Problem]:
    """Everything about files, by kind, then by name; `crossing` is None where the outputs are not known."""
    found = [*_names(looked), *_places(looked)]
    if crossing is not None:
        found += [*_sizes(looked), *_orphans(looked, crossing), *_unused(looked, crossing)]
    return found


def _problem(code: str, path: str, message: str, help: str, severity: str = "warning") -> Problem:
    return Problem(code=code, where=Where(path), message=message, help=help, severity=severity)  # type: ignore[arg-type]


def _names(looked: Looked) -> Iterator[Problem]:
    """Sources whose names differ in case or Unicode form alone, or are not in the usual form."""
    for files in (looked.scan.content, looked.scan.static):
        first: dict[str, str] = {}
        for name in files:
            other = first.setdefault(folded(name), name)
            if other != name:
                message = f"differs from {files.shown}/{other} only in capitals or Unicode form"
                help = "rename one of the two: macOS and Windows cannot keep both"
                yield _problem("file.clash", f"{files.shown}/{name}", message, help)
            elif not name.isascii() and unicodedata.normalize("NFC", name) != name:
                message = "has letters and their accents apart in its name (Unicode form NFD), as macOS writes them"
                yield _problem(
                    "file.form",
                    f"{files.shown}/{name}",
                    message,
                    "rename it on Linux, or with  convmv -t utf8 --nfc",
                    "note",
                )


def _places(looked: Looked) -> Iterator[Problem]:
    """Published pictures whose own file tells where they were taken; smaller copies never do."""
    for path in looked.site.located:
        copy = looked.site.copies[path]
        message = "tells where it was taken (GPS), and is published as it is"
        help = "remove the place from the file, for instance with  exiftool -gps:all= FILE"
        yield _problem("image.place", f"{copy.files.shown}/{copy.name}", message, help)


def _sizes(looked: Looked) -> Iterator[Problem]:
    for path, size in looked.sizes.items():
        where = looked.place(path)
        if size > MAX_FILE_BYTES:
            message = f"is {said_size(size)}; GitHub takes no file over {said_size(MAX_FILE_BYTES)}"
            yield _problem(
                "size.file", where, message, "put it on a host for large files, and link to it there", "error"
            )
        elif size > LARGE_FILE_BYTES:
            message = f"is {said_size(size)}; GitHub warns of files over {said_size(LARGE_FILE_BYTES)}"
            yield _problem("size.file", where, message, "make it smaller, or put it elsewhere")
        elif size > MAX_PAGE_BYTES and path.endswith(".html"):
            message = f"is {said_size(size)}, too much for many readers' devices"
            yield _problem("size.page", where, message, "split the text, or show fewer articles on a page")
    total = sum(looked.sizes.values())
    if total > MAX_SITE_BYTES * NEAR_LIMIT:
        over = total > MAX_SITE_BYTES
        message = f"the site is {said_size(total)}; GitHub Pages takes {said_size(MAX_SITE_BYTES)}"
        help = "make pictures smaller, or publish to another host"
        yield _problem("size.site", looked.folder, message, help, "error" if over else "warning")


_ALWAYS = frozenset(("CNAME", ".nojekyll", "robots.txt", "favicon.ico", "humans.txt", "ads.txt", "manifest.json"))


def _orphans(looked: Looked, crossing: Crossing) -> Iterator[Problem]:
    """Files beside articles to which nothing leads."""
    used = {
        output_path(head.card.image.src) for head in looked.site.published if head.card.image and head.card.image.src
    }
    for path, copy in sorted(looked.site.copies.items()):
        if copy.files.shown == STATIC or path in crossing.linked or path in used or basename(path) in _ALWAYS:
            continue
        message = "is published, and nothing links to it"
        help = "link to it from its article, delete it, or hide it with a leading _"
        yield _problem("file.orphan", f"{copy.files.shown}/{copy.name}", message, help, "note")


def _unused(looked: Looked, crossing: Crossing) -> Iterator[Problem]:
    """Files of the site's own themes and templates that no page uses."""
    own = {f"themes/{name}" for name in looked.site.settings.themes if (looked.root / "themes" / name).is_dir()}
    layers = [files for files in looked.scan.theme if files.shown == "templates" or files.shown in own]
    if not any(len(files.seen) for files in layers):
        return
    theme = looked.site.theme
    texts = "\n".join(template.text for template in theme.templates.values())
    texts += "\n".join(
        content.decode("utf-8", "ignore") for url, content in theme.contents.items() if url.endswith((".css", ".js"))
    )
    for name, url in sorted(theme.assets.items()):
        files = next((each for each in looked.scan.theme if f"static/{name}" in each.seen), None)
        if files in layers and output_path(url) not in crossing.linked and basename(name) not in texts:
            assert files is not None
            help = "delete it, or name it with  site.asset(…)  in a template"
            yield _problem("theme.unused", f"{files.shown}/static/{name}", "is used by no page and no template", help)
    yield from _unused_templates(looked, own, texts)


def _unused_templates(looked: Looked, own: set[str], texts: str) -> Iterator[Problem]:
    started = {f"{kind}.html" for kind in RENDERED_KINDS} | {"404.html", SOCIAL_CARD}
    started |= {
        f"{head.keys.template.removesuffix('.html')}.html"
        for head in looked.site.sources.heads.values()
        if head.keys.template
    }
    for name, template in sorted(looked.site.theme.templates.items()):
        folder = template.path.partition("/templates/")[0] if template.path.startswith("themes/") else "templates"
        if "/" in name and name.partition("/")[0] in looked.site.settings.themes:
            continue  # the same file under its theme's name
        if (
            (folder == "templates" or folder in own)
            and name not in started
            and f'"{name}"' not in texts
            and f"'{name}'" not in texts
        ):
            message = "is a template that no page starts from and no other template names"
            yield _problem("theme.unused", template.path, message, "delete it, or include it where it belongs")
