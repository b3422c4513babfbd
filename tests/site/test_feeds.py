"""The sitemap and the feeds of the repository's own site, against their schema and their readers."""

import json
from datetime import datetime
from urllib.parse import quote, unquote

import feedparser
import lxml.etree
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"
SAFE = lxml.etree.XMLParser(resolve_entities=False, no_network=True)


def xml(path):
    return lxml.etree.fromstring(path.read_bytes(), SAFE)


def feeds(site, name):
    """Every feed file of that name, with its own address; at least the site's own."""
    found = [(path, site.url + path.relative_to(site.folder).as_posix()) for path in sorted(site.folder.rglob(name))]
    assert (site.folder / name) in dict(found)
    return found


def quoted(address):
    return quote(address, safe=":/")


def parsed(path):
    feed = feedparser.parse(path.read_bytes())
    assert not feed.bozo, f"{path}: {feed.get('bozo_exception')}"
    return feed


def test_the_sitemap_follows_the_official_schema(site_anywhere, node_modules):
    schema = lxml.etree.XMLSchema(xml(node_modules / "sitemap" / "schema" / "sitemap.xsd"))
    tree = xml(site_anywhere.folder / "sitemap.xml")
    for element in list(tree.iter(lxml.etree.Element)):
        if not element.tag.startswith(SITEMAP):
            element.getparent().remove(element)  # extensions have schemas of their own, which no package carries

    schema.assertValid(tree)


def test_the_sitemap_names_pages_that_are_there_and_none_twice(site_anywhere):
    site = site_anywhere
    addresses = [element.text for element in xml(site.folder / "sitemap.xml").iter(f"{SITEMAP}loc")]

    assert len(addresses) == len(set(addresses)) > 30
    assert all(address.startswith(site.url) for address in addresses)
    assert not [address for address in addresses if not site.file_of(unquote(address)).is_file()]


def test_robots_point_to_the_sitemap(site_anywhere):
    robots = (site_anywhere.folder / "robots.txt").read_text(encoding="utf-8")

    assert f"Sitemap: {site_anywhere.url}sitemap.xml" in robots.splitlines()


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml"])
def test_a_feed_reader_understands_every_feed(site_anywhere, name):
    site = site_anywhere
    for path, _ in feeds(site, name):
        feed = parsed(path)
        ids = [entry.id for entry in feed.entries]

        assert feed.version == {"feed.xml": "rss20", "atom.xml": "atom10"}[name]
        assert feed.feed.title
        assert len(ids) == len(set(ids))
        assert all(entry.title and entry.link.startswith(site.url) for entry in feed.entries)
        assert all(site.file_of(unquote(entry.link)).is_file() for entry in feed.entries)
        assert all(entry.get("published_parsed") or entry.get("updated_parsed") for entry in feed.entries)


def test_an_rss_feed_has_what_its_specification_asks_for(site_anywhere):
    for path, address in feeds(site_anywhere, "feed.xml"):
        channel = xml(path).find("channel")

        assert all(channel.findtext(name) for name in ("title", "link", "description")), path
        assert [link.get("href") for link in channel.iterfind(f"{ATOM}link[@rel='self']")] == [quoted(address)], path
        assert all(item.findtext("title") or item.findtext("description") for item in channel.iterfind("item")), path
        assert all(item.findtext("guid") for item in channel.iterfind("item")), path


def test_an_atom_feed_has_what_its_specification_asks_for(site_anywhere):
    for path, address in feeds(site_anywhere, "atom.xml"):
        feed = xml(path)
        entries = feed.findall(f"{ATOM}entry")

        for part in (feed, *entries):
            assert all(part.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated")), path
            assert datetime.fromisoformat(part.findtext(f"{ATOM}updated")).tzinfo, path
        assert [link.get("href") for link in feed.iterfind(f"{ATOM}link[@rel='self']")] == [quoted(address)], path
        assert feed.find(f"{ATOM}author") is not None or all(e.find(f"{ATOM}author") is not None for e in entries), path


def test_a_json_feed_has_what_its_specification_asks_for(site_anywhere):
    for path, address in feeds(site_anywhere, "feed.json"):
        feed = json.loads(path.read_text(encoding="utf-8"))
        ids = [item["id"] for item in feed["items"]]

        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["title"]
        assert feed["feed_url"] == quoted(address)
        assert feed["home_page_url"].startswith(site_anywhere.url)
        assert len(ids) == len(set(ids))
        assert all(isinstance(id, str) for id in ids)
        assert all("content_html" in item or "content_text" in item for item in feed["items"])
        assert all(
            datetime.fromisoformat(item["date_published"]).tzinfo for item in feed["items"] if "date_published" in item
        )
