"""Fields that hold assets: whatever a browser sends is judged for this actor and this org."""

from __future__ import annotations

import pytest
from flask import g
from werkzeug.datastructures import MultiDict

from unionhall.base import db
from unionhall.hooks.types import Grant, Role
from unionhall.media import rights
from unionhall.media.fields import MediaField, MediaListField
from unionhall.orgs.models import OrgKind
from unionhall.plugin import DeskForm, required


class OfferForm(DeskForm):
    """One picture and some papers of an org's offer."""

    org_id = 0
    cover = MediaField("封面")
    papers = MediaListField("附件", kind="", most=3)


class WithCover(DeskForm):
    """A picture that must be there."""

    cover = MediaField("封面", [required("选一张封面。")])


@pytest.fixture
def houses(make):
    """A city, two districts below it, and another city."""
    city = make.org()
    return {"city": city, "one": make.org(city, OrgKind.DISTRICT), "two": make.org(city, OrgKind.DISTRICT), "away": make.org()}


@pytest.fixture
def fill(app, work):
    """Return `fill(actor, form class, org, held, **sent)`: the form that this actor sends, validated."""

    def send(actor, kind, org, held=None, **sent):
        g.actor = actor
        pairs = [(name, value) for name, values in sent.items() for value in (values if isinstance(values, list) else [values])]
        form = kind(formdata=MultiDict(pairs), data=held or {}, meta={"csrf": False})
        form.org_id = org.id
        return form

    with app.test_request_context("/desk/", method="POST"), db.unit_of_work():
        yield send


@pytest.mark.both
def test_who_may_use_which_asset_where(app, work, make):
    with work():
        city = make.org()
        one, two, away = make.org(city, OrgKind.DISTRICT), make.org(city, OrgKind.DISTRICT), make.org()
        chief, editor = make.actor(Role.EDITOR, city), make.actor(Role.EDITOR, one)
        account = make.account(Role.EDITOR, one)
        both = make.actor_of(account)
        both = type(both)(both.account_id, both.name, both.login, (*both.grants, Grant("editor", away.id, away.path, both.grants[0].permissions)))
        own, next_door, above, shared, mine = (
            make.picture(one), make.picture(two), make.picture(city), make.picture(city, shared=True), make.picture(away, uploaded_by=editor.account_id),
        )
        db.session().refresh(own)

        def usable(actor, org):
            return [rights.may_use(actor, asset, org.path) for asset in (own, next_door, above, shared, mine)]

        assert usable(editor, one) == [True, False, False, True, True]
        assert usable(editor, two) == [False] * 5
        assert usable(chief, one) == [True, True, True, True, False]
        assert usable(both, one) == [True, False, False, True, False]
        assert usable(both, away) == [False, False, False, False, True]


def test_a_field_takes_what_may_be_used_in_the_forms_org_and_nothing_else(fill, make, houses):
    editor = make.actor(Role.CORRESPONDENT, houses["one"])
    own, foreign = make.picture(houses["one"]), make.picture(houses["two"])
    paper = make.picture(houses["one"], kind="document", extension="pdf", width=0, height=0, renditions={})
    form = fill(editor, OfferForm, houses["one"], cover=str(own.id))
    assert (form.validate(), form.cover.data, form.cover.asset) == (True, own.id, own)
    for sent in (foreign.id, paper.id, 99999, "abc", "1; drop", "９", -1):
        form = fill(editor, OfferForm, houses["one"], cover=str(sent))
        assert (form.validate(), form.cover.asset) == (False, None), sent
        assert "不在你能用的范围里" in form.problems[0][1]
    form = fill(editor, OfferForm, houses["one"], cover="")
    assert (form.validate(), form.cover.data) == (True, None)
    assert not fill(editor, WithCover, houses["one"], cover="").validate()


def test_another_org_in_the_form_is_judged_too(fill, make, houses):
    chief = make.actor(Role.EDITOR, houses["city"])
    picture = make.picture(houses["two"])
    assert fill(chief, OfferForm, houses["one"], cover=str(picture.id)).validate()
    assert not fill(chief, OfferForm, houses["away"], cover=str(picture.id)).validate()


def test_what_the_object_has_stays_until_it_is_gone(fill, make, houses):
    editor = make.actor(Role.EDITOR, houses["one"])
    kept, other = make.picture(houses["away"]), make.picture(houses["away"])
    held = {"cover": kept.id, "papers": [kept.id]}
    form = fill(editor, OfferForm, houses["one"], held, cover=str(kept.id), papers=[str(kept.id)])
    assert (form.validate(), form.papers.assets) == (True, [kept])
    assert not fill(editor, OfferForm, houses["one"], held, cover=str(other.id)).validate()
    db.session().delete(kept)
    db.session().flush()
    form = fill(editor, OfferForm, houses["one"], held, cover=str(kept.id), papers=[str(kept.id)])
    assert (form.validate(), form.cover.asset, form.papers.assets, len(form.problems)) == (False, None, [], 2)


def test_a_list_keeps_its_order_and_says_what_it_lost(fill, make, houses):
    editor = make.actor(Role.EDITOR, houses["one"])
    one, two, three, four = (make.picture(houses["one"]).id for _number in range(4))
    foreign = make.picture(houses["two"]).id
    form = fill(editor, OfferForm, houses["one"], papers=[str(three), str(one), str(three), str(two)])
    assert (form.validate(), form.papers.data) == (True, [three, one, two])
    form = fill(editor, OfferForm, houses["one"], papers=[str(three), str(foreign), "0"])
    assert not form.validate()
    assert "有 2 个刚刚被删除，或者不在你能用的范围里" in form.problems[0][1]
    assert [asset.id for asset in form.papers.assets] == [three]
    form = fill(editor, OfferForm, houses["one"], papers=[str(item) for item in (one, two, three, four)])
    assert (form.validate(), form.problems[0][1]) == (False, "最多 3 个，现在是 4 个。请去掉几个再保存。")
    assert fill(editor, OfferForm, houses["one"], {"papers": [one]}).papers.data == []


@pytest.mark.parametrize(
    ("order", "after"),
    [("papers:up:1", [1, 0]), ("papers:down:0", [1, 0]), ("papers:down:1", [0, 1]), ("papers:up:0", [0, 1]), ("papers:remove:0", [1]),
     ("papers:remove:9", [0, 1]), ("papers:use", [0, 1, 2]), ("papers:nonsense:1", [0, 1]), ("papers:up:x", [0, 1])],
)  # fmt: skip
def test_row_buttons_rearrange_and_are_no_save(app, work, make, order, after):
    with work():
        ids, editor = [make.picture().id for _number in range(3)], make.actor(Role.EDITOR)
    sent = {"papers": ids[:2], "rows": order, "pick-ids": [ids[2], ids[0]]}
    with app.test_request_context("/desk/", method="POST", data=sent):
        g.actor = editor
        form = OfferForm(meta={"csrf": False})
        assert (form.accepted(), form.papers.data, form.problems) == (False, [ids[place] for place in after], [])
