"""What articles bring with them and what they say of each other: files by their content, links to Markdown."""
# ruff: noqa: E501 -- the invented pages stand in one piece

import json
from base64 import b64encode
from pathlib import Path

import pytest

from sitegen.convert.document import ledger
from sitegen.convert.importing import ImportOptions, import_sources
from sitegen.convert.report import Report, as_json, json_pieces
from sitegen.convert.writing.addresses import addresses_in, from_place, rewritten
from sitegen.convert.writing.assets import is_still

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
GIF = b"GIF89a" + b"1" * 40
FIRST = "The new boat is named after the baker, who wept a little when she heard of it on the pier that evening."
SECOND = "The harbour was full of people that day, and nobody went home before the lamps were lit on the long quay."
THIRD = "Its first trip leads round the island, with bread for everybody, and the band of the fire brigade on deck."


def page(title: str, url: str = "", inside: str = "", image: str = "") -> str:
    head = f'<link rel="canonical" href="{url}">' if url else ""
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title}</title>{head}{image}</head><body>"
        f"<article><h1>{title}</h1><p>{FIRST}</p>{inside}<p>{SECOND}</p><p>{THIRD}</p></article></body></html>"
    )


def run(folder: Path, **options: object) -> Report:
    into = folder.parent / "content"
    return import_sources(
        [str(folder)],
        ImportOptions(into=into, bases=folder.parent / ".sitegen" / "imports", **options),
    )


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


def text_of(raw: Path, place: str) -> str:
    return (raw.parent / "content" / place).read_text("utf-8")


def test_pictures_beside_a_page_are_copied_by_their_content_and_the_article_is_a_bundle(raw: Path) -> None:
    (raw / "boat_files").mkdir()
    (raw / "boat_files" / "Deck view.png").write_bytes(PNG)
    (raw / "boat_files" / "again.png").write_bytes(PNG)
    (raw / "boat_files" / "logo.png").write_bytes(GIF)
    pictures = '<figure><img src="./boat_files/Deck%20view.png" alt="Deck"><figcaption>On deck</figcaption></figure>'
    (raw / "boat.html").write_text(page("A boat", "https://quay.example/boat", pictures), "utf-8")
    (done,) = run(raw).done
    assert done.outcome.place == "undated/a-boat/index.md"
    files = sorted(path.name for path in (raw.parent / "content" / "undated" / "a-boat").iterdir())
    assert len(files) == 2
    assert files[0].startswith("deck-view-")
    assert f'![Deck]({files[0]} "On deck")' in text_of(raw, done.outcome.place)
    assert done.article.pictures[0].src == files[0]
    assert run(raw).done[0].outcome.action == "unchanged"


def test_pictures_in_the_page_itself_are_copied(raw: Path) -> None:
    data = "data:image/gif;base64," + b64encode(GIF).decode()
    (raw / "boat.html").write_text(page("A boat", inside=f'<p><img src="{data}" alt="Deck"></p>'), "utf-8")
    (done,) = run(raw).done
    (picture,) = (raw.parent / "content" / "undated" / "a-boat").glob("*.gif")
    assert picture.read_bytes() == GIF
    assert f"![Deck]({picture.name})" in text_of(raw, done.outcome.place)
    assert "asset.invalid" not in text_of(raw, done.outcome.place)


def test_a_picture_that_is_not_there_keeps_the_address_it_had(raw: Path) -> None:
    (raw / "boat.html").write_text(
        page("A boat", "https://quay.example/a/boat", '<p><img src="deck.png" alt="Deck"></p>'), "utf-8"
    )
    (done,) = run(raw).done
    assert "![Deck](https://quay.example/a/deck.png)" in text_of(raw, done.outcome.place)
    assert done.outcome.place == "undated/a-boat.md"


SCRIPTED = [
    b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    b'<svg xmlns="http://www.w3.org/2000/svg"><a href="javascript:alert(1)"><text>x</text></a></svg>',
    b'<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><b xmlns="http://www.w3.org/1999/xhtml">x</b></foreignObject></svg>',
    b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>',
    b'<svg xmlns="http://www.w3.org/2000/svg"><image href="https://tracker.example/x.png"/></svg>',
    b'<svg xmlns="http://www.w3.org/2000/svg"><style>@import url(https://tracker.example/x.css)</style></svg>',
    b'<svg xmlns="http://www.w3.org/2000/svg"><animate attributeName="href" to="javascript:alert(1)"/></svg>',
]  # fmt: skip


@pytest.mark.parametrize("svg", SCRIPTED)
def test_a_drawing_that_could_act_is_not_copied(svg: bytes, raw: Path) -> None:
    assert not is_still(svg)
    (raw / "boat_files").mkdir()
    (raw / "boat_files" / "deck.svg").write_bytes(svg)
    (raw / "boat.html").write_text(page("A boat", inside='<p><img src="boat_files/deck.svg" alt="Deck"></p>'), "utf-8")
    report = run(raw)
    assert not list((raw.parent / "content").rglob("*.svg"))
    assert "can be copied" in report.problems[0].message


def test_a_plain_drawing_is_copied() -> None:
    assert is_still(
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><defs><path id="a" d="M0 0"/></defs><use href="#a" fill="url(#g)"/></svg>'
    )


