"""What stands under pictures of saved pages, in the forms that news sites give it: captions kept, credits told apart."""
# ruff: noqa: E501 -- the invented templates stand a line each

import re
from zoneinfo import ZoneInfo

import pytest

from sitegen.content.markdown import MarkdownSettings, render_markdown
from sitegen.convert.document import Article, Document
from sitegen.convert.inference.figcaptions import read_figcaption
from sitegen.convert.readers.html import read_html
from sitegen.convert.sources.files import SourceFile
from sitegen.convert.stated import page_article

PROSE = (
    "The harbour was full of people that day, and nobody went home before the lamps were lit on the long quay.",
    "Its first trip leads round the island, with bread for everybody, and the band of the fire brigade on deck.",
    "When the horn sounded at noon, the children ran to the end of the pier and waved with their paper flags.",
)
CAPTION = "The new ferry leaves the harbour on Sunday morning."
CREDIT = "Ada Miller"


def article(block: str, *, lead: bool = False) -> Article:
    parts = [f"<p>{text}</p>" for text in PROSE]
    parts.insert(0 if lead else 1, block)
    html = (
        "<!DOCTYPE html><html lang='en'><head><title>A new ferry | The Quay</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>A new ferry</h1>{''.join(parts)}</article><footer>The Quay</footer></body></html>"
    )
    found = read_html(SourceFile("p/ferry.html", "ferry.html", "p", html.encode()))
    assert isinstance(found, Document)
    return page_article(found, ZoneInfo("UTC"))


TEMPLATES = [
    "<figure><img src='f.jpg'><figcaption>{c} <span class='credit'>{k}</span></figcaption></figure>",
    "<figure><img src='f.jpg'><figcaption><span class='caption-text'>{c}</span><span class='photo-credit'>Photo: {k}</span></figcaption></figure>",
    "<figure><img src='f.jpg'><figcaption><p>{c}</p><p class='copyright'>© {k}</p></figcaption></figure>",
    "<figure><div><img src='f.jpg'></div><figcaption>{c} Photo: {k}</figcaption></figure>",
    "<figure><img src='f.jpg'><figcaption>{c} (Photo: {k})</figcaption></figure>",
    "<figure><img src='f.jpg'><figcaption>{c} Foto: {k}/dpa</figcaption></figure>",
    "<figure><img src='f.jpg'><figcaption>{c} {k}/Reuters</figcaption></figure>",
    "<figure><img src='f.jpg'><figcaption>{c} | {k}</figcaption></figure>",
    "<figure><img src='f.jpg'><figcaption>{c} [{k}]</figcaption></figure>",
    "<figure><img src='f.jpg'><figcaption>{c} © {k}</figcaption></figure>",
    "<figure><img src='f.jpg'><figcaption>{c} ({k}/The Quay)</figcaption></figure>",
    "<figure><img src='f.jpg'><figcaption>{c} Photograph by {k}</figcaption></figure>",
    "<figure><img src='f.jpg'><figcaption>{c} {k} / Getty Images</figcaption></figure>",
    "<figure><img src='f.jpg'><figcaption>{c}</figcaption><div class='image-credit'>{k}</div></figure>",
    "<figure><img src='f.jpg'><figcaption>{c} <cite>Photo by {k}</cite></figcaption></figure>",
    "<figure><img src='f.jpg'><figcaption>{c}<br><small>Image: {k}</small></figcaption></figure>",
    "<figure class='c-image'><picture><source srcset='f-800.jpg 800w'><img src='data:image/gif;base64,R0' data-src='f.jpg'></picture><figcaption><span>{c}</span> <span class='c-image__source'>{k}</span></figcaption></figure>",
    "<figure><img src='data:image/gif;base64,R0'><noscript><img src='f.jpg'></noscript><figcaption>{c} <em class='attribution'>{k}</em></figcaption></figure>",
    "<div class='wp-caption alignnone'><img src='f.jpg'><p class='wp-caption-text'>{c} Photo: {k}</p></div>",
    "<div class='image-block'><img src='f.jpg'><div class='image-caption'>{c}</div><div class='image-credit'>{k}</div></div>",
    "<div class='media'><a href='f-large.jpg'><img src='f.jpg'></a><div class='media__caption'><p>{c}</p><span class='media__credit'>Credit: {k}</span></div></div>",
    "<div class='photo'><img src='f.jpg'><span class='cutline'>{c}</span> <span class='photographer'>{k}</span></div>",
    "<div class='article-image'><img src='f.jpg'><p class='caption'>{c} <span class='source'>{k}</span></p></div>",
    "<div class='bild'><img src='f.jpg'><p class='bildunterschrift'>{c} Foto: {k}</p></div>",
    "<div><img src='f.jpg'><p class='image-caption'>{c} ({k} / AP)</p></div>",
    "<p><img src='f.jpg'></p><p class='caption'>{c} Photo by {k}</p>",
    "<figure itemscope itemtype='https://schema.org/ImageObject'><img src='f.jpg' itemprop='contentUrl'><figcaption itemprop='caption'>{c}<span itemprop='copyrightHolder' class='rights'>{k}</span></figcaption></figure>",
    "<amp-img src='f.jpg' width='600' height='400'></amp-img><figcaption>{c} <span class='credit'>{k}</span></figcaption>",
    "<figure><img src='f.jpg'><figcaption>{c} Image credit: {k}</figcaption></figure>",
    "<figure><img src='f.jpg'><figcaption>{c} – {k}, AFP</figcaption></figure>",
]


