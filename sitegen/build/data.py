"""`data/*.yaml`, `.json` and `.csv` as plain values for themes."""

import csv
import io
from posixpath import splitext
from typing import Any

import msgspec

from sitegen.build.scan import Files
from sitegen.errors import Problem, Where
from sitegen.notation.scalars import resolve
from sitegen.notation.yaml import read_yaml


def read_data(files: Files) -> tuple[dict[str, Any], list[Problem]]:
    """Values by path without the suffix (`comments/hello`), and what could not be read.

    YAML and JSON give what they say; CSV gives a list of rows, each a mapping from the header's names to text.
    """
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in files:
        stem, suffix = splitext(name)
        if suffix in (".yaml", ".yml", ".json", ".csv"):
            path = f"{files.shown}/{name}"
            try:
                text = files.content(name).decode("utf-8-sig").replace("\r\n", "\n")
                found[stem] = _read(text, suffix, path, problems)
            except (UnicodeDecodeError, msgspec.DecodeError, csv.Error) as error:
                problems.append(
                    Problem(
                        code="data.unreadable",
                        where=Where(path),
                        message=f"cannot be read as {suffix[1:].upper()}: {error}",
                        help="mend the file, or hide it with a leading _",
                    )
                )
    return found, problems


def _read(text: str, suffix: str, path: str, problems: list[Problem]) -> Any:
    if suffix == ".json":
        return msgspec.json.decode(text)
    if suffix == ".csv":
        return [dict(row) for row in csv.DictReader(io.StringIO(text), strict=True)]
    sheet = read_yaml(text, path, code="data")
    problems += sheet.problems
    return None if sheet.problems else resolve(sheet.value)
