"""What a template may use, read from the code itself: `sitegen theme doc` prints it, the guide is compared with it.

Invariant: nothing is listed here by hand that the code already names.
"""

import inspect
from collections.abc import Callable
from typing import Any

import msgspec
from jinja2 import Environment, TemplateSyntaxError, nodes

from sitegen.theme import shown, stories, view
from sitegen.theme.addresses import Base
from sitegen.theme.filters import filters_for
from sitegen.theme.manifest import API, Option

VALUES = (  # what templates are handed
    shown.Page, shown.Pager, shown.Feed, shown.Entry, shown.Related, shown.Period, stories.Story, stories.Place,
)  # fmt: skip


class Named(msgspec.Struct, frozen=True):
    """One name that a template may use, and what it gives."""

    name: str
    says: str


class Contract(msgspec.Struct, frozen=True):
    """The contract between templates and this version of sitegen."""

    api: int
    site: tuple[Named, ...]
    values: dict[str, tuple[str, ...]]
    filters: tuple[Named, ...]
    options: tuple[Named, ...]
    blocks: dict[str, tuple[str, ...]]


def contract(options: dict[str, Option], templates: dict[str, str] | None = None) -> Contract:
    """All questions to `site`, the fields of every value, the filters, and what the themes in use offer: their options,
    and the blocks of each template that a site may fill with its own. `templates` are texts by name.
    """
    return Contract(
        api=API,
        site=tuple(_questions()),
        values={shape.__name__.lower(): shape.__struct_fields__ for shape in VALUES},
        filters=tuple(Named(name, _first(function)) for name, function in sorted(_filters().items())),
        options=tuple(
            Named(name, f"{option.description} ({option.type}, {option.default!r} unless set)")
            for name, option in sorted(options.items())
        ),
        blocks={name: found for name, text in sorted((templates or {}).items()) if (found := blocks_of(text))},
    )


def blocks_of(text: str) -> tuple[str, ...]:
    """Names of the blocks that a template opens, in its order; none for a text that cannot be parsed."""
    try:
        tree = Environment(autoescape=True).parse(text)
    except TemplateSyntaxError:
        return ()
    return tuple(block.name for block in tree.find_all(nodes.Block))


def _questions() -> list[Named]:
    found = []
    for name, each in vars(view.SiteView).items():
        if name.startswith("_"):
            continue
        if isinstance(each, property):
            found.append(Named(f"site.{name}", _first(each.fget)))
        elif inspect.isfunction(each):
            signature = inspect.signature(each)
            names = [str(p.replace(annotation=p.empty)) for p in list(signature.parameters.values())[1:]]
            found.append(Named(f"site.{name}({', '.join(names)})", _first(each)))
    return found


def _filters() -> dict[str, Callable[..., Any]]:
    return filters_for(Base(), str)


def _first(function: Any) -> str:
    """The docstring in one line; "" where there is none."""
    return " ".join((inspect.getdoc(function) or "").split())
