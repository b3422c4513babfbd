"""L3, one way: imports go down the floors only, and floors 1 to 3 are pure.

The house is read from the source with `ast`, so a forbidden import is found wherever it hides: inside a function,
under `TYPE_CHECKING`, or behind a relative name.
"""

import ast
import graphlib
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen.regex import regex

PACKAGE = Path(__file__).resolve().parent.parent / "sitegen"

FLOORS = {  # a module or package, and all below it, to the floor where it stands
    "sitegen": 0,  # the version number, and no import
    "sitegen.model": 1,
    "sitegen.digest": 1,
    "sitegen.errors": 1,
    "sitegen.regex": 1,
    "sitegen.notation": 2,
    "sitegen.content": 2,
    "sitegen.config": 2,
    "sitegen.engine": 2,
    "sitegen.ledger": 2,
    "sitegen.plugins": 2,
    "sitegen.schema": 2,
    "sitegen.catalog": 3,
    "sitegen.theme": 3,
    "sitegen.build": 4,
    "sitegen.convert": 4,
    "sitegen.check": 5,
    "sitegen.deploy": 5,
    "sitegen.serve": 5,
    "sitegen.cli": 6,
    "sitegen.__main__": 6,
}

SIDEWAYS = {  # imports within one floor, from one room to another, each with its reason
    ("sitegen.model", "sitegen.errors"): "an article carries its own warnings",
    ("sitegen.content", "sitegen.notation"): "front matter is read by the one YAML reader there is",
    ("sitegen.config", "sitegen.notation"): "sitegen.yaml is read by the one YAML reader there is",
    ("sitegen.config", "sitegen.content"): "sections of the config are the settings of Markdown and of addresses",
    ("sitegen.ledger", "sitegen.engine"): "it holds the digests of the questions that a snapshot answers",
    ("sitegen.plugins", "sitegen.engine"): "a plugin's questions are rules of the one engine there is",
    ("sitegen.content", "sitegen.plugins"): "Markdown is read with the rules that plugins add",
    ("sitegen.config", "sitegen.plugins"): "the settings of Markdown name the plugins in use",
    ("sitegen.schema", "sitegen.config"): "the schema of the config is made from its types",
    ("sitegen.schema", "sitegen.content"): "the schema of front matter is made from its types",
    ("sitegen.theme", "sitegen.catalog"): "what a template may ask is answered by the rules of the catalogue",
    ("sitegen.convert", "sitegen.build"): "an import spreads over the pool, and holds the lock, that builds do",
    ("sitegen.__main__", "sitegen.cli"): "`python -m sitegen` is the command line",
}

PURE_FLOORS = range(4)
IMPURE_MODULES = {  # disk, clock, network, environment, randomness, processes
    "asyncio", "concurrent", "fcntl", "fileinput", "ftplib", "getpass", "glob", "http", "importlib", "io.open",
    "linecache", "locale", "logging", "multiprocessing", "os", "pathlib", "pickle", "platform", "random", "secrets",
    "select", "shelve", "shutil", "signal", "smtplib", "socket", "socketserver", "sqlite3", "ssl", "subprocess",
    "tempfile", "time", "tkinter", "urllib.request", "uuid", "watchdog", "webbrowser", "winreg",
}  # fmt: skip
PURE_PARTS = {  # names of those modules that touch nothing outside
    "pathlib.PurePath", "pathlib.PurePosixPath",
}  # fmt: skip
PURE_SYS = {"sys.byteorder", "sys.intern", "sys.maxsize", "sys.maxunicode", "sys.version_info"}
IMPURE_CALLS = {"open", "input", "print", "breakpoint", "hash"}  # `hash` of a text moves with the hash seed
IMPURE_METHODS = {
    "now", "today", "utcnow", "read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "mkdir", "unlink",
}  # fmt: skip
LOCAL_TIME_METHODS = {"astimezone": 1, "fromtimestamp": 2}  # with fewer arguments they ask the machine for its zone

BANNED_NAMES = {"utils", "util", "helpers", "helper", "core", "common", "misc"}


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def room_of(module: str) -> str:
    """The longest prefix of a module's name that stands in the table; "" when only the package itself does."""
    parts = module.split(".")
    prefixes = (".".join(parts[:size]) for size in range(len(parts), 1, -1))
    return next((prefix for prefix in prefixes if prefix in FLOORS), "sitegen" if module == "sitegen" else "")


