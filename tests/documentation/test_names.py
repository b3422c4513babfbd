"""The guide names all that the program declares, as it declares it, and nothing that is not there."""

import re
from datetime import UTC

import pytest
import yaml

from sitegen.catalog import ordering
from sitegen.check.codes import CODES, Code
from sitegen.check.formats import FORMATS
from sitegen.cli import cli
from sitegen.cli.list_ import WHAT
from sitegen.config import load_config
from sitegen.content.frontmatter import KEYS, PASSED, SPECIAL, read_front_matter
from sitegen.content.kinds import IMAGE_KEYS, RELATED_KEYS, SOURCE
from sitegen.content.markdown_rules.alerts import KINDS
from sitegen.content.markdown_rules.attributes import NAMES
from sitegen.content.permalinks import PLACEHOLDERS
from sitegen.convert.formats import READ_TODAY
from sitegen.convert.readers.rows import DEFAULT_COLUMNS
from sitegen.model import Card, Heading, Image, Label, Moment
from sitegen.theme import shown, view
from sitegen.theme.addresses import Base
from sitegen.theme.filters import filters_for
from sitegen.theme.manifest import _KEYS as MANIFEST_KEYS
from sitegen.theme.manifest import _TYPES as OPTION_TYPES
from tests.documentation.declared import arguments, commands, fields, first_sentence, flags, queries, settings
from tests.documentation.guide import GUIDE, PAGES, blocks, first_column, named, prose, rows, section

COMMANDS = commands()
EVERYWHERE = flags(COMMANDS["sitegen init"])  # `init` has no flag of its own


# Commands


def test_the_guide_has_a_section_for_every_command_and_for_no_other():
    headings = re.findall(r"^##+ (sitegen .+)$", prose("commands"), re.MULTILINE)

    assert sorted(headings) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_described_with_its_arguments_and_exactly_its_flags(name):
    level = "##" if name.count(" ") == 1 else "###"
    text = section("commands", f"{level} {name}")
    text = text.split("\n### ")[0]
    table = [flag.split()[0] for flag in first_column(text) if flag.startswith("-")]

    assert sorted(table) == sorted(set(flags(COMMANDS[name])) - set(EVERYWHERE))
    usage = " ".join(named(text))
    assert all(
        (argument.metavar or argument.name or "").strip("[]").upper() in usage.upper()
        for argument in arguments(COMMANDS[name])
    )


