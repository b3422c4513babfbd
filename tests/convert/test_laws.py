"""Laws of an import over random collections: the ledger adds up, a second run writes nothing, no edit is lost."""
# ruff: noqa: E501 -- the invented sources stand in one piece

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable
from html import escape
from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitegen.convert.document import FIELDS, Article, Field, Link, Picture, Source, ledger
from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.report import Report
from sitegen.convert.sources.detect import detect
from sitegen.convert.writing.merge import merge
from sitegen.convert.writing.write import markdown_file
from sitegen.notation.yaml import read_yaml

QUAY = Path(__file__).parent / "wordpress" / "quay.xml"
WORDS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30),
    st.sampled_from(["5 May 2020", "By Ann Lee", "READ: More of it", "<b>x</b>", "a: b", "]]>", "- x", "# x", "---", "", "&amp;", '"', "\\", "no", "1:30"]),
)  # fmt: skip
PARAGRAPH = st.one_of(WORDS, st.just("A whole sentence that is long enough to be read as prose by anyone at all."))
STORY = st.tuples(WORDS, st.lists(PARAGRAPH, min_size=1, max_size=5))
Story = tuple[str, list[str]]


def run(raw: Path, into: Path) -> Report:
    bases = into / ".sitegen" / "imports"
    return import_sources([str(raw)], ImportOptions(into=into, bases=bases, comments=into / "data"))


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def adds_up(report: Report) -> None:
    for done in report.done:
        account = ledger(done.article.fates)
        assert account["blocks"] == len(done.document.blocks)
        assert account["blocks"] == account["fields"] + account["body"] + account["links"] + sum(
            account["dropped"].values()
        )


# ---- a collection in any formats


def _page(story: Story) -> str:
    body = "".join(f"<p>{escape(text)}</p>" for text in story[1])
    return f"<!DOCTYPE html><html><head><title>{escape(story[0])}</title></head><body><article><h1>{escape(story[0])}</h1>{body}</article></body></html>"


def _items(stories: list[Story], kind: str) -> str:
    def item(story: Story) -> str:
        html = escape("".join(f"<p>{escape(text)}</p>" for text in story[1]))
        return f"<{kind}><title>{escape(story[0])}</title><{'content' if kind == 'entry' else 'description'} type='html'>{html}</{'content' if kind == 'entry' else 'description'}></{kind}>"

    return "".join(map(item, stories))


def _export(stories: list[Story]) -> str:
    text = QUAY.read_text("utf-8")
    for n, (title, paragraphs) in enumerate(stories):
        body = "\n\n".join(paragraphs).replace("]]>", "")
        item = f"<item><title><![CDATA[{title.replace(']]>', '')}]]></title><content:encoded><![CDATA[{body}]]></content:encoded><wp:post_id>{900 + n}</wp:post_id><wp:post_type>post</wp:post_type><wp:status>publish</wp:status></item>"
        text = text.replace("</channel>", item + "</channel>")
    return text


def _rows(stories: list[Story]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["title", "text"], *((title, "\n\n".join(texts)) for title, texts in stories)])
    return out.getvalue()


