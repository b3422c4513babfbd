"""All that a template may ask of the site: about two dozen named questions, each recorded.

Invariant: what a template receives is frozen and read whole. An answer of ids is followed by one question a card, so
that a page is made again exactly when something that it shows has changed.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from sitegen.catalog.links import Explicit, Near
from sitegen.catalog.ordering import TAXONOMIES, Term, Year
from sitegen.catalog.outputs import SEARCH_FOLDER, OutputPlan, citation_url, social_card_url
from sitegen.catalog.stories import Story as Told
from sitegen.catalog.stories import StoryPlace
from sitegen.catalog.titles import Initial
from sitegen.config.curation import FOLDER
from sitegen.model import Card, Direction, Keys
from sitegen.theme.addresses import Base
from sitegen.theme.citations import Cited, highwire, news_article
from sitegen.theme.comments import Talk, talk_from
from sitegen.theme.pictures import sized_card
from sitegen.theme.shown import Entry, Feed, Related, SiteFacts, feeds_at
from sitegen.theme.stories import Place, Story, collection_page, placed, told_story

Ask = Callable[..., Any]
DESCRIPTION_LENGTH = 300  # characters of a description that search engines show at most
CITATION_NAMES = {"bibtex": "BibTeX", "ris": "RIS", "csl": "CSL-JSON"}


class UnknownNameError(KeyError):
    """A template asked for an option, a file or words that the theme does not have; `help` says what to do."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


def cited_by(ask: Ask, base: Base, id: str) -> Cited:
    """What citations say of an article."""
    facts: SiteFacts = ask("site")
    card: Card = ask("card", id)
    keys: Keys = ask("keys_of", id)
    return Cited(card, keys.slug, base.absolute(card.url), facts.title, card.lang)


