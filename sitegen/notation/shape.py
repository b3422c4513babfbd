"""A composed value -> a frozen struct by its fields, all faults collected; and its JSON Schema.

Invariant: what a section holds, its defaults, bounds and descriptions stand once, in the struct's annotations.
msgspec's own conversion stops at the first fault and knows no lines; this one does not.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

from sitegen.notation.compose import Path, Value
from sitegen.notation.scalars import describe, resolve
from sitegen.notation.typed import as_choice, as_flag, as_integer, as_text, name_of
from sitegen.notation.words import did_you_mean
from sitegen.notation.yaml import Sheet

Check = Callable[[Sheet, Path, Any], Any]
"""Looks at a value that has the right type; returns it, or another in its place, or None after adding a fault."""

SHORTHAND: Final = "__shorthand__"  # class attribute: the field that a lone scalar fills


def read_struct(sheet: Sheet, at: Path, value: Value, shape: type, checks: Mapping[Path, Check]) -> Any:
    """A struct of a mapping; absent, empty and faulty keys have their defaults.

    `checks` are looked up by path, with "*" for any key of a mapping and any item of a list. Cost: about 5 µs a key.
    """
    found: dict[str, Any] = {}
    fields = fields_of(shape)
    if not isinstance(value, dict):
        short = getattr(shape, SHORTHAND, "")
        if value is not None and (not short or isinstance(value, list)):
            message = f"{name_of(at) or 'the file'}: expected a mapping, found {describe(value)}"
            help = f"known keys are: {', '.join(fields)}"
            sheet.fault(at, "type", message, help=help)
        elif value is not None:
            name, hint = fields[short]
            item = _checked(sheet, at, _read(sheet, at, value, hint, {}), _check_of((*at, short), checks))
            if item is not None:
                found[name] = item
        return _built(shape, found)
    for key, item in value.items():
        if key not in fields:
            where = f"{name_of(at)}: " if at else ""
            sheet.fault((*at, key), "unknown", f"{where}unknown key {key}", help=did_you_mean(key, fields), key=True)
            continue
        name, hint = fields[key]
        read = _read(sheet, (*at, key), item, hint, checks)
        if read is not None:
            found[name] = read
    return _built(shape, found)


def _built(shape: type, found: dict[str, Any]) -> Any:
    for field in msgspec.structs.fields(shape):
        if field.required and field.name not in found:
            found[field.name] = ""
    return shape(**found)


@lru_cache(maxsize=64)
def fields_of(shape: type) -> dict[str, tuple[str, Any]]:
    """Names as written in YAML -> attribute and annotated type."""
    hints = get_type_hints(shape, include_extras=True)
    return {field.encode_name: (field.name, hints[field.name]) for field in msgspec.structs.fields(shape)}


def _read(sheet: Sheet, at: Path, value: Value, hint: Any, checks: Mapping[Path, Check]) -> Any:
    meta: msgspec.Meta | None = None
    while get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        meta = next((part for part in rest if isinstance(part, msgspec.Meta)), meta)
    if value is None:
        return None
    read = _read_plain(sheet, at, value, hint, meta, checks)
    return _checked(sheet, at, read, _check_of(at, checks))


def _checked(sheet: Sheet, at: Path, value: Any, check: Check | None) -> Any:
    return value if check is None or value is None else check(sheet, at, value)


def _check_of(at: Path, checks: Mapping[Path, Check]) -> Check | None:
    for pattern, check in checks.items():
        if len(pattern) == len(at) and all(part in ("*", step) for part, step in zip(pattern, at, strict=True)):
            return check
    return None


def _read_plain(
    sheet: Sheet, at: Path, value: Value, hint: Any, meta: msgspec.Meta | None, checks: Mapping[Path, Check]
) -> Any:
    plain = _PLAIN.get(hint)
    if plain is not None:
        return plain(sheet, at, value)
    if hint is int:
        least = meta.ge if meta and meta.ge is not None else 0
        most = meta.le if meta and meta.le is not None else 10**9
        return as_integer(sheet, at, value, int(least), int(most))
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return as_choice(sheet, at, value, arguments)
    read = _COMPOUND.get(origin)
    return read_struct(sheet, at, value, hint, checks) if read is None else read(sheet, at, value, arguments, checks)


def _read_list(
    sheet: Sheet, at: Path, value: Value, items: tuple[Any, ...], checks: Mapping[Path, Check]
) -> tuple[Any, ...] | None:
    """A list; a lone scalar is a list of one."""
    if isinstance(value, dict):
        message = f"{name_of(at)}: expected a list, found {describe(value)}"
        sheet.fault(at, "type", message, help=f"write  {at[-1]}: [first, second]")
        return None
    if not isinstance(value, list):
        read = _read(sheet, at, value, items[0], checks)
        return None if read is None else (read,)
    parts = [_read(sheet, (*at, index), part, items[0], checks) for index, part in enumerate(value)]
    return tuple([part for part in parts if part is not None])


def _read_mapping(
    sheet: Sheet, at: Path, value: Value, items: tuple[Any, ...], checks: Mapping[Path, Check]
) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        message = f"{name_of(at)}: expected a mapping, found {describe(value)}"
        sheet.fault(at, "type", message, help=f"write  {at[-1]}:  and below it, indented, one  key: value  a line")
        return None
    if items[1] is Any:
        resolved: dict[str, Any] = resolve(value)
        return resolved
    read = {key: _read(sheet, (*at, key), part, items[1], checks) for key, part in value.items()}
    return {key: part for key, part in read.items() if part is not None}


_PLAIN: Final[dict[Any, Callable[[Sheet, Path, Value], Any]]] = {
    Any: lambda _sheet, _at, value: resolve(value),
    str: as_text,
    bool: as_flag,
}
_COMPOUND: Final[dict[Any, Callable[..., Any]]] = {tuple: _read_list, dict: _read_mapping}


def schema_of(shape: type, *, title: str, description: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of what `read_struct` takes for a struct: also shorthands, lone scalars, and empty keys."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": description,
        **_struct_schema(shape),
    }


def _struct_schema(shape: type) -> dict[str, Any]:
    defaults = {field.name: field for field in msgspec.structs.fields(shape)}
    properties = {}
    for key, (name, hint) in fields_of(shape).items():
        properties[key] = _schema(hint)
        default = defaults[name].default
        if isinstance(default, str | int | bool | tuple) and default not in ("", ()):
            properties[key]["default"] = list(default) if isinstance(default, tuple) else default
    full = {"type": ["object", "null"], "properties": properties, "additionalProperties": False}
    short = getattr(shape, SHORTHAND, None)
    if short is None:
        return full
    one = {key: part for key, part in properties[short].items() if key not in ("description", "default")}
    return {"anyOf": [full, one]}


def _schema(hint: Any) -> dict[str, Any]:
    out: dict[str, Any] = {}
    while get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        for part in rest:
            if isinstance(part, msgspec.Meta):
                known = (("description", part.description), ("minimum", part.ge), ("maximum", part.le))
                out |= {key: value for key, value in known if value is not None}
    return _plain_schema(hint) | out


def _plain_schema(hint: Any) -> dict[str, Any]:
    plain: dict[Any, dict[str, Any]] = {
        Any: {},
        str: {"type": ["string", "number", "boolean", "null"]},
        bool: {"type": ["boolean", "null"]},
        int: {"type": ["integer", "null"]},
    }
    if hint in plain:
        return dict(plain[hint])
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": [*arguments, None]}
    if origin is tuple:
        item = _schema(arguments[0])
        return {"anyOf": [{"type": "array", "items": item}, item]}
    if origin is dict:
        return {"type": ["object", "null"], "additionalProperties": _schema(arguments[1])}
    return _struct_schema(hint)
