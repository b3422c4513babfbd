"""Hostile exports by the thousand, from a seed: pieces of WordPress, Ghost, Medium, Substack, put together anyhow.

A long run by hand:  python -m tests.convert.fuzz_exports --count 50000 --seed 1
Each input has to give documents or problems within `LIMIT_S`, with a ledger that adds up and a body that runs nothing.
"""
# ruff: noqa: E501, T201 -- pieces stand in one row; a command prints

import argparse
import json
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path

from lxml.html import HTMLParser, document_fromstring

from sitegen.content.markdown import MarkdownSettings, render_markdown
from sitegen.convert.document import Document, ledger
from sitegen.convert.formats import BY_NAME, Reading
from sitegen.convert.sources.files import SourceFile
from sitegen.convert.sources.walking import find_sources
from sitegen.convert.stated import page_article
from sitegen.convert.writing.write import markdown_file
from sitegen.errors import Problem

LIMIT_S = 2.0
RUNNING = frozenset("script iframe object embed svg style form base meta link".split())
HERE = Path(__file__).parent
PIECES = (
    "[gallery]", '[gallery ids="7,8,x"]', "[caption]", '[caption id="a" caption="<b>x"]', "[/caption]", "[embed]", "[/embed]",
    "[audio", "[video src=javascript:alert(1)]", "[[gallery]]", "[code]", "[/code]", "[ref]", "[/ref]", "[a b='", "[vc_row]", "[/vc_row]",
    "<!-- wp:paragraph -->", "<!-- /wp:paragraph -->", '<!-- wp:block {"ref":31} /-->', '<!-- wp:x/y {"a":"-->', "<!--more-->",
    "<!--nextpage-->", '<!-- wp:code {"language":"a b"} -->', "<!-- wp:", "-->", "<!--", "\n", "\n\n", "\r", "\t", " ",
    "https://a.example/x", "http://", "<p>", "</p>", "<div>", "</div>", "<blockquote>", "</blockquote>", "<ul><li>", "</li></ul>", "<pre>", "</pre>",
    "<table><tr><td>", "</td></tr></table>", "<figure>", "</figure>", "<figcaption>", "</figcaption>", '<img src="x.jpg" onerror=alert(1)>',
    "<img src=javascript:alert(1)>", '<img src="data:text/html,<script>alert(1)</script>">', "<script>alert(1)</script>", "<iframe src=javascript:alert(1)></iframe>",
    '<iframe src="https://v.example/9"></iframe>', '<a href="javascript:alert(1)">', "</a>", '<a href="/?p=1">', "<svg onload=alert(1)>", "<style>", "<object>", "<embed src=x>",
    '<sup data-fn="a1b2">1</sup>', '<div class="wp-block-embed__wrapper">', '<div style="background-image:url(javascript:alert(1))">', '<pre class="wp-block-verse">',
    "&amp;", "&#0;", "&lt;script&gt;", "&", "<", ">", '"', "'", "`", "```", "*", "_", "~~", "#", "- ", "1. ", "|", "\\", "$$", "[^1]", "[[x]]", "{#a .b}", "![", "](", "\ufdd0", "\ufdd1",
    "\ufdd01\ufdd1", "\0", "\x0b", "\u202e", "\ufeff", "\ud800", "𝔘", "بندر", "word", "Photo: Ada", "a" * 300,
)  # fmt: skip


def soup(rng: random.Random, most: int = 40) -> str:
    return "".join(rng.choice(PIECES) for _ in range(rng.randint(0, most)))


def bent(rng: random.Random, content: bytes) -> bytes:
    """Bytes with a few places cut, doubled, swapped or overwritten."""
    out = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        if not out:
            break
        at, size = rng.randrange(len(out)), rng.randint(1, 60)
        part = out[at : at + size]
        change = rng.randrange(4)
        out[at : at + size] = (b"", part * 3, bytes(rng.randrange(256) for _ in range(min(size, 8))), part[::-1])[
            change
        ]
    return bytes(out)


# ---- one export a kind


def wordpress(rng: random.Random) -> bytes:
    text = (HERE / "wordpress" / "quay.xml").read_text("utf-8")
    if rng.random() < 0.3:
        return bent(rng, text.encode())
    body = soup(rng, 120).replace("]]>", "").replace("\ud800", "")
    text = text.replace("It sails on Monday.", body, 1).replace(
        "At last!", soup(rng).replace("]]>", "").replace("\ud800", ""), 1
    )
    for old in ("ferries", "2020-05-05 17:03:00", "publish", "the-new-ferry", "<wp:post_parent>2<"):
        if rng.random() < 0.15:
            text = text.replace(
                old, re.sub(r"[<&\x00-\x1f\ud800]", "", soup(rng, 3)) + ("<" if old.endswith("<") else ""), 1
            )
    return text.encode("utf-8", "replace")


