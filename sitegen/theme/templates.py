"""Templates as values: an environment over texts, the static closure of each, and errors with their place.

Invariant: a template's digest is that of its text and of all that it can name, not of what one render happened to
load: Jinja keeps imported modules, so a second page would seem not to need them. `site` is a render variable, never a
global, for the same reason. Nothing here reads a disk.
"""

import re
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import msgspec
from jinja2 import (
    BaseLoader,
    BytecodeCache,
    Environment,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
)
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape

from sitegen.digest import digest_bytes
from sitegen.errors import Problem, Where, excerpt_of
from sitegen.regex import regex
from sitegen.theme.view import UnknownNameError


class TemplateText(msgspec.Struct, frozen=True):
    """One template: its text and the path to name in errors."""

    text: str
    path: str


Templates = Mapping[str, TemplateText]


class _Texts(BaseLoader):
    def __init__(self, templates: Templates) -> None:
        self.templates = templates

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002
        found = self.templates.get(template)
        if found is None:
            raise TemplateNotFound(template)
        return found.text, found.path, lambda: True


def environment_of(templates: Templates, filters: Mapping[str, Callable[..., Any]]) -> Environment:
    """An environment over these texts: autoescape on, undefined names are errors, nothing random, no clock."""
    env = _Escaping(
        loader=_Texts(templates),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        optimized=False,  # see _Unfolded
    )
    del env.globals["lipsum"]
    del env.filters["random"]
    env.filters.update(filters)
    env.code_generator_class = _Unfolded
    env.bytecode_cache = _Compiled(env)
    return env


class _Unfolded(CodeGenerator):
    """Code in which no filter's answer stands: it would outlive the filter, a plugin's or one of another address."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Any, finalize: Any) -> str:
        if not isinstance(node, nodes.TemplateData | nodes.Const):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.shown(")


class _Escaping(Environment):
    """Escapes what a template prints without making a `Markup` of it, as it is joined to a text at once; and hands out
    its globals as one dict, which each page copies.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}

    @staticmethod
    def shown(value: Any) -> str:
        """As `markupsafe.escape`, at a third of the cost for what needs no escaping."""
        if type(value) is str:
            return escape(value) if _UNSAFE.search(value) else value
        return value if type(value) is Markup else escape(value)


_UNSAFE = regex("[&<>'\"]")


MOST_KEPT = 2_000  # templates whose code a process keeps; a theme has thirty
_codes: dict[tuple[object, ...], Any] = {}
_named: dict[str, tuple[str, ...] | None] = {}


