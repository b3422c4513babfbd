"""An output and a snapshot in, bytes and the questions asked out: one function a kind of output.

Invariant: pure. Everything that an output shows is asked through its recorder; a failure is a value that names the
template, its line and the article.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress

import msgspec
from jinja2 import Environment, TemplateError
from markupsafe import Markup

from sitegen.catalog.ordering import Term
from sitegen.catalog.outputs import SOCIAL_CARD, OutputPlan
from sitegen.catalog.stories import Story as Told
from sitegen.engine import Key, Recorder, Snapshot
from sitegen.errors import Problem
from sitegen.model import Body, Card, Keys, Output
from sitegen.plugins import MoreOutput, PluginError
from sitegen.theme import feeds
from sitegen.theme.addresses import Base
from sitegen.theme.body import fill_slots
from sitegen.theme.citations import citation
from sitegen.theme.filters import format_period
from sitegen.theme.making import Making
from sitegen.theme.pictures import sized_card, with_sizes
from sitegen.theme.shown import Entry, Period, feeds_at
from sitegen.theme.social_cards import Typesetting, TypesettingError, not_typeset
from sitegen.theme.stories import told_story
from sitegen.theme.templates import Templates, render_problem
from sitegen.theme.view import cited_by

SUMMARY_LENGTH = 300  # characters of a description that search engines and cards show at most


class Made(msgspec.Struct, frozen=True):
    """An output's bytes and the keys of what it read, in the order of reading."""

    output: Output
    content: bytes
    reads: tuple[Key, ...]


class Failed(msgspec.Struct, frozen=True):
    """An output that could not be made."""

    output: Output
    problems: tuple[Problem, ...]


class Renderer:
    """Renders outputs of one snapshot; holds the compiled templates. Cost: what the template asks, and Jinja."""

    def __init__(
        self,
        snapshot: Snapshot,
        env: Environment,
        templates: Templates,
        content_folder: str,
        typesetting: Typesetting,
    ) -> None:
        self.snapshot = snapshot
        self.env = env
        self.templates = templates
        self.content_folder = content_folder
        self.typesetting = typesetting
        self.base: Base = snapshot.table("base")

    def render(self, output: Output) -> Made | Failed:
        """One output. Errors inside templates become problems; errors of sitegen's own are raised."""
        recorder = Recorder(self.snapshot)
        recorder.ask("toolchain")
        recorder.ask("base")
        try:
            made = _KINDS[output.kind](Making(output, recorder, self.base, self.env, self.typesetting))
        except PluginError as error:
            context = f"rendering {self._said(output)}"
            return Failed(output, (msgspec.structs.replace(error.problem, context=context),))
        except TypesettingError as error:
            context = f"drawing {self._said(output)}"
            return Failed(output, (not_typeset(error, self.templates[SOCIAL_CARD].path, context),))
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
            problem = render_problem(error, self.templates, _start_of(output), f"rendering {self._said(output)}")
            if problem is None:
                raise
            return Failed(output, (problem,))
        content = made if isinstance(made, bytes) else made.encode("utf-8", "replace")
        return Made(output, content, tuple(recorder.reads))

    def compile(self) -> None:
        """Compile every template that a page can start from, so that forked workers need not. Errors wait for a page
        that needs the template.
        """
        for name in self.templates:
            if "/" not in name:
                with suppress(TemplateError):
                    self.env.get_template(name)

    def _said(self, output: Output) -> str:
        if output.kind in ("article", "page"):
            return f"{self.content_folder}/{output.source}"
        return output.url


def _start_of(output: Output) -> str:
    return {"not_found": "404.html", "moved_story": "redirect.html"}.get(output.kind, f"{output.kind}.html")


def _entry(making: Making) -> str:
    id = str(making.key[0])
    card: Card = making.ask("card", id)
    keys: Keys = making.ask("keys_of", id)
    card = sized_card(card, making.ask)
    body: Body = making.ask("body", id)
    lead = card.image.src if card.image else ""
    body = with_sizes(body, keys, making.ask, making.base.href, lead=lead)
    entry = Entry(
        html=Markup(fill_slots(body, keys, making.ask, making.base.href)),  # noqa: S704 -- made by the Markdown room
        words=body.words,
        standfirst=body.standfirst,
        headings=body.headings,
        source=body.source,
        extra=body.extra,
        aliases=keys.aliases,
        **{name: getattr(card, name) for name in _CARD_FIELDS},
    )
    page = making.page(title=card.title, description=card.summary[:SUMMARY_LENGTH], lang=card.lang, dir=card.dir)
    name = f"{keys.template.removesuffix('.html')}.html" if keys.template else f"{making.output.kind}.html"
    return making.template(name, page, article=entry)


_CARD_FIELDS = tuple(name for name in Card.__struct_fields__ if name in Entry.__struct_fields__)


def _home(making: Making) -> str:
    plan: OutputPlan = making.ask("plan")
    paged = plan.list_path == "/"
    page = making.page(
        description=making.site.description,
        pager=making.pager("/", 1, making.ask("count")) if paged else None,
        feeds=(),
    )
    return making.template("home.html", page, items=making.cards(making.ask("latest", 0, plan.page_size)))


