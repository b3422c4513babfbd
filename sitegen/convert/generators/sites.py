"""What each generator makes of a file: article or page, its old address, the date in its name, where pictures lie.

Invariant: pure but for the configs that `place_of` reads from the tree. Settings that are code (Pelican's, Nikola's)
are read as text, and never run.
"""

import re
from collections.abc import Iterator, Sequence
from posixpath import basename, dirname, join, normpath, splitext
from typing import Any, Final, Literal

import msgspec

from sitegen.content.slugs import slug_of
from sitegen.convert.generators.fields import flattened
from sitegen.convert.generators.matter import Matter, read_toml
from sitegen.convert.sources.decode import decode
from sitegen.convert.sources.files import Tree
from sitegen.convert.web_address import address_parts
from sitegen.errors import Problem
from sitegen.notation.scalars import resolve
from sitegen.notation.yaml import read_yaml

Dated: Final = ("date", "slug")  # what a file's name says
_NAME = re.compile(r"(?P<date>\d{4}-\d{1,2}-\d{1,2})[-_](?P<slug>.+)$")
_POSTS: Final = ("post", "posts", "blog", "articles", "article", "news", "stories")
_SETTING = r"(?m)^{}\s*=\s*[rub]?(?P<quote>['\"])(?P<value>.*?)(?P=quote)"


class Page(msgspec.Struct):
    """One file of the content: what its name and place say of it. `names` are what others call it."""

    name: str
    stem: str
    kind: Literal["article", "page"] = "article"
    place: str = ""
    address: str = ""
    names: tuple[str, ...] = ()
    implied: dict[str, Any] = {}
    matter: Matter | None = None
    skipped: str = ""
    heading: str = ""

    @classmethod
    def alone(cls, name: str) -> "Page":
        """A file that comes without its site."""
        stem, implied = named(name)
        return cls(name, stem, implied=implied, names=(basename(name),))


def named(name: str) -> tuple[str, dict[str, Any]]:
    """The stem of a file's name, and the date and slug that it says. A bundle goes by its folder."""
    stem = splitext(basename(name))[0]
    if stem in ("index", "_index"):
        stem = basename(dirname(name)) or stem
    stem = re.sub(r"\.[a-z]{2}(?:-[a-zA-Z]{2})?$", "", stem)
    if found := _NAME.match(stem):
        return found["slug"], {"date": found["date"], "slug": slug_of(found["slug"])}
    return stem, {"slug": slug_of(stem)} if stem not in ("index", "_index") else {}


class Place:
    """A generator's site: where its content and its static files lie, and what it calls what."""

    def __init__(
        self, format: str, roots: Sequence[str] = (), statics: Sequence[str] = (), site_url: str = "", pattern: str = ""
    ) -> None:
        self.format = format
        self.roots = tuple(roots)
        self.statics = tuple(statics)
        self.site_url = site_url
        self.pattern = pattern
        parts = address_parts(site_url)
        self.base = parts.path.rstrip("/")
        self.origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
        self._known: dict[str, str] = {}

    def content(self, names: Sequence[str]) -> Iterator[str]:
        """The files below the folders of content; "" is the site's own folder, without its subfolders."""
        for name in names:
            if any(name.startswith(root) if root else "/" not in name for root in self.roots):
                yield name

    def page(self, name: str, matter: Matter) -> Page:
        """What the site makes of a file."""
        stem, implied = named(name)
        page = Page(name, stem, implied=implied, matter=matter)
        values = flattened(matter.values)
        if not matter.values and not matter.problems:
            page.skipped = "it has no front matter, so the generator did not publish it"
        elif basename(name).startswith("_index.") and not matter.body.strip():
            page.skipped = "this only names a list of articles, and holds no text"
        _PLACES[self.format](self, page, values)
        bare = page.address.removesuffix("index.html").removesuffix(".html")
        page.names = tuple(
            dict.fromkeys(
                filter(None, (page.address, bare, bare.rstrip("/"), name, _inside(self.roots, name), basename(name)))
            )
        )
        return page

    def learn(self, pages: Sequence[Page]) -> None:
        """Which file goes by which name; a name that two share means neither."""
        counts: dict[str, set[str]] = {}
        for page in pages:
            keys = (
                page.name,
                _inside(self.roots, page.name),
                basename(page.name),
                page.stem,
                splitext(basename(page.name))[0],
            )
            slug = str(flattened(page.matter.values).get("slug") or "") if page.matter else ""
            for key in filter(None, (*keys, slug)):
                counts.setdefault(key.lower(), set()).add(page.address)
        self._known = {key: next(iter(found)) for key, found in counts.items() if len(found) == 1}

    def find(self, page: Page) -> Any:
        """A function from what a reference of this page names to an address; "" for what is not there."""

        def address(reference: str) -> str:
            path, mark, fragment = reference.strip("\"' ").partition("#")
            near = normpath(join(dirname(page.name), path)) if not path.startswith("/") else path
            for key in (near, path, path.lstrip("/"), splitext(path.lstrip("/"))[0], basename(path)):
                if found := self._known.get(key.lower()):
                    return found + mark + fragment
            return ""

        return address


