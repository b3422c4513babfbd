"""Single lines: captions, bylines, related lines, furniture."""

import pytest

from sitegen.convert.document import Block
from sitegen.convert.inference.captions import read_caption
from sitegen.convert.inference.lines import Line
from sitegen.convert.inference.names import read_byline
from sitegen.convert.inference.phrases import furniture, opens_the_end, read_label


@pytest.mark.parametrize(
    ("line", "caption", "credit"),
    [
        ("A ferry leaves the quay [Anna Holm]", "A ferry leaves the quay", "Anna Holm"),
        ("A ferry leaves the quay (Photo: Anna Holm/Quayside)", "A ferry leaves the quay", "Anna Holm/Quayside"),
        ("A ferry leaves the quay, 2019 Photograph: Anna Holm", "A ferry leaves the quay, 2019", "Anna Holm"),
        ("Die Fähre legt ab (Foto: Anna Holm)", "Die Fähre legt ab", "Anna Holm"),
        ("Le bac quitte le quai. Crédit photo : Anna Holm", "Le bac quitte le quai", "Anna Holm"),
        ("El barco sale del muelle. Foto: Anna Holm", "El barco sale del muelle", "Anna Holm"),
        ("Photo by Anna Holm", "", "Anna Holm"),
        ("A ferry leaves the quay [Photo: Anna Holm]", "A ferry leaves the quay", "Anna Holm"),
        ("العبارة تغادر الرصيف (تصوير: سلمى حداد)", "العبارة تغادر الرصيف", "سلمى حداد"),
    ],
)
def test_a_caption_is_told_from_its_credit(line: str, caption: str, credit: str) -> None:
    found = read_caption(line)
    assert found is not None
    assert (found.caption, found.credit, found.sure) == (caption, credit, True)


@pytest.mark.parametrize(
    "line", ["He said it was [sic]", "See the list [1]", "A shop for open source: who pays for it", "Two words"]
)
def test_other_lines_are_no_captions(line: str) -> None:
    assert read_caption(line) is None


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Marta Quill", ("Marta Quill",)),
        ("By Marta Quill and Tom Ledbetter", ("Marta Quill", "Tom Ledbetter")),
        ("Von Lena Voß", ("Lena Voß",)),
        ("Par Élise Kerouan et Yann Le Goff", ("Élise Kerouan", "Yann Le Goff")),
        ("Por Rosa Linares", ("Rosa Linares",)),
        ("بقلم سلمى حداد", ("سلمى حداد",)),
        ("文・山根はる", ("山根はる",)),
        ("By Jane Ode, Westmoor University", ("Jane Ode",)),
        ("By the sea we sat and waited for the boat", ()),
        ("Byzantine coins found in a field", ()),
    ],
)
def test_a_byline_gives_names_and_nothing_else(line: str, names: tuple[str, ...]) -> None:
    assert read_byline(line) == names


@pytest.mark.parametrize(
    ("line", "label", "title"),
    [
        ("READ: The long way home", "READ", "The long way home"),
        ("Also read: The long way home", "Also read", "The long way home"),
        ("► Related story — The long way home", "Related story", "The long way home"),
        ("Lesen Sie auch: Der lange Weg nach Hause", "Lesen Sie auch", "Der lange Weg nach Hause"),
        ("À lire aussi : Le long chemin", "À lire aussi", "Le long chemin"),
        ("Lea también: El camino largo", "Lea también", "El camino largo"),
        ("Читайте также: Долгая дорога", "Читайте также", "Долгая дорога"),
        ("関連記事：長い帰り道", "関連記事", "長い帰り道"),
        ("اقرأ أيضا: الطريق الطويل", "اقرأ أيضا", "الطريق الطويل"),
    ],
)
def test_related_lines_are_known_in_many_languages(line: str, label: str, title: str) -> None:
    found = read_label(line)
    assert found is not None
    assert (found.label, found.title) == (label, title)


def test_an_address_in_a_related_line_is_told_from_its_title() -> None:
    found = read_label("READ: The long way home https://example.org/home")
    assert found is not None
    assert (found.title, found.url) == ("The long way home", "https://example.org/home")


def test_furniture_is_named_by_what_it_is() -> None:
    said = [
        "Share this article",
        "Skip to main content",
        "Advertisement",
        "4 min read",
        "© 2024 The Quay",
        "Teilen",
        "シェア",
    ]
    assert [furniture(line) for line in said] == [
        "share buttons", "navigation", "advertisement", "reading time", "copyright", "share buttons", "share buttons",
    ]  # fmt: skip
    assert furniture("The share of the harvest that was lost") == ""
    assert [furniture(line.upper()) for line in said] == [furniture(line) for line in said]
    assert opens_the_end("Leave a reply")
    assert not opens_the_end("Comments by the mayor caused a stir")


@pytest.mark.parametrize(
    "piece", ["5 min ", "a > ", "#a ", "by ", "photo ", "(", "[", "1 ", "May 5 ", "| ", "5:03 ", "READ: "]
)
def test_no_line_makes_a_pattern_run_away(piece: str) -> None:
    line = Line(Block(piece * 40 + "!", 1))
    assert not (line.furniture and line.label and line.caption and line.byline and line.moments)
    assert line.date_role in ("", "part", "whole")
