"""A plugin's tables: restored when it is installed, kept aside and named when it is not, and brought back later.

Every command is a process of its own, as on a server; the plugin is "installed" by standing on the path with its metadata.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

SAMPLE = Path(__file__).parents[2] / "sample_plugin"
BEGIN = """
from unionhall.app import create_app
from unionhall.base import clock, db
from unionhall_sample import services
from unionhall.hooks.types import READER, SYSTEM
from unionhall.host import lifecycle
from unionhall.setup import set_up
app = create_app()
with app.app_context():
    set_up("青禾市总工会")
with app.app_context(), db.unit_of_work():
    lifecycle.enable("sample", actor=SYSTEM, now=clock.now())
with app.app_context(), db.unit_of_work():
    services.suggest(1, "多设一个饮水点", article_id=None, actor=READER, now=clock.now())
"""


@pytest.fixture
def metadata(tmp_path):
    """Return a folder that makes the sample plugin findable for whoever has it on the path."""
    folder = tmp_path / "installed"
    about = folder / "unionhall_sample-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: unionhall-sample\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[unionhall.plugins]\nsample = unionhall_sample.plugin\n")
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def machine(request, tmp_path, metadata):
    """Return `machine(name)(*command, plugin=True)`: a command on a machine of its own; its JSON, or what it says."""
    made = []

    def new(name):
        url = ""
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            database = f"unionhall_plugin_{os.getpid()}_{secrets.token_hex(4)}"
            execute(server, f'CREATE DATABASE "{database}"')
            made.append((server, database))
            url = sa.make_url(server).set(database=database).render_as_string(hide_password=False)
        (tmp_path / name).mkdir()
        outside = {key: value for key, value in os.environ.items() if not key.startswith("UNIONHALL_")}
        settings = {"UNIONHALL_INSTANCE": str(tmp_path / name), "UNIONHALL_DATABASE_URL": url, "UNIONHALL_SECRET_KEY": "the same " * 5}

        def run(*command, plugin=True, code=0):
            path = f"{SAMPLE}:{metadata}" if plugin else ""
            environment = outside | settings | {"PYTHONPATH": path}
            done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == code, done.stderr[-2000:] + done.stdout
            return json.loads(done.stdout) if "--json" in command else done.stdout + done.stderr

        return lambda *command, **options: run(*(command if command[0] == "-c" else ("-m", "unionhall", *command)), **options)

    yield new
    for server, database in made:
        execute(server, f'DROP DATABASE "{database}" WITH (FORCE)')


def execute(server, statement):
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.mark.slow
def test_a_plugins_rows_wait_in_the_archive_until_it_is_installed(machine, tmp_path):
    here, there, both = machine("here"), machine("there"), machine("both")
    here("-c", BEGIN)
    file = str(tmp_path / "site.tar")
    rows = here("backup", file, "--json")["rows"]

    back = there("restore", file, "--json", plugin=False)
    assert (back["aside"], back["rows"]) == ({"sample": 1}, rows - 1)
    assert there("restore", file, "--plugin", "sample", "--json")["rows"] == 1
    assert "已经有内容" in there("restore", file, "--plugin", "sample", code=3)
    again = there("backup", str(tmp_path / "again.tar"), "--json")
    assert again["tables"] == both("restore", file, "--json")["tables"]

    kept = there("backup", str(tmp_path / "gone.tar"), "--json", plugin=False)
    assert kept["tables"] == again["tables"], "a backup keeps rows of a plugin whose code is gone"
