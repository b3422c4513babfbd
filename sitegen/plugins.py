"""What a plugin may add to a site: four doors, each a pure function.

    hooks.markdown(plugin, **options)   a markdown-it-py plugin: more Markdown
    hooks.filter(name, function)        a filter for templates
    hooks.query(name, function)         a question for templates: `site.NAME(…)`
    hooks.outputs(function)             more outputs

A plugin is an entry point in the group `sitegen.plugins`: one function `setup(hooks)`, called when a site's config
names it. A query's and an outputs function's positional-only parameters name what they read (`keys`, `card`, `order`,
`groups`, `data` and the other tables of the catalogue), so that the engine knows when they have to be asked again.

Invariant: no before and no after; a plugin sees nothing but what its functions are handed, and changes nothing but what
they give back. An error names the plugin, its file and its line.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import msgspec

from sitegen.engine import AnswerError, Rule
from sitegen.errors import Problem


class PluginUse(msgspec.Struct, frozen=True):
    """A plugin as a site uses it, as a value that travels: its name, its version, the digest of its source, and the
    options that the config gives it.
    """

    name: str
    version: str = ""
    digest: bytes = b""
    options: dict[str, Any] = {}


class MoreOutput(msgspec.Struct, frozen=True):
    """One output that a plugin adds: `content` as it is, or a template with its variables.

    `url` is a site path (`/map/`, `/data.csv`). In a template, `values` are there by name beside `page`, `site` and
    `t`; `title` is the page's.
    """

    url: str
    content: str = ""
    template: str = ""
    title: str = ""
    values: dict[str, Any] = {}
    plugin: str = ""  # set by sitegen


class Hooks(Protocol):
    """The four doors, as `setup` is handed them; `options` are what the config says."""

    options: Mapping[str, Any]

    def markdown(self, plugin: Callable[..., None], **options: Any) -> None:
        """Use a markdown-it-py plugin in every article."""

    def filter(self, name: str, function: Callable[..., Any]) -> None:
        """Give templates a filter: `{{ value | name }}`."""

    def query(self, name: str, function: Callable[..., Any]) -> None:
        """Give templates a question: `site.name(…)`. Its answer is remembered, and compared by value."""

    def outputs(self, function: Callable[..., Iterable[MoreOutput]]) -> None:
        """Make more outputs. The function is called once for each state of what it reads."""


class PluginError(AnswerError):
    """A plugin failed; `problem` names it and its place."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


class Extensions(msgspec.Struct, frozen=True):
    """What plugins do to Markdown: `install` puts their rules into a parser, `fault` says whose an exception is.

    `key` tells one set from another.
    """

    key: bytes
    install: Callable[[Any], None]
    fault: Callable[[Exception, str], Problem | None]


class Plugins(msgspec.Struct, frozen=True):
    """All that the plugins of a site add, loaded. `outputs` are tables, by name."""

    extensions: Extensions | None = None
    filters: dict[str, Callable[..., Any]] = {}
    queries: dict[str, Rule] = {}
    outputs: dict[str, Rule] = {}


NO_PLUGINS = Plugins()
