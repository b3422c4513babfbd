"""reStructuredText, as Pelican and Nikola keep it: its fields, and its body as HTML, by docutils.

Invariant: nothing is included, nothing is run, no file is read; what docutils complains of is said and not lost.
"""

import re
from typing import Any, Final

from docutils import nodes
from docutils.core import publish_doctree, publish_from_doctree

from sitegen.convert.generators.matter import Matter

_SETTINGS: Final[dict[str, Any]] = {
    "file_insertion_enabled": False, "raw_enabled": False, "_disable_config": True, "halt_level": 5, "report_level": 5,
    "syntax_highlight": "none", "embed_stylesheet": False, "stylesheet_path": "", "initial_header_level": 2,
    "input_encoding": "unicode", "warning_stream": False, "line_length_limit": 100_000,
}  # fmt: skip
_CODE = re.compile(r'<pre class="code ([\w+#-]+) literal-block">')

_LITERAL = re.compile(r'<(?:span|tt|code) class="docutils literal">(.*?)</(?:span|tt|code)>', re.DOTALL)


def matter_of(text: str) -> Matter:
    """The title and the field list at the top of a text."""
    tree = publish_doctree(text, settings_overrides=_SETTINGS)
    values: dict[str, Any] = {}
    title = next(iter(tree.findall(nodes.title)), None)
    if title is not None and isinstance(title.parent, nodes.document):
        values["title"] = title.astext()
    for info in tree.findall(nodes.docinfo):
        for child in info.children:
            if isinstance(child, nodes.field):
                values[child[0].astext().lower()] = child[1].astext()
            elif isinstance(child, nodes.authors):
                values["authors"] = [each.astext() for each in child.children]
            elif isinstance(child, nodes.Element):
                values[child.tagname] = child.astext()
    written = text.split("\n")
    lines = {
        key: next((n for n, line in enumerate(written, 1) if re.match(rf":{re.escape(key)}:", line, re.IGNORECASE)), 1)
        for key in values
    }
    return Matter(values, lines, text)


def html_of(text: str) -> tuple[str, tuple[str, ...]]:
    """The body as HTML, without title and fields, and docutils' complaints."""
    tree = publish_doctree(text, settings_overrides=_SETTINGS)
    said = tuple(
        f"reStructuredText, line {message.get('line', '?')}: {message.astext()}"
        for message in [*tree.parse_messages, *tree.transform_messages]
        if message.get("level", 0) >= 3  # errors; warnings are matters of taste
    )
    for info in list(tree.findall(nodes.docinfo)):
        info.parent.remove(info)
    for message in list(tree.findall(nodes.system_message)):
        message.parent.remove(message)
    made = publish_from_doctree(tree, writer="html5", settings_overrides={**_SETTINGS, "output_encoding": "unicode"})
    body = made.partition("<body")[2].partition(">")[2].rpartition("</body>")[0]
    body = re.sub(r'<h1 class="title">.*?</h1>', "", body, flags=re.DOTALL)
    body = _LITERAL.sub(r"<code>\1</code>", body)
    return _CODE.sub(lambda match: f'<pre class="language-{match[1]}">', body), said
