"""What parsing an article is told: all of the config that it reads, as values with one digest.

Invariant: imports no parser, so that a process that knows all articles can say so without one.
"""

import msgspec

from sitegen.content.permalinks import Permalinks
from sitegen.plugins import PluginUse


class MarkdownSettings(msgspec.Struct, frozen=True):
    """The `markdown:` section of a site, and the language that an article is written in.

    math       formulas between dollars become MathML
    linkify    bare addresses become links
    highlight  code gets Pygments' class names
    language   names the alerts that carry no title of their own
    plugins    the site's plugins; what they do to Markdown comes in as `Extensions`
    """

    math: bool = False
    linkify: bool = False
    highlight: bool = True
    language: str = "en"
    plugins: tuple[PluginUse, ...] = ()


class ParseSettings(msgspec.Struct, frozen=True, kw_only=True):
    """All of the config that parsing reads; a change of any of it parses every article anew.

    `authors` maps an id to the name that is shown. `content_dir` begins the paths that problems show.
    """

    timezone: str = "UTC"
    language: str = "en"
    permalinks: Permalinks = Permalinks()
    markdown: MarkdownSettings = MarkdownSettings()
    authors: dict[str, str] = {}
    content_dir: str = "content"