@pytest.mark.parametrize("lead", [False, True])
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_caption_is_kept_and_its_credit_told_apart(template: str, lead: bool) -> None:
    found = article(template.format(c=CAPTION, k=CREDIT), lead=lead)
    pictures = [one for one in found.pictures if one.caption]
    assert [re.sub(r"\W+$", "", one.caption) for one in pictures] == [CAPTION.rstrip(".")]
    assert CREDIT in pictures[0].credit
    assert len(pictures[0].credit) <= len(CREDIT) + 16
    text = re.sub(r'"[^"]*"|<figcaption>.*?</figcaption>', "", found.markdown, flags=re.DOTALL)
    assert CAPTION not in text  # it is no paragraph


@pytest.mark.parametrize(
    "text",
    [
        "The new ferry leaves the harbour on Sunday morning.",
        "Children wave at the pier; the band (left) plays for Ada Miller",
        "The mayor, Ada Miller, speaks to the crowd",
        "In the picture: the old baker, who has never left the island. She waves to the boats.",
        "The map of the coast (before the storm)",
        "A photo of the boat and a source of joy",
        "From left: Ada Miller, Jo Field and Sam Woods",
        "Ada Miller at the wheel",
        "The quay in 1923 and today: not much has changed.",
    ],
)
def test_a_caption_without_a_credit_is_given_none(text: str) -> None:
    assert (read_figcaption(text).caption, read_figcaption(text).credit) == (text, "")


def test_a_caption_whose_picture_is_gone_is_kept_without_one() -> None:
    found = article(f"<figure><svg></svg><figcaption>{CAPTION} Photo: {CREDIT}</figcaption></figure>")
    (picture,) = found.pictures
    assert (picture.src, picture.caption, picture.credit) == ("", CAPTION, CREDIT)


def test_marks_inside_of_a_caption_do_not_hide_its_credit() -> None:
    found = article(
        f"<figure><img src='f.jpg'><figcaption>The <em>Gull</em> at <a href='/pier'>the pier</a>. <span class='credit'>{CREDIT}</span></figcaption></figure>"
    )
    assert [(one.caption, one.credit) for one in found.pictures] == [("The Gull at the pier.", CREDIT)]


def test_a_figure_with_a_caption_between_the_title_and_the_end_is_the_articles() -> None:
    picture = f"<figure><img src='f.jpg'><figcaption>{CAPTION}</figcaption></figure>"
    tools = "<ul class='share'><li><a href='/s'>Share</a></li><li><a href='/p'>Print</a></li></ul><p>12 min read</p>"
    found = article(f"{picture}{tools}{tools}", lead=True)
    assert [one.caption for one in found.pictures] == [CAPTION]


