"""Who wrote a saved page: what it shows beats what it tells machines, and menus, sites and logins are no authors."""
# ruff: noqa: E501 -- the invented pages stand in one piece

import json

import pytest

from tests.convert.test_html import FIRST, SECOND, THIRD, article


def signed(head_line: str = "", stated: str = "", end: str = "", above: str = "", url: str = "") -> object:
    data = {"@type": "Article", "author": {"@type": "Person", "name": stated}}
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>' if stated else ""
    canonical = f"<link rel='canonical' href='{url}'>" if url else ""
    found = article(
        f"<!DOCTYPE html><html lang='en'><head><title>A boat for the baker</title>{head}{canonical}</head><body>{above}"
        f"<article><h1>A boat for the baker</h1>{head_line}<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>{end}</article>"
        "<footer>All rights with the Quay</footer></body></html>"
    )
    return found.authors.value if found.authors and not found.authors.doubtful else None


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("<p>By Jane Pier</p>", ["Jane Pier"]),
        ("<p>Written by Jane Pier and Odo Reef</p>", ["Jane Pier", "Odo Reef"]),
        ("<p>by jpier | April 21, 2025</p>", ["jpier"]),
        ("<p>Posted by BoatHD on Friday December 19, 2025 @08:00PM</p>", ["BoatHD"]),
        ("<p>By TarAndRope in Workshop</p>", ["TarAndRope"]),
        ("<p>Written by Pier Team</p>", ["Pier Team"]),
        ("<div class='author-name'>Pier Staff</div>", ["Pier Staff"]),
        ("<div class='blog-top-author'>Jane Pier - 2025/4/29</div>", ["Jane Pier"]),
        ("<p>Jane Pier</p><p>April 21, 2025</p>", ["Jane Pier"]),
        ("<p>April 21, 2025 | Jane Pier</p>", ["Jane Pier"]),
    ],
)
def test_a_byline_at_the_head_of_a_page_names_its_author(line: str, names: list[str]) -> None:
    assert signed(line) == names


@pytest.mark.parametrize(
    "line",
    [
        "<p>Trade Program</p>",
        "<p>By far the best boat</p>",
        "<p>Reviewed</p>",
        "<div class='author-bio'>She rows.</div>",
    ],
)
def test_a_line_that_is_no_byline_names_nobody(line: str) -> None:
    assert signed(line) is None


def test_the_author_that_a_page_shows_beats_one_that_it_tells_machines_alone() -> None:
    assert signed("<p>By Odo Reef</p>", stated="Jane Pier") == ["Odo Reef"]
    assert signed("<p>By Jane Pier and Odo Reef</p>", stated="Jane Pier") == ["Jane Pier", "Odo Reef"]


def test_a_stated_author_whom_the_head_of_the_page_shows_as_well_stays() -> None:
    assert signed("<p>Jane Pier</p><p>Edited by Odo Reef</p>", stated="Jane Pier") == ["Jane Pier"]


def test_a_byline_below_the_article_counts_where_there_is_no_other() -> None:
    assert signed(end="<p>By Jane Pier</p>") == ["Jane Pier"]
    assert signed("<p>By Odo Reef</p>", end="<p>By Jane Pier</p>") == ["Odo Reef"]


def test_who_is_called_as_the_address_of_the_site_is_an_account() -> None:
    assert signed(stated="thequay", url="https://www.thequay.example/boat") is None
    assert signed(stated="jpier", url="https://www.thequay.example/boat") == ["jpier"]


def test_a_byline_is_a_field_and_no_text() -> None:
    found = article(
        f"<html><body><article><h1>A boat</h1><p>Written by Pier Team</p><p>{FIRST}</p><p>{SECOND}</p></article></body></html>"
    )
    assert "Pier Team" not in found.markdown