def _inside(roots: Sequence[str], name: str) -> str:
    root = max((root for root in roots if name.startswith(root)), key=len, default="")
    return name[len(root) :]


def dialect_of(text: str) -> str:
    """Whose shortcodes a single file speaks; "markdown" where it speaks none."""
    if re.search(r"\{\{[<%]", text):
        return "hugo"
    if re.search(r"\{%-?\s*\w|\{\{-?\s*(?:site|page)\.|\{\{-?\s*[\"'][^}]*\|", text):
        return "jekyll"
    if re.search(r"[({\"'|][{|](?:filename|static|attach)[}|]|\]\(\{(?:filename|static|attach)\}", text):
        return "pelican"
    return "nikola" if "link://" in text else "markdown"


# ---- what each of them makes of a file


def _is_post(name: str, values: dict[str, Any]) -> bool:
    section = name.partition("/")[0].lower()
    return bool(values.get("date")) or (section in _POSTS and not basename(name).startswith("_index."))


def _as_page(page: Page, inside: str) -> None:
    """A page keeps its place below the folder of pages."""
    page.kind = "page"
    folder = dirname(inside)
    stem = splitext(basename(inside))[0]
    path = folder if stem in ("index", "_index") else join(folder, stem)
    page.place = join("pages", path or "home")
    page.implied.pop("slug", None)
    page.implied.pop("date", None)


def _hugo(place: Place, page: Page, values: dict[str, Any]) -> None:
    inside = _inside(place.roots, page.name)
    folder = dirname(inside)
    if basename(inside).startswith(("index.", "_index.")):
        folder = dirname(folder)
    if not _is_post(inside, values):
        _as_page(page, inside)
    said = str(values.get("url") or "")
    stem = str(values.get("slug") or page.implied.get("slug") or page.stem)
    path = join("/", folder, urlized(stem) if stem not in ("index", "_index") else "")
    page.address = place.base + _slashed(said or path)


def _zola(place: Place, page: Page, values: dict[str, Any]) -> None:
    _hugo(place, page, values)
    if values.get("path"):
        page.address = place.base + _slashed(str(values["path"]))


def _jekyll(place: Place, page: Page, values: dict[str, Any]) -> None:
    parts = page.name.split("/")
    if "_posts" not in parts and "_drafts" not in parts:
        _as_page(page, page.name)
        said = str(values.get("permalink") or "")
        path = re.sub(r"(?:^|/)index$", "/", splitext(page.name)[0])
        page.address = place.base + (_rooted(said) if said else _rooted(path + ("" if path.endswith("/") else ".html")))
        return
    if "_drafts" in parts:
        page.implied["draft"] = True
    above = parts[: parts.index("_posts")] if "_posts" in parts else []
    if above and not values.get("categories") and not values.get("category"):
        page.implied["categories"] = above
    pattern = str(values.get("permalink") or "") or _JEKYLL_STYLES.get(place.pattern or "date", place.pattern)
    date = str(values.get("date") or page.implied.get("date") or "")[:10]
    if found := re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})", date):
        year, month, day = (number.zfill(2) for number in found.groups())
        categories = values.get("categories") or values.get("category") or above
        listed = categories.split() if isinstance(categories, str) else [str(each) for each in categories]
        slug = str(values.get("slug") or page.implied.get("slug") or page.stem)
        known = {
            "year": year, "short_year": year[2:], "month": month, "day": day, "i_month": str(int(month)),
            "i_day": str(int(day)), "title": slug, "slug": slug, "output_ext": ".html",
            "categories": "/".join(urlized(each) for each in listed),
        }  # fmt: skip
        path = re.sub(r":(\w+)", lambda match: known.get(match[1], match[0]), pattern)
        page.address = place.base + _rooted(re.sub(r"/{2,}", "/", path))


_JEKYLL_STYLES: Final = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}


