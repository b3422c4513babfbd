"""Pages that were sent in pieces: what came late stands where the page's script would have put it."""

import time

import pytest

from tests.convert.test_html import SECOND, THIRD, article, document, page

LAST = "When the last lamp was out, the mate counted the crew, and found that nobody at all was missing from the boat."
WAITS = "<!--$?--><template id='B:{0}'></template>{1}<!--/$-->"


def sent(inside: str, *late: str) -> str:
    """A page whose late parts stand hidden at its end."""
    return page(inside).replace("</body>", "".join(late) + "</body>")


def piece(number: str, inside: str) -> str:
    return f'<div hidden id="S:{number}">{inside}</div><script>$RC("B:{number}","S:{number}")</script>'


def test_a_part_that_came_late_stands_in_its_place_and_what_held_the_place_is_gone() -> None:
    waits = WAITS.format(0, "Loading<div>Loading <!--$--><b>bells</b><!--/$--> too</div>text")
    markdown = article(sent(f"<p>{SECOND} So it was.</p>{waits}<p>{LAST}</p>", piece("0", f"<p>{THIRD}</p>"))).markdown
    assert f"{SECOND} So it was.\n\n{THIRD}\n\n{LAST}\n" in markdown
    assert "Loading" not in markdown


def test_parts_of_late_parts_stand_in_their_places_in_any_order() -> None:
    outer = f"<p>{THIRD}</p><template id='P:a'></template>And so on, until the lamps were put out by the mate at night."
    inside = f"<p>{SECOND} So it was.</p>{WAITS.format('1f', '')}"
    parts = [piece("1f", outer), piece("a", f"<p>{LAST}</p>")]
    for late in (parts, parts[::-1]):
        assert f"{THIRD}\n\n{LAST}\n\nAnd so on, until" in article(sent(inside, *late)).markdown


def test_a_part_whose_place_is_missing_stays_where_it_is_and_is_told_of() -> None:
    found = document(sent("<template id='B:1'></template>", piece("2", f"<p>{THIRD}</p>")))
    assert THIRD in [block.text for block in found.blocks]


@pytest.mark.parametrize(
    "late",
    [
        piece("1", "<template id='B:1'></template>bread"),  # into itself
        piece("1", "<template id='P:2'></template>") + piece("2", "bread<template id='P:1'></template>"),
        WAITS.format(1, WAITS.format(2, "")) + piece("1", "salt") + piece("2", "bread"),  # into what held a place
    ],
)
def test_parts_that_would_hold_themselves_or_have_lost_their_place_lose_no_word(late: str) -> None:
    assert "bread" in " ".join(block.text for block in document(sent("", late)).blocks)


def test_thousands_of_parts_in_each_other_are_read_in_time() -> None:
    late = "".join(piece(f"{n:x}", f"<div>bread<template id='P:{n + 1:x}'></template></div>") for n in range(3000))
    began = time.process_time()
    document(sent(WAITS.format(0, ""), late))
    assert time.process_time() - began < 6  # about 1 s
