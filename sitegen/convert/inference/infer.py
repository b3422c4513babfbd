"""Fields, body and the fate of every block of a document.

Invariant: pure; `infer` depends on one document and the evidence of its site alone, so documents can be inferred in any
order and process. Every block gets exactly one fate. Fields are read on the untouched lines before any is dropped.
"""

import re
from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import Final
from urllib.parse import unquote

from sitegen.convert.document import FLAG_BELOW, Article, Document, Fate, Field, Hint, Link, Picture
from sitegen.convert.inference.credits import Dated, Signed, choose_authors, choose_date
from sitegen.convert.inference.dates import find_moments
from sitegen.convert.inference.evidence import Evidence, key_of
from sitegen.convert.inference.headline import SLOGAN, Choice, bare_title, choose_title
from sitegen.convert.inference.lines import Line
from sitegen.convert.inference.paragraphs import join, paragraphs
from sitegen.convert.inference.segment import Shape, shape_of
from sitegen.convert.web_address import address_parts

BODY: Final = Fate("body")
MAX_FALLBACK: Final = 80  # characters of a title taken from the first words
MAX_CAPTION_WORDS: Final = 60
MAX_DECK_WORDS: Final = 60
FEW_LINES: Final = 4  # above an article without a title; they are kept, as more would be a menu


def infer(document: Document, evidence: Evidence, zone: tzinfo = UTC) -> Article:
    """What a document holds. `zone` is the site's, for times that name none. Cost: about 0.3 ms a kilobyte."""
    return _Inference(document, evidence, zone).article()


