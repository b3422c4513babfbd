"""`sitegen clean`: what sitegen made goes, everything else stays."""

from pathlib import Path

import click

from sitegen.cli.shared import Globals, counted, global_options
from sitegen.cli.site import short_path, site_settings


@click.command("clean", epilog="Example:  sitegen clean --dry-run")
@global_options
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The folder that was built into (default: public/)."
)
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
def command(settings: Globals, *, output: Path | None, dry_run: bool) -> int:
    """Remove what sitegen itself wrote, and nothing else.

    That is the built site and the cache in .sitegen/; the next build makes both again. Files of the site that somebody
    changed since, and files that others put beside them, stay and are named; so do .sitegen/kept/ and
    .sitegen/imports/.
    """
    from sitegen.build.cleaning import plan_cleaning, run_cleaning  # noqa: PLC0415 -- heavy

    if output is None:
        root, site = site_settings(settings)
        output = root / site.config.build.output
    else:
        root, _ = settings.site()
    plan = (plan_cleaning if dry_run else run_cleaning)(root, output.absolute())
    folder = short_path(Path(plan.output))
    memory = short_path(root / ".sitegen")
    removed = [*(f"{folder}/{path}" for path in plan.remove), *(f"{memory}/{name}" for name in plan.forget)]
    changed, foreign = ([f"{folder}/{path}" for path in paths] for paths in (plan.changed, plan.foreign))
    if settings.json:
        settings.show_json({"removed": removed, "changed": changed, "foreign": foreign, "dry_run": dry_run})
        return 0
    if dry_run or settings.verbose:
        for path in removed:
            settings.say(path)
    parts = [f"{counted(len(plan.remove), 'file')} of {folder}/"] if plan.remove else []
    parts += ["the cache"] if plan.forget else []
    would = "would be " if dry_run else ""
    settings.say(f"{' and '.join(parts)} {would}removed" if parts else "there is nothing to remove")
    for paths, why in ((changed, "changed since sitegen wrote it"), (foreign, "not written by sitegen")):
        for path in paths:
            settings.say(f"kept {path}: {why}")
    return 0
