"""Plugins from disk: found by their entry points, loaded when a config names them, known by their source's digest.

Invariant: what is not named is not imported. A source that changed is imported anew; a worker that has another source
than the one that asked says so, and renders nothing.
"""

import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from threading import RLock
from typing import Any

import msgspec

from sitegen.build.plugin_sources import points, source_of
from sitegen.config.sections import Plugin as Named
from sitegen.digest import digest_bytes, digest_value
from sitegen.engine import Rule, rules_of
from sitegen.errors import Problem, Where
from sitegen.notation.words import near
from sitegen.plugins import NO_PLUGINS, Extensions, MoreOutput, PluginError, Plugins, PluginUse

_lock = RLock()  # modules are the process's own


def uses_of(named: Sequence[Named], config: str) -> tuple[tuple[PluginUse, ...], list[Problem]]:
    """The plugins that a config names, and what is wrong with naming them. Nothing is imported."""
    uses, problems = [], []
    there = points()
    for each in named:
        point = there.get(each.name)
        if point is None:
            known = near(each.name, there)
            help = (
                f"did you mean {known}?"
                if known
                else f"install it with  pip install …  beside sitegen ({_known(there)})"
            )
            message = f'plugins: there is no plugin "{each.name}" here'
            problems.append(Problem(code="plugin.missing", where=Where(config), message=message, help=help))
            continue
        version = point.dist.version if point.dist else ""
        uses.append(PluginUse(each.name, version, source_of(each.name).digest, each.options))
    return tuple(uses), problems


def _known(there: Mapping[str, Any]) -> str:
    return f"there are: {', '.join(sorted(there))}" if there else "none is installed"


def sources_digest(names: Iterable[str]) -> bytes:
    """One digest for the sources of these plugins; `b""` for none. Cost: every file of theirs is read."""
    found = [name.encode() + source_of(name).digest for name in names]
    return digest_bytes(b"\0".join(found)) if found else b""


def installed_digest() -> bytes:
    """One digest for the sources of all plugins that are installed."""
    return sources_digest(sorted(points()))


class _Opened:
    """The hooks that one plugin's `setup` is handed, and what came through them."""

    def __init__(self, use: PluginUse, files: frozenset[str]) -> None:
        self.use = use
        self.files = files
        self.options: Mapping[str, Any] = use.options
        self.installs: list[Callable[[Any], None]] = []
        self.filters: dict[str, Callable[..., Any]] = {}
        self.queries: dict[str, Callable[..., Any]] = {}
        self.makers: list[Callable[..., Iterable[MoreOutput]]] = []

    def markdown(self, plugin: Callable[..., None], **options: Any) -> None:
        self.installs.append(lambda parser: plugin(parser, **options))

    def filter(self, name: str, function: Callable[..., Any]) -> None:
        self.filters[name] = function

    def query(self, name: str, function: Callable[..., Any]) -> None:
        self.queries[name] = function

    def outputs(self, function: Callable[..., Iterable[MoreOutput]]) -> None:
        self.makers.append(function)


_opened: dict[str, tuple[bytes, _Opened]] = {}  # by plugin: what it was opened with, and what it gave
_modules: dict[str, bytes] = {}  # by top-level module: the digest of the source that was imported


def _open(use: PluginUse) -> _Opened:
    """What a plugin gives for these options; imported anew when its source has changed. Raises: PluginError."""
    key = digest_value([use.digest, use.version, use.options])
    with _lock:
        known = _opened.get(use.name)
        if known is not None and known[0] == key:
            return known[1]
        point = points().get(use.name)
        source = source_of(use.name)
        if point is None or source.digest != use.digest:
            raise PluginError(_other_source(use, is_there=point is not None))
        stale = {module for module in source.modules if _modules.get(module) != use.digest}
        for name in [name for name in sys.modules if name.partition(".")[0] in stale]:
            del sys.modules[name]
        opened = _Opened(use, frozenset(map(str, source.files)))
        wrote, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # a stale one can hide a quick second edit
        try:
            point.load()(opened)
        except Exception as error:
            raise PluginError(_fault(use, opened.files, error, "setting it up")) from error
        finally:
            sys.dont_write_bytecode = wrote
        _modules.update(dict.fromkeys(source.modules, use.digest))
        _opened[use.name] = (key, opened)
        return opened


def _other_source(use: PluginUse, *, is_there: bool) -> Problem:
    what = "has another source here than where the build began" if is_there else "is not installed here"
    return Problem(
        code="plugin.source",
        where=Where(""),
        message=f"the plugin {use.name} {what}",
        help="install the same version on every machine, and build again",
    )


