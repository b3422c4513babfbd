"""`sitegen list`: what a site holds, in every state, in the shapes that scripts read."""

import pytest

from .conftest import article


@pytest.fixture
def harbour(site):
    """Articles in every state, wanted ones, links and a tag."""
    site.write(
        "content/ferry.md", article("The ferry", "It crosses. See [[The bridge]] and [[Lamps]].", tags="[boats]")
    )
    site.write("content/bridge.md", article("The bridge", date="2024-04-01", tags="[stone, Boats]"))
    site.write(
        "content/wall.md", article("The wall", related='["The bridge", "The sluice", {title: Lamps, label: READ}]')
    )
    site.write("content/lamps.md", article("Lamps", draft="true"))
    site.write("content/later.md", article("Later", date="2999-01-01"))
    site.write("content/over.md", article("Over", expires="2020-01-01"))
    site.write("content/undated.md", article("No date", date=""))
    site.write("content/pages/about.md", article("About", date=""))
    return site


def test_articles_are_listed_in_every_state_newest_first(harbour):
    rows = harbour.run("list", "--json").json["articles"]

    assert [row["id"] for row in rows] == ["later", "bridge", "wall", "over", "lamps", "ferry", "undated"]
    assert [row["id"] for row in rows if row["draft"]] == ["lamps"]
    assert [row["id"] for row in rows if row["future"]] == ["later"]
    assert [row["id"] for row in rows if row["expired"]] == ["over"]
    assert rows[1] == {
        "id": "bridge", "title": "The bridge", "url": "/2024/04/bridge/", "source": "content/bridge.md",
        "kind": "article", "date": "2024-04-01T00:00:00+00:00", "tags": ["stone", "Boats"],
        "draft": False, "future": False, "expired": False,
    }  # fmt: skip


def test_people_see_columns_with_marks_and_a_count(harbour):
    done = harbour.run("list")
    lines = done.out.splitlines()

    assert done.code == 0
    assert done.err == "7 articles\n"
    assert lines[0] == "2999-01-01  content/later.md    future   Later"
    assert lines[1] == "2024-04-01  content/bridge.md            The bridge"
    assert lines[-1] == "no date     content/undated.md           No date"


@pytest.mark.parametrize(("what", "ids"), [("drafts", ["lamps"]), ("future", ["later"])])
def test_what_is_not_published_yet_can_be_listed_alone(harbour, what, ids):
    assert [row["id"] for row in harbour.run("list", what, "--json").json[what]] == ids


def test_tags_are_counted_by_slug_most_used_first(harbour):
    rows = harbour.run("list", "tags", "--json").json["tags"]

    assert [(row["slug"], row["count"], row["url"]) for row in rows] == [
        ("boats", 2, "/tags/boats/"), ("stone", 1, "/tags/stone/"),
    ]  # fmt: skip
    assert harbour.run("list", "tags").out.splitlines()[1] == "1  /tags/stone/  stone"


def test_wanted_titles_come_with_who_wants_them_and_what_will_answer(harbour):
    lamps, sluice = harbour.run("list", "wanted", "--json").json["wanted"]

    assert (lamps["title"], lamps["unpublished"]) == ("Lamps", "content/lamps.md")
    assert [(want["id"], want["how"], want["label"]) for want in lamps["wanted_by"]] == [
        ("wall", "related", "READ"), ("ferry", "wiki link", ""),
    ]  # fmt: skip
    assert (sluice["title"], sluice["unpublished"]) == ("The sluice", "")


def test_a_wanted_title_is_wanted_no_more_when_it_arrives(harbour):
    harbour.write("content/sluice.md", article("The sluice"))

    assert [row["title"] for row in harbour.run("list", "wanted", "--json").json["wanted"]] == ["Lamps"]


def test_orphans_are_published_articles_that_nothing_names(harbour):
    assert [row["id"] for row in harbour.run("list", "orphans", "--json").json["orphans"]] == [
        "wall", "ferry", "undated",
    ]  # fmt: skip


