"""What the program declares, as the guide's tables write it: settings with their types and defaults, flags, fields."""

import inspect
import types
import typing
from collections.abc import Iterator
from typing import Any

import click
import msgspec

from sitegen.cli import cli
from sitegen.config.sections import Config, Section


class Setting(typing.NamedTuple):
    """One key of the config: its dotted name, and its row in the guide."""

    name: str
    type: str
    default: str
    description: str


def settings(struct: type[Section] = Config, prefix: str = "") -> Iterator[Setting]:
    """Every key of a section and of those below it, in order; `NAME` stands for names of one's own."""
    hints = typing.get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        name = prefix + field.encode_name
        hint = hints[field.name]
        default = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
        inner = _section(hint)
        yield Setting(name, _type(hint), _default(default), _description(hint))
        if inner is not None:
            yield from settings(inner, f"{name}.NAME." if _is_mapping(hint) else f"{name}.")


def _bare(hint: Any) -> Any:
    return typing.get_args(hint)[0] if typing.get_origin(hint) is typing.Annotated else hint


def _metas(hint: Any) -> list[msgspec.Meta]:
    return list(hint.__metadata__) if typing.get_origin(hint) is typing.Annotated else []


def _description(hint: Any) -> str:
    return next((meta.description for meta in reversed(_metas(hint)) if meta.description), "")


def _is_mapping(hint: Any) -> bool:
    return typing.get_origin(_bare(hint)) is dict


def _section(hint: Any) -> type[Section] | None:
    bare = _bare(hint)
    for inner in (bare, *(typing.get_args(bare))):
        if isinstance(inner, type) and issubclass(inner, Section):
            return inner
    return None


def _type(hint: Any) -> str:  # noqa: PLR0911 -- a kind a line
    bare = _bare(hint)
    origin, arguments = typing.get_origin(bare), typing.get_args(bare)
    if bare is str:
        return "text"
    if bare is bool:
        return "true or false"
    if bare is int:
        least, most = (
            next((getattr(m, at) for m in _metas(hint) if getattr(m, at) is not None), None) for at in ("ge", "le")
        )
        return f"number, {least} to {most}" if most is not None else f"number, {least} or more"
    if origin is typing.Literal:
        return " or ".join(f"`{each}`" for each in arguments)
    if origin is tuple:
        return _list_of(_type(arguments[0]))
    if origin is dict:
        return "mapping of names to sections" if _section(hint) else "mapping"
    return "section"


def _list_of(inner: str) -> str:
    kind, comma, bounds = inner.partition(",")
    if kind.startswith("`"):
        return "list out of " + kind.replace(" or ", ", ")
    return f"list of {kind}s{comma}{bounds}"


def _default(value: Any) -> str:
    if isinstance(value, Section):
        return ""
    if value in ("", (), {}):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{value}`"


def commands(group: click.Group = cli, prefix: str = "sitegen") -> dict[str, click.Command]:
    """Every command by its full name, groups before what is in them."""
    found: dict[str, click.Command] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found[f"{prefix} {name}"] = command
        if isinstance(command, click.Group):
            found |= commands(command, f"{prefix} {name}")
    return found


def flags(command: click.Command) -> list[str]:
    """The flags of a command, long and short, without `--help`."""
    return [
        flag
        for option in command.params
        if isinstance(option, click.Option) and "--help" not in option.opts
        for flag in (*option.opts, *option.secondary_opts)
    ]


def arguments(command: click.Command) -> list[click.Argument]:
    return [each for each in command.params if isinstance(each, click.Argument)]


def fields(struct: type) -> list[str]:
    """Fields and properties of a value that templates get."""
    own = [name for name, each in vars(struct).items() if isinstance(each, property)]
    return [*getattr(struct, "__struct_fields__", ()), *own]


def queries(view: type) -> dict[str, str]:
    """What a template can ask of `site`: each name with its parameters, as in `latest(n)`; properties without."""
    found = {}
    for name, each in vars(view).items():
        if name.startswith("_"):
            continue
        if isinstance(each, property):
            found[name] = name
        elif isinstance(each, types.FunctionType):
            taken = [p for p in inspect.signature(each).parameters if p != "self"]
            found[name] = f"{name}({', '.join(taken)})"
    return found


def first_sentence(docstring: str | None) -> str:
    """A docstring on one line."""
    return " ".join((docstring or "").split())
