"""Block tokens to HTML: the walk over a whole article, and the blocks that need more than a tag."""

import re
from collections.abc import Callable, Sequence

from markdown_it.token import Token

from sitegen.content.markdown_rules.alerts import alert_title
from sitegen.content.markdown_rules.budgets import Found
from sitegen.content.markdown_rules.code_blocks import code_block
from sitegen.content.markdown_rules.contents import contents_html
from sitegen.content.markdown_rules.draft import Draft, escape_attribute, escape_text
from sitegen.content.markdown_rules.elements import break_line, element
from sitegen.content.markdown_rules.footnotes import note_close, note_open, notes_close, notes_open, way_back
from sitegen.content.markdown_rules.ids import claim, heading_slug
from sitegen.content.markdown_rules.inlines import written
from sitegen.content.markdown_rules.parser import lone_image
from sitegen.content.markdown_rules.raw_html import ids_in, visible_text
from sitegen.content.markdown_rules.summaries import MORE
from sitegen.content.markdown_rules.tables import header_cell, table_close, table_open
from sitegen.model import Heading
from sitegen.regex import regex


def write_blocks(draft: Draft, tokens: Sequence[Token]) -> None:
    """Fills the draft from the block tokens of a whole article."""
    _claim_ids(draft, tokens)
    index, count = 0, len(tokens)
    while index < count:
        token = tokens[index]
        rule = _RULES.get(token.type)
        if rule is not None:
            index = rule(draft, tokens, index)
        elif token.type in draft.parser.renderer.rules:  # type: ignore[attr-defined]
            index = _of_plugin(draft, tokens, index)
        else:
            index = element(draft, tokens, index)
    if draft.contents_at >= 0:
        draft.html[draft.contents_at] = contents_html(draft.headings)


def _claim_ids(draft: Draft, tokens: Sequence[Token]) -> None:
    """Ids in raw HTML are the author's; no heading may take them."""
    for token in tokens:
        if token.type == "html_block":
            draft.ids.update(dict.fromkeys(ids_in(token.content), 1))
        elif token.type == "inline" and "<" in token.content:
            for child in token.children or ():
                if child.type == "html_inline":
                    draft.ids.update(dict.fromkeys(ids_in(child.content), 1))


_OPEN_FIGURE = regex(r"<figure(?:\s[^<>]*)?>\s*$", re.IGNORECASE)

# Rules: each writes the token at `index` and gives the index of the next one.


def _of_plugin(draft: Draft, tokens: Sequence[Token], index: int) -> int:
    break_line(draft, tokens, index)
    rule = draft.parser.renderer.rules[tokens[index].type]  # type: ignore[attr-defined]
    draft.html.append(rule(tokens, index, draft.parser.options, {}))
    return index + 1


def _inline(draft: Draft, tokens: Sequence[Token], index: int) -> int:
    token = tokens[index]
    html, text = written(draft, token)
    if draft.checkbox:
        html, draft.checkbox = f"<label>{draft.checkbox} {html}</label>", ""
    draft.html.append(html)
    if text:
        draft.texts.append(text)
        draft.prose.append(text)
    return index + 1


def _paragraph(draft: Draft, tokens: Sequence[Token], index: int) -> int:
    token, inline = tokens[index], tokens[index + 1]
    if token.hidden:
        return index + 1
    if inline.content == "[TOC]" and token.level == 0 and draft.contents_at < 0:
        draft.contents_at = len(draft.html)
        draft.html.append("")
        return index + 3
    image = lone_image(inline.children or ())
    if image is not None and not draft.checkbox and tokens[index + 2].type == "paragraph_close":
        return _figure(draft, tokens, index, image)
    break_line(draft, tokens, index)
    before = len(draft.texts)
    draft.html.append(f"<p{draft.attributes(token)}>" if token.attrs else "<p>")
    index = _inline(draft, tokens, index + 1)
    if token.level == 0 and len(draft.texts) > before:
        draft.paragraphs.append(draft.texts[-1])
    if tokens[index].type == "paragraph_close":  # a footnote's arrow may stand before it
        draft.html.append("</p>\n")
        return index + 1
    return index


