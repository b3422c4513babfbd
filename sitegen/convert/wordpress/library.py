"""The files of a WordPress export's library, as its posts name them: by id, by post, by page.

Invariant: values only; addresses are as the export has them.
"""

from html import escape

import msgspec


class Attachment(msgspec.Struct, frozen=True):
    """A file of the export's library. `parent` is the post that it was uploaded to."""

    id: str
    url: str
    title: str = ""
    caption: str = ""
    alt: str = ""
    parent: str = ""
    order: int = 0
    page: str = ""  # address of its own page on the old site


class Library(msgspec.Struct):
    """All attachments of an export by id, and by the post that they hang on, in their order."""

    by_id: dict[str, Attachment] = {}
    by_parent: dict[str, list[Attachment]] = {}
    by_page: dict[str, Attachment] = {}


def figure(attachment: Attachment) -> str:
    """A picture of the library with its caption."""
    alt = attachment.alt or ("" if attachment.caption else attachment.title)
    image = f'<img src="{escape(attachment.url)}" alt="{escape(alt)}">'
    caption = f"<figcaption>{attachment.caption}</figcaption>" if attachment.caption.strip() else ""
    return f"<figure>{image}{caption}</figure>"
