"""What is doubtful in articles beyond what reading them says: dates, pictures without words, translations, wanted ones.

Invariant: the clock is an argument; drafts are looked at as well, since they are about to be published.
"""

from collections import Counter
from collections.abc import Iterator

from sitegen.build.listing import list_wanted
from sitegen.build.work import Head
from sitegen.catalog.published import starts
from sitegen.check.looking import Looked
from sitegen.check.places import Severity, body_start, key_place, place_of, problem_at
from sitegen.errors import Problem, Where
from sitegen.model import Moment
from sitegen.regex import regex

FIRST_YEAR = 1000  # a year with fewer digits lost some
YEAR_S = 31_557_600
FAR_S = 2 * YEAR_S  # further ahead than anybody plans an article


def article_problems(looked: Looked) -> list[Problem]:
    """Everything that is doubtful in single articles, in order of source."""
    found: list[Problem] = []
    for source, head in sorted(looked.site.sources.heads.items()):
        found += _dates(looked, source, head)
        found += _pictures(looked, source, head)
    return [*found, *_translations(looked), *_wanted(looked)]


def _at_key(
    looked: Looked,
    source: str,
    names: tuple[str, ...],
    code: str,
    message: str,
    help: str,
    severity: Severity = "warning",
) -> Problem:
    text = looked.source_text(source)
    path = f"{looked.content}/{source}"
    return problem_at(path, text, key_place(text, names), code, message, help, severity=severity)


_NAMES = {
    "date": ("date", "published"),
    "updated": ("updated", "lastmod", "modified"),
    "publish_date": ("publish_date", "publishDate"),
    "expires": ("expires", "expiryDate"),
}


def _dates(looked: Looked, source: str, head: Head) -> Iterator[Problem]:
    keys = head.keys
    now = looked.as_of
    for name in ("date", "updated", "publish_date", "expires"):
        moment: Moment | None = getattr(keys, name)
        if moment is None:
            continue
        why = _impossible(moment, now, ahead=name in ("date", "updated"))
        if why:
            help = f"correct the date, or delete the line  {name}:"
            yield _at_key(looked, source, _NAMES[name], "date.impossible", f"{name}: {moment.date} {why}", help)
            return
    begin = starts(keys)
    if begin is not None and begin > now and not keys.draft:
        names = _NAMES["publish_date"] if keys.publish_date else _NAMES["date"]
        when = (keys.publish_date or keys.date or Moment("", 0)).date
        message = f"{names[0]}: {when} is still to come, so the article is not published until then"
        yield _at_key(looked, source, names, "date.future", message, "build again on that day, or change it", "note")
    if keys.updated and keys.date and keys.updated.epoch < keys.date.epoch and keys.updated.date != keys.date.date:
        message = f"updated: {keys.updated.date} is before the date, {keys.date.date}"
        yield _at_key(looked, source, _NAMES["updated"], "date.updated", message, "correct one of the two")
    if keys.expires and begin is not None and keys.expires.epoch <= begin:
        message = f"expires: {keys.expires.date} is not after the article's beginning: it is never published"
        yield _at_key(
            looked, source, _NAMES["expires"], "date.expires", message, "write a later day, or delete the line"
        )


def _impossible(moment: Moment, now: int, *, ahead: bool) -> str:
    if moment.year < FIRST_YEAR:
        return "lies before the year 1000"
    if moment.epoch == 0:
        return "is what programs write when they know no date"
    if ahead and moment.epoch > now + FAR_S:
        return f"lies {(moment.epoch - now) // YEAR_S} years ahead"
    return ""


_BARE = regex(r"!\[[ \t]*\]\(|<img\b(?![^>\n]*\balt=[\"'][^\"'])[^>\n]*>?")


def _pictures(looked: Looked, source: str, head: Head) -> Iterator[Problem]:
    help = "say in a few words what it shows, for those who cannot see it"
    facts = looked.texts.get(source)
    if facts is not None and facts.silent:
        text = looked.source_text(source)
        start = body_start(text)
        for found in list(_BARE.finditer(text, start))[: facts.silent]:
            line = text.count("\n", 0, found.start()) + 1
            place = line, found.start() - (text.rfind("\n", 0, found.start()) + 1) + 1, len(found[0].rstrip("("))
            message = "this picture has no alternative text"
            yield problem_at(f"{looked.content}/{source}", text, place, "image.alt", message, help)
    image = head.card.image
    if image is not None and image.src and not image.alt:
        message = "image: the picture has no alternative text"
        yield _at_key(looked, source, ("image", "cover"), "image.alt", message, f"add  alt:  below image:, and {help}")


def _translations(looked: Looked) -> Iterator[Problem]:
    ask = looked.site.snapshot.ask
    heads = {head.keys.id: head for head in looked.site.published}
    for head in looked.site.published:
        named = head.keys.translation_of
        if named and ask(("target", named)) is None:
            message = f"translation_of: nothing published has the id {named}"
            help = "write the path of the original below content/, without .md"
            yield _at_key(looked, head.keys.source, ("translation_of",), "translation.unknown", message, help)
    groups = {ids for ids in looked.site.snapshot.table("tongues").values() if len(ids) > 1}
    usual = looked.site.settings.config.language
    spoken = Counter(language for ids in groups for language in {heads[id].keys.lang or usual for id in ids})
    for ids in sorted(groups):
        here = {heads[id].keys.lang or usual for id in ids}
        missing = sorted(
            language for language, count in spoken.items() if language not in here and count * 2 >= len(groups)
        )
        if missing:
            first = next((heads[id] for id in ids if not heads[id].keys.translation_of), heads[ids[0]])
            message = f"is not translated into {', '.join(missing)}, as others are"
            help = f"write it with  translation_of: {first.keys.id}"
            where = Where(f"{looked.content}/{first.keys.source}")
            yield Problem(code="translation.missing", where=where, message=message, help=help, severity="note")
    yield from _languages(looked, usual)


def _languages(looked: Looked, usual: str) -> Iterator[Problem]:
    """Languages that the theme has no words in."""
    words = looked.site.theme.strings
    told = set()
    for head in looked.site.published:
        language = head.keys.lang or usual
        if language in told or language in words or language.partition("-")[0] in words or language.startswith("en"):
            continue
        told.add(language)
        message = f"is in {language}, which the theme has no words in; buttons and labels stay English"
        help = f"write  themes/NAME/i18n/{language}.yaml , or name another theme"
        where = Where(f"{looked.content}/{head.keys.source}")
        yield Problem(code="translation.theme", where=where, message=message, help=help, severity="note")


def _wanted(looked: Looked) -> Iterator[Problem]:
    for wanted in list_wanted(looked.site):
        first = wanted.wanted_by[0]
        source = first.source.removeprefix(f"{looked.content}/")
        text = looked.source_text(source)
        more = len(wanted.wanted_by) - 1
        by = f", by {more:,} more article{'s' if more > 1 else ''} too" if more else ""
        if wanted.unpublished:
            message, help = f'"{wanted.title}" is wanted here{by}, and not published', f"publish {wanted.unpublished}"
        else:
            message = f'"{wanted.title}" is wanted here{by}, and there is no such article'
            help = "write it, import it, or give the title as the article has it"
        place = place_of(text, (wanted.title, wanted.title.replace('"', '\\"')))
        yield problem_at(first.source, text, place, "article.wanted", message, help, severity="note")
