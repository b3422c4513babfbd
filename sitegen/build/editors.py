"""What editors are given: JSON Schemas of config, front matter and stories, where VS Code looks for them, and snippets.

Invariant: a file that a person wrote or changed is never overwritten; a schema of an older version is brought up to
date, since it says that sitegen wrote it.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Literal

import msgspec

from sitegen.build.creating import create, unwritable
from sitegen.config import config_schema, curation_schema
from sitegen.config.curation import FILE as STORIES
from sitegen.content.frontmatter import front_matter_schema

FOLDER = ".vscode"
CONFIG_SCHEMA = f"{FOLDER}/sitegen.schema.json"
MATTER_SCHEMA = f"{FOLDER}/sitegen-front-matter.schema.json"
STORIES_SCHEMA = f"{FOLDER}/sitegen-stories.schema.json"
SETTINGS = f"{FOLDER}/settings.json"
SNIPPETS = f"{FOLDER}/sitegen.code-snippets"
MARK = "Written by sitegen schema --install; changes are lost when it is run again."


class Installed(msgspec.Struct, frozen=True):
    """What was done about one file: `kept` is one that somebody wrote, `current` one that needed nothing."""

    path: str
    action: Literal["wrote", "updated", "kept", "current"]


def install_schemas(root: Path) -> list[Installed]:
    """Write schemas, settings and snippets below a site's folder. Raises: UsageError where they cannot be written."""
    return [_install(root, name, text) for name, text in editor_files().items()]


def _install(root: Path, name: str, text: str) -> Installed:
    path = root / name
    if create(path, text.encode(), str(path)):
        return Installed(name, "wrote")
    try:
        before = path.read_text("utf-8", errors="replace")
        if before == text:
            return Installed(name, "current")
        if MARK not in before:
            return Installed(name, "kept")
        descriptor, staged = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(staged).chmod(0o644)
        Path(staged).replace(path)
    except OSError as error:
        raise unwritable(str(path), error) from error
    return Installed(name, "updated")


def editor_files() -> dict[str, str]:
    """Every file for editors with its text, by path below the site's folder."""
    return {
        CONFIG_SCHEMA: _json({"$comment": MARK, **config_schema()}),
        MATTER_SCHEMA: _json({"$comment": MARK, **front_matter_schema()}),
        STORIES_SCHEMA: _json({"$comment": MARK, **curation_schema()}),
        SETTINGS: _json(settings()),
        SNIPPETS: _json(_SNIPPETS),
    }


def settings() -> dict[str, Any]:
    """What VS Code's YAML extension is told; for a file of settings that is there already, to add by hand."""
    return {"yaml.schemas": {f"./{CONFIG_SCHEMA}": "sitegen.yaml", f"./{STORIES_SCHEMA}": STORIES}}


_SNIPPETS: dict[str, Any] = {
    "Article": {
        "scope": "markdown",
        "prefix": "article",
        "description": "The lines at the top of an article",
        "body": [
            "---",
            'title: "${1:Title}"',
            "date: $CURRENT_YEAR-$CURRENT_MONTH-$CURRENT_DATE",
            "tags: [${2}]",
            'summary: "${3}"',
            "draft: ${4|true,false|}",
            "---",
            "",
            "$0",
        ],
    },
    "Picture": {
        "scope": "markdown",
        "prefix": "figure",
        "description": "A picture with its caption, alone in its paragraph",
        "body": ['![${1:what it shows}](${2:picture.jpg} "${3:caption}")', "", "$0"],
    },
    "Note": {
        "scope": "markdown",
        "prefix": "note",
        "description": "An alert",
        "body": ["> [!${1|NOTE,TIP,IMPORTANT,WARNING,CAUTION|}]", "> $0"],
    },
    "Link to a title": {
        "scope": "markdown",
        "prefix": "wiki",
        "description": "A link by title",
        "body": ["[[${1:Title}]]$0"],
    },
}


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
