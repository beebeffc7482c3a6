"""Purging a plugin leaves no trace: the whole database is compared with what it was before the plugin came."""

from __future__ import annotations

import io
import json
import os
import secrets
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from unionhall.accounts.models import AccountGrant, ApiToken
from unionhall.base import clock, db
from unionhall.base.errors import PluginProblem, RuleBroken
from unionhall.campaigns.models import Campaign, Component, Count, State
from unionhall.campaigns.services import Basics
from unionhall.campaigns.services import create as create_campaign
from unionhall.exports.models import Export, ExportState
from unionhall.hooks.types import SYSTEM, Event, Role
from unionhall.host import lifecycle
from unionhall.host.models import HookTime
from unionhall.host.registry import host
from unionhall.media.models import Use
from unionhall.members.models import Member
from unionhall.notices.models import Delivery, Notice, Preference, Route, Wording
from unionhall.orgs.models import OrgKind
from unionhall.platform import outbox, search
from unionhall.platform.jobs import JobState
from unionhall.platform.reads.models import DayViews, MonthViews
from unionhall.platform.runs import JobRun
from unionhall.signups import entries, people, questions, sheets
from unionhall.signups.models import Answer, Kind
from unionhall.system import plugin_data, plugin_settings, purging
from unionhall.system.cli_purge import plugin_commands
from unionhall.testing.databases import PostgresSite, SQLiteSite
from unionhall.testing.pytest_plugin import SETTINGS
from unionhall_chapters.models import Chapter

LEFT_OUT = {"audit_entry", "audit_head", "outbox_message", "pagecache_purge", "notices_notice"}


@pytest.fixture
def site(database, request, grown_tables, tmp_path, at):
    """A site of its own, whose tables may go: the plugin is installed and was never enabled."""
    if database == "sqlite":
        found = SQLiteSite(tmp_path, SETTINGS, tables=grown_tables)
    else:
        server = request.getfixturevalue("postgres_server")
        found = PostgresSite(tmp_path, SETTINGS, server, f"unionhall_purge_{os.getpid()}_{secrets.token_hex(3)}", tables=grown_tables)
    with found.app.app_context():
        plugin_data.drop("chapters")  # a new site has the tables of all that are installed
        yield found
        db.session().remove()
    found.end()


def whole():
    """Return every row of every table that there is."""
    db.session().remove()
    with db.engine().connect() as connection:
        return {
            name: sorted(repr(row) for row in connection.execute(sa.select(sa.text("*")).select_from(sa.table(name))))
            for name in sa.inspect(connection).get_table_names()
            if name not in LEFT_OUT
        }


def basis(make):
    """What is there without the plugin: a member with an account, a campaign, a picture."""
    now = clock.now()
    org = make.org()
    chief = make.actor(Role.CHIEF_EDITOR, org)
    campaign = create_campaign(org, Basics(title="职工健康月", audience="public"), actor=chief, now=now)
    return {"org": org.id, "member": make.member(org).id, "account": make.account().id, "campaign": campaign.id, "asset": make.picture(org).id}


def use_everywhere(make, ids):
    """Leave something of the plugin's in every table that keeps names of plugins."""
    session, now = db.session(), clock.now()
    org = session.get(make.root.__class__, ids["org"])
    own = Chapter(
        org_id=org.id, parent_id=make.root.id, slug="taiji", name="太极协会", kind="association", state="active", created_at=now, updated_at=now
    )
    component = Component(campaign_id=ids["campaign"], position=9, kind="chapters.card", title="太极", config={})
    session.add_all([own, component])
    session.flush()
    session.add(
        Count(campaign_id=ids["campaign"], component_id=component.id, place=0, day=clock.local_day(now), label="人", people=1)
    )
    sheet = sheets.create_sheet("chapters.activity", own.id, sheets.Setup("晨练"), org=org, actor=SYSTEM, now=now)
    field = questions.add(sheet, questions.Question(Kind.TEXT, "班组"), actor=SYSTEM, now=now)
    entry = entries.sign_up(sheet, people.of_member(session.get(Member, ids["member"], execution_options={"unionhall_scope": "a test"})), entries.Wish(), actor=SYSTEM, now=now)
    session.add(Answer(entry_id=entry.id, field_id=field.id, value="一班"))
    account = ids["account"]
    session.add_all([
        Use(asset_id=ids["asset"], kind="chapters.chapter", object_id=own.id),
        AccountGrant(account_id=account, role="chapters.officer", org_id=org.id, starts_at=now),
        ApiToken(account_id=account, kind="personal", name="程序", scopes=["me.read", "chapters.write"], token_hash="x" * 64, created_at=now, expires_at=now + timedelta(days=9)),
        Wording(kind="chapters.accepted", channel="mail", locale="zh_CN", subject="好", body="好", updated_at=now),
        Route(kind="chapters.accepted", channel="mail", enabled=False),
        Preference(account_id=account, kind="chapters.accepted", channel="mail", enabled=False, changed_at=now),
        Notice(account_id=account, kind="chapters.accepted", key="1", values={}, subject="你已经是会员", created_at=now),
        JobState(name="chapters.tick", due_at=now), JobRun(name="chapters.tick", at=now, ms=1),
        DayViews(kind="chapters.chapter", object_id=own.id, day=clock.local_day(now), views=3),
        MonthViews(kind="chapters.chapter", object_id=own.id, month=clock.local_day(now).replace(day=1), views=3),
        HookTime(plugin="chapters", hook="unionhall_slot", hour=now, calls=1, micros=1, slowest=1, failures=0),
        Export(
            source="chapters.members", label="名单", org_id=org.id, format="csv", purpose="存档", state=ExportState.WAITING.value,
            token="t" * 40, created_by=account, created_at=now,
        ),
    ])  # fmt: skip
    session.flush()
    notice = session.scalar(sa.select(Notice.id).where(Notice.kind == "chapters.accepted"))
    session.add(Delivery(notice_id=notice, account_id=account, kind="chapters.accepted", channel="mail", created_at=now, due_at=now))
    outbox.publish(Event("chapters.joined", own.id), now=now)
    search.changed("chapters.chapter", own.id, now=now)
    plugin_settings.change("chapters", {"founders_min": 9}, actor=SYSTEM, now=now)


