"""JSON Schemas of the kinds of values that front matter holds.

Invariant: each says what the reader of the same name in `fields` takes; a test gives both the same examples.
"""

from typing import Any, Final

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": ["string", "number", "boolean", "null"]}
TEXTS: Final[Schema] = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
FLAG: Final[Schema] = {"type": ["boolean", "null"]}
INTEGER: Final[Schema] = {"type": ["integer", "null"]}
MAPPING: Final[Schema] = {"type": ["object", "null"]}
LANGUAGE: Final[Schema] = {"type": ["string", "null"], "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"}
DATE: Final[Schema] = {
    "type": ["string", "null"],
    "pattern": (
        r"^\d{4}-\d{1,2}-\d{1,2}"
        r"([Tt ]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)? *([Zz]|UTC|GMT|[+-]\d{1,2}(:?\d{2})?)?)?$"
    ),
}
IMAGE_KEYS: Final = {
    "src": "The address: relative to the article, /from/the/site's/root, or a URL.",
    "alt": "What the picture shows, for those who cannot see it.",
    "caption": "The line under it.",
    "credit": "Who made it, or owns it.",
    "width": "Its width in pixels.",
    "height": "Its height in pixels.",
}
IMAGE: Final[Schema] = {
    "anyOf": [
        {"type": ["string", "null"]},
        {
            "type": "object",
            "properties": {
                key: {**(INTEGER if key in ("width", "height") else TEXT), "description": text}
                for key, text in IMAGE_KEYS.items()
            },
        },
    ]
}
RELATED_KEYS: Final = {
    "title": "What the link says; it is also looked for among the titles.",
    "label": 'What introduces it, such as "Read".',
    "url": "An id, slug or URL.",
}
_RELATED_ITEM: Final[Schema] = {
    "anyOf": [
        TEXT,
        {
            "type": "object",
            "properties": {key: {**TEXT, "description": text} for key, text in RELATED_KEYS.items()},
            "additionalProperties": False,
        },
    ]
}
RELATED: Final[Schema] = {"anyOf": [TEXT, {"type": "array", "items": _RELATED_ITEM}]}
SOURCE: Final[Schema] = {
    "anyOf": [
        {"type": ["string", "null"]},
        {
            "type": "object",
            "properties": {
                "format": {"type": "string", "description": "The format that it was imported from."},
                "name": {"type": "string", "description": "The file, relative to what was imported."},
                "sha256": {"type": "string", "description": "The digest of that file, in hexadecimal digits."},
                "url": {"type": "string", "description": "Where it was published before."},
                "row": {"type": "integer", "description": "Which of the articles in that file, from 0."},
            },
        },
    ]
}
