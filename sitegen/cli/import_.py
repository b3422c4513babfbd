"""`sitegen import`: raw articles into Markdown with front matter.

Invariant: conversion is imported when the command runs, so that `--help` and completion stay fast.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from sitegen.cli.progress import progress_for
from sitegen.cli.shared import Globals, global_options, shown_problems
from sitegen.errors import ConfigError, Problem, UsageError, Where


@click.command("import")
@global_options
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the Markdown goes (default: the site's content/).",
)
@click.option(
    "--format",
    "format_",
    metavar="NAME",
    default="",
    help="Read all sources as this, such as text, html or csv (default: by their content).",
)
@click.option(
    "--map",
    "maps",
    metavar="FIELD=COLUMN",
    multiple=True,
    help="Which column of a row holds a field, as in text=content. May be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to this file, as JSON."
)
@click.option("--apply-tags", is_flag=True, help="Give imported articles without tags those that are likely.")
@click.option("--fetch-images", is_flag=True, help="Copy pictures from the web; without it nothing is fetched.")
@click.option("--cluster", metavar="URL", default="", help="Work on a Dask cluster: tcp://scheduler:8786.")
@click.option("-j", "--jobs", type=click.IntRange(1, 1024), help="How many processes work (default: one a core).")
def command(
    settings: Globals,
    *,
    sources: tuple[str, ...],
    into: Path | None,
    format_: str,
    maps: tuple[str, ...],
    dry_run: bool,
    report: Path | None,
    apply_tags: bool,
    fetch_images: bool,
    cluster: str,
    jobs: int | None,
) -> int:
    """Turn raw articles into Markdown with front matter.

    SOURCE is a file, a folder, or - for standard input: raw text or a saved HTML page with one article a file, rows
    (JSONL, CSV) with one article a row, or a feed (RSS, Atom, JSON Feed) with one article an item. Title, date,
    authors, captions and related lines become front matter; what belongs to the site and not to the article is
    dropped, and the report says why. A second run writes only what changed, and never over an edit of yours.
    """
    from sitegen.cli.applying_tags import apply_suggested_tags, tagged_folder  # noqa: PLC0415
    from sitegen.config.sections import Import  # noqa: PLC0415
    from sitegen.convert.formats import READ_TODAY  # noqa: PLC0415
    from sitegen.convert.importing import ImportOptions, import_sources  # noqa: PLC0415
    from sitegen.convert.report import summary_lines  # noqa: PLC0415

    if format_ and format_ not in READ_TODAY:
        raise UsageError(_usage(f"the format {format_} is not read", f"formats read today: {', '.join(READ_TODAY)}"))
    root, target, config = _target(settings, into)
    usual = config.import_ if config else Import()
    apply_tags = apply_tags or usual.apply_tags
    if apply_tags:
        tagged_folder(root, config, target)
    bases = root / ".sitegen" / "imports"
    options = ImportOptions(
        into=target,
        bases=bases,
        comments=_comments(root, target, config),
        format=format_,
        columns={**usual.map, **_columns(maps)},
        zone=config.timezone if config else "UTC",
        dry_run=dry_run,
        fetch=_fetcher(bases) if (fetch_images or usual.fetch_images) and not dry_run else None,
    )
    _check_sources(sources)
    with progress_for(settings) as progress, _pool(cluster, jobs) as pool:
        done = import_sources(sources, options, pool=pool, progress=progress, waiting=lambda: _waiting(settings))
    shown_problems(done.problems, color=settings.color)
    if report is not None:
        _write_report(report, done)
    if settings.json:
        _print_report(done)
    else:
        for line in summary_lines(done, _shown(target)):
            settings.say(line)
    if apply_tags and not dry_run:
        apply_suggested_tags(settings, tagged_folder(root, config, target), (one.outcome.place for one in done.done))
    return 1 if done.failed else 0


def _waiting(settings: Globals) -> None:
    settings.tell("another import into this folder is running; waiting for it to end")


@contextmanager
def _pool(cluster: str, jobs: int | None) -> Iterator[Any]:
    """Where reading and inferring run."""
    from sitegen.build.pool import Processes  # noqa: PLC0415

    if cluster:
        from sitegen.build.cluster import join_cluster  # noqa: PLC0415

        pool, close = join_cluster(cluster)
        try:
            yield pool
        finally:
            close()
        return
    yield Processes(jobs or os.cpu_count() or 1)  # one reads in a process of its own, too, which a bound can end


def _fetcher(bases: Path) -> Any:
    from sitegen.convert.sources.fetching import Fetcher  # noqa: PLC0415

    return Fetcher(bases / "pictures")


def _usage(message: str, help: str) -> Problem:
    return Problem(code="usage.import", where=Where(""), message=message, help=help)


def _columns(maps: tuple[str, ...]) -> dict[str, str]:
    from sitegen.convert.readers.rows import FIELDS  # noqa: PLC0415

    out: dict[str, str] = {}
    for pair in maps:
        field, mark, column = pair.partition("=")
        if not mark or not column.strip() or field.strip() not in FIELDS:
            raise UsageError(
                _usage(
                    f'--map: expected FIELD=COLUMN, found "{pair}"',
                    f"fields are {', '.join(FIELDS)}; write  --map text=content",
                )
            )
        out[field.strip()] = column.strip()
    return out


def _check_sources(sources: tuple[str, ...]) -> None:
    missing = [source for source in sources if source != "-" and not Path(source).exists()]
    if missing:
        raise UsageError(
            Problem(
                code="usage.import",
                where=Where(source),
                message="there is no such file or folder",
                help="check the path; quote it if it holds spaces",
            )
            for source in missing
        )


def _target(settings: Globals, into: Path | None) -> tuple[Path, Path, Any]:
    """The folder that keeps `.sitegen/`, the folder that is written to, and the site's config; None without a site."""
    try:
        root, config_path = settings.site()
    except UsageError:
        if into is None:
            raise UsageError(
                _usage(
                    "there is no site here to import into",
                    "name a folder with  --into DIR , or make a site with  sitegen init DIR",
                )
            ) from None
        return into, into, None
    config = _config(config_path)
    target = into if into is not None else root / config.build.content
    inside = target.resolve().is_relative_to(root.resolve())
    return (root if inside else target), target, config


