"""One of everything that a route of stations, rewards and the quiz can be about, of an org, made inside the open unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from rights_map_rewards import ROLES

from unionhall.base import clock, db
from unionhall_quiz.bank.models import Question, Topic
from unionhall_quiz.play.models import Attempt, Paper, Round
from unionhall_rewards.coupons.models import Coupon, CouponKind, Gift, Voiding
from unionhall_rewards.draws.models import Draw, Prize
from unionhall_rewards.fund.models import Budget, Fund
from unionhall_rewards.offers.models import Merchant, Offer, OfferUse
from unionhall_rewards.redeeming.models import Flag, Redemption
from unionhall_rewards.settling.models import Adjustment, Dispute, PayRun, Statement
from unionhall_stations.faults.models import Fault
from unionhall_stations.figures.models import StationCost
from unionhall_stations.inspections.models import Inspection, InspectionPhoto
from unionhall_stations.models import Clerk, Service, SpecialDay, Station, Store, Till
from unionhall_stations.ratings.models import Rating


def add(row):
    db.session().add(row)
    db.session().flush()
    return row


def stations(org, owner, number):
    now, today = clock.now(), clock.local_day(clock.now())
    made = {"created_at": now, "updated_at": now}
    store = add(Store(org_id=org.id, name="便利店", starts_on=today, **made))
    station = add(
        Station(
            org_id=org.id, store_id=store.id, number=number, slug=f"station-{number}", name="驿站", state="open", week=[[[360, 1320]]] * 7, **made
        )
    )  # fmt: skip
    clerk = add(Clerk(store_id=store.id, name="店员", **made))
    till = add(Till(station_id=station.id, store_id=store.id, label="收银台", token_hash=f"hash-{number}", enrolled_at=now, created_at=now))
    day = add(SpecialDay(station_id=station.id, since=today, until=today, hours=[], reason="盘点"))
    visit = add(Inspection(org_id=org.id, station_id=station.id, month="2026-05", inspector_id=1, began_at=now, **made))
    photo = add(InspectionPhoto(inspection_id=visit.id, file=f"00/{number:048x}.bin", mime="image/jpeg", name="photo.jpg", created_at=now))
    said = {"org_id": org.id, "station_id": station.id, "member_id": owner.id, "photo_name": "photo.jpg", "photo_mime": "image/jpeg", **made}
    rating = add(Rating(day=today, stars=4, comment="好", state="waiting", photo_file=f"01/{number:048x}.bin", **said))
    fault = add(Fault(text="坏了", state="mended", mended_at=now, open_key=f"key-{number}", photo_file=f"02/{number:048x}.bin", **said))
    cost = add(StationCost(station_id=station.id, since=today.replace(day=1), fen=100, updated_at=now))
    service = add(Service(key=f"extra-{number}", name="多一项"))
    return {
        "store_id": store.id, "station_id": station.id, "clerk_id": clerk.id, "till_id": till.id, "day_id": day.id, "service_id": service.id,
        "slug": station.slug, "inspection_id": visit.id, "photo_id": photo.id, "year": 2026,
        "rating_id": rating.id, "fault_id": fault.id, "cost_id": cost.id,
    }  # fmt: skip


def money(org, owner, held, number):
    now, today = clock.now(), clock.local_day(clock.now())
    made = {"created_at": now, "updated_at": now}
    fund = add(Fund(org_id=org.id, name="经费", created_at=now, free_fen=100_000, granted_fen=100_000))
    budget = add(Budget(fund_id=fund.id, kind="grant", month="2026-05", fen=100, asked_by=1, asked_at=now))
    kind = add(CouponKind(org_id=org.id, fund_id=fund.id, name="券", form="cash_off", face_fen=1000, valid_days=7, state="active", **made))
    gift = add(Gift(org_id=org.id, kind_id=kind.id, member_ids=[owner.id], reason="慰问", asked_by=1, asked_at=now))
    coupon = add(
        Coupon(
            kind_id=kind.id, fund_id=fund.id, member_id=owner.id, gift_id=gift.id, face_fen=1000, lookup=f"look-{number}", code_sealed="",
            valid_from=now, valid_to=now + timedelta(days=7), issued_at=now,
        )
    )  # fmt: skip
    voiding = add(Voiding(coupon_id=coupon.id, reason="重复", asked_by=1, asked_at=now))
    draw = add(
        Draw(
            org_id=org.id, fund_id=fund.id, key=f"draw-{number}", algo="UHI1", title="抽奖", opens_at=now, closes_at=now + timedelta(days=1), **made
        )
    )  # fmt: skip
    draw.prizes.append(Prize(position=1, key="P1", name="券", value_fen=1000, quantity=1, left=1, ppm=1000, coupons={str(kind.id): 1}))
    redemption = add(
        Redemption(
            coupon_id=coupon.id, fund_id=fund.id, kind_id=kind.id, store_id=held["store_id"], station_id=held["station_id"],
            till_id=held["till_id"], clerk_id=held["clerk_id"], fen=1000, receipt=f"HX-{number}", key="k", body_hash="", day=today, at=now,
        )
    )  # fmt: skip
    flag = add(Flag(kind="pair", subject=f"subject-{number}", redemption_id=redemption.id, at=now))
    statement = add(
        Statement(
            org_id=org.id, store_id=held["store_id"], fund_id=fund.id, month="2026-04", until=today, store_name="便利店", body="{}", cut_at=now,
        )
    )  # fmt: skip
    dispute = add(Dispute(settlement_id=statement.id, words="不对", at=now))
    adjustment = add(
        Adjustment(
            settlement_id=statement.id, store_id=held["store_id"], fund_id=fund.id, fen=-100, reason="更正", asked_by=1, asked_at=now
        )
    )  # fmt: skip
    payment = add(PayRun(org_id=org.id, label="五月", number=1, fen=100, created_at=now))
    return {
        "fund_id": fund.id, "budget_id": budget.id, "kind_id": kind.id, "gift_id": gift.id, "coupon_id": coupon.id, "voiding_id": voiding.id,
        "draw_id": draw.id, "key": draw.key, "flag_id": flag.id, "statement_id": statement.id, "dispute_id": dispute.id,
        "adjustment_id": adjustment.id, "payment_id": payment.id, "receipt": redemption.receipt, "month": "2026-04",
    }  # fmt: skip


def offers(org, owner):
    now, today = clock.now(), clock.local_day(clock.now())
    made = {"created_at": now, "updated_at": now}
    merchant = add(Merchant(org_id=org.id, name="面馆", trade="food", starts_on=today, account_id=owner.account_id, **made))
    offer = add(
        Offer(
            org_id=org.id, merchant_id=merchant.id, title="8 折", since=today, until=today, state="approved", written_by=1, approved_by=2, **made
        )
    )  # fmt: skip
    use = add(OfferUse(offer_id=offer.id, member_id=owner.id, number=1, day=today, at=now))
    return {"merchant_id": merchant.id, "offer_id": offer.id, "use_id": use.id}


def quiz(org, owner, number):
    now, today = clock.now(), clock.local_day(clock.now())
    made = {"created_at": now, "updated_at": now}
    topic = add(Topic(org_id=org.id, name=f"主题{number}"))
    options = [{"key": "a", "text": "甲"}, {"key": "b", "text": "乙"}]
    question = add(Question(org_id=org.id, topic_id=topic.id, kind="single", text="哪个？", options=options, answer=["a"], author_id=1, **made))
    found = add(Round(org_id=org.id, slug=f"round-{number}", title="每日一答", calendar="daily", since=today, state="running", quota={}, **made))
    paper = add(Paper(round_id=found.id, day=today, created_at=now))
    attempt = add(
        Attempt(
            round_id=found.id, paper_id=paper.id, member_id=owner.id, org_path=org.path, day=today, state="scored", nonce="n", total=1, score=1,
            passed=True, began_at=now, due_at=now, scored_at=now, flag="fast",
        )
    )  # fmt: skip
    return {"topic_id": topic.id, "question_id": question.id, "round_id": found.id, "attempt_id": attempt.id, "day": today.isoformat()}


@dataclass(frozen=True)
class Streets:
    """Things of one org, the people of every role at the root, there, and at a neighbour, and two members."""

    things: dict
    people: dict
    owner: int
    other: int


def build(make):
    here, there = make.org(make.root), make.org(make.root)
    people = {
        role: {place: make.account(role, org).id for place, org in (("root", make.root), ("here", here), ("there", there))} for role in ROLES
    }  # fmt: skip
    owner, other = make.member(here, account=True), make.member(here, account=True)
    held = stations(here, owner, 71)
    things = held | money(here, owner, held, 71) | offers(here, owner) | quiz(here, owner, 71)
    things |= {"where": "up", "name": "open", "act": "send", "file": "spec.json"}
    return Streets(things, people, owner.account_id, other.account_id)
