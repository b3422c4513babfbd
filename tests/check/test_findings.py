"""Each finding: that a fault is found, where it is, and that a sound site has none."""

import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sitegen.check import checking, draft
from sitegen.check.codes import CODES
from sitegen.check.draft import Draft
from sitegen.check.sketch import SURE_RUN, sketch, unpacked, words_of

from .conftest import AS_OF, Site, place


def test_a_sound_site_has_no_finding(site):
    assert site.codes() == []


def test_every_finding_says_how_to_mend_it_and_has_a_known_code(site):
    site.article(
        "bad",
        title="The first article",
        updated="2020-01-01",
        tittle="x",
        body="[x](gone.md) ![](y.png) [z](/no/) [[Wanted one]]",
    )
    site.write("static/x.json", "{")
    site.write("urls.txt", "/old/\n")
    findings = site.report().findings

    assert len(findings) >= 8
    for finding in findings:
        assert finding.help, finding
        assert finding.where.path, finding
        assert finding.code in CODES or finding.code.partition(".")[0] in CODES, finding.code


@pytest.mark.parametrize(
    ("body", "code", "at", "says"),
    [
        ("[x](/nothing/)", "link.dead", "content/bad.md:6:5", "leads to /nothing/"),
        ("[x](two.md#no)", "link.fragment", "content/bad.md:6:11", "#no"),
        ("[x](#no)", "link.fragment", "content/bad.md:6:5", "#no"),
        ("[x](one.md#the-timetible)", "link.fragment", "content/bad.md:6:11", "#the-timetible"),
        ('<a href="/nothing/">x</a>', "link.dead", "content/bad.md:6:10", "leads to /nothing/"),
        ("[x](https://example.org/nothing/)", "link.dead", "content/bad.md:6:5", "leads to /nothing/"),
        ("[x](gone.md)", "link.source", "content/bad.md:6:5", "content/gone.md"),
        ("[x](gone.pdf)", "link.file", "content/bad.md:6:5", "content/gone.pdf"),
        ("[x](/2024/01/ONE/)", "link.dead", "content/bad.md:6:5", "/2024/01/ONE/"),
    ],
)  # fmt: skip
def test_a_dead_link_is_found_once_where_it_is_written(site, body, code, at, says):
    site.article("bad", body=body)
    findings = site.report().findings

    assert [(each.code, place(each)) for each in findings] == [(code, at)]
    assert says in findings[0].message


def test_a_near_address_is_offered(site):
    site.article("bad", body="[a](one.md#the-timetible) [b](/2024/01/ONE/)")

    assert "#the-timetable?" in site.check("link.fragment")[0].help
    assert "/2024/01/one/?" in site.check("link.dead")[0].help


@pytest.mark.parametrize(
    "link",
    ["one.md", "one.md#the-timetable", "/2024/01/one/", "/2024/01/one", "#top", "mailto:a@example.org", "https://other.example/x",
     "/2024/01/one/?a=1#the-timetable", "https://example.org/2024/01/one/", "/feed.xml", "/2024/01/one/#%74he-timetable"],
)  # fmt: skip
def test_a_link_that_leads_somewhere_is_no_finding(site, link):
    site.article("fine", body=f"[x]({link})")

    assert site.codes() == []


def test_a_link_of_a_template_is_told_once_for_all_its_pages(site):
    site.write(
        "templates/article.html",
        '{% extends "plain/article.html" %}{% block main %}<a href="/gone/">x</a>{% endblock %}',
    )
    found = site.check("link.dead")

    assert len(found) == 1
    assert place(found[0]).startswith("public/2024/01/")
    assert "(and on 1 more page)" in found[0].message


def test_at_a_base_path_a_link_from_the_root_of_the_host_leads_out_of_the_site(site):
    site.write(
        "static/x.html",
        '<!doctype html><title>x</title><a href="/2024/01/one/">x</a><a href="/repo/2024/01/one/">y</a>',
    )
    found = site.check("link.base-path", base_url="https://name.github.io/repo/")

    assert [place(each) for each in found] == ["static/x.html:1"]
    assert "below /repo/" in found[0].message


