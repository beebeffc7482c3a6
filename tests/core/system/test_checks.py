"""`unionhall check`: every rule finds its fault, and a well-kept site passes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from unionhall import checks
from unionhall.accounts import passwords
from unionhall.base import clock
from unionhall.cli import cli
from unionhall.hooks.types import SYSTEM, Role
from unionhall.host import migrations
from unionhall.settings import services as settings

DOCS = Path(__file__).parents[3] / "docs" / "administrators.md"
GOOD = {
    "secret_key": "k" * 48, "secure_cookies": True, "trusted_hosts": ("www.qinghe.example",), "site_url": "https://www.qinghe.example",
    "testing": False, "require_second_factor": True, "smtp_host": "smtp.qinghe.example", "password_cost": 3, "password_memory": 65536,
    "database_url": "postgresql://db/unionhall", "sms_url": "https://sms.qinghe.example/send", "sms_key": "s" * 32,
}  # fmt: skip
FILLED = {"icp_number": "青ICP备12345678号-1", "police_number": "12345678901234", "organiser": "青禾市总工会"}


@pytest.fixture
def site(app, work, make, monkeypatch, tmp_path):
    """A site without fault; returns `site(name=value)`, which gives the ids found with some settings otherwise."""
    (tmp_path / "inst").mkdir(mode=0o700)
    for name in ("FLASK_DEBUG", "PYTHONDEVMODE"):
        monkeypatch.delenv(name, raising=False)
    with work():
        make.account(Role.SYSTEM_ADMIN)
        settings.change(dict(FILLED), actor=SYSTEM, now=clock.now())
    kept = app.config["UNIONHALL"]

    def found(*, deploy=True, **changes):
        instance = changes.pop("instance", tmp_path / "inst")
        with app.app_context():
            app.config["UNIONHALL"] = kept.model_copy(update=GOOD | changes | {"instance": instance})
            try:
                return [finding.id.removeprefix("UH-") for finding in checks.run(deploy=deploy)]
            finally:
                app.config["UNIONHALL"] = kept

    return found


def test_a_well_kept_site_passes(site):
    assert site() == []


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"sms_url": ""}, "S020"), ({"sms_url": "http://sms.qinghe.example/"}, "S021"), ({"sms_key": ""}, "S021"),
        ({"secret_key": "k" * 31}, "S001"), ({"secure_cookies": False}, "S002"), ({"trusted_hosts": ()}, "S003"),
        ({"site_url": "http://www.qinghe.example"}, "S004"), ({"testing": True}, "S006"), ({"require_second_factor": False}, "S009"),
        ({"smtp_host": ""}, "S010"), ({"password_cost": 2}, "S014"), ({"password_memory": 65535}, "S014"),
        ({"database_url": "sqlite:///x"}, "S016"), ({"database_url": ""}, "S016"),
    ],
)
def test_what_the_server_is_told(site, changes, wanted):
    assert site(**changes) == [wanted]
    assert site(deploy=False, **changes) == []


@pytest.mark.parametrize("name", ["FLASK_DEBUG", "PYTHONDEVMODE"])
def test_debugging(site, monkeypatch, name):
    monkeypatch.setenv(name, "1")
    assert site() == ["S006"]
    monkeypatch.setenv(name, "0")
    assert site() == []


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"icp_number": ""}, "S007"), ({"icp_number": "青ICP备00000000号-1"}, "S007"), ({"police_number": ""}, "S008"),
        ({"police_number": "青公网安备 00000000000000 号"}, "S008"), ({"organiser": ""}, "S017"),
    ],
)
def test_what_the_desk_is_told(site, work, values, wanted):
    with work():
        settings.change(dict(values), actor=SYSTEM, now=clock.now())
    assert site() == [wanted]
    assert site(deploy=False) == []


def test_demo_accounts_with_their_passwords(site, work, make):
    with work():
        account = make.account(login="editor")
    assert site() == []
    with work() as session:
        session.add(account)
        account.password_hash = passwords.hash_password("demo-editor")
    assert site() == ["S005"]
    with work() as session:
        session.add(account)
        account.disabled_at = clock.now()
    assert site() == []


def test_files_that_others_can_read(site, tmp_path):
    folder = tmp_path / "inst"
    key = folder / "secret.key"
    key.write_text("k")
    key.chmod(0o600)
    folder.chmod(0o755)
    assert site() == []
    key.chmod(0o640)
    assert site() == ["S011"]
    key.chmod(0o600)
    (folder / "unionhall.cfg").write_text("smtp_password = x")
    os.chmod(folder / "unionhall.cfg", 0o644)
    assert site() == ["S011"]
    folder.chmod(0o700)
    assert site() == []


def test_the_instance_is_made_for_its_owner_only(tmp_path):
    from unionhall.base import config

    config.load({"instance": tmp_path / "new"})
    assert [(path.stat().st_mode & 0o777) for path in (tmp_path / "new", tmp_path / "new" / "secret.key")] == [0o700, 0o600]


def test_migrations_that_wait_silence_what_reads_tables(site, monkeypatch):
    monkeypatch.setattr(migrations, "status", lambda *_owner: [migrations.Pending("core", None, "1")])
    monkeypatch.setattr(checks.settings, "stored", lambda: pytest.fail("the tables were read"))
    assert site(deploy=False) == ["S012"]
    assert site() == ["S012"]


def test_plugins_that_do_not_run(app, site, monkeypatch):
    from unionhall.host.discovery import Found

    monkeypatch.setattr(app.extensions["unionhall.host"], "plugins", [Found("live", "1.0", problem="broken", reason="ValueError")])
    assert site() == site(deploy=False) == ["S013", "S024"]  # the tables of the plugin that the site had are left behind


@pytest.mark.parametrize("fault", ["disabled", "no password", "over", "elsewhere", "revoked"])
def test_somebody_must_be_in_charge(site, work, make, at, fault):
    from sqlalchemy import select

    from unionhall.accounts.models import Account, AccountGrant
    from unionhall.platform.access import unscoped

    with work() as session:
        account = session.scalars(unscoped(select(Account), why="test")).one()
        held = session.scalars(select(AccountGrant)).one()
        if fault == "disabled":
            account.disabled_at = clock.now()
        if fault == "no password":
            account.password_hash = ""
        if fault == "over":
            held.ends_at = at("2026-05-14 09:31")
        if fault == "elsewhere":
            held.org_id = make.org().id
        if fault == "revoked":
            held.revoked_at = clock.now()
    assert site(deploy=False) == site() == ["S015"]


def test_every_rule_is_documented_and_said_in_words(app):
    ids = [rule.id for rule in checks.RULES]
    assert sorted(ids) == [*(f"UH-D{number:03}" for number in range(1, 20)), *(f"UH-S{number:03}" for number in range(1, 25))]
    text = DOCS.read_text("utf-8")
    assert [rule for rule in ids if rule not in text] == []
    warnings = [rule.id for rule in checks.RULES if rule.level == "warning"]
    assert [rule for rule in warnings if "UH-S" in rule] == ["UH-S013", "UH-S022", "UH-S024", "UH-S016", "UH-S017", "UH-S019", "UH-S020"]
    assert [rule for rule in warnings if "UH-D" in rule] == [f"UH-D0{number}" for number in ("04", "07", "08", "09", "14", "15", "16")]


def test_the_command_reports_and_fails_on_errors(app, runner, work, make):
    found = runner.invoke(cli, ["check", "--json"], obj=app)
    assert (found.exit_code, [item["id"] for item in json.loads(found.output)]) == (1, ["UH-S015"])
    with work():
        make.account(Role.SYSTEM_ADMIN)
    assert runner.invoke(cli, ["check"], obj=app).exit_code == 0
    deploy = runner.invoke(cli, ["check", "--deploy"], obj=app)
    assert deploy.exit_code == 1
    assert "UH-S004 error: site_url 不是 https 地址，现在是 http://127.0.0.1:8000。\n    site_url = https://" in deploy.output


@pytest.mark.parametrize(("command", "code"), [(["check"], 1), (["plugins", "list"], 0), (["frobnicate"], 2)])
def test_a_shell_sees_the_exit_code(tmp_path, command, code):
    """The process ends with it, not only click's test runner."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("UNIONHALL_")}
    environment = clean | {"UNIONHALL_INSTANCE": str(tmp_path)}
    line = [sys.executable, "-m", "unionhall", "--safe", *command]
    ended = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == code, ended.stderr
