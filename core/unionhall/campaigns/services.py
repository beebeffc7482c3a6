"""Making and changing campaigns; nothing of two people's work is lost: who saves second gets Conflict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.base import clock, db, richtext
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.base.text import slugify, tidy
from unionhall.campaigns import pages, states
from unionhall.campaigns.models import Address, Audience, Campaign, State, Step
from unionhall.hooks.types import Actor
from unionhall.orgs.models import Org
from unionhall.platform import access, audit

LIMITS = {"title": 120, "summary": 300, "goal_text": 200, "cover_alt": 200, "slug": 80}
LARGEST_GOAL = 1_000_000_000
LONGEST = timedelta(days=3 * 366)
SHORT = 40  # an address that is made from a title, so that it fits on a poster
RESERVED = frozenset({"calendar", "new"})


@dataclass(frozen=True, kw_only=True)
class Basics:
    """What a campaign is, as typed. Moments are aware; `slug` empty: made from the title, or left as it is."""

    title: str
    summary: str = ""
    goal_text: str = ""
    goal_number: int | None = None
    cover_id: int | None = None
    cover_alt: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    audience: str = Audience.MEMBERS.value
    slug: str = ""


class ChangedMeanwhile(Conflict):
    """Somebody saved after this page was opened; nothing of either is lost: the page shows both."""


def create(
    org: Org, basics: Basics, *, actor: Actor, now: datetime, copied_from_id: int | None = None, origin: str | None = None
) -> Campaign:
    """Return a new draft of an org; `origin` names the form it came from. Raises NotAllowed, RuleBroken at a field, Conflict when
    the same form makes it a second time at this moment.
    """
    access.require(actor, states.EDIT, org)
    values = _tidied(basics)
    campaign = Campaign(
        org_id=org.id, slug="", created_by=actor.account_id, created_at=now, updated_at=now, copied_from_id=copied_from_id,
        origin=origin, **values,
    )  # fmt: skip
    _give_address(campaign, basics.slug or campaign.title, now, chosen=bool(basics.slug))
    db.session().add(Step(
        campaign_id=campaign.id, action="create", from_state="", to_state=State.DRAFT.value, account_id=actor.account_id, at=now,
    ))  # fmt: skip
    db.session().flush()
    db.session().refresh(campaign)
    pages.note_media(campaign)
    audit.record("campaigns.created", f"campaign:{campaign.id}", actor=actor, now=now, org_id=org.id)
    return campaign


def save(campaign: Campaign, basics: Basics, *, version: int, actor: Actor, now: datetime) -> None:
    """Change the basics on top of the version that the page was opened with.

    Raises ChangedMeanwhile when somebody else saved since, RuleBroken at a field, Conflict in a state that allows no change.
    """
    states.require_edit(actor, campaign)
    values = _tidied(basics)
    _check_running(campaign, values, now)
    wanted = tidy(basics.slug)
    changed = {name: value for name, value in values.items() if getattr(campaign, name) != value}
    statement = (
        update(Campaign).where(Campaign.id == campaign.id, Campaign.version == version, Campaign.state == campaign.state)
        .values(version=version + 1, updated_at=now, **values).execution_options(synchronize_session=False)
    )  # fmt: skip
    if db.update_count(statement) != 1:
        raise ChangedMeanwhile(_("你打开这一页以后，别人改过并保存了。下面是两份内容，你写的都还在。"))
    db.session().refresh(campaign)
    if wanted and wanted != campaign.slug:
        _give_address(campaign, wanted, now, chosen=True)
    if campaign.ran:
        _note_change(campaign, changed, actor, now)
    audit.record("campaigns.changed", f"campaign:{campaign.id}", actor=actor, now=now, org_id=campaign.org_id, fields=sorted(changed))
    pages.changed(campaign, now)


def remove_template(campaign: Campaign, *, actor: Actor, now: datetime) -> None:
    """Put a template away. Raises Conflict for a campaign that is none."""
    states.require_edit(actor, campaign)
    if not campaign.is_template:
        raise Conflict(_("这不是模板。"))
    statement = update(Campaign).where(Campaign.id == campaign.id, Campaign.is_template)
    values = {"is_template": False, "state": State.ARCHIVED.value, "updated_at": now}
    if db.update_count(statement.values(**values).execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("别人刚刚移除了这个模板。"))
    db.session().refresh(campaign)
    audit.record("campaigns.template_removed", f"campaign:{campaign.id}", actor=actor, now=now, org_id=campaign.org_id)


def set_result(campaign: Campaign, html: str, *, version: int, actor: Actor, now: datetime) -> None:
    """Keep the text of the result page. Raises Conflict before the end, ChangedMeanwhile, NotAllowed, RuleBroken."""
    access.require(actor, states.RUN, campaign.org)
    if campaign.state not in {State.ENDED, State.PUBLISHED}:
        raise Conflict(_("活动结束以后才能写结果。"))
    values = {"result": _cleaned(html), "version": version + 1, "updated_at": now}
    statement = update(Campaign).where(Campaign.id == campaign.id, Campaign.version == version, Campaign.state == campaign.state)
    if db.update_count(statement.values(**values).execution_options(synchronize_session=False)) != 1:
        raise ChangedMeanwhile(_("你打开这一页以后，别人改过并保存了。下面是两份内容，你写的都还在。"))
    db.session().refresh(campaign)
    if campaign.state == State.PUBLISHED:
        _note_change(campaign, {"result": ""}, actor, now)
    audit.record("campaigns.result", f"campaign:{campaign.id}", actor=actor, now=now, org_id=campaign.org_id)
    pages.changed(campaign, now)


def hand_over(source_id: int, target_id: int) -> None:
    """Give every campaign of an org to another, whatever state it is in: they merge."""
    mine = select(Campaign.id).where(Campaign.org_id == source_id)
    ids = list(db.session().scalars(access.unscoped(mine, why="merger")))
    statement = update(Campaign).where(Campaign.org_id == source_id).values(org_id=target_id)
    db.session().execute(statement.execution_options(synchronize_session=False))
    pages.purge_all(ids)


def _cleaned(html: str) -> str:
    try:
        return richtext.clean(richtext.from_plain(html))
    except richtext.TooLong:
        raise RuleBroken(_("文字太长了，请删减一些再保存。"), field="result") from None


def _tidied(basics: Basics) -> dict[str, Any]:
    """Return the columns' values. Raises RuleBroken at the field that does not fit."""
    title = tidy(basics.title)
    texts = {"title": title, "summary": tidy(basics.summary), "goal_text": tidy(basics.goal_text), "cover_alt": tidy(basics.cover_alt)}
    if not title:
        raise RuleBroken(_("请写活动名称。"), field="title")
    for name, text in texts.items():
        if len(text) > LIMITS[name]:
            raise RuleBroken(_("最多 %(max)d 个字。", max=LIMITS[name]), field=name)
    if basics.goal_number is not None and not 0 < basics.goal_number <= LARGEST_GOAL:
        raise RuleBroken(_("目标要写成 1 到 10 亿之间的整数，或者留空。"), field="goal_number")
    if basics.audience not in set(Audience):
        raise RuleBroken(_("请选择谁能参加。"), field="audience")
    _check_period(basics.starts_at, basics.ends_at)
    return texts | {
        "goal_number": basics.goal_number, "cover_id": basics.cover_id, "starts_at": basics.starts_at, "ends_at": basics.ends_at,
        "audience": basics.audience,
    }  # fmt: skip