@pytest.mark.parametrize(
    ("matter", "code", "at"),
    [
        ({"date": "2029-12-01"}, "date.impossible", "content/bad.md:3:7"),
        ({"date": "0202-01-01"}, "date.impossible", "content/bad.md:3:7"),
        ({"date": "1970-01-01"}, "date.impossible", "content/bad.md:3:7"),
        ({"date": "2027-03-01"}, "date.future", "content/bad.md:3:7"),
        ({"publish_date": "2031-03-01"}, "date.future", "content/bad.md:4:15"),
        ({"updated": "2023-12-01"}, "date.updated", "content/bad.md:4:10"),
        ({"expires": "2023-12-01"}, "date.expires", "content/bad.md:4:10"),
        ({"translation_of": "nobody"}, "translation.unknown", "content/bad.md:4:17"),
        ({"image": "pictures/x.png"}, "image.alt", "content/bad.md:4:8"),
        ({"tittle": "x"}, "front-matter.near-miss", "content/bad.md:4:1"),
    ],
)
def test_doubtful_front_matter_is_found_at_its_value(site, matter, code, at):
    site.article("bad", **matter)

    assert [place(each) for each in site.check(code)] == [at]


def test_a_draft_is_checked_before_it_is_published(site):
    site.article("bad", draft="true", updated="2023-12-01", tittle="x")

    assert site.codes() == ["date.updated", "front-matter.near-miss"]


def test_a_published_photo_that_tells_where_it_was_taken_is_found(site):
    for name, told in (("static/quay.jpg", True), ("content/boat.jpg", False)):
        exif = Image.Exif()
        exif[0x010E] = "A boat"
        if told:
            exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 9.0, 0.0)})
        out = io.BytesIO()
        Image.new("RGB", (30, 20)).save(out, "JPEG", exif=exif)
        site.write(name, out.getvalue())
    site.article("photos", body="![A boat](boat.jpg) ![A quay](/quay.jpg)")

    assert [place(each) for each in site.check("image.place")] == ["static/quay.jpg"]


def test_a_picture_without_alternative_text_is_found_where_it_stands(site):
    site.write("content/x.png", b"png")
    site.article("bad", body="Words ![a ship](x.png) and\nmore ![](x.png) of them.")

    assert [place(each) for each in site.check("image.alt")] == ["content/bad.md:7:6"]


def test_a_language_that_most_translations_have_is_missed(site):
    for name in ("one", "two", "three"):
        site.article(f"{name}-en", title=f"In English {name}", lang="en")
        site.article(f"{name}-de", title=f"Auf Deutsch {name}", lang="de", translation_of=f"{name}-en")
    for name in ("one", "two"):
        site.article(f"{name}-fr", title=f"En français {name}", lang="fr", translation_of=f"{name}-en")

    assert [(place(each), "fr" in each.message) for each in site.check("translation.missing")] == [
        ("content/three-en.md", True)
    ]


def test_a_wanted_article_is_named_at_its_first_want(site):
    site.article("bad", body="See [[The lost letter]].")
    site.article("too", date="2024-01-05", body="Nothing.", related="[The lost letter]")
    found = site.check("article.wanted")

    assert [place(each) for each in found] == ["content/too.md:4:11"]
    assert "by 1 more article too" in found[0].message


WORDS = " ".join(f"word{n * n % 97}{'abc'[n % 3]}" for n in range(160))


def test_equal_titles_and_texts_are_found(site):
    site.article("copy", title="The First  article", body=WORDS)
    site.article("copy-2", title="Another", body=WORDS)
    site.article("cut", title="A third", body=" ".join(WORDS.split()[:130]) + " and then a new end of it")

    assert [place(each) for each in site.check("duplicate.title")] == ["content/one.md:2:8"]
    assert [place(each) for each in site.check("duplicate.text")] == ["content/copy.md"]
    assert len(site.check("duplicate.near")) == 2


