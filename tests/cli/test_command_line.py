"""What holds of every command: help that a newcomer can live on, flags in both places, codes, streams, completion."""

import importlib.util
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from sitegen import __version__
from sitegen.cli import COMMANDS, cli

from .conftest import article

FULL = Path("/dev/full")
EVERYWHERE = ("-C", "--root", "-c", "--config", "-q", "-v", "--json", "--no-color")
OWN = {  # flags that are part of the interface, by command
    "build": "-o --output -u --base-url -D --drafts -F --future -E --expired --clean --strict --minify --dry-run "
    "--durable --adopt --keep-going -j --jobs --cluster",
    "import": "--into --format --map --dry-run --report",
    "deploy": "-u --base-url --branch --remote --message --dry-run --force --no-history --max-deletes --init --target",
    "list": "--related",
    "new": "--edit --draft",
    "clean": "-o --output --dry-run",
}
THERE = [name for name, (module, _) in COMMANDS.items() if importlib.util.find_spec(f"sitegen.cli.{module}")]
ALL = [(name,) for name in THERE] + [("theme", sub) for sub in ("list", "new", "copy")]


def help_of(*names: str) -> str:
    result = CliRunner().invoke(cli, [*names, "--help"], prog_name="sitegen", terminal_width=200)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("names", ALL, ids=" ".join)
def test_help_says_what_a_command_does_and_explains_every_flag(names):
    shown = help_of(*names)
    summary = shown.split("\n\n")[1].strip()
    options = shown.split("Options:\n")[1].split("\n\n")[0]
    entries = re.split(r"\n(?=  -)", options)

    assert summary[0].isupper()
    for flag in (*EVERYWHERE, *OWN.get(" ".join(names), "").split()):
        assert re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", options), f"{flag} is missing"
    assert [entry for entry in entries if not re.search(r"\S\s{2,}\S.*\.", entry)] == []


GOOD_AND_BAD = {  # arguments that work in a small site, and such as are wrong usage
    "init": (["new site"], ["."]),
    "new": (["A title"], [""]),
    "build": ([], ["--jobs", "none"]),
    "list": ([], ["nothing"]),
    "why": (["/404.html"], ["/nowhere/"]),
    "theme": (["list"], ["copy", "nothing"]),
    "schema": (["config"], ["nothing"]),
    "clean": ([], ["-o", "/"]),
    "completion": (["bash"], ["dos"]),
}


@pytest.mark.parametrize("name", GOOD_AND_BAD)
def test_the_real_command_ends_with_the_right_code(site, process, name):
    site.write("content/a.md", article("A"))
    good, bad = GOOD_AND_BAD[name]
    if name == "why":
        site.run("build")
    fine, wrong = process(name, *good, cwd=site.root), process(name, *bad, cwd=site.root)

    assert (fine.code, wrong.code) == (0, 2), (fine.err, wrong.err)
    assert wrong.out == ""
    assert wrong.err


@pytest.mark.parametrize("name", ["init", "new", "list", "theme", "schema", "clean"])
def test_help_shows_an_example(name):
    assert re.search(rf"Examples?:.*sitegen {name}", help_of(name))


def test_the_overview_names_every_command_with_a_line():
    shown = help_of()

    for name, (_, says) in COMMANDS.items():
        assert re.search(rf"^  {name}\s+{re.escape(says)}$", shown, re.MULTILINE)


def test_the_version_is_told(process):
    assert process("--version").out == f"sitegen {__version__}\n"


@pytest.mark.parametrize("arguments", [("nonsense",), ("--nonsense",), ("list", "--nonsense"), ("completion", "dos")])
def test_wrong_usage_is_exit_2_on_standard_error(sitegen, arguments):
    done = sitegen(*arguments)

    assert (done.code, done.out) == (2, "")
    assert done.err


def test_a_slip_in_a_commands_name_is_recognised(sitegen):
    assert "did you mean build?" in sitegen("biuld").err


@pytest.mark.parametrize("arguments", [("list",), ("new", "A title"), ("clean",), ("theme", "new", "mine"), ("build",)])
def test_without_a_site_a_command_says_how_to_get_one(sitegen, arguments):
    done = sitegen(*arguments)

    assert (done.code, done.out) == (2, "")
    assert "sitegen init" in done.err


@pytest.mark.parametrize("arguments", [("list",), ("new", "A title"), ("clean",), ("theme", "list")])
def test_a_wrong_config_is_exit_2_with_every_fault(site, arguments):
    site.write("sitegen.yaml", "tittle: x\npagination: many\n")
    done = site.run(*arguments)

    assert (done.code, done.out) == (2, "")
    assert "sitegen.yaml:1" in done.err
    assert "sitegen.yaml:2" in done.err


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("list", "urls"), ("new", "A title"), ("clean",), ("theme", "list"), ("schema",), ("build",)],
    ids=" ".join,
)
@pytest.mark.parametrize("before", [True, False])
def test_json_is_one_object_alone_on_standard_output(site, arguments, before):
    site.write("content/a.md", "---\ntitle: A\ndate: 2024-01-01\n---\nText\n")
    done = site.run("--json", *arguments) if before else site.run(*arguments, "--json")

    assert done.code == 0, done.err
    assert isinstance(done.json, dict)