def test_a_caption_with_links_and_emphasis_keeps_them_in_a_figure() -> None:
    caption = "Seen from <em>the pier</em>, by <a href='https://x.example/'>Jane Pier</a>. <a href='#top'>Up</a>"
    found = article(f"<figure><img src='https://x.example/a.jpg' alt='A'><figcaption>{caption}</figcaption></figure>")
    said = "Seen from *the pier*, by [Jane Pier](https://x.example/). Up"
    figure = f"<figure>\n\n![A](https://x.example/a.jpg)\n\n<figcaption>\n\n{said}\n\n</figcaption>\n\n</figure>"
    assert f"\n\n{figure}\n\n" in found.markdown
    html = render_markdown(found.markdown, MarkdownSettings(), folder="").html
    assert html.count("<figure") == html.count("</figure>") == 1
    assert "<em>the pier</em>, by <a href=" in html


def test_a_plain_caption_is_the_title_of_its_image() -> None:
    picture = "<figure><img src='https://x.example/a.jpg'><figcaption>2 * 3 &lt;b&gt; boats</figcaption></figure>"
    assert '![](https://x.example/a.jpg "2 * 3 <b> boats")' in article(picture).markdown


def test_marks_in_a_plain_caption_are_shown_as_they_were() -> None:
    said = "The *Gull* of `B2` [x](y) and_so_on"
    found = article(f"<figure><img src='https://x.example/a.jpg'><figcaption>{said}</figcaption></figure>")
    html = render_markdown(found.markdown, MarkdownSettings(), folder="").html

    assert said in html


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("It will go to the island and back. Credit: Quay Works", "It will go to the island and back.", "Quay Works"),
        (
            "The sails of the mill (Photo: Pier Media / reef (Works)).",
            "The sails of the mill",
            "Pier Media / reef (Works)",
        ),
        ("They rise again. (Photo Quay Press: Odo Reef)", "They rise again.", "Odo Reef"),
        ("REEF © Reef Works", "REEF", "Reef Works"),
        ("Image caption The baker on deck", "The baker on deck", ""),
        ("Image copyright Quay Images", "", "Quay Images"),
        (
            "Ada Reef | Getty Images The baker waves from the deck.",
            "The baker waves from the deck.",
            "Ada Reef | Getty Images",
        ),
        ("Ada Reef/QuayNet", "", "Ada Reef/QuayNet"),
        ("Ada B. Reef Submitted photo", "", "Ada B. Reef"),
        (
            "(Foto: QRT/Ada vom Riff (bearbeitet durch kai.example))",
            "",
            "QRT/Ada vom Riff (bearbeitet durch kai.example)",
        ),
        ("GettyImages", "", "GettyImages"),
        ("Courtesy of Reef", "", "Reef"),
        ("The bread is baked on board. Photo iStock", "The bread is baked on board.", "iStock"),
        ("Rund um die Insel (Foto: kai24.example)", "Rund um die Insel", "kai24.example"),
        ("Rund um die Insel - © kaiwind - stock.example.com", "Rund um die Insel", "kaiwind - stock.example.com"),
        ("Dritter Abend. Foto: reef / QW", "Dritter Abend.", "reef / QW"),
        (
            "The series, 1983 © Ada Reef, Pier Art, Bonn, courtesy of Ada and Odo Reef",
            "The series, 1983",
            "Ada Reef, Pier Art, Bonn, courtesy of Ada and Odo Reef",
        ),
        ("© Quay / Photo A. Reef", "", "Quay / Photo A. Reef"),
        ("The lamp. Foto: Von Reef71, CC BY-SA 3.0, https://files.example/w?id=9", "The lamp.", "Reef71, CC BY-SA 3.0"),
        ("The lamp at night (Source Reef’s Legacy)", "The lamp at night", "Reef’s Legacy"),
        ("Banners of the day. (quay.com)", "Banners of the day.", "quay.com"),
        ("Die Kapelle. Foto: picture alliance/Odo Riff/dpa", "Die Kapelle.", "picture alliance/Odo Riff/dpa"),
    ],
)
def test_credits_are_told_apart_in_the_forms_of_many_sites(text: str, caption: str, credit: str) -> None:
    found = read_figcaption(text)
    assert (found.caption, found.credit) == (caption, credit)


def test_of_two_credits_the_longer_form_of_the_same_counts() -> None:
    found = article(
        f"<figure><img src='f.jpg'><figcaption><p>{CAPTION} (Photo: Quay Images)</p><small class='credit'>Quay</small></figcaption></figure>"
    )
    assert [(one.caption.rstrip("."), one.credit) for one in found.pictures] == [(CAPTION.rstrip("."), "Quay Images")]
