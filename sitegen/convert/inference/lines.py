"""One line of a document, looked at alone: what it says as a date, byline, caption, related line or furniture.

Invariant: pure; depends on the line and the order of day and month alone, never on its neighbours.
"""
# ruff: noqa: E501 -- a phrase table reads best with a language a line

import re
from functools import cached_property
from typing import Final, Literal

from sitegen.convert.document import Block
from sitegen.convert.inference.captions import Caption, read_caption
from sitegen.convert.inference.dates import Found, Order, find_moments
from sitegen.convert.inference.names import names_beside, read_byline
from sitegen.convert.inference.phrases import Labelled, bare_label, furniture, opens_the_end, read_label

MAX_DATE_LINE: Final = 180  # characters; a longer line with a date is prose
MAX_QUESTION: Final = 32  # words of a headline that asks or announces
_WORD = re.compile(r"\w+")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔:;]['\"”’»」』)\]*]*$")
_INNER_END = re.compile(r"[.!?…]['\"”’»)]*\s+['\"“‘«(¿¡]*[^\W\d_a-z]|[。！？].|[؟۔]\s|، ")
_BULLET = re.compile(r"^\s*(?:[•▪▸►‣◦●○■□✓✔➤➜*–—-]|\d{1,3}[.)])\s+")
_UPDATED = re.compile(
    r"\b(?:updated?|modified|revised|edited|reviewed|checked|aktualisiert|geändert|stand|mise? à jour|màj|modifié|actualizad[oa]|modificado|aggiornat[oa]|ultimo aggiornamento|atualizado|bijgewerkt|uppdaterad|oppdatert|opdateret|zaktualizowano|aktualizováno|güncelle\w*|обновлен[оа]|изменено)\b|更新|تحديث|به‌?روز",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"\b(?:publish(?:ed)?|posted|created|first published|date|erstellt|veröffentlicht|publi[ée]e?|publicado|pubblicat[oa]|gepubliceerd|publicerad|publisert|opublikowano|yayın\w*|опубликован[оа]|дата)\b|公開|掲載|配信|发布|發布|نشر|انتشار|تاریخ",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\b(?:on|at|in|by|am|um|le|el|il|vom|von|den|du|last|on:|min(?:ute)?s?|read(?:ing)?|time|to|first|uhr|views?|comments?|ago|edt|est|ist|[ap]m|\d+)\b",
    re.IGNORECASE,
)


def says_updated(text: str) -> bool:
    """Whether what stands round a date says that it is the day of a change, and not of publication."""
    return bool(_UPDATED.search(text)) and not _PUBLISHED.search(_UPDATED.sub(" ", text))


class Line:
    """A block with the readings of its text, each made when first asked for."""

    def __init__(self, block: Block, order: Order = "") -> None:
        self.block = block
        self.text = block.text
        self._order = order

    @cached_property
    def words(self) -> int:
        """Words; in scripts without spaces, half of the characters."""
        east = len(_EAST_ASIAN.findall(self.text))
        return len(_WORD.findall(self.text)) + east // 2

    @cached_property
    def moments(self) -> tuple[Found, ...]:
        return find_moments(self.text, self._order) if len(self.text) <= MAX_DATE_LINE else ()

    @cached_property
    def rest(self) -> str:
        """What the line says besides its dates."""
        out, at = [], 0
        for found in self.moments:
            out.append(self.text[at : found.start])
            at = found.end
        return " | ".join([*out, self.text[at:]])

    @cached_property
    def date_role(self) -> Literal["", "whole", "part"]:
        """Whether the line is a date ("whole": labels, names, reading times aside), or has one as a part."""
        if not self.moments:
            return ""
        left = _FILLER.sub(" ", _PUBLISHED.sub(" ", _UPDATED.sub(" ", self.rest)))
        words = len(_WORD.findall(left))
        dated = sum(found.end - found.start for found in self.moments)
        if words <= 3 or (words <= 8 and dated * 3 >= len(self.text)) or self.names_beside:
            return "whole" if words <= 10 else "part"
        return "part"

    @cached_property
    def updated(self) -> bool:
        """Whether the line says when something was changed, and not when it was published."""
        return says_updated(self.rest)

    @cached_property
    def published(self) -> bool:
        return bool(_PUBLISHED.search(_UPDATED.sub(" ", self.rest)))

    @cached_property
    def names_beside(self) -> tuple[str, ...]:
        """Names in a line that also holds a date."""
        return names_beside(self.rest) if self.moments else ()

    @cached_property
    def byline(self) -> tuple[str, ...]:
        """Names of a line that opens with "By" or the like."""
        return () if self.moments else read_byline(self.text)

    @cached_property
    def caption(self) -> Caption | None:
        return None if self.date_role == "whole" else read_caption(self.text)

    @cached_property
    def label(self) -> Labelled | None:
        return read_label(self.text)

    @cached_property
    def bare_label(self) -> str:
        return bare_label(self.text)

    @cached_property
    def furniture(self) -> str:
        return furniture(self.text)

    @cached_property
    def opens_the_end(self) -> bool:
        return opens_the_end(self.text)

    @cached_property
    def ends_sentence(self) -> bool:
        return bool(_SENTENCE_END.search(self.text))

    @cached_property
    def bullet(self) -> bool:
        return bool(_BULLET.match(self.text))

    @cached_property
    def prose(self) -> bool:
        """Whether the line reads like a sentence or more rather than like a label or a headline."""
        if self.words < 7:
            return False
        headline = self.words < MAX_QUESTION and not _INNER_END.search(self.text)
        if headline and self.text.rstrip("\"'”’»」』)").endswith(("?", "!", ":", "？", "！", "؟")):
            return False  # as headlines end; a question among sentences is still kept as a part of the body
        if self.words >= 24:
            return True
        return self.ends_sentence