def test_the_site_is_found_from_any_folder_inside_it(site, sitegen):
    deep = site.write("content/2024/deep/a.md", "---\ntitle: A\ndate: 2024-01-01\n---\n").parent

    assert [row["id"] for row in sitegen("list", "--json", cwd=deep).json["articles"]] == ["2024/deep/a"]


def test_spaces_and_other_scripts_in_paths_are_no_matter(sitegen, tmp_path):
    root = tmp_path / "a b" / "مجلة"

    assert sitegen("init", root).code == 0
    assert sitegen("-C", root, "new", "Ένας τίτλος").out.strip().endswith("ένας-τίτλος.md")
    assert sitegen("-C", root, "build", "--strict").code == 0
    assert sitegen("-C", root, "clean").code == 0


def test_a_reader_that_goes_away_needs_no_message(site):
    for n in range(300):
        site.write(f"content/{n}.md", f"---\ntitle: Article {n}\ndate: 2024-01-01\n---\n")
    command = f"'{sys.executable}' -m sitegen list urls | head -n 1"
    done = subprocess.run(command, shell=True, cwd=site.root, check=False, capture_output=True, text=True)

    assert done.stdout
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_an_answer_that_cannot_be_written_is_one_line_and_exit_1(site):
    site.write("content/one.md", "---\ntitle: One\ndate: 2024-01-01\n---\n")
    with FULL.open("w") as full:
        done = subprocess.run([sys.executable, "-m", "sitegen", "list"], cwd=site.root, check=False,
                              stdout=full, stderr=subprocess.PIPE, text=True)  # fmt: skip

    assert done.returncode == 1
    assert done.stderr == "error: the answer could not be written to standard output: No space left on device\n"


def completed(process, line: str) -> list[str]:
    """What bash would be offered for a line, by click's protocol: kind and value."""
    words = line.split(" ")
    done = process(_SITEGEN_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1))
    return done.out.splitlines()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("sitegen bu", {"plain,build"}),
        ("sitegen list dr", {"plain,drafts"}),
        ("sitegen build --dr", {"plain,--drafts", "plain,--dry-run"}),
        ("sitegen theme co", {"plain,copy"}),
        ("sitegen theme copy ga", {"plain,gazette"}),
        ("sitegen schema f", {"plain,front-matter"}),
        ("sitegen build -o pub", {"file,pub"}),
        ("sitegen init my", {"file,my"}),
    ],
)
def test_commands_flags_and_arguments_complete(process, line, offered):
    assert set(completed(process, line)) == offered


def bash() -> str:
    found = shutil.which("bash")
    asked = [found or "", "-c", "(( BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404 ))"]
    if found is None or subprocess.run(asked, check=False).returncode:
        pytest.skip("no bash of version 4.4 or newer here")
    return found


@pytest.mark.parametrize(
    ("words", "expected"),
    [(("sitegen", "bu"), "build"), (("sitegen", "new", "--dr"), "--draft"), (("sitegen", "cl"), "clean")],
)
def test_the_bash_script_really_completes(sitegen, tmp_path, words, expected):
    program = tmp_path / "bin" / "sitegen"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m sitegen \"$@\"\n", encoding="utf-8")
    program.chmod(0o755)
    printed = sitegen("completion", "bash")
    quoted = " ".join(f"'{word}'" for word in words)
    script = (
        f"PATH='{program.parent}':$PATH\n{printed.out}\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}\n"
        '_sitegen_completion sitegen\nprintf "%s\\n" "${COMPREPLY[@]}"\ncomplete -p sitegen\n'
    )
    done = subprocess.run([bash(), "-c", script], cwd=tmp_path, check=False, capture_output=True, text=True)

    assert done.stdout.splitlines()[:-1] == [expected], done.stderr
    assert "sitegen" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_alone_where_a_shell_or_a_file_takes_it(sitegen, shell):
    done = sitegen("completion", shell)

    assert done.code == 0
    assert "_SITEGEN_COMPLETE" in done.out
    assert not done.err


def test_completion_on_a_terminal_says_where_its_script_goes(tmp_path):
    here, there = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "sitegen", "completion", "bash"],
        cwd=tmp_path, stdout=there, stderr=subprocess.PIPE, text=True, check=True, timeout=60,
    )  # fmt: skip
    os.close(there)
    os.close(here)

    assert done.stderr == '# add  eval "$(sitegen completion bash)"  to ~/.bashrc\n'
