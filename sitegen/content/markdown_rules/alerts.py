"""Alerts: a block quote whose first line is `[!NOTE]` (TIP, IMPORTANT, WARNING, CAUTION), as GitHub writes them.

What follows the marker on its line is a title of the author's own; without one the kind is named in the page's
language, as far as the table below reaches.
"""

import re

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from sitegen.regex import regex

KINDS = ("note", "tip", "important", "warning", "caution")
TITLES = {
    "en": ("Note", "Tip", "Important", "Warning", "Caution"),
    "ar": ("ملاحظة", "نصيحة", "مهم", "تحذير", "تنبيه"),
    "de": ("Hinweis", "Tipp", "Wichtig", "Warnung", "Vorsicht"),
    "es": ("Nota", "Consejo", "Importante", "Advertencia", "Precaución"),
    "fa": ("یادداشت", "نکته", "مهم", "هشدار", "احتیاط"),
    "fr": ("Note", "Astuce", "Important", "Avertissement", "Attention"),
    "he": ("הערה", "עצה", "חשוב", "אזהרה", "זהירות"),
    "it": ("Nota", "Consiglio", "Importante", "Avviso", "Attenzione"),
    "ja": ("注記", "ヒント", "重要", "警告", "注意"),
    "nl": ("Opmerking", "Tip", "Belangrijk", "Waarschuwing", "Let op"),
    "pl": ("Uwaga", "Wskazówka", "Ważne", "Ostrzeżenie", "Ostrożnie"),
    "pt": ("Nota", "Dica", "Importante", "Aviso", "Cuidado"),
    "ru": ("Примечание", "Совет", "Важно", "Предупреждение", "Осторожно"),
    "tr": ("Not", "İpucu", "Önemli", "Uyarı", "Dikkat"),
    "uk": ("Примітка", "Порада", "Важливо", "Попередження", "Обережно"),
    "zh": ("注", "提示", "重要", "警告", "小心"),
}

_MARKER = regex(r"\[!(note|tip|important|warning|caution)\][ \t]*([^\n]*)(?:\n|\Z)", re.IGNORECASE)


def alert_title(kind: str, language: str) -> str:
    """Name of a kind of alert in a language (`de`, `pt-BR`); English where the table has no such language."""
    titles = TITLES.get(language.partition("-")[0].lower(), TITLES["en"])
    return titles[KINDS.index(kind)]


def alerts(state: StateCore) -> None:
    """Core rule, before inlines: turns marked block quotes into `alert_open` … `alert_close`.

    `alert_open` holds the kind in `info`; a title of the author's own follows as `alert_title` with its inline text.
    """
    if "[!" not in state.src:
        return
    tokens = state.tokens
    closing: dict[int, int] = {}
    open_quotes: list[int] = []
    for index, token in enumerate(tokens):
        if token.type == "blockquote_open":
            open_quotes.append(index)
        elif token.type == "blockquote_close":
            closing[open_quotes.pop()] = index
    emptied: set[int] = set()
    for start, end in closing.items():
        if tokens[start + 1].type == "paragraph_open":
            _turn(tokens, start, end, emptied)
    if emptied:
        state.tokens = [token for index, token in enumerate(tokens) if index not in emptied]


def _turn(tokens: list[Token], start: int, end: int, emptied: set[int]) -> None:
    inline = tokens[start + 2]
    match = _MARKER.match(inline.content)
    if match is None:
        return
    opening = tokens[start]
    opening.type, opening.tag, opening.info = "alert_open", "div", match[1].lower()
    opening.meta = {"title": match[2].strip()}
    tokens[end].type, tokens[end].tag = "alert_close", "div"
    inline.content = inline.content[match.end() :].lstrip(" \t")
    if inline.map:
        inline.map = [inline.map[0] + 1, inline.map[1]]
    if not inline.content:
        emptied.update((start + 1, start + 2, start + 3))
