"""The part of a config that parsing an article reads, as one value with one digest.

Invariant: whatever is not named here can change without any article being parsed again.
"""

from sitegen.config.sections import Config
from sitegen.content.parsing import MarkdownSettings, ParseSettings
from sitegen.content.permalinks import Permalinks
from sitegen.plugins import PluginUse


def parse_settings(config: Config, plugins: tuple[PluginUse, ...] = ()) -> ParseSettings:
    """The settings of `parse_article` that a config asks for."""
    permalink, markdown = config.permalink, config.markdown
    return ParseSettings(
        timezone=config.timezone,
        language=config.language,
        permalinks=Permalinks(article=permalink.article, page=permalink.page, undated=permalink.undated),
        markdown=MarkdownSettings(
            math=markdown.math,
            linkify=markdown.linkify,
            highlight=markdown.highlight,
            language=config.language,
            plugins=plugins,
        ),
        authors={id: author.name or id for id, author in config.authors.items()},
        content_dir=config.build.content,
    )
