"""One of everything that a route can be about, of an org and of a chapter below it, made inside the unit of work that is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from rights_map import ADDED
from sqlalchemy import select

from unionhall.accounts.services import by_id
from unionhall.base import clock, db
from unionhall.campaigns.services import Basics
from unionhall.campaigns.services import create as create_campaign
from unionhall.exports import services as exports
from unionhall.exports import sources as export_sources
from unionhall.hooks.types import SYSTEM, Role
from unionhall.media import folders
from unionhall.members import corrections, transfers
from unionhall.members.imports import services as imports
from unionhall.members.models import Handover
from unionhall.news.models import State
from unionhall.news.transfers.services import ask_export
from unionhall.notices.models import Delivery, Notice
from unionhall.notices.services import notify
from unionhall.orgs.models import Org, OrgKind
from unionhall.proofs import numbers
from unionhall.proofs.models import Proof
from unionhall.publicity.models import Objection, PublicNotice
from unionhall.signups import entries, people, questions, sheets
from unionhall.signups.models import Kind
from unionhall_chapters.activities import services as activities
from unionhall_chapters.activities.models import Day
from unionhall_chapters.activities.rules import Plan
from unionhall_chapters.benefits import catalogue, claims, papers
from unionhall_chapters.benefits.catalogue import Terms
from unionhall_chapters.benefits.models import Payment
from unionhall_chapters.exercise import services as exercise
from unionhall_chapters.exercise.models import CoachVisit, ExerciseCourse
from unionhall_chapters.joining import applying, founding, unorganised
from unionhall_chapters.joining.models import Office
from unionhall_chapters.models import Chapter, ChapterState
from unionhall_chapters.volunteers import shifts, teams
from unionhall_chapters.volunteers.models import Hours
from unionhall_chapters.volunteers.shifts import ShiftFields
from unionhall_chapters.volunteers.teams import TeamFields


def add(row):
    """Keep a row; it has its id then."""
    db.session().add(row)
    db.session().flush()
    return row


def delivery(account_id):
    """A notice's mail that was not sent, of somebody."""
    now = clock.now()
    notify("news.published", [account_id], {"headline": "标题"}, key="1", now=now)
    notice = db.session().scalar(select(Notice.id))
    return add(Delivery(notice_id=notice, account_id=account_id, kind="news.published", channel="mail", state="parked", created_at=now, due_at=now)).id


def proof(org, member):
    """A document of the org about somebody; its kind is nobody's any more, so the core's right decides."""
    return add(Proof(
        org_id=org.id, number=numbers.new(), kind="tests.proof", subject="1", title="证明", issuer=org.name, member_id=member.id, name=member.name,
        fields=[], digest="", issued_at=clock.now(), revoked_reason="", live=True,
    ))  # fmt: skip


def signup_things(org, make):
    """A sheet of the org with a question and somebody on it."""
    sheet = sheets.create_sheet("tests.thing", 1, sheets.Setup("报名"), org=org, actor=SYSTEM, now=clock.now())
    field = questions.add(sheet, questions.Question(Kind.TEXT, "班组"), actor=SYSTEM, now=clock.now())
    entry = entries.sign_up(sheet, people.of_member(make.member(org)), entries.Wish(), actor=SYSTEM, now=clock.now())
    return {"sheet_id": sheet.id, "field_id": field.id, "entry_id": entry.id}


def public_notice(org):
    """A notice on public view, of the org, with an objection to it."""
    now = clock.now()
    day = clock.local_day(now)
    row = add(PublicNotice(
        org_id=org.id, kind="tests.list", owner_id=org.id, title="名单", rows=[["何*英"]], contact="办公室", from_on=day, until_on=day,
        created_at=now, updated_at=now,
    ))  # fmt: skip
    objection = add(Objection(org_id=org.id, notice_id=row.id, name="王芳", text="有误。", key="0", created_at=now))
    return {"notice_id": row.id, "objection_id": objection.id}


def chapter_of(parent, make, state=ChapterState.ACTIVE):
    """A chapter with its own org below `parent`."""
    now = clock.now()
    org = make.org(parent, OrgKind.ASSOCIATION)
    return add(Chapter(
        org_id=org.id, parent_id=parent.id, slug=f"chapter-{org.id}", name=org.name, seal="太", summary="一起练。", state=state.value,
        join_rule="approval", founded_on=clock.local_day(now), term_ends=date(2028, 1, 1), created_at=now, updated_at=now,
    ))  # fmt: skip


