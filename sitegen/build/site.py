"""A site's sources, read and put in order: everything that a build, a preview or a listing starts from.

Invariant: loading writes nothing but the cache.
"""

from collections.abc import Container, Iterable
from itertools import compress
from posixpath import dirname
from typing import Any

import msgspec

from sitegen.build.apart import Apart
from sitegen.build.cache import Cache
from sitegen.build.composed import KeptYaml
from sitegen.build.extras import Extra
from sitegen.build.findings import copied_outputs, findings_again
from sitegen.build.heads import DigestColumn, Encoded, Published
from sitegen.build.pictures import facts_of, large_pictures, located_pictures, picture_extras, picture_items
from sitegen.build.pool import Pool
from sitegen.build.reading import Sources
from sitegen.build.relate import related_table, wanted_of
from sitegen.build.report import Progress, Stopwatch
from sitegen.build.scan import Files
from sitegen.build.scanning import Scan
from sitegen.build.settings import SiteSettings
from sitegen.build.site_extras import extras_of, reserved
from sitegen.build.storying import Storied, read_stories, story_findings, story_mend, story_rules
from sitegen.build.tables import KeptTables
from sitegen.build.themes import Theme, option_digests, read_theme
from sitegen.build.toolchain import toolchain_digest
from sitegen.build.typesetting import fonts_of, no_template, untitled
from sitegen.build.work import BODY, CARD, KEYS, NAMES, TITLE, Bodies, Head, decode_body, names_in
from sitegen.catalog.measure import NO_DATE
from sitegen.catalog.outputs import OPTIONAL, SOCIAL_CARD, output_path
from sitegen.catalog.packed import unpacked
from sitegen.catalog.published import Audience
from sitegen.catalog.shelf import InOrder, Shelf
from sitegen.digest import digest_bytes, digest_value
from sitegen.engine import Input, Items, Later, Rule, Snapshot
from sitegen.errors import BuildError, Problem, Where
from sitegen.model import Card, Keys, Output
from sitegen.plugins import MoreOutput, PluginError, Plugins
from sitegen.theme.questions import RULES
from sitegen.theme.templates import closure_digests, environment_of, references, syntax_problem


class Copy(msgspec.Struct, frozen=True):
    """A file that is published as it is: where from, and its digest."""

    files: Files
    name: str
    digest: bytes

    def content(self) -> bytes:
        """Its bytes. Raises: Changed."""
        return self.files.content(self.name)


class Site(msgspec.Struct):
    """A site as it was read: all its articles, one snapshot for its pages, and everything that is wrong."""

    settings: SiteSettings
    sources: Sources
    published: Published
    snapshot: Snapshot
    theme: Theme
    outputs: tuple[Output, ...]
    copies: dict[str, Copy]
    assets: dict[str, bytes]
    extras: list[Extra]
    broken: list[Problem]  # of articles; `problems` are all others
    problems: list[Problem]
    located: tuple[str, ...] = ()  # published pictures whose file tells where they were taken
    storied: Storied = Storied()


