"""The roster from spreadsheets: tried, listed, applied in one transaction, taken back."""

from __future__ import annotations

import io
import stat
import sys
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent))
from unionhall.members.imports import files
from unionhall.members.models import MembershipChange
from unionhall.platform.audit import AuditEntry
from unionhall.testing.rosters import comma_separated, person_number, workbook


def rows(*people):
    return [(name, number, *rest) for name, number, *rest in people]


@pytest.mark.both
def test_every_line_is_tried_told_and_then_applied_once(desk, house, send, worker, state, roster, work, make):
    with work():
        known = make.member(make_org(house.one), name="林晓棠", id_number=person_number(1), mobile="13900000001", employer="旧单位")
        make.member(make_org(house.other), name="外区人", id_number=person_number(2))
        make.member(make_org(house.two), name="马二", id_number=person_number(3))
        del known
    browser = desk(house.admin)
    address = send(browser, workbook(rows(
        ("林晓棠", person_number(1), "", "青川制药工会", "新单位"),
        ("外区人", person_number(2)),
        ("马三", person_number(3)),
        ("新来的", person_number(4), "13900000002", "青川制药工会", "厂", "钳工", "2020-05-01"),
        ("无号", ""),
        ("错号", "330199199006010012"),
        ("别处", person_number(5), "", "邻水区总工会"),
        ("重一", person_number(6), "", "", "甲"),
        ("重二", person_number(6), "", "", "乙"),
        ("同一", person_number(7)),
        ("同一", person_number(7)),
    ), above=["青川区会员名册"]))  # fmt: skip
    worker()
    found = state(address)
    assert found.state == "tried"
    assert found.counts == {"new": 2, "update": 1, "unchanged": 1, "conflict": 4, "invalid": 3, "shared": 0}
    told = {line: (outcome, field, code) for line, outcome, field, code in found.lines}
    assert told[4] == ("conflict", "id", "elsewhere")
    assert told[5] == ("conflict", "name", "other-name")
    assert told[7] == ("invalid", "id", "id-empty")
    assert told[8][:2] == ("invalid", "id")
    assert told[9] == ("invalid", "org", "org-outside")
    assert told[10] == told[11] == ("conflict", "id", "twice")
    assert told[13] == ("unchanged", "id", "repeated")
    assert "新来的" not in roster(), "trying writes nothing"
    page = browser.get(address).get_data(as_text=True)
    assert "会新增 2 人，更新 1 人" in page
    assert "邻水区" not in browser.get(f"{address}?show=conflict").get_data(as_text=True)
    assert browser.post(f"{address}apply").status_code == 303
    worker()
    assert state(address).state == "done"
    people = roster()
    assert people["林晓棠"] == (house.one, "新单位", "13900000001", 2), "a blank cell never overwrites"
    assert people["新来的"] == (house.one, "厂", "13900000002", 1)
    assert people["同一"][0] == house.district
    with work() as session:
        assert {change.act for change in session.scalars(select(MembershipChange))} == {"imported", "edited"}
        lines = " ".join(session.scalars(select(AuditEntry.event)))
        assert "members.imported" in lines
        assert "新来的" not in lines
        assert person_number(4) not in lines
    again = send(browser, workbook(rows(("新来的", person_number(4), "13900000002", "青川制药工会", "厂", "钳工", "2020-05-01"))))
    worker()
    assert state(again).counts["unchanged"] == 1
    assert browser.post(f"{again}apply").status_code == 422


def make_org(org_id):
    from unionhall.base import db
    from unionhall.orgs.models import Org

    return db.session().get(Org, org_id)


def test_bad_lines_come_back_with_why_and_only_to_whom_they_belong(desk, house, send, worker, state, work):
    browser = desk(house.admin)
    address = send(browser, workbook(rows(("=cmd|' /C calc'!A0", "123"), ("好人", person_number(1)), ("坏手机", person_number(2), "12345"))))
    worker()
    answer = browser.post(f"{address}bad.xlsx")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    lines = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert lines[0][-3:] == ["原来的行号", "哪一列", "原因"]
    answer.close()
    assert [line[0] for line in lines[1:]] == ["=cmd|' /C calc'!A0", "坏手机"]
    assert [line[-3] for line in lines[1:]] == ["2", "4"]
    assert "公式" in lines[1][-1]
    assert desk(house.neighbour).post(f"{address}bad.xlsx").status_code == 404
    assert desk(house.neighbour).get(address).status_code == 404


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_files_in_every_encoding_that_offices_write(desk, house, send, worker, state, roster, encoding):
    browser = desk(house.admin)
    address = send(browser, comma_separated(rows(("㼆𠮷", person_number(1)), ("阿依古丽・买买提", f'="{person_number(2)}"')), encoding), "名册.csv")
    worker()
    assert state(address).counts["new"] == 2, state(address)
    browser.post(f"{address}apply")
    worker()
    assert {"㼆𠮷", "阿依古丽·买买提"} <= set(roster())