def _fault(use: PluginUse, files: frozenset[str], error: BaseException, doing: str) -> Problem:
    """An exception as a problem of the plugin, at the innermost line of its own."""
    path, line, text = "", 0, ""
    if isinstance(error, SyntaxError) and error.filename in files:
        path, line, text = str(error.filename), error.lineno or 0, (error.text or "").rstrip("\n")
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename in files:
            path, line, text = frame.filename, frame.lineno or 0, frame.line or ""
    version = f" {use.version}" if use.version else ""
    return Problem(
        code="plugin.failed",
        where=Where(path or use.name, line),
        message=f"the plugin {use.name}{version} failed: {type(error).__name__}: {error}",
        excerpt=text,
        context=doing,
        help="mend that line, tell the plugin's author, or take it out of  plugins:  in sitegen.yaml",
    )


class Guarded:
    """A plugin's function: its errors name it. Travels as the names that it is found by, never as code."""

    def __init__(self, use: PluginUse, door: str, name: str) -> None:
        self.use = use
        self.door = door
        self.name = name
        opened = _open(use)
        self._files = opened.files
        self._function: Callable[..., Any]
        if door == "outputs":
            self._function = opened.makers[int(name)]
        else:
            self._function = (opened.filters if door == "filter" else opened.queries)[name]

    def __reduce__(self) -> tuple[Any, ...]:
        return Guarded, (self.use, self.door, self.name)

    def __call__(self, *given: Any, **named: Any) -> Any:
        try:
            found = self._function(*given, **named)
            if self.door == "query":
                digest_value(found)
            return self._outputs(found) if self.door == "outputs" else found
        except PluginError:
            raise
        except Exception as error:
            what = {"filter": f"filtering with {self.name}", "query": f"answering site.{self.name}"}
            raise PluginError(
                _fault(self.use, self._files, error, what.get(self.door, "listing its outputs"))
            ) from error

    def _outputs(self, found: Iterable[MoreOutput]) -> tuple[MoreOutput, ...]:
        outputs = []
        for each in found:
            if not isinstance(each, MoreOutput):
                raise TypeError(f"an output has to be a sitegen.plugins.MoreOutput, and this is {each!r:.80}")
            if not each.url.startswith("/") or ".." in each.url.split("/") or "//" in each.url or "\\" in each.url:
                raise ValueError(f'the address of an output is a path such as /map/ , and this is "{each.url}"')
            if bool(each.content) and bool(each.template):
                raise ValueError(f"{each.url}: give content or a template, not both")
            outputs.append(msgspec.structs.replace(each, plugin=self.use.name))
        digest_value(outputs)
        return tuple(outputs)

    def rule(self, name: str) -> Rule:
        """The rule that the engine asks: its tables are the function's positional-only parameters."""
        (rule,) = rules_of(self._function).values()
        return msgspec.structs.replace(rule, name=name, function=self, is_query=self.door == "query")


def load_plugins(uses: tuple[PluginUse, ...]) -> Plugins:
    """Everything that these plugins add. Cost: nothing the second time. Raises: PluginError."""
    if not uses:
        return NO_PLUGINS
    filters: dict[str, Callable[..., Any]] = {}
    queries: dict[str, Rule] = {}
    outputs: dict[str, Rule] = {}
    for use in uses:
        opened = _open(use)
        for name in opened.filters:
            filters[name] = Guarded(use, "filter", name)
        for name in opened.queries:
            if name in queries or not name.isidentifier():
                raise PluginError(_taken(use, name))
            queries[name] = Guarded(use, "query", name).rule(name)
        for number in range(len(opened.makers)):
            name = f"outputs {number} of {use.name} {use.digest.hex()}"  # other code may list others of the same tables
            outputs[name] = Guarded(use, "outputs", str(number)).rule(name)
    return Plugins(extensions_of(uses), filters, queries, outputs)


def _taken(use: PluginUse, name: str) -> Problem:
    return Problem(
        code="plugin.name",
        where=Where(use.name),
        message=f"the plugin {use.name} asks for the name site.{name}, which is taken or no name",
        help="use one of the two plugins, or ask its author for another name",
    )


def extensions_of(uses: tuple[PluginUse, ...]) -> Extensions | None:
    """What these plugins do to Markdown; None where they leave it alone. Raises: PluginError."""
    opened = [each for each in map(_open, uses) if each.installs]
    if not opened:
        return None
    return Extensions(
        key=digest_value([[each.use.name, each.use.digest, each.use.options] for each in opened]),
        install=partial(_install, opened),
        fault=partial(_whose, opened),
    )


def _install(opened: Sequence[_Opened], parser: Any) -> None:
    for each in opened:
        try:
            for install in each.installs:
                install(parser)
        except Exception as error:
            raise PluginError(_fault(each.use, each.files, error, "adding its Markdown rules")) from error


def _whose(opened: Sequence[_Opened], error: Exception, doing: str) -> Problem | None:
    """The plugin whose code an exception went through last; None where it went through none."""
    if isinstance(error, PluginError):
        return msgspec.structs.replace(error.problem, context=doing)
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    for each in opened:
        if each.files.intersection(files):
            return _fault(each.use, each.files, error, doing)
    return None
