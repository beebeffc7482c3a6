"""The demo's merchants, with offers in every state."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from importlib.resources import files

from sqlalchemy import select

from unionhall.plugin import SYSTEM, Org, clock, demo_account, session
from unionhall_rewards.offers import services
from unionhall_rewards.offers.models import OfferState
from unionhall_rewards.offers.services import MerchantFields, OfferFields


def load(now: datetime) -> None:
    """Write `demo_data/offers.toml` at the demo's city, or at the root where there is no city; the first merchant writes its own offers."""
    written = tomllib.loads((files("unionhall_rewards.offers") / "demo_data" / "offers.toml").read_text("utf-8"))
    org = session().scalars(select(Org).order_by(Org.slug != "qinghe", Org.id)).first()
    if org is None:
        return
    today = clock.local_day(now)
    for row in written["merchant"]:
        fields = MerchantFields(
            row["name"], row["trade"], today - timedelta(days=120), today + timedelta(days=row.get("days", 245)), row["address"],
            row["phone"], row["contact"], row["agreement"], demo_account(row["login"]) if "login" in row else None,
        )  # fmt: skip
        merchant = services.keep_merchant(None, org, fields, actor=SYSTEM, now=now)
        for item in row["offer"]:
            since = today + timedelta(days=item.get("since", -20))
            offer = OfferFields(
                item["title"], since, today + timedelta(days=item["until"]), item["terms"], item.get("total"), item.get("per_member", 1)
            )
            made = services.write(None, merchant, offer, actor=SYSTEM, now=now)
            made.written_by, other, state = demo_account("orgadmin"), demo_account("admin"), item.get("state", "approved")
            made.approved_by, made.state = other if state == OfferState.APPROVED else None, state
            made.returned_for = item.get("returned", "")
            session().flush()
