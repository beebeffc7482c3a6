"""Plugins are switched, put in order and migrated; each act is on record and says what to do when it cannot be."""

from __future__ import annotations

from threading import Thread

import pytest
from flask import Blueprint
from sqlalchemy import inspect

from unionhall.base import clock, db
from unionhall.base.errors import NotAllowed, PluginProblem
from unionhall.checks import run
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import READER, SYSTEM
from unionhall.host import lifecycle
from unionhall.host.registry import host
from unionhall.platform import audit
from unionhall.platform.pagecache import memory

MIGRATION = '''"""{title}"""

import sqlalchemy as sa
from alembic import op

revision = "{id}"
down_revision = {down!r}


def upgrade() -> None:
    {up}


def downgrade() -> None:
    {back}
'''


@pytest.fixture
def migrated(install, tmp_path):
    """Return `migrated("alpha", up, up…)`: a plugin whose migrations run these lines."""

    def add(name, *lines, **members):
        folder = tmp_path / f"unionhall_{name}_made"
        (folder / "migrations").mkdir(parents=True, exist_ok=True)
        down = None
        for number, (up, back) in enumerate(lines, start=1):
            text = MIGRATION.format(title=f"Step {number}.", id=f"{name}_{number}", down=down, up=up, back=back)
            (folder / "migrations" / f"{name}_{number}.py").write_text(text)
            down = f"{name}_{number}"
        return install(name, __file__=str(folder / "plugin.py"), **members)

    return add


def make(table):
    return f'op.create_table("{table}", sa.Column("id", sa.Integer(), primary_key=True))', f'op.drop_table("{table}")'


def do(app, act, *names, actor=SYSTEM):
    with app.app_context():
        try:
            with db.unit_of_work():
                act(*names, actor=actor, now=clock.now())
        finally:
            db.session().remove()


def status_of(app, name):
    with app.app_context():
        memory.forget()
        found = next(item for item in host().statuses() if item.found.name == name)
        db.session().remove()
    return found


def acts(app):
    with app.app_context():
        found = [row.act for row in db.session().query(audit.AuditEntry).order_by(audit.AuditEntry.n) if row.act.startswith("system.plugin")]
        db.session().remove()
    return found


@pytest.mark.both
def test_a_plugin_is_enabled_with_its_tables_and_disabled_without_losing_them(migrated, build):
    migrated("alpha", make("alpha_one"), make("alpha_two"))
    app = build(migrate=False)
    assert (status_of(app, "alpha").state, len(status_of(app, "alpha").pending)) == ("installed", 2)
    assert [step.title for step in status_of(app, "alpha").pending] == ["Step 1.", "Step 2."]
    do(app, lifecycle.enable, "alpha")
    do(app, lifecycle.enable, "alpha")
    assert (status_of(app, "alpha").state, status_of(app, "alpha").switched_at) == ("enabled", clock.now())
    do(app, lifecycle.disable, "alpha")
    assert status_of(app, "alpha").state == "disabled"
    with app.app_context():
        assert db.session().execute(db.Model.metadata.tables["host_plugin"].select()).one().name == "alpha"
        assert not db.session().connection().exec_driver_sql("SELECT * FROM alpha_two").all()
        db.session().remove()
    assert acts(app) == ["system.plugin_migrated", "system.plugin_enabled", "system.plugin_disabled"]


@pytest.mark.both
def test_a_migration_that_fails_leaves_the_plugin_off_and_says_why(migrated, build):
    broken = 'op.execute("CREATE TABLE alpha_half (id INTEGER)"); op.execute("SELECT * FROM nowhere")'
    migrated("alpha", make("alpha_one"), (broken, "pass"))
    app = build(migrate=False)
    with pytest.raises(PluginProblem) as told:
        do(app, lifecycle.enable, "alpha")
    found = status_of(app, "alpha")
    assert (told.value.code, found.state, [step.id for step in found.pending]) == ("plugin-migration", "installed", ["alpha_2"])
    assert "nowhere" in found.trouble and "nowhere" in found.reason
    with app.app_context():
        assert not inspect(db.engine()).has_table("alpha_half")
    assert acts(app) == ["system.plugin_migration_failed"]


