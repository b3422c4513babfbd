"""Code blocks, fenced and indented."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitegen.content.markdown_rules.draft import Draft, attributes_html, escape_attribute, escape_text
from sitegen.content.markdown_rules.elements import break_line

if TYPE_CHECKING:  # an article that is read at sight needs no parser
    from markdown_it.token import Token


def code_block(draft: Draft, tokens: "Sequence[Token]", index: int) -> int:
    """A fence or indented code; it can be scrolled with the keyboard."""
    token = tokens[index]
    break_line(draft, tokens, index)
    draft.html.append(code_html(token.content, language_of(token.info), token.attrs, highlight=draft.highlight))
    return index + 1


def code_html(code: str, language: str, attributes: dict[str, str | int | float], *, highlight: bool) -> str:
    """HTML of a listing; `highlight` asks for syntax colours where the language is known."""
    inner = None
    if highlight and language:
        from sitegen.content.markdown_rules.highlight import highlighted  # noqa: PLC0415 -- most articles hold no code

        inner = highlighted(code, language)
    classes = " ".join(filter(None, ("highlight" if inner is not None else "", str(attributes.get("class", "")))))
    outer = attributes_html({name: value for name, value in attributes.items() if name != "class"})
    named = f' class="{escape_attribute(classes)}"' if classes else ""
    spoken = f' class="language-{escape_attribute(language)}"' if language else ""
    shown = escape_text(code) if inner is None else inner
    return f'<pre{outer}{named} tabindex="0"><code{spoken}>{shown}</code></pre>\n'


def language_of(info: str) -> str:
    """Name of a code block's language from what stands after its fence: `python`, `{.python}`, `python title="x"`."""
    from markdown_it.common.utils import unescapeAll  # noqa: PLC0415

    words = unescapeAll(info).replace("{", " ").replace("}", " ").split(maxsplit=1)
    return words[0].lstrip(".") if words else ""