def test_numbers_as_people_and_excel_write_them(desk, house, send, worker, state):
    wide = person_number(1).translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))
    ending_x = next(number for number in map(person_number, range(100, 400)) if number.endswith("X"))
    address = send(desk(house.admin), workbook(rows(
        ("全角", wide), ("小写", ending_x.lower()), ("有空格", f" {person_number(2)[:6]} {person_number(2)[6:14]} {person_number(2)[14:]}"),
        ("科学", "3.30199E+17"), ("数值", 330199199006010012), ("手机数值", person_number(3), 13900000003), ("带国号", person_number(4), "+86 139-0000-0004"),
        ("日期", person_number(5), "", "", "", "", "2020年5月"), ("序号日期", person_number(6), "", "", "", "", 43832),
        ("将来", person_number(7), "", "", "", "", "2099-01-01"), (None, None, None), ("护照没写", "E12345678"),
    )))  # fmt: skip
    worker()
    told = {line: (outcome, code) for line, outcome, _field, code in state(address).lines}
    assert [told[line][0] for line in (2, 3, 4, 7, 8, 9, 10)] == ["new"] * 7
    assert told[5] == told[6] == ("invalid", "id-destroyed")
    assert told[11] == ("invalid", "joined-range")
    assert told[13] == ("invalid", "id-length")
    assert 12 not in told, "an empty line is no line"


def test_columns_that_nobody_recognises_are_asked_for(desk, house, send, worker, state):
    browser = desk(house.admin)
    address = send(browser, workbook([("张一", person_number(1)), ("张二", person_number(2))], head=("甲栏", "乙栏")))
    worker()
    assert state(address).state == "columns"
    assert "甲栏" in browser.get(address).get_data(as_text=True)
    assert browser.post(f"{address}columns", column_name="0").status_code == 422
    assert browser.post(f"{address}columns", column_name="0", column_id="0").status_code == 422
    assert browser.post(f"{address}columns", column_name="0", column_id="1", column_job="9999").status_code == 303
    worker()
    assert state(address).counts["new"] == 2


@pytest.mark.parametrize(("data", "words"), [
    (b"", "空的"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "密码"), (b"PK\x03\x04nonsense", "zip"), (b"\x00\x01\x02\x00" * 50, "不是表格"),
    ("姓名,证件号码\n".encode() + b"\n" * 300_100, "最多导入"), (b"\xff\xfe", "空的"),
])  # fmt: skip
def test_files_that_are_no_rosters_are_told_apart(desk, house, send, worker, state, data, words):
    address = send(desk(house.admin), data, "x.csv")
    worker()
    found = state(address)
    assert found.state == "failed"
    assert words in found.error


def test_a_bomb_is_not_opened(desk, house, send, worker, state):
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    address = send(desk(house.admin), out.getvalue())
    worker()
    assert state(address).state == "failed"
    assert "大得不正常" in state(address).error


def test_a_shared_mobile_is_kept_and_flagged(desk, house, send, worker, state, work, make, roster):
    with work():
        make.member(make_org(house.other), name="外人", mobile="13900000009")
    browser = desk(house.admin)
    address = send(browser, workbook(rows(
        ("一号", person_number(1), "13900000008"), ("二号", person_number(2), "13900000008"), ("三号", person_number(3), "13900000009"),
    )))  # fmt: skip
    worker()
    assert state(address).counts == {"new": 3, "update": 0, "unchanged": 0, "conflict": 0, "invalid": 0, "shared": 3}
    browser.post(f"{address}apply")
    worker()
    page = browser.get("/desk/members/").get_data(as_text=True)
    assert page.count("重号") == 3
    assert "外人" not in page


