"""What a plugin's own page may do with its component."""

from __future__ import annotations

import pytest

from unionhall.base import clock
from unionhall.campaigns import components
from unionhall.hooks.types import SYSTEM, Role
from unionhall.plugin import NotAllowed, NotFound, RuleBroken, component_view, keep_component


@pytest.mark.both
def test_a_component_is_read_and_kept_within_the_actors_rights(work, make, campaigns, offered):
    offered.add("test.sheet", frozen=("quota",), added=lambda view, actor, now: {"sheet": 7})
    with work():
        ours, theirs, now = make.org(), make.org(), clock.now()
        editor, auditor, neighbour = make.actor(Role.EDITOR, ours), make.actor(Role.AUDITOR, ours), make.actor(Role.EDITOR, theirs)
        campaign = campaigns.create(org=ours)
        number = components.add(campaign, "test.sheet", title="报名", actor=SYSTEM, now=now).id
        view = component_view(number, actor=auditor)
        assert (view.title, view.config, view.state, view.org_path) == ("报名", {"sheet": 7}, "draft", ours.path)
        keep_component(number, {"quota": 5}, actor=editor, now=now)
        assert component_view(number, actor=editor).config == {"sheet": 7, "quota": 5}
        with pytest.raises(NotAllowed):
            keep_component(number, {"quota": 6}, actor=auditor, now=now)
        for number_, actor in ((number, neighbour), (0, editor), (2**40, editor)):
            with pytest.raises(NotFound):
                component_view(number_, actor=actor)
        for action in ("submit", "approve", "start"):
            campaigns.move(campaign, action)
        with pytest.raises(RuleBroken):
            keep_component(number, {"quota": 6}, actor=editor, now=now)