class _Compiled(BytecodeCache):
    """The code of templates, for as long as the process lives: a second build, or a preview after an edit, compiles
    only what it has not seen. Code follows from a template's name and text, and from the names of the filters with what
    each of them is handed.
    """

    def __init__(self, env: Environment) -> None:
        handed = ((name, getattr(each, "jinja_pass_arg", None)) for name, each in env.filters.items())
        self.filters = tuple(sorted((name, str(what)) for name, what in handed))

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = _codes.get((self.filters, bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if len(_codes) >= MOST_KEPT:
            _codes.clear()
        _codes[self.filters, bucket.key, bucket.checksum] = bucket.code


def references(env: Environment, template: TemplateText) -> tuple[str, ...] | None:
    """Names that a template extends, includes or imports; None when one of them is computed while rendering.

    Raises: TemplateSyntaxError.
    """
    if template.text not in _named:
        if len(_named) >= MOST_KEPT:
            _named.clear()
        from jinja2 import meta  # noqa: PLC0415 -- only what is new in a theme is looked through

        found = set(meta.find_referenced_templates(env.parse(template.text, filename=template.path)))
        _named[template.text] = None if None in found else tuple(sorted(name for name in found if name is not None))
    return _named[template.text]


def closure_digests(
    templates: Templates, digests: Mapping[str, bytes], named: Mapping[str, tuple[str, ...] | None]
) -> dict[str, bytes]:
    """For each template, a digest of everything that rendering it can load.

    `digests` are of the texts, `named` what each names itself. One that names a template dynamically stands for the
    whole theme. A name that is missing counts as missing, so that adding it is seen.
    """
    everything = digest_bytes(b"".join(name.encode() + digests[name] for name in sorted(templates)))
    out = {}
    for name in templates:
        reached: set[str] = set()
        todo, dynamic = [name], False
        while todo:
            one = todo.pop()
            if one in reached:
                continue
            reached.add(one)
            if one in templates:
                names = named[one]
                dynamic = dynamic or names is None
                todo += names or ()
        parts = (one.encode() + digests.get(one, b"absent") for one in sorted(reached))
        out[name] = everything if dynamic else digest_bytes(b"".join(parts))
    return out


def syntax_problem(error: TemplateSyntaxError, templates: Templates) -> Problem:
    """What a template that does not parse looks like to its author."""
    path = error.filename or error.name or "a template"
    text = next((t.text for t in templates.values() if t.path == path), error.source or "")
    return Problem(
        code="template.syntax",
        where=Where(path, error.lineno),
        message=f"the template cannot be read: {error.message}",
        excerpt=excerpt_of(text, error.lineno),
        help="mend the line, or compare it with the theme's own copy (sitegen theme copy)",
    )


def render_problem(error: Exception, templates: Templates, start: str, context: str) -> Problem | None:
    """What an error inside a template looks like, with the template's file and line; None when none was involved."""
    if isinstance(error, TemplateSyntaxError):
        return msgspec.structs.replace(syntax_problem(error, templates), context=context)
    if isinstance(error, TemplateNotFound):
        return _missing_template(error, templates, start, context)
    path, line = _place(error, {t.path for t in templates.values()})
    if not line and isinstance(error, UnknownNameError):  # words of a page's title, asked before its template
        named = _first_theme(templates)
        return Problem(
            code="template.words",
            where=Where(f"themes/{named}/i18n/en.yaml" if named else "i18n/en.yaml"),
            message=_said(error, ""),
            context=context,
            help=f"{error.help}{_or_extend(templates)}",
        )
    if not line:
        return None
    text = next((t.text for t in templates.values() if t.path == path), "")
    said = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    return Problem(
        code="template.render",
        where=Where(path, line),
        message=_said(error, said),
        excerpt=excerpt_of(text, line),
        context=context,
        help=_advice(error, said),
    )


def _place(error: BaseException, paths: set[str]) -> tuple[str, int]:
    """The innermost line of a template in a traceback."""
    found, frame = ("", 0), error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename in paths:
            found = frame.tb_frame.f_code.co_filename, frame.tb_lineno
        frame = frame.tb_next
    return found


def _missing_template(error: TemplateNotFound, templates: Templates, start: str, context: str) -> Problem:
    name = str(error.name or start)
    asked = next((t for t in templates.values() if _names(t.text, name)), None)
    line = _names(asked.text, name) if asked else 0
    known = ", ".join(sorted(n for n in templates if "/" not in n))
    theme, slash, _ = name.partition("/")
    lacks_theme = slash and not any(n.startswith(f"{theme}/") for n in templates)
    extend = _or_extend(templates, theme) if lacks_theme else "" if asked else _or_extend(templates)
    return Problem(
        code="template.missing",
        where=Where(asked.path, line) if asked else Where(name),
        message=f'there is no template "{name}" in the theme or in templates/',
        excerpt=excerpt_of(asked.text, line) if asked else "",
        context=context,
        help=f"write it, or name one of: {known}{extend}",
    )


def _first_theme(templates: Templates) -> str:
    """The site's own theme, as its config names it; "" where its files lie elsewhere."""
    first = next((t.path for t in templates.values() if t.path.startswith("themes/")), "")
    return first.split("/")[1] if first.count("/") > 1 else ""


def _or_extend(templates: Templates, other: str = "plain") -> str:
    """What to do about a theme that was meant to stand on another one, which the config does not name."""
    named = _first_theme(templates)
    return f"; or let another theme give what {named} lacks:  theme: [{named}, {other}]" if named else ""


def _names(text: str, name: str) -> int:
    """Line on which a template's text names another one; 0 when it does not."""
    found = re.search(r"""\{%.*?["']""" + re.escape(name) + r"""["']""", text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _said(error: Exception, said: str) -> str:
    if isinstance(error, UnknownNameError):
        return str(error.args[0])
    if type(error).__name__ == "UndefinedError":
        return _OBJECT.sub(lambda found: f'"{_SPOKEN.get(found[1], found[1].lower())}"', said)
    return f"{type(error).__name__}: {said}"


_OBJECT = regex(r"'sitegen[.\w]*\.(\w+) object'")
_SPOKEN = {"Entry": "article", "SiteView": "site", "RelatedLink": "a related entry", "Card": "the card of an article"}


def _advice(error: Exception, said: str) -> str:
    if isinstance(error, UnknownNameError):
        return error.help
    if "is undefined" in said or "has no attribute" in said:
        return "sitegen theme doc  lists all that a template may use; test with  {% if … is defined %}"
    return "see  sitegen theme doc  for what each variable holds"