def test_texts_that_only_share_a_phrase_are_not_called_alike(site):
    site.article("a", title="Title a", body=WORDS)
    site.article("b", title="Title b", body=" ".join(reversed(WORDS.split())) + " " + " ".join(WORDS.split()[:30]))

    assert site.check("duplicate.near") == []


SECRET = (
    "Nobody may read that the council will sell the old ferry to a collector from the city before the winter comes."
)


@pytest.mark.parametrize(
    "hide", [{"draft": "true"}, {"date": "2027-03-01"}, {"expires": "2024-06-01"}], ids=["draft", "future", "expired"]
)
@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("static/note.html", f"<!doctype html><title>t</title><p>It says: {SECRET}</p>".encode()),
        ("static/export.jsonl", json.dumps({"text": SECRET}).encode()),
        ("static/index.json.gz", gzip.compress(json.dumps([SECRET]).encode(), mtime=0)),
        ("static/list.xml", b"<list><item>The secret sale of the ferry</item></list>"),
        ("static/list.html", b"<!doctype html><title>t</title><ul><li>The secret  sale of the ferry</li></ul>"),
        ("static/map.xml", b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://example.org/secret/</loc></url></urlset>'),
    ],
    ids=["words", "jsonl", "gzip", "xml", "title", "address"],
)  # fmt: skip
def test_an_unpublished_article_is_found_anywhere_in_the_output(site, hide, path, content):
    site.article("secret", title="The secret sale of the ferry", url="/secret/", body=SECRET, **hide)
    if path == "static/list.xml":
        content = content.replace(b"The secret sale of the ferry", SECRET.encode())
    site.write(path, content)
    found = site.check("leak")

    assert [place(each) for each in found] == [path]
    assert "content/secret.md" in found[0].message
    assert found[0].severity == "error"


@pytest.fixture(scope="module")
def exports_of_a_draft(tmp_path_factory):
    """Files for machines as sitegen itself makes them, of a site that shows its drafts: a book, tables, an index."""
    site = Site(tmp_path_factory.mktemp("drafts"))
    site.article("secret", title="The secret sale of the ferry", url="/secret/", body=SECRET, draft="true")
    site.write(
        "sitegen.yaml",
        "title: Test site\nbase_url: https://example.org/\noutputs: {epub: true, jsonl: true, sqlite: true}\n",
    )
    assert site.run("build", "-q", "-D").code == 0
    public = site.root / "public"
    made = ["articles.epub", "articles.jsonl", "articles.sqlite"]
    fragments = sorted(public.glob("pagefind/fragment/*.pf_fragment"))
    assert len(fragments) == 3
    return {path.name: path.read_bytes() for path in [*(public / name for name in made), *fragments]}


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (kind, shown)
        for kind in (".epub", ".jsonl", ".sqlite", ".pf_fragment")
        for shown in ("words", "title", "address")
        if (kind, shown) != (".epub", "address")  # a book links to its own chapters
    ],
)
def test_an_unpublished_article_is_found_in_every_kind_of_export(site, exports_of_a_draft, kind, shown):
    """An older export that somebody keeps in static/ holds what was not yet, or is no longer, published."""
    matter = {"title": "The secret sale of the ferry", "url": "/secret/", "body": SECRET, "draft": "true"}
    other = {"title": "Another headline by now", "url": "/elsewhere/", "body": "All of it was rewritten."}
    kept = {"words": "body", "title": "title", "address": "url"}[shown]
    site.article("secret", **{**matter, **{key: text for key, text in other.items() if key != kept}})
    for name, content in exports_of_a_draft.items():
        if name.endswith(kind):
            site.write(f"static/old-{name}", content)
    found = site.check("leak")

    assert len(found) == 1, site.report().findings
    assert place(found[0]).endswith(kind)
    assert f"holds {'the ' * (shown != 'words')}{shown} of content/secret.md" in found[0].message


