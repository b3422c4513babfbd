"""`sitegen why OUTPUT`: what an output read, and why the last build did or did not make it again."""

import os
from array import array

import click

from sitegen.build.options import BuildOptions
from sitegen.build.session import Session
from sitegen.build.tracing import Memory, said_key, said_of
from sitegen.catalog.outputs import output_path
from sitegen.cli.shared import Globals, global_options
from sitegen.errors import Problem, UsageError, Where
from sitegen.notation.words import near


@click.command("why")
@global_options
@click.argument("output")
def command(settings: Globals, *, output: str) -> int:
    """Say what OUTPUT was made from, and why the last build did or did not make it again.

    OUTPUT is a path in the output folder (2024/03/hello/index.html) or an address of the site (/2024/03/hello/).
    """
    root, config = settings.site()
    with Session(root, config, BuildOptions(jobs=os.cpu_count() or 1)) as session:
        memory = session.remembered()
        path = _path_of(output, memory)
        record = memory.records[path]
        keys = memory.ledger.keys(array("I", memory.traces[path]))
        made_now = path in session.last_rendered()
    reads = [said_key(key) for key in keys]
    if settings.json:
        settings.show_json(
            {"output": path, "made_by": record.made, "made_in_last_build": made_now, "why": record.why, "reads": reads}
        )
        return 0
    settings.say(f"{path} is {said_of(record.made)}")
    if record.made == "file":
        settings.say("it is copied as it is, whenever its bytes differ")
        return 0
    verdict = "the last build made it again" if made_now else "the last build left it as it was; it was last made"
    settings.say(f"{verdict} because: {'; '.join(record.why) or 'of an earlier version'}")
    if reads:
        settings.say("it reads, in this order:")
    for line in reads:
        settings.say(f"  {line}")
    return 0


def _path_of(output: str, memory: Memory) -> str:
    for path in (output, output_path(output), output_path(output.rstrip("/") + "/")):
        if path.lstrip("/") in memory.records:
            return path.lstrip("/")
    best = near(output, memory.records) if memory.records else ""
    raise UsageError(
        Problem(
            code="usage.output-unknown",
            where=Where(output),
            message="the last build made no such output" if memory.records else "this site has not been built yet",
            help=f"did you mean {best}?" if best else "build first;  sitegen list urls  shows every address",
        )
    )
