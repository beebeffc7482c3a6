"""`unionhall plugins …` and `--safe`, as one types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from unionhall.base import db
from unionhall.cli import db_status
from unionhall.host.offers import offers
from unionhall.host.registry import host
from unionhall.platform.pagecache import memory
from unionhall.system.cli_plugins import plugin_commands

STRANGE = "import os\nos._exit(7)\n"


@pytest.fixture
def unionhall(tmp_path):
    """Return `unionhall(*words)`, which runs the command with a site of its own: (exit code, what it said)."""
    instance = tmp_path / "instance"
    environment = os.environ | {"UNIONHALL_INSTANCE": str(instance), "PYTHONPATH": str(tmp_path / "site"), "UNIONHALL_TESTING": "1"}
    environment.pop("UNIONHALL_SAFE", None)

    def run(*words):
        command = [sys.executable, "-m", "unionhall", *words]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=600)
        return done.returncode, done.stdout.strip() or done.stderr.strip()

    return run


@pytest.fixture
def bad_package(tmp_path):
    """Return a function that installs a distribution whose plugin ends the process when it is imported."""

    def install():
        about = tmp_path / "site" / "unionhall_deadly-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: unionhall-deadly\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text("[unionhall.plugins]\ndeadly = unionhall_deadly\n")
        (tmp_path / "site" / "unionhall_deadly.py").write_text(STRANGE)

    return install


def test_a_plugin_that_ends_the_process_is_switched_off_by_a_start_without_plugins(unionhall, bad_package):
    bad_package()
    assert unionhall("plugins", "list")[0] == 7
    assert unionhall("--safe", "db", "upgrade")[0] == 0
    code, said = unionhall("--safe", "plugins", "disable", "deadly", "--json")
    assert (code, json.loads(said)["error"]["code"]) == (9, "plugins-safe")


def test_a_published_file_is_verified_without_a_site(unionhall, tmp_path):
    (tmp_path / "draw.json").write_text("{}")
    code, said = unionhall("verify", "draw", str(tmp_path / "draw.json"))
    assert (code, said) == (1, "BROKEN this is no file of a draw (draw-….json)")
    assert not (tmp_path / "instance").exists()
    assert "draw" in unionhall("verify", "--help")[1]


def test_plugins_on_the_command_line(install, build, runner):
    install("alpha")
    install("beta", needs=("alpha",))
    app = build()

    def say(*words):
        with app.app_context():
            memory.forget()
            done = runner.invoke(plugin_commands, words)
            db.session().remove()
        if done.exception and not isinstance(done.exception, SystemExit):
            return done.exception.exit_code, done.exception.code
        return done.exit_code, json.loads(done.output) if "--json" in words else done.output.strip()

    code, rows = say("list", "--json")
    assert (code, [(row["name"], row["state"]) for row in rows]) == (0, [("alpha", "installed"), ("beta", "installed")])
    assert say("enable", "nobody") == (9, "plugin-unknown")
    assert say("enable", "beta") == (9, "plugin-needs")
    assert say("enable", "alpha") == (0, "alpha: enabled")
    assert say("enable", "beta", "--json") == (0, {"name": "beta", "state": "enabled"})
    assert say("disable", "alpha") == (9, "plugin-needed")
    code, shown = say("show", "beta", "--json")
    assert (code, shown["state"], shown["requires"], bool(shown["switched_at"])) == (0, "enabled", ["alpha"], True)
    assert say("show", "nobody") == (4, "not-found")
    assert say("order", "beta", "alpha") == (0, "beta alpha")
    assert say("release", "beta") == (9, "plugin-not-quarantined")
    assert say("disable", "beta") == (0, "beta: disabled")
    assert "beta 1.0: disabled" in say("list")[1]


def test_what_a_plugin_adds_and_where_its_tables_stand(app, runner):
    with app.app_context():
        adds = offers(host(), next(found for found in host().plugins if found.name == "chapters"))
        db.session().remove()
        stands = [runner.invoke(db_status, [name], catch_exceptions=True) for name in ("chapters", "nobody")]
    assert ("chapters_chapter" in adds["tables"], "chapters.read" in adds["permissions"], "unionhall_roles" in adds["hooks"]) == (True, True, True)
    assert (stands[0].output.startswith("chapters: "), stands[1].exception.code) == (True, "plugin-not-loaded")