def ghost(rng: random.Random) -> bytes:
    text = (HERE / "exports" / "ghost" / "quay.ghost.2021-06-01.json").read_text("utf-8")
    if rng.random() < 0.3:
        return bent(rng, text.encode())
    found = json.loads(text)
    data = found["db"][0]["data"]
    for post in data["posts"]:
        key = rng.choice(list(post))
        post[key] = rng.choice([soup(rng, 60), None, 7, [], {}, [soup(rng)], {"data": soup(rng)}, True])
        post["html"] = soup(rng, 120) if rng.random() < 0.5 else post.get("html")
        if rng.random() < 0.3:
            post["html"], post["lexical"] = None, json.dumps(lexical(rng, 0))
    if rng.random() < 0.2:
        data[rng.choice(list(data))] = rng.choice([None, 7, "x", [7], [{}], {"a": 1}])
    return json.dumps(found).encode()


def lexical(rng: random.Random, depth: int) -> dict[str, object]:
    kinds = (
        "root",
        "paragraph",
        "text",
        "heading",
        "list",
        "listitem",
        "link",
        "image",
        "gallery",
        "bookmark",
        "embed",
        "html",
        "callout",
        "x",
        7,
    )
    node: dict[str, object] = {
        "type": rng.choice(kinds),
        "text": soup(rng, 3),
        "format": rng.choice([0, 1, 3, 16, -1, "x", None]),
    }
    node.update(
        {
            name: rng.choice([soup(rng, 3), None, 7])
            for name in rng.sample(["url", "src", "caption", "tag", "html", "alt", "images"], 3)
        }
    )
    if depth < 6 and rng.random() < 0.8:
        node["children"] = [lexical(rng, depth + 1) for _ in range(rng.randint(0, 4))]
    return {"root": node} if depth == 0 else node


def tree(kind: str, rng: random.Random, folder: Path) -> None:
    """A folder of Medium's or Substack's, with one of its files changed."""
    source = HERE / "exports" / kind
    files = [path for path in sorted(source.rglob("*")) if path.is_file()]
    hit = rng.choice(files)
    for path in files:
        content = path.read_bytes()
        if path == hit:
            content = bent(rng, content) if rng.random() < 0.4 else content
        elif path.suffix == ".html" and rng.random() < 0.6:
            body = soup(rng, 80).encode("utf-8", "replace")
            content = content.replace(b"It sails on", body) if b"It sails on" in content else body
        place = folder / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


# ---- what must hold


def documents(kind: str, rng: random.Random, folder: Path) -> Iterator[Document | Problem]:
    if kind in ("wordpress", "ghost"):
        make: Callable[[random.Random], bytes] = wordpress if kind == "wordpress" else ghost
        yield from BY_NAME[kind].read(SourceFile("x", "x", "x", make(rng)), Reading(format=kind))
        return
    tree(kind, rng, folder)
    for found in find_sources(str(folder), frozenset(), BY_NAME[kind]):
        if isinstance(found, Problem):
            yield found
        elif isinstance(found, SourceFile):
            raise AssertionError(f"{kind} was not taken as a whole")  # noqa: TRY004
        else:
            yield from BY_NAME[kind].read(found.tree, Reading(format=kind))


def check(kind: str, seed: str) -> None:
    """Raises AssertionError, or whatever a reader lets escape."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        made = list(documents(kind, rng, Path(folder)))
        assert time.process_time() - begun < LIMIT_S, "too slow"
    assert made, "neither a document nor a problem"
    for one in made:
        if isinstance(one, Problem):
            assert one.message
            continue
        assert one.markup is not None
        account = ledger(one.markup.fates)
        assert account["blocks"] == len(one.blocks)
        assert account["blocks"] == account["fields"] + account["body"] + account["links"] + sum(
            account["dropped"].values()
        )
        text = markdown_file(page_article(one, UTC))
        assert not re.search("[\ufdd0\ufdd1]", text), "a mark is left"
        html = render_markdown(one.markup.markdown, MarkdownSettings(), folder="").html
        live(html + "".join(comment.html for comment in one.comments))


def live(html: str) -> None:
    """Raises AssertionError when a browser would run or load something of this HTML."""
    root = document_fromstring(f"<body>{html}</body>", parser=HTMLParser(encoding="utf-8"))
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag not in RUNNING, f"can run: <{element.tag}>"
        for name, value in element.attrib.items():
            assert not name.startswith("on"), f"can run: {name}"
            address = re.sub(r"[\x00-\x20]+", "", value).lower()
            assert not address.startswith(("javascript:", "vbscript:", "data:")), f"can run: {name}={value}"


KINDS = ("wordpress", "wordpress", "ghost", "medium", "substack")


def run(count: int, seed: int) -> list[str]:
    """Runs so many inputs; returns the kind, seed and fault of each that failed."""
    failed = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        try:
            check(kind, f"{seed}-{number}")
        except Exception as fault:  # noqa: BLE001 -- whatever it is, it is what the campaign looks for
            failed.append(f"{kind} {seed}-{number}: {type(fault).__name__}: {str(fault)[:200]}")
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.monotonic()
    failed = run(options.count, options.seed)
    print("\n".join(failed[:50]))
    print(f"{options.count} inputs, {len(failed)} failed, {time.monotonic() - begun:.0f} s")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