def activity_things(chapter):
    """A weekly activity with its days."""
    plan = Plan(
        title="公园晨练太极", venue="公园南门", starts_at=390, minutes=60, first_day=date(2026, 5, 19), weekdays="2", places=9, reach="public",
    )  # fmt: skip
    series = activities.create(chapter, plan, actor=SYSTEM, now=clock.now())
    day = db.session().scalar(select(Day.id).where(Day.series_id == series.id).limit(1).execution_options(unionhall_scope="test"))
    return {"series_id": series.id, "day_id": day}


def volunteer_things(chapter, member):
    """A team with its leader, a shift and a record of service."""
    now = clock.now()
    team = teams.found_team(chapter, TeamFields("引导队", "civility", "引导。", agreement="守时。"), actor=SYSTEM, now=now)
    row = teams.ask(team, member.id, agreed=True, actor=SYSTEM, now=now)
    teams.decide(chapter, row, yes=True, actor=SYSTEM, now=now)
    fields = ShiftFields(title="东津站", day=date(2026, 5, 16), begins=time(7, 30), ends=time(9, 30), place="东津站 B 口", places=2)
    (shift,) = shifts.plan(chapter, team, fields, actor=SYSTEM, now=now)
    begins = now - timedelta(days=2)
    record = add(Hours(
        org_id=chapter.org_id, chapter_id=chapter.id, team_id=team.id, member_id=member.id, day=clock.local_day(begins), begins_at=begins,
        minutes=60, source="self", state="proposed", created_at=now,
    ))  # fmt: skip
    return {"team_id": team.id, "team_slug": team.slug, "shift_id": shift.id, "hours_id": record.id}


def claim_things(chapter, parent, member, make):
    """A benefit of the union above, a claim that was sent, with a paper, and a list of payments."""
    now, org = clock.now(), db.session().get(Org, chapter.org_id)
    money = {"amount_rule": "fixed", "amount": 100_000, "valid_from": date(2020, 1, 1), "waiting_months": 0}
    benefit = catalogue.add(parent, Terms(category="marriage", name="结婚贺金", **money), actor=SYSTEM, now=now)
    chapters_own = catalogue.add(org, Terms(category="illness", name="住院慰问金", **money), actor=SYSTEM, now=now)
    actor = make.actor_of(by_id(member.account_id))
    story = claims.Story(clock.local_day(now), "住院", "市医院", f"ZY-{member.id}")
    claim = claims.start(member.id, chapters_own.id, story, actor=actor, now=now)
    claims.save_payee(claim, claims.Payee("王芳", "工商银行", "6222020000001234567"), actor=actor, now=now)
    papers.add(claim, [papers.Sent(0, "小结.png", "image/png", b"0")], actor=actor, now=now)
    claims.submit(claim, consent=True, actor=actor, now=now)
    payment = add(Payment(org_id=parent.id, label="五月", number=1, fen=100, created_at=now))
    return {"benefit_id": benefit.id, "claim_id": claim.id, "paper_id": claim.papers[0].id, "payment_id": payment.id}


def chapter_things(parent, make):
    """A chapter below `parent` with one of everything in it, and whose it is."""
    now, chapter = clock.now(), chapter_of(parent, make)
    org = db.session().get(Org, chapter.org_id)
    member, asker = make.member(parent, account=True, also=(org,)), make.member(parent, account=True)
    asked = founding.Request(name="棋友协会工会", seal="棋", kind="association", prepared_by="王芳")
    waiting = applying.ask(chapter, applying.Asked(asker.id, asker.account_id, "想一起练"), actor=SYSTEM, now=now)
    unorganised.put_down(chapter, name="王芳", mobile="13900009999", employer="", source="x", account_id=None, now=now)
    office = add(Office(chapter_id=chapter.id, member_id=member.id, title="主席", since=clock.local_day(now), until=date(2027, 1, 1)))
    course = add(ExerciseCourse(org_id=org.id, title="肩颈操", minutes=8, shown=True, created_at=now, updated_at=now))
    visit = add(CoachVisit(org_id=org.id, member_id=member.id, contact="王芳", people=9, created_at=now, updated_at=now))
    exercise.add_team("三班", 9, member_id=member.id, org_id=org.id, actor=SYSTEM, now=now)
    return {
        "member_id": member.id, "membership_id": member.memberships[0].id, "chapter_id": chapter.id, "slug": chapter.slug, "application_id": waiting.id, "office_id": office.id, "course_id": course.id,
        "visit_id": visit.id, "row_id": db.session().scalar(select(unorganised.Unorganised.id).where(
            unorganised.Unorganised.chapter_id == chapter.id).execution_options(unionhall_scope="test")),
        "founding_id": founding.prepare(parent, asked, actor=SYSTEM, now=now).id,
        **activity_things(chapter), **volunteer_things(chapter, member), **claim_things(chapter, parent, member, make),
    }, org, member  # fmt: skip