def test_addresses_are_exactly_the_files_that_a_build_writes(harbour):
    harbour.write("static/robots-note.txt", "hello")
    harbour.write("content/map/index.md", article("Map", aliases="[/old-map/]"))
    harbour.write("content/map/plan.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    rows = harbour.run("list", "urls", "--json").json["urls"]
    harbour.run("build")
    public = harbour.root / "public"
    files = {path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()}
    sources = {row["url"]: row["source"] for row in rows}

    assert {row["path"] for row in rows} == files - {".sitegen-output"}
    assert sources["/2024/03/map/"] == sources["/old-map/"] == "content/map/index.md"
    assert sources["/2024/03/map/plan.svg"] == "content/map/plan.svg"
    assert sources["/robots-note.txt"] == "static/robots-note.txt"
    assert "/2024/03/lamps/" not in sources


def test_related_rows_have_the_shape_that_scorers_read(site):
    words = "The tide gauge at the harbour stopped at midnight and the keeper rowed out to mend the float. "
    for name in ("one", "two", "three"):
        site.write(f"content/{name}.md", article(f"Tide gauge {name}", words * 5))
    site.write("content/four.md", article("Bread", "Ovens and flour. " * 9, related="[Tide gauge two]", draft="false"))
    report = site.run("list", "--related", "2", "--json").json
    by_id = {row["id"]: row["related"] for row in report["articles"]}

    assert list(report) == ["articles"]
    assert all(set(row) == {"id", "related"} for row in report["articles"])
    assert by_id["four"][0] == {"id": "two", "score": 1.0, "reasons": ["named by the article"]}
    assert {row["id"] for row in by_id["one"]} == {"two", "three"}
    assert all(set(row) == {"id", "score", "reasons"} and 0 <= row["score"] <= 1 for row in by_id["one"])
    assert [row["score"] for row in by_id["one"]] == sorted((row["score"] for row in by_id["one"]), reverse=True)
    assert all(len(rows) <= 2 for rows in by_id.values())


def test_related_never_names_what_is_not_published(harbour):
    rows = harbour.run("list", "--related", "9", "--json").json["articles"]

    assert {row["id"] for row in rows} == {"bridge", "wall", "ferry", "undated"}
    assert {other["id"] for row in rows for other in row["related"]} <= {row["id"] for row in rows}


def test_broken_articles_are_named_and_the_rest_is_listed(harbour):
    harbour.write("content/broken.md", "---\ntitle: A: b\n---\n")
    harbour.write("content/bytes.md", "").write_bytes(b"\xff\xfe\x00")
    done = harbour.run("list", "--json")

    assert done.code == 1
    assert len(done.json["articles"]) == 7
    assert "content/broken.md:2" in done.err
    assert "content/bytes.md" in done.err


def test_nothing_to_list_is_said_calmly(site):
    for what, said in (("articles", "no articles"), ("wanted", "no wanted articles"), ("tags", "no tags")):
        done = site.run("list", what)
        assert (done.code, done.out, done.err) == (0, "", f"{said}\n")


def test_a_title_cannot_move_the_cursor_of_a_terminal(site):
    site.write("content/a.md", article('"red \\e[31m now\\a"'))

    assert "\x1b" not in site.run("list").out


def test_wide_letters_keep_the_columns_straight(site):
    site.write("content/灯台.md", article("岬の灯"))
    site.write("content/b.md", article("b"))
    lines = site.run("list").out.splitlines()

    assert {line.index("  content") for line in lines} == {10}
    assert sorted(lines) == ["2024-03-17  content/b.md     b", "2024-03-17  content/灯台.md  岬の灯"]


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("tags", "--related", "3"), ("--related", "0"), ("--related", "x"), ("-C", "/no/such/folder")],
)
def test_wrong_usage_is_exit_2(site, arguments):
    done = site.run("list", *arguments)

    assert (done.code, done.out) == (2, "")
    assert done.err


def test_a_wrong_config_is_exit_2(site):
    site.write("sitegen.yaml", "tittle: x\n")
    done = site.run("list")

    assert done.code == 2
    assert "did you mean title?" in done.err


def test_listing_leaves_the_site_as_it_is(harbour):
    harbour.run("list")

    assert not (harbour.root / "public").exists()


def test_tags_are_suggested_with_their_likelihood_and_nothing_is_written(site):
    subjects = {"Boats": "ferry harbour deck sailor tide anchor", "Bread": "oven flour dough crust loaf yeast"}
    subjects["Stone"] = "quarry mason granite chisel wall slate"
    for tag, words in subjects.items():
        for n in range(15):
            site.write(f"content/{tag.lower()}-{n}.md", article(f"{tag} {n}", f"{words} {words}", tags=f"[{tag}]"))
    site.write("content/new.md", article("A loaf", "The oven, the flour, the dough and the yeast make a loaf."))
    before = (site.root / "content/new.md").read_bytes()

    rows = {row["id"]: row for row in site.run("list", "--suggest-tags", "--json").json["articles"]}
    shown = site.run("list", "--suggest-tags")

    assert rows["new"]["tags"] == []
    assert [each["tag"] for each in rows["new"]["tags_suggested"]] == ["Bread"]
    assert rows["bread-3"] == {"id": "bread-3", "tags": ["Bread"], "tags_suggested": []}
    assert shown.out.splitlines()[0] == "new  (no tags)"
    assert shown.err == "1 tag suggested for 1 article; nothing was written\n"
    assert (site.root / "content/new.md").read_bytes() == before


def test_a_site_with_too_few_tagged_articles_is_told_so(harbour):
    done = harbour.run("list", "--suggest-tags")

    assert done.code == 2
    assert "too few" in done.err
    assert "help: tag at least 20 articles" in done.err


def test_two_lists_at_a_time_are_refused(harbour):
    assert harbour.run("list", "--suggest-tags", "--related", "3").code == 2
    assert harbour.run("list", "tags", "--suggest-tags").code == 2
