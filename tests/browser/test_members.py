"""From a spreadsheet to an erased account: issue 4's journey in real browsers, web and worker running."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from unionhall.testing.rosters import person_number, workbook

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
NAME, MOBILE = "林知微", "13612340077"
PASSWORD = "茶园里的半日好天气"
WAIT_SECONDS = 20


@pytest.fixture(scope="module")
def number():
    """The identity number of the person who is imported."""
    return person_number(7)


@pytest.fixture
def roster_file(tmp_path, number):
    """A roster as a union sends it: two good rows, one with a wrong check digit."""
    rows = [
        (NAME, number, MOBILE, "恒渡机电有限公司工会", "恒渡机电有限公司", "质检员", "2021-03-01"),
        ("程小舟", person_number(8), "13612340078", "恒渡机电有限公司工会", "恒渡机电有限公司", "装配工", "2022-07-01"),
        ("错号码", person_number(9)[:-1] + ("0" if person_number(9)[-1] != "0" else "1"), "13612340079", "恒渡机电有限公司工会", "", "", ""),
    ]
    path = tmp_path / "恒渡名册.xlsx"
    path.write_bytes(workbook(rows))
    return path


def code(folder, mobile, after):
    """Wait for the text message that the worker writes for a number, and return the code in it."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        for path in sorted((folder / "messages").glob("*"), key=lambda item: item.stat().st_mtime, reverse=True):
            text = path.read_text("utf-8")
            if path.stat().st_mtime >= after and mobile in text and (found := re.search(r"(?<!\d)\d{6}(?!\d)", text)):
                return found.group()
        time.sleep(0.2)
    pytest.fail("no text message came")


def test_a_member_from_the_roster_to_being_forgotten(person, folder, roster_file, number, shot):
    import_roster(person("orgadmin"), roster_file, shot)
    phone = person(width=390, height=844)
    activate(phone, folder, number, shot)
    entry_code = sign_up(phone, shot)
    check_in(person("chief", width=390, height=844), entry_code, shot)
    finish_campaign(person("chief"), shot)
    leave(phone, shot)
    phone.goto("/login")
    phone.fill("#login", MOBILE)
    phone.fill("#password", PASSWORD)
    phone.click("main button.btn--primary")
    expect(phone.get_by_text("不对。请核对后再试")).to_be_visible()


def import_roster(page, path, shot):
    """An administrator tries a spreadsheet, reads what would happen, and lets it happen."""
    page.goto("/desk/members/imports/new")
    page.set_input_files("#file", path)
    page.get_by_role("button", name="上传并试一遍").click()
    expect(page.get_by_text("会新增 2 人")).to_be_visible(timeout=WAIT_SECONDS * 1000)
    shot(page, "members-1-import-tried")
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("新增 2 人，更新 0 人")).to_be_visible(timeout=WAIT_SECONDS * 1000)
    expect(page.get_by_text("有 1 行没有导入")).to_be_visible()


def activate(page, folder, number, shot):
    """On the phone: three facts, a consent, the code, a password."""
    page.goto("/campaigns/chunchaqinzi/")
    page.get_by_role("link", name="我要报名").click()
    expect(page.get_by_text("现在还不能报")).to_be_visible()
    shot(page, "members-2-not-yet")
    page.goto("/activate")
    page.fill("#name", NAME)
    page.fill("#id_number", number)
    page.fill("#mobile", MOBILE)
    page.check("#agree")
    started = time.time() - 1
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#code")).to_be_visible()
    page.fill("#code", code(folder, MOBILE, started))
    page.get_by_role("button", name="激活").click()
    expect(page.locator("#again")).to_be_visible()
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.get_by_role("button", name="设密码").click()
    expect(page.get_by_text("已激活会员")).to_be_visible()
    shot(page, "members-3-my")