def _comments(root: Path, target: Path, config: Any) -> Path:
    """Where comments go: named as the build names the articles, by their path below the content folder."""
    talk = root / "data" / "comments"
    content = root / config.build.content if config else target
    inside = target.resolve().is_relative_to(content.resolve())
    return talk / target.resolve().relative_to(content.resolve()) if inside else talk


def _config(path: Path) -> Any:
    from zoneinfo import available_timezones  # noqa: PLC0415

    from sitegen.config import load_config  # noqa: PLC0415

    config, problems = load_config(path.read_bytes(), str(path))
    errors = [problem for problem in problems if problem.is_error]
    if errors:
        raise ConfigError(errors)
    if config.timezone not in available_timezones():
        raise ConfigError(
            Problem(
                code="config.timezone",
                where=Where(str(path)),
                message=f"timezone: there is no zone {config.timezone}",
                help="write a name such as Europe/Berlin",
            )
        )
    return config


def _write_report(path: Path, done: Any) -> None:
    from sitegen.convert.report import json_pieces  # noqa: PLC0415

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(json_pieces(done))
    except OSError as error:
        raise UsageError(
            _usage(f"--report: {path} cannot be written: {error.strerror}", "choose another file")
        ) from None


def _print_report(done: Any) -> None:
    from sitegen.convert.report import json_pieces  # noqa: PLC0415

    for piece in json_pieces(done):
        click.echo(piece.decode(), nl=False)


def _shown(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve())) + "/"
    except ValueError:
        return str(path)
