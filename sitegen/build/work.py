"""The pure functions that travel to workers: parse a chunk, render a chunk.

Invariant: values in, values out; nothing here opens a file. Failures come back as values.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from sitegen.catalog.links import Names
from sitegen.catalog.published import Due, due_of
from sitegen.digest import SIZE_BYTES, digest_bytes, digest_value
from sitegen.engine import Items, Key, Snapshot
from sitegen.errors import Problem
from sitegen.model import Article, Body, Broken, Card, Keys, Kind, Output
from sitegen.plugins import PluginUse

_encode = msgspec.msgpack.Encoder(order="deterministic").encode


CARD, KEYS, BODY, TERMS, NAMES, TITLE = (slice(n * SIZE_BYTES, (n + 1) * SIZE_BYTES) for n in range(6))  # in `digests`


class Head(msgspec.Struct, frozen=True, array_like=True):
    """What is kept in memory of every parsed source: what all builds ask of all articles, and the rest encoded."""

    id: str
    source: str
    kind: Kind
    url: str
    due: Due
    epoch: int | None  # of its date
    bundle: bool
    translated: bool  # whether it says that it is a translation
    digests: bytes  # those named below, one after the other
    keys_encoded: bytes
    card_encoded: bytes
    links: tuple[tuple[str, str], ...] = ()
    links_at: tuple[tuple[str, str, int], ...] = ()  # kind, target and line of local links, for warnings
    warnings: tuple[Problem, ...] = ()

    @property
    def keys(self) -> Keys:
        """Its keys. Cost: 3 µs each time."""
        return _decode_keys(self.keys_encoded)

    @property
    def card(self) -> Card:
        """Its card. Cost: 3 µs each time."""
        return _decode_card(self.card_encoded)

    @property
    def card_digest(self) -> bytes:
        """Digest of the encoded card."""
        return self.digests[CARD]

    @property
    def keys_digest(self) -> bytes:
        """Digest of the encoded keys."""
        return self.digests[KEYS]

    @property
    def body_digest(self) -> bytes:
        """Digest of the encoded body."""
        return self.digests[BODY]

    @property
    def terms_digest(self) -> bytes:
        """Digest of the encoded terms."""
        return self.digests[TERMS]


_decode_keys = msgspec.msgpack.Decoder(Keys).decode
_decode_card = msgspec.msgpack.Decoder(Card).decode


def names_in(keys: Keys) -> Names:
    """What an article can be named with, but its title."""
    return Names(keys.id, keys.source, keys.url, keys.slug, keys.aliases)


class Parsed(msgspec.Struct, frozen=True):
    """A parsed source on its way back: `head` is an encoded `Head` or `Broken`, the others encoded parts."""

    source: str
    is_broken: bool
    head: bytes
    body: bytes = b""
    body_digest: bytes = b""
    terms: bytes = b""
    terms_digest: bytes = b""


def parse_chunk(settings: Any, sources: Sequence[tuple[str, bytes]]) -> list[Parsed]:
    """Parse sources (path below the content folder, text)."""
    from sitegen.build.settings import zone_of  # noqa: PLC0415
    from sitegen.content.article import parse_article  # noqa: PLC0415 -- a build with nothing new needs no parser

    zone = zone_of(settings.timezone)
    extensions = None
    if settings.markdown.plugins:
        from sitegen.build.plugins import extensions_of  # noqa: PLC0415 -- few sites have any

        extensions = extensions_of(settings.markdown.plugins)
    return [
        _packed(source, parse_article(source, text, settings, zone=zone, extensions=extensions))
        for source, text in sources
    ]


def _packed(source: str, article: Article | Broken) -> Parsed:
    if isinstance(article, Broken):
        return Parsed(source=source, is_broken=True, head=_encode(article))
    made = article.keys
    keys, card, body, terms = map(_encode, (made, article.card, article.body, article.terms))
    body_digest, terms_digest = digest_bytes(body), digest_bytes(terms)
    refs = [ref for ref in article.body.refs if ref.kind in ("source", "wiki")]
    others = digest_value(names_in(made)), digest_value([made.id, article.card.title])
    head = Head(
        id=made.id,
        source=made.source,
        kind=made.kind,
        url=made.url,
        due=due_of(made),
        epoch=made.date.epoch if made.date else None,
        bundle=made.bundle,
        translated=bool(made.translation_of),
        digests=b"".join((digest_bytes(card), digest_bytes(keys), body_digest, terms_digest, *others)),
        keys_encoded=keys,
        card_encoded=card,
        links=tuple((ref.kind, ref.target) for ref in refs),
        links_at=tuple((ref.kind, ref.target, ref.line) for ref in article.body.refs if ref.kind in ("source", "file")),
        warnings=article.warnings,
    )
    return Parsed(
        source,
        is_broken=False,
        head=_encode(head),
        body=body,
        body_digest=body_digest,
        terms=terms,
        terms_digest=terms_digest,
    )


class Bodies(Mapping[str, Body]):
    """Bodies by id, decoded when asked for."""

    def __init__(self, encoded: Mapping[str, bytes]) -> None:
        self.encoded = encoded

    def __getitem__(self, id: str) -> Body:
        return decode_body(self.encoded[id])

    def __iter__(self) -> Iterator[str]:
        return iter(self.encoded)

    def __len__(self) -> int:
        return len(self.encoded)


decode_body = msgspec.msgpack.Decoder(Body).decode


class Rendering(msgspec.Struct, frozen=True):
    """What all rendering shares: one snapshot, and the templates as texts."""

    snapshot: Snapshot
    templates: Any
    content_folder: str
    minify: bool = False
    plugins: tuple[PluginUse, ...] = ()


class RenderChunk(msgspec.Struct, frozen=True):
    """Outputs to render, and the encoded bodies that they show."""

    outputs: Sequence[Output]
    bodies: Mapping[str, bytes]


class MadePage(msgspec.Struct, frozen=True, array_like=True):
    """An output's path, bytes, digest and trace: the numbers of keys in its chunk's list."""

    path: str
    content: bytes
    digest: bytes
    trace: tuple[int, ...]


class Rendered(msgspec.Struct, frozen=True):
    """A chunk's pages, and the keys that they read, each with its digest."""

    pages: list[MadePage]
    keys: list[Key]
    digests: list[bytes]
    problems: tuple[Problem, ...] = ()
    words: dict[str, str] = {}  # for days and numbers, found out on the way


