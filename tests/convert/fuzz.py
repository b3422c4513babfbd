"""Hostile sources by the thousand, from a seed: texts, rows, feeds, pages, MHTML, web archives, zips, bent anyhow.

A long run by hand:  python -m tests.convert.fuzz --count 50000 --seed 1
Each input has to give documents or problems within `LIMIT_S`; the ledger adds up, the front matter reads back as it was,
and a second reading gives the same bytes. One input in sixteen is a page.
"""
# ruff: noqa: E501, T201 -- pieces stand in one row; a command prints

import argparse
import io
import json
import random
import re
import time
import zipfile
from zoneinfo import ZoneInfo

import yaml

from sitegen.convert.document import Document, ledger
from sitegen.convert.drawing import drawn_article
from sitegen.convert.formats import Reading
from sitegen.convert.gathering import read_found
from sitegen.convert.inference.evidence import Evidence
from sitegen.convert.sources.files import SourceFile
from sitegen.convert.sources.walking import opened
from sitegen.convert.writing.write import markdown_file
from sitegen.errors import Problem

LIMIT_S = 2.0
PAGES = 16  # one input in so many is a page
PIECES = (
    "5 May 2020", "03/04/2024", "By Ada Miller", "READ: The ferry", "Related:", "Share this", "[Photo: Dan]", "# ", "- ", "> ", "```", "~~~", "| a | b |", "---", "+++", "title: x", '"', "'", "\\", "{", "}", "[", "]",
    "](x)", "![", "<", ">", "&amp;", "&#0;", "<b>", "</b>", "<p>", "</p>", "<div>", "<table><tr><td>", "<ul><li>", "<img src=x>", '<a href="javascript:x">', "<script>alert(1)</script>", "<!--", "-->", "<![CDATA[", "]]>",
    "\n", "\n\n", "\r\n", "\r", "\t", " ", "\0", "\x0b", "\u2028", "\u202e", "\ufeff", "\ud7ff", "𝔘", "بندر", "م", "年月日", "a" * 400, "word " * 60, "no", "on", "1:30", "0x1", "2024-13-40", "://", "data:", "\u00ad",
)  # fmt: skip
NOT_IN_YAML = re.compile(f"{yaml.reader.Reader.NON_PRINTABLE.pattern}|[\ufdd0-\ufdef]")  # and what is no character


def soup(rng: random.Random, most: int = 40) -> str:
    return "".join(rng.choice(PIECES) + rng.choice(("", " ", "\n")) for _ in range(rng.randint(0, most)))


def source(rng: random.Random, number: int) -> tuple[str, bytes]:  # noqa: PLR0911 -- a kind of source a line
    """A file's name and its bytes."""
    text = soup(rng)
    if number % PAGES == 0:
        return (
            "page.html",
            f"<!DOCTYPE html><html><head><title>{soup(rng, 4)}</title></head><body><article>{text}</article></body></html>".encode(
                "utf-8", "surrogatepass"
            ),
        )
    kind = rng.randrange(7)
    if kind == 0:
        return "rows.jsonl", "\n".join(
            json.dumps({"text": soup(rng), "title": soup(rng, 3), "date": soup(rng, 2), "url": soup(rng, 2)})
            for _ in range(2)
        ).encode()
    if kind == 1:
        return "rows.csv", f"text,title\n{text},{soup(rng, 3)}\n".encode("utf-8", "surrogatepass")
    if kind == 2:
        return (
            "feed.xml",
            f"<rss version='2.0'><channel><item><title>{soup(rng, 3)}</title><description>{text}</description></item></channel></rss>".encode(
                "utf-8", "surrogatepass"
            ),
        )
    if kind == 3:
        return "post.md", f"---\n{soup(rng, 8)}\n---\n{text}".encode("utf-8", "surrogatepass")
    if kind == 4:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a/x.txt", text.encode("utf-8", "surrogatepass"))
        return "raw.zip", out.getvalue()
    if kind == 5:
        body = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n{text}".encode("utf-8", "surrogatepass")
        return (
            "x.warc",
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
            + b"\r\n\r\n",
        )
    return "note.txt", text.encode(rng.choice(("utf-8", "utf-16", "cp1252", "utf-8")), "replace")


def bent(rng: random.Random, content: bytes) -> bytes:
    """Some bytes cut out, doubled or overwritten; every second input stays whole."""
    out = bytearray(content)
    for _ in range(rng.choice((0, 0, 1, 3))):
        at = rng.randrange(len(out) + 1)
        out[at : at + rng.randrange(20)] = rng.choice((b"", bytes(out[at : at + 30]) * 2, rng.randbytes(4)))
    return bytes(out)


def results(name: str, content: bytes) -> list[Document | Problem]:
    found = opened(SourceFile(f"in/{name}", name, "in", content))
    return [made for one in found for made in read_found(one, Reading(format=""))]


def check(name: str, content: bytes) -> None:
    """Raises: AssertionError with what is wrong; and whatever the import raises, which is wrong too."""
    began = time.process_time()
    made = results(name, content)
    texts = []
    for one in made:
        if isinstance(one, Problem):
            assert one.message
            continue
        article = drawn_article(one, Evidence(), ZoneInfo("UTC"))
        account = ledger(article.fates)
        dropped = sum(account["dropped"].values())
        assert account["blocks"] == len(one.blocks) == account["fields"] + account["body"] + account["links"] + dropped
        text = markdown_file(article)
        texts.append(text)
        matter = yaml.safe_load(text.split("\n---\n")[0].removeprefix("---\n"))
        assert matter["title"] == NOT_IN_YAML.sub("", article.title.value)
    assert made, "neither a document nor a problem"
    assert time.process_time() - began < LIMIT_S, "too slow"
    again = [
        markdown_file(drawn_article(one, Evidence(), ZoneInfo("UTC")))
        for one in results(name, content)
        if isinstance(one, Document)
    ]
    assert again == texts


def run(count: int, seed: int) -> list[str]:
    """What went wrong, an input a line."""
    faults = []
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        name, content = source(rng, number)
        content = bent(rng, content)
        try:
            check(name, content)
        except Exception as error:  # noqa: BLE001 -- whatever is raised is the finding
            faults.append(f"seed {seed} number {number} {name}: {type(error).__name__}: {error} {content[:200]!r}")
    return faults


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=50_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    faults = run(chosen.count, chosen.seed)
    print("\n".join(faults[:50]))
    print(f"{chosen.count} inputs, {len(faults)} faults")
    raise SystemExit(bool(faults))


if __name__ == "__main__":
    main()
