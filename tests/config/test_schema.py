"""The JSON Schemas say what the readers take, with a description on every key."""

from datetime import UTC

import jsonschema
import pytest
import yaml

from sitegen.config import config_schema, load_config
from sitegen.content.frontmatter import KEYS, front_matter_schema, read_front_matter

VALIDATORS = {
    name: jsonschema.Draft202012Validator(schema)
    for name, schema in (("config", config_schema()), ("article", front_matter_schema()))
}

CONFIGS = {
    "": True,
    "title: River Post\nbase_url: https://example.org/\nlanguage: en\ntimezone: Europe/Berlin\n": True,
    "theme: [mine, gazette]\ntheme_options: {accent: blue}\n": True,
    "theme: mine\npermalink: /{slug}/\npagination: 10\nfeeds: false\nsearch: {enabled: true}\n": True,
    "authors: {jane: Jane Roe, joe: {name: Joe Doe, bio: Rows.}}\n": True,
    "taxonomies: [tags, series]\nplugins: [a, {name: b, options: {c: 1}}]\n": True,
    "feeds: {formats: [rss], limit: 5, content: full, taxonomies: tags}\n": True,
    "import: {map: {text: body}}\ndeploy: {targets: {test: {branch: test}}}\nparams: {a: [1, {b: c}]}\n": True,
    "serve:\nbuild: {drafts: true, jobs: 2}\n": True,
    "titel: x\n": False,
    "pagination: 0\n": False,
    "pagination: {size: many}\n": False,
    "feeds: {content: ful}\n": False,
    "feeds: {limt: 5}\n": False,
    "taxonomies: [topics]\n": False,
    "authors: {jane: {nmae: Jane}}\n": False,
    "serve: 8000\n": False,
    "params: [a]\n": False,
    "title: [a]\n": False,
    "- a\n": False,
}

ARTICLES = {
    "": True,
    "title: Rain\ndate: 2024-03-17\n": True,
    "title: 1984\ntags: [2024, rain]\nauthor: Jane Roe\n": True,
    "date: 2024-03-17 17:03 +03:30\nlastmod: 2024-03-17T17:03:00Z\n": True,
    "image: rain.jpg\ncover: {src: a.jpg, alt: Rain, width: 100}\n": True,
    "related: [Rain, {title: River, label: Read, url: /river/}]\n": True,
    "source: {format: text, name: a.txt, sha256: ab12, row: 3}\n": True,
    "draft: true\nstatus: draft\npublished: false\nweight: -3\nlang: pt-BR\n": True,
    "extra: {a: [1, 2]}\nmood: calm\ntags:\n": True,
    "title: [Rain]\n": False,
    "date: next tuesday\n": False,
    "draft: maybe\n": False,
    "weight: heavy\n": False,
    "tags: {a: b}\n": False,
    "lang: fa_IR\n": False,
    "related: [{titel: Rain}]\n": False,
    "image: [a, b]\n": False,
    "extra: water\n": False,
    "source: [a]\n": False,
}


class PlainDates(yaml.SafeLoader):
    """YAML as editors hand it to a schema: dates are text."""


PlainDates.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def is_valid(kind, text):
    return VALIDATORS[kind].is_valid(yaml.load(text, Loader=PlainDates))


@pytest.mark.parametrize("kind", VALIDATORS)
def test_a_schema_is_a_schema(kind):
    jsonschema.Draft202012Validator.check_schema(VALIDATORS[kind].schema)


@pytest.mark.parametrize(("text", "valid"), CONFIGS.items(), ids=CONFIGS)
def test_schema_and_reader_of_the_config_agree(text, valid):
    assert is_valid("config", text) is valid
    assert (not load_config(text)[1]) is valid


@pytest.mark.parametrize(("text", "valid"), ARTICLES.items(), ids=ARTICLES)
def test_schema_and_reader_of_front_matter_agree(text, valid):
    _, sheet = read_front_matter(text, "a.md", 2, UTC)

    assert is_valid("article", text) is valid
    assert (not sheet.broken) is valid


def keys_without_description(schema, at=""):
    for key, part in schema.get("properties", {}).items():
        if not part.get("description"):
            yield f"{at}{key}"
        yield from keys_without_description(part, f"{at}{key}.")
    parts = [*schema.get("anyOf", ()), schema.get("items"), schema.get("additionalProperties")]
    for part in parts:
        if isinstance(part, dict):
            yield from keys_without_description(part, at)


@pytest.mark.parametrize("kind", VALIDATORS)
def test_every_key_has_a_description(kind):
    assert list(keys_without_description(VALIDATORS[kind].schema)) == []


def test_the_front_matter_schema_names_every_key_and_alias():
    names = {alias for name, key in KEYS.items() for alias in (name, *key.aliases)}

    assert names <= set(front_matter_schema()["properties"])
