"""What happened to the demo's members: transfers, requests for corrections, looks at what is masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from unionhall.accounts import demo as accounts
from unionhall.base import clock
from unionhall.hooks.types import Actor
from unionhall.members import corrections, demo_roster, looks, transfers
from unionhall.members.demo_people import Person
from unionhall.members.models import Handover, Member, Status
from unionhall.orgs.models import Org

DAY, MORNING = timedelta(days=1), timedelta(hours=10)
MOVES = (  # days ago, from, to, who asks, why, and what came of it; the oldest first
    (210, "shipyard", "hengdu", "from", Handover.NEW_EMPLOYER, "调到恒渡机电装配二车间", "accepted"),
    (96, "ruanjianyuan", "dieryuan", "to", Handover.NEW_EMPLOYER, "已到医院信息科报到", "accepted"),
    (61, "fangzhi", "tongxin", "from", Handover.HOME_AREA, "离厂自谋职业，家住同心街道", "accepted"),
    (40, "huanwei", "kuaidi", "to", Handover.NEW_EMPLOYER, "已签快递站点劳动合同", "refused"),
    (33, "gongjiao", "huanwei", "from", Handover.NEW_EMPLOYER, "借调到环卫公司", "withdrawn"),
    (12, "kuaidi", "ruanjianyuan", "from", Handover.NEW_EMPLOYER, "改做园区后勤", "accepted"),
    (3, "shipyard", "gongjiao", "from", Handover.NEW_EMPLOYER, "已到公交公司修理厂上班", ""),
    (2, "gongjiao", "hengdu", "from", Handover.NEW_EMPLOYER, "已到恒渡机电报到，任电工", ""),
    (1, "huanwei", "dieryuan", "to", Handover.NEW_EMPLOYER, "已到医院后勤科报到", ""),
)
LOOKED = (  # days ago, what, why
    (190, "id", "核对入会登记表"), (64, "mobile", "通知职工疗休养体检时间"), (9, "export", "健康月参加名单"),
)  # fmt: skip


def load(people: Sequence[Person], ids: Sequence[int], places: Mapping[str, Org], now: datetime) -> None:
    """Tell it, the oldest first in each part."""
    _move(people, ids, places, now)
    known = {each.login: demo_roster.member(member_id) for each, member_id in zip(people, ids, strict=True) if each.login}
    _correct(known, now)
    orgadmin = accounts.acting("orgadmin", now)
    for days, what, why in LOOKED:
        looked_at = [each.id for each in known.values()] if what == "export" else [known["member"].id]
        looks.note(looked_at, what=what, why=why, actor=orgadmin, org_id=places["dongjin"].id, now=_ago(days, now))


def _move(people: Sequence[Person], ids: Sequence[int], places: Mapping[str, Org], now: datetime) -> None:
    free: dict[str, list[int]] = {}
    for each, member_id in zip(people, ids, strict=True):
        if each.status is Status.ACTIVE and not each.login and each.activated and each.joined < (now - 2 * 365 * DAY).date():
            free.setdefault(each.org, []).append(member_id)
    orgadmin, other = accounts.acting("orgadmin", now), accounts.acting("admin", now)
    dongjin = places["dongjin"].path
    for days, source, target, side, kind, reason, outcome in MOVES:
        at, person, to = _ago(days, now), demo_roster.member(free[source].pop()), places[target]
        asks, decides = (source, target) if side == "from" else (target, source)
        asking, deciding = (orgadmin if places[org].path.startswith(dongjin) else other for org in (asks, decides))
        if side == "from":
            transfer = transfers.ask_to_send(person, to, kind, reason=reason, actor=asking, now=at)
        else:
            transfer = transfers.ask_to_receive(person.id, to, kind, reason=reason, actor=asking, now=at)
        later = at + DAY
        if outcome == "accepted":
            transfers.accept(transfer, actor=deciding, now=later)
        elif outcome == "refused":
            transfers.refuse(transfer, answer="劳动合同还没有解除，请本人先办离职手续。", actor=deciding, now=later)
        elif outcome == "withdrawn":
            transfers.withdraw(transfer, actor=asking, now=later)


def _correct(known: Mapping[str, Member], now: datetime) -> None:
    orgadmin = accounts.acting("orgadmin", now)
    he, cheng = known["member"], known["member2"]
    first = corrections.ask(he, "joined", "入会时间早了一年，入会志愿书上写的是 2014 年。", actor=_self(he), now=_ago(70, now))
    corrections.answer(first, done=True, words="已按入会志愿书更正。", actor=orgadmin, now=_ago(68, now))
    second = corrections.ask(cheng, "union", "站点搬到柳浦了，想转到柳浦区。", actor=_self(cheng), now=_ago(30, now))
    corrections.answer(second, done=False, words="换工会要办会籍转接，请让新站点的工会提出申请。", actor=orgadmin, now=_ago(29, now))
    corrections.ask(he, "job", "三月起我改做班组长了，名册上还是挡车工。", actor=_self(he), now=_ago(2, now))


def _ago(days: int, now: datetime) -> datetime:
    return clock.first_moment(clock.local_day(now - days * DAY)) + MORNING


def _self(member: Member) -> Actor:
    return Actor(member.account_id, member.name)
