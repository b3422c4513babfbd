"""What strangers write into articles so that it runs, put into a source for each reader that there is.

Invariant: every source is one that its reader takes, and gives `ARTICLES` articles at least.
"""
# ruff: noqa: E501 -- a table of attacks

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Final

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

RUN = "new Image().src='/ran/'+document.title"
PAYLOADS = (
    f"<script>{RUN}</script>", f"<script src=data:text/javascript,{RUN.replace(' ', '%20')}></script>", f'<img src=x onerror="{RUN}">', f'<svg onload="{RUN}"></svg>',
    f"<svg><script>{RUN}</script></svg>", f'<body onload="{RUN}">', f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>', f'<iframe src="javascript:{RUN}"></iframe>',
    f'<a href="javascript:{RUN}">click</a>', f'<a href=" java\nscript:{RUN}">click</a>', f'<a href="&#106;avascript:{RUN}">click</a>', f'<a href="vbscript:{RUN}">click</a>',
    f'<a href="data:text/html,<script>{RUN}</script>">click</a>', f'<details open ontoggle="{RUN}">x</details>', f'<video><source onerror="{RUN}"></video>', f'<audio src=x onerror="{RUN}"></audio>',
    f'<input autofocus onfocus="{RUN}">', f'<select autofocus onfocus="{RUN}"></select>', f'<marquee onstart="{RUN}">x</marquee>', f'<object data="javascript:{RUN}"></object>', f'<embed src="javascript:{RUN}">',
    f'<math><mtext><table><mglyph><style><img src=x onerror="{RUN}"></style></mglyph></table></mtext></math>', f'<noscript><p title="</noscript><img src=x onerror={RUN}>"></noscript>', f'<form><button formaction="javascript:{RUN}">x</button></form>',
    f'<meta http-equiv=refresh content="0;url=javascript:{RUN}">', f'<base href="javascript:{RUN}//">', f'<link rel=stylesheet href="data:text/css,*{{}}" onload="{RUN}">', f"<style>@import 'javascript:{RUN}';</style>",
    f'<p style="animation-name:x" onanimationstart="{RUN}">x</p>', f"<template><script>{RUN}</script></template>", f'<xmp><img src=x onerror="{RUN}"></xmp>', f"<!--><img src=x onerror={RUN}>-->",
    f'![x](javascript:{RUN.replace(" ", "%20")})', f'[x](javascript:{RUN.replace(" ", "%20")})', f'[x]: javascript:{RUN.replace(" ", "%20")}\n[x]', f'<javascript:{RUN.replace(" ", "%20")}>',
    f'"><img src=x onerror="{RUN}">', f"']]><img src=x onerror={RUN}>", f'{{{{< raw >}}}}<img src=x onerror="{RUN}">{{{{< /raw >}}}}', f"```\n</code></pre><img src=x onerror={RUN}>\n```",
)  # fmt: skip
PROSE = "The new boat is named after the baker, who wept a little when she heard of it on the pier that evening."


ARTICLES: Final = 10  # of each form; every attack stands in one of them
LINK: Final = f"javascript:{RUN.replace(' ', '%20')}"


def groups() -> Iterator[tuple[int, list[str]]]:
    """The number of an article and the attacks in it: those that leave something open do not all stand before others."""
    for n in range(ARTICLES):
        yield n, [payload for i, payload in enumerate(PAYLOADS) if i % ARTICLES == n]


def as_html(attacks: list[str]) -> str:
    return f"<p>{PROSE}</p>" + "".join(f"{one}<p>{PROSE} {one}</p>" for one in attacks) + f"<p>{PROSE}</p>"


def as_page(title: str, attacks: list[str]) -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body><article><h1>{title}</h1>{as_html(attacks)}</article></body></html>"


def as_text(title: str, attacks: list[str]) -> str:
    return "\n\n".join([title, "5 May 2020", PROSE, *attacks, PROSE, *(f"{PROSE} {one}" for one in attacks)])


def cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def wordpress() -> bytes:
    items = [
        f"<item><title>{cdata(f'wordpress {n} {attacks[0]}')}</title><link>https://quay.example/w{n}/</link><dc:creator>{cdata(attacks[-1])}</dc:creator>"
        f"<content:encoded>{cdata(as_html(attacks) + f'[caption id=x]<img src=a.jpg> {attacks[1]}[/caption][video src={LINK}][gallery ids={attacks[2]}]<!-- wp:html -->{attacks[0]}<!-- /wp:html -->')}</content:encoded>"
        f"<excerpt:encoded>{cdata(attacks[1])}</excerpt:encoded><wp:post_id>{n + 1}</wp:post_id><wp:post_date>2020-05-05 10:00:00</wp:post_date><wp:post_name>wordpress-{n}</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>"
        f"<category domain='post_tag' nicename='t{n}'>{cdata(attacks[2])}</category>"
        f"<wp:comment><wp:comment_id>{n + 1}</wp:comment_id><wp:comment_author>{cdata(attacks[0])}</wp:comment_author><wp:comment_author_url>{cdata(LINK)}</wp:comment_author_url><wp:comment_date>2020-05-06 10:00:00</wp:comment_date><wp:comment_content>{cdata(' '.join(attacks))}</wp:comment_content><wp:comment_approved>1</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment></item>"
        for n, attacks in groups()
    ]
    spaces = 'xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"'
    return f'<?xml version="1.0"?><rss version="2.0" {spaces}><channel><title>Quay</title><link>https://quay.example</link><wp:wxr_version>1.2</wp:wxr_version>{"".join(items)}</channel></rss>'.encode()


def ghost() -> bytes:
    posts: list[dict[str, object]] = []
    for n, attacks in groups():
        post: dict[str, object] = {
            "id": str(n), "title": f"ghost {n} {attacks[0]}", "slug": f"ghost-{n}", "type": "post", "status": "published", "visibility": "public",
            "published_at": "2021-05-05T15:03:00.000Z", "custom_excerpt": attacks[1], "feature_image": LINK, "codeinjection_head": attacks[0],
        }  # fmt: skip
        if n % 3 == 0:
            post["html"] = as_html(attacks)
        elif n % 3 == 1:
            said = [{"type": "paragraph", "children": [{"type": "text", "text": one, "format": 0}, {"type": "link", "url": LINK, "children": [{"type": "text", "text": one, "format": 1}]}]} for one in attacks]  # fmt: skip
            cards = [{"type": "html", "html": one} for one in attacks]
            own = [{"type": "toggle", "heading": one, "content": one} for one in attacks]
            post["lexical"] = json.dumps(
                {
                    "root": {
                        "children": [
                            *said,
                            *cards,
                            *own,
                            {"type": "embed", "url": LINK, "html": attacks[0]},
                            {"type": "image", "src": LINK, "caption": attacks[1], "href": LINK},
                        ]
                    }
                }
            )
        else:
            sections: list[object] = [[1, "p", [[0, [0], 1, one]]] for one in attacks]
            cards = [["html", {"html": one}] for one in attacks] + [
                ["image", {"src": LINK, "caption": attacks[0]}],
                ["embed", {"html": attacks[1], "url": LINK}],
            ]  # type: ignore[misc,list-item]
            post["mobiledoc"] = json.dumps(
                {
                    "version": "0.3.1",
                    "markups": [["a", ["href", LINK]]],
                    "atoms": [],
                    "cards": cards,
                    "sections": [*sections, *([10, k] for k in range(len(cards)))],
                }
            )
        posts.append(post)
    data = {"posts": posts, "tags": [], "posts_tags": [], "users": [], "posts_authors": []}
    return json.dumps({"db": [{"meta": {"exported_on": 1622505600000, "version": "5.0.0"}, "data": data}]}).encode()