def test_exports_without_an_unpublished_article_are_no_leak(site, exports_of_a_draft):
    site.article("secret", title="The secret sale of the ferry", url="/secret/", body=SECRET)
    site.article(
        "hidden", title="Quite another matter", body="Nothing of this stands in any of the exports.", draft="true"
    )
    for name, content in exports_of_a_draft.items():
        site.write(f"static/old-{name}", content)

    assert site.check("leak") == []


@settings(max_examples=30)
@given(st.lists(st.integers(0, 9), min_size=SURE_RUN, max_size=60), st.integers(0, 300), st.integers(1, 80))
def test_a_large_export_is_read_in_passages_and_no_run_of_words_falls_between_two(run, before, length):
    words = " ".join(f"w{n}" for n in run)
    rows = [*(f"a{n} b{n} c{n}" for n in range(before)), words, *(f"d{n} e{n}" for n in range(50))]
    whole, parts = Draft(sketched=True), Draft(sketched=True)
    whole.texts = list(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draft, "PASSAGE", length)
        for row in rows:
            parts.value(row)
    known = set(unpacked(sketch(words_of(words)).tobytes()).tolist())

    assert known & set(unpacked(parts.finished().text).tolist())
    assert known & set(unpacked(whole.finished().text).tolist())


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\0" + bytes(900), b"PK\3\4broken", b"\x1f\x8b\x08broken", b"[" * 9999]
)
@pytest.mark.parametrize("kind", ["sqlite", "epub", "gz", "jsonl", "json", "csv", "pf_fragment", "zip"])
def test_an_export_that_is_damaged_ends_no_check(site, kind, content):
    site.article("secret", title="Sold", body=SECRET, draft="true")
    site.write(f"static/x.{kind}", content)

    assert {each.code for each in site.report().findings} <= {"output.json"}


def test_an_index_that_cannot_be_made_is_said_by_the_check_as_by_the_build(site, monkeypatch):
    from sitegen.build import search

    site.write("sitegen.yaml", "title: Test site\nbase_url: https://example.org/\n")
    monkeypatch.setattr(search, "indexer", lambda: None)
    found = site.check("search.missing")

    assert [(place(each), each.severity) for each in found] == [("sitegen.yaml", "warning")]
    assert "pip install" in found[0].help


def test_words_that_a_published_article_has_too_are_no_leak(site):
    site.article("secret", title="The secret sale of the ferry", draft="true", body=f"> {SECRET}\n\nIs that so?")
    site.article("public", title="It is known", body=f"As we wrote: {SECRET}")
    site.write("static/note.txt", SECRET)

    assert site.check("leak") == []


@pytest.mark.parametrize(
    ("name", "content", "code", "line"),
    [
        ("f.xml", '<rss version="2.0">\n<channel><title>t</title><link>https://example.org/</link></channel></rss>', "feed.invalid", 2),
        ("f.xml", '<rss version="2.0"><channel><title>t</title><link>https://example.org/</link><description/>\n<item><title>t</title><pubDate>2024-01-01</pubDate></item></channel></rss>', "feed.invalid", 2),
        ("f.xml", '<feed xmlns="http://www.w3.org/2005/Atom"><id>a</id><title>t</title>\n</feed>', "feed.invalid", 1),
        ("f.xml", '<feed xmlns="http://www.w3.org/2005/Atom"><id>a</id><title>t</title><updated>2024-01-01T00:00:00Z</updated><author><name>n</name></author>\n<entry><id>b</id><title>t</title><updated>2024-01-01</updated></entry></feed>', "feed.invalid", 2),
        ("f.json", '{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"id": "1"}]}', "feed.invalid", 0),
        ("f.xml", "<a>\n<b></a>", "output.xml", 2),
        ("f.json", "[1,", "output.json", 0),
        ("f.html", '<!doctype html><title>t</title>\n<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle"}</script>', "json-ld.invalid", 2),
        ("f.html", '<!doctype html><title>t</title><script type="application/ld+json">{</script>', "json-ld.invalid", 1),
        ("f.html", '<!doctype html><title>t</title><script type="application/ld+json">{"@context": "https://schema.org", "@type": "Article", "headline": "h", "datePublished": "May"}</script>', "json-ld.invalid", 1),
        ("f.html", '<!doctype html><title>t</title><p id="a">\n<p id="a">', "output.id", 2),
        ("f.html", "<!doctype html><p>x", "output.title", 1),
        ("f.html", '<!doctype html><title>t</title>\n<img src="/feed.xml">', "image.alt", 2),
        ("f.css", "a { color: red }\nb { background: url(gone.png) }", "link.dead", 2),
        ("f.xml", '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>\n<loc>/x/</loc></url></urlset>', "sitemap.invalid", 1),
    ],
)  # fmt: skip
def test_an_output_that_is_not_what_its_kind_asks_for_is_found(site, name, content, code, line):
    site.write(f"static/{name}", content)
    found = site.check(code)

    assert [place(each) for each in found] == [f"static/{name}" + (f":{line}" if line else "")], site.report().findings


