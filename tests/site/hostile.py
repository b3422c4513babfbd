"""A site whose every word tries to break a page: markup in titles, no end to a word, scripts that run both ways.

Invariant: the same files each time; what is wrong here is wrong on purpose, and all of it is valid content.
"""

import json
import struct
import zlib
from pathlib import Path

TITLES = {
    "markup": '<script>alert(1)</script> & <b>"bold"</b>',
    "quotes": "\"Double\", 'single' and `back` quotes\\",
    "cdata": "]]> ends nothing --> and <!-- begins nothing",
    "jinja": "{{ 7 * 7 }} {% endblock %} {# gone #}",
    "emoji": "👩‍👩‍👧‍👦 a family, 🏳️‍🌈 a flag, 🇺🇳 another, 👍🏽",
    "long-words": "Every word counts " + "and one more follows it " * 11 + "to the end",
    "long-word": "Donaudampfschifffahrts" * 14,
    "arabic": "الميناء القديم: رسالة من بيروت (١٩٧٥)",
    "hebrew": "הנמל הישן, בוקר אחד ב-1936",
    "persian": "بندر قدیم و نامه‌ای از آبادان",
    "both-ways": "The word بندر means harbour, נמל too",
    "override": "A \u202eright-to-left override\u202c inside",
    "japanese": "港の朝、灯台の夜。それから長い長い題名が折り返しなしに続いていくかどうかを確かめる",
    "chinese": "旧港的早晨",
    "number": "1984",
    "zalgo": "Z̵̧͖̈́a̶̰͐l̷̟̾g̵̱̈ȯ̷̘ over the lines",
    "address": "https://example.org/a/very/long/path?with=a&query=that&never=ends#and-a-fragment-" + "x" * 80,
    "spaces": "\u00a0".join("Spaces that do not break hold all of this together on one line".split()),
}
TAGS = ["C++", "a/b", "<i>", "🦜", "T" * 90, "میناء", "q&a", "two words"]
AUTHORS = ['Bobby "Tables" <b>', "سامر حداد", "N" * 70]
SUMMARIES = ["", "<p>not a paragraph</p> & so on", "W" * 400, "A short one.", "خلاصة قصيرة"]

EVERYTHING = """A paragraph with `code`, **strong**, *stress*, ~~gone~~, H<sub>2</sub>O, a [link](https://example.org/),
a [link to another](markup.md), a wiki link [[1984]], a wanted one [[Never written]], a note[^1] and another[^long].

[TOC]

## A heading with `code` & <em>markup</em>

> [!NOTE]
> A note with a [link](https://example.org/) and `code`.

> [!TIP] With a title
> A tip.

> [!IMPORTANT]
> Important.

> [!WARNING]
> A warning.

> [!CAUTION]
> Caution.

> A quote with two paragraphs.
>
> And a list:
>
> - one
> - two

### A wide table

| name | a | b | c | d | e | f | g | h |
| :--- | --: | :-: | --- | --- | --- | --- | --- | --- |
| WWWWWWWWWWWWWWWWWWWW | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 |
| a [link](https://example.org/) | `code` | **2** | not one thing | or another | 5 | 6 | 7 | WWWWWWWWWWWWWWWWWWWW |

### Code

```python
# a comment that is longer than any screen is wide, so that the listing has to scroll on its own and not with the page
def greet(name: str = "world", *, times: int = 3) -> None:
    \"\"\"Say it.\"\"\"
    for _ in range(times):
        print(f"hello, {name}", 0x1F, 1.5e3, None)  # and so on
```

```diff
- gone
+ come
```

    an indented listing

### Lists

- [x] done
- [ ] to do
  - [ ] below it

1. one
   1. one and one
      - deeper
2. two

Term
: What it means.
: What it means as well.

##### A heading of the fifth level after one of the third

$$
\\int_0^1 \\frac{x^2 + 1}{\\sqrt{x}} \\, dx = \\sum_{n=0}^{\\infty} \\left( \\frac{1}{n!} \\right)
$$

Inline maths: $e^{i\\pi} + 1 = 0$ and more.

![A picture](/wide.png "A caption with a **word** and a credit")

***

<details><summary>More</summary>Hidden words.</details>

<kbd>Ctrl</kbd>+<kbd>C</kbd>, <mark>marked</mark>, <abbr title="World Wide Web">WWW</abbr>.

[^1]: A short note.
[^long]: A long note with a second paragraph.

    Which says more, and [links](https://example.org/).
"""


def picture(path: Path, width: int, height: int) -> None:
    """A striped greyscale PNG of these dimensions; a few kilobytes whatever its size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    row = b"\0" + (b"\xf0" * 8 + b"\x0f" * 8) * (width // 128 + 1)
    rows = row[: (width + 7) // 8 + 1] * height
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows, 9)), chunk(b"IEND", b"")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def article(title: str, body: str, **fields: object) -> str:
    """Markdown with front matter; JSON is YAML, so no title needs care."""
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in {"title": title, **fields}.items()]
    return "---\n" + "\n".join(lines) + f"\n---\n\n{body}\n"


def write_hostile(folder: Path) -> dict[str, object]:
    """Writes the content and the pictures below a folder; gives the config but for its theme."""
    content = folder / "content"
    content.mkdir(parents=True)
    picture(folder / "static" / "wide.png", 1200, 500)
    picture(folder / "static" / "huge.png", 6000, 4000)
    picture(folder / "static" / "tall.png", 300, 2400)
    for n, (name, title) in enumerate(TITLES.items()):
        fields: dict[str, object] = {
            "date": f"20{10 + n % 7:02}-{1 + n % 12:02}-{1 + n:02}",
            "tags": [TAGS[(n + k) % len(TAGS)] for k in range(n % 4)],
            "authors": AUTHORS[: n % 4],
            "summary": SUMMARIES[n % len(SUMMARIES)],
            "series": ["A series of <one> & more"] if n % 3 == 0 else [],
            "related": [
                "1984",
                "A title that nothing has",
                {"title": "<b>", "url": "https://example.org/", "label": "&"},
            ],
        }
        if n % 2:
            src = ("/huge.png", "/tall.png", "/wide.png")[n % 3]
            fields["image"] = {"src": src, "alt": '"alt"', "caption": "<b>caption</b> & more", "credit": "© <me>"}
        body = EVERYTHING if n % 6 == 0 else f"{title}\n\nA text of its own, number {n}.\n" * (1 + n % 3)
        (content / f"{name}.md").write_text(article(title, body, **fields), encoding="utf-8")
    more = {
        "gone.md": article(
            "A caption whose picture is gone", "Text.", date="2012-01-01", image={"caption": "Was here"}
        ),
        "empty.md": article("Nothing in it", "", date="2012-01-02"),
        "undated.md": article("Nobody knows when", "Text."),
        "ar.md": article("ترجمة", "نص.", date="2013-01-01", lang="ar", translation_of="chinese"),
        "fr.md": article("Traduction", "Texte.", date="2013-01-02", lang="fr", translation_of="chinese"),
        "pages/about.md": article("About <this>", EVERYTHING.replace("markup.md", "../markup.md")),
    }
    for name, text in more.items():
        path = content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return {
        "title": 'A site of "hostile" <titles> & more',
        "description": "]]> <script>alert(2)</script>",
        "language": "en",
        "markdown": {"math": True},
        "archives": {"day": True},
    }
