"""What the roster holds about a person: how it is shown to them, and what of it goes and stays when they are erased.

A membership is the union's own record: as long as somebody belongs to a union, the union must know whom it has as members
and since when (工会法 art. 3; 工会会员会籍管理办法 of 2016: the membership file moves with the person). So for a present
member name, union and the history of the membership stay; identity number, mobile number, employer, job, household
and the reasons that somebody wrote go.
Of somebody who belongs to no union any more, the name is cut to its first character as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.base import db
from unionhall.hooks.people import Kept, Person
from unionhall.members import consents, identity, my_queries, privacy_files
from unionhall.members.corrections import of_member
from unionhall.members.models import Member, Status
from unionhall.members.own_models import Correction, CorrectionState
from unionhall.members.roster_labels import ACTS, told
from unionhall.members.words import CONSENTS, LOOKED_AT, MEMBERSHIP_STATES, SUBJECTS
from unionhall.platform.access import unscoped
from unionhall.site.formatting import moment


def export(person: Person) -> Mapping[str, Any]:
    """Return the roster's row, memberships and their history, requests, consents and who looked; numbers are masked."""
    member = _member(person)
    found: dict[str, Any] = _roster(member) if member is not None else {}
    if person.account_id:
        found[_("同意过的说明")] = [
            {_("用途"): str(CONSENTS.get(row.purpose, row.purpose)), _("版本"): row.version, _("同意时间"): moment(row.given_at),
             _("撤回时间"): moment(row.withdrawn_at) if row.withdrawn_at else ""}
            for row in consents.of_account(person.account_id)
        ]  # fmt: skip
    return found


def _roster(member: Member) -> dict[str, Any]:
    held, states = my_queries.memberships(member), MEMBERSHIP_STATES
    return {
        _("会员信息"): {
            _("姓名"): member.name, _("证件号码"): identity.masked_id(member.id_sealed),
            _("手机号"): identity.masked_mobile(member.mobile_sealed), _("单位"): member.employer, _("岗位"): member.job,
            _("激活时间"): moment(member.activated_at) if member.activated_at else "",
        },
        _("会籍"): [
            {_("工会"): row.org.name, _("主要会籍"): row.is_primary, _("状态"): str(states[Status(row.status)][0]),
             _("入会"): row.joined_on.isoformat(), _("结束"): row.ended_on.isoformat() if row.ended_on else ""}
            for row in held
        ],
        _("会籍变动"): [
            {_("时间"): moment(row.at), _("变动"): str(ACTS.get(row.act, row.act)), _("详情"): told(row), _("原因"): row.reason}
            for row in my_queries.history(member)
        ],
        _("会籍转接"): privacy_files.transfers(member),
        _("名册导入"): privacy_files.lines(member),
        _("更正请求"): [
            {_("项目"): str(SUBJECTS.get(row.subject, row.subject)), _("内容"): row.wish, _("提出"): moment(row.asked_at),
             _("回复"): row.answer}
            for row in of_member(member.id)
        ],
        _("谁看过我的信息"): [
            {_("时间"): moment(row.at), _("谁"): row.actor_name, _("组织"): org, _("看了什么"): str(LOOKED_AT.get(row.what, row.what)),
             _("为什么"): row.why}
            for row, org in my_queries.looks(member.id)
        ],
    }  # fmt: skip


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Remove numbers, employer, job and household, empty the requests, end the link to the account; see the module's rule."""
    if person.account_id:
        for row in consents.of_account(person.account_id):
            row.withdrawn_at = row.withdrawn_at or now
    kept = []
    if person.account_id:
        rule = _("《个人信息保护法》第十四条、第六十九条：须能证明当时取得了你的同意。")
        kept = [Kept(_("同意和撤回的时间（不含姓名）"), rule)]
    member = _member(person)
    if member is None:
        return kept
    kept += privacy_files.erase(member, now)
    present = any(row.current for row in my_queries.memberships(member))
    values: dict[str, Any] = {
        "id_sealed": "", "id_hash": None, "mobile_sealed": "", "mobile_hash": None, "employer": "", "job": "", "household_hash": None,
        "account_id": None, "activated_at": None, "erased_at": now, "updated_at": now, "version": Member.version + 1,
    }  # fmt: skip
    if not present:
        values |= {"name": f"{member.name[:1]}**", "name_key": ""}
    db.session().execute(update(Member).where(Member.id == member.id).values(**values))
    _empty_requests(member.id, now)
    db.session().refresh(member)
    return [*kept, *_kept(present)]


def _kept(present: bool) -> list[Kept]:
    rule = _("《工会法》第三条、《工会会员会籍管理办法》：工会须保存会员名册和会籍变动记录。")
    if present:
        what, rule = _("姓名、所属工会、入会时间、会籍变动和转接（不含原因）"), rule + _("你现在仍是会员，退会以后可以再请求删除姓名。")
    else:
        what = _("会籍变动和转接记录（姓名只留第一个字，不含原因）")
    return [Kept(what, rule), Kept(_("谁看过你的信息的记录"), _("《个人信息保护法》第五十一条：查看个人信息须留痕备查。"))]


def _empty_requests(member_id: int, now: datetime) -> None:
    own = update(Correction).where(Correction.member_id == member_id)
    db.session().execute(own.values(wish="", answer=""))
    db.session().execute(own.where(Correction.state == CorrectionState.OPEN).values(state=CorrectionState.REFUSED.value, decided_at=now))


def _member(person: Person) -> Member | None:
    if person.member_id is None:
        return None
    return db.session().scalar(unscoped(select(Member).where(Member.id == person.member_id), why="oneself"))
