"""The wheel, and a third party's plugin, installed with pip into a fresh environment and really run."""

from __future__ import annotations

import json
import shutil

import pytest

LOOK = """
import io, json, re, sys
from PIL import Image
from unionhall.app import create_app
from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.testing.factories import Make, log_in
app = create_app({"testing": True, "password_cost": 1, "password_memory": 8})
make = Make()
def token_of(client):
    return re.search(r'name="csrf-token" content="([^"]+)"', client.get("/desk/").text).group(1)
def campaign_of(slug):
    from unionhall.campaigns import shown
    return shown.by_slug(slug)
def photo():
    out = io.BytesIO()
    Image.new("RGB", (1200, 800), "red").save(out, "JPEG")
    out.seek(0)
    return out, "饮水点.jpg"
if sys.argv[1] == "seed":
    with app.app_context(), db.unit_of_work():
        from unionhall.hooks.types import Role
        from unionhall.news.models import State
        make.account(Role.EDITOR, make.root, login="editor")
        make.article(make.root, state=State.PUBLISHED)
if sys.argv[1] == "post":
    with app.app_context(), db.unit_of_work():
        from datetime import timedelta
        from unionhall.campaigns import components, counting, moving, services
        now = clock.now()
        basics = services.Basics(title="健身角", slug="corner", summary="一起想办法。", starts_at=now, ends_at=now + timedelta(days=9))
        campaign = services.create(make.root, basics, actor=SYSTEM, now=now)
        components.add(campaign, "sample.ask", config={"question": "健身角还缺什么？"}, actor=SYSTEM, now=now)
        for action in ("submit", "approve"):
            moving.move(campaign, action, actor=SYSTEM, now=now)
client = app.test_client()
with app.app_context(), db.unit_of_work():
    from unionhall.accounts.services import by_login
    from unionhall.news import queries
    editor = by_login("editor").id
    article = queries.latest(clock.now(), limit=1)[0].url
home = client.get("/").text
page = client.get(article).text
answer = {"box": client.get("/sample/").status_code, "nav": "/sample/" in home, "slot": "data-sample" in page,
          "sitemap": "/sample/" in client.get("/sitemap.xml").text, "english": "Suggestion box" in client.get("/sample/?lang=en").text,
          "stranger": client.get("/desk/sample/").status_code}
if sys.argv[1] == "post":
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sample/").text).group(1)
    answer["posted"] = client.post("/sample/", data={"csrf_token": token, "text": "多设一个饮水点"}).status_code
    answer["refused"] = client.post("/sample/", data={"csrf_token": token, "text": " "}).status_code
log_in(client, editor)
if sys.argv[1] == "post":
    picture, paper = (client.post("/desk/media/upload", data={"csrf_token": token_of(client), "file": file}, headers={"Accept": "application/json"}).json["id"]
                      for file in (photo(), (io.BytesIO("姓名,单位".encode()), "名单.csv")))
    form = client.get("/desk/sample/1/").text
    answer["chooser"] = "/desk/media/choose?pick-want=image&amp;pick-field=picture_id" in form
    send = lambda **data: client.post("/desk/sample/1/", data={"csrf_token": token_of(client)} | data)
    answer["wrong_kind"] = send(picture_id=paper).status_code
    answer["kept"] = f'value="{paper}"' in send(picture_id=picture, rows="papers:use", **{"pick-ids": paper}).text
    answer["saved"] = send(picture_id=picture, papers=[paper]).status_code
    answer["uses"] = "多设一个饮水点" in client.get(f"/desk/media/{picture}/").text
    answer["in_use"] = client.post(f"/desk/media/{picture}/delete", data={"csrf_token": token_of(client)}).status_code
    page = app.test_client().get("/sample/1/").text
    answer["shown"] = ('type="image/webp"' in page, "480w" in page and "960w" in page, "名单.csv" in page)
else:
    answer["shown"] = app.test_client().get("/sample/1/").status_code
answer["asked"] = "健身角还缺什么？" in app.test_client().get("/campaigns/corner/").text
if sys.argv[1] == "post":
    with app.app_context(), db.unit_of_work():
        answer["figures"] = [figure.times for item in counting.live(campaign_of("corner")) for figure in item.figures]
desk = client.get("/desk/")
answer["api"] = app.test_client().get("/api/v1/sample/suggestions/1").status_code
answer["desk_nav"] = "/desk/sample/" in desk.text
listed = client.get("/desk/sample/")
answer["desk"] = (listed.status_code, "多设一个饮水点" in listed.text)
print(json.dumps(answer))
"""


def states(run):
    return {row["name"]: row["state"] for row in json.loads(run("-m", "unionhall", "plugins", "list", "--json"))}


def look(run, what):
    return json.loads(run("-W", "error::DeprecationWarning:unionhall", "-c", LOOK, what).splitlines()[-1])


@pytest.mark.slow
def test_a_third_partys_plugin_from_pip_install_to_uninstall(environment):
    run, packages, _folder = environment
    where = run("-c", "import unionhall; print(unionhall.__file__)")
    assert where.startswith(str(packages))
    run("-m", "unionhall", "init", "--org", "青禾市总工会", "--kind", "city")
    assert states(run)["sample"] == "installed"
    off = {"box": 404, "nav": False, "slot": False, "sitemap": False, "english": False, "stranger": 404, "desk_nav": False, "desk": [404, False],
           "shown": 404, "asked": False, "api": 404}
    assert look(run, "seed") == off

    assert run("-m", "unionhall", "plugins", "enable", "sample") == "sample: enabled\n"
    on = {"box": 200, "nav": True, "slot": True, "sitemap": True, "english": True, "stranger": 302, "posted": 303, "refused": 422,
          "desk_nav": True, "desk": [200, True], "chooser": True, "wrong_kind": 422, "kept": True, "saved": 303, "uses": True, "in_use": 409,
          "shown": [True, True, True], "asked": True, "figures": [1], "api": 200}
    assert look(run, "post") == on
    status = {item["owner"]: item["up_to_date"] for item in json.loads(run("-m", "unionhall", "db", "status", "--json"))}
    assert (status["core"], status["sample"]) == (True, True)

    run("-m", "unionhall", "plugins", "disable", "sample")
    assert look(run, "off") == off

    for left in packages.glob("unionhall_sample*"):
        shutil.rmtree(left)
    assert look(run, "gone") == off
    run("-m", "unionhall", "db", "upgrade")
    assert states(run).get("sample") in {None, "missing"}
