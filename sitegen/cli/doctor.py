"""`sitegen doctor`: what this site's GitHub Pages state should be, and what contradicts it."""

import click
import msgspec

from sitegen.build.settings import read_settings
from sitegen.cli.shared import Globals, counted, global_options, shown_problems
from sitegen.deploy.doctor import examine, look


@click.command("doctor")
@global_options
def command(settings: Globals) -> int:
    """Say what this site's GitHub Pages state should be, and what contradicts it.

    Nothing is asked of the network, and nothing is changed: the config, the repository and what was last fetched are
    all that is looked at. Exit code 1 when something is wrong; warnings leave it at 0.
    """
    root, config = settings.site()
    diagnosis = examine(look(root, read_settings(config.read_bytes(), config.name, None)))
    if settings.json:
        settings.show_json(
            {
                "expected": dict(diagnosis.expected),
                "findings": msgspec.to_builtins(diagnosis.findings),
                "well": diagnosis.is_well,
            }
        )
        return 0 if diagnosis.is_well else 1
    for name, value in diagnosis.expected:
        settings.say(f"{name + ':':<11} {value}")
    shown_problems(diagnosis.findings, color=settings.color)
    errors = sum(finding.is_error for finding in diagnosis.findings)
    if errors:
        settings.tell(f"\n{counted(errors, 'thing')} to mend")
    else:
        settings.say("nothing contradicts it")
    return 0 if diagnosis.is_well else 1