def test_what_cannot_be_switched_says_why_in_a_sentence(install, build):
    install("ground")
    install("top", needs=("ground",))
    install("picky", dist_requires=["unionhall>=99"])
    install.point("gone", "a_module_that_does_not_exist")
    app = build()
    refused = {}
    for name in ("top", "picky", "gone", "nobody"):
        with pytest.raises(PluginProblem) as told:
            do(app, lifecycle.enable, name)
        refused[name] = told.value.code
        assert (name in str(told.value) and str(told.value).endswith("。")) or name == "gone"
    assert refused == {"top": "plugin-needs", "picky": "plugin-incompatible", "gone": "plugin-not-loaded", "nobody": "plugin-unknown"}
    with pytest.raises(NotAllowed):
        do(app, lifecycle.enable, "ground", actor=READER)
    for name in ("ground", "top"):
        do(app, lifecycle.enable, name)
    with pytest.raises(PluginProblem) as told:
        do(app, lifecycle.disable, "ground")
    assert told.value.code == "plugin-needed"


@pytest.mark.both
def test_a_plugin_rests_while_its_tables_are_older_than_its_code_and_is_missed_when_its_package_is_gone(migrated, build, another, install):
    bp = Blueprint("alpha", __name__)
    bp.add_url_rule("/", "page", lambda: "hello")

    @hookimpl
    def unionhall_site_blueprints():
        return [bp]

    migrated("alpha", make("alpha_one"), unionhall_site_blueprints=unionhall_site_blueprints)
    app = build("alpha")
    assert app.test_client().get("/alpha/").text == "hello"
    migrated("alpha", make("alpha_one"), make("alpha_two"), unionhall_site_blueprints=unionhall_site_blueprints)
    newer = another()
    found = status_of(newer, "alpha")
    assert (found.state, found.command, [step.id for step in found.pending]) == ("pending", "unionhall db upgrade alpha", ["alpha_2"])
    answer = newer.test_client().get("/alpha/")
    assert (answer.status_code, answer.headers["Retry-After"], "正在升级" in answer.text) == (503, "120", True)
    assert newer.test_client().get("/").status_code == 200
    with newer.app_context():
        assert "UH-S023" in {finding.id for finding in run(deploy=False)}
        db.session().remove()
    do(newer, lifecycle.enable, "alpha")
    assert (status_of(newer, "alpha").state, newer.test_client().get("/alpha/").text) == ("enabled", "hello")
    status_of(app, "alpha")
    assert (status_of(app, "alpha").state, app.test_client().get("/alpha/").status_code) == ("incompatible", 503)
    install.forget("alpha")
    gone = another()
    found = status_of(gone, "alpha")
    assert (found.state, found.command, gone.test_client().get("/alpha/").status_code) == ("missing", "pip install unionhall-alpha", 404)
    do(gone, lifecycle.disable, "alpha")
    assert status_of(gone, "alpha").state == "missing"


@pytest.mark.both
def test_two_who_enable_at_once_migrate_once(migrated, build, another):
    migrated("alpha", make("alpha_one"), make("alpha_two"))
    apps = [build(migrate=False), another()]
    failed = []

    def enable(app):
        try:
            do(app, lifecycle.enable, "alpha")
        except Exception as error:
            failed.append(error)

    threads = [Thread(target=enable, args=(app,)) for app in apps * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failed, status_of(apps[0], "alpha").state, acts(apps[0]).count("system.plugin_enabled")) == ([], "enabled", 1)


@pytest.mark.both
def test_the_order_is_the_sites(install, build):
    for name in ("alpha", "beta", "gamma"):
        install(name)
    app = build("alpha", "beta")
    do(app, lifecycle.place, ["gamma", "beta"])
    with app.app_context():
        memory.forget()
        assert [item.found.name for item in host().statuses()] == ["gamma", "beta", "alpha"]
    for wrong, code in ((["nobody"], "plugin-unknown"), (["beta", "beta"], "plugin-order")):
        with pytest.raises(PluginProblem) as told:
            do(app, lifecycle.place, wrong)
        assert told.value.code == code