def load_site(
    scan: Scan,
    settings: SiteSettings,
    *,
    audience: Audience,
    minify: bool = False,
    as_of: int,
    cache: Cache,
    pool: Pool,
    progress: Progress,
    watch: Stopwatch,
    whole: bool = True,
    rendered: bool = False,
    relating: Apart | None = None,
) -> Site:
    """Read, parse and order a site. Faults of content and theme stand in `problems`. Without `whole` neither outputs
    are listed, nor what is wrong between them, which is a fifth of the work. `rendered` says that its pages will be:
    then what they are known to ask for is begun at once, beside the rest, and large tables are read as far as they are
    asked, while the cache is open. `relating` is as for `related_table`.

    Raises: Changed, ConfigError, Damaged, sqlite3.Error.
    """
    storied = read_stories(scan.stories)
    sources = Sources(cache)
    with watch.phase("parse"):
        sources.read(
            scan.content, settings.parse, digest_bytes(toolchain_digest() + settings.parse_digest), pool, progress,
            lazily=rendered,
        )  # fmt: skip
    with watch.phase("order"):
        composed = KeptYaml(cache, "theme")
        theme = read_theme(scan.theme, settings.theme_options, settings.path, settings.option_lines, composed)
        composed.save()
        problems = [*scan.content.problems, *scan.static.problems, *scan.data.problems, *theme.problems]
        broken = [problem for each in sources.broken.values() for problem in each.problems]
        published = Published(sources.heads, sources.heads.columns.shown(as_of, audience))
        data, wrong = _data(scan.data)
        problems += wrong
        wanted = wanted_of(settings.facts, settings.plan)
        related = related_table(published, sources.terms, cache, pool, wanted, relating)
        related.begin(surely=rendered)
        places = file_places(scan.content, published.telling)
        copies = {output_path(url): Copy(scan.content, name, scan.content.digest(name)) for name, url in places.items()}
        for name in scan.static:
            copies.setdefault(name, Copy(scan.static, name, scan.static.digest(name)))
        fonts, wrong_fonts = fonts_of(settings.fonts, scan.static, settings.path)
        problems += wrong_fonts
        if settings.plan.social_cards:
            drawn = SOCIAL_CARD in theme.templates
            content = settings.config.build.content
            problems += untitled(published, content, fonts, cache) if drawn else [no_template(settings.path)]
        facts, images = facts_of(copies, cache), settings.config.images
        inputs = {
            **settings_inputs(settings, minify=minify),
            **article_inputs(published, as_of),
            **theme_inputs(theme, cache, problems),
            "related": Input(related, related.digest),
            "picture": picture_items(copies, facts, images),
            "fonts": fonts,
            "data": Items(data, {name: digest_value([value]) for name, value in data.items()}),
            "file": Items(places, {name: digest_value(url) for name, url in places.items()}),
        }
        code = digest_value([toolchain_digest(), settings.plugins])
        known = cache.known("tables", dict[str, tuple[bytes, bytes]]) or {}
        if known.pop("", (b"", b""))[0] != code:  # other rules may give other values for the same inputs
            known = {}
        usual, stories = story_rules(RULES, settings, storied)
        rules, given = plugin_rules(settings.loaded, {*RULES, *inputs, *stories})
        inputs = {**inputs, **stories, **given}
        snapshot = Snapshot({**usual, **rules}, inputs, known=known, kept=KeptTables(cache, code, lazily=rendered))
        try:
            outputs: tuple[Output, ...] = snapshot.table("outputs") if whole else ()
        except PluginError as error:
            raise BuildError(error.problem) from error
        if whole:
            copied = [*copied_outputs(scan.content, scan.static, places), *reserved(settings, theme)]
            made_of = digest_bytes(code + snapshot.fingerprint("outputs") + digest_value(copied))
            problems += findings_again(
                cache, made_of, scan, sources.heads, published, published.telling, outputs, copied, is_whole=not broken,
                mend=story_mend(snapshot, published),
            )  # fmt: skip
            problems += story_findings(storied.named, snapshot, sources.heads)
        problems += large_pictures(facts) if images.enabled else []
    assets = {output_path(url): content for url, content in theme.contents.items()}
    pictures = picture_extras(copies, facts, images, cache.path.parent)
    extras = extras_of(
        settings,
        theme,
        published,
        lambda head: decode_body(sources.body(head.source)),
        cache.path.parent,
        lambda: copies,
        lambda *key: snapshot.ask(key),
        pictures,
    )
    return Site(
        settings, sources, published, snapshot, theme, outputs, copies, assets, extras, broken, problems,
        located_pictures(facts), storied,
    )  # fmt: skip


def _data(files: Files) -> tuple[dict[str, Any], list[Problem]]:
    if not len(files):
        return {}, []
    from sitegen.build.data import read_data  # noqa: PLC0415 -- few sites have any

    return read_data(files)


def plugin_rules(loaded: Plugins, known: Container[str]) -> tuple[dict[str, Rule], dict[str, Input | Items]]:
    """The rules that plugins add, or the inputs that stand for them where there are none. Raises: BuildError."""
    for rule in (*loaded.queries.values(), *loaded.outputs.values()):
        for table in rule.tables:
            if table not in known:
                raise BuildError(_no_table(rule, table))
        if rule.is_query and rule.name in known:
            raise BuildError(_no_table(rule, rule.name))
    rules = {**loaded.queries, **loaded.outputs}
    if not loaded.outputs:
        return rules, {"extras": Input((), digest_value([]))}
    rules["extras"] = Rule("extras", _together, tuple(loaded.outputs), is_query=False)
    return rules, {}


def _together(*parts: tuple[MoreOutput, ...]) -> tuple[MoreOutput, ...]:
    return tuple(each for part in parts for each in part)


def _no_table(rule: Rule, table: str) -> Problem:
    taken = table == rule.name
    what = "has the name of a question that there is already" if taken else f"reads {table}, which there is not"
    return Problem(
        code="plugin.name",
        where=Where(rule.name),
        message=f"{rule.name}: this function of a plugin {what}",
        help="give it another name" if taken else "name tables of the catalogue, such as keys, order, card or data",
    )


def settings_inputs(settings: SiteSettings, *, minify: bool = False) -> dict[str, Input | Items]:
    """What the rules know of the config, and of what shapes every page besides: the code, and `minify`."""

    def given(value: Any) -> Input:
        return Input(value, digest_value(value))

    return {
        "toolchain": Input(None, digest_value([toolchain_digest(), minify, settings.plugins])),
        "base": given(settings.base),
        "base_url": given(settings.base.url),
        "site": given(settings.facts),
        "plan": given(settings.plan),
        "feed_facts": given(settings.feed),
    }