@pytest.mark.both
def test_an_import_is_taken_back_for_a_day_but_not_what_was_touched(desk, house, send, worker, state, roster, work, make, at):
    with work():
        make.member(make_org(house.one), name="老会员", id_number=person_number(1), employer="旧单位")
    browser = desk(house.admin)
    address = send(browser, workbook(rows(
        ("老会员", person_number(1), "", "", "新单位"), ("新一", person_number(2)), ("新二", person_number(3)), ("新三", person_number(4)),
    )))  # fmt: skip
    worker()
    browser.post(f"{address}apply")
    worker()
    with work() as session:
        from unionhall.members.models import Member
        from unionhall.platform.access import unscoped

        ids = {each.name: each.id for each in session.scalars(unscoped(select(Member), why="test"))}
    shown = browser.post(f"/desk/members/{ids['新二']}/show", reason="核对")
    assert person_number(3) in shown.get_data(as_text=True)
    form = browser.form(f"/desk/members/{ids['新三']}/edit")
    assert browser.post(f"/desk/members/{ids['新三']}/edit", **{**form, "employer": "改过"}).status_code == 303
    assert browser.post(f"{address}undo").status_code == 303
    worker()
    found = state(address)
    assert found.state == "undone"
    assert found.counts == {"removed": 1, "restored": 1, "kept": 2}
    people = roster()
    assert "新一" not in people
    assert {"新二", "新三"} <= set(people), "somebody looked at one, the other was changed"
    assert people["老会员"][1] == "旧单位"
    assert browser.post(f"{address}undo").status_code == 409
    later = send(browser, workbook(rows(("新五", person_number(5)))))
    worker()
    browser.post(f"{later}apply")
    worker()
    at("2026-05-15 09:31")
    assert desk(house.admin).post(f"{later}undo").status_code == 422
    assert "新五" in roster()


def test_files_are_for_our_eyes_only_and_go(desk, house, send, worker, state, app, at):
    browser = desk(house.admin)
    address = send(browser, workbook(rows(("一号", person_number(1)), ("坏", "1"))))
    worker()
    with app.app_context():
        folder = files.folder(state(address).token)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in (files.UPLOAD, files.ROWS, files.BAD)} == {0o600}
    laid_by = (folder / files.ROWS).read_text()
    assert person_number(1) not in laid_by, "numbers are sealed in what is laid by"
    browser.post(f"{address}apply")
    worker()
    assert not (folder / files.UPLOAD).exists()
    forgotten = send(browser, workbook(rows(("二号", person_number(2)))))
    worker()
    now = at("2026-05-22 09:31")
    with app.app_context():
        files.clear(now)
    assert not folder.exists()
    assert state(forgotten).state == "cancelled"
    assert state(forgotten).lines == []
    assert state(address).lines == []


def test_cancelled_before_after_and_while(desk, house, send, worker, state, everybody, monkeypatch, app):
    browser = desk(house.admin)
    address = send(browser, workbook(rows(("一号", person_number(1)))))
    assert browser.post(f"{address}cancel").status_code == 303
    worker()
    assert state(address).state == "cancelled"
    address = send(browser, workbook(rows(("一号", person_number(1)))))
    worker()
    browser.post(f"{address}apply")
    from unionhall.members.imports import applying

    write = applying._write

    def stopping(plan, planned):
        write(plan, planned)
        files.ask_to_stop(plan.held.token)

    monkeypatch.setattr(applying, "_write", stopping)
    worker()
    assert state(address).state == "cancelled"
    assert everybody() == 0
    assert browser.post(f"{address}cancel").status_code == 409


def test_the_template_opens_with_text_columns_and_comes_back_empty(desk, house, send, worker, state):
    browser = desk(house.admin)
    data = browser.get("/desk/members/imports/template.xlsx").data
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == ["名册", "说明"]
    address = send(browser, data)
    worker()
    assert state(address).state == "tried"
    assert set(state(address).counts.values()) == {0}
    page = browser.get(address).get_data(as_text=True)
    assert ">导入</button>" not in page


def test_who_may_import_and_where(desk, house, send, worker, state):
    assert desk(house.auditor).get("/desk/members/imports/").status_code == 403
    browser = desk(house.one_admin)
    answer = browser.client.post("/desk/members/imports/new", data={
        "csrf_token": browser.token(), "org_id": str(house.two), "file": (io.BytesIO(b"x"), "a.csv"),
    }, content_type="multipart/form-data")  # fmt: skip
    assert answer.status_code == 422
    answer = browser.client.post("/desk/members/imports/new", data={"csrf_token": browser.token(), "org_id": str(house.one)})
    assert answer.status_code == 422
    assert "请选择要导入的文件" in answer.get_data(as_text=True)