def test_links_between_imported_articles_lead_to_their_markdown(raw: Path) -> None:
    to = '<p>See <a href="https://www.quay.example/2020/ferry/?utm_source=x">the ferry</a>, <a href="/2020/ferry#times">times</a>, <a href="https://elsewhere.example/">others</a>. The ferry leaves from the long quay at noon, and nobody may be late for it, said the keeper of the lamps.</p>'
    (raw / "boat.html").write_text(page("A boat", "https://quay.example/2020/boat", to), "utf-8")
    (raw / "ferry.html").write_text(
        page(
            "The ferry",
            "https://quay.example/2020/ferry/",
            "<h2>Times</h2><p>At noon and at six, every day but Sunday, from the quay.</p>",
        ),
        "utf-8",
    )
    run(raw)
    assert (
        "See [the ferry](the-ferry.md), [times](the-ferry.md#times), [others](https://elsewhere.example/)."
        in text_of(raw, "undated/a-boat.md")
    )


def test_an_article_of_an_earlier_import_is_linked_too(raw: Path) -> None:
    (raw / "ferry.html").write_text(page("The ferry", "https://quay.example/2020/ferry/"), "utf-8")
    run(raw)
    (raw / "ferry.html").unlink()
    (raw / "boat.html").write_text(
        page(
            "A boat",
            "https://quay.example/2020/boat",
            '<p>See <a href="https://quay.example/2020/ferry">the ferry</a> soon.</p>',
        ),
        "utf-8",
    )
    run(raw)
    assert "[the ferry](the-ferry.md)" in text_of(raw, "undated/a-boat.md")


def test_what_stands_in_code_is_no_address() -> None:
    text = "`[a](x)` [b](x)\n\n```\n[c](x)\n```\n\n\\[d](y) <https://x.example/>\n\n[e]: x 'title'\n"
    changed = rewritten(text, {"x": "a b.md", "https://x.example/": "c.md"}.get)
    assert (
        changed
        == "`[a](x)` [b](<a b.md>)\n\n```\n[c](x)\n```\n\n\\[d](y) [https://x.example/](c.md)\n\n[e]: <a b.md> 'title'\n"
    )
    assert addresses_in(text) == ["x", "y", "https://x.example/", "x"]


def test_a_place_is_written_as_seen_from_another() -> None:
    assert from_place("2020/a/index.md", "2021/b.md") == "../../2021/b.md"
    assert from_place("a.md", "what?#1.md") == "what%3F%231.md"


TEXT = "{title}\n\n5 May 2020\n\n{first} {second}\n\n{third} It was cold.\n\n{more}\n"


def write(path: Path, title: str, more: str, first: str = FIRST) -> None:
    path.write_text(TEXT.format(title=title, first=first, second=SECOND, third=THIRD, more=more), "utf-8")


def test_a_near_copy_is_reported_with_the_share_in_common(raw: Path) -> None:
    write(raw / "a.txt", "A boat is named after the baker", "Nobody went to bed before ten.")
    write(
        raw / "b.txt",
        "Baker gives her name to a boat",
        "Nobody went to bed before ten.",
        "Yesterday the boat got a name. " + FIRST,
    )
    report = as_json(run(raw))
    assert report["documents"][0].get("near_copy_of") is None
    near = report["documents"][1]["near_copy_of"]
    assert near["source"] == str(raw / "a.txt")
    assert near["output"] == "2020/a-boat-is-named-after-the-baker.md"
    assert 0.6 < near["share"] <= 1.0


def test_a_wanted_article_under_a_near_title_is_linked_when_it_arrives_alone(raw: Path) -> None:
    write(
        raw / "a.txt", "A boat is named after the baker", "READ: The ferry to the island will run at night from April"
    )
    run(raw)
    (raw / "a.txt").unlink()
    write(
        raw / "b.txt",
        "The ferry to the island will run at night from May",
        "It carries cars.",
        "Cars may go too, on most days.",
    )
    report = run(raw)
    assert report.tally.arrived == ["2020/a-boat-is-named-after-the-baker.md"]
    assert '  - title: "The ferry to the island will run at night from May"' in text_of(
        raw, "2020/a-boat-is-named-after-the-baker.md"
    )


def test_a_related_line_in_a_page_is_a_link_and_no_text(raw: Path) -> None:
    (raw / "boat.html").write_text(
        page(
            "A boat",
            "https://quay.example/boat",
            '<p><strong>READ:</strong> <a href="/ferry">Night ferry</a></p><p>READ MORE: The lock gates that nobody wanted</p>',
        ),
        "utf-8",
    )
    (raw / "ferry.html").write_text(page("The ferry that runs at night", "https://quay.example/ferry"), "utf-8")
    report = as_json(run(raw))
    first = report["documents"][0]
    assert [(one["title"], one["target"]) for one in first["related"]] == [
        ("The ferry that runs at night", str(raw / "ferry.html")),
        ("The lock gates that nobody wanted", None),
    ]
    assert first["ledger"]["links"] == 2
    text = text_of(raw, "undated/a-boat.md")
    assert "READ" not in text.split("\n---\n")[1]


def test_the_report_as_a_stream_is_the_report(raw: Path) -> None:
    write(raw / "a.txt", "A boat is named after the baker", "READ: Nothing")
    (raw / "b.txt").write_text("", "utf-8")
    report = run(raw)
    assert json.loads(b"".join(json_pieces(report))) == json.loads(json.dumps(as_json(report)))


def test_every_block_with_copied_pictures_is_accounted_for_once(raw: Path) -> None:
    (raw / "boat_files").mkdir()
    (raw / "boat_files" / "a.png").write_bytes(PNG)
    (raw / "boat.html").write_text(
        page("A boat", inside='<p><img src="boat_files/a.png" alt=""></p><p><img src="boat_files/a.png" alt=""></p>'),
        "utf-8",
    )
    (done,) = run(raw).done
    account = ledger(done.article.fates)
    assert account["blocks"] == len(done.document.blocks)
    assert account["blocks"] == account["fields"] + account["body"] + account["links"] + sum(
        account["dropped"].values()
    )
