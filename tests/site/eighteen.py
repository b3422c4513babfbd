"""The blog of 18F (CC0), 507 posts as their editors left them, made into a site.

Invariant: headings, lists, links, tables and texts are theirs. Liquid is filled in as their own generator did, each
picture is replaced by a drawn one, and tags written by hand are left out: their faults would be their authors', and
what is tested here is the theme.
"""

import json
import re
from pathlib import Path

import yaml

from tests.site.hostile import picture

OLD_HOME = "https://18f.gsa.gov"
LINK_IN_LIQUID = re.compile(r"""\{\{\s*["']([^"'}]*)["']\s*\|\s*url\s*\}\}|\{\{\s*site\.baseurl\s*\}\}""")
IMAGE_IN_LIQUID = re.compile(r"""\{%\s*image\w*\s+["'][^"']*["'][^%]*%\}""")
LIQUID = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
PICTURE = re.compile(r"""!\[([^\]]*)\]\([^()"]*("[^"]*")?\s*\)""")
TARGET = re.compile(r"\]\(/*(/[^)\s]*)(?=[)\s])")
RELATIVE = re.compile(r"\]\((?![a-z]+:|/|#|\d{4}-)[^)\s]*\)")
FRAGMENT = re.compile(r"\]\(#[^)\s]*\)")
DEFINITION = re.compile(r"^([ ]*\[[^\]]+\]:[ ]*)/+", re.MULTILINE)
EMPTY_LINK = re.compile(r"(?<!!)\[\s*\](?=\()")  # what a picture by hand leaves of the link round it
TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
POST = re.compile(r"/(\d{4})/(\d\d)/(\d\d)/([^/#]+)/?")


def write_eighteen(posts: Path, folder: Path) -> dict[str, object]:
    """Writes every post below a folder; gives the config but for its theme."""
    content = folder / "content"
    content.mkdir(parents=True)
    picture(folder / "static" / "picture.png", 1200, 675)
    names = {path.stem for path in posts.glob("*.md")}
    for path in sorted(posts.glob("*.md")):
        _, matter, body = path.read_text(encoding="utf-8").split("---\n", 2)
        front = yaml.safe_load(matter)
        fields = {
            "title": front["title"],
            "date": str(front.get("date") or path.name[:10]),
            "authors": [name for name in front.get("authors") or () if isinstance(name, str)],
            "tags": [tag for tag in front.get("tags") or () if isinstance(tag, str)],
            "summary": str(front.get("excerpt") or front.get("description") or ""),
        }
        if front.get("locale"):
            fields["lang"] = front["locale"]
        if front.get("image"):
            fields["image"] = {"src": "/picture.png", "alt": "A striped picture"}
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
        text = "---\n" + "\n".join(lines) + "\n---\n" + body_of(body, names)
        (content / path.name).write_text(text, encoding="utf-8")
    return {"title": "18F", "description": "Posts of a digital services team.", "language": "en"}


def body_of(body: str, names: set[str]) -> str:
    def filled(match: re.Match[str]) -> str:
        return match[1] or ""

    def target(match: re.Match[str]) -> str:
        post = POST.match(match[1])
        name = "-".join(post.groups()) if post else ""
        return f"]({name}.md" if name in names else f"]({OLD_HOME}{match[1]}"

    def shown(match: re.Match[str]) -> str:
        return f"![{match[1] or 'A picture'}](/picture.png {match[2] or ''})"

    body = LIQUID.sub("", LINK_IN_LIQUID.sub(filled, IMAGE_IN_LIQUID.sub("![A picture](picture.png)", body)))
    body = DEFINITION.sub(rf"\1{OLD_HOME}/", TARGET.sub(target, EMPTY_LINK.sub("[a picture]", TAG.sub("", body))))
    return PICTURE.sub(shown, RELATIVE.sub(f"]({OLD_HOME}/)", FRAGMENT.sub(f"]({OLD_HOME}/)", body)))
