"""What is wrong is said, all of it and with its place, and a build that fails writes nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from sitegen.build.options import BuildOptions
from sitegen.errors import ConfigError, UsageError, format_problem


def said(report) -> str:
    return "\n".join(format_problem(problem) for problem in report.problems)


def fails_with(site, *words: str) -> None:
    before = site.tree() if (site.root / "public").is_dir() else {}
    report = site.build()
    assert report.failed
    text = said(report)
    for word in words:
        assert word in text, text
    assert (site.tree() if (site.root / "public").is_dir() else {}) == before


def test_every_broken_article_is_named_and_the_last_good_site_stays(built):
    built.article("a1", title="A bare: colon")
    built.article("a2", date="2024-13-40")
    built.write("content/a3.md", "---\ntitle: [unclosed\n---\n")
    built.article("a4", body="changed, but not published")

    fails_with(built, "content/a1.md:2:", "content/a2.md:3:7", "content/a3.md:2:")


def test_keep_going_leaves_broken_articles_out_and_writes_the_rest(built):
    built.article("a1", date="2024-13-40")
    built.article("a4", body="This is published.")

    report = built.build(keep_going=True)

    assert report.failed
    assert report.broken == 1
    assert "This is published." in built.tree()["2024/01/a4/index.html"].decode()
    assert "2024/01/a1/index.html" not in built.tree()


def test_an_alias_that_is_the_articles_own_address_is_no_clash(built):
    """An import keeps old addresses, and the new one is often the same."""
    before = built.tree()
    built.article("a1", aliases="[/2024/01/a1/]")

    assert not built.build().failed
    assert built.tree() == before


def test_strict_lets_a_warning_end_the_build(built):
    built.article("a1", date=None)

    report = built.build(strict=True)

    assert report.failed
    assert not report.errors
    assert built.build().failed is False


def test_a_template_that_cannot_be_read_is_named_with_its_line(built):
    built.write("templates/home.html", "line one\n{% if %}\n")

    fails_with(built, "templates/home.html:2")


def test_an_undefined_name_is_named_with_template_line_and_article(built):
    built.write("templates/article.html", "<h1>\n{{ article.titel }}\n</h1>")

    fails_with(built, "templates/article.html:2", "titel", "while rendering content/a1.md")


def test_a_missing_template_is_named_where_it_is_asked_for(built):
    built.write("templates/home.html", 'x\n{% include "nowhere.html" %}\n')

    fails_with(built, "templates/home.html:2", "nowhere.html", "while rendering /")


def test_a_template_that_front_matter_names_must_be_there(built):
    built.article("a1", template="essay")

    fails_with(built, "essay.html", "while rendering content/a1.md")


def test_an_option_that_no_theme_declares_is_an_error_of_the_template(built):
    built.write("templates/home.html", "{{ site.option('colour') }}")

    fails_with(built, "templates/home.html:1", "colour")


def test_bytes_that_are_not_utf_8_are_placed(built):
    (built.root / "content/a1.md").write_bytes(b"---\ntitle: A\ndate: 2024-01-01\n---\n\nsm\xf8rrebr\xf8d\n")

    fails_with(built, "content/a1.md:6:3")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("nested", "---\ntitle: " + "[" * 100_000 + "\n---\n"),
        ("aliases", "---\na: &a [x,x,x,x,x,x,x,x,x,x]\n"
         + "".join(f"{c}: &{c} [{','.join(['*' + p] * 10)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True))
         + "---\n"),
        ("quotes", "---\ntitle: A\n---\n" + ">" * 100_000),
        ("brackets", "---\ntitle: A\n---\n" + "[" * 100_000),
        ("emphasis", "---\ntitle: A\n---\n" + "*a_ " * 25_000),
        ("table", "---\ntitle: A\n---\n" + "|".join("a" * 500) + "\n" + "|".join("-" * 500) + "\n" + "a\n" * 1000),
    ],
)  # fmt: skip
def test_bombs_end_soon_with_words_or_a_page(site, name, text):
    site.write(f"content/{name}.md", text)
    root = Path(__file__).resolve().parents[2]

    done = subprocess.run(
        [sys.executable, "-m", "sitegen", "build", "-C", str(site.root)],
        cwd=root, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip

    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or f"content/{name}.md" in done.stderr


def test_a_link_that_leads_outside_is_refused(built, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (built.root / "static").mkdir()
    (built.root / "static/leak.txt").symlink_to(secret)

    fails_with(built, "static/leak.txt", "outside")


def test_a_link_that_stays_inside_is_followed(built):
    built.write("static/real.txt", "here")
    (built.root / "static/again.txt").symlink_to("real.txt")

    assert not built.build().failed
    assert built.tree()["again.txt"] == b"here"


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ({"slug": "a2"}, ("content/a1.md", "content/a2.md")),
        ({"slug": "A2"}, ("content/a1.md", "content/a2.md")),
        ({"aliases": "[/2024/01/a2/]"}, ("content/a1.md (alias", "content/a2.md")),
        ({"url": "/tags/odd/"}, ("content/a1.md", "tags: odd")),
        ({"url": "/feed.xml"}, ("content/a1.md", "the feeds")),
        ({"url": "/2024/01/a2/index.html/"}, ("content/a1.md", "content/a2.md")),
    ],
)
def test_a_clash_names_both_sources(built, edit, words):
    day = {} if "aliases" in edit or "url" in edit else {"date": "2024-01-02"}
    built.article("a1", **day, **edit)

    fails_with(built, *words)


def test_an_unknown_config_key_is_placed_with_a_guess(built):
    built.write("sitegen.yaml", "title: A\nbase_ulr: https://example.org/\n")

    with pytest.raises(ConfigError, match=r"sitegen.yaml:2:1(.|\n)*did you mean base_url\?"):
        built.build()


def test_an_unknown_theme_is_a_config_error_that_lists_those_that_are_there(built):
    built.write("sitegen.yaml", "title: A\ntheme: gazete\n")

    with pytest.raises(ConfigError, match=r"did you mean gazette\?"):
        built.build()


def test_an_option_of_another_type_is_a_problem_with_its_line(built):
    built.write("sitegen.yaml", "title: A\ntheme: plain\ntheme_options:\n  summaries: 7\n")

    fails_with(built, "sitegen.yaml:4", "summaries should be true or false")


def test_a_dead_link_to_a_source_is_a_warning_with_its_line(built):
    built.article("a1", body="one\n\nsee [it](nowhere.md)")

    report = built.build()

    assert not report.failed
    assert "content/a1.md:9: warning: links to content/nowhere.md, which is not there" in said(report)


@pytest.mark.parametrize("folder", [".", "..", "content", "/", "~", "themes/x", ".git"])
def test_dangerous_output_folders_are_refused(site, folder):
    path = Path(folder).expanduser()
    with pytest.raises(UsageError, match="cannot be the output folder"):
        site.build(output=path if path.is_absolute() else site.root / path)


def test_a_folder_with_other_peoples_files_is_refused_until_adopted(site):
    site.write("public/mine.txt", "mine")

    report = site.build()
    assert report.failed
    assert "--adopt" in said(report)
    assert site.tree() == {"mine.txt": b"mine"}

    assert not site.build(adopt=True).failed
    assert site.tree()["mine.txt"] == b"mine"


def test_a_file_in_the_way_is_never_overwritten(built):
    built.write("public/2024/01/a7/index.html", "mine")
    built.article("a7")

    fails_with(built, "sitegen did not write it")

    assert not built.build(adopt=True).failed
    assert (built.root / ".sitegen/kept/2024/01/a7/index.html").read_text() == "mine"


def test_an_output_that_somebody_edited_is_set_aside_and_made_again(built):
    built.write("public/404.html", "mine")

    report = built.build()

    assert report.kept == ("404.html",)
    assert (built.root / ".sitegen/kept/404.html").read_text() == "mine"
    assert built.tree() == built.clean_tree()


def test_a_stale_output_that_somebody_edited_is_not_deleted(built):
    built.write("public/2024/01/a6/index.html", "mine")
    (built.root / "content/a6.md").unlink()

    report = built.build()

    assert report.kept == ("2024/01/a6/index.html",)
    assert (built.root / "public/2024/01/a6/index.html").read_text() == "mine"


def test_a_dry_run_says_what_would_happen_and_writes_nothing(built):
    before = built.tree()
    built.article("a1", title="Changed")
    (built.root / "content/a6.md").unlink()

    report = built.build(dry_run=True)

    assert "2024/01/a1/index.html" in report.written
    assert "2024/01/a6/index.html" in report.removed
    assert built.tree() == before
    assert built.build().written == report.written


def test_the_options_of_a_build_are_those_of_the_command():
    assert {"output", "base_url", "clean", "strict", "minify", "dry_run", "durable", "adopt", "keep_going", "jobs",
            "cluster"} <= set(BuildOptions.__struct_fields__)  # fmt: skip


def test_a_picture_that_is_not_there_is_a_warning_with_its_line(built):
    built.write("content/tale/index.md", "---\ntitle: T\ndate: 2024-03-01\n---\n![x](p.svg)\n\n![y](gone.svg)\n")
    built.write("content/tale/p.svg", "<svg/>")

    report = built.build()

    assert not report.failed
    assert "content/tale/index.md:7: warning: links to content/tale/gone.svg, which is not there" in said(report)
    assert "p.svg" not in said(report)