def test_the_flags_of_every_command_are_listed_once():
    listed = [flag.split()[0] for flag in first_column(section("commands", "## Flags of every command"))]

    assert sorted(listed) == sorted(EVERYWHERE)
    assert all(set(EVERYWHERE) <= set(flags(command)) for command in COMMANDS.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_flag_is_described_as_its_help_describes_it(name):
    said = {flag.split()[0]: row[1] for row in rows(prose("commands")) for flag in named(row[0])}
    for option in COMMANDS[name].params:
        help = getattr(option, "help", None)
        if help and "--help" not in option.opts and option.opts[0] in EVERYWHERE:
            assert said[option.opts[0]] == help
    own = (
        {flag.split()[0]: row[1] for row in rows(section("commands", f"## {name}")) for flag in named(row[0])}
        if name.count(" ") == 1
        else {}
    )
    for option in COMMANDS[name].params:
        help = getattr(option, "help", None)
        if help and "--help" not in option.opts and option.opts[0] not in EVERYWHERE:
            assert {own[flag] for flag in option.opts} == {help}


def test_what_list_can_list_is_listed():
    listed = first_column(section("commands", "## sitegen list"))

    assert [what for what in listed if not what.startswith("-")] == list(WHAT)


@pytest.mark.parametrize("page", PAGES)
def test_the_guide_names_no_flag_that_does_not_exist(page):
    known = {flag for command in COMMANDS.values() for flag in flags(command)} | {"--version", "--help", "-h"}
    said = {
        word.rstrip(".,:;)")
        for code in named(prose(page))
        if code.startswith(("sitegen ", "-"))
        for word in code.split()
        if re.fullmatch(r"-[A-Za-z]|--[a-z][a-z-]+", word)
    }

    assert said <= known


@pytest.mark.parametrize("page", PAGES)
def test_the_guide_names_no_command_that_does_not_exist(page):
    groups = set(cli.list_commands(None))  # type: ignore[arg-type]
    said = {found[1] for code in named(prose(page)) if (found := re.match(r"sitegen ([a-z][a-z-]*)", code))}

    assert said <= groups


# Settings


def test_every_setting_stands_in_the_guide_as_the_program_declares_it():
    wanted = [(s.name, s.type, s.default, s.description) for s in settings() if s.type != "section"]
    listed = [(named(row[0])[0], *row[1:]) for row in rows(prose("configuration")) if len(row) == 4]

    assert sorted(listed) == sorted(wanted)


@pytest.mark.parametrize("page", PAGES)
def test_the_guide_names_no_setting_that_does_not_exist(page):
    known = {setting.name for setting in settings()} | set(CODES)
    sections = {setting.name for setting in settings() if setting.type == "section"}
    said = {code for code in named(prose(page)) if re.fullmatch(r"(\w+)\.[a-z_]+", code)}

    assert {n for n in said if n.partition(".")[0] in sections and not n.endswith((".html", ".yaml"))} <= known


SHOWN = [
    block
    for block in blocks("configuration") + blocks("themes")
    if block.info == ("yaml",) and not block.text.startswith("newer:")  # a theme's words
]


@pytest.mark.parametrize("block", SHOWN)
def test_settings_that_the_guide_shows_are_valid(block):
    _, problems = load_config(block.text)

    assert problems == ()


@pytest.mark.parametrize("block", [block for block in blocks("writing") if block.info == ("yaml",)])
def test_front_matter_that_the_guide_shows_is_valid(block):
    _, sheet = read_front_matter(block.text, "guide.md", 1, UTC)

    assert sheet.problems == []


def test_every_section_of_the_config_has_a_heading():
    headings = set(re.findall(r"^## (\w+)$", prose("configuration"), re.MULTILINE))

    assert {s.name for s in settings() if s.type == "section"} <= headings


def test_the_parts_of_permalinks_are_listed():
    listed = {row[0]: row[1] for row in rows(section("configuration", "## permalink")) if len(row) == 2}

    assert listed == {f"`{{{name}}}`": text for name, text in PLACEHOLDERS.items()}


# Front matter


def test_every_key_of_the_front_matter_stands_in_the_guide_with_its_aliases():
    listed = {
        row[0].strip("`"): (row[1], tuple(named(row[2])))
        for row in rows(section("writing", "## Every key"))
        if len(row) == 3
    }

    assert listed == {name: (key.description, key.aliases) for name, key in KEYS.items()}


def test_the_other_keys_that_are_understood_stand_below_them():
    listed = {row[0].strip("`") for row in rows(section("writing", "## Every key")) if len(row) == 2}

    assert listed == {*SPECIAL, *PASSED}


@pytest.mark.parametrize(
    ("page", "heading", "declared"),
    [
        ("writing", "## Images", IMAGE_KEYS),
        ("writing", "## Related articles", RELATED_KEYS),
        (
            "importing",
            "## Provenance",
            {name: part["description"] for name, part in SOURCE["anyOf"][1]["properties"].items()},
        ),
    ],
)
def test_the_parts_of_a_mapping_are_listed(page, heading, declared):
    assert {row[0].strip("`"): row[1] for row in rows(section(page, heading))} == declared


# Markdown and import


def test_the_attributes_that_may_be_set_are_listed():
    said = set(named(section("markdown", "## Attributes")))

    assert {"id", "class", *NAMES} <= said


def test_all_kinds_of_alerts_are_listed():
    assert {kind.upper() for kind in KINDS} <= set(named(section("markdown", "## Alerts")))


def test_the_formats_that_are_read_today_are_listed():
    assert sorted(first_column(prose("importing").split("\n## ")[0])) == sorted(READ_TODAY)


def test_the_columns_that_rows_are_searched_for_are_listed():
    listed = {row[0].strip("`"): tuple(named(row[1])) for row in rows(section("importing", "## Rows"))}

    assert listed == DEFAULT_COLUMNS


# Themes


def test_every_question_stands_in_the_guide_with_its_parameters_and_its_docstring():
    listed = {row[0].strip("`").removeprefix("site."): row[1] for row in rows(section("themes", "## Questions"))}

    declared = queries(view.SiteView)
    assert listed == {shown: first_sentence(getattr(view.SiteView, name).__doc__) for name, shown in declared.items()}


def test_every_variable_of_a_template_stands_in_the_guide():
    listed = first_column(section("themes", "## Variables"))

    listed_of_page = sorted(name for name in listed if name.startswith("page."))
    assert listed_of_page == sorted(f"page.{f}" for f in fields(shown.Page))
    assert sorted(name for name in listed if name.startswith("article.")) == sorted(
        f"article.{f}" for f in fields(shown.Entry)
    )


def test_the_fields_of_cards_and_of_the_smaller_values_are_listed():
    text = section("themes", "## Variables")
    cards = next(line for line in text.splitlines() if line.startswith("Lists hold"))
    small = {row[0]: named(row[1]) for row in rows(text)}

    assert named(cards) == fields(Card)
    for value in (Moment, Image, Label, Heading, shown.Pager, shown.Feed, shown.Related, shown.Period, *CALENDAR):
        assert small[value.__name__] == fields(value)


CALENDAR = (ordering.Term, ordering.Year, ordering.Month, ordering.Day)


def test_every_filter_stands_in_the_guide():
    assert first_column(section("themes", "## Filters")) == list(filters_for(Base(), str))


def test_the_templates_of_a_complete_theme_are_listed(root):
    listed = {name for name in first_column(section("themes", "## Writing a theme")) if name.endswith(".html")}

    assert listed == {path.name for path in (root / "themes" / "plain" / "templates").glob("*.html")}


@pytest.mark.parametrize("theme", ["gazette", "plain"])
def test_the_options_of_the_themes_that_ship_are_listed(root, theme):
    declared = yaml.safe_load((root / "themes" / theme / "theme.yaml").read_text("utf-8"))["options"]
    text = section("themes", "## Options").partition(f"The options of {theme}:")[2].partition("The options of")[0]

    assert {row[0].strip("`"): row[3] for row in rows(text)} == {n: o["description"] for n, o in declared.items()}


def test_the_keys_of_a_manifest_and_the_types_of_options_are_listed():
    text = section("themes", "## Writing a theme")

    assert set(MANIFEST_KEYS) <= set(first_column(text))
    assert set(OPTION_TYPES) <= set(named(text))


# Publishing


def test_the_workflow_in_the_guide_uses_the_actions_of_the_workflow_that_publishes_this_site(root):
    ours = (root / ".github" / "workflows" / "pages.yml").read_text("utf-8")
    shown = next(block.text for block in blocks("publishing") if block.text.startswith("name: Pages"))

    assert yaml.safe_load(shown)["jobs"].keys() == yaml.safe_load(ours)["jobs"].keys()
    assert re.findall(r"uses: (\S+)", shown) == re.findall(r"uses: (\S+)", ours)


# Checking


def test_every_code_of_a_finding_is_listed_as_the_program_declares_it():
    listed = {
        row[0].strip("`"): Code(*row[1:]) for row in rows(section("checking", "## Every finding")) if len(row) == 4
    }

    assert listed == CODES


def test_the_formats_of_findings_are_listed():
    assert set(FORMATS) <= set(named(section("commands", "## sitegen check")))


# The guide itself


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_of_the_guide_lead_to_pages_and_headings(page):
    for target, fragment in re.findall(r"\]\(([\w-]+)\.md(?:#([\w-]+))?\)", prose(page)):
        assert target in PAGES
        headings = [
            heading.lower().replace(" ", "-")
            for heading in re.findall(r"^##+ (.+?)(?: \{.*\})?$", PAGES[target], re.MULTILINE)
        ]
        assert not fragment or fragment in headings


def test_the_front_page_maps_every_page_and_the_order_is_that_of_the_map():
    mapped = [target for row in rows(prose("index")) for target in re.findall(r"\((\w+)\.md\)", row[0])]
    weights = {page: int(re.findall(r"^weight: (\d+)$", text, re.MULTILINE)[0]) for page, text in PAGES.items()}

    assert ["index", *mapped] == sorted(weights, key=lambda page: weights[page])
    assert len(set(weights.values())) == len(list(GUIDE.glob("*.md")))
