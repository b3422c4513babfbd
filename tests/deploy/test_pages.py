"""GitHub Pages' facts: where a repository's site is served."""

import pytest

from sitegen.deploy.pages import (
    Remote,
    check_address,
    domain_in,
    is_local,
    parse_remote,
    served_at,
    without_secret,
)


@pytest.mark.parametrize(
    "address",
    [
        "git@github.com:Ann/Notes.git",
        "https://github.com/Ann/Notes.git",
        "https://github.com/Ann/Notes",
        "https://ann:token@github.com/Ann/Notes/",
        "ssh://git@github.com/Ann/Notes.git",
        "ssh://git@ssh.github.com:443/Ann/Notes.git",
        "git://github.com/Ann/Notes.git",
    ],
)
def test_every_way_to_write_a_remote_is_understood(address):
    remote = parse_remote(address)

    assert (remote.owner, remote.name, remote.is_github) == ("Ann", "Notes", True)


@pytest.mark.parametrize(
    "address", ["/srv/site.git", "../site.git", "file:///srv/site.git", r"C:\site.git", "https://[bad"]
)
def test_a_folder_is_no_host(address):
    assert not parse_remote(address).is_github


@pytest.mark.parametrize(
    ("name", "domain", "expected"),
    [
        ("Notes", "", "https://ann.github.io/Notes/"),
        ("Ann.github.io", "", "https://ann.github.io/"),
        ("Notes", "notes.example", "https://notes.example/"),
    ],
)
def test_the_address_follows_from_repository_and_domain(name, domain, expected):
    assert served_at(Remote("github.com", "Ann", name), domain) == expected


def test_no_address_is_guessed_for_another_host():
    assert served_at(Remote("git.example", "Ann", "Notes"), "") == ""


@pytest.mark.parametrize(
    ("base_url", "domain", "code", "is_error"),
    [
        ("https://ann.github.io/", "", "deploy.base-path", True),
        ("https://ann.github.io/other/", "", "deploy.base-path", True),
        ("https://notes.example/", "", "deploy.base-path", True),
        ("https://ann.github.io/Notes/", "notes.example", "deploy.base-path", True),
        ("http://ann.github.io/Notes/", "", "deploy.host", False),
        ("https://other.example/", "notes.example", "deploy.host", False),
    ],
)
def test_an_address_that_the_host_will_not_have_is_said(base_url, domain, code, is_error):
    found = check_address(base_url, Remote("github.com", "Ann", "Notes"), domain, "sitegen.yaml")

    assert found is not None
    assert (found.code, found.is_error, bool(found.help)) == (code, is_error, True)


@pytest.mark.parametrize(
    ("base_url", "domain"), [("https://ann.github.io/Notes/", ""), ("https://notes.example/", "notes.example")]
)
def test_the_right_address_is_no_problem(base_url, domain):
    assert check_address(base_url, Remote("github.com", "Ann", "Notes"), domain, "sitegen.yaml") is None


def test_a_token_in_an_address_is_never_shown():
    assert without_secret("https://ann:ghp_secret@github.com/ann/notes.git") == "https://github.com/ann/notes.git"


@pytest.mark.parametrize(
    "url", ["http://localhost/", "http://localhost:8000/a/", "http://127.0.0.1/", "http://[::1]:80/", ""]
)
def test_an_address_of_this_machine_is_local(url):
    assert is_local(url)
    assert not is_local("https://localhost.example.org/")


@pytest.mark.parametrize(
    ("content", "domain"), [(b"Example.org\n", "example.org"), (b"https://example.org", ""), (b"", "")]
)
def test_a_domain_file_names_one_domain(content, domain):
    assert domain_in(content) == domain
