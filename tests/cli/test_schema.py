"""`sitegen schema`: what editors read."""

import jsonschema
import msgspec
import pytest

from sitegen.build.new_site import plan_site
from sitegen.notation.scalars import resolve
from sitegen.notation.yaml import read_yaml


@pytest.mark.parametrize("what", ["config", "front-matter", "stories"])
def test_each_schema_is_valid_and_needs_no_site(sitegen, what):
    done = sitegen("schema", what)

    assert (done.code, done.err) == (0, "")
    jsonschema.Draft202012Validator.check_schema(done.json)
    assert all(property["description"] for property in done.json["properties"].values())


def test_without_a_name_both_are_printed_in_one_object(sitegen):
    both = sitegen("schema", "--json").json

    assert both == {what: sitegen("schema", what).json for what in ("config", "front-matter", "stories")}


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


def test_installing_writes_what_editors_read_and_keeps_what_people_wrote(site):
    first = site.run("schema", "--install")
    folder = site.root / ".vscode"
    settings = msgspec.json.decode((folder / "settings.json").read_bytes())
    schema, stories = settings["yaml.schemas"]

    assert first.code == 0
    assert msgspec.json.decode((site.root / schema).read_bytes())["title"] == "sitegen.yaml"
    assert settings["yaml.schemas"][schema] == "sitegen.yaml"
    assert settings["yaml.schemas"][stories] == "stories.yaml"
    jsonschema.Draft202012Validator.check_schema(
        msgspec.json.decode((folder / "sitegen-front-matter.schema.json").read_bytes())
    )
    for snippet in msgspec.json.decode((folder / "sitegen.code-snippets").read_bytes()).values():
        assert snippet.keys() == {"scope", "prefix", "description", "body"}
    assert all("is current" in line for line in site.run("schema", "--install").out.strip().splitlines())

    (folder / "settings.json").write_text('{"mine": 1}')
    old = (site.root / schema).read_text().replace('"type"', '"old"')
    (site.root / schema).write_text(old)
    (folder / "sitegen.code-snippets").write_text("{}")
    again = site.run("schema", "--install")

    assert "sitegen.schema.json  brought up to date" in again.out
    assert (site.root / schema).read_text() != old
    assert (folder / "settings.json").read_text() == '{"mine": 1}'
    assert (folder / "sitegen.code-snippets").read_text() == "{}"
    assert '"yaml.schemas"' in again.out


def test_every_key_of_all_schemas_is_described_at_every_depth(sitegen):
    def keys(schema, path=""):
        for name, each in schema.get("properties", {}).items():
            yield f"{path}.{name}", each
            yield from keys(each, f"{path}.{name}")
        for part in ("anyOf", "allOf", "oneOf"):
            for each in schema.get(part, ()):
                yield from keys(each, path)
        for part in ("items", "additionalProperties"):
            if isinstance(schema.get(part), dict):
                yield from keys(schema[part], path)
        for name, each in schema.get("$defs", {}).items():
            yield from keys(each, name)

    for name, schema in sitegen("schema").json.items():
        found = list(keys(schema))
        assert len(found) > (8 if name == "stories" else 20)
        assert [name for name, each in found if not each.get("description") and "$ref" not in each] == []