def imports_of(tree: ast.AST, module: str, *, is_package: bool) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported: `from a import b` gives `a.b`, whether b is a module or a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".") if is_package else module.split(".")[:-1]
                above = package[: len(package) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def own_module(name: str) -> str:
    """The module of ours that an imported name is, or is part of; "" for the rest of the world."""
    if name.split(".", maxsplit=1)[0] != "sitegen":
        return ""
    while name not in MODULES:
        name = name.rpartition(".")[0]
    return name


def source_of(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"), filename=str(MODULES[module]))


def all_imports(module: str) -> list[tuple[int, str]]:
    return list(imports_of(source_of(module), module, is_package=MODULES[module].name == "__init__.py"))


PURE_MODULES = [name for name in MODULES if FLOORS.get(room_of(name), 99) in PURE_FLOORS]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_stands_on_a_floor(module):
    assert room_of(module), f"give {module} a floor in the table of this test"


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down_the_floors_only(module):
    room = room_of(module)
    wrong = []
    for line, name in all_imports(module):
        target = room_of(own_module(name)) if own_module(name) else ""
        if not target or target == room or FLOORS[target] < FLOORS[room] or (room, target) in SIDEWAYS:
            continue
        way = "up" if FLOORS[target] > FLOORS[room] else "sideways"
        wrong.append(f"{MODULES[module]}:{line}: {name} goes {way}")

    assert not wrong, "\n".join(wrong)


def test_an_exception_is_sideways_and_never_up():
    assert all(FLOORS[room] == FLOORS[target] for room, target in SIDEWAYS)


def test_exceptions_make_no_circle():
    order = graphlib.TopologicalSorter[str]()
    for room, target in SIDEWAYS:
        order.add(room, target)

    assert list(order.static_order())


@pytest.mark.parametrize("module", PURE_MODULES)
def test_floors_one_to_three_touch_nothing_outside(module):
    tree = source_of(module)
    wrong = [f"{line}: imports {name}" for line, name in all_imports(module) if is_impure_import(name)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and is_impure_call(node):
            wrong.append(f"{node.lineno}: calls {ast.unparse(node.func)}")
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
            name = f"sys.{node.attr}"
            wrong += [] if name in PURE_SYS else [f"{node.lineno}: reads {name}"]

    assert not wrong, "\n".join(f"{MODULES[module]}:{what}" for what in wrong)


def is_impure_import(name: str) -> bool:
    parts = name.split(".")
    prefixes = {".".join(parts[:size]) for size in range(1, len(parts) + 1)}
    return bool(prefixes & IMPURE_MODULES) and not prefixes & PURE_PARTS


def is_impure_call(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id in IMPURE_CALLS
    if not isinstance(call.func, ast.Attribute):
        return False
    given = len(call.args) + len(call.keywords)
    return call.func.attr in IMPURE_METHODS or given < LOCAL_TIME_METHODS.get(call.func.attr, 0)


@pytest.mark.parametrize(
    ("statement", "impure"),
    [
        ("import os.path", True),
        ("from os import environ", True),
        ("from pathlib import Path", True),
        ("from pathlib import PurePosixPath", False),
        ("import posixpath", False),
        ("from urllib.parse import quote", False),
        ("from urllib import request", True),
        ("from datetime import datetime", False),
    ],
)
def test_purity_is_judged_by_the_full_name(statement, impure):
    names = [name for _, name in imports_of(ast.parse(statement), "sitegen.model", is_package=False)]

    assert [is_impure_import(name) for name in names] == [impure]


@pytest.mark.parametrize(
    ("call", "impure"),
    [
        ("open('x')", True),
        ("datetime.now()", True),
        ("moment.astimezone()", True),
        ("moment.astimezone(zone)", False),
        ("datetime.fromtimestamp(0)", True),
        ("datetime.fromtimestamp(0, zone)", False),
    ],
)
def test_a_call_that_asks_the_machine_is_impure(call, impure):
    assert is_impure_call(ast.parse(call, mode="eval").body) is impure


def test_no_module_has_a_name_that_says_nothing():
    names = {name: name.split(".")[-1] for name in MODULES}

    assert not [name for name, last in names.items() if last in BANNED_NAMES or "manager" in last]


# Regular expressions are compiled when they are used: see `sitegen.regex`.

COMPILED_AT_ONCE = {
    "sitegen.convert": "an import goes through thousands of documents, with all that it knows",
    "sitegen.content.terms": "every article is cut into words",
}


def compiled_by_import(tree: ast.Module) -> list[int]:
    """Lines that compile a pattern when the module is imported: those outside functions."""
    inside = {
        id(node) for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.Lambda) for node in ast.walk(each)
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and id(node) not in inside]
    return [call.lineno for call in calls if ast.unparse(call.func) == "re.compile"]


@pytest.mark.parametrize("module", MODULES)
def test_no_pattern_is_compiled_before_it_is_used(module):
    if any(module == name or module.startswith(f"{name}.") for name in COMPILED_AT_ONCE):
        return

    assert not compiled_by_import(source_of(module)), f"{module}: write  regex(…)  in place of  re.compile(…)"


def test_a_pattern_that_is_compiled_by_an_import_is_found_wherever_it_hides():
    text = (
        "import re\nA = re.compile('a').search\nclass B:\n    C = (re.compile('b'),)\ndef d(): return re.compile('c')\n"
    )

    assert compiled_by_import(ast.parse(text)) == [2, 4]


@pytest.mark.parametrize(
    "module", [name for name in MODULES if "sitegen.regex.regex" in dict(all_imports(name)).values()]
)
def test_every_pattern_can_be_compiled(module):
    values = vars(importlib.import_module(module)).values()
    held = [each for value in values for each in (value.values() if isinstance(value, dict) else (value,))]
    later = [value for value in held if type(value).__module__ == "sitegen.regex"]

    assert later
    assert all(isinstance(re.compile(pattern.pattern, pattern.flags & ~re.DEBUG), re.Pattern) for pattern in later)


def test_what_stands_for_a_pattern_does_what_the_pattern_does():
    later, at_once = regex(r"(?P<word>b+)|a", re.IGNORECASE), re.compile(r"(?P<word>b+)|a", re.IGNORECASE)

    assert later.sub("-", "xABBa") == at_once.sub("-", "xABBa")
    assert [match["word"] for match in later.finditer("aBb")] == [match["word"] for match in at_once.finditer("aBb")]
    assert (later.pattern, later.flags, later.groupindex) == (at_once.pattern, at_once.flags, at_once.groupindex)
    assert later.match("c") is None
    with pytest.raises(re.error):
        regex("(").match("")


# What a command loads: `--version` must answer within 0.1 s, and a build needs nothing that only an import needs.


def modules_loaded_by(*arguments: str, cwd: Path) -> set[str]:
    """Top-level names of all modules that a run of the command imported, by the interpreter's own account."""
    command = [sys.executable, "-X", "importtime", "-m", "sitegen", *arguments]
    done = subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().split(".")[0] for line in lines}


def test_the_version_is_told_without_loading_what_builds(tmp_path):
    loaded = modules_loaded_by("--version", cwd=tmp_path)

    assert "sitegen" in loaded
    assert not loaded & {"jinja2", "yaml", "markdown_it", "numpy", "pygments", "rich", "watchdog", "asyncio"}


def test_a_build_loads_nothing_that_only_an_import_or_a_preview_needs(tmp_path):
    modules_loaded_by("init", "demo", cwd=tmp_path)
    loaded = modules_loaded_by("build", cwd=tmp_path / "demo")

    assert "jinja2" in loaded
    assert not loaded & {"trafilatura", "lxml", "feedparser", "mammoth", "nh3", "watchdog", "distributed", "dask"}


def test_the_loaded_modules_are_read_from_the_interpreters_account(tmp_path):
    (tmp_path / "sitegen").mkdir()
    (tmp_path / "sitegen" / "__init__.py").touch()
    (tmp_path / "sitegen" / "__main__.py").write_text("import wave\n", encoding="utf-8")

    assert "wave" in modules_loaded_by(cwd=tmp_path)
