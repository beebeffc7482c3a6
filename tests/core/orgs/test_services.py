"""The rules of the tree, on both databases, also when two people change it at once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs import queries, services
from unionhall.orgs.models import Org, OrgChange, OrgKind, OrgStatus
from unionhall.orgs.services import OrgFields
from unionhall.platform.audit import AuditEntry

C, D, S, E, A = OrgKind.CITY, OrgKind.DISTRICT, OrgKind.STREET, OrgKind.ENTERPRISE, OrgKind.ASSOCIATION


def fields(name, kind=D, **more):
    return OrgFields(name=name, short_name=name, kind=kind, **more)


def stored(org):
    """Return what the form of this org holds."""
    return fields(org.name, OrgKind(org.kind))


def tree_is_sound(session):
    """Every path is the parent's path and the org's own id."""
    orgs = {org.id: org for org in session.scalars(select(Org))}
    return all(org.path == (orgs[org.parent_id].path if org.parent_id else "/") + f"{org.id}/" for org in orgs.values())


def do(action, *args, **more):
    return action(*args, actor=SYSTEM, now=clock.now(), **more)


@pytest.mark.both
def test_moving_takes_the_whole_branch_along(work, make):
    with work() as session:
        east, west = make.org(name="东市"), make.org(name="西市")
        district = make.org(east, D)
        street = make.org(district, S)
        firms = [make.org(street, E).id for _ in range(12)]
        do(services.move_org, district, west)
        assert [session.get(Org, firm).path for firm in firms] == [f"{west.path}{district.id}/{street.id}/{firm}/" for firm in firms]
        assert tree_is_sound(session)
        assert {org.id for org in queries.within([west.path])} == {west.id, district.id, street.id, *firms}
        assert queries.within([east.path]) == [east]
        last = queries.history(district)[0]
        assert (last.act, last.before, last.after) == ("moved", {"parent": "东市"}, {"parent": "西市"})


@pytest.mark.both
def test_no_org_comes_to_hang_below_itself(work, make):
    with work():
        first = make.org(kind=E)
        second = make.org(first, E)
        for target in (first, second):
            with pytest.raises(RuleBroken, match="自己或它的下级"):
                do(services.move_org, first, target)
            with pytest.raises(RuleBroken, match="自己或它的下级"):
                do(services.merge_org, first, target)


def at_once(app, *actions):
    """Run the actions in threads that start together; returns what each raised, or None."""
    gate, raised = threading.Barrier(len(actions)), [None] * len(actions)

    def run(place, action):
        with app.app_context():
            try:
                with db.unit_of_work():
                    db.session().scalars(select(Org)).all()
                    if db.engine().dialect.name == "postgresql":
                        gate.wait(60)
                    action()
            except RuleBroken as error:
                raised[place] = error
            finally:
                db.session().remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def org(org_id):
    return db.session().get(Org, org_id)


@pytest.mark.both
def test_two_who_move_a_under_b_and_b_under_a(app, work, make):
    """Both have read the tree before either writes; one is done, the other is told why not."""
    with work():
        a, b = make.org(kind=E).id, make.org(kind=E).id
    for _ in range(5):
        raised = at_once(
            app, lambda: do(services.move_org, org(a), org(b)), lambda: do(services.move_org, org(b), org(a))
        )
        assert sorted(error is None for error in raised) == [False, True]
        with work() as session:
            assert tree_is_sound(session)
            moved = next(item for item in (org(a), org(b)) if item.parent_id in {a, b})
            do(services.move_org, moved, queries.root())


@pytest.mark.both
def test_an_org_is_founded_where_its_parent_is_now(app, work, make):
    """Who read the parent before it was moved founds the child below its new place, not below a path of the past."""
    with work():
        east, west = make.org().id, make.org().id
        district = make.org(org(east), D).id
    found = threading.Event()

    def move():
        do(services.move_org, org(district), org(west))
        found.set()

    def create():
        parent = org(district)
        assert parent.path
        if db.engine().dialect.name == "postgresql":
            assert found.wait(60)
        do(services.create_org, parent, fields("新厂工会", E))

    assert at_once(app, move, create) == [None, None]
    with work() as session:
        assert tree_is_sound(session)


@pytest.mark.both
def test_nobody_founds_below_an_org_that_is_being_closed(app, work, make):
    with work():
        city = make.org().id
    raised = at_once(
        app, lambda: do(services.close_org, org(city)), lambda: do(services.create_org, org(city), fields("新区工会"))
    )
    assert sum(error is None for error in raised) == 1
    with work() as session:
        below = session.scalars(select(Org).where(Org.parent_id == city)).all()
        assert (org(city).status == OrgStatus.CLOSED) is (below == [])


@pytest.mark.both
def test_two_who_merge_into_each_other(app, work, make):
    with work():
        a, b = make.org().id, make.org().id
    raised = at_once(app, lambda: do(services.merge_org, org(a), org(b)), lambda: do(services.merge_org, org(b), org(a)))
    assert sorted(error is None for error in raised) == [False, True]
    with work():
        assert sorted(org(item).status for item in (a, b)) == ["active", "merged"]


@pytest.mark.both
def test_the_same_name_is_not_given_twice_at_once(app, work, make):
    with work():
        city = make.org().id
    raised = at_once(app, *[lambda: do(services.create_org, org(city), fields("东津区总工会")) for _ in range(3)])
    assert sum(error is None for error in raised) == 1


@pytest.mark.both
def test_who_saves_second_is_told(work, make):
    with work() as session:
        city = make.org(name="青禾市总工会")
        seen = city.version
        do(services.rename_org, city, fields("青禾市总工会", C, phone="1"), version=seen)
        with pytest.raises(Conflict, match="有人改过"):
            do(services.rename_org, city, fields("青禾市总工会", C, phone="2"), version=seen)
        session.expire_all()
        assert (city.phone, city.version) == ("1", seen + 1)


@pytest.mark.both
def test_merging_hands_over_children_with_their_history(work, make):
    with work() as session:
        one, two = make.org(name="东市"), make.org(name="西市")
        child, closed = make.org(one, D, name="东津区总工会"), make.org(one, D)
        firm = make.org(child, E)
        do(services.close_org, closed)
        do(services.merge_org, one, two)
        assert tree_is_sound(session)
        assert (child.parent_id, closed.parent_id, firm.path) == (two.id, two.id, f"{two.path}{child.id}/{firm.id}/")
        assert (one.status, one.merged_into_id) == ("merged", two.id)
        assert next((item.act, item.after) for item in queries.history(two)) == ("absorbed", {"name": "东市"})
        assert queries.history(child)[0].after == {"parent": "西市"}
        with pytest.raises(RuleBroken, match="已关闭或已合并"):
            do(services.merge_org, one, two)
        with pytest.raises(RuleBroken, match="已关闭或已合并"):
            do(services.create_org, one, fields("新区工会"))


def test_merging_stops_at_children_that_have_no_place_there(work, make):
    with work():
        one, two, firm = make.org(name="东市"), make.org(name="西市"), make.org(kind=E)
        make.org(one, D, name="城关区工会")
        make.org(two, D, name="城关区工会")
        with pytest.raises(RuleBroken, match="已经有“城关区工会”") as twin:
            do(services.merge_org, one, two)
        with pytest.raises(RuleBroken, match="不能挂在") as level:
            do(services.merge_org, one, firm)
        assert (twin.value.field, level.value.field) == ("target", "target")


@pytest.mark.parametrize(
    ("parent", "kind", "fits"),
    [(C, D, True), (C, C, False), (D, C, False), (D, S, True), (S, E, True), (E, A, True), (A, E, True), (E, S, False), (S, S, False)],
)
def test_levels(work, make, parent, kind, fits):
    with work():
        above = make.org(kind=parent)
        if fits:
            assert do(services.create_org, above, fields("下级工会", kind)).parent_id == above.id
        else:
            with pytest.raises(RuleBroken) as error:
                do(services.create_org, above, fields("下级工会", kind))
            assert error.value.field == "kind"


def test_a_level_is_not_changed_over_the_heads_of_those_below(work, make):
    with work():
        city = make.org(name="青禾市总工会")
        make.org(city, D, name="东津区总工会")
        for kind in (D, S, E):
            with pytest.raises(RuleBroken, match="东津区总工会") as error:
                do(services.rename_org, city, fields("青禾市总工会", kind), version=city.version)
            assert error.value.field == "kind"


def test_the_tree_has_twelve_levels_at_most(work, make):
    with work():
        deepest = make.root
        for _ in range(services.MAX_LEVELS - 1):
            deepest = make.org(deepest, E)
        with pytest.raises(RuleBroken, match="12 级"):
            make.org(deepest, E)
        tall = make.org(kind=E)
        make.org(tall, E)
        with pytest.raises(RuleBroken, match="12 级"):
            do(services.move_org, tall, deepest.parent)


def test_names_are_compared_as_they_are_read(work, make):
    with work():
        city = make.org()
        make.org(city, E, name="第3棉纺厂工会")
        for name in ("第3棉纺厂工会", "第３棉纺厂工会", " 第3棉纺厂\u200b工会"):
            with pytest.raises(RuleBroken) as error:
                do(services.create_org, city, fields(name, E))
            assert error.value.field == "name"
        assert make.org(make.org(), E, name="第3棉纺厂工会")


@pytest.mark.both
def test_an_address_is_never_given_to_another(work, make):
    with work():
        city, other = make.org(name="青禾市总工会", slug="qinghe"), make.org(name="云州市总工会")
        assert do(services.create_org, make.root, fields("青禾", C)).slug == "qing-he"
        do(services.rename_org, city, fields("青禾市总工会", C, slug="qinghe-shi"), version=city.version)
        for taken in ("qinghe", "qinghe-shi"):
            with pytest.raises(RuleBroken, match="青禾市总工会") as error:
                do(services.rename_org, other, fields("云州市总工会", C, slug=taken), version=other.version)
            assert error.value.field == "slug"
        do(services.rename_org, city, fields("青禾市总工会", C, slug="qinghe"), version=city.version)
        assert (city.slug, queries.holder_of_slug("qinghe-shi")) == ("qinghe", city)


@pytest.mark.parametrize("slug", ["Qinghe", "-qinghe", "qing--he", "qing/he", "青禾", "qinghe-", "qing_he"])
def test_an_address_is_plain(work, make, slug):
    with work(), pytest.raises(RuleBroken) as error:
        make.org(slug=slug)
    assert error.value.field == "slug"


def test_an_old_address_leads_on(client, work, make):
    with work():
        city = make.org(name="青禾市总工会", slug="qinghe")
        do(services.rename_org, city, fields("青禾市总工会", C, slug="qinghe-shi"), version=city.version)
    answer = client.get("/orgs/qinghe/")
    assert (answer.status_code, answer.location) == (301, "/orgs/qinghe-shi/")


@pytest.mark.both
def test_closing_waits_for_those_below_and_can_be_undone(work, make):
    with work():
        city = make.org(name="青禾市总工会")
        district = make.org(city, D)
        with pytest.raises(RuleBroken, match="还有 1 个"):
            do(services.close_org, city)
        do(services.close_org, district)
        do(services.close_org, city)
        for action in (services.close_org, lambda *a, **k: services.move_org(a[0], make.root, **k)):
            with pytest.raises(RuleBroken):
                do(action, city)
        with pytest.raises(RuleBroken, match="已关闭"):
            do(services.reopen_org, district)
        make.org(name="青禾市总工会")
        with pytest.raises(RuleBroken, match="已经有"):
            do(services.reopen_org, city)


def test_the_root_stays_where_it_is(work, make):
    with work():
        city = make.org()
        for action in (lambda: do(services.move_org, make.root, city), lambda: do(services.merge_org, make.root, city),
                       lambda: do(services.close_org, make.root)):  # fmt: skip
            with pytest.raises(RuleBroken, match="根组织"):
                action()


def test_nobody_takes_the_branch_they_sit_on(work, make):
    with work():
        city = make.org()
        district, other = make.org(city, D), make.org(city, D)
        actor, now = make.actor(Role.ORG_ADMIN, district), clock.now()
        services.create_org(district, fields("街道总工会", S), actor=actor, now=now)
        for action in (services.close_org, services.reopen_org):
            with pytest.raises(NotAllowed):
                action(district, actor=actor, now=now)
        for action in (services.move_org, services.merge_org):
            with pytest.raises(NotAllowed):
                action(district, other, actor=actor, now=now)
        for parent in (city, other):
            with pytest.raises(NotAllowed):
                services.create_org(parent, fields("别家工会"), actor=actor, now=now)


def test_moving_needs_the_right_on_both_sides(work, make):
    with work():
        east, west = make.org(), make.org()
        district = make.org(east, D)
        with pytest.raises(NotAllowed):
            services.move_org(district, west, actor=make.actor(Role.ORG_ADMIN, east), now=clock.now())
        with pytest.raises(NotAllowed):
            services.move_org(district, west, actor=make.actor(Role.ORG_ADMIN, west), now=clock.now())


@pytest.mark.both
def test_what_was_done_is_in_the_audit_trail(work, make):
    with work():
        actor = make.actor(Role.SYSTEM_ADMIN)
        city = services.create_org(make.root, fields("青禾市总工会", C), actor=actor, now=clock.now())
        services.rename_org(city, fields("青禾总工会", C), version=city.version, actor=actor, now=clock.now())
        services.close_org(city, actor=actor, now=clock.now())
        services.reopen_org(city, actor=actor, now=clock.now())
        city_id = city.id
    with work() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.obj == f"org:{city_id}").order_by(AuditEntry.n)).all()
        assert [entry.act for entry in found] == ["orgs.founded", "orgs.renamed", "orgs.closed", "orgs.reopened"]
        assert {(entry.actor_id, entry.org_id) for entry in found} == {(actor.account_id, city_id)}
        assert "青禾" not in "".join(entry.event for entry in found)
        renamed = session.scalars(select(OrgChange).where(OrgChange.org_id == city_id, OrgChange.act == "renamed")).one()
        assert (renamed.before, renamed.after) == ({"name": "青禾市总工会"}, {"name": "青禾总工会"})


@pytest.mark.both
def test_a_path_never_covers_a_similar_id(work, make):
    with work():
        many = [make.org() for _ in range(25)]
        assert [len(queries.within([item.path])) for item in many] == [1] * 25
        assert queries.height(make.root) == 2
