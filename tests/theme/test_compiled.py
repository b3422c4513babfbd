"""The code of templates is kept by a process, and holds nothing of the site that it was compiled for."""

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, pass_context
from markupsafe import Markup

from sitegen.theme.templates import TemplateText, environment_of, references


def shown(text: str, **filters: object) -> str:
    env = environment_of({"a.html": TemplateText(text, "templates/a.html")}, filters)
    return env.get_template("a.html").render(given="<g>", site={"x": 1})


@pytest.mark.parametrize(
    "text",
    ["{{ 'hi' | loud }}", "{% set x = 'hi' | loud %}{{ x }}", "{% if 'hi' | loud == 'HI' %}HI{% endif %}",
     "{{ ('hi' | loud) ~ '!' }}", "{% macro m(x='hi' | loud) %}{{ x }}{% endmacro %}{{ m() }}"],
)  # fmt: skip
def test_a_filter_of_another_site_is_never_asked(text):
    first, second = shown(text, loud=str.upper), shown(text, loud=lambda text: f"{text}?")

    assert "HI" in first
    assert "HI" not in second


def test_a_filter_that_is_handed_something_else_is_compiled_anew():
    @pass_context
    def loud(context, text):
        return context["given"] + text

    assert shown("{{ given | loud }}", loud=str.upper) == "&lt;G&gt;"
    assert shown("{{ given | loud }}", loud=loud) == "&lt;g&gt;&lt;g&gt;"


def test_constants_are_escaped_as_ever():
    assert shown("{{ '<b>' }}<i>{{ '<b>' | safe }}{{ 1 }}{{ given }}") == "&lt;b&gt;<i><b>1&lt;g&gt;"


def test_what_a_template_names_is_that_of_its_text_now():
    env = environment_of({}, {})
    one, two = TemplateText('{% include "b" %}', "a"), TemplateText('{% include "c" %}', "a")

    assert (references(env, one), references(env, two), references(env, one)) == (("b",), ("c",), ("b",))


PLACES = (
    "{{ v }}", "<p>{{ v }}{{ v }}</p>", "{{ v ~ '<i>' }}", "{{ v | upper }}", "{{ (v, 1) }}", "{{ '%s<' | format(v) }}",
    "{% set x %}<b>{{ v }}</b>{% endset %}{{ x }}{{ x ~ v }}", "{% filter upper %}{{ v }}<b>{% endfilter %}",
    "{% macro m(a) %}<u>{{ a }}</u>{% endmacro %}{{ m(v) }}{{ m(m(v)) }}{{ m(v) | length }}",
    "{% macro m() %}<u>{{ caller() }}</u>{% endmacro %}{% call m() %}{{ v }}{% endcall %}",
    "{% for x in [v, v] %}{{ loop.index }}{{ x }}{% endfor %}",
    "{% autoescape false %}{{ v }}{% endautoescape %}{{ v }}",
    "{{ v | safe }}{{ v | e }}{{ v | e | e }}", "{% include 'part.html' %}{% import 'macro.html' as p %}{{ p.m(v) }}",
)  # fmt: skip
PARTS = {"part.html": "<s>{{ v }}</s>", "macro.html": "{% macro m(a) %}<s>{{ a }}</s>{% endmacro %}"}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("value", ["a & <b> \"c\" 'd'", "plain", "", Markup("<i>&amp;</i>"), 3, 1.5, None, ["<", 1]])
def test_what_is_printed_is_escaped_as_jinja_escapes_it(place, value):
    texts = {"a.html": place, **PARTS}
    usual = Environment(autoescape=True, loader=DictLoader(texts), undefined=StrictUndefined)
    ours = environment_of({name: TemplateText(text, name) for name, text in texts.items()}, {})

    def made(env):
        try:
            return env.get_template("a.html").render(v=value)
        except (TypeError, AttributeError) as error:
            return type(error)

    assert made(ours) == made(usual)
