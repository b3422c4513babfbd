"""Pages of three sites as files: valid, with no dead link, and with nothing fetched from elsewhere."""

import json
import subprocess
from urllib.parse import urlsplit

import lxml.html
import pytest

from tests.site.conftest import SAMPLE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

FETCHED = {  # attributes whose address a browser asks for by itself
    "img": ("src", "srcset"), "script": ("src",), "source": ("src", "srcset"), "iframe": ("src",), "video": ("src",),
    "audio": ("src",), "embed": ("src",), "object": ("data",),
}  # fmt: skip
FETCHED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "manifest"}

CHECKER_FAULT = 'Cannot invoke "org.w3c.css'  # its style sheet part stumbles over colours that it cannot compute


def test_the_nu_html_checker_finds_nothing(any_site, every_page, java, node_modules):
    jar = node_modules / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = [java, "-Xss4m", "-jar", jar, "--stdout", "--format", "json", "--skip-non-html"]
    command += ["--also-check-css", "--also-check-svg"]
    few = any_site.name != "eighteen" or every_page
    looked = [any_site.folder] if few else [any_site.file_at(path) for path in any_site.sample(SAMPLE)]
    done = subprocess.run(list(map(str, command + looked)), check=False, capture_output=True, encoding="utf-8")
    report = json.loads(done.stdout)
    found = [
        f"{message.get('url')}:{message.get('lastLine')}: {message['message']} | {message.get('extract', '')[:120]!r}"
        for message in report["messages"]
        if CHECKER_FAULT not in message["message"]
    ]

    assert not found, f"{len(found)} messages\n" + "\n".join(found[:40])
    assert len(any_site.pages()) > 30, "the checker had pages to look at"


def test_no_link_and_no_fragment_is_dead(any_site_anywhere, lychee):
    site = any_site_anywhere
    command = [
        lychee, "--offline", "--include-fragments", "--no-progress", "--format", "json", "--index-files", "index.html",
        "--root-dir", site.served, "--remap", f"{site.url.rstrip('/')} {site.folder.as_uri()}",
        f"{site.folder}/**/*.html",
    ]  # fmt: skip
    done = subprocess.run(list(map(str, command)), check=False, capture_output=True, encoding="utf-8")
    report = json.loads(done.stdout)
    dead = [
        f"{page}: {link['url']}: {link['status']['text']}"
        for page, links in report["error_map"].items()
        for link in links
    ]

    assert not dead, f"{len(dead)} dead links\n" + "\n".join(dead[:40])
    assert report["successful"] > len(site.pages()), "the checker had links to follow"


def test_a_browser_asks_no_other_host_for_anything(any_site):
    site = any_site
    wrong = []
    for page in site.pages():
        for element in lxml.html.fromstring(page.read_bytes()).iter(lxml.etree.Element):
            wrong += [
                f"{page.relative_to(site.folder)}: {address}"
                for address in fetched_by(element)
                if urlsplit(address).netloc
            ]

    assert not wrong, "\n".join(wrong[:40])


def fetched_by(element) -> list[str]:
    values = [element.get(name, "") for name in FETCHED.get(element.tag, ())]
    if element.tag == "link" and FETCHED_LINKS & set(element.get("rel", "").split()):
        values.append(element.get("href", ""))
    return [candidate.split()[0] for value in values for candidate in value.split(",") if candidate.split()]


def test_every_page_has_one_title_one_heading_and_its_language(any_site):
    site = any_site
    for page in site.pages():
        tree = lxml.html.fromstring(page.read_bytes())
        if tree.find(".//meta[@http-equiv='refresh']") is not None:
            continue
        assert tree.get("lang"), page
        assert [title.text.strip() != "" for title in tree.iterfind(".//title")][:1] == [True], page
        assert len(tree.findall(".//h1")) == 1, page