def _list(making: Making) -> str:
    number = int(making.key[0])
    plan: OutputPlan = making.ask("plan")
    t = making.words(making.site.language)
    page = making.page(
        title=t("articles"),
        description=making.site.description,
        pager=making.pager(plan.list_path, number, making.ask("count")),
    )
    ids = making.ask("latest", (number - 1) * plan.page_size, number * plan.page_size)
    return making.template("list.html", page, items=making.cards(ids))


def _term(making: Making) -> str:
    taxonomy, slug, number = str(making.key[0]), str(making.key[1]), int(making.key[2])
    plan: OutputPlan = making.ask("plan")
    term: Term = making.ask("term", taxonomy, slug)
    formats = making.site.feeds if taxonomy in plan.term_feeds else ()
    page = making.page(
        title=term.name,
        pager=making.pager(term.url, number, term.count),
        feeds=feeds_at(term.url, f"{term.name} · {making.site.title}", formats),
    )
    ids = making.ask("tagged", taxonomy, slug, (number - 1) * plan.page_size, number * plan.page_size)
    return making.template("term.html", page, taxonomy=taxonomy, term=term, items=making.cards(ids))


def _taxonomy(making: Making) -> str:
    taxonomy = str(making.key[0])
    t = making.words(making.site.language)
    terms: tuple[Term, ...] = making.ask("terms", taxonomy)
    return making.template("taxonomy.html", making.page(title=t(taxonomy)), taxonomy=taxonomy, terms=terms)


def _archive(making: Making) -> str:
    t = making.words(making.site.language)
    return making.template("archive.html", making.page(title=t("archive")), years=making.ask("periods"))


def _period(making: Making) -> str:
    year, month, day = (int(part) for part in making.key)
    title = format_period(year, month, day, making.site.language)
    period = Period(year=year, month=month, day=day, url=making.output.url, title=title)
    items = making.cards(making.ask("period", year, month, day))
    return making.template("period.html", making.page(title=title), period=period, items=items)


def _not_found(making: Making) -> str:
    t = making.words(making.site.language)
    return making.template("404.html", making.page(title=t("not_found")))


def _search(making: Making) -> str:
    t = making.words(making.site.language)
    return making.template("search.html", making.page(title=t("search")))


def _stories(making: Making) -> str:
    t = making.words(making.site.language)
    told = [told_story(making.ask, each) for each in making.ask("story_list", 0, None)]
    return making.template("stories.html", making.page(title=t("stories")), stories=told)


def _story(making: Making) -> str:
    told: Told = making.ask("story", str(making.key[0]))
    story = told_story(making.ask, told)
    page = making.page(title=story.name, description=story.summary, lang=story.lang, dir=story.dir)
    return making.template("story.html", page, story=story, items=making.cards(told.ids))


def _moved_story(making: Making) -> str:
    url: str = making.ask("moved_story", str(making.key[0]))
    return making.template("redirect.html", making.page(title=making.site.title), target=url)


def _redirect(making: Making) -> str:
    url: str = making.ask("address", str(making.key[0]))
    page = making.page(title=making.site.title)
    return making.template("redirect.html", page, target=url)


def _feed(making: Making) -> str:
    format, taxonomy, slug = (*map(str, making.key), "", "")[:3]
    return feeds.feed(making.ask, making.base, format, taxonomy, slug)


def _citation(making: Making) -> str:
    format, id = map(str, making.key)
    return citation(format, cited_by(making.ask, making.base, id))


def _social_card(making: Making) -> bytes:
    id = str(making.key[0])
    card: Card = making.ask("card", id)
    typesetter = making.typesetting(making.ask("fonts"))
    page = making.page(title=typesetter.drawable(card.title), lang=card.lang, dir=card.dir)
    source = making.template(
        "social_card.typ", page, article=card, fonts=typesetter.families, drawable=typesetter.drawable
    )
    return typesetter.picture(source)


def _sitemap(making: Making) -> str:
    return feeds.sitemap(making.ask, making.base, int(making.key[0]))


def _robots(making: Making) -> str:
    plan: OutputPlan = making.ask("plan")
    return feeds.robots(making.base, sitemap_made=plan.sitemap)


def _extra(making: Making) -> str:
    more: MoreOutput = making.ask("extra", making.key[0])
    if not more.template:
        return more.content
    name = f"{more.template.removesuffix('.html')}.html"
    return making.template(name, making.page(title=more.title), **more.values)


_KINDS: Mapping[str, Callable[[Making], str | bytes]] = {
    "home": _home,
    "list": _list,
    "article": _entry,
    "page": _entry,
    "term": _term,
    "taxonomy": _taxonomy,
    "archive": _archive,
    "period": _period,
    "not_found": _not_found,
    "redirect": _redirect,
    "search": _search,
    "stories": _stories,
    "story": _story,
    "moved_story": _moved_story,
    "feed": _feed,
    "citation": _citation,
    "social_card": _social_card,
    "sitemap": _sitemap,
    "robots": _robots,
    "extra": _extra,
}
RENDERED_KINDS = frozenset(_KINDS)
