"""`sitegen serve`: the site in the browser while it is written."""

import gc
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import click
import msgspec

from sitegen.cli.shared import Globals, counted, global_options, shown_problems

if TYPE_CHECKING:
    from sitegen.serve.preview import News

PATHS_SHOWN = 3
SWITCH_S = 0.0005  # between threads; in Python's 5 ms a page that is asked for waits at each step for the idle work
YOUNG = (
    50_000,
    20,
    50,
)  # values made before a collection: edits make few cycles, and a large site is slow to search


@click.command("serve")
@global_options
@click.option("-u", "--base-url", help="The site's address, instead of the config's base_url.")
@click.option("-j", "--jobs", type=click.IntRange(1, 1024), help="How many processes read the site at the start.")
@click.option("-p", "--port", type=click.IntRange(1, 65_535), help="Where to listen (8000, or the next free one).")
@click.option("--host", help="The address to listen at (127.0.0.1: nobody else sees it).")
@click.option("--allow-host", multiple=True, metavar="NAME", help="A further host name that may be asked for.")
@click.option("-O", "--open", "open_", is_flag=True, default=None, help="Open the site in a browser.")
@click.option("-N", "--navigate", is_flag=True, default=None, help="Go to the article that was changed.")
@click.option("--poll", is_flag=True, default=None, help="Look at the files regularly, where no events come.")
@click.option("--published", is_flag=True, default=None, help="Without drafts and articles dated ahead.")
@click.option("--editor", metavar="COMMAND", help="Opens places in your editor:  'code -g {path}:{line}:{column}'.")
def command(
    settings: Globals,
    *,
    base_url: str | None,
    jobs: int | None,
    port: int | None,
    host: str | None,
    allow_host: tuple[str, ...],
    **given: bool | str | None,
) -> int:
    """Preview the site while you write.

    Save, and the page in the browser is right. Drafts and articles dated ahead are shown, as  build -D -F  would.
    Errors appear in the page, with the place and the way to mend it. Ctrl-C ends it.
    """
    gc.disable()  # until the site is read: no cycles worth looking for are made meanwhile
    from sitegen.build.live import LiveOptions  # noqa: PLC0415 -- heavy, and only this command's
    from sitegen.catalog.published import Audience  # noqa: PLC0415
    from sitegen.config import load_config  # noqa: PLC0415
    from sitegen.serve.preview import News, Preview, PreviewOptions, Told  # noqa: PLC0415

    root, config = settings.site()
    defaults = load_config(config.read_bytes(), config.name)[0].serve
    chosen = {
        name: given[option] if given[option] is not None else getattr(defaults, name)
        for name, option in (("open", "open_"), *((n, n) for n in ("navigate", "poll", "published", "editor")))
    }
    shows_all = not chosen["published"]
    live = LiveOptions(
        base_url=base_url,
        audience=Audience(drafts=shows_all, future=shows_all),
        jobs=jobs or os.cpu_count() or 1,
    )
    options = PreviewOptions(
        host=host or defaults.host,
        port=port or defaults.port,
        fixed=port is not None,
        hosts=(*defaults.allow_hosts, *allow_host),
        navigate=bool(chosen["navigate"]),
        poll=bool(chosen["poll"]),
        editor=str(chosen["editor"] or ""),
    )

    def told(news: News) -> None:
        if settings.json:
            settings.show_json({"kind": type(news).__name__.lower(), **msgspec.to_builtins(news)})
        elif line := _line(news):
            settings.say(line)
        shown_problems(news.change.problems if isinstance(news, Told) else news.problems, color=settings.color)

    sys.setswitchinterval(SWITCH_S)
    gc.set_threshold(*YOUNG)
    preview = Preview(root, config, live, options, told)
    asked, listens = _Asked(), False
    try:
        with asked.until():
            preview.read()
            with asked.later():
                preview.listen()
                listens = True
            gc.enable()
            shown_problems(preview.live.problems(), color=settings.color)
            _greet(settings, preview.address, options.port, preview.server.server_address[1])
            if preview.watcher.polls:
                settings.say(f"Files are looked at regularly: {preview.watcher.reason}.")
            if chosen["open"]:
                click.launch(preview.address)
            while True:
                time.sleep(3600)
    finally:
        if listens:
            preview.stop()
    settings.say("\nStopped.")
    return 0


def _greet(settings: Globals, address: str, wanted: int, port: int) -> None:
    if port != wanted:
        settings.say(f"Port {wanted} is taken; this is the next free one.")
    settings.say(f"Here is the site: {address}\nPress Ctrl-C to stop.")


class _End(BaseException):
    """Somebody asked the process to end."""


class _Asked:
    """Whether somebody asked the process to end, by Ctrl-C or by a signal: then what is done inside `until` ends.

    The signal raises rather than sets an event: it may come while the main thread holds the event's lock. What must not
    be broken off, such as the start of threads, is done `later`.
    """

    def __init__(self) -> None:
        self._waits = False
        self._pending = False

    def _end(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._pending = True
        if not self._waits:
            raise _End

    @contextmanager
    def until(self) -> Iterator[None]:
        """What is done inside goes on until somebody asks."""
        before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            for each in before:
                signal.signal(each, self._end)
            yield
        except _End:
            pass
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    @contextmanager
    def later(self) -> Iterator[None]:
        """What is done inside is done whole first."""
        self._waits = True
        yield
        self._waits = False
        if self._pending:
            raise _End


def _line(news: "News") -> str:
    """`content/a.md: 1 open page changed, 9 ms`; "" where what is wrong says it all."""
    from sitegen.serve.preview import Noticed, Told  # noqa: PLC0415 -- as above

    if isinstance(news, Told):
        what = _named(news.change.paths) or "the time has come for an article"
        return f"{what}: {counted(news.pages, 'open page')} changed, {news.change.seconds * 1000:.0f} ms"
    if isinstance(news, Noticed):
        return "" if news.total else "Nothing is wrong between articles any more."
    if not news.articles:
        return ""
    sources = _named(tuple(dict.fromkeys(source for source, _, _ in news.articles)))
    places = _named(tuple(f"{place} ({action})" for _, place, action in news.articles))
    return f"{sources}: imported as {places}, {news.seconds * 1000:.0f} ms"


def _named(paths: tuple[str, ...]) -> str:
    more = f" and {len(paths) - PATHS_SHOWN:,} more" if len(paths) > PATHS_SHOWN else ""
    return ", ".join(paths[:PATHS_SHOWN]) + more
