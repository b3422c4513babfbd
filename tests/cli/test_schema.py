"""`sitegen schema`: what editors read."""

import jsonschema
import pytest

from sitegen.build.new_site import plan_site
from sitegen.notation.scalars import resolve
from sitegen.notation.yaml import read_yaml


@pytest.mark.parametrize("what", ["config", "front-matter"])
def test_each_schema_is_valid_and_needs_no_site(sitegen, what):
    done = sitegen("schema", what)

    assert (done.code, done.err) == (0, "")
    jsonschema.Draft202012Validator.check_schema(done.json)
    assert all(property["description"] for property in done.json["properties"].values())


def test_without_a_name_both_are_printed_in_one_object(sitegen):
    both = sitegen("schema", "--json").json

    assert both == {what: sitegen("schema", what).json for what in ("config", "front-matter")}


def test_what_init_writes_fits_the_schemas(sitegen):
    schemas = sitegen("schema").json
    files = plan_site("A site", 1_710_000_000)
    config = resolve(read_yaml(files["sitegen.yaml"], "sitegen.yaml").value)
    article = next(text for name, text in files.items() if name.endswith("welcome.md"))
    matter = resolve(read_yaml(article.split("---\n")[1], "welcome.md").value)

    jsonschema.validate(config, schemas["config"])
    jsonschema.validate(matter, schemas["front-matter"])


def test_an_unknown_schema_is_exit_2(sitegen):
    done = sitegen("schema", "article")

    assert (done.code, done.out) == (2, "")