def _check_period(starts_at: datetime | None, ends_at: datetime | None) -> None:
    if starts_at is None or ends_at is None:
        return
    if ends_at <= starts_at:
        raise RuleBroken(_("结束时间要晚于开始时间。请看看月份和年份是不是写对了。"), field="ends_at")
    if ends_at - starts_at > LONGEST:
        raise RuleBroken(_("活动最长三年。请看看年份是不是写对了。"), field="ends_at")


def _check_running(campaign: Campaign, values: dict[str, Any], now: datetime) -> None:
    """What people took part under stays: the start and the audience; the end may move, but not into the past."""
    if campaign.state == State.SCHEDULED and (values["starts_at"] is None or values["ends_at"] is None):
        raise RuleBroken(_("已经排期的活动要有开始和结束时间。"), field="starts_at" if values["starts_at"] is None else "ends_at")
    if not campaign.ran:
        return
    if values["starts_at"] != campaign.starts_at:
        raise RuleBroken(_("活动已经开始，开始时间不能再改。"), field="starts_at")
    if values["audience"] != campaign.audience:
        raise RuleBroken(_("活动已经开始，参加范围不能再改。"), field="audience")
    if values["ends_at"] is None or (values["ends_at"] != campaign.ends_at and values["ends_at"] <= now):
        raise RuleBroken(_("结束时间要在现在以后。要马上结束，请用“结束”。"), field="ends_at")


def _note_change(campaign: Campaign, changed: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Keep in the history that something readers see was changed without another review."""
    if changed:
        words = "、".join(sorted(changed))
        db.session().add(Step(
            campaign_id=campaign.id, action="change", from_state=campaign.state, to_state=campaign.state, account_id=actor.account_id,
            at=now, reason=words[:600],
        ))  # fmt: skip


def _give_address(campaign: Campaign, wanted: str, now: datetime, *, chosen: bool) -> None:
    """Give the campaign an address that nobody has or had; a chosen one that is taken is refused at its field."""
    slug = slugify(wanted, LIMITS["slug"] if chosen else SHORT) or "campaign"
    for attempt in range(1, 60):
        candidate = slug if attempt == 1 else f"{slug[:70]}-{attempt}"
        if candidate in RESERVED:
            candidate = f"{candidate}-{clock.local(now):%Y}"
        if _take(campaign, candidate):
            return
        if chosen:
            raise RuleBroken(_("这个网址已经用过了，请换一个。"), field="slug")
    raise RuleBroken(_("同名的活动太多了，请给这个活动另起一个网址。"), field="slug")


def _take(campaign: Campaign, slug: str) -> bool:
    known = db.session().get(Address, slug)
    if known is not None and campaign.id is not None and known.campaign_id == campaign.id:
        campaign.slug = slug  # back to an address that it had before
        db.session().flush()
        return True
    if known is not None:
        return False
    try:
        with db.session().begin_nested():
            campaign.slug = slug
            db.session().add(campaign)
            db.session().flush()
            db.session().add(Address(slug=slug, campaign_id=campaign.id))
            db.session().flush()
    except db.IntegrityError:
        same = select(Campaign.id).where(Campaign.origin == campaign.origin)
        if campaign.origin and campaign.id is None and db.session().scalar(access.unscoped(same, why="key")):
            raise Conflict(_("这个活动刚刚已经建好了，在活动列表里。")) from None
        return False
    return True
