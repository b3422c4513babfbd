"""What the guide tells people to type does what the guide says."""

import os
import re
import shlex

import pytest

from sitegen.convert.formats import READ_TODAY
from sitegen.deploy.workflow import HOSTS
from tests.documentation.declared import commands, flags
from tests.documentation.examples import agree, run_page
from tests.documentation.guide import PAGES, blocks, named, prose

COMMANDS = commands()
RUNNING = [page for page in PAGES if any(block.runs or block.serves for block in blocks(page))]


@pytest.mark.skipif(os.name == "nt", reason="the guide's examples are for a POSIX shell")
@pytest.mark.parametrize("page", RUNNING)
def test_every_command_of_the_guide_prints_what_the_guide_shows(page, tmp_path, monkeypatch):
    for name in ("NO_COLOR", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
        monkeypatch.setenv(name, "A Reader")
    for name in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(name, "you@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    folder = tmp_path.resolve() / "you"
    folder.mkdir()
    (folder / "sitegen.yaml").touch()  # pages that explain one thing begin inside a site

    for ran in run_page(page, folder):
        assert (ran.code != 0) == ran.fails, f"$ {ran.command}\nexit code {ran.code}\n{ran.printed}"
        assert agree(ran.shown, ran.printed), f"$ {ran.command}\n{ran.printed}"


@pytest.mark.parametrize("page", PAGES)
def test_no_command_of_the_guide_is_shown_and_not_run(page):
    for block in blocks(page):
        if "console" in block.info:
            assert block.runs or block.serves, block.text
        elif not block.info or block.info[0] in ("text", "bash", "sh"):
            typed = re.findall(r"^(?:\$ |sitegen |pip |git |python3? ).*$", block.text, re.MULTILINE)
            assert block.file or not typed, typed


@pytest.mark.parametrize("page", PAGES)
def test_every_command_in_a_sentence_of_the_guide_has_that_name_and_those_flags(page):
    for words in (shlex.split(each) for each in named(prose(page)) if each.startswith("sitegen ")):
        name = next((name for name in (" ".join(words[:3]), " ".join(words[:2])) if name in COMMANDS), "")
        assert name or words[1].startswith("-") or words[1].isupper(), f"there is no command {words}"
        known = set(flags(COMMANDS[name or "sitegen init"])) | {"--help", "--version", "-"}
        assert {word for word in words if word.startswith("-")} <= known, words


SECTIONS = {  # of the page that goes through the sources, for each format that an import reads
    "text": "Pasted text", "html": "Saved web pages", "mhtml": "MHTML", "warc": "Web archives",
    "wordpress": "WordPress", "feed": "Feeds", "ghost": "Ghost", "medium": "Medium", "substack": "Substack",
    "hugo": "Hugo, Jekyll, Pelican", "jekyll": "Hugo, Jekyll, Pelican", "pelican": "Hugo, Jekyll, Pelican",
    "zola": "Zola", "nikola": "Nikola", "markdown": "Single files of Markdown", "docx": "Word and LibreOffice",
    "odt": "Word and LibreOffice", "epub": "EPUB", "jsonl": "JSON, a line an article", "csv": "Tables",
}  # fmt: skip
OWN_PAGES = {"wordpress", "hugo", "jekyll", "pelican"}


def test_every_kind_of_source_has_a_how_to_whose_import_runs():
    parts = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n)*)", PAGES["sources"], re.MULTILINE))

    assert set(SECTIONS) == set(READ_TODAY)
    for format, heading in SECTIONS.items():
        if format in OWN_PAGES:
            assert f"({format}.md)" in parts[heading]
            assert any("import old-site" in command for block in blocks(format) for command, _ in block.commands())
        else:
            assert "```console run\n$ sitegen import " in parts[heading], heading


def test_every_target_of_deploy_has_a_how_to_whose_command_runs():
    shown = {command for block in blocks("hosts") if block.runs for command, _ in block.commands()}

    shown |= {
        f"{command} --target github" for block in blocks("publishing") if block.runs for command, _ in block.commands()
    }

    assert {f"sitegen deploy --init --target {host}" for host in HOSTS} <= shown


def test_the_guide_has_examples_that_run():
    assert {"tutorial", "importing", "sources", "publishing", "plugins", "building", "errors"} <= set(RUNNING)


def test_an_ellipsis_stands_for_lines_or_for_a_part_of_one():
    assert agree("one\n…\nfour\n", "one\ntwo\nthree\nfour\n")
    assert agree("1 … written\n…\n", "1 page written\n")
    assert not agree("one\n…\n", "two\none\n")
    assert not agree("", "something\n")


def test_seconds_and_todays_date_do_not_matter():
    assert agree("0.41 s (scan 0.16)\n", "1.02 s (order 0.02, render 0.22)\n")
    assert not agree("2 articles\n", "3 articles\n")
