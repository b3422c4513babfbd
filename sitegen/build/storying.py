"""Stories of a site: what the rules are given, and what `stories.yaml` names that is not there.

Invariant: a site without stories pays nothing for them: the rules that would look for some are left out.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from sitegen.build.settings import SiteSettings
from sitegen.build.work import Head, names_in
from sitegen.catalog.bonds import StoryRules
from sitegen.catalog.links import find, targets
from sitegen.catalog.stories import Told
from sitegen.config import Curation, load_curation
from sitegen.config.curation import FILE, FOLDER, Named
from sitegen.digest import digest_value
from sitegen.engine import Input, Rule, Snapshot
from sitegen.errors import ConfigError, Problem, Where
from sitegen.notation.words import near

SEEKING = ("bonds", "picked", "told")  # rules that only a site with stories has


class Storied(msgspec.Struct, frozen=True):
    """What `stories.yaml` says, and where it names articles and stories."""

    curation: Curation = Curation()
    named: tuple[Named, ...] = ()


def read_stories(content: bytes) -> Storied:
    """Raises: ConfigError with every fault."""
    if not content:
        return Storied()
    curation, named, problems = load_curation(content)
    if problems:
        raise ConfigError(problems)
    return Storied(curation, named)


def story_rules(
    rules: Mapping[str, Rule], settings: SiteSettings, storied: Storied
) -> tuple[dict[str, Rule], dict[str, Input]]:
    """The rules of a site, and what those of stories read."""
    if not settings.plan.stories:
        return _without(rules, SEEKING), {"told": _given(Told())}
    config = settings.config.stories
    given = {"story_rules": _given(StoryRules(config.least, config.days, storied.curation))}
    if any(each.of in ("articles", "exclude") for each in storied.named):
        return dict(rules), given
    return _without(rules, ("picked",)), {**given, "picked": _given({})}


def _without(rules: Mapping[str, Rule], names: Sequence[str]) -> dict[str, Rule]:
    return {name: rule for name, rule in rules.items() if name not in names}


def _given(value: object) -> Input:
    return Input(value, digest_value(value))


def story_findings(named: Sequence[Named], snapshot: Snapshot, heads: Mapping[str, Head]) -> list[Problem]:
    """A warning for each article and each story that `stories.yaml` names and nothing answers to. An article that is
    not published yet is no fault.
    """
    if not named or "told" not in snapshot.rules:
        return []
    return _Looking(named, snapshot, heads).found()


class _Looking:
    """What the questions below share."""

    def __init__(self, named: Sequence[Named], snapshot: Snapshot, heads: Mapping[str, Head]) -> None:
        self.named = named
        self.heads = heads
        self.picked: Mapping[str, str | None] = snapshot.table("picked")
        self.slugs: tuple[str, ...] = snapshot.table("told").slugs
        self.kinds = {head.id: head.kind for head in heads.values()}
        self.curated = {each.key for each in named}
        self.seeded = {each.key for each in named if each.of == "articles"}

    def found(self) -> list[Problem]:
        problems: list[Problem] = []
        owners: dict[str, str] = {}
        for each in self.named:
            if each.of == "key" and each.key not in self.slugs and each.key not in self.seeded:
                problems.append(self._no_story(each))
            elif each.of == "merge" and (each.name in self.seeded or each.name not in self.slugs):
                problems.append(self._no_merge(each))
            elif each.of in ("articles", "exclude"):
                problems += self._article(each, owners)
        return problems

    def _article(self, each: Named, owners: dict[str, str]) -> list[Problem]:
        id = self.picked.get(each.name)
        if id is None:
            if find(self.everything(), "", each.name) is not None:
                return []
            best = near(each.name, self.names())
            help = f"did you mean {best}?" if best else "write its id, its slug, its title or its address"
            return [_warning(each, "article", f'there is no article "{each.name}"', help)]
        if self.kinds.get(id) == "page":
            help = "stories are told by articles; take it out"
            return [_warning(each, "page", f'"{each.name}" is a page, not an article', help)]
        owner = owners.setdefault(id, each.key or "exclude")
        if owner != (each.key or "exclude"):
            where = "is excluded" if owner == "exclude" else f"belongs to {owner}"
            return [_warning(each, "twice", f'"{each.name}" {where} already', "name it once")]
        return []

    def _no_story(self, each: Named) -> Problem:
        best = near(each.key, [slug for slug in self.slugs if slug not in self.curated])
        help = (
            f"did you mean {best}?"
            if best
            else "add  articles: […]  with one of its articles, and it stands there; sitegen list stories names all"
        )
        return _warning(each, "story", f"no story stands at {FOLDER}{each.key}/", help)

    def _no_merge(self, each: Named) -> Problem:
        if each.name in self.seeded:
            message = f'"{each.name}" names articles of its own, so it cannot be merged'
            return _warning(each, "merge", message, "put those articles here, and take that story out")
        best = near(each.name, self.slugs)
        help = f"did you mean {best}?" if best else "sitegen list stories  names all stories"
        return _warning(each, "merge", f"no story stands at {FOLDER}{each.name}/", help)

    def everything(self) -> dict[str, str]:
        """Names of all articles that could be read, published or not."""
        heads = self.heads.values()
        return targets(tuple(names_in(head.keys) for head in heads), {head.id: head.card.title for head in heads})

    def names(self) -> list[str]:
        """Ids, slugs and titles."""
        heads = list(self.heads.values())
        return [*self.kinds, *(head.keys.slug for head in heads), *(head.card.title for head in heads)]


class LostStory(msgspec.Struct, frozen=True):
    """What became of a story: its slug, the article that it was called after, and the slug of the story that has this
    article now; each "" where it is not known.
    """

    slug: str
    article: str = ""
    heir: str = ""


def lost_story(url: str, snapshot: Snapshot, published: Sequence[Head]) -> LostStory | None:
    """What became of the story at an address where none stands now; None for another address, or without stories."""
    slug = url.removeprefix(FOLDER).strip("/")
    if not url.startswith(FOLDER) or not slug or "/" in slug or "told" not in snapshot.rules:
        return None
    named = [head.id for head in published if head.keys.slug == slug]
    if len(named) != 1:
        return LostStory(slug)
    return LostStory(slug, named[0], snapshot.table("story_ids").get(named[0], ""))


def story_mend(snapshot: Snapshot, published: Sequence[Head]) -> Callable[[str], str]:
    """How to keep the published address of a story; "" for an address that is none of a story."""

    def mend(url: str) -> str:
        lost = lost_story(url, snapshot, published)
        if lost is None:
            return ""
        if lost.heir:
            return (
                f"add  aliases: [{lost.slug}]  to  {lost.heir}:  below  stories:  in {FILE}; its articles are told at "
                f"{FOLDER}{lost.heir}/ now"
            )
        if lost.article:
            return (
                f"add  {lost.slug}: {{articles: [{lost.article}]}}  below  stories:  in {FILE}, which keeps its page; "
                f"or  aliases: [{lost.slug}]  to the story that took its place"
            )
        return f"add  aliases: [{lost.slug}]  in {FILE} to the story that took its place, or name its articles there"

    return mend


def _warning(each: Named, code: str, message: str, help: str) -> Problem:
    return Problem(
        code=f"stories.{code}",
        where=Where(FILE, each.line, each.column),
        message=message,
        excerpt=each.excerpt,
        width=each.width,
        help=help,
        severity="warning",
    )