class SiteView:
    """`site` in a template. Articles are given as cards, in the order that the question names."""

    __slots__ = ("_ask", "_base")

    def __init__(self, ask: Ask, base: Base) -> None:
        self._ask = ask
        self._base = base

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """A question that a plugin adds."""
        if name.startswith("_") or name not in self._facts.queries:
            raise AttributeError(f"{type(self).__module__}.{type(self).__name__} object has no attribute {name!r}")
        return partial(self._ask, name)

    @property
    def title(self) -> str:
        """The site's title."""
        return self._facts.title

    @property
    def description(self) -> str:
        """The site's description; may be empty."""
        return self._facts.description

    @property
    def language(self) -> str:
        """Language tag of the site: `en`, `pt-BR`."""
        return self._facts.language

    @property
    def dir(self) -> Direction:
        """Direction of the site's language: `ltr` or `rtl`."""
        return self._facts.dir

    @property
    def params(self) -> dict[str, Any]:
        """The config's `params`, for themes to read."""
        return self._facts.params

    @property
    def authors(self) -> dict[str, Any]:
        """The config's `authors` by id."""
        return self._facts.authors

    @property
    def list_url(self) -> str:
        """Site path of the list of all articles."""
        return self._facts.list_url

    @property
    def base_url(self) -> str:
        """Full address of the home page without a slash at its end; "" when the config names none."""
        return self._base.url

    @property
    def _facts(self) -> SiteFacts:
        facts: SiteFacts = self._ask("site")
        return facts

    def _cards(self, ids: Iterable[str]) -> tuple[Card, ...]:
        ask = self._ask
        return tuple(sized_card(card, ask) for id in ids if (card := ask("card", id)) is not None)

    def card(self, id: str) -> Card | None:
        """The card of one article or page; None when it is not published."""
        card: Card | None = self._ask("card", id)
        return sized_card(card, self._ask) if card is not None else None

    def latest(self, n: int = 10) -> tuple[Card, ...]:
        """The n newest articles. Cost: linear in n."""
        return self._cards(self._ask("latest", 0, n))

    def archive(self) -> tuple[Card, ...]:
        """All articles, newest first. Dear: the page is made again whenever any card changes."""
        return self._cards(self._ask("latest", 0, None))

    def pages(self) -> tuple[Card, ...]:
        """All undated pages, by weight and address. Made again whenever any of their cards changes."""
        return self._cards(self._ask("page_order"))

    def count(self) -> int:
        """How many articles there are, pages not counted."""
        n: int = self._ask("count")
        return n

    def terms(self, taxonomy: str) -> tuple[Term, ...]:
        """All terms of `tags`, `categories`, `authors` or `series`, by name."""
        terms: tuple[Term, ...] = self._ask("terms", taxonomy)
        return terms

    def tags(self) -> tuple[Term, ...]:
        """All tags, by name."""
        return self.terms("tags")

    def top_terms(self, taxonomy: str, n: int) -> tuple[Term, ...]:
        """The n terms with most articles, most first."""
        terms: tuple[Term, ...] = self._ask("top_terms", taxonomy, n)
        return terms

    def term(self, taxonomy: str, slug: str) -> Term | None:
        """One term with its count; None when no article carries it."""
        term: Term | None = self._ask("term", taxonomy, slug)
        return term

    def tagged(self, taxonomy: str, slug: str, n: int = 10) -> tuple[Card, ...]:
        """The n newest articles of a term; of a series, the n first."""
        return self._cards(self._ask("tagged", taxonomy, slug, 0, n))

    def series_of(self, id: str) -> tuple[Card, ...]:
        """All parts of the series that an article belongs to, oldest first; empty when it belongs to none."""
        card = self.card(id)
        if card is None or not card.series:
            return ()
        return self._cards(self._ask("tagged", "series", card.series[0].slug, 0, None))

    def periods(self) -> tuple[Year, ...]:
        """Years with their months and days, newest first."""
        years: tuple[Year, ...] = self._ask("periods")
        return years

    def undated(self, n: int = 500) -> tuple[Card, ...]:
        """The first n articles that have no date, in the order of the list of all articles. Cost: linear in n."""
        start = sum(year.count for year in self.periods())
        return self._cards(self._ask("latest", start, start + n))

    def period(self, year: int, month: int = 0, day: int = 0) -> tuple[Card, ...]:
        """The articles of a year, a month or a day, newest first."""
        return self._cards(self._ask("period", year, month, day))

    def neighbours(self, id: str) -> tuple[Card | None, Card | None]:
        """The next newer and the next older article; None at an end."""
        newer, older = self._ask("neighbours", id)
        return (self.card(newer) if newer else None), (self.card(older) if older else None)

    def related(self, id: str, n: int | None = None) -> tuple[Related, ...]:
        """Related articles: all that the article names itself, wanted ones too, then by text up to n in all (the
        config's `related: count` where the template names no number).
        """
        facts = self._facts
        n = facts.related if n is None else min(n, facts.related)
        out: list[Related] = []
        seen = {id}
        explicit: tuple[Explicit, ...] = self._ask("explicit", id)
        for entry in explicit:
            card = self.card(entry.id) if entry.id else None
            if card is None:
                out.append(Related(title=entry.title, url=entry.url, label=entry.label, explicit=True))
            elif card.id not in seen:
                seen.add(card.id)
                out.append(Related(title=card.title, url=card.url, card=card, label=entry.label, explicit=True))
        if len(out) < n:
            near: tuple[Near, ...] = self._ask("near", id, n)
            for other in near:
                if other.id not in seen and len(out) < n and (card := self.card(other.id)) is not None:
                    out.append(
                        Related(
                            title=card.title, url=card.url, card=card, reasons=other.reasons if facts.reasons else ()
                        )
                    )
        return tuple(out)

    def stories(self, n: int | None = None) -> tuple[Story, ...]:
        """The n stories with the latest articles, or all. Cost: linear in n; made again when one of them changes."""
        told: tuple[Told, ...] = self._ask("story_list", 0, n)
        return tuple(told_story(self._ask, each) for each in told)

    def story(self, slug: str) -> Story | None:
        """One story by the last part of its address; None when there is none."""
        told: Told | None = self._ask("story", slug)
        return told_story(self._ask, told) if told is not None else None

    def story_articles(self, slug: str) -> tuple[Card, ...]:
        """All articles of a story, from the first to the latest; undated ones last."""
        told: Told | None = self._ask("story", slug)
        return self._cards(told.ids) if told is not None else ()

    def story_of(self, id: str) -> Place | None:
        """The story that an article belongs to, with what came before and after it; None when it belongs to none."""
        place: StoryPlace | None = self._ask("story_of", id)
        if place is None:
            return None
        return placed(self._ask, place, self._cards(place.before), self._cards(place.after))

    def citation_tags(self, id: str) -> tuple[tuple[str, str], ...]:
        """Names and contents of the meta elements that scholarly search engines read (Highwire's)."""
        return highwire(cited_by(self._ask, self._base, id))

    def citations(self, id: str) -> tuple[tuple[str, str], ...]:
        """Site paths of an article's BibTeX, RIS and CSL-JSON, each after its name; empty where none are written."""
        plan: OutputPlan = self._ask("plan")
        card = self.card(id)
        if not plan.citations or card is None or card.kind != "article":
            return ()
        return tuple((CITATION_NAMES[format], citation_url(card.url, format)) for format in CITATION_NAMES)

    def social_card(self, id: str) -> str:
        """Site path of the picture that is drawn for an article without one, 1200 × 630; "" where none is drawn."""
        card: Card | None = self._ask("card", id)
        if card is None or (card.image and card.image.src) or not self._ask("draws_cards"):
            return ""
        return social_card_url(card.url)

    def structured(self, article: "Entry") -> dict[str, Any]:
        """An article as schema.org has it (NewsArticle), to be printed through `json_ld`."""
        absolute, facts = self._base.absolute, self._facts
        image, signed = article.image, self.has("/authors/")
        publisher = {"@type": "Organization", "name": facts.title, "url": self._base.absolute("/")}
        return news_article(
            cited_by(self._ask, self._base, article.id),
            description=article.summary[:DESCRIPTION_LENGTH],
            words=article.words,
            image={"@type": "ImageObject", "url": absolute(image.src), "caption": image.caption or image.alt,
                   "creditText": image.credit, "width": image.width or None, "height": image.height or None}
            if image and image.src else {},
            publisher=publisher,
            authors=((a.name, absolute(f"/authors/{a.slug}/") if signed else "") for a in article.authors),
        )  # fmt: skip

    def structured_story(self, slug: str, stories: str) -> dict[str, Any]:
        """A story as schema.org has it (CollectionPage, its articles as an ItemList), to be printed through `json_ld`;
        `stories` is what the page of all stories is called.
        """
        story, absolute = self.story(slug), self._base.absolute
        if story is None:
            return {}
        index = [(stories, absolute(FOLDER))] if self.has(FOLDER) else []
        return collection_page(
            story,
            absolute(story.url),
            story.lang or self.language,
            [(card.title, absolute(card.url)) for card in self.story_articles(slug)],
            [(self.title, absolute("/")), *index, (story.name, absolute(story.url))],
        )

    def titles(self) -> tuple[Initial, ...]:
        """All articles by the first letter of their title, each with `title`, `url` and `lang`. Dear: the page is made
        again whenever any title changes.
        """
        initials: tuple[Initial, ...] = self._ask("titles")
        return initials

    @property
    def search_url(self) -> str:
        """Site path of the folder in which the search index lies, for scripts."""
        return f"/{SEARCH_FOLDER}/"

    def backlinks(self, id: str) -> tuple[Card, ...]:
        """Articles and pages whose text links to this one, newest first."""
        return self._cards(self._ask("backlinks", id))

    def translations(self, id: str) -> tuple[Card, ...]:
        """The same article in other languages, by language."""
        return self._cards(self._ask("translations", id))

    def option(self, name: str) -> Any:
        """A theme option: the config's `theme_options`, else the theme's default. Raises KeyError for a name that
        theme.yaml does not declare.
        """
        found = self._ask("option", name)
        if found is None:
            message = f'site.option("{name}"): the theme declares no such option'
            raise UnknownNameError(message, "declare it under  options:  in theme.yaml, or mend the name")
        return found[0]

    def data(self, name: str) -> Any:
        """What `data/NAME.yaml` (or .json, .csv) holds; None when there is no such file."""
        return self._ask("data", name)

    def comments(self, id: str) -> Talk:
        """The comments of one article, as threads: `data/comments/ID.json`. Its `count` is 0 where there are none."""
        return talk_from(self._ask("data", f"comments/{id}"))

    def asset(self, path: str) -> str:
        """Site path of a file from the theme's `static/`, with a hash of its content in the name. Raises KeyError."""
        found: str | None = self._ask("asset", path)
        if found is None:
            message = f'site.asset("{path}"): the theme has no such file'
            raise UnknownNameError(message, "put the file into the theme's  static/  folder, or mend the path")
        return found

    def has(self, url: str) -> bool:
        """Whether the site makes a page at this site path: `/tags/` is not there while no article has a tag."""
        is_index = url in ("/archive/", "/search/", FOLDER) or url.strip("/") in TAXONOMIES
        made: bool = self._ask("has_index" if is_index else "has", url)
        return made

    def feeds(self) -> tuple[Feed, ...]:
        """The feeds of the whole site."""
        return feeds_at("/", self.title, self._facts.feeds)
