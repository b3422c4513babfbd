"""A page in a real browser, looked at once for all that can be wrong with it.

Each page is opened at 320 and at 1280 pixels, in the light and in the dark scheme, and given to axe-core, whose
"incomplete" (what it could not decide) counts as well as its violations.
"""

from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

WIDTHS = (320, 1280)
SCHEMES = ("light", "dark")
HEIGHT = 900

# axe's own values for contrast, but that one letter and a sign are held to the contrast of words
CONTRAST = """() => axe.configure({checks: [{id: "color-contrast", options: {
  ignoreUnicode: false, ignoreLength: true, ignorePseudo: false, boldValue: 700, boldTextPt: 14, largeTextPt: 18,
  contrastRatio: {normal: {expected: 4.5}, large: {expected: 3}}, pseudoSizeThreshold: 0.25, shadowOutlineEmMax: 0.2,
  textStrokeEmMin: 0.03}}]})"""
AXE = """async ([include, rules]) => {
  const found = await axe.run(include ? {include} : document, {
    resultTypes: ["violations", "incomplete"], ...(rules ? {runOnly: rules} : {})});
  const said = (rule) => rule.nodes.map((node) => ({id: rule.id, target: node.target, said: `${rule.id}: ${
    node.target.join(" ")}: ${[...node.any, ...node.all, ...node.none].map((c) => c.message).join("; ")}`}));
  return [found.violations.flatMap(said), found.incomplete.flatMap(said)];
}"""
# What a box has scrolled out of sight cannot be decided as it lies: it is laid open on a wide page and looked at again.
# The box is made as wide as what it holds, and all that it stands in, so that all of it has their background behind it.
WIDE = 10_000
OPEN = """() => { const open = document.head.appendChild(document.createElement("style")); open.id = "laid-open";
  open.textContent = `.table-scroll, pre, math { overflow: visible !important; inline-size: max-content !important;
    min-inline-size: 100% } main :has(.table-scroll, pre, math) { inline-size: max-content !important;
    min-inline-size: 100% !important } body { max-inline-size: none !important }
    .toc { display: none !important }`; }"""
SHUT = """() => document.getElementById("laid-open").remove()"""
TOO_WIDE = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
  return [`${document.documentElement.scrollWidth} pixels; ` + wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 80))];
}"""


class Seen(NamedTuple):
    """What is wrong with the pages that were looked at, each line beginning with the page's address."""

    pages: list[str]
    violations: list[str]
    incomplete: list[str]
    console: list[str]
    elsewhere: list[str]  # requests to other hosts
    scrolling: list[str]  # pages that scroll sideways at the smallest width


class Watch:
    """What goes wrong in a page from now on: words on the console, errors, requests to other hosts or that fail.

    A request that its page left behind is no failure: a browser breaks off what it still loads when it follows a link.
    Nor is one for what was loaded whole at another time: it asks for a page's icon again when the address changes, and
    breaks that off when the page is read anew.
    """

    def __init__(self, page: Any, address: str) -> None:
        self.wrong: list[str] = []
        self._page, self._address = page, address
        self._left = 0  # how often the page was told to go elsewhere
        self._open: dict[Any, int] = {}  # what is being loaded, and how often the page had been left when it was asked
        page.on("console", lambda message: self.wrong.append(message.text))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", self._asked)
        self._whole: set[str] = set()
        self._broken_off: list[str] = []
        page.on("requestfinished", self._finished)
        page.on("requestfailed", self._failed)

    def _asked(self, request: Any) -> None:
        self._left += request.is_navigation_request() and request.frame == self._page.main_frame
        self._open[request] = self._left
        if not request.url.startswith(self._address):
            self.wrong.append(request.url)

    def _finished(self, request: Any) -> None:
        self._open.pop(request, None)
        self._whole.add(request.url)

    def _failed(self, request: Any) -> None:
        asked = self._open.pop(request, self._left)
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"failed: {request.url}: {request.failure}")
        elif asked == self._left:
            self._broken_off.append(request.url)

    def settle(self) -> None:
        """Wait until nothing is being loaded: closing a page breaks off its requests. At most five seconds."""
        for _ in range(100):
            if not self._open:
                break
            self._page.wait_for_timeout(50)
        self.wrong += [f"never answered: {request.url}" for request in self._open]
        self.wrong += [f"failed: {url}: net::ERR_ABORTED" for url in self._broken_off if url not in self._whole]


def look(chromium: Any, host: str, base: str, paths: list[str], axe: Path) -> Seen:
    """Opens every page; `host` is the server's address, `base` the path of the site below it."""
    seen = Seen([], [], [], [], [], [])
    context = chromium.new_context(viewport={"width": WIDTHS[0], "height": HEIGHT})
    context.add_init_script(path=axe)
    page = context.new_page()
    at = ""
    page.on("console", lambda message: seen.console.append(f"{at}: {message.text}"))
    page.on("pageerror", lambda error: seen.console.append(f"{at}: {error}"))
    own = urlsplit(host).netloc

    def asked(request: Any) -> None:
        if urlsplit(request.url).scheme in ("http", "https", "ws", "wss") and urlsplit(request.url).netloc != own:
            seen.elsewhere.append(f"{at}: {request.url}")

    page.on("request", asked)
    for path in paths:
        at = f"/{path}"
        seen.pages.append(path)
        page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        page.goto(host + base + path, wait_until="load")
        page.evaluate(CONTRAST)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            if width == WIDTHS[0]:
                seen.scrolling.extend(f"{at}: {said}" for said in page.evaluate(TOO_WIDE))
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                violations, undecided = judged(page, width)
                seen.violations.extend(f"{at} {width} {scheme}: {said}" for said in violations)
                seen.incomplete.extend(f"{at} {width} {scheme}: {said}" for said in undecided)
    context.close()
    return seen


def judged(page: Any, width: int) -> tuple[list[str], list[str]]:
    """What axe-core finds wrong with a page as it lies, and what it cannot decide."""
    violations, undecided = page.evaluate(AXE, [None, None])
    hidden = [node["target"] for node in undecided if node["id"] == "color-contrast"]
    if hidden:
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        page.evaluate(OPEN)
        more, still = page.evaluate(AXE, [hidden, ["color-contrast"]])
        page.evaluate(SHUT)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        violations += more
        undecided = [node for node in undecided if node["id"] != "color-contrast"] + still
    return [node["said"] for node in violations], [node["said"] for node in undecided]
