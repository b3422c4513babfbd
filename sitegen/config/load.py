"""`sitegen.yaml` -> `Config`, with every fault; and the JSON Schema of the same.

Invariant: pure; the same text gives the same config everywhere, but for time zones that a machine does not know.
"""

from typing import Any

from sitegen.config.checks import CHECKS, Zones, timezone_check
from sitegen.config.sections import Config
from sitegen.content.decode import decode_source
from sitegen.errors import Problem, Where
from sitegen.notation.shape import read_struct, schema_of
from sitegen.notation.yaml import Composed, read_yaml


def load_config(
    text: str | bytes, path: str = "sitegen.yaml", *, zones: Zones | None = None, composed: Composed | None = None
) -> tuple[Config, tuple[Problem, ...]]:
    """The config that a text gives, and what is wrong with it, in order of place; a faulty key has its default.

    An empty text is a valid config. Without `zones` the time zone's name is checked for its shape alone.
    Cost: about 0.2 ms.
    """
    decoded = decode_source(text, path) if isinstance(text, bytes) else text.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(decoded, Problem):
        return Config(), (decoded,)
    sheet = read_yaml(decoded.removeprefix("\ufeff"), path, code="config", composed=composed)
    checks = {**CHECKS, ("timezone",): timezone_check(zones)}
    config = read_struct(sheet, sheet.value, Config, checks)
    return config, tuple(sorted(sheet.problems, key=_place))


def _place(problem: Problem) -> Where:
    return problem.where


def config_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of `sitegen.yaml`, with a description on every key."""
    return schema_of(Config, title="sitegen.yaml", description="The configuration of a site made with sitegen.")
