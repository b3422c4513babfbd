"""`sitegen schema`: JSON Schemas of the config and of front matter."""

import json

import click
import msgspec

from sitegen.cli.shared import Globals, global_options


@click.command("schema", epilog="Example:  sitegen schema config > sitegen.schema.json")
@global_options
@click.argument(
    "what",
    type=click.Choice(("config", "front-matter", "stories")),
    required=False,
    metavar="[config|front-matter|stories]",
)
@click.option("--install", is_flag=True, help="Write all, with settings and snippets for VS Code, into .vscode/.")
def command(settings: Globals, *, what: str | None, install: bool) -> int:
    """Print the JSON Schema of sitegen.yaml (config), of the lines at the top of an article (front-matter), or of
    stories.yaml (stories).

    Editors use it to complete keys, explain them and mark what is wrong. Without a name all are printed, in one object
    with the keys config, front-matter and stories. No site is needed, but for --install.
    """
    if install:
        return _install(settings)
    from sitegen.config import config_schema, curation_schema  # noqa: PLC0415 -- heavy
    from sitegen.content.frontmatter import front_matter_schema  # noqa: PLC0415

    schemas = {"config": config_schema, "front-matter": front_matter_schema, "stories": curation_schema}
    settings.show_json(schemas[what]() if what else {name: schema() for name, schema in schemas.items()})
    return 0


def _install(settings: Globals) -> int:
    from sitegen.build.editors import SETTINGS, install_schemas  # noqa: PLC0415
    from sitegen.build.editors import settings as wanted  # noqa: PLC0415

    root, _ = settings.site()
    done = install_schemas(root)
    if settings.json:
        settings.show_json(msgspec.to_builtins(done))
        return 0
    said = {
        "wrote": "wrote",
        "updated": "brought up to date",
        "kept": "kept, since you wrote it",
        "current": "is current",
    }
    for each in done:
        settings.say(f"{each.path}  {said[each.action]}")
    if any(each.path == SETTINGS and each.action == "kept" for each in done):
        settings.say(f"\nAdd this to {SETTINGS}:\n{json.dumps(wanted(), indent=2)}")
    return 0
