"""Teams and who belongs to them: asked by the member, answered by who leads."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    Actor,
    Conflict,
    NotAllowed,
    RuleBroken,
    member_covers,
    member_names,
    orgs_by_ids,
    record_audit,
    require,
    seal,
    session,
    slugify,
    tidy,
    unscoped,
    unseal,
    update_count,
)
from unionhall_chapters import rights
from unionhall_chapters.models import Chapter
from unionhall_chapters.volunteers import queries, tags, telling
from unionhall_chapters.volunteers.models import Purpose, Standing, Team, TeamMember, Volunteer

SEAL = "chapters.emergency"


@dataclass(frozen=True)
class TeamFields:
    """What a leader writes about a team."""

    name: str
    purpose: str
    summary: str = ""
    skills: str = ""
    kit: str = ""
    agreement: str = ""
    active: bool = True


def found_team(chapter: Chapter, fields: TeamFields, *, actor: Actor, now: datetime) -> Team:
    """Return a new team of a chapter. Raises NotAllowed, RuleBroken for a name that is taken."""
    _may(chapter, actor)
    if not chapter.open:
        raise RuleBroken(_("协会现在不能建志愿队。"))
    said = _tidied(chapter, fields, None)
    team = Team(
        org_id=chapter.org_id, chapter_id=chapter.id, slug=_slug(chapter, str(said["name"])), agreement_version=1, version=1,
        created_at=now, updated_at=now, **said,
    )  # fmt: skip
    session().add(team)
    session().flush()
    record_audit("chapters.team_founded", f"chapters_team:{team.id}", actor=actor, now=now, org_id=team.org_id)
    tags.changed(team, now=now)
    return team


def change_team(chapter: Chapter, team: Team, fields: TeamFields, *, version: int, actor: Actor, now: datetime) -> None:
    """Change what is said of a team; another wording of the agreement is a new version of it. Raises Conflict for a stale page."""
    _may(chapter, actor)
    said = _tidied(chapter, fields, team)
    wording = team.agreement_version + (said["agreement"] != team.agreement)
    same = update(Team).where(Team.id == team.id, Team.version == version)
    values = said | {"version": version + 1, "agreement_version": wording, "updated_at": now}
    if update_count(same.values(**values).execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("刚刚有人改过这支队伍，请刷新再改。你填的还在下面。"))
    session().refresh(team)
    record_audit("chapters.team_changed", f"chapters_team:{team.id}", actor=actor, now=now, org_id=team.org_id)
    tags.changed(team, now=now)


def ask(team: Team, member_id: int, *, agreed: bool, note: str = "", actor: Actor, now: datetime) -> TeamMember:
    """Ask to join; asking twice is asking once. Raises NotAllowed for who is not in the chapter, RuleBroken without agreement."""
    org = orgs_by_ids([team.org_id])[team.org_id]
    if not member_covers(member_id, org.path):
        raise NotAllowed(_("先加入“%(chapter)s”，才能加入它的志愿队。", chapter=org.name))
    if not agreed:
        raise RuleBroken(_("请看完约定，勾选同意。"), field="agreed")
    queries.lock(Team, team.id)
    before = queries.standing(team.id, member_id)
    if before and before.state in (Standing.ASKED, Standing.IN):
        return before
    said = {
        "state": Standing.ASKED.value,
        "agreed_version": team.agreement_version,
        "note": tidy(note)[:200],
        "asked_at": now,
        "reason": "",
    }
    if before:
        again = update(TeamMember).where(
            TeamMember.id == before.id, TeamMember.state.in_([Standing.REFUSED.value, Standing.LEFT.value])
        )
        update_count(again.values(**said, decided_at=None, leader=False).execution_options(synchronize_session=False))
        session().refresh(before)
        row = before
    else:
        row = TeamMember(org_id=team.org_id, team_id=team.id, member_id=member_id, leader=False, **said)
        session().add(row)
        session().flush()
    record_audit("chapters.team_asked", f"chapters_team:{team.id}", actor=actor, now=now, org_id=team.org_id)
    name = member_names([member_id])[member_id][0]
    leaders = [item.member_id for item in queries.people([team.id], Standing.IN) if item.leader]
    telling.tell(
        "team_asked", leaders, key=f"{row.id}:{now.timestamp()}", now=now, org_id=team.org_id, team=team.name, name=name,
        url=f"/desk/chapters/{team.chapter_id}/volunteers/teams/{team.id}/",
    )  # fmt: skip
    return row


def decide(chapter: Chapter, row: TeamMember, *, yes: bool, reason: str = "", actor: Actor, now: datetime) -> None:
    """Answer somebody who asked. Raises NotAllowed, RuleBroken for a no without a reason, Conflict when it was answered."""
    _may(chapter, actor)
    reason = tidy(reason)[:200]
    if not yes and not reason:
        raise RuleBroken(_("请写原因，对方会看到。"), field="reason")
    state = Standing.IN if yes else Standing.REFUSED
    asked = update(TeamMember).where(TeamMember.id == row.id, TeamMember.state == Standing.ASKED.value)
    done = asked.values(state=state.value, decided_at=now, reason="" if yes else reason)
    if update_count(done.execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("已经答复过了，或者对方撤回了。"))
    session().refresh(row)
    team = row.team
    record_audit(
        f"chapters.team_{state.value}",
        f"chapters_team:{team.id}",
        actor=actor,
        now=now,
        org_id=team.org_id,
        member=row.member_id,
    )
    telling.tell(
        "team_joined" if yes else "team_refused", [row.member_id], key=f"{row.id}:{now.timestamp()}", now=now, org_id=team.org_id,
        team=team.name, reason=reason,
    )  # fmt: skip
    tags.changed(team, now=now)


def lead(chapter: Chapter, row: TeamMember, *, leads: bool, actor: Actor, now: datetime) -> None:
    """Make somebody of the team one of its leaders, or not any more. Raises NotAllowed, Conflict for who is not in it."""
    require(actor, rights.MANAGE, orgs_by_ids([chapter.org_id])[chapter.org_id])
    here = update(TeamMember).where(TeamMember.id == row.id, TeamMember.state == Standing.IN.value)
    if update_count(here.values(leader=leads).execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("对方不在队里了。"))
    session().refresh(row)
    record_audit(
        "chapters.team_leader",
        f"chapters_team:{row.team_id}",
        actor=actor,
        now=now,
        org_id=row.org_id,
        member=row.member_id,
        leads=leads,
    )
    tags.changed(row.team, now=now)


def leave(team: Team, member_id: int, *, actor: Actor, now: datetime) -> None:
    """Leave a team, or take back that one asked; shifts that one signed up for are cancelled by oneself. Twice is once."""
    row = queries.standing(team.id, member_id)
    alive = [Standing.IN.value, Standing.ASKED.value]
    if row is None:
        return
    gone = (
        update(TeamMember)
        .where(TeamMember.id == row.id, TeamMember.state.in_(alive))
        .values(state=Standing.LEFT.value, leader=False)
    )
    if update_count(gone.execution_options(synchronize_session=False)):
        record_audit("chapters.team_left", f"chapters_team:{team.id}", actor=actor, now=now, org_id=team.org_id)
        tags.changed(team, now=now)
    session().refresh(row)


def tell_of_oneself(member_id: int, *, skills: str, free_when: str, emergency: str, now: datetime) -> Volunteer:
    """Keep what a person tells their teams; the emergency contact is sealed, and stays when the field is left empty."""
    row = queries.volunteer(member_id)
    if row is None:
        row = Volunteer(member_id=member_id, emergency_sealed="", updated_at=now)
        session().add(row)
    row.skills, row.free_when, row.updated_at = tidy(skills)[:200], tidy(free_when)[:200], now
    if contact := tidy(emergency)[:100]:
        row.emergency_sealed = seal(SEAL, contact)
    session().flush()
    return row


def emergency_of(row: Volunteer | None) -> str:
    """Return the emergency contact in plain, "" when there is none; who shows it to somebody else notes the look."""
    return unseal(SEAL, row.emergency_sealed) if row and row.emergency_sealed else ""


def _may(chapter: Chapter, actor: Actor) -> None:
    require(actor, rights.LEAD, orgs_by_ids([chapter.org_id])[chapter.org_id])


def _tidied(chapter: Chapter, fields: TeamFields, team: Team | None) -> dict[str, str | bool]:
    name = tidy(fields.name)[:60]
    if not name:
        raise RuleBroken(_("还没有填队名。"), field="name")
    if fields.purpose not in set(Purpose):
        raise RuleBroken(_("请选做什么。"), field="purpose")
    same = select(Team.id).where(Team.chapter_id == chapter.id, Team.name == name)
    taken = session().scalar(unscoped(same, why="the chapter's"))
    if taken is not None and (team is None or taken != team.id):
        raise RuleBroken(_("已经有一支队伍叫这个名字。"), field="name")
    lines = {
        key: tidy(value, one_line=key not in ("summary", "agreement"))
        for key, value in asdict(fields).items()
        if isinstance(value, str)
    }
    return {**lines, "name": name, "skills": lines["skills"][:200], "kit": lines["kit"][:200], "active": fields.active}


def _slug(chapter: Chapter, name: str) -> str:
    base = slugify(name)[:50] or "team"
    taken = set(
        session().scalars(unscoped(select(Team.slug).where(Team.chapter_id == chapter.id), why="the chapter's"))
    )
    return next(found for found in (base, *(f"{base}-{n}" for n in range(2, 1000))) if found not in taken)