def test_a_file_beside_articles_that_nothing_uses_is_found(site):
    site.write("content/used.png", b"1")
    site.write("content/unused.png", b"2")
    site.article("fine", body="![A ship](used.png)")

    assert [place(each) for each in site.check("file.orphan")] == ["content/unused.png"]


def test_unused_files_of_ones_own_theme_are_found_and_shipped_ones_are_not(site):
    site.write("templates/lonely.html", "x")
    site.write("templates/part.html", "x")
    site.write(
        "templates/article.html",
        '{% extends "plain/article.html" %}{% block main %}{% include "part.html" %}{% endblock %}',
    )

    assert [place(each) for each in site.check("theme.unused")] == ["templates/lonely.html"]


def test_names_that_only_some_systems_tell_apart_are_found(site):
    site.write("content/Pic.png", b"1")
    site.write("content/pic.png", b"2")

    assert [place(each) for each in site.check("file.clash")] == ["content/pic.png"]


def test_sizes_against_the_hosts_limits(site, monkeypatch):
    from sitegen.check import files

    monkeypatch.setattr(files, "MAX_FILE_BYTES", 3000)
    monkeypatch.setattr(files, "MAX_SITE_BYTES", 9000)
    site.write("static/film.mp4", bytes(4000))
    site.write("static/more.mp4", bytes(6000))
    found = site.check("size.file")

    assert [(place(each), each.severity) for each in found if "mp4" in place(each)] == [
        ("static/film.mp4", "error"),
        ("static/more.mp4", "error"),
    ]
    assert [each.severity for each in site.check("size.site")] == ["error"]


def test_a_page_of_five_megabytes_is_too_much_for_many_devices(site):
    site.write("static/long.html", "<!doctype html><title>Long</title><p>" + "word " * 1_100_000)

    assert "static/long.html" in {each.where.path for each in site.check("size.page")}


def test_a_page_that_a_template_leaves_empty_is_found(site):
    site.write("templates/archive.html", "")

    assert "archive/index.html" in {each.where.path.removeprefix("public/") for each in site.check("output.empty")}


def test_an_address_in_a_feed_that_only_this_site_understands_is_found(site):
    content = (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>https://example.org/</link>'
        "<description>D</description><item><title>I</title><guid>https://example.org/i</guid>"
        '<description>&lt;a href="/2024/01/one/"&gt;One&lt;/a&gt;</description></item></channel></rss>'
    )
    site.write("static/other.xml", content)
    [finding] = site.check("feed.relative")

    assert finding.where.path == "static/other.xml"
    assert "/2024/01/one/" in finding.message