def _figure(draft: Draft, tokens: Sequence[Token], index: int, image: Token) -> int:
    opening, inline = tokens[index], tokens[index + 1]
    if index and tokens[index - 1].type == "html_block" and _OPEN_FIGURE.search(tokens[index - 1].content):
        break_line(draft, tokens, index)  # the figure is the author's, and so is its caption
        draft.html += [written(draft, inline)[0], "\n"]
        return index + 3
    caption = image.meta.get("caption")
    image.attrs.pop("title", None)
    break_line(draft, tokens, index)
    draft.html.append(f"<figure{draft.attributes(opening)}>\n")
    html, _ = written(draft, inline)
    draft.html.append(html)
    if caption is not None:
        html, text = written(draft, caption)
        draft.html.append(f"\n<figcaption>{html}</figcaption>")
        draft.texts.append(text)
    draft.html.append("\n</figure>\n")
    return index + 3


def _heading(draft: Draft, tokens: Sequence[Token], index: int) -> int:
    token, inline = tokens[index], tokens[index + 1]
    html, text = written(draft, inline)
    text = " ".join(text.split())
    chosen = str(token.attrs.pop("id", ""))
    id = claim(chosen or heading_slug(text), draft.ids)
    if chosen and id != chosen:
        _report_taken(draft, chosen, inline)
    break_line(draft, tokens, index)
    draft.html.append(f'<{token.tag} id="{escape_attribute(id)}"{draft.attributes(token)}>{html}</{token.tag}>\n')
    draft.headings.append(Heading(level=int(token.tag[1]), id=id, text=text))
    if text:
        draft.texts.append(text)
    return index + 3


def _report_taken(draft: Draft, id: str, inline: Token) -> None:
    draft.parser.report(
        Found(
            code="markdown.id",
            line=inline.map[0] if inline.map else -1,
            message=f'the id "{id}" is used twice in this article, so this heading got another one',
            help="give one of the two another id",
            excerpt=f"#{id}",
        )
    )


def _item(draft: Draft, tokens: Sequence[Token], index: int) -> int:
    token = tokens[index]
    if not token.meta or "checked" not in token.meta:
        return element(draft, tokens, index)
    checked = " checked" if token.meta["checked"] else ""
    box = f'<input type="checkbox" disabled{checked}'
    after = element(draft, tokens, index)
    if tokens[after].type == "paragraph_open":
        draft.checkbox = box + ">"
    else:
        draft.html.append(f'{box} aria-label="{"☑" if checked else "☐"}">\n')
    return after


def _html(draft: Draft, tokens: Sequence[Token], index: int) -> int:
    token = tokens[index]
    break_line(draft, tokens, index)
    line = token.map[0] if token.map else draft.line
    content = token.content
    if "!--" in content and MORE.fullmatch(content):
        if token.level == 0 and draft.more is None:
            draft.more = list(draft.prose)
        return index + 1
    draft.html.append(draft.raw(content, line))
    text = visible_text(content).strip()
    if text:
        draft.texts.append(text)
        draft.prose.append(text)
    return index + 1


def _rule(draft: Draft, tokens: Sequence[Token], index: int) -> int:
    break_line(draft, tokens, index)
    draft.html.append(f"<hr{draft.attributes(tokens[index])}>\n")
    return index + 1


def _alert(draft: Draft, tokens: Sequence[Token], index: int) -> int:
    token = tokens[index]
    break_line(draft, tokens, index)
    title = token.meta["title"] or alert_title(token.info, draft.language)
    token.attrs["class"] = f"alert alert-{token.info} {token.attrs.get('class', '')}".rstrip()
    draft.html.append(f'<div{draft.attributes(token)} role="note">\n<p class="alert-title">{escape_text(title)}</p>\n')
    draft.texts.append(title)
    return index + 1


def _formula(draft: Draft, tokens: Sequence[Token], index: int) -> int:
    token = tokens[index]
    break_line(draft, tokens, index)
    draft.html.append(
        f'<div class="math">{draft.formula(token.content, token.map[0] if token.map else -1, display=True)}</div>\n'
    )
    return index + 1


_RULES: dict[str, Callable[[Draft, Sequence[Token], int], int]] = {
    "paragraph_open": _paragraph,
    "inline": _inline,
    "heading_open": _heading,
    "list_item_open": _item,
    "fence": code_block,
    "code_block": code_block,
    "html_block": _html,
    "hr": _rule,
    "alert_open": _alert,
    "table_open": table_open,
    "table_close": table_close,
    "th_open": header_cell,
    "footnote_block_open": notes_open,
    "footnote_block_close": notes_close,
    "footnote_open": note_open,
    "footnote_close": note_close,
    "footnote_anchor": way_back,
    "math_block": _formula,
}
