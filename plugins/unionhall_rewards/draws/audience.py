"""For whom a draw is: all members of its union, or those of some unions below; in words, and why somebody is not among them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask_babel import gettext as _

from unionhall.plugin import Actor, Org, RuleBroken, clock, member_covers, members_below, orgs_by_ids, orgs_where
from unionhall_rewards import rights
from unionhall_rewards.draws import facts, queries
from unionhall_rewards.draws.models import Draw

MOST_CHOICES, MOST_ORGS = 300, 60


def choices(org: Org, actor: Actor, kept: Sequence[int] = ()) -> list[Org]:
    """Return the unions below one that a draw may be narrowed to: as many levels as a person can leaf through, and those chosen already."""
    below = [each for each in orgs_where(actor, rights.DRAWS, below=org.path) if each.id != org.id]
    depths = sorted({each.depth for each in below})
    deepest = max((depth for depth in depths if sum(each.depth <= depth for each in below) <= MOST_CHOICES), default=0)
    return [each for each in below if each.depth <= deepest or each.id in kept]


def checked(org: Org, ids: Sequence[int]) -> list[int]:
    """Return the unions to which a draw is narrowed, each once and none below another; none for all of the org.

    Raises RuleBroken for one that is not at or below the org.
    """
    found = [orgs_by_ids(ids).get(number) for number in dict.fromkeys(ids)]
    if any(each is None or not each.path.startswith(org.path) for each in found):
        raise RuleBroken(_("参加的人要在 %(org)s 里面。", org=org.short_name), field="audience")
    chosen = [each for each in found if each is not None]
    if any(each.id == org.id for each in chosen):
        return []
    tops = [each for each in chosen if not any(each.path != other.path and each.path.startswith(other.path) for other in chosen)]
    if len(tops) > MOST_ORGS:
        raise RuleBroken(_("一次抽奖最多选 %(n)s 个工会。再多就给上一级，或者分几次办。", n=MOST_ORGS), field="audience")
    return sorted(each.id for each in tops)


def orgs(draw: Draw) -> list[Org]:
    """Return the unions whose members a draft is for."""
    if not draw.audience:
        return [draw.org]
    found = orgs_by_ids(draw.audience)
    return [found[number] for number in draw.audience if number in found]


def people(draw: Draw) -> list[tuple[int, int]]:
    """Return (member id, account id) of the activated members of these unions and of those below, each person once."""
    return sorted({pair for each in orgs(draw) for pair in members_below(each.path)})


def names(draw: Draw) -> list[str]:
    """Return the names of the unions that a draw is for, as they stood when it was published."""
    told = json.loads(draw.spec).get("audience_names") if draw.spec else None
    return list(told) if told else [each.name for each in orgs(draw)]


def words(draw: Draw) -> str:
    """Return whom a draw is for: "青禾市总工会和下级的会员"."""
    return _("%(org)s和下级的会员", org=_("、").join(names(draw)))


def why_not(draw_id: int, member_id: int) -> str:
    """Return why a member takes no part in a published draw, in a sentence for them; "" for those who do."""
    draw = queries.by_id(draw_id)
    if draw is None or not draw.spec:
        return ""
    known = facts.of(draw.id, draw.commit_hash, draw.public_value)
    holder = known.holder(member_id)
    if known.takes_part(holder):
        return ""
    if holder in set(queries.frozen_list(draw.id, queries.EXCLUDED)):
        return _("经办抽奖的人和在门店收银的人不参加抽奖，免得说不清。答题成绩照样有效。")
    if not any(member_covers(member_id, path) for path in _paths(draw)):
        return _("这次抽奖给%(who)s，你的会籍不在里面。答题成绩照样有效。", who=words(draw))
    at = f"{clock.local(draw.eligible_at or draw.opens_at):%Y-%m-%d %H:%M}"
    return _("参加的名单在 %(at)s 公布时就定好了，那时你还没有激活，或者会籍还不在这里。下一次抽奖就有你。", at=at)


def _paths(draw: Draw) -> list[str]:
    spec = json.loads(draw.spec)
    found: list[str] = spec.get("audience_orgs") or [spec["audience"]]
    return found