def article_inputs(published: Published, as_of: int) -> dict[str, Input | Items]:
    """What the rules know of articles, in as many parts as there are ways to look: an edit moves only some of them."""
    ids = published.ids
    cards: dict[str, bytes] = {}
    shown: dict[str, bytes] = {}
    for id in published.to_come(as_of):
        head = published.heads[published.by_id[id]]
        cards[id] = msgspec.msgpack.encode(msgspec.structs.replace(head.card, future=True))
        shown[id] = digest_bytes(head.card_digest + b"future")
    epochs = [None if epoch == NO_DATE else epoch for epoch in unpacked("q", published.epochs())]
    dates = dict(compress(zip(ids, epochs, strict=True), published.articles))
    linking = {head.id: head.links for head in published.telling if head.links}
    keys = Shelf(Encoded(published, "keys_encoded", {}), Keys)
    return {
        "keys": Input(InOrder(keys), digest_bytes(published.column(KEYS))),
        "card": Items(
            Shelf(Encoded(published, "card_encoded", cards), Card), DigestColumn(ids, published.column(CARD), shown)
        ),
        "body": Items(Bodies({}), DigestColumn(ids, published.column(BODY), {})),
        "dates": Input(dates, digest_value(dates)),
        "names": Input(
            Later(lambda: tuple([names_in(head.keys) for head in published])), digest_bytes(published.column(NAMES))
        ),
        "title": Input(
            Later(lambda: {head.id: head.card.title for head in published}), digest_bytes(published.column(TITLE))
        ),
        "links": Input(linking, digest_value(linking)),
        "translated": _translated(published),
    }


def _translated(published: Published) -> Input:
    """Language and original of each article; nothing while no article names an original."""
    if not any(head.translated for head in published.telling):
        return Input({}, digest_value({}))
    value = {each.id: (each.lang, each.translation_of) for each in (head.keys for head in published)}
    return Input(value, digest_value(value))


def theme_inputs(theme: Theme, cache: Cache, problems: list[Problem]) -> dict[str, Input | Items]:
    """What the rules know of the theme; templates that cannot be read join the problems."""
    offers = tuple(name for name in OPTIONAL if name in theme.templates)
    return {
        "option": Items({name: (value,) for name, value in theme.options.items()}, option_digests(theme.options)),
        "asset": Items(theme.assets, {name: digest_value(url) for name, url in theme.assets.items()}),
        "assets": Input(theme.assets, digest_value(theme.assets)),
        "template": Items(theme.templates, _closures(theme, cache, problems)),
        "words": Input(theme.strings, digest_value(theme.strings)),
        "offers": Input(offers, digest_value(offers)),
    }


def _closures(theme: Theme, cache: Cache, problems: list[Problem]) -> dict[str, bytes]:
    """Each template's digest with all that it can load. What a text names is remembered by the text's digest."""
    digests = {name: digest_bytes(template.text.encode()) for name, template in theme.templates.items()}
    remembered = cache.known("references", dict[bytes, list[str] | None]) or {}
    named: dict[str, tuple[str, ...] | None] = {}
    env = None
    known: dict[bytes, list[str] | None] = {}
    for name, template in theme.templates.items():
        digest = digests[name]
        if digest in remembered:
            found = remembered[digest]
            named[name] = None if found is None else tuple(found)
        else:
            from jinja2 import TemplateSyntaxError  # noqa: PLC0415 -- nothing new in the theme needs no Jinja

            env = env or environment_of(theme.templates, {})
            try:
                named[name] = references(env, template)
            except TemplateSyntaxError as error:
                problem = syntax_problem(error, theme.templates)
                if problem not in problems:
                    problems.append(problem)
                named[name] = ()
                continue
        names = named[name]
        known[digest] = None if names is None else list(names)
    if known != remembered:
        cache.remember("references", known)
    return closure_digests(theme.templates, digests, named)


def file_places(content: Files, published: Iterable[Head]) -> dict[str, str]:
    """Site path of each file of the content that is no article: beside its bundle's page, else where it lies."""
    bundles = {dirname(head.source): head.url for head in published if head.bundle}
    folders = {dirname(name) for name in content if name.endswith("/index.md")}
    found = {}
    for name in content:
        if name.endswith(".md"):
            continue
        folder = dirname(name)
        while folder and folder not in folders:
            folder = dirname(folder)
        if not folder:
            found[name] = "/" + name.removeprefix("pages/")
        elif folder in bundles:
            found[name] = bundles[folder].rpartition("/")[0] + name[len(folder) :]
    return found