FORMATS: dict[str, Callable[[list[Story]], str]] = {
    "note.txt": lambda stories: "\n\n".join([stories[0][0], *stories[0][1]]),
    "rows.jsonl": lambda stories: "\n".join(json.dumps({"title": one, "text": "\n\n".join(texts)}) for one, texts in stories),
    "rows.csv": _rows,
    "page.html": lambda stories: _page(stories[0]),
    "rss.xml": lambda stories: f"<rss version='2.0'><channel>{_items(stories, 'item')}</channel></rss>",
    "atom.xml": lambda stories: f"<feed xmlns='http://www.w3.org/2005/Atom'>{_items(stories, 'entry')}</feed>",
    "feed.json": lambda stories: json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"title": one, "content_text": "\n\n".join(texts)} for one, texts in stories]}),
    "post.md": lambda stories: f"---\ntitle: {json.dumps(stories[0][0])}\n---\n\n" + "\n\n".join(stories[0][1]),
    "export.xml": _export,
    "ghost.json": lambda stories: json.dumps({"db": [{"data": {"posts": [{"id": str(n), "title": one, "slug": f"s{n}", "status": "published", "html": "".join(f"<p>{escape(text)}</p>" for text in texts)} for n, (one, texts) in enumerate(stories)]}}]}),
}  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(sorted(FORMATS)), st.lists(STORY, min_size=1, max_size=3), min_size=1, max_size=4)
)
def test_for_a_collection_in_any_formats_the_ledger_adds_up_and_a_second_run_writes_nothing(
    collection: dict[str, list[Story]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "out"
        raw.mkdir()
        for name, stories in collection.items():
            (raw / name).write_text(FORMATS[name](stories), "utf-8", newline="")
        report = run(raw, out)
        adds_up(report)
        told = {Path(done.article.source.path).name for done in report.done}
        assert told | {Path(problem.where.path).name for problem in report.problems} == set(collection)
        before = snapshot(out)
        again = run(raw, out)
        assert {done.outcome.action for done in again.done} <= {"unchanged"}
        assert snapshot(out) == before


# ---- front matter

NO_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]"
)  # YAML does not allow them
ANY = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
NAME = ANY.map(lambda text: NO_TEXT.sub("_", text))
VALUE = {
    "text": ANY,
    "list": st.lists(ANY, min_size=1, max_size=3),
    "flag": st.booleans(),
    "number": st.integers(-1000, 1000),
    "date": st.sampled_from(["2020-05-05", "2020-05-05T17:03:00+02:00", "1999-12-31T00:00:00"]),
    "mapping": st.dictionaries(NAME, st.one_of(ANY, st.booleans(), st.integers(-9, 9), st.lists(ANY, min_size=1, max_size=2)), min_size=1, max_size=3),
}  # fmt: skip
DATES = ("date", "updated", "publish_date", "expires")
MORE = st.fixed_dictionaries(
    {},
    optional={name: VALUE[kind] for name, kind in FIELDS.items() if name not in ("title", "date", "image")},
)


@settings(max_examples=200, deadline=None)
@given(ANY, MORE, st.lists(st.tuples(ANY, ANY), max_size=2), st.tuples(ANY, ANY))
def test_front_matter_of_any_texts_reads_back_as_it_was(
    title: str, more: dict[str, object], links: list[tuple[str, str]], picture: tuple[str, str]
) -> None:
    own = {name: Field(more.pop(name), 1.0, "x") for name in ("authors", "tags", "summary", "lang") if name in more}
    article = Article(
        source=Source(path="x", name=title, format="text", sha256="0" * 64, group="x", url=picture[0], row=3),
        title=Field(title, 1.0, "x"), date=Field("2020-05-05", 1.0, "x"), **own,
        links=tuple(Link(label, text, 0) for label, text in links), pictures=(Picture(picture[0], picture[1], 1),),
        more={name: Field(value, 1.0, "x") for name, value in more.items()}, markdown="Text.\n",
    )  # fmt: skip
    text = markdown_file(article)
    wanted: dict[str, object] = {
        "title": title, **{name: field.value for name, field in own.items()}, **more,
        "image": {"caption": picture[0], "credit": picture[1]},
        "related": [{"title": text, "label": label} for label, text in links],
        "source": {"format": "text", "name": title, "sha256": "0" * 64, "url": picture[0], "row": 3},
    }  # fmt: skip
    wanted = {name: cleaned(value) for name, value in wanted.items() if value != []}
    front = re.split(r"(?m)^---\n", text)[1]
    read = yaml.load(front, yaml.CSafeLoader)
    assert {name: value for name, value in read.items() if name not in DATES} == {
        name: value for name, value in wanted.items() if name not in DATES
    }
    ours = read_yaml(front, "x.md", first_line=2, code="front-matter")
    assert not ours.problems
    assert isinstance(ours.value, dict)
    assert ours.value["title"] == wanted["title"]
    assert ours.value.keys() == read.keys()


def cleaned(value: object) -> object:
    if isinstance(value, str):
        return NO_TEXT.sub("", value)
    if isinstance(value, list):
        return [cleaned(one) for one in value]
    return {name: cleaned(one) for name, one in value.items()} if isinstance(value, dict) else value


# ---- merging

KEYS = ("title", "date", "tags", "summary")
EDIT = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["one", "two", None]), max_size=4)
TEXTS = st.lists(st.sampled_from(["A.", "B.", "C.", "D.", "E.", "F."]), max_size=6)


def file_of(fields: dict[str, str | None], paragraphs: list[str]) -> str:
    front = "".join(f"{name}: {value}\n" for name, value in fields.items() if value is not None)
    return f"---\n{front}---\n\n" + ("\n\n".join(paragraphs) + "\n" if paragraphs else "")


