"""The yearly statement of service hours: a document that anybody can check."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.plugin import (
    Actor,
    Proof,
    ProofKind,
    RuleBroken,
    issue_proof,
    orgs_by_ids,
    session,
    site_language,
    unscoped,
)
from unionhall_chapters.models import Chapter
from unionhall_chapters.volunteers import labels, queries
from unionhall_chapters.volunteers.models import Hours, HoursState, Team

KIND = ProofKind(
    "chapters.hours", _l("志愿服务时长证明"),
    (
        ("year", _l("年度")), ("hours", _l("服务时长")), ("times", _l("服务次数")), ("teams", _l("所在志愿队")), ("until", _l("统计到")),
    ),
    sentence=_l("兹证明 {name} 参加本协会志愿服务，情况如下。"), permission="chapters.manage",
)  # fmt: skip


def issue(chapter: Chapter, member_id: int, year: int, *, actor: Actor, now: datetime) -> Proof:
    """Return a person's statement of a year: the one they have while the hours are the same, else a new one in its place."""
    counted = date.min.year <= year < date.max.year
    minutes, times, last = queries.total(member_id, year, chapter.id) if counted else (0, 0, None)
    if not minutes or last is None:
        raise RuleBroken(_("%(year)s 年在这个协会还没有确认的工时，开不了证明。", year=year))
    with site_language():
        said = {
            "year": str(year), "hours": labels.hours(minutes), "times": _("%(n)s 次", n=times),
            "teams": "、".join(_teams(chapter, member_id, year)),
            "until": last.isoformat(),
        }  # fmt: skip
    org = orgs_by_ids([chapter.org_id])[chapter.org_id]
    return issue_proof(KIND.name, member_id, said, org=org, actor=actor, now=now, subject=f"{chapter.id}:{year}")


def _teams(chapter: Chapter, member_id: int, year: int) -> list[str]:
    since, until = queries.year(year)
    wanted = select(Team.name).join(Hours, Hours.team_id == Team.id).where(
        Hours.chapter_id == chapter.id, Hours.member_id == member_id, Hours.state == HoursState.APPROVED, Hours.minutes > 0,
        Hours.day >= since, Hours.day < until,
    )  # fmt: skip
    return list(session().scalars(unscoped(wanted.distinct().order_by(Team.name), why="oneself")))
