"""`sitegen theme`: themes of one's own that work at once."""

import pytest

from .conftest import article, tree


@pytest.fixture
def notes(site):
    site.write("content/a.md", article("A", tags="[one]"))
    return site


def use(site, setting: str) -> None:
    site.write("sitegen.yaml", f"title: Notes\nbase_url: https://notes.example/\ntheme: {setting}\n")


def test_the_list_says_what_is_there_and_what_is_in_use(notes):
    rows = {row["name"]: row for row in notes.run("theme", "list", "--json").json["themes"]}
    shown = notes.run("theme", "list").out

    assert {"gazette", "plain"} <= rows.keys()
    assert (rows["plain"]["place"], rows["gazette"]["place"]) == (1, 0)
    assert all(row["version"] and row["description"] and row["shipped"] for row in rows.values())
    assert "* plain " in shown
    assert "  gazette " in shown


def test_a_theme_that_the_config_names_and_nobody_has_is_said(notes):
    use(notes, "[plian, gazette]")
    done = notes.run("theme", "list")

    assert done.code == 1
    assert "did you mean plain?" in done.err
    assert "* gazette" in done.out


def test_the_list_needs_no_site(sitegen):
    done = sitegen("theme", "list")

    assert done.code == 0
    assert "*" not in done.out


def test_a_new_theme_works_at_once_on_every_page(notes):
    done = notes.run("theme", "new", "harbour")
    assert (done.code, done.err) == (0, "")
    assert "theme: [harbour, plain]" in done.out

    use(notes, "[harbour, plain]")
    built = notes.run("build", "--strict")
    pages = [text for path, text in tree(notes.root / "public").items() if path.endswith(".html")]

    assert built.code == 0, built.err
    assert pages
    assert all(b"/assets/harbour." in page for page in pages)


@pytest.mark.parametrize("name", ["gazette", "plain"])
def test_a_copy_builds_the_same_site(notes, name):
    use(notes, name)
    notes.run("build")
    before = tree(notes.root / "public")
    copied = notes.run("theme", "copy", name, "mine")
    use(notes, "mine")
    built = notes.run("build", "--strict")

    assert (copied.code, built.code) == (0, 0), built.err
    assert tree(notes.root / "public") == before
    rows = {row["name"]: row for row in notes.run("theme", "list", "--json").json["themes"]}
    assert (rows["mine"]["shipped"], rows["mine"]["place"]) == (False, 1)
    assert 'name: "mine"' in (notes.root / "themes/mine/theme.yaml").read_text(encoding="utf-8")


def test_a_copy_without_another_name_hides_the_shipped_theme(notes):
    report = notes.run("theme", "copy", "plain", "--json").json
    (notes.root / "themes/plain/templates/home.html").write_text("mine", encoding="utf-8")
    notes.run("build")

    assert report["setting"] == ["plain"]
    assert (notes.root / "public/index.html").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("arguments", [("new", "mine"), ("copy", "plain", "mine")])
def test_a_theme_that_is_there_is_never_written_into(notes, arguments):
    notes.write("themes/mine/notes.txt", "mine")
    done = notes.run("theme", *arguments)

    assert (done.code, done.out) == (2, "")
    assert "themes/mine: is there already" in done.err
    assert set(tree(notes.root / "themes")) == {"mine/notes.txt"}


@pytest.mark.parametrize("name", ["a b", "../up", "", ".hidden", "a/b", "-x"])
def test_a_name_that_no_config_can_name_is_refused(notes, name):
    done = notes.run("theme", "new", "--", name)

    assert (done.code, done.out) == (2, "")
    assert not (notes.root / "themes").exists()


def test_a_theme_in_another_script_works(notes):
    assert notes.run("theme", "new", "مجلة").code == 0
    use(notes, "[مجلة, plain]")
    assert notes.run("build", "--strict").code == 0


def test_an_unknown_theme_is_said_with_the_near_one(notes):
    done = notes.run("theme", "copy", "gazete")

    assert done.code == 2
    assert "did you mean gazette?" in done.err


def test_a_file_in_place_of_the_themes_folder_is_said(notes):
    notes.write("themes", "x")
    done = notes.run("theme", "new", "mine")

    assert (done.code, done.out) == (2, "")
    assert "cannot be written" in done.err


def test_a_broken_manifest_is_said_and_the_rest_listed(notes):
    notes.write("themes/broken/theme.yaml", "name: [\n")
    notes.write("themes/bytes/theme.yaml", "").write_bytes(b"\xff")
    done = notes.run("theme", "list")

    assert done.code == 1
    assert "themes/broken/theme.yaml" in done.err
    assert "themes/bytes/theme.yaml" in done.err
    assert "gazette" in done.out


@pytest.mark.parametrize("arguments", [("theme",), ("theme", "nope"), ("theme", "new"), ("theme", "copy")])
def test_wrong_usage_is_exit_2(notes, arguments):
    assert notes.run(*arguments).code == 2