ANSWERS = 1024  # answers kept between two chunks of outputs, about 1 MB; most are asked by one page only
_renderers: dict[int, Any] = {}


def renderer_for(rendering: Rendering) -> Any:
    """The renderer of a snapshot, with its templates compiled; one is kept a process."""
    from sitegen.build.typesetting import typesetter  # noqa: PLC0415
    from sitegen.content.slugs import slugify  # noqa: PLC0415
    from sitegen.theme.filters import filters_for  # noqa: PLC0415
    from sitegen.theme.render import Renderer  # noqa: PLC0415
    from sitegen.theme.templates import environment_of  # noqa: PLC0415

    found = _renderers.get(0)
    if found is None or found[0] is not rendering:
        filters = filters_for(rendering.snapshot.table("base"), slugify)
        if rendering.plugins:
            from sitegen.build.plugins import load_plugins  # noqa: PLC0415

            filters |= load_plugins(rendering.plugins).filters
        env = environment_of(rendering.templates, filters)
        snapshot, templates = rendering.snapshot, rendering.templates
        renderer = Renderer(snapshot, env, templates, rendering.content_folder, typesetter)
        _renderers.clear()
        found = _renderers[0] = (rendering, renderer)
    return found[1]


def render_chunk(rendering: Rendering, chunk: RenderChunk) -> Rendered:
    """Render outputs; each page's bytes, and what it read."""
    from sitegen.theme.filters import take_words  # noqa: PLC0415
    from sitegen.theme.render import Failed  # noqa: PLC0415

    snapshot = rendering.snapshot
    bodies = snapshot.inputs["body"]
    if isinstance(bodies, Items) and isinstance(bodies.values, Bodies):
        bodies.values.encoded = chunk.bodies
    renderer = renderer_for(rendering)
    numbers: dict[Key, int] = {}
    pages: list[MadePage] = []
    problems: list[Problem] = []
    for output in chunk.outputs:
        made = renderer.render(output)
        if isinstance(made, Failed):
            problems += made.problems
            continue
        trace = tuple([numbers.setdefault(key, len(numbers)) for key in made.reads])
        content = _minified(made.content, output.path) if rendering.minify else made.content
        pages.append(MadePage(output.path, content, digest_bytes(content), trace))
    keys = list(numbers)
    digests = [snapshot.digest(key) for key in keys]
    snapshot.forget_answers(ANSWERS)
    return Rendered(pages, keys, digests, tuple(problems), take_words())


def _minified(content: bytes, path: str) -> bytes:
    """HTML without what browsers do not need; other files as they are."""
    if not path.endswith(".html"):
        return content
    import minify_html  # noqa: PLC0415 -- only `--minify` needs it

    small: str = minify_html.minify(content.decode(), keep_closing_tags=True, keep_html_and_head_opening_tags=True)
    return small.encode()
