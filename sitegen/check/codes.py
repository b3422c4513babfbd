"""What each code of a finding stands for: the guide's reference, and the rules of a SARIF log.

Invariant: every code that the check itself gives stands here once, with whether `--fix` can mend it; codes of other
rooms (`front-matter.…`, `config.…`) go by the line of their room.
"""

from typing import NamedTuple


class Code(NamedTuple):
    """What a finding of this code says, how grave it is, and what `--fix` does about it ("" for nothing)."""

    says: str
    severity: str
    fix: str = ""


CODES: dict[str, Code] = {
    "front-matter": Code(
        "The lines at the top of an article cannot be read as they were meant.",
        "error or warning",
        "quotes a text that holds a colon or begins with a sign of YAML, closes a quote, adds the space after a colon, "
        "indents with spaces; corrects a misspelt key; writes true, false and dates in their own form; begins an "
        "address with a slash",
    ),
    "markdown": Code("A text says something that Markdown cannot do.", "error or warning"),
    "content": Code("Two sources claim one name.", "error"),
    "encoding": Code("A source is not UTF-8.", "error"),
    "config": Code("sitegen.yaml cannot be read as it was meant.", "error or warning"),
    "stories": Code("stories.yaml names what is not there, or cannot be read as it was meant.", "error or warning"),
    "data": Code("A file in data/ cannot be read.", "error"),
    "theme": Code("A theme's own files are wrong.", "error or warning"),
    "template": Code("A template cannot be read, or failed.", "error"),
    "plugin": Code("A plugin cannot be used, or failed.", "error"),
    "search": Code("The site cannot be searched, because its index cannot be made.", "warning"),
    "picture": Code("Smaller copies of a picture cannot be made.", "warning"),
    "social-card": Code("Social cards cannot be drawn, or one lacks its title.", "warning"),
    "outputs.clash": Code("Two outputs want one place.", "error"),
    "urls.broken": Code(
        "An address that was published would break.",
        "warning",
        "adds the alias to the article or story that took its place",
    ),
    "date.future": Code("An article is not published before its day.", "note"),
    "date.impossible": Code("A date that cannot be meant.", "warning"),
    "date.updated": Code("An article was changed before it was written.", "warning"),
    "date.expires": Code("An article expires before it begins.", "warning"),
    "image.alt": Code("A picture says nothing to those who cannot see it.", "warning"),
    "image.place": Code("A published picture tells where it was taken.", "warning"),
    "translation.unknown": Code("A translation names an original that is not there.", "warning"),
    "translation.missing": Code("An article lacks a language that others are translated into.", "note"),
    "translation.theme": Code("The theme has no words in the language of an article.", "note"),
    "article.wanted": Code("An article is named that does not exist, or is not published.", "note"),
    "duplicate.title": Code("Two articles have one title.", "warning"),
    "duplicate.text": Code("Two articles have the same text.", "warning"),
    "duplicate.near": Code("Two articles share most of their text.", "note"),
    "link.source": Code("A link leads to an article that is not there, or not published.", "warning"),
    "link.file": Code("A link leads to a file that is not there.", "warning"),
    "link.dead": Code("A link of the built site leads nowhere.", "warning"),
    "link.fragment": Code("A link leads to a place in a page that the page does not have.", "warning"),
    "link.base-path": Code("A link leads out of the folder that the site stands in.", "warning"),
    "link.external": Code("A link leads to another site that does not answer, or has no such page.", "warning"),
    "leak": Code("An unpublished article shows in the built site.", "error"),
    "feed.invalid": Code("A feed is not what its format asks for.", "error"),
    "feed.relative": Code("A feed names an address that only this site understands.", "warning"),
    "sitemap.invalid": Code("The sitemap is not what sitemaps.org asks for.", "error"),
    "json-ld.invalid": Code("A page's structured data is not what search engines ask for.", "error"),
    "output.xml": Code("An output is not well-formed XML.", "error"),
    "output.json": Code("An output is not JSON.", "error"),
    "output.id": Code("A page gives one id twice.", "warning"),
    "output.title": Code("A page has no title.", "warning"),
    "output.empty": Code("A page is empty.", "warning"),
    "size.file": Code("A file is too large for GitHub, or nearly.", "error or warning"),
    "size.page": Code("A page is too large for many devices.", "warning"),
    "size.site": Code("The site is too large for GitHub Pages, or nearly.", "error or warning"),
    "file.clash": Code("Two files differ in capitals or Unicode form alone.", "warning"),
    "file.form": Code("A file's name is in the Unicode form of macOS.", "note"),
    "file.orphan": Code("A file beside articles that nothing links to.", "note"),
    "file": Code("A file cannot be read.", "error"),
    "theme.unused": Code("A file of your own theme that nothing uses.", "warning"),
}


def meaning_of(code: str) -> str:
    """What a finding of this code says, or of its room."""
    found = CODES.get(code) or CODES.get(code.partition(".")[0])
    return found.says if found else code