def test_a_language_that_the_theme_has_no_words_in_is_told_once(site):
    for name in ("three", "four"):
        site.article(name, title=f"Artikel {name}", lang="af")
    [finding] = site.check("translation.theme")

    assert "is in af, which the theme has no words in" in finding.message
    assert "i18n/af.yaml" in finding.help


def test_a_name_as_macos_writes_it_is_told(site):
    site.write("static/cafe\u0301.txt", "coffee")
    [finding] = site.check("file.form")

    assert finding.where.path == "static/cafe\u0301.txt"


def test_two_articles_at_one_address_are_found_with_both_sources(site):
    site.article("again", title="Once more", slug="one")
    [finding] = site.check("outputs.clash")

    assert finding.is_error
    assert "content/one.md" in f"{finding.where.path} {finding.message}"
    assert "content/again.md" in f"{finding.where.path} {finding.message}"


def test_every_code_is_looked_for_by_a_test():
    """A code without a dot stands for all of a room, which has tests of its own."""
    here = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("*.py"))

    assert [code for code in CODES if "." in code and f'"{code}"' not in here] == []


def test_a_broken_article_keeps_the_outputs_from_being_judged(site):
    site.article("bad", date="next Tuesday", body="[x](/nothing/)")
    report = site.report()

    assert not report.whole
    assert [each.code for each in report.findings] == ["front-matter.date"]


def test_what_was_remembered_gives_the_same_findings(site):
    site.article("bad", body="[x](/nothing/) ![](x.png)", tittle="y")
    first = site.report().findings
    (site.root / ".sitegen" / "cache.sqlite").unlink()

    assert site.report().findings == first
    (site.root / ".sitegen" / "check.sqlite").write_bytes(b"damaged" * 2000)
    assert site.report(jobs=2).findings == first


def count_looks(monkeypatch) -> list[int]:
    looks = []
    look = checking.look
    monkeypatch.setattr(checking, "look", lambda *given: looks.append(1) or look(*given))
    return looks


def test_a_second_check_looks_again_only_when_something_changed(site, monkeypatch):
    site.article("bad", body="[x](/nothing/)")
    looks = count_looks(monkeypatch)
    first = site.report()
    assert len(looks) == 1
    edits = {
        "content/one.md": (site.root / "content/one.md").read_text() + "\n[y](/never/)\n",
        "static/x.json": "{",
        "urls.txt": "/gone/\n",
        "templates/lonely.html": "x",
        "sitegen.yaml": "title: Test site\nbase_url: https://example.org/sub/\ntheme: plain\n",
    }
    for count, (path, text) in enumerate(edits.items(), 2):
        site.write(path, text)
        found = site.report()
        assert len(looks) == count, path
        (site.root / ".sitegen/check.sqlite").unlink()
        assert site.report().findings == found.findings
        looks.pop()

    assert found.findings != first.findings


def test_what_time_alone_changes_is_not_remembered_beyond_it(site, monkeypatch):
    site.article("soon", date="2027-01-16")
    looks = count_looks(monkeypatch)
    assert [each.code for each in site.report().findings] == ["date.future"]
    assert site.codes(as_of=AS_OF + 60) == ["date.future"]
    assert len(looks) == 1
    assert site.codes(as_of=AS_OF + 2 * 86_400) == []
    assert site.codes(as_of=AS_OF) == ["date.future"], "and not before it either"

    assert len(looks) == 3


def test_what_a_machine_lacks_is_asked_for_each_time(site, monkeypatch):
    from sitegen.build import search

    site.write("sitegen.yaml", "title: Test site\nbase_url: https://example.org/\n")
    with monkeypatch.context() as patch:
        patch.setattr(search, "indexer", lambda: None)
        assert site.codes() == ["search.missing"]

    assert site.codes() == []


def test_a_check_writes_nothing_but_its_memory(site):
    before = {path: path.read_bytes() for path in site.root.rglob("*") if path.is_file()}
    site.report()
    after = {
        path: path.read_bytes() for path in site.root.rglob("*") if path.is_file() and ".sitegen" not in path.parts
    }

    assert after == before
