"""`sitegen schema`: JSON Schemas of the config and of front matter."""

import click

from sitegen.cli.shared import Globals, global_options


@click.command("schema", epilog="Example:  sitegen schema config > sitegen.schema.json")
@global_options
@click.argument("what", type=click.Choice(("config", "front-matter")), required=False, metavar="[config|front-matter]")
def command(settings: Globals, *, what: str | None) -> int:
    """Print the JSON Schema of sitegen.yaml (config), or of the lines at the top of an article (front-matter).

    Editors use it to complete keys, explain them and mark what is wrong. Without a name both are printed, in one object
    with the keys config and front-matter. No site is needed.
    """
    from sitegen.config import config_schema  # noqa: PLC0415 -- heavy
    from sitegen.content.frontmatter import front_matter_schema  # noqa: PLC0415

    schemas = {"config": config_schema, "front-matter": front_matter_schema}
    settings.show_json(schemas[what]() if what else {name: schema() for name, schema in schemas.items()})
    return 0