def medium() -> bytes:
    return zipped({
        f"posts/2021-05-05_medium-{n}-0a1b2c3d4e5{n}.html": '<!DOCTYPE html><html><head><title>medium</title></head><body><article class="h-entry"><header>'
        f'<h1 class="p-name">medium {n}</h1></header><section data-field="subtitle" class="p-summary">{attacks[0]}</section><section data-field="body" class="e-content"><section class="section">{as_html(attacks)}</section></section>'
        f'<footer><p>By <a href="{LINK}" class="p-author h-card">Ada</a> on <a href="https://medium.com/p/0a1b2c3d4e5{n}"><time class="dt-published" datetime="2021-05-05T15:03:00.000Z">May 5</time></a></p></footer></article></body></html>'
        for n, attacks in groups()
    } | {"profile/profile.html": "<!DOCTYPE html><html><body></body></html>"})  # fmt: skip


def substack() -> bytes:
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow("post_id,post_date,is_published,email_sent_at,type,audience,title,subtitle,podcast_url".split(","))
    files = {}
    for n, attacks in groups():
        rows.writerow(
            [
                f"{100 + n}.substack-{n}",
                "2021-05-05T15:03:00.000Z",
                "true",
                "",
                "newsletter",
                "everyone",
                f"substack {n} {attacks[0]}",
                attacks[1],
                LINK,
            ]
        )
        files[f"posts/{100 + n}.substack-{n}.html"] = as_html(attacks)
    return zipped({"posts.csv": table.getvalue(), **files})


def atom() -> bytes:
    entries = "".join(
        f'<entry><title type="html">{escape(f"atom {n} {escape(attacks[0])}")}</title><link href="https://quay.example/a{n}"/><id>a{n}</id><updated>2021-05-05T15:03:00Z</updated><author><name>{escape(attacks[1])}</name><uri>{escape(LINK)}</uri></author>'
        f'<content type="html">{escape(as_html(attacks))}</content></entry>'
        for n, attacks in groups()
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Quay</title><id>q</id><updated>2021-05-05T15:03:00Z</updated>{entries}</feed>'.encode()


def json_feed() -> bytes:
    items = [
        {"id": str(n), "url": LINK, "title": f"jsonfeed {n} {attacks[0]}", "content_html": as_html(attacks), "image": LINK, "authors": [{"name": attacks[1], "url": LINK}], "date_published": "2021-05-05T15:03:00Z"}
        for n, attacks in groups()
    ]  # fmt: skip
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Quay", "items": items}).encode()


def word(n: int, attacks: list[str]) -> bytes:
    """A Word document whose text, properties and links are attacks."""
    made = docx.Document()
    made.core_properties.title = f"word {n}"
    made.core_properties.author = attacks[0]
    made.add_heading(f"word {n}", 0)
    made.add_paragraph(PROSE)
    for one in attacks:
        line = made.add_paragraph(one)
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), made.part.relate_to(LINK, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        link.append(line.add_run(f"click {one}")._r)
        line._p.append(link)
        made.add_table(rows=1, cols=2).cell(0, 0).text = one
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def odt(n: int, attacks: list[str]) -> bytes:
    spaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'
    )
    said = "".join(
        f'<text:p>{escape(one)} <text:a xlink:href="{escape(LINK)}">{escape(one)}</text:a><text:script script:language="javascript">{escape(RUN)}</text:script></text:p>'
        for one in attacks
    )
    content = f"<?xml version='1.0'?><office:document-content {spaces}><office:body><office:text><text:h text:outline-level='1'>odt {n}</text:h><text:p>{PROSE}</text:p>{said}<text:p><draw:frame><draw:object xlink:href='{escape(LINK)}'/><draw:image xlink:href='{escape(LINK)}'/></draw:frame></text:p></office:text></office:body></office:document-content>"
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def epub() -> bytes:
    chapters = {
        f"OPS/c{n}.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>epub {n}</title></head><body><h1>epub {n}</h1>{as_html(attacks)}</body></html>'
        for n, attacks in groups()
    }
    manifest = "".join(
        f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(ARTICLES)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(ARTICLES))
    return zipped({
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
        "OPS/book.opf": f'<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(PAYLOADS[0])}</dc:title><dc:creator>{escape(PAYLOADS[2])}</dc:creator></metadata><manifest>{manifest}</manifest><spine>{spine}</spine></package>',
        **chapters,
    })  # fmt: skip


