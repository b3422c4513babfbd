"""Pictures: their size is said, smaller copies are made once, upright, and tell nothing of where they were taken."""

import random
import re
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from sitegen.build import pictures
from sitegen.build.options import BuildOptions
from sitegen.build.pictures import MOST_PIXELS, read_facts
from sitegen.build.session import Session

AS_OF = 1_800_000_000
CONFIG = "title: T\nbase_url: https://example.org/base/\ntheme: gazette\nsearch: false\nimages: {widths: [100, 200]}\n"


def photo(width: int = 300, height: int = 150, form: str = "JPEG", **options: object) -> bytes:
    """Noise with a red top left corner."""
    noise = random.Random(width * height).randbytes(width // 10 * height // 10 * 3)
    image = Image.frombytes("RGB", (width // 10, height // 10), noise).resize((width, height))
    image.paste((255, 0, 0), (0, 0, width // 5, height // 5))
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def turned() -> bytes:
    """A photo that lies on its side, and says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010E] = "SECRET PLACE"
    return photo(exif=exif)


class Site:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("sitegen.yaml", CONFIG.encode())

    def write(self, path: str, content: bytes) -> None:
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content)

    def article(self, text: str, image: str = "") -> None:
        matter = f"title: A\ndate: 2024-01-01\n{f'image: {image}' if image else ''}\n"
        self.write("content/a/index.md", f"---\n{matter}---\n\n{text}\n".encode())

    def build(self):
        with Session(self.root, self.root / "sitegen.yaml", BuildOptions(as_of=AS_OF)) as session:
            report = session.build()
        assert not report.failed, report.problems
        return report

    def html(self, path: str = "2024/01/a/index.html") -> str:
        return (self.root / "public" / path).read_text("utf-8")

    def images(self, path: str = "2024/01/a/index.html") -> list[dict[str, str]]:
        tags = re.findall(r"<img ([^>]*)>", self.html(path))
        return [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in tags]

    def copies(self) -> dict[str, bytes]:
        top = self.root / "public"
        return {p.relative_to(top).as_posix(): p.read_bytes() for p in sorted(top.glob("pictures/*/*"))}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site")


def test_a_photo_of_a_text_has_its_size_and_smaller_copies_at_the_base_path(site):
    site.article("Text.\n\n![A boat](boat.jpg)")
    site.write("content/a/boat.jpg", photo())

    site.build()

    (image,) = site.images()
    assert (image["width"], image["height"]) == ("300", "150")
    named = [(part.split()[0].removeprefix("/base/"), part.split()[1]) for part in image["srcset"].split(", ")]
    assert [width for _, width in named] == ["100w", "200w"]
    assert {path for path, _ in named} == site.copies().keys()
    for path, width in named:
        made = Image.open(BytesIO(site.copies()[path]))
        assert (made.format, f"{made.width}w", made.height * 2) == ("WEBP", width, made.width)


def test_a_photo_that_lies_on_its_side_is_upright_and_its_copies_tell_no_place(site):
    site.article("![A boat](boat.jpg)")
    site.write("content/a/boat.jpg", turned())

    site.build()

    (image,) = site.images()
    assert (image["width"], image["height"]) == ("150", "300")
    for content in site.copies().values():
        made = Image.open(BytesIO(content)).convert("RGB")
        assert made.height == made.width * 2
        assert made.getpixel((made.width - 3, 3))[0] > 200  # the red corner is at the top right now
        assert b"SECRET" not in content
        assert not Image.open(BytesIO(content)).getexif()


def test_the_first_picture_is_not_put_off_unless_one_stands_above_the_text(site):
    for name in ("one", "two"):
        site.write(f"content/a/{name}.jpg", photo())
    site.article("![1](one.jpg)\n\n![2](two.jpg)")
    site.build()
    assert ["loading" in image for image in site.images()] == [False, True]

    site.article("![1](one.jpg)\n\n![2](two.jpg)", image="{src: lead.jpg, alt: Lead}")
    site.write("content/a/lead.jpg", photo(320))
    site.build()
    lead, *others = site.images()
    assert lead["fetchpriority"] == "high"
    assert "loading" not in lead
    assert all(image["loading"] == "lazy" for image in others)

    site.article("![1](one.jpg)\n\n![2](two.jpg)", image="{src: one.jpg, alt: One}")  # which is not shown twice
    site.build()
    assert ["loading" in image for image in site.images()] == [False, True]


def test_cards_have_sizes_and_copies_too(site):
    site.write("content/a/one.jpg", photo())
    site.article("Text.", image="{src: one.jpg, alt: One}")

    site.build()

    (image,) = site.images("index.html")
    assert (image["width"], image["height"]) == ("300", "150")
    assert "pictures/" in image["srcset"]


@pytest.mark.parametrize(
    ("svg", "size"),
    [
        ('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>', ("40", "30")),
        ('<?xml version="1.0"?>\n<svg viewBox="0 0 12.4 6.2"\n xmlns="x"/>', ("12", "6")),
        ('<svg viewBox="0,0,200,100" width="50px"></svg>', ("50", "25")),
        ('<svg width="100%" height="100%" viewBox="0 0 7 9"/>', ("7", "9")),
    ],
)
def test_a_drawing_has_its_size(site, svg, size):
    site.article("![A drawing](d.svg)")
    site.write("content/a/d.svg", svg.encode())

    site.build()

    (image,) = site.images()
    assert (image["width"], image["height"]) == size
    assert not site.copies()


NO_SIZE = [b"<svg/>", b"not one", b'<svg viewBox="0 0 0 0"/>', b'<svg width="1e999" height="0"/>']


@pytest.mark.parametrize("svg", NO_SIZE)
def test_a_drawing_without_a_size_has_none(svg):
    assert read_facts(svg, "x.svg") is None


def test_a_moving_picture_is_left_alone(site):
    frames = [Image.new("P", (300, 100), n) for n in range(3)]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    site.article("![It moves](m.gif)")
    site.write("content/a/m.gif", out.getvalue())

    site.build()

    (image,) = site.images()
    assert (image["width"], image["height"]) == ("300", "100")
    assert "srcset" not in image
    assert not site.copies()


def test_a_picture_too_large_to_unpack_is_said_and_copied_as_it_is(site):
    import struct
    import zlib

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    side = int(MOST_PIXELS**0.5) + 1
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")
    site.article("![Too large](b.png)")
    site.write("content/a/b.png", bomb)

    report = site.build()

    assert [problem.code for problem in report.problems] == ["picture.large"]
    assert site.images()[0]["width"] == str(side)
    assert (site.root / "public/2024/01/a/b.png").read_bytes() == bomb


def test_what_is_no_picture_is_copied_and_has_no_size(site):
    site.article("![Broken](b.jpg)")
    site.write("content/a/b.jpg", b"\xff\xd8 not a photo")

    site.build()

    assert "width" not in site.images()[0]


def test_a_photo_that_breaks_off_is_said_once_and_the_site_stands(site):
    site.article("![Cut](b.jpg)")
    site.write("content/a/b.jpg", photo()[:900])

    report = site.build()

    assert [problem.code for problem in report.problems] == ["picture.unreadable"]


def test_copies_are_those_of_a_clean_build_and_made_once(site):
    site.article("![1](one.jpg)")
    site.write("content/a/one.jpg", photo())
    site.write("static/two.png", photo(240, 120, "PNG"))
    site.build()
    site.article("![1](one.jpg)\n\nMore.")
    assert not [path for path in site.build().rendered if path.startswith("pictures/")]
    site.write("static/two.png", photo(260, 130, "PNG"))
    (site.root / "content/a/one.jpg").rename(site.root / "content/a/three.jpg")
    site.article("![1](three.jpg)\n\n![2](/two.png)")
    site.build()

    other = Site.__new__(Site)
    other.root = site.root.with_name("clean")
    shutil.copytree(site.root, other.root, ignore=shutil.ignore_patterns(".sitegen", "public"))
    other.build()

    assert site.copies() == other.copies()
    assert site.html() == other.html()
    assert len(site.copies()) == 4


@pytest.mark.parametrize(
    ("say", "names"),
    [("false", set()), ("{widths: [100], webp: false}", {"100.jpg"}), ("{widths: [100], webp: true}", {"100.webp"})],
)
def test_settings_say_which_copies_there_are(site, say, names):
    site.write("sitegen.yaml", CONFIG.replace("{widths: [100, 200]}", say).encode())
    site.article("![1](one.jpg)")
    site.write("content/a/one.jpg", photo())

    site.build()

    assert {path.rpartition("/")[2] for path in site.copies()} == names
    assert site.images()[0]["width"] == "300"


def test_the_preview_serves_what_is_built_also_after_a_new_picture(site):
    from sitegen.build.live import Live
    from sitegen.build.live.preview import LiveOptions

    site.article("![1](one.jpg)")
    site.write("content/a/one.jpg", photo())
    live = Live(site.root, site.root / "sitegen.yaml", LiveOptions(as_of=AS_OF))
    live.load()
    try:
        for width in (300, 280):
            site.write("content/a/one.jpg", photo(width, 140))
            live.refresh()
            site.build()
            served = {path: live.page("/" + path).content for path in site.copies()}
            assert served == site.copies()
            assert live.page("/2024/01/a/").content.decode() == site.html()
    finally:
        live.close()


def test_typing_in_a_text_makes_no_copy_again_and_a_new_picture_makes_its_pages_again(site):
    site.article("![1](one.jpg)")
    site.write("content/a/one.jpg", photo())
    site.write("content/b.md", b"---\ntitle: B\ndate: 2024-02-01\n---\n\nNo picture.\n")
    site.build()

    site.write("content/a/one.jpg", photo(400, 100))
    rendered = set(site.build().rendered)

    assert "2024/01/a/index.html" in rendered
    assert "2024/02/b/index.html" not in rendered


def test_a_copy_is_encoded_once_whatever_happens_to_the_output_folder(site, monkeypatch):
    site.article("![A boat](boat.jpg)")
    site.write("content/a/boat.jpg", photo())
    site.build()
    made = site.copies()
    encoded: list[tuple[int, ...]] = []
    scaled = pictures.scaled
    monkeypatch.setattr(pictures, "scaled", lambda *given: encoded.append(given[2]) or scaled(*given))

    shutil.rmtree(site.root / "public")
    site.build()
    assert (encoded, site.copies()) == ([], made)

    site.write("sitegen.yaml", CONFIG.replace("[100, 200]", "[100, 150, 200]").encode())
    site.build()
    assert encoded == [(150,)]
    assert made.items() <= site.copies().items()


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"another"), Path.unlink])
def test_a_kept_copy_that_is_damaged_or_gone_is_made_again(site, damage):
    site.article("![A boat](boat.jpg)")
    site.write("content/a/boat.jpg", photo())
    site.build()
    made = site.copies()

    for path in (site.root / ".sitegen/pictures").rglob("100-*"):
        damage(path)
    shutil.rmtree(site.root / "public")
    site.build()

    assert site.copies() == made


def test_copies_of_a_picture_that_is_gone_are_forgotten(site):
    site.article("![A boat](boat.jpg)")
    site.write("content/a/boat.jpg", photo())
    site.build()
    assert len(list((site.root / ".sitegen/pictures").glob("*/*/*"))) == 2

    (site.root / "content/a/boat.jpg").unlink()
    site.article("No boat.")
    site.build()

    assert not list((site.root / ".sitegen/pictures").glob("*/*"))
