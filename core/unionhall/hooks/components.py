"""What a campaign is made of: the components that the core and plugins offer, and what they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from markupsafe import Markup
from wtforms import Form

from unionhall.hooks.types import Actor, Text


@dataclass(frozen=True, slots=True)
class ComponentView:
    """One component of one campaign, as its type sees it. `state` is the campaign's, `preview` says that an editor looks.

    `audience` says who may take part: "public" (everybody), "account" (logged in), "members" (activated members) or
    "subtree" (activated members with a membership at or below `org_path`).
    """

    id: int
    campaign_id: int
    kind: str
    title: str
    config: Mapping[str, Any]
    org_id: int
    org_path: str
    state: str
    starts_at: datetime | None
    ends_at: datetime | None
    audience: str = "public"
    campaign_title: str = ""
    campaign_url: str = ""
    preview: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a component. `people` counts each person once, `times` person-times; None where it has no meaning.

    `of` is what it is measured against (places, a goal); `url` opens the rows behind it in the desk; `by_day` is for charts,
    `by_org` ({org id: people, or person-times where there are no people}) for the table of orgs.
    """

    label: Text
    people: int | None = None
    times: int | None = None
    of: int | None = None
    url: str = ""
    by_day: Mapping[date, int] = field(default_factory=dict)
    by_org: Mapping[int, int] = field(default_factory=dict)


Moved = Callable[[ComponentView, str, str, Actor, datetime], None]


@dataclass(frozen=True, slots=True)
class ComponentType:
    """A kind of component that an editor may put into a campaign, "signups.sheet".

    `render(view, now)` returns its part of the public page, which is cached for everybody: nothing personal in it; tag the
    page with what it shows. `form()` is the form of its settings; what its fields hold becomes `config`, as JSON values
    (`config_of(form)` when a field's data is none). Inside the unit of work that does it: `added(view, actor, now)` makes
    what it needs and returns the config to keep, `copied(old, new, actor, now)` the same for a copy of a campaign,
    `removed(view, actor, now)` takes it away, or refuses with RuleBroken; `moved(view, before, after, actor, now)` hears
    that the campaign changed its state. `lacks(view)` names what is missing before the campaign may go to review.
    `setup_url(view)` leads to a desk page of its own. `frozen` names config keys that may not change once the campaign
    has run (True: none may). `figures(view)` and `result(view, now)` serve the live figures and the result page. Jobs
    count figures too, where there is no request and `url_for` fails: write addresses out. `data(view, now)` returns what
    programs get beside the HTML (JSON values, nothing personal), {"sheet": 17}.
    `place` "rail" puts it beside the text on wide screens and before it on phones: for what people come to do.
    """

    kind: str
    label: Text
    summary: Text
    render: Callable[[ComponentView, datetime], Markup]
    icon: str = "doc"
    form: Callable[[], type[Form]] | None = None
    config_of: Callable[[Form], Mapping[str, Any]] | None = None
    added: Callable[[ComponentView, Actor, datetime], Mapping[str, Any]] | None = None
    copied: Callable[[ComponentView, ComponentView, Actor, datetime], Mapping[str, Any]] | None = None
    removed: Callable[[ComponentView, Actor, datetime], None] | None = None
    moved: Moved | None = None
    lacks: Callable[[ComponentView], Iterable[Text]] | None = None
    setup_url: Callable[[ComponentView], str] | None = None
    figures: Callable[[ComponentView], Iterable[Figure]] | None = None
    result: Callable[[ComponentView, datetime], Markup] | None = None
    data: Callable[[ComponentView, datetime], Mapping[str, Any]] | None = None
    once: bool = False
    place: Literal["main", "rail"] = "main"
    frozen: tuple[str, ...] | bool = ()
