"""The search index: Pagefind's indexer over a folder of small documents, and its files in their one form.

Invariant: the index follows from the articles' texts, titles, dates and labels; a theme moves none of its bytes. The
indexer is a program from a wheel (`pagefind[extended]`): it is looked for here and nowhere else.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from sitegen.build.extras import SEARCH, CannotMakeError, Extra
from sitegen.build.search_bytes import ENTRY, in_order
from sitegen.build.search_parts import joined_parts
from sitegen.build.work import Head
from sitegen.catalog.outputs import SEARCH_FOLDER, output_path
from sitegen.digest import digest_bytes
from sitegen.errors import Problem, Where
from sitegen.model import Body

NOTHING = {ENTRY: b'{"version":"","languages":{},"include_characters":[]}'}  # the index of a site without any text
LONGEST_S = 3600  # 5,000 articles take 20 s; a site of any size is done or stuck by then


@cache
def indexer() -> Path | None:
    """The indexer's program; None where its wheel is not installed."""
    try:
        # only a build with new text needs it
        from pagefind_bin_extended import get_executable  # type: ignore[import-untyped]  # noqa: PLC0415

        found: Path = get_executable()
    except (ImportError, FileNotFoundError):
        return None
    return found


def search_extra(
    heads: Iterable[Head], body_of: Callable[[Head], Body], language: str, memory: Path, work: str
) -> Extra:
    """The index of these articles and pages. `memory` is `.sitegen/`; `work` a folder in it that is made, used and
    removed.
    """
    listed = list(heads)
    parts = {f"the text of {h.id}": digest_bytes(h.card_digest + h.body_digest) for h in listed}
    parts["the language of the site"] = language.encode()

    def indexed(part: Sequence[Head]) -> dict[str, bytes]:
        return index(((head.url, head, body_of(head)) for head in part), language, memory / work)

    def make() -> Iterator[tuple[str, bytes]]:
        for path, content in joined_parts(listed, language, memory, indexed):
            yield f"{SEARCH_FOLDER}/{path}", content

    return Extra(name=SEARCH, at=f"{SEARCH_FOLDER}/", parts=parts, make=make)


def index(documents: Iterable[tuple[str, Head, Body]], language: str, folder: Path) -> dict[str, bytes]:
    """The files of the index by path below its folder. Cost: 0.4 s and 4 ms an article of 400 words; 0.2 MB of memory
    an article. Raises: CannotMakeError.
    """
    from sitegen.theme.search_text import search_text  # noqa: PLC0415

    program = indexer()
    if program is None:
        raise CannotMakeError(_missing())
    shutil.rmtree(folder, ignore_errors=True)
    try:
        for url, head, body in documents:
            place = folder / "pages" / output_path(url)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(search_text(head.card, body, language), "utf-8")
        if not folder.exists():
            return NOTHING
        _run(program, folder)
        made = folder / "index"
        files = {p.relative_to(made).as_posix(): p.read_bytes() for p in made.rglob("*") if p.is_file()}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    try:
        return in_order(files)
    except (ValueError, KeyError, IndexError) as error:
        raise CannotMakeError(_failed(f"it wrote an index of another form ({error})")) from error


def _run(program: Path, folder: Path) -> None:
    """Run the indexer; it must not read a settings file or an environment that is not this site's."""
    import subprocess  # noqa: PLC0415 -- a build with the same texts runs nothing

    plain = {name: value for name, value in os.environ.items() if not name.upper().startswith("PAGEFIND")}
    command = [str(program), "--site", str(folder / "pages"), "--output-path", str(folder / "index"), "--silent"]
    try:
        done = subprocess.run(  # noqa: S603 -- our own wheel's program
            command,
            cwd=folder,
            env=plain,
            check=False,
            capture_output=True,
            timeout=LONGEST_S,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotMakeError(_failed(str(error))) from error
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise CannotMakeError(_failed(said[-1] if said else f"it ended with {done.returncode}"))


def _missing() -> Problem:
    return Problem(
        code="search.missing",
        where=Where(""),
        message="the site cannot be searched: Pagefind is not installed",
        help="install it with  pip install 'pagefind[extended]', or say  search: false  in sitegen.yaml",
        severity="warning",
    )


def _failed(said: str) -> Problem:
    return Problem(
        code="search.failed",
        where=Where(""),
        message=f"the site cannot be searched: Pagefind failed: {said}",
        help="report it with the article that it stumbled over, or say  search: false  in sitegen.yaml",
        severity="warning",
    )