def mhtml(n: int, attacks: list[str]) -> bytes:
    return (
        'From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----cut"\r\n\r\n------cut\r\n'
        f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nContent-Location: https://quay.example/m{n}\r\n\r\n{as_page(f'mhtml {n}', attacks)}\r\n------cut--\r\n"
    ).encode()


def warc() -> bytes:
    out = b""
    for n, attacks in groups():
        body = (
            f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{as_page(f'warc {n}', attacks)}".encode()
        )
        out += (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://quay.example/r{n}\r\nWARC-Record-ID: <urn:uuid:{n}>\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
            + b"\r\n\r\n"
        )
    return out


def table() -> bytes:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(("title", "author", "url", "text"))
    for n, attacks in groups():
        rows.writerow((f"table {n} {attacks[0]}", attacks[1], LINK, as_text("", attacks)))
    return out.getvalue().encode()


def generators(raw: Path) -> None:
    """Sites of other generators: raw HTML in Markdown, in shortcodes, and in reStructuredText."""
    for n, attacks in groups():
        said = "\n\n".join((PROSE, *attacks))
        short = "\n\n".join(
            f'{{{{< figure src="{LINK}" caption={json.dumps(one)} link="{LINK}" >}}}}' for one in attacks
        )
        write(
            raw / "hugosite" / "content" / f"hugo{n}.md",
            f'+++\ntitle = "hugo {n}"\ndate = 2020-05-05\n+++\n{said}\n\n{short}\n',
        )
        write(
            raw / "jekyllsite" / "_posts" / f"2020-05-05-jekyll{n}.md",
            f'---\ntitle: "jekyll {n}"\nlayout: post\n---\n{said}\n\n{{{{ "{LINK}" | raw }}}}\n',
        )
        raws = "\n\n".join(f".. raw:: html\n\n   {one.replace(chr(10), ' ')}" for one in attacks)
        write(
            raw / "pelicansite" / "content" / f"pelican{n}.rst",
            f"pelican {n}\n#########\n\n:date: 2020-05-05\n:author: {attacks[0].replace(chr(10), ' ')}\n\n{PROSE}\n\n`click <{LINK}>`_\n\n{raws}\n",
        )
    write(raw / "hugosite" / "hugo.toml", 'title = "Quay"\n')
    write(raw / "jekyllsite" / "_config.yml", "title: Quay\n")
    write(raw / "pelicansite" / "pelicanconf.py", "SITENAME = 'Quay'\n")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


WHOLE: Final[dict[str, Callable[[], bytes]]] = {
    "wordpress.xml": wordpress, "ghost.json": ghost, "medium.zip": medium, "substack.zip": substack, "atom.xml": atom,
    "feed.json": json_feed, "book.epub": epub, "crawl.warc": warc, "table.csv": table,
}  # fmt: skip
FORMS: Final = (
    "wordpress", "ghost", "medium", "substack", "feed", "docx", "odt", "epub", "mhtml", "warc", "csv", "text", "hugo", "jekyll", "pelican",
)  # fmt: skip


def in_every_reader(raw: Path) -> None:
    """A source for each reader; `FORMS` names those readers."""
    for name, make in WHOLE.items():
        (raw / name).write_bytes(make())
    for n, attacks in groups():
        (raw / f"word{n}.docx").write_bytes(word(n, attacks))
        (raw / f"odt{n}.odt").write_bytes(odt(n, attacks))
        (raw / f"saved{n}.mhtml").write_bytes(mhtml(n, attacks))
        (raw / f"text{n}.txt").write_text(as_text(f"text {n}", attacks), "utf-8")
    generators(raw)
