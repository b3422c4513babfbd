"""The code of templates is kept by a process, and holds nothing of the site that it was compiled for."""

import pytest
from jinja2 import pass_context

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