@dataclass(frozen=True)
class Houses:
    """Two districts of one city: what there is in the first, its chapter's parts and those of the second's, and people.

    `people[role]` are the accounts that hold the role in the first district ("here"), in the second ("there") and at the root;
    a plugin's role is held at the chapters' orgs. `owner` has claims and documents of their own, `other` has not.
    """

    things: dict
    neighbours: dict
    people: dict
    owner: int
    other: int
    hidden: str


def build(make):
    """Make the two districts."""
    city = make.org()
    ours, theirs = make.org(city, OrgKind.DISTRICT), make.org(city, OrgKind.DISTRICT)
    (mine, our_chapter, owner), (neighbours, their_chapter, other) = chapter_things(ours, make), chapter_things(theirs, make)
    places = dict.fromkeys(Role, (ours, theirs, make.root)) | dict.fromkeys(ADDED, (our_chapter, their_chapter, our_chapter))
    people = {
        role: {where: make.account(role, org).id for where, org in zip(("here", "there", "root"), orgs, strict=True)}
        for role, orgs in places.items()
    }  # fmt: skip
    return Houses(
        _core_things(ours, city, owner, make) | mine, neighbours, people, owner.account_id, other.account_id,
        chapter_of(ours, make, ChapterState.PREPARING).slug,
    )  # fmt: skip


def _core_things(ours, city, owner, make):
    article = make.article(ours, author=make.account(Role.EDITOR, ours), state=State.SUBMITTED)
    account = make.account(Role.EDITOR, ours)
    chief, now = make.actor(Role.CHIEF_EDITOR, ours), clock.now()
    transfer = ask_export(ours, "jsonl", purpose="存档", options={}, actor=chief, now=now)
    campaign = create_campaign(ours, Basics(title="职工健康月", audience="public"), actor=make.actor(Role.EDITOR, ours), now=now)
    export = exports.ask(export_sources.named("news.articles"), ours, {}, form="csv", purpose="存档备查", full=False, actor=chief, now=now)
    return {
        "article_id": article.id, "account_id": account.id, "grant_id": account.grants[0].id, "org_id": ours.id,
        "number": 1, "name": "chapters", "a": 1, "b": 1, "old": 1, "new": 1, "before": 1, "after": 1, "older": 1, "newer": 1, "span": "1..1",
        "session_id": 1, "section_id": article.section_id, "flag_id": 1, "asset_id": make.picture(ours).id, "message_id": 1,
        "folder_id": folders.named(ours.id, "竞赛", now=now).id, "token_id": 1, "purpose": "activation",
        "correction_id": corrections.ask(make.member(ours), "name", "应当是王芳", actor=SYSTEM, now=now).id,
        "kind_name": "news.published", "delivery_id": delivery(account.id),
        "step": "suspend", "token": "0" * 43, "section": "none", "folder": "none", "stem": "none",
        "handover_id": transfers.ask_to_send(make.member(ours), city, Handover.NEW_EMPLOYER, reason="调动", actor=SYSTEM, now=now).id,
        "roster_import_id": imports.ask(ours, token="0" * 32, file_name="名册.xlsx", actor=SYSTEM, now=now).id,
        **signup_things(ours, make), **public_notice(ours),
        "campaign_id": campaign.id, "component_id": 1, "action": "submit",
        "transfer_id": transfer.id, "export_id": export.id, "terminal_id": 999999, "proof_id": proof(ours, owner).id,
    }  # fmt: skip
