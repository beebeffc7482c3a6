"""A plugin made by `unionhall plugins new`, built, installed with pip, used by everybody, purged, uninstalled; typed against our wheel."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

WALL = """
import json, re, sys
from unionhall.app import create_app
from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.testing.factories import Make, log_in
app = create_app({"testing": True, "password_cost": 1, "password_memory": 8})
make, reader, answer = Make(), app.test_client(), {}
if sys.argv[1] == "fill":
    with app.app_context(), db.unit_of_work():
        member, editor = make.member(account=True), make.account(Role.EDITOR, make.root)
        account, writer = member.account_id, editor.id
    def send(browser, page, to="", **typed):
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page).text).group(1)
        return browser.post(to or page, data={"csrf_token": token} | typed)
    desk, own = app.test_client(), app.test_client()
    log_in(desk, writer)
    log_in(own, account)
    edit = send(desk, "/desk/wall/new", title="种一棵树", text="周六去北山。").location
    answer["published"] = send(desk, edit, edit + "publish").status_code
    answer["marked"] = send(own, "/wall/1/mark", wish="yes").status_code
    answer["card"] = "种一棵树" in own.get("/my/").text
    with app.app_context(), db.unit_of_work():
        from datetime import timedelta
        from unionhall.campaigns import components, moving, services
        now = clock.now()
        basics = services.Basics(title="植树月", slug="trees", summary="一起种。", starts_at=now, ends_at=now + timedelta(days=9))
        campaign = services.create(make.root, basics, actor=SYSTEM, now=now)
        components.add(campaign, "wall.newest", config={"most": 3}, actor=SYSTEM, now=now)
        for action in ("submit", "approve"):
            moving.move(campaign, action, actor=SYSTEM, now=now)
if sys.argv[1] == "end":
    with app.app_context(), db.unit_of_work():
        from unionhall.campaigns import moving, shown
        moving.move(shown.by_slug("trees"), "cancel", reason="下雨", actor=SYSTEM, now=clock.now())
if sys.argv[1] == "tables":
    import sqlalchemy as sa
    with app.app_context():
        answer["tables"] = [name for name in sa.inspect(db.engine()).get_table_names() if "wall" in name]
answer |= {
    "page": reader.get("/wall/1/").status_code, "nav": "/wall/" in reader.get("/").text, "component": "种一棵树" in reader.get("/campaigns/trees/").text,
    "search": 'href="/wall/1/"' in reader.get("/search?q=种一棵树").text, "api": reader.get("/api/v1/wall/items").status_code,
    "english": "Come back in a few days" in app.test_client().get("/wall/?lang=en").text or "wants to come" in app.test_client().get("/wall/?lang=en").text,
}
print(json.dumps(answer))
"""


def look(run, what="look"):
    return json.loads(run("-c", WALL, what).splitlines()[-1])


@pytest.mark.slow
def test_a_new_plugin_from_wheel_to_purge(environment):
    run, _packages, _folder = environment
    run("-m", "unionhall", "init", "--org", "青禾市总工会", "--kind", "city")
    off = {"page": 404, "nav": False, "component": False, "search": False, "api": 404, "english": False}
    assert look(run) == off
    run("-m", "unionhall", "plugins", "enable", "wall")
    on = {"page": 200, "nav": True, "component": True, "search": True, "api": 200, "english": True}
    assert look(run, "fill") == on | {"published": 303, "marked": 303, "card": True}

    run("-m", "unionhall", "plugins", "disable", "wall")
    assert look(run) == off
    run("-m", "unionhall", "plugins", "purge", "wall", "--no-export", "--yes", ok=False)  # a campaign that runs has its component
    look(run, "end")
    run("-m", "unionhall", "plugins", "purge", "wall", "--no-export", "--yes")
    assert look(run, "tables") == off | {"tables": []}


@pytest.mark.slow
def test_a_new_plugin_is_typed_against_our_wheel(environment):
    _run, _packages, folder = environment
    command = [sys.executable, "-m", "mypy", "--python-executable", str(folder / "venv" / "bin" / "python"), "--cache-dir", str(folder / "types")]
    done = subprocess.run(command, cwd=folder / "made", env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