def sign_up(page, shot):
    """Three places are left; afterwards two, with a notice and a code."""
    page.goto("/campaigns/chunchaqinzi/")
    shot(page, "members-4-campaign")
    page.get_by_role("link", name="我要报名").click()
    expect(page.get_by_text("还有 3 个名额")).to_be_visible()
    page.get_by_label("孩子几岁").fill("7")
    for box in page.get_by_role("checkbox").all():
        box.check()
    shot(page, "members-5-sheet")
    page.get_by_role("button", name="确认报名").click()
    expect(page.locator("figure.qr img")).to_be_visible()
    shot(page, "members-6-entry")
    found = page.locator(".bigfig b").first.inner_text().replace(" ", "")
    page.goto("/my/inbox/")
    expect(page.get_by_text("报名成功").first).to_be_visible()
    page.goto("/campaigns/chunchaqinzi/")
    expect(page.get_by_text("2 个名额").first).to_be_visible()
    return found


def check_in(page, entry_code, shot):
    """At the tea garden: the code is typed, the second time it says so."""
    page.goto("/desk/signups/?q=采茶")
    page.get_by_role("link", name=re.compile("采茶")).first.click()
    page.wait_for_url(re.compile(r"/desk/signups/\d+"))
    page.get_by_role("link", name="签到").first.click()
    page.wait_for_url(re.compile("/checkin|/check-in|/onsite"))
    page.fill("#code", entry_code)
    page.get_by_role("button", name="签到", exact=True).click()
    expect(page.get_by_text(f"{NAME} 签到成功")).to_be_visible()
    shot(page, "members-7-checked-in")
    page.fill("#code", entry_code)
    page.get_by_role("button", name="签到", exact=True).click()
    expect(page.get_by_text("之前已经签到")).to_be_visible()


def finish_campaign(page, shot):
    """The editor looks at the figures, ends the campaign, publishes its result and takes the list away."""
    page.goto("/desk/campaigns/?q=采茶")
    page.get_by_role("link", name=re.compile("采茶")).first.click()
    page.wait_for_url(re.compile(r"/desk/campaigns/\d+"))
    page.get_by_role("link", name=re.compile("数字|数据")).first.click()
    page.wait_for_url("**/figures")
    expect(page.locator("main")).to_contain_text("38")
    shot(page, "members-8-figures")
    edit = page.url.replace("/figures", "/edit")
    page.goto(edit.replace("/edit", "/move/end"))
    if page.locator("#reason").count():
        page.fill("#reason", "茶山下雨，提前收篓。")
    page.locator("main form.panel button.btn--danger").click()
    page.wait_for_url("**/edit")
    page.goto(edit.replace("/edit", "/results"))
    body = page.locator(".rte__body")
    body.click()
    page.keyboard.type("三十八个家庭上了山，采了四十一斤鲜叶。")
    page.get_by_role("button", name="保存并公布结果").click()
    expect(page.get_by_text("已公布").first).to_be_visible()
    page.goto("/campaigns/chunchaqinzi/")
    expect(page.get_by_text("三十八个家庭上了山")).to_be_visible()
    shot(page, "members-9-results")
    page.goto("/desk/signups/?q=采茶")
    page.get_by_role("link", name=re.compile("采茶")).first.click()
    page.wait_for_url(re.compile(r"/desk/signups/\d+"))
    page.get_by_role("link", name=re.compile("^导出（")).click()
    page.fill("#purpose", "采茶日保险名单存档")
    page.get_by_role("button", name="生成文件").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    shot(page, "members-10-export")


def leave(page, shot):
    """The member takes a copy of everything and has themselves erased, with a receipt."""
    page.goto("/my/privacy/download")  # the code that activated the account still proves who asks
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    assert download.value.suggested_filename.endswith(".zip")
    page.goto("/my/privacy/erase")
    expect(page.get_by_role("heading", name="必须留下")).to_be_visible()
    shot(page, "members-11-erase")
    page.check("#sure")
    page.get_by_role("button", name="删除我的信息").click()
    expect(page.get_by_text("回执").first).to_be_visible()
    shot(page, "members-12-receipt")
