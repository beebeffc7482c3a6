"""Asking for an export and collecting it, over HTTP."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, update

sys.path.insert(0, str(Path(__file__).parent))
from conftest import opened, start

from unionhall.accounts.models import AccountGrant
from unionhall.base import clock
from unionhall.exports import files
from unionhall.news.models import State
from unionhall.orgs.models import Org
from unionhall.platform.audit import AuditEntry


@pytest.mark.both
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_short_list_is_there_at_once(desk, house, listing, row, work, app, form):
    browser = desk(house["admin"])
    page = browser.get("/desk/exports/new?source=test.people&q=%E7%8E%8B").text
    assert "测试名单" in page
    assert "330***" in page
    assert "330199198805010019" not in page
    answer = start(browser, query="&q=王", format=form)
    assert answer.status_code == 303
    page = browser.get(answer.location)
    assert "写好了 1 行" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    sent = browser.post(f"{answer.location}file")
    assert sent.status_code == 200
    assert sent.headers["Cache-Control"] == "no-store"
    assert "filename*=UTF-8''" in sent.headers["Content-Disposition"]
    lines = opened(sent)
    assert lines[0] == ["证件号", "姓名", "生日", "次数"]
    assert lines[1][:2] == ["330***", "王=禾"]
    notes = [line[0] for line in lines[2:] if line and line[0]]
    assert notes[0] == "导出编号：E-1"
    assert notes[1].startswith("导出人：方禾（")
    assert notes[2:5] == ["组织：青禾市总工会及下级", "时间：2026-05-14 09:30", "用途：制作初赛准考证"]
    assert listing.asked[-1] == (house["admin"], f"/1/{house['city']}/", {"q": "王"})
    found = row(answer.location)
    assert (found.state, found.rows, found.filters_sealed) == ("done", 1, "")
    with app.app_context():
        path = files.path(found.token, form)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with work() as session:
        lines = [json.loads(entry) for entry in session.scalars(select(AuditEntry.event).where(AuditEntry.obj == "export:1").order_by(AuditEntry.n))]
    assert [line["act"] for line in lines] == ["exports.asked", "exports.written", "exports.collected"]
    assert (lines[0]["x_purpose"], lines[0]["x_filters"], lines[1]["x_count"]) == ("制作初赛准考证", ["q"], 1)
    assert "王" not in json.dumps(lines, ensure_ascii=False)


def test_unmasked_takes_the_right_and_a_word(desk, house, listing, row):
    browser = desk(house["admin"])
    refused = start(browser, full="y")
    assert refused.status_code == 422
    assert "请勾选这一项" in refused.text
    answer = start(browser, full="y", agreed="y")
    assert opened(browser.post(f"{answer.location}file"))[1][0] == "330199198805010019"
    assert listing.asked[-1][2] == {"full": "1"}
    auditor = desk(house["auditor"])
    assert 'name="full"' not in auditor.get("/desk/exports/new?source=test.people").text
    assert start(auditor, full="y", agreed="y").status_code == 403
    start(auditor, query="&full=1")
    assert listing.asked[-1][2] == {}, "nobody asks for it in the address"


@pytest.mark.parametrize(("values", "told"), [
    ({"purpose": ""}, "请写明导出做什么用"), ({"purpose": "  看 "}, "至少 4 个字"), ({"purpose": "给 13900001234 看看"}, "长号码"),
    ({"purpose": "长" * 201}, "最多 200 个字"), ({"format": "pdf"}, ""), ({"format": ""}, ""),
])  # fmt: skip
def test_what_is_missing_is_said_and_nothing_is_lost(desk, house, listing, values, told):
    answer = start(desk(house["admin"]), **values)
    assert answer.status_code == 422
    assert told in answer.text
    assert values.get("purpose", "制作初赛准考证").strip() in answer.text


def test_doors(desk, house, listing):
    browser = desk(house["admin"])
    assert browser.get("/desk/exports/new?source=nothing.here").status_code == 404
    assert browser.get("/desk/exports/new").status_code == 404
    assert browser.get(f"/desk/exports/new?source={'x' * 5000}").status_code == 404
    assert browser.get("/desk/exports/new?source=test.people&source=x").status_code == 200
    assert browser.get(f"/desk/exports/new?source=test.people&q={'x' * 201}").status_code == 400
    assert browser.get("/desk/exports/new?source=test.people&" + "&".join(f"f{n}=1" for n in range(21))).status_code == 400
    assert desk(house["editor"]).get("/desk/exports/new?source=test.people").status_code == 403
    assert start(desk(house["editor"])).status_code == 403
    assert browser.get("/desk/exports/new?source=news.articles&tab=nonsense").status_code == 400
    assert browser.get("/desk/exports/99999999999999999999/").status_code == 404


@pytest.mark.both
def test_only_the_one_who_asked_collects(desk, house, listing):
    address = start(desk(house["admin"])).location
    colleague, auditor = desk(house["colleague"]), desk(house["auditor"])
    for browser in (colleague, auditor):
        assert browser.get(address).status_code == 200, "the log is theirs to read"
        assert browser.post(f"{address}file").status_code == 404
        assert browser.post(f"{address}cancel").status_code == 404
        assert "制作初赛准考证" in browser.get("/desk/exports/?show=all").text
        assert "制作初赛准考证" not in browser.get("/desk/exports/").text
    for stranger in (desk(house["neighbour"]), desk(house["editor"])):
        assert stranger.get(address).status_code == 404
        assert stranger.post(f"{address}file").status_code == 404
        assert "制作初赛准考证" not in stranger.get("/desk/exports/?show=all").text
    assert desk(house["admin"]).get(f"{address}file").status_code == 405


@pytest.mark.both
def test_a_file_goes_after_a_week(desk, house, listing, row, app, at):
    browser = desk(house["admin"])
    address = start(browser).location
    token = row(address).token
    at("2026-05-21 09:29")
    with app.app_context():
        files.clear(clock.now())
        assert files.path(token, "xlsx").is_file()
    at("2026-05-21 09:31")
    browser = desk(house["admin"])
    assert browser.post(f"{address}file").status_code == 422
    assert "过期" in browser.get(address).text
    with app.app_context():
        (files.folder() / "stray.now.part").write_text("x")
        os.utime(files.folder() / "stray.now.part", (1, 1))
        files.clear(clock.now())
        assert not [path for path in files.folder().iterdir() if path.stem in {token, "stray.now"}]
    assert "制作初赛准考证" in browser.get("/desk/exports/").text, "what was taken stays on record"


def test_a_grant_that_ended_opens_no_file(desk, house, listing, work):
    browser = desk(house["admin"])
    address = start(browser, full="y", agreed="y").location
    with work() as session:
        session.execute(update(AccountGrant).where(AccountGrant.account_id == house["admin"]).values(revoked_at=clock.now()))
    assert browser.post(f"{address}file").status_code in {403, 404}


def test_lists_of_the_house_say_where_they_are_exported(desk, house):
    browser = desk(house["admin"])
    page = browser.get("/desk/accounts/?q=%E6%96%B9&state=enabled").text
    assert "/desk/exports/new?source=accounts.accounts&amp;q=%E6%96%B9&amp;state=enabled" in page
    lines = opened(browser.post(f"{start(browser, 'accounts.accounts', '&q=方').location}file"))
    assert [line[0] for line in lines[1:2]] == ["方禾"]
    assert lines[1][4] == "组织管理员（青禾市总工会）"
    names = [line[0] for line in opened(browser.post(f"{start(browser, 'accounts.accounts').location}file"))]
    assert "邻居" not in names
    auditor = desk(house["auditor"])
    lines = opened(auditor.post(f"{start(auditor, 'system.audit').location}file"))
    assert lines[0][:3] == ["序号", "时间", "谁"]
    assert any(line[3] == "导出清单" for line in lines[1:])


def test_articles_and_assets(desk, house, make, work):
    with work() as session:
        city, other = session.get(Org, house["city"]), session.get(Org, house["other"])
        make.article(city, state=State.PUBLISHED, content=make.content("=春到车间"))
        make.article(city, content=make.content("草稿一篇"))
        make.article(other, state=State.PUBLISHED, content=make.content("邻市的稿"))
        make.picture(city, title="开班")
        make.picture(other, title="邻市")
    browser = desk(house["editor"])
    assert "/desk/exports/new?source=news.articles" in browser.get("/desk/news/?tab=published").text
    lines = opened(browser.post(f"{start(browser, 'news.articles').location}file"))
    assert [line[1] for line in lines[1:3]] == ["草稿一篇", "'=春到车间"]
    assert lines[3][0] == ""
    assert lines[2][4] == "记者 林晓棠"
    lines = opened(browser.post(f"{start(browser, 'news.articles', '&tab=published').location}file"))
    assert lines[2][0] == ""
    assert "/desk/exports/new?source=media.assets" in browser.get("/desk/media/").text
    lines = opened(browser.post(f"{start(browser, 'media.assets').location}file"))
    assert [line[1] for line in lines[1:2]] == ["开班"]
    assert lines[2][0] == ""
