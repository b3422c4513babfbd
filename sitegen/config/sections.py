"""The sections of `sitegen.yaml`, with every default, bound and description: the source of its JSON Schema.

Invariant: frozen values, plain enough for `digest_value`; an empty file gives `Config()`.
"""

from typing import Annotated, Any, ClassVar, Final, Literal

import msgspec
from msgspec import Meta

TAXONOMIES: Final = ("tags", "categories", "authors", "series")

Taxonomy = Literal["tags", "categories", "authors", "series"]
FeedFormat = Literal["rss", "atom", "json"]


def _says(description: str) -> Meta:
    return Meta(description=description)


Address = Annotated[str, _says("A path on this site, or a URL.")]


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the config that is read, digested and compared alone."""


class Author(Section, frozen=True):
    """Who writes; `authors:` of an article names the key, pages show the name."""

    __shorthand__: ClassVar[str] = "name"

    name: Annotated[str, _says("The name as pages show it.")] = ""
    bio: Annotated[str, _says("A few sentences for the author's page.")] = ""
    url: Annotated[str, _says("A page about the author elsewhere.")] = ""
    email: Annotated[str, _says("An address for feeds.")] = ""
    image: Annotated[Address, _says("A portrait.")] = ""


class Permalink(Section, frozen=True):
    """Patterns of addresses, of {year} {month} {day} {slug} {path} {section} {lang}."""

    __shorthand__: ClassVar[str] = "article"

    article: Annotated[str, _says("The address of articles.")] = "/{year}/{month}/{slug}/"
    page: Annotated[str, _says("The address of pages, which lie below content/pages/.")] = "/{path}/"
    undated: Annotated[str, _says("The address of articles without a date.")] = "/undated/{slug}/"


class Pagination(Section, frozen=True):
    """How lists are cut into pages."""

    __shorthand__: ClassVar[str] = "size"

    size: Annotated[int, Meta(ge=1, le=1000, description="How many articles a page of a list shows.")] = 20


class Related(Section, frozen=True):
    """Related articles, from the text."""

    __shorthand__: ClassVar[str] = "enabled"

    enabled: Annotated[bool, _says("Whether articles show related ones.")] = True
    count: Annotated[int, Meta(ge=0, le=50, description="How many related articles an article shows.")] = 5
    reasons: Annotated[bool, _says("Whether the terms that two articles share are shown.")] = True


class Stories(Section, frozen=True):
    """Stories: closely related articles, found by their texts and dates, each with a page that tells them in order."""

    __shorthand__: ClassVar[str] = "enabled"

    enabled: Annotated[bool, _says("Whether closely related articles are gathered into stories.")] = True
    least: Annotated[int, Meta(ge=2, le=60, description="How many articles make a story.")] = 3
    days: Annotated[
        int, Meta(ge=1, le=36_500, description="How many days may lie between two articles that belong together.")
    ] = 1095


class Archives(Section, frozen=True):
    """Lists by date."""

    __shorthand__: ClassVar[str] = "enabled"

    enabled: Annotated[bool, _says("Whether there are lists by date at all.")] = True
    year: Annotated[bool, _says("A list for each year, /2024/.")] = True
    month: Annotated[bool, _says("A list for each month, /2024/03/.")] = True
    day: Annotated[bool, _says("A list for each day, /2024/03/17/.")] = True


class Feeds(Section, frozen=True):
    """Feeds of the site, and of each tag and author."""

    __shorthand__: ClassVar[str] = "enabled"

    enabled: Annotated[bool, _says("Whether there are feeds.")] = True
    formats: Annotated[tuple[FeedFormat, ...], _says("Which formats are written.")] = ("rss", "atom", "json")
    limit: Annotated[int, Meta(ge=1, le=1000, description="How many articles a feed holds, newest first.")] = 20
    content: Annotated[
        Literal["summary", "full"],
        _says("Whether the site's feeds carry summaries or whole articles; others carry summaries."),
    ] = "full"
    taxonomies: Annotated[tuple[Taxonomy, ...], _says("Whose terms have feeds of their own.")] = ("tags", "authors")


class Search(Section, frozen=True):
    """Search in the browser."""

    __shorthand__: ClassVar[str] = "enabled"

    enabled: Annotated[bool, _says("Whether the site can be searched.")] = True


class Markdown(Section, frozen=True):
    """What Markdown may do beyond CommonMark and GFM."""

    math: Annotated[bool, _says("Formulas between dollar signs become MathML.")] = False
    linkify: Annotated[bool, _says("Bare addresses in the text become links.")] = False
    highlight: Annotated[bool, _says("Code is coloured by its language.")] = True


class Images(Section, frozen=True):
    """How pictures are made smaller."""

    __shorthand__: ClassVar[str] = "enabled"

    enabled: Annotated[bool, _says("Whether pictures are written in several widths.")] = True
    widths: Annotated[tuple[Annotated[int, Meta(ge=16, le=10_000)], ...], _says("The widths in pixels.")] = (
        480,
        960,
        1440,
    )
    webp: Annotated[bool, _says("Whether WebP is written beside the original format.")] = True
    quality: Annotated[int, Meta(ge=1, le=100, description="Quality of JPEG and WebP, in percent.")] = 80


class Outputs(Section, frozen=True):
    """Which further files a build writes."""

    sitemap: Annotated[bool, _says("sitemap.xml, for search engines.")] = True
    robots: Annotated[bool, _says("robots.txt, for crawlers.")] = True
    redirects: Annotated[bool, _says("A page at each alias that leads to its article.")] = True
    citations: Annotated[bool, _says("BibTeX, RIS and CSL-JSON beside each article.")] = False
    jsonl: Annotated[bool, _says("The whole collection as articles.jsonl.")] = False
    sqlite: Annotated[bool, _says("The whole collection as an SQLite file with full-text search.")] = False
    epub: Annotated[bool, _says("The whole collection as an EPUB book, articles.epub.")] = False
    social_cards: Annotated[bool, _says("A picture for each article that has none, shown where it is shared.")] = False
    social_card_fonts: Annotated[tuple[str, ...], _says("Fonts of these pictures, files in static/.")] = ()
    epub_tags: Annotated[tuple[str, ...], _says("Tags whose articles are a book each, beside the tag's page.")] = ()


class Plugin(Section, frozen=True):
    """A plugin that this site uses; installing one does not change a site."""

    __shorthand__: ClassVar[str] = "name"

    name: Annotated[str, _says("The plugin's name.")] = ""
    options: Annotated[dict[str, Any], _says("What the plugin is told.")] = {}


class Build(Section, frozen=True):
    """Defaults of `sitegen build`."""

    content: Annotated[str, _says("The folder of the articles.")] = "content"
    output: Annotated[str, _says("The folder that the site is written to.")] = "public"
    drafts: Annotated[bool, _says("Whether drafts are published.")] = False
    future: Annotated[bool, _says("Whether articles are published before their date.")] = False
    expired: Annotated[bool, _says("Whether articles stay after they have expired.")] = False
    minify: Annotated[bool, _says("Whether HTML is written without needless space.")] = False
    strict: Annotated[bool, _says("Whether warnings count as errors.")] = False
    jobs: Annotated[int, Meta(ge=0, le=1024, description="How many processes work; 0 for one a processor core.")] = 0


class Serve(Section, frozen=True):
    """Defaults of `sitegen serve`."""

    host: Annotated[str, _says("The address that the preview listens on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535, description="The port of the preview.")] = 8000
    allow_hosts: Annotated[tuple[str, ...], _says("Further host names that may be asked for.")] = ()
    open: Annotated[bool, _says("Whether a browser is opened.")] = False
    navigate: Annotated[bool, _says("Whether the browser goes to the article that was changed.")] = False
    poll: Annotated[bool, _says("Whether files are looked at regularly, for folders that report no changes.")] = False
    published: Annotated[bool, _says("Whether drafts and future articles are left out.")] = False
    editor: Annotated[str, _says("The address scheme or command that opens a file in your editor.")] = ""
    inbox: Annotated[str, _says("A folder whose files are imported while the preview runs.")] = ""


class Import(Section, frozen=True):
    """Defaults of `sitegen import`."""

    fetch_images: Annotated[bool, _says("Whether pictures are fetched from the network.")] = False
    apply_tags: Annotated[bool, _says("Whether suggested tags are written as tags.")] = False
    map: Annotated[dict[str, str], _says("Which column of rows gives which field.")] = {}


class Target(Section, frozen=True):
    """A further place to deploy to, chosen with `--target`."""

    base_url: Annotated[str, _says("The address of the site there.")] = ""
    remote: Annotated[str, _says("The git remote.")] = ""
    branch: Annotated[str, _says("The branch.")] = ""


class Deploy(Section, frozen=True):
    """Defaults of `sitegen deploy`."""

    remote: Annotated[str, _says("The git remote to push to.")] = "origin"
    branch: Annotated[str, _says("The branch to publish.")] = "gh-pages"
    domain: Annotated[str, _says("The site's own domain, for the CNAME file.")] = ""
    message: Annotated[str, _says("The message of the commit.")] = ""
    keep: Annotated[tuple[str, ...], _says("Files of the branch that are never deleted, as patterns.")] = ()
    history: Annotated[bool, _says("Whether the branch keeps its earlier commits.")] = True
    max_deletes: Annotated[
        int, Meta(ge=0, description="More removals of pages and files than this are refused; 0 for no bound.")
    ] = 0
    targets: Annotated[dict[str, Target], _says("Further places to deploy to, by name.")] = {}


class Config(Section, frozen=True):
    """All of `sitegen.yaml`."""

    title: Annotated[str, _says("The name of the site.")] = ""
    base_url: Annotated[str, _says("Where the site is published, such as https://example.org/archive/.")] = (
        "http://localhost/"
    )
    language: Annotated[str, _says("The language of the site, as a BCP 47 tag; articles may have another.")] = "en"
    timezone: Annotated[str, _says("The zone of dates that name none, such as Europe/Berlin.")] = "UTC"
    description: Annotated[str, _says("A sentence or two about the site, for feeds and search engines.")] = ""
    theme: Annotated[tuple[str, ...], _says("The theme, or several: the first that has a file wins.")] = ("gazette",)
    theme_options: Annotated[dict[str, Any], _says("Options of the theme; `sitegen theme doc` lists them.")] = {}
    authors: Annotated[dict[str, Author], _says("Who writes, by the name that articles use.")] = {}
    permalink: Annotated[Permalink, _says("Patterns of addresses; a lone pattern is that of articles.")] = Permalink()
    taxonomies: Annotated[tuple[Taxonomy, ...], _says("Which groups have pages of their own.")] = TAXONOMIES
    pagination: Annotated[Pagination, _says("How lists are cut into pages; a lone number is the size.")] = Pagination()
    related: Annotated[Related, _says("Related articles, from the text.")] = Related()
    stories: Annotated[Stories, _says("Stories of closely related articles; `stories.yaml` names and mends them.")] = (
        Stories()
    )
    archives: Annotated[Archives, _says("Lists by year, month and day.")] = Archives()
    feeds: Annotated[Feeds, _says("Feeds of the site, and of its tags and authors.")] = Feeds()
    search: Annotated[Search, _says("Search in the browser.")] = Search()
    markdown: Annotated[Markdown, _says("What Markdown may do.")] = Markdown()
    images: Annotated[Images, _says("How pictures are made smaller.")] = Images()
    outputs: Annotated[Outputs, _says("Which further files a build writes.")] = Outputs()
    plugins: Annotated[tuple[Plugin, ...], _says("Plugins that this site uses.")] = ()
    build: Annotated[Build, _says("Defaults of sitegen build.")] = Build()
    serve: Annotated[Serve, _says("Defaults of sitegen serve.")] = Serve()
    import_: Annotated[Import, _says("Defaults of sitegen import.")] = msgspec.field(default=Import(), name="import")
    deploy: Annotated[Deploy, _says("Defaults of sitegen deploy.")] = Deploy()
    params: Annotated[dict[str, Any], _says("Anything else that templates want, as site.params.")] = {}
