"""Frozen values that cross the seam. Plugins import them from `unionhall.plugin`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from flask_babel import LazyString
from markupsafe import Markup

Text = str | LazyString


class Role(StrEnum):
    """What somebody may be in an org's subtree; which permissions a role brings is said with each permission."""

    CORRESPONDENT = "correspondent"
    EDITOR = "editor"
    CHIEF_EDITOR = "chief_editor"
    ORG_ADMIN = "org_admin"
    CLERK = "clerk"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"


STAFF = tuple(Role)


@dataclass(frozen=True, slots=True)
class Plugin:
    """What a plugin says of itself; `requires` names other plugins, `version` is read from its distribution.

    A large plugin is built from parts, packages of its own with the same rooms: each name in `parts` is one whose `hooks`
    module brings more hook implementations, called after those of the plugin's own module ("joining" is `<package>.joining.hooks`).
    """

    name: str
    label: Text
    summary: Text
    requires: tuple[str, ...] = ()
    icon: str = "plug"
    parts: tuple[str, ...] = ()

    @property
    def url_prefix(self) -> str:
        """Where its pages live: `/<name>/` for readers and `/desk/<name>/` for editors."""
        return f"/{self.name}"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role held in one org's subtree, with the permissions that the role brings now."""

    role: str
    org_id: int
    org_path: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account with its grants in force, nobody (a reader), or the system itself."""

    account_id: int | None = None
    name: str = ""
    login: str = ""
    grants: tuple[Grant, ...] = ()
    system: bool = False

    @property
    def known(self) -> bool:
        """True when somebody is logged in."""
        return self.account_id is not None

    def paths(self, permission: str) -> tuple[str, ...]:
        """Return the org paths in whose subtrees the actor holds the permission."""
        return tuple({grant.org_path: None for grant in self.grants if permission in grant.permissions})


READER = Actor()
SYSTEM = Actor(name="system", system=True)


@dataclass(frozen=True, slots=True)
class Permission:
    """A right with its label and the roles that bring it."""

    name: str
    label: Text
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleKind:
    """A role that a plugin adds to those of the core ("chapters.officer"), given by administrators of an org.

    It brings the permissions that name it in their `roles`, and those of the core named in `brings` ("media.use").
    """

    name: str
    label: Text
    summary: Text = ""
    brings: tuple[str, ...] = ()


Area = Literal["main", "tabbar", "footer", "desk", "create", "my"]


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of a menu; in the desk, `group` is its heading and `count` what waits there."""

    label: Text
    url: str
    icon: str = "doc"
    order: int = 100
    group: Text = ""
    count: int = 0
    count_label: Text = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A panel of a dashboard; `place` is "stat", "main" or "side", `body` safe HTML."""

    body: Markup
    place: Literal["stat", "main", "side"] = "main"
    order: int = 100


@dataclass(frozen=True, slots=True)
class PageView:
    """The page that a slot is rendered on: its kind ("news.article"), the object's id and org."""

    kind: str
    object_id: int | None = None
    org_id: int | None = None


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A public address (site-relative) and when it last changed."""

    url: str
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of an Atom feed; `id` never changes, `url` is site-relative."""

    id: str
    url: str
    title: str
    updated: datetime
    published: datetime
    authors: tuple[str, ...] = ()
    summary: str = ""
    content: Markup = Markup("")  # noqa: RUF009 - Markup is immutable


@dataclass(frozen=True, slots=True)
class Job:
    """Repeatable work. `run(now)` opens its own unit of work and may be called again after a crash.

    One that is `long` takes minutes at times: it runs beside the others and holds none of them up.
    """

    name: str
    label: Text
    every: timedelta
    run: Callable[[datetime], object]
    long: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened and is stored; delivered after the commit, at least once."""

    name: str
    object_id: int
    org_id: int | None = None
    data: Mapping[str, str | int | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HomeBlock:
    """A block of the public home page; `place` "lead", "main", "side"; `body` safe HTML."""

    body: Markup
    place: Literal["lead", "main", "side"] = "main"
    order: int = 100


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What may be found of one object that everybody may read: plain text. `org_path` is its org's, `at` when it appeared."""

    kind: str
    id: int
    title: str
    body: str = ""
    summary: str = ""
    keywords: str = ""
    section: str = ""
    org_path: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One object as a list of results shows it; `text` is plain, the snippet is cut from it."""

    kind: str
    id: int
    url: str
    title: str
    text: str = ""
    label: str = ""
    org: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SearchSource:
    """Something that search finds. All four functions see only what everybody may read at this moment.

    `documents(ids)` gives those of the ids that may be found; `ids(after, limit)` all ids above `after`, ascending;
    `results(ids)` those that may be shown; `look(words, limit)` ids by plain comparison, newest first, for the time in
    which there is no index. `suggest(start, limit)` completes what is being typed; `facets()` names the values that
    "section" or "org" can be limited to, as (value, label).
    """

    kind: str
    label: Text
    documents: Callable[[Sequence[int]], Iterable[SearchDocument]]
    ids: Callable[[int, int], Sequence[int]]
    results: Callable[[Sequence[int]], Iterable[SearchResult]]
    look: Callable[[Sequence[str], int], Sequence[int]]
    suggest: Callable[[str, int], Iterable[str]] | None = None
    facets: Callable[[], Mapping[str, Sequence[tuple[str, str]]]] | None = None


@dataclass(frozen=True, slots=True)
class MediaPlace:
    """An object that shows assets of the media library, and where its editors find it.

    `public` says that readers see it, `settled` that its text may not be changed any more without its reviewers: what it
    shows is then changed only by those who may manage the library.
    """

    id: int
    title: str
    url: str
    public: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True)
class MediaUser:
    """A kind of object that shows assets of the media library, "news.article".

    `places(ids, actor)` gives those of the ids that the actor may know of; `page_tag` with an id behind it is the page
    cache's tag of every page that shows the object, "news:article:".
    """

    kind: str
    label: Text
    places: Callable[[Sequence[int], Actor], Iterable[MediaPlace]]
    page_tag: str
