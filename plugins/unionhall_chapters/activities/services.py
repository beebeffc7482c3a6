"""Activities: made, changed from a day on, ended; what people signed up for never changes without their being told."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from unionhall.plugin import (
    Actor,
    Conflict,
    NotFound,
    RuleBroken,
    clock,
    orgs_by_ids,
    record_audit,
    require,
    session,
    sheet_occupied,
    tidy,
)
from unionhall_chapters import queries, rights
from unionhall_chapters.activities import days, making, pages, rules, weekly
from unionhall_chapters.activities.models import Day, Series
from unionhall_chapters.activities.rules import Plan
from unionhall_chapters.models import Chapter

LONG = ("intro", "gear", "risk")


def create(chapter: Chapter, plan: Plan, *, actor: Actor, now: datetime, since: date | None = None) -> Series:
    """Return a new activity with its first days. Raises RuleBroken, NotAllowed.

    `since` also makes days that lie behind, for an activity whose past is known.
    """
    require(actor, rights.MANAGE, orgs_by_ids([chapter.org_id])[chapter.org_id])
    if not chapter.open:
        raise RuleBroken(_("协会现在停办或者还没成立，不能安排活动。"))
    rules.checked(plan)
    series = Series(chapter_id=chapter.id, org_id=chapter.org_id, risk_version=1, version=1, created_at=now, updated_at=now)
    series.chapter = chapter
    _fill(series, plan)
    _ask_partner(series, plan, None)
    session().add(series)
    session().flush()
    made = making.make_days(series, making.horizon(series, clock.local_day(now)), now=now, since=since)
    if not made and not series.weekly:
        raise RuleBroken(_("这个时间已经过去了，请选以后的一天。"), field="first_day")
    pages.changed(series)
    pages.found_anew(series, now)
    record_audit("chapters.activity_created", f"activity:{series.id}", actor=actor, now=now, org_id=series.org_id, days=len(made))
    return series


def change(series: Series, plan: Plan, *, since: date, sure: bool, version: int, actor: Actor, now: datetime) -> None:
    """Change an activity from a day on; the days before it stay as they are.

    Raises RuleBroken, naming the days, when people signed up for days that would change and `sure` does not say that they
    are to be told; Conflict when somebody saved first.
    """
    require(actor, rights.MANAGE, orgs_by_ids([series.org_id])[series.org_id])
    rules.checked(plan)
    series = making.lock(series.id)
    if series.version != version:
        raise Conflict(_("有人先保存过。请看看现在的内容，再改一次。"))
    if not series.weekly and (plan.first_day != series.first_day or plan.weekdays):
        raise RuleBroken(_("单次活动改日期，请在那一天用“改时间地点”；要改成每周，请另建一个。"), field="first_day")
    if series.weekly and not plan.weekdays:
        raise RuleBroken(_("每周的活动至少要选一个星期几；不办了请用“停办”。"), field="weekdays")
    today = clock.local_day(now)
    before = making.make_days(series, min(since - timedelta(days=1), today + timedelta(days=366)), now=now)
    weekly.enter(series, before, now=now)
    agreed, partner = making.agreement(series), series.partner_id
    _fill(series, plan)
    _ask_partner(series, plan, partner)
    series.risk_version += making.agreement(series) != agreed
    series.version, series.updated_at = series.version + 1, now
    _follow([day for day in days.coming(series.id, now) if day.day >= since], sure, actor, now)
    made = making.make_days(series, making.horizon(series, today), now=now, since=None)
    weekly.enter(series, made, now=now)
    pages.changed(series)
    pages.found_anew(series, now)
    record_audit("chapters.activity_changed", f"activity:{series.id}", actor=actor, now=now, org_id=series.org_id, since=since.isoformat())


def end(series: Series, last: date, *, sure: bool, actor: Actor, now: datetime) -> None:
    """End an activity with a day; the days after it are taken out. Raises RuleBroken as `change` does."""
    require(actor, rights.MANAGE, orgs_by_ids([series.org_id])[series.org_id])
    series = making.lock(series.id)
    if series.ended_on:
        return
    series.ended_on, series.updated_at, series.version = last, now, series.version + 1
    session().flush()
    _follow([day for day in days.coming(series.id, now) if day.day > last], sure, actor, now)
    pages.changed(series)
    pages.found_anew(series, now)
    record_audit("chapters.activity_ended", f"activity:{series.id}", actor=actor, now=now, org_id=series.org_id)


def answer_partner(series: Series, chapter: Chapter, *, agree: bool, actor: Actor, now: datetime) -> None:
    """Say for the other chapter whether it holds the activity too. Raises NotFound when it was not asked, NotAllowed."""
    require(actor, rights.MANAGE, orgs_by_ids([chapter.org_id])[chapter.org_id])
    series = making.lock(series.id)
    if series.partner_id != chapter.id:
        raise NotFound()
    pages.changed(series)
    series.partner_agreed_at = now if agree else None
    if not agree:
        series.partner_id = None
    series.updated_at = now
    session().flush()
    act = "chapters.partner_agreed" if agree else "chapters.partner_declined"
    record_audit(act, f"activity:{series.id}", actor=actor, now=now, org_id=chapter.org_id)


def _follow(found: list[Day], sure: bool, actor: Actor, now: datetime) -> None:
    """Bring days into line with the activity. Raises RuleBroken before people would be surprised."""
    gone = [day for day in found if not rules.takes_place(day.series, day.day)]
    kept = [day for day in found if day not in gone]
    touched = [day for day in gone if sheet_occupied(day.sheet)]
    touched += [day for day in kept if not day.moved and _differs(day) and sheet_occupied(day.sheet)]
    if touched and not sure:
        listed = "、".join(days.words(day) for day in sorted(touched, key=lambda day: day.starts_at))
        raise RuleBroken(_("这些天已经有人报名：%(days)s。确认要改，请勾选“通知他们”再保存。", days=listed), field="sure")
    for day in gone:
        days.drop(day, _("安排有变"), actor=actor, now=now)
    for day in kept:
        begins, ends = (day.starts_at, day.ends_at) if day.moved else rules.hours(day.series, day.day)
        try:
            days.take(day, begins, ends, day.venue if day.moved else day.series.venue, now=now)
        except RuleBroken as error:
            raise RuleBroken(f"{days.words(day)}：{error}", field=error.field) from None


def _differs(day: Day) -> bool:
    return (day.starts_at, day.ends_at, day.venue) != (*rules.hours(day.series, day.day), day.series.venue)


def _fill(series: Series, plan: Plan) -> None:
    for name, value in asdict(plan).items():
        text = tidy(value, one_line=name not in LONG) if isinstance(value, str) else value
        setattr(series, name, list(text) if name == "skipped" else text)


def _ask_partner(series: Series, plan: Plan, before: int | None) -> None:
    """Ask the other chapter when it is another one than before. Raises RuleBroken for one that cannot be asked."""
    if plan.partner_id is None or plan.partner_id == before:
        series.partner_agreed_at = series.partner_agreed_at if plan.partner_id else None
        return
    partner = queries.by_ids([plan.partner_id]).get(plan.partner_id)
    if partner is None or not partner.open or partner.id == series.chapter_id:
        raise RuleBroken(_("请选另一个正常活动的协会来合办。"), field="partner_id")
    series.partner_agreed_at = None