def _pelican(place: Place, page: Page, values: dict[str, Any]) -> None:
    inside = _inside(place.roots, page.name)
    is_page = inside.startswith("pages/")
    if is_page:
        _as_page(page, inside.removeprefix("pages/"))
    folder = dirname(inside)
    if folder and not is_page and not values.get("category"):
        page.implied["categories"] = [basename(folder)]
    slug = str(values.get("slug") or slug_of(str(values.get("title") or page.stem)))
    if not is_page:
        page.implied["slug"] = slug
    date = str(values.get("date") or page.implied.get("date") or "")
    found = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})", date)
    year, month, day = (int(number) for number in found.groups()) if found else (0, 0, 0)
    category = str(values.get("category") or (page.implied.get("categories") or ["misc"])[0])
    pattern = str(values.get("url") or values.get("save_as") or "") or (
        "pages/{slug}.html" if is_page else place.pattern or "{slug}.html"
    )
    if year or "{date" not in pattern:
        path = re.sub(r"\{date:([^}]*)\}", lambda match: _dated(match[1], year, month, day), pattern)
        page.address = place.base + _rooted(path.replace("{slug}", slug).replace("{category}", slug_of(category)))


def _dated(pattern: str, year: int, month: int, day: int) -> str:
    known = {
        "%Y": f"{year:04}",
        "%m": f"{month:02}",
        "%d": f"{day:02}",
        "%-m": str(month),
        "%-d": str(day),
        "%y": f"{year % 100:02}",
    }
    return re.sub(r"%-?\w", lambda match: known.get(match[0], match[0]), pattern)


def _nikola(place: Place, page: Page, values: dict[str, Any]) -> None:
    inside = page.name
    root, _, rest = inside.partition("/")
    if root in ("pages", "stories"):
        _as_page(page, rest)
    slug = str(values.get("slug") or slug_of(page.stem))
    if page.kind == "article":
        page.implied["slug"] = slug
    page.address = place.base + _slashed(join("/", root, dirname(rest), slug))
    if values.get("type") and str(values["type"]) in ("micro", "link"):
        page.implied.setdefault("tags", [str(values["type"])])


_PLACES: Final = {"hugo": _hugo, "zola": _zola, "jekyll": _jekyll, "pelican": _pelican, "nikola": _nikola}


def _rooted(path: str) -> str:
    return "/" + path.lstrip("/")


def _slashed(path: str) -> str:
    """A folder's address ends in a slash; a file's does not."""
    path = _rooted(address_parts(path).path)
    return path if path.endswith("/") or re.search(r"\.\w{2,5}$", path) else path + "/"


def urlized(text: str) -> str:
    """A name as Hugo and Jekyll put it into an address: small letters, and hyphens for spaces."""
    return re.sub(r"[^\w./-]+", "-", text.strip().lower()).strip("-")


# ---- configs


def place_of(tree: Tree, format: str) -> tuple[Place, list[Problem]]:
    """The site of a tree; what is wrong with its config is said, and the rest is read all the same."""
    if format in ("hugo", "zola"):
        values, problems = _settings(tree, ("hugo", "config", "zola") if format == "hugo" else ("config", "zola"))
        url = str(values.get("baseurl") or values.get("base_url") or "")
        return Place(format, ("content/",), ("static", "assets", "content"), url), problems
    if format == "jekyll":
        values, problems = _settings(tree, ("_config",))
        url = str(values.get("url") or "").rstrip("/") + str(values.get("baseurl") or "")
        roots = sorted(
            {
                name[: name.index(part) + len(part)]
                for name in tree.names
                for part in ("_posts/", "_drafts/")
                if part in name
            }
        )
        return Place(format, ("", *roots), (".",), url, str(values.get("permalink") or "")), problems
    code = decode(tree.head("pelicanconf.py" if format == "pelican" else "conf.py")).text
    if format == "pelican":
        root = _setting(code, "PATH") or "content"
        public = decode(tree.head("publishconf.py")).text
        url = _setting(public, "SITEURL") or _setting(code, "SITEURL")
        return Place(format, (root.strip("./") + "/",), (root.strip("./"),), url, _setting(code, "ARTICLE_URL")), []
    folders = [f"{name}/" for name in ("posts", "pages", "stories") if tree.has(f"{name}/")]
    return Place(format, folders, ("files", "."), _setting(code, "SITE_URL")), []


def _setting(code: str, name: str) -> str:
    found = re.search(_SETTING.format(name), code)
    return found["value"] if found else ""


def _settings(tree: Tree, stems: Sequence[str]) -> tuple[dict[str, Any], list[Problem]]:
    """A generator's config, as plain values with keys in lower case."""
    names = [
        f"{folder}{stem}.{end}"
        for stem in stems
        for folder in ("", "config/_default/")
        for end in ("toml", "yaml", "yml", "json")
    ]
    name = next((name for name in names if tree.has(name)), "")
    if not name:
        return {}, []
    path = tree.store.shown(tree.prefix + name)
    text = decode(tree.head(name)).text.replace("\r\n", "\n")
    if name.endswith(".toml"):
        values, problems = read_toml(text, path)
        return values, list(problems)
    sheet = read_yaml(text, path, code="import.config")
    found = sheet.value if isinstance(sheet.value, dict) else {}
    return {key.lower(): resolve(value) for key, value in found.items()}, list(sheet.problems)
