"""One output while it is made: it asks, is told what it asked, and fills templates.

Invariant: pure. Everything that an output shows is asked through its recorder.
"""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment

from sitegen.catalog.outputs import OutputPlan
from sitegen.engine import Recorder
from sitegen.model import Card, Output
from sitegen.theme.addresses import Base
from sitegen.theme.filters import format_number, plural_form
from sitegen.theme.pictures import sized_card
from sitegen.theme.shown import Page, Pager, SiteFacts
from sitegen.theme.social_cards import Typesetting
from sitegen.theme.view import SiteView, UnknownNameError


class Making:
    """One output while it is made: what every kind of output does alike."""

    __slots__ = ("ask", "base", "env", "key", "output", "site", "typesetting")

    def __init__(
        self, output: Output, recorder: Recorder, base: Base, env: Environment, typesetting: Typesetting
    ) -> None:
        self.output = output
        self.key = output.key
        self.ask = recorder.ask
        self.base = base
        self.env = env
        self.typesetting = typesetting
        self.site: SiteFacts = recorder.ask("site")

    def page(self, **fields: Any) -> Page:
        """What templates know as `page`."""
        lang = fields.pop("lang", "") or self.site.language
        direction = fields.pop("dir", self.site.dir)
        return Page(
            kind={"not_found": "404"}.get(self.output.kind, self.output.kind),
            url=self.output.url,
            lang=lang,
            dir=direction,
            canonical=self.base.absolute(self.output.url),
            **fields,
        )

    def words(self, language: str) -> Callable[..., str]:
        """What templates know as `t`: the words of the theme in a language."""
        strings: Mapping[str, Any] = self.ask("strings", language)

        def t(key: str, **values: Any) -> str:
            if key not in strings:
                message = f't("{key}"): the theme has no such words'
                raise UnknownNameError(message, f"write  {key}: …  into the theme's  i18n/en.yaml , or mend the name")
            found = strings[key]
            if isinstance(found, Mapping):
                found = found.get(plural_form(values.get("count", 0), language)) or found["other"]
            return found.format(**spoken(values, language)) if values else str(found)

        return t

    def template(self, name: str, page: Page, **variables: Any) -> str:
        """What a template gives."""
        self.ask("template", name)
        variables["page"] = page
        variables["site"] = SiteView(self.ask, self.base)
        variables["t"] = self.words(page.lang)
        return self.env.get_template(name).render(variables)

    def cards(self, ids: tuple[str, ...]) -> tuple[Card, ...]:
        """The cards of these articles, without those that are not published."""
        return tuple(sized_card(card, self.ask) for id in ids if (card := self.ask("card", id)) is not None)

    def pager(self, base: str, number: int, count: int, first: str = "") -> Pager | None:
        """Where a page of a list stands among the others; the first has the address `first`, if that is another."""
        plan: OutputPlan = self.ask("plan")
        total = max(1, -(-count // plan.page_size))

        def url(n: int) -> str:
            return (first or base) if n == 1 else f"{base}page/{n}/"

        return Pager(
            number=number,
            total=total,
            count=count,
            newer_url=url(number - 1) if number > 1 else "",
            older_url=url(number + 1) if number < total else "",
            pages=tuple((n, url(n)) for n in range(1, total + 1)),
        )


def spoken(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Values for a sentence, numbers as the language writes them."""
    return {name: format_number(each, language) if type(each) is int else each for name, each in values.items()}
