"""`--fix`: mends what has one reading, keeps everything else to the byte, and finds nothing to do the second time."""

import pytest

from sitegen.check.mends import with_alias
from sitegen.check.story_mends import with_story_alias
from sitegen.content.frontmatter import read_front_matter


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title: The ferry: a story", 'title: "The ferry: a story"'),
        ("title: 'It's late'", 'title: "It\'s late"'),
        ('title: "The ferry', 'title: "The ferry"'),
        ("title:The ferry", "title: The ferry"),
        ("title: @home", 'title: "@home"'),
        ("tittle: The ferry", "title: The ferry"),
        ("title: The ferry\ndate: March 17, 2024", "title: The ferry\ndate: 2024-03-17"),
        ("title: The ferry\ndate: 17.03.2024   # as told", "title: The ferry\ndate: 2024-03-17   # as told"),
        ("title: The ferry\ndraft: no", "title: The ferry\ndraft: false"),
        ("title: The ferry\naliases: [old-ferry, /b/]", "title: The ferry\naliases: [/old-ferry, /b/]"),
        ("title: The ferry\nimage:\n\tsrc: /x.png", "title: The ferry\nimage:\n  src: /x.png"),
        ("title: The ferry: a story\nsumary: One: two", 'title: "The ferry: a story"\nsummary: "One: two"'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_what_has_one_reading_is_mended_and_all_else_stays(site, before, after, end):
    frame = "---\n# a comment\n{}\nextra: {{b: 1,   a: 2}}   # kept\n---\n\nText: stays.\n\n\n"
    path = site.write("content/2024-01-05-bad.md", frame.format(before).replace("\n", end))
    report = site.report(fix=True)

    assert path.read_bytes().decode() == frame.format(after).replace("\n", end)
    assert report.fixed
    assert not [each for each in report.findings if each.code.startswith("front-matter")]
    assert not site.report(fix=True).fixed


@pytest.mark.parametrize(
    "line", ["date: next Tuesday", "date: 2024-02-31", "date: [1]", "draft: maybe", "aliases: [/?p=12]", "image: [1]",
             "title: [A, B"],
)  # fmt: skip
def test_what_only_a_person_can_say_is_left_alone(site, line):
    text = f"---\n{line}\n---\n\nText.\n"
    path = site.write("content/2024-01-05-bad.md", text)
    report = site.report(fix=True)

    assert path.read_text() == text
    assert not report.fixed
    assert any(each.is_error for each in report.findings)


def test_a_key_that_is_there_already_is_not_written_twice(site):
    path = site.article("bad", tittle="Another")
    before = path.read_text()
    site.report(fix=True)

    assert path.read_text() == before


@pytest.mark.parametrize(
    ("matter", "after"),
    [
        ("title: T", "title: T\naliases: [/old/a/]"),
        ("aliases: [/x/]  # old\ntitle: T", "aliases: [/x/, /old/a/]  # old\ntitle: T"),
        ("aliases: []\ntitle: T", "aliases: [/old/a/]\ntitle: T"),
        ("aliases: /x/\ntitle: T", "aliases: [/x/, /old/a/]\ntitle: T"),
        ("aliases:\n  - /x/   # why\n  - /y/\ntitle: T", "aliases:\n  - /x/   # why\n  - /y/\n  - /old/a/\ntitle: T"),
        ("aliases:\n- /x/\ntitle: T", "aliases:\n- /x/\n- /old/a/\ntitle: T"),
        ("aliases: [\n  /x/,\n  /y/\n  ]\ntitle: T", None),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_an_alias_joins_those_that_are_there(matter, after, end):
    text = f"---\n{matter}\n---\n\n---\n\nText with aliases: [/no/]\n"
    changed = with_alias(text.replace("\n", end).encode(), "/old/a/")

    if after is None:
        assert changed is None
    else:
        assert changed == f"---\n{after}\n---\n\n---\n\nText with aliases: [/no/]\n".replace("\n", end).encode()


def test_an_alias_of_any_letters_is_read_back_as_it_is():
    from datetime import UTC

    for alias in ("/سال/خانه/", "/a b/", "/it's: 1/", "/x,y/", '/"/'):
        changed = with_alias(b"---\ntitle: T\n---\nText\n", alias)
        block = changed.decode().split("---\n")[1]
        matter, sheet = read_front_matter(block, "", 1, UTC)

        assert not sheet.broken
        assert matter.aliases == (alias,)


def test_a_source_without_front_matter_gets_some():
    assert with_alias(b"# T\n\nText\n", "/old/") == b"---\naliases: [/old/]\n---\n\n# T\n\nText\n"


def test_an_address_that_would_break_gets_its_alias_and_is_kept(site):
    site.write("urls.txt", "/2019/05/one/\n/tags/one/\n/gone/\n")  # near is not the same
    report = site.report(fix=True)

    assert "aliases: [/2019/05/one/]" in (site.root / "content/one.md").read_text()
    assert [each.code for each in report.fixed] == ["urls.broken"]
    assert [each.where.line for each in report.findings if each.code == "urls.broken"] == [2, 3]
    assert not site.report(fix=True).fixed


def test_a_renamed_article_breaks_its_address_and_fixing_keeps_it(site):
    done = site.run("build", "-q")
    assert done.code == 0, done.err
    site.write("urls.txt", "/2024/01/one/\n")
    (site.root / "content/one.md").rename(site.root / "content/ones.md")
    site.write(
        "content/ones.md", (site.root / "content/ones.md").read_text().replace("title:", "slug: one-ferry\ntitle:")
    )
    assert site.run("build", "-q", "--strict").code == 1
    assert site.run("check", "-q", "--strict").code == 1
    site.write(
        "content/ones.md",
        (site.root / "content/ones.md")
        .read_text()
        .replace("slug: one-ferry\n", "date: 2024-02-01\n")
        .replace("date: 2024-01-01\n", "")
        .replace("ones", "one"),
    )
    (site.root / "content/ones.md").rename(site.root / "content/one.md")

    assert site.run("check", "-q", "--strict", "--fix").code == 0
    assert site.run("build", "-q", "--strict").code == 0
    assert (site.root / "public/2024/01/one/index.html").is_file()


def test_the_mode_and_a_link_to_the_file_stay(site):
    real = site.write("articles/bad.md", "---\ntitle: A: b\n---\n")
    real.chmod(0o640)
    (site.root / "content/inside").mkdir()
    target = site.write("content/inside/real.md", "---\ntitle: A: b\ndate: 2024-01-01\n---\n")
    target.chmod(0o600)
    (site.root / "content/linked.md").symlink_to("inside/real.md")
    site.report(fix=True)

    assert (site.root / "content/linked.md").is_symlink()
    assert target.stat().st_mode & 0o777 == 0o600
    assert 'title: "A: b"' in target.read_text()
    assert real.read_text() == "---\ntitle: A: b\n---\n"


def test_no_file_is_left_half_written(site, monkeypatch):
    from pathlib import Path

    path = site.write("content/bad.md", "---\ntitle: A: b\ndate: 2024-01-01\n---\n")

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    done = site.run("check", "--fix")

    assert done.code == 1
    assert "content/bad.md: cannot be mended: No space left on device" in done.err
    assert path.read_text() == "---\ntitle: A: b\ndate: 2024-01-01\n---\n"
    assert sorted(each.name for each in path.parent.iterdir()) == ["bad.md", "one.md", "two.md"]


def test_the_address_of_a_story_that_is_told_elsewhere_becomes_an_alias_in_stories_yaml(site):
    site.write("stories.yaml", "# ours\nstories:\n  ferry:   # by boat\n    articles: [one, two]\n")
    site.write("urls.txt", "/stories/one/\n/stories/two/\n/stories/never/\n")
    [first, _, last] = [each for each in site.report().findings if each.code == "urls.broken"]
    report = site.report(fix=True)

    assert first.help.startswith("add  aliases: [one]  to  ferry:  below  stories:  in stories.yaml")
    assert (
        last.help
        == "add  aliases: [never]  in stories.yaml to the story that took its place, or name its articles there"
    )
    assert [each.path for each in report.fixed] == ["stories.yaml", "stories.yaml"]
    assert (site.root / "stories.yaml").read_text() == (
        "# ours\nstories:\n  ferry:   # by boat\n    aliases: [one, two]\n    articles: [one, two]\n"
    )
    assert [each.excerpt for each in report.findings if each.code == "urls.broken"] == ["/stories/never/"]
    assert site.run("build", "-q").code == 0
    assert 'url=/stories/ferry/"' in (site.root / "public/stories/two/index.html").read_text()


def test_a_story_that_fell_apart_is_kept_by_naming_its_article_and_that_is_for_a_person_to_do(site):
    site.write("urls.txt", "/stories/one/\n")
    report = site.report(fix=True)
    [finding] = [each for each in report.findings if each.code == "urls.broken"]

    assert not report.fixed
    assert "add  one: {articles: [one]}  below  stories:  in stories.yaml, which keeps its page" in finding.help
    site.write("stories.yaml", "stories:\n  one: {articles: [one]}\n")
    assert not site.check("urls.broken")


def test_without_stories_an_address_of_one_is_an_article_s_to_take(site):
    site.write("sitegen.yaml", "title: T\nbase_url: https://example.org/\ntheme: plain\nstories: false\n")
    site.write("urls.txt", "/stories/one-story/\n")

    assert "to the front matter of the article" in site.check("urls.broken")[0].help


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"stories:\n  flood:\n    aliases: [rain]\n"),
        (b"exclude: [a]", b"exclude: [a]\nstories:\n  flood:\n    aliases: [rain]\n"),
        (b"stories:\n", b"stories:\n  flood:\n    aliases: [rain]\n"),
        (
            b"stories:\r\n    a: A\r\n",
            b"stories:\r\n    flood:\r\n        aliases: [rain]\r\n    a: A\r\n",
        ),
        (
            b"stories:\n  flood: The flood, told  # so\n  b: B\n",
            b"stories:\n  flood:  # so\n    name: The flood, told\n    aliases: [rain]\n  b: B\n",
        ),
        (
            b"stories:\n  flood:\n     name: F\n     aliases: [a]\n  b: {aliases: [c]}\n",
            b"stories:\n  flood:\n     name: F\n     aliases: [a, rain]\n  b: {aliases: [c]}\n",
        ),
        (b"stories:\n  flood: {name: F}\n", None),
        (b"stories: {flood: F}\n", None),
        (b"stories:\n  flood:\n    aliases: [rain]\n", None),
        (b"stories:\n  flood: [\n", None),
    ],
)
def test_an_alias_of_a_story_is_written_as_a_person_would_or_not_at_all(before, after):
    assert with_story_alias(before, "flood", "rain") == after