@settings(max_examples=400, deadline=None)
@given(EDIT, EDIT, EDIT, TEXTS, TEXTS, TEXTS)
def test_a_merge_takes_each_field_from_who_changed_it_and_names_those_that_both_did(
    base: dict[str, str | None], mine: dict[str, str | None], theirs: dict[str, str | None],
    old: list[str], left: list[str], right: list[str],
) -> None:  # fmt: skip
    first, ours, news = file_of(base, old), file_of(mine, left), file_of(theirs, right)
    assert merge(first, first, news) == merge(first, news, news) == type(merge(first, first, news))(news)
    assert merge(first, ours, first).text == ours
    merged = merge(first, ours, news)
    if ours in (first, news) or news == first:
        return
    fields = dict(line.split(": ", 1) for line in merged.text.split("---\n")[1].splitlines())
    both = {
        name
        for name in KEYS
        if mine.get(name) != base.get(name) != theirs.get(name) and mine.get(name) != theirs.get(name)
    }
    assert set(merged.conflicts) - {"body"} == both
    for name in KEYS:
        changed_by_them = mine.get(name) == base.get(name)
        assert fields.get(name) == (theirs if changed_by_them else mine).get(name)
    if "body" in merged.conflicts:
        assert merged.text.endswith(ours.split("---\n", 2)[2].lstrip("\n") or "---\n")
        return
    for text in "A. B. C. D. E. F.".split():
        counts = [part.count(text) for part in (old, left, right)]
        if counts[1] == counts[0] == counts[2] == 0:
            assert text not in merged.text
        if counts[0] == 0 and (counts[1] or counts[2]):
            assert text in merged.text, "what one side added is there"
        if counts[0] and not counts[1] and not counts[2]:
            assert text not in merged.text.split("---\n", 2)[2], "what both took out is gone"


STEP = st.one_of(
    st.tuples(st.just("source"), st.integers(0, 4)),
    st.tuples(st.just("mine"), st.integers(0, 4)),
    st.tuples(st.just("import"), st.just(0)),
    st.tuples(st.just("lose the bases"), st.just(0)),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, max_size=14))
def test_after_any_edits_on_both_sides_no_words_of_a_person_or_of_the_source_are_lost(
    steps: list[tuple[str, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "out"
        raw.mkdir()
        said = [f"Paragraph {n} says source0." for n in range(5)]
        edits: dict[int, str] = {}
        file = out / "2020" / "salt.md"
        for number, (step, at) in enumerate([*steps, ("import", 0)], start=1):
            if step == "source":
                said[at] = f"Paragraph {at} says source{number}."
            elif step == "mine" and file.is_file():
                edits[at] = f"Paragraph {at} says mine{number}."
                file.write_text(re.sub(rf"Paragraph {at} says \w+\.", edits[at], file.read_text("utf-8")), "utf-8")
            elif step == "lose the bases":
                for path in sorted((out / ".sitegen").rglob("*"), reverse=True):
                    path.unlink() if path.is_file() else path.rmdir()
            elif step == "import":
                body = "\n\n".join(said)
                (raw / "salt.md").write_text(f'---\ntitle: "Salt"\ndate: 2020-05-05\n---\n\n{body}\n', "utf-8")
                held = file.read_text("utf-8") if file.is_file() else ""
                (done,) = run(raw, out).done
                text = file.read_text("utf-8")
                assert all(edit in text for edit in edits.values())
                if done.outcome.action == "conflict":
                    assert text == held
                    aside = Path(done.outcome.aside).read_text("utf-8")
                    assert all(one in aside for one in said)
                else:
                    assert all(one in text for n, one in enumerate(said) if n not in edits)
                before = snapshot(out)
                assert run(raw, out).done[0].outcome.action in ("unchanged", "kept", "conflict")
                assert snapshot(out) == before


def test_the_formats_of_these_laws_are_told_apart_by_their_content() -> None:
    story = ("A title", ["A whole sentence that is long enough to be read as prose by anyone at all."] * 3)
    told = {}
    for name, make in FORMATS.items():
        text = make([story, story])
        told[name] = detect(name, text.encode(), text).format
    assert told == {
        "note.txt": "text", "rows.jsonl": "jsonl", "rows.csv": "csv", "page.html": "html", "rss.xml": "feed",
        "atom.xml": "feed", "feed.json": "feed", "post.md": "markdown", "export.xml": "wordpress", "ghost.json": "ghost",
    }  # fmt: skip
