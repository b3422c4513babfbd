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

ARABIC_TITLES = {
    "markup": '<script>alert(1)</script> و <b dir="ltr">«عنوان»</b> & غيره',
    "quotes": "«ميناء» و \"مرفأ\" و 'رصيف' (قديم) [جديد] {ثالث}",
    "cdata": "]]> لا يُنهي شيئًا --> ولا <!-- يبدأ شيئًا",
    "latin-end": "كل شيء عن HTML, CSS & C++!",
    "latin": "An English title (with brackets), and a full stop.",
    "numbers": "١٢٣٬٤٥٦ مقابل 123,456 في 2024-03-17 و +961 1 234 567",
    "long-words": "كل كلمة لها حساب " + "وكلمة أخرى تتبعها " * 14 + "حتى النهاية",
    "long-word": "قسطنطينيات" * 24,
    "tatweel": "مـــيـــنـــاء " + "ـ" * 90 + " نهاية",
    "marks": "قِفَا نَبْكِ مِنْ ذِكْرَىٰ حَبِيبٍ وَمَنْزِلِ ﷽",
    "hebrew": "הנמל הישן, בוקר אחד ב-1936",
    "persian": "نامه‌ای از «بندر» قدیم: می‌خواهم؟",
    "override": "نص \u202dleft to right override\u202c في الداخل",
    "emoji": "👩‍👩‍👧‍👦 عائلة، 🏳️‍🌈 علم، 👍🏽",
    "address": "https://example.org/مسار/طويل?with=a&query=that#" + "x" * 90,
    "spaces": "\u00a0".join("مسافات لا تنكسر تُبقي كل هذه الكلمات معًا على سطر واحد طويل".split()),
    "japanese": "港の朝、灯台の夜。それから長い長い題名が折り返しなしに続いていく",
}
ARABIC_TAGS = ["ميناء", "C++", "<i>", "رسائل قديمة", "ي" * 70, "🦜", "q&a", "Old Harbour (1936)"]
ARABIC_AUTHORS = ["سامر حداد", 'Bobby "Tables" <b>', "ن" * 60]
ARABIC_SUMMARIES = [
    "",
    "خلاصة <p>ليست فقرة</p> & غيرها…",
    "ملخص قصير.",
    "A summary in English, which ends in a full stop.",
    "و" * 300,
]

ARABIC = """فقرة فيها `code()`، و**غليظ**، و*مائل*، و~~محذوف~~،
و[رابط](https://example.org/)، و[رابط إلى مقال](markup.md)، وحاشية[^1] وأخرى[^long]،
وكلمة English في الوسط، ورقم 1,234.50 و١٢٣.

[TOC]

## عنوان فيه `code` و English

> [!NOTE]
> ملاحظة فيها [رابط](https://example.org/) و`code`.

> [!WARNING] تحذير له عنوان
> انتبه.

> اقتباس فيه قائمة:
>
> - واحد
> - two
> - שלוש

> A quote in English, within an Arabic article.

### جدول عريض

| الاسم | a | ب | c | د | e | و | g | ح |
| :--- | --: | :-: | --- | --- | --- | --- | --- | --- |
| WWWWWWWWWWWWWWWWWWWW | 1 | ٢ | 3 | ٤ | 5 | ٦ | 7 | ٨ |
| كلام [ورابط](https://example.org/) | `code` | **٢** | لا شيء | أو غيره | 5 | 6 | 7 | ششششششششششششششششششش |

### قوائم

- [x] تم
- [ ] لم يتم
  - [ ] تحته

1. واحد
   1. واحد وواحد
      - أعمق
2. Two, in English.

مصطلح
: معناه.
: A meaning in English.

```python
# تعليق طويل لا يتسع له عرض أي شاشة، ولذلك ينبغي أن تتحرك القائمة وحدها ولا تتحرك معها الصفحة، وهو كلام عربي
print("مرحبا, world")
```

$$
\\int_0^1 \\frac{x^2 + 1}{\\sqrt{x}} \\, dx
$$

![صورة](/wide.png "شرح فيه **غليظ** و credit")

<details><summary>المزيد</summary>كلام مخفي.</details>

[^1]: حاشية قصيرة.
[^long]: حاشية طويلة لها فقرة ثانية.

    تقول المزيد، وفيها [روابط](https://example.org/).
"""

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

```text

  a listing that begins
  and ends with an empty line

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


def write_arabic(folder: Path) -> dict[str, object]:
    """The same in Arabic: a right-to-left site whose lists hold titles, labels and names that run the other way."""
    content = folder / "content"
    content.mkdir(parents=True)
    picture(folder / "static" / "wide.png", 1200, 500)
    picture(folder / "static" / "tall.png", 300, 2400)
    lang = {"latin": "en", "hebrew": "he", "persian": "fa", "japanese": "ja"}
    for n, (name, title) in enumerate(ARABIC_TITLES.items()):
        fields: dict[str, object] = {
            "date": f"20{10 + n % 3:02}-{1 + n % 12:02}-{1 + n:02}",
            "tags": [ARABIC_TAGS[(n + k) % len(ARABIC_TAGS)] for k in range(n % 4)],
            "authors": ARABIC_AUTHORS[: n % 4],
            "summary": ARABIC_SUMMARIES[n % len(ARABIC_SUMMARIES)],
            "series": ["سلسلة من <واحد> & more"] if n % 3 == 0 else [],
            "related": ["عنوان ليس له مقال", {"title": "Another site (in English).", "url": "https://example.org/"}],
        }
        if name in lang:
            fields["lang"] = lang[name]
        if name == "emoji":
            fields["dir"] = "ltr"  # against its language, as an author may
        if n % 2:
            src = ("/tall.png", "/wide.png")[n % 4 // 2]
            fields["image"] = {"src": src, "alt": "«صورة»", "caption": "شرح الصورة (بيروت).", "credit": "© Agency"}
        body = ARABIC if n % 6 == 0 else f"{title}\n\nنص قصير رقم {n}، فيه some English words.\n" * (1 + n % 3)
        (content / f"{name}.md").write_text(article(title, body, **fields), encoding="utf-8")
    more = {
        "empty.md": article("لا شيء فيه", "", date="2012-01-02"),
        "undated.md": article("لا يعرف أحد متى", "نص."),
        "en.md": article("A translation", "Text.", date="2012-01-01", lang="en", translation_of="numbers"),
        "pages/about.md": article("عن <هذا>", ARABIC.replace("markup.md", "../markup.md")),
    }
    for name, text in more.items():
        path = content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    story = {"name": "الميناء (Harbour)!", "articles": ["numbers.md", "latin.md", "marks.md", "persian.md"]}
    stories = json.dumps({"stories": {"harbour": story}}, ensure_ascii=False)
    (folder / "stories.yaml").write_text(stories, encoding="utf-8")
    return {
        "title": "موقع «عدائي» <عناوين> & more",
        "description": "]]> وصف الموقع (بالعربية).",
        "language": "ar",
        "timezone": "Asia/Beirut",
        "markdown": {"math": True},
        "archives": {"day": True},
    }


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
