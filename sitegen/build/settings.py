"""The config as a build uses it: each part that something reads, as a value of its own.

Invariant: what is not named here can change without a page being made again.
"""

from collections.abc import Iterable
from datetime import UTC, tzinfo
from functools import cache
from typing import Any

import msgspec

from sitegen.build.typesetting import can_typeset, missing
from sitegen.catalog.outputs import OutputPlan
from sitegen.config import Config, load_config
from sitegen.config.parsing import parse_settings
from sitegen.content.parsing import ParseSettings
from sitegen.content.script import direction_of_language
from sitegen.digest import digest_value
from sitegen.errors import ConfigError, Problem, Where
from sitegen.notation.yaml import Composed, read_yaml
from sitegen.plugins import NO_PLUGINS, PluginError, Plugins, PluginUse
from sitegen.theme.addresses import Base
from sitegen.theme.feeds import FeedFacts
from sitegen.theme.shown import SiteFacts


class SiteSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the config says, sorted by who reads it. `option_lines` are the lines of `theme_options` in the config."""

    path: str
    config: Config
    parse: ParseSettings
    parse_digest: bytes
    base: Base
    facts: SiteFacts
    feed: FeedFacts
    plan: OutputPlan
    themes: tuple[str, ...]
    theme_options: dict[str, Any]
    option_lines: dict[str, int]
    fonts: tuple[str, ...] = ()  # of social cards, below static/
    plugins: tuple[PluginUse, ...] = ()
    loaded: Plugins = NO_PLUGINS
    problems: tuple[Problem, ...] = ()

    @property
    def relates(self) -> bool:
        """Whether anything asks which articles are related."""
        return self.facts.related > 0 or self.plan.stories


class MachineZones:
    """The time zones that this machine, or the tzdata package, knows."""

    def find(self, name: str) -> tzinfo | None:
        """The rules of a zone; None when there is no such zone."""
        try:
            return zone_of(name)
        except (LookupError, ValueError, OSError):
            return None

    def names(self) -> Iterable[str]:
        """All zones there are."""
        from zoneinfo import available_timezones  # noqa: PLC0415 -- see `zone_of`

        return available_timezones()


@cache
def zone_of(name: str) -> tzinfo:
    """The rules of a time zone that a config has been checked for. Raises: KeyError, ValueError, OSError."""
    if name == "UTC":  # which has no rules: a site in this zone is spared the looking for them, 3 ms
        return UTC
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return ZoneInfo(name)


def read_settings(content: bytes, path: str, base_url: str | None, composed: Composed | None = None) -> SiteSettings:
    """The settings in a config file; `base_url` is the command line's. Raises: ConfigError with every fault."""
    config, problems = load_config(content, path, zones=MachineZones(), composed=composed)
    if base_url is not None:
        checked, wrong = load_config(f'base_url: "{base_url}"', "--base-url")
        problems = (*problems, *(msgspec.structs.replace(each, where=Where("--base-url")) for each in wrong))
        config = msgspec.structs.replace(config, base_url=checked.base_url)
    if any(problem.is_error for problem in problems):
        raise ConfigError(problems)
    uses, loaded = _plugins(config, path)
    parse = parse_settings(config, uses)
    feeds = config.feeds if config.feeds.enabled else msgspec.structs.replace(config.feeds, formats=(), taxonomies=())
    archives = config.archives
    outputs = config.outputs
    draws = outputs.social_cards and can_typeset()
    if outputs.social_cards and not draws:
        problems = (*problems, missing(path))
    return SiteSettings(
        path=path,
        config=config,
        parse=parse,
        parse_digest=digest_value(parse),
        base=Base.of(config.base_url, config.language, config.timezone),
        facts=SiteFacts(
            title=config.title,
            description=config.description,
            language=config.language,
            dir=direction_of_language(config.language),
            params=config.params,
            authors={id: msgspec.to_builtins(author) for id, author in config.authors.items()},
            feeds=feeds.formats,
            related=config.related.count if config.related.enabled else 0,
            reasons=config.related.reasons,
            queries=tuple(sorted(loaded.queries)),
        ),
        feed=FeedFacts(limit=feeds.limit, full=feeds.content == "full"),
        plan=OutputPlan(
            page_size=config.pagination.size,
            taxonomies=config.taxonomies,
            archive_index=archives.enabled,
            years=archives.enabled and archives.year,
            months=archives.enabled and archives.month,
            days=archives.enabled and archives.day,
            feeds=feeds.formats,
            term_feeds=tuple(name for name in feeds.taxonomies if name in config.taxonomies),
            sitemap=outputs.sitemap,
            robots=outputs.robots,
            redirects=outputs.redirects,
            search=config.search.enabled,
            stories=config.stories.enabled,
            citations=outputs.citations,
            social_cards=draws,
        ),
        themes=config.theme,
        theme_options=config.theme_options,
        option_lines=_option_lines(content, path) if config.theme_options else {},
        fonts=outputs.social_card_fonts if draws else (),
        plugins=uses,
        loaded=loaded,
        problems=problems,
    )


def _plugins(config: Config, path: str) -> tuple[tuple[PluginUse, ...], Plugins]:
    """The plugins that the config names, loaded. Raises: ConfigError for one that is missing, or fails."""
    if not config.plugins:
        return (), NO_PLUGINS
    from sitegen.build.plugins import load_plugins, uses_of  # noqa: PLC0415 -- few sites have any

    uses, problems = uses_of(config.plugins, path)
    if problems:
        raise ConfigError(problems)
    try:
        return uses, load_plugins(uses)
    except PluginError as error:
        raise ConfigError(error.problem) from error


def _option_lines(content: bytes, path: str) -> dict[str, int]:
    sheet = read_yaml(content.decode("utf-8-sig").replace("\r\n", "\n"), path)
    options = sheet.value.get("theme_options") if isinstance(sheet.value, dict) else None
    if not isinstance(options, dict):
        return {}
    return {name: sheet.place(("theme_options", name), key=True).line + 1 for name in options}