class _Inference:
    """The steps over one document; each fills `fates` only where it is still empty."""

    def __init__(self, document: Document, evidence: Evidence, zone: tzinfo) -> None:
        self.document = document
        self.evidence = evidence
        self.zone = zone
        self.lines = [Line(block, evidence.order) for block in document.blocks]
        self.fates: list[Fate | None] = [None] * len(self.lines)
        self.pictures: list[Picture] = []
        self.links: list[Link] = []
        self.doubts: list[str] = []
        self.summary: Field | None = None

    def article(self) -> Article:
        lines, url = self.lines, self.document.source.url
        shape = shape_of(lines, self.evidence)
        chosen = choose_title(lines, shape, self.evidence, url)
        dated = choose_date(lines, chosen.index, shape, self.evidence, url)
        signed = choose_authors(lines, chosen.index, dated.index if dated else -1, shape, self.evidence)
        head = self._mark_fields(shape, chosen, dated, signed)
        self._mark_links(shape)
        self._mark_captions(shape, head)
        self._mark_head(shape, chosen.index, head)
        self._mark_tail(shape)
        self._mark_body(shape)
        self._leave_something(chosen.index)
        body = self._body()
        title = self._title(chosen, body)
        hints = self.document.hints
        return Article(
            source=self.document.source,
            title=title,
            date=self._date(dated),
            authors=self._authors(signed),
            summary=_hinted(hints.get("summary")) or self.summary,
            tags=_hinted_list(hints.get("tags")),
            lang=_hinted(hints.get("lang")),
            pictures=tuple(self.pictures),
            links=tuple(self.links),
            body=tuple(body),
            fates=tuple(fate or BODY for fate in self.fates),
            doubts=tuple(self.doubts),
        )

    # ---- fields

    def _title(self, chosen: Choice, body: Sequence[str]) -> Field:
        hint = self.document.hints.get("title")
        if hint and hint.value.strip():
            return Field(" ".join(hint.value.split()), hint.confidence, hint.origin)
        if chosen.index >= 0:
            line = self.lines[chosen.index]
            text = self.evidence.without_ending(bare_title(line.text)) or bare_title(line.text)
            sure = min(0.98, 0.5 + 0.08 * max(chosen.score, 0) + 0.05 * min(max(chosen.margin, 0), 3))
            return Field(text, round(sure, 2), f"line {line.block.line}")
        return self._fallback_title(body)

    def _fallback_title(self, body: Sequence[str]) -> Field:
        self.doubts.append("no line of the text is its title")
        source = self.document.source
        if words := _readable(address_parts(source.url).path):
            return Field(words, 0.35, "url")
        if source.row is None and (words := _readable(source.name)):
            return Field(words, 0.3, "file name")
        first = next(iter(body), "") or next((line.text for line in self.lines), "") or "Untitled"
        text = " ".join(first.split())
        if len(text) > MAX_FALLBACK:
            text = text[:MAX_FALLBACK].rsplit(" ", 1)[0] + "…"
        return Field(text, 0.1, "first words")

    def _date(self, dated: Dated | None) -> Field | None:
        hint = self.document.hints.get("date")
        if (
            hint
            and (found := find_moments(hint.value, self.evidence.order))
            and (dated is None or hint.confidence > dated.confidence)
        ):
            sure = min(hint.confidence, 0.45) if found[0].ambiguous else hint.confidence
            return self._checked_date(Field(found[0].moment.iso(self.zone), sure, hint.origin))
        if dated is None:
            return None
        return self._checked_date(Field(dated.moment.iso(self.zone), round(dated.confidence, 2), dated.origin))

    def _checked_date(self, field: Field) -> Field:
        if field.doubtful:
            self.doubts.append(f"the date {field.value} ({field.origin}) is doubtful and was left out")
        return field

    def _authors(self, signed: Signed | None) -> Field | None:
        if hint := _hinted_list(self.document.hints.get("authors")):
            return hint
        return signed.field() if signed else None

    # ---- fates

    def _set(self, index: int, fate: Fate) -> None:
        if self.fates[index] is None:
            self.fates[index] = fate

    def _mark_fields(self, shape: Shape, chosen: Choice, dated: Dated | None, signed: Signed | None) -> int:
        """Marks title, date and byline; the index of the last line of the head that they stand on, -1 for none."""
        head = chosen.index
        if chosen.index >= 0:
            self._set(chosen.index, Fate("field", "title"))
        if dated and dated.index >= 0 and dated.confidence >= FLAG_BELOW:
            role = self.lines[dated.index].date_role
            said = self.lines[dated.index].words <= 14
            if role == "whole" or said:
                self._set(dated.index, Fate("field", "date"))
                head = max(head, dated.index if dated.index < shape.stop else -1)
        if signed and signed.confidence >= FLAG_BELOW:
            for index in signed.indices:
                if self.lines[index].words <= 20:
                    self._set(index, Fate("field", "authors"))
                    head = max(head, index if index < shape.prose + 3 else -1)
        return head

    def _mark_links(self, shape: Shape) -> None:
        for i, line in enumerate(self.lines):
            label = line.label
            if self.fates[i] is not None or not label or shape.recurring[i] or line.date_role == "whole":
                continue
            if i < shape.prose and len(label.title.split()) < 3:
                continue
            self._set(i, Fate("link"))
            self.links.append(Link(label.label, label.title or label.url, line.block.line, label.url))

    def _mark_captions(self, shape: Shape, head: int) -> None:
        """Captions with a credit: marked ones anywhere in the article, those set off by a bar only in its head."""
        for i in range(max(head, 0), min(shape.stop + 1, len(self.lines))):
            line = self.lines[i]
            caption = line.caption
            if self.fates[i] is not None or caption is None or line.words > MAX_CAPTION_WORDS or shape.recurring[i]:
                continue
            above = i < shape.prose or (i <= shape.prose + 1 and not line.prose)
            if not caption.sure and not above:
                continue
            if caption.sure and i > shape.prose and line.words > 40 and line.ends_sentence:
                continue
            self._set(i, Fate("field", "images"))
            self.pictures.append(Picture(caption.caption, caption.credit, line.block.line))

    def _mark_head(self, shape: Shape, title: int, head: int) -> None:
        top = title if title >= 0 else -1
        titles = {key_of(self.lines[title].text)} if title >= 0 else set()
        for i in range(shape.prose):
            line = self.lines[i]
            if self.fates[i] is not None:
                continue
            if key_of(line.text) in titles:
                self._set(i, Fate("dropped", "title repeated"))
            elif reason := self._reason(i, shape):
                self._set(i, Fate("dropped", reason))
            elif i < top:
                short = line.words <= 14 and i <= 2 and not line.bullet
                slogan = short and (i == 0 or bool(SLOGAN.search(line.text)))
                self._set(i, Fate("dropped", "tagline" if slogan else "before the article"))
            elif i <= head:
                self._between(i, title)
            elif title < 0 and FEW_LINES < i < shape.start:
                self._set(i, Fate("dropped", "before the article"))
            else:
                self._set(i, BODY)

    def _between(self, i: int, title: int) -> None:
        """A line between the title and the last line of the head: the deck under the title, or what surrounds it."""
        line = self.lines[i]
        if 5 <= line.words <= MAX_DECK_WORDS and self.summary is None and i <= title + 3:
            self.summary = Field(line.text, 0.6, f"line {line.block.line}")
            self._set(i, Fate("field", "summary"))
        elif line.prose:
            self._set(i, BODY)
        else:
            self._set(i, Fate("dropped", "around the title"))

    def _reason(self, i: int, shape: Shape) -> str:
        line = self.lines[i]
        if line.date_role == "whole":
            return "another date"
        if line.furniture:
            return line.furniture
        if shape.recurring[i]:
            return "boilerplate"
        if line.byline:
            return "another byline"
        if line.opens_the_end and line.words <= 6:
            return "navigation"
        return ""

    def _mark_tail(self, shape: Shape) -> None:
        for i in range(shape.stop, len(self.lines)):
            self._set(i, Fate("dropped", self._reason(i, shape) or "after the article"))

    def _mark_body(self, shape: Shape) -> None:
        stop = shape.stop
        last_link = max((i for i in range(shape.prose, stop) if self.fates[i] == Fate("link")), default=-1)
        ends_here = (
            last_link >= 0
            and stop - last_link <= 6
            and not any(line.prose for line in self.lines[last_link + 1 : stop])
        )
        for i in range(shape.prose, stop):
            line = self.lines[i]
            if ends_here and i > last_link:
                self._set(i, Fate("dropped", self._reason(i, shape) or "after the article"))
            elif shape.recurring[i]:
                self._set(i, Fate("dropped", "boilerplate"))
            elif line.furniture and not (line.furniture == "navigation" and _is_heading(self.lines, i)):
                self._set(i, Fate("dropped", line.furniture))
            elif line.bare_label and line.text.rstrip().endswith((":", "：")) and line.words <= 3:
                self._set(i, Fate("dropped", "label of a link"))

    def _leave_something(self, title: int) -> None:
        """Sentences that recur are the article after all where nothing else would be: a form, a notice, a few alike."""
        if any(fate is None or fate.kind == "body" for fate in self.fates):
            return
        recurring = Fate("dropped", "boilerplate")
        kept = [i for i, fate in enumerate(self.fates) if fate == recurring and i != title and self.lines[i].prose]
        for i in kept:
            self.fates[i] = BODY
        if kept:
            self.doubts.append("all of its text recurs in other articles; its sentences were kept")

    def _body(self) -> list[str]:
        """Paragraphs of the blocks whose fate is the body; a line between two of them keeps them apart."""
        out: list[str] = []
        run: list[Line] = []
        for line, fate in zip([*self.lines, None], [*self.fates, None], strict=True):
            if line is not None and (fate is None or fate.kind == "body"):
                run.append(line)
                continue
            out += [join([run[k].text for k in group]) for group in paragraphs(run)]
            run = []
        return out


def _is_heading(lines: Sequence[Line], i: int) -> bool:
    return 0 < i < len(lines) - 1 and lines[i - 1].prose and lines[i + 1].prose


def _readable(path: str) -> str:
    """Words of the last part of a path, when it is made of words: `/2024/a-long-walk.html` -> `A long walk`."""
    stem = re.sub(r"\.\w{1,5}$", "", unquote(path).rstrip("/").rsplit("/", 1)[-1])
    words = [word for word in re.split(r"[\s_+-]+", stem) if word]
    while words and (words[0].isdigit() or re.fullmatch(r"[0-9a-f]{8,}", words[0])):
        words = words[1:]
    if sum(len(re.findall(r"[^\W\d_]", word)) > 1 for word in words) < 2:
        return ""
    text = " ".join(words)
    return text[0].upper() + text[1:]


def _hinted(hint: Hint | None) -> Field | None:
    if hint and hint.value.strip():
        return Field(hint.value.strip(), hint.confidence, hint.origin)
    return None


def _hinted_list(hint: Hint | None) -> Field | None:
    found = _hinted(hint)
    if found is None:
        return None
    values = [part.strip() for part in re.split(r"[;,|]", found.value) if part.strip()]
    return Field(values, found.confidence, found.origin)