def enable():
    with db.unit_of_work():
        lifecycle.enable("chapters", actor=SYSTEM, now=clock.now())


@pytest.mark.both
def test_a_purge_leaves_no_trace(site, make, tmp_path):
    with db.unit_of_work():
        ids = basis(make)
        db.session().add(ApiToken(account_id=ids["account"], kind="personal", name="旧", scopes=["me.read"], token_hash="y" * 64, created_at=clock.now(), expires_at=clock.now() + timedelta(days=9)))
    before = whole()
    enable()
    with db.unit_of_work():
        use_everywhere(make, ids)
    assert len(whole()) > len(before)

    def purge():
        with db.unit_of_work():
            purging.purge("chapters", actor=SYSTEM, now=clock.now())

    with pytest.raises(PluginProblem, match="先停用它"):
        purge()
    with db.unit_of_work():
        lifecycle.disable("chapters", actor=SYSTEM, now=clock.now())
        db.session().execute(sa.update(Campaign).values(state=State.RUNNING.value, starts_at=clock.now(), ends_at=clock.now() + timedelta(days=9), shown_at=clock.now()))
    full = whole()
    with pytest.raises(RuleBroken, match="职工健康月"):
        purge()
    assert whole() == full
    with db.unit_of_work():
        db.session().execute(sa.update(Campaign).values(state=State.DRAFT.value, starts_at=None, ends_at=None, shown_at=None))

    target = tmp_path / "chapters.zip"
    with db.unit_of_work(), target.open("wb") as file:
        purging.export("chapters", file, actor=SYSTEM, now=clock.now())
    with zipfile.ZipFile(target) as archive:
        rows = [json.loads(line) for line in archive.read("tables/chapters_chapter.jsonl").splitlines()]
        manifest = json.loads(archive.read("manifest.json"))
    assert ([row["name"] for row in rows], manifest["plugin"]) == (["太极协会"], "chapters")
    assert {"name": "chapters_chapter", "rows": 1} in manifest["tables"]

    purge()
    after = whole()
    with db.unit_of_work() as session:
        token = session.scalars(sa.select(ApiToken).where(ApiToken.name == "程序")).one()
        assert token.scopes == ["me.read"]
        session.delete(token)
        assert session.scalars(sa.select(Notice.subject)).all() == ["你已经是会员"]
        assert [row.payload for row in session.scalars(sa.select(outbox.OutboxMessage)) if "chapters" in json.dumps(row.payload)] == []
    after = whole()
    assert {name: rows for name, rows in after.items() if rows != before.get(name)} == {}
    assert set(after) == set(before)
    assert not [name for name in host().statuses() if name.found.name == "chapters" and name.state != "installed"]
    with pytest.raises(PluginProblem, match="不用清除"):
        purge()
    enable()
    assert "chapters_chapter" in whole()


@pytest.mark.both
def test_of_a_package_that_is_gone_the_tables_are_dropped_by_name(site, make, monkeypatch):
    before = whole()
    enable()
    monkeypatch.setattr(host(), "plugins", [])
    site.forget()
    (status,) = [status for status in host().statuses() if status.found.name == "chapters"]
    assert status.state == "missing"
    answer = CliRunner().invoke(plugin_commands, ["purge", "chapters", "--no-export", "--yes"])
    assert answer.exit_code == 0, answer.output
    assert whole() == before
    assert "chapters" not in [status.found.name for status in host().statuses()]


def test_the_command_asks_and_takes_the_data_along(site, make, tmp_path):
    enable()
    with db.unit_of_work():
        org = make.org(None, OrgKind.ASSOCIATION)
        now = clock.now()
        db.session().add(Chapter(org_id=org.id, parent_id=make.root.id, slug="a", name="甲", created_at=now, updated_at=now))
        lifecycle.disable("chapters", actor=SYSTEM, now=now)

    def run(*words, **options):
        return CliRunner().invoke(plugin_commands, list(words), **options)

    target = tmp_path / "out.zip"
    assert run("purge", "chapters").exit_code == 2
    assert run("purge", "chapters", "--export", str(target), input="chapter\n").exit_code == 1
    assert (target.exists(), "chapters_chapter" in whole()) == (False, True)
    answer = run("purge", "chapters", "--export", str(target), "--json", input="chapters\n")
    assert answer.exit_code == 0, answer.output
    with zipfile.ZipFile(io.BytesIO(target.read_bytes())) as archive:
        assert "甲" in archive.read("tables/chapters_chapter.jsonl").decode()
    assert "chapters_chapter" not in whole()
    assert isinstance(run("purge", "nothing", "--no-export", "--yes").exception, PluginProblem)
