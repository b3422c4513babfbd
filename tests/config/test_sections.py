"""sitegen.yaml: defaults, shorthands, and what is taken as it was meant."""

from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.config import Config, load_config
from sitegen.config.parsing import parse_settings
from sitegen.config.sections import Author, Plugin
from sitegen.digest import digest_value


class Berlin:
    """A time-zone database of one zone."""

    def find(self, name):
        return ZoneInfo("UTC") if name == "Europe/Berlin" else None

    def names(self):
        return ("Europe/Berlin",)


def load(text):
    config, problems = load_config(text, zones=Berlin())
    assert not problems, problems
    return config


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing yet\n", "---\n", "title:\nfeeds:\n", "{}", "\ufeff", b"\xef\xbb\xbf"]
)
def test_an_empty_file_is_the_default_config(text):
    assert load(text) == Config()


@pytest.mark.parametrize(
    ("text", "section", "attribute", "value"),
    [
        ("feeds: false", "feeds", "enabled", False),
        ("search: false", "search", "enabled", False),
        ("archives: {day: false}", "archives", "day", False),
        ("pagination: 5", "pagination", "size", 5),
        ("pagination: {size: 5}", "pagination", "size", 5),
        ("permalink: /{slug}/", "permalink", "article", "/{slug}/"),
        ("permalink: {page: '/{slug}/'}", "permalink", "article", "/{year}/{month}/{slug}/"),
        ("feeds: {formats: rss}", "feeds", "formats", ("rss",)),
        ("images: {widths: [100, 200]}", "images", "widths", (100, 200)),
        ("build: {output: out/}", "build", "output", "out"),
        ("import: {map: {text: body}}", "import_", "map", {"text": "body"}),
        ("serve: {allow_hosts: [preview.test]}", "serve", "allow_hosts", ("preview.test",)),
    ],
)
def test_a_section_is_read_in_short_and_in_full(text, section, attribute, value):
    assert getattr(getattr(load(text), section), attribute) == value


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://example.org", "https://example.org/"),
        ("https://Example.ORG/a", "https://example.org/a/"),
        ("http://localhost:8000/", "http://localhost:8000/"),
        ("https://example.org/a/b//", "https://example.org/a/b/"),
        ("HTTPS://example.org/", "https://example.org/"),
        ("https://münchen.example/", "https://münchen.example/"),
        ("http://[::1]:8000/", "http://[::1]:8000/"),
    ],
)
def test_a_base_url_ends_with_one_slash(written, meant):
    assert load(f"base_url: {written}").base_url == meant


def test_lists_take_a_lone_value_and_mappings_their_shorthand():
    config = load(
        "theme: mine\nplugins: [a, {name: b, options: {x: 1}}]\nauthors: {jane: Jane Roe, joe: {name: Joe}}\n"
    )

    assert config.theme == ("mine",)
    assert config.plugins == (Plugin(name="a"), Plugin(name="b", options={"x": 1}))
    assert config.authors == {"jane": Author(name="Jane Roe"), "joe": Author(name="Joe")}


def test_text_stays_text_and_params_are_typed():
    config = load(
        "title: 1.10\ndescription: no\nparams: {a: 1.10, b: no, c: '5', d: [true, ~]}\ntheme_options: {x: 5}\n"
    )

    assert (config.title, config.description) == ("1.10", "no")
    assert config.params == {"a": 1.1, "b": "no", "c": "5", "d": [True, None]}
    assert config.theme_options == {"x": 5}


def test_a_time_zone_is_looked_up_where_there_is_a_database_and_else_checked_for_its_shape():
    assert load("timezone: Europe/Berlin").timezone == "Europe/Berlin"
    assert load("timezone: UTC").timezone == "UTC"
    assert load_config("timezone: Mars/Olympus")[0].timezone == "Mars/Olympus"
    assert load_config("timezone: '../etc/passwd'")[1]


def test_a_faulty_key_has_its_default_and_the_others_are_kept():
    config, problems = load_config("title: River Post\npagination: many\nfeeds: {limit: 0, content: full}\n")

    assert len(problems) == 2
    assert config.title == "River Post"
    assert config.pagination.size == 20
    assert (config.feeds.limit, config.feeds.content) == (20, "full")


def test_each_section_is_digested_alone():
    one, two = load("title: a"), load("title: a\ndeploy: {branch: main}\n")

    assert digest_value(one.feeds) == digest_value(two.feeds)
    assert digest_value(one.deploy) != digest_value(two.deploy)
    assert digest_value(parse_settings(one)) == digest_value(parse_settings(two))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(two), type=Config) == two


def test_line_ends_and_wrong_bytes_are_treated_as_in_articles():
    assert load("title: a\r\nlanguage: fa\r\n") == load(b"title: a\nlanguage: fa\n")
    _, (problem,) = load_config(b"title: W\xe4sser\n")
    assert (problem.where.line, problem.where.column) == (1, 9)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
def test_no_config_raises(content):
    config, problems = load_config(content, zones=Berlin())

    assert isinstance(config, Config)
    assert all(problem.help for problem in problems)


KEYS = st.sampled_from([*Config.__struct_fields__, "import", "enabled", "size", "limit", "article", "name", "base_url"])
VALUES = st.recursive(
    st.sampled_from(["true", "no", "5", "-1", "x", "'{slug}'", "/{slug}/", "", "~", "https://a.b", "1.5", "[]", "{}"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]")
        | st.dictionaries(KEYS, inner, max_size=3).map(
            lambda parts: "{" + ", ".join(f"{key}: {part}" for key, part in parts.items()) + "}"
        )
    ),
    max_leaves=6,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_values_of_any_shape_give_a_config_of_the_right_types(parts):
    config, _ = load_config("".join(f"{key}: {value}\n" for key, value in parts.items()), zones=Berlin())

    assert msgspec.convert(msgspec.to_builtins(config), type=Config) == config
