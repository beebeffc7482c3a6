"""What the desk's audit trail calls the acts of the plugin, and what they are done to."""

from __future__ import annotations

from unionhall.plugin import AuditWords, Text
from unionhall_rewards.coupons import words as coupons
from unionhall_rewards.draws import words as draws
from unionhall_rewards.fund import words as fund
from unionhall_rewards.offers import words as offers
from unionhall_rewards.redeeming import words as redeeming
from unionhall_rewards.settling import words as settling

PARTS = (fund, coupons, draws, redeeming, settling, offers)
_ACTS: dict[str, Text] = {f"rewards.{act}": word for part in PARTS for act, word in part.WORDS.items()}
_OBJECTS: dict[str, Text] = {name: word for part in PARTS for name, word in part.OBJECTS.items()}

WORDS = AuditWords(_ACTS, _OBJECTS, coupons.STATES)
