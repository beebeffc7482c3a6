"""A tai chi chapter from its founding to a paid benefit: issue 5's journey in real browsers, web and worker running."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SHANGHAI = ZoneInfo("Asia/Shanghai")
NAME, MEMBER, PRESIDENT = "东津区职工太极拳协会工会", "何秀英", "程远桥"
RISK = "请量力而行，不舒服马上停下来，告诉带队人。"
PHONE = {"width": 390, "height": 844}


def test_a_chapter_from_its_founding_to_a_benefit(person, shot):
    union, city = person("orgadmin"), person("cityadmin")
    phone, second = person("member", **PHONE), person("member2", **PHONE)
    before = figures(union)
    desk, slug = found(union, city, shot)
    president(union, second, desk, slug, shot)
    officer = second
    join(phone, officer, desk, slug, shot)
    after = figures(union)
    assert after == before, "both have a union already: nobody is counted twice"
    practice(officer, phone, desk, slug, shot)
    volunteer(officer, phone, desk, slug, shot)
    statement(phone, person(**PHONE), shot)
    benefit(union, city, officer, phone, desk, shot)


def when():
    """Return a full minute some twenty minutes ahead, in Shanghai: practice begins then, check-in is open already."""
    return (datetime.now(SHANGHAI) + timedelta(minutes=20)).replace(second=0, microsecond=0)


def figures(page):
    """Return how many members the union's report counts today."""
    page.goto("/desk/reports/")
    return page.locator("tr", has_text="期末在册会员").first.locator("td strong a").inner_text().split("，")[0]


def found(union, city, shot):
    """The district's union asks, the city's says yes, a congress is held, the chapter is announced."""
    union.goto("/desk/chapters/founding/new")
    union.select_option("#parent_id", label=union.locator("#parent_id option", has_text="东津区总").first.inner_text())
    union.fill("#name", NAME)
    union.fill("#seal", "极")
    union.fill("#aims", "车间里练太极的人越来越多，想有个固定的地方和教练。")
    union.fill("#prepared_by", "程远桥　东津区快递行业联合工会\n何秀英　青禾第二纺织厂工会")
    union.fill("#contact", "0000-12353090")
    union.fill("#founders", "28")
    union.fill("#congress_planned", datetime.now(SHANGHAI).date().isoformat())
    shot(union, "chapters-01-request")
    union.get_by_role("button", name="存好申请").click()
    expect(union.get_by_text("申请存好了")).to_be_visible()
    shot(union, "chapters-02-prepared")
    union.get_by_role("button", name="送审").click()
    expect(union.get_by_text("送审了").first).to_be_visible()
    expect(union.get_by_text("申请人不能审批自己的申请")).to_be_visible()
    city.goto("/desk/chapters/")
    shot(city, "chapters-03-desk-list")
    city.get_by_role("link", name=NAME).click()
    expect(city.get_by_role("button", name="批准成立")).to_be_visible()
    shot(city, "chapters-04-to-decide")
    city.get_by_role("button", name="批准成立").click()
    expect(city.get_by_role("link", name="登记成立大会")).to_be_visible()
    desk = city.url
    union.goto(desk)
    union.get_by_role("link", name="宣布成立").click()
    union.get_by_role("button", name="宣布成立").click()
    expect(union.get_by_text("还没有登记成立大会")).to_be_visible()
    union.goto(desk)
    union.get_by_role("link", name="登记成立大会").click()
    today = datetime.now(SHANGHAI).date()
    numbers = {"eligible": "28", "present": "26", "yes": "25", "nays": "0", "abstained": "1"}
    days = {"held_on": today.isoformat(), "term_until": (today + timedelta(days=1095)).isoformat()}
    for name, value in (numbers | days).items():
        union.fill(f"#{name}", value)
    shot(union, "chapters-05-congress")
    union.get_by_role("button", name="登记", exact=True).click()
    expect(union.get_by_text("大会登记好了")).to_be_visible()
    shot(union, "chapters-06-officers")
    take(union, desk, "宣布成立")
    shot(union, "chapters-07-founded")
    slug = union.get_by_role("link", name="看主页").get_attribute("href").rstrip("/").rsplit("/", 1)[-1]
    return desk, slug


def take(page, desk, label):
    """Take a step of the chapter."""
    page.goto(desk)
    page.get_by_role("link", name=label).click()
    page.get_by_role("button", name=label).click()
    expect(page.get_by_text("已办好")).to_be_visible()


def ask(page, slug, words=""):
    """Ask to join on a phone."""
    page.goto(f"/chapters/{slug}/")
    page.get_by_role("link", name="我要加入").last.click()
    page.fill("#words", words)
    page.check("#agreed")


def president(union, page, desk, slug, shot):
    """The first one joins, is appointed to lead it, and the chapter is at work."""
    ask(page, slug)
    page.get_by_role("button", name="申请加入").click()
    expect(page.get_by_text("申请在等协会答复")).to_be_visible()
    accept(union, desk, PRESIDENT)
    union.goto(f"{desk}officers/new")
    union.select_option("#member_id", label=PRESIDENT)
    union.fill("#title", "会长")
    union.check("#heads")
    shot(union, "chapters-08-appoint")
    union.get_by_role("button", name="任命", exact=True).click()
    expect(union.get_by_text("任命好了")).to_be_visible()
    take(union, desk, "开始运行")
    shot(union, "chapters-09-active")


def accept(page, desk, name):
    """Say yes to somebody who asked."""
    page.goto(f"{desk}applications/")
    page.locator("li", has_text=name).get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_role("heading", name="最近答复的")).to_be_visible()


def join(phone, officer, desk, slug, shot):
    """The member reads the page, asks, and the president says yes on a phone."""
    phone.goto(f"/chapters/{slug}/")
    shot(phone, "chapters-10-page")
    ask(phone, slug, "想学二十四式，中午练。")
    shot(phone, "chapters-11-join")
    phone.get_by_role("button", name="申请加入").click()
    expect(phone.get_by_text("申请在等协会答复")).to_be_visible()
    shot(phone, "chapters-12-waiting")
    officer.goto(f"{desk}applications/")
    shot(officer, "chapters-13-applications")
    accept(officer, desk, MEMBER)
    phone.reload()
    expect(phone.get_by_text("你是这个协会的会员")).to_be_visible()
    shot(phone, "chapters-14-joined")
    phone.goto(f"/chapters/{slug}/")
    expect(phone.get_by_text("会员 2 人，其中二次覆盖 2 人")).to_be_visible()
    phone.goto("/my/")
    shot(phone, "chapters-15-my")


def activity(page, desk, title, begins, *, weekly=False):
    """Set an activity up in the desk."""
    page.goto(f"{desk}activities/new")
    page.fill("#title", title)
    if weekly:
        page.get_by_label("周二").check()
    page.fill("#begins", f"{begins:%H:%M}")
    page.fill("#minutes", "60")
    page.fill("#first_day", begins.date().isoformat())
    page.fill("#venue", "东津广场")
    page.fill("#risk", RISK)
    page.fill("#places", "20")


def practice(officer, phone, desk, slug, shot):
    """Every Tuesday, and once today: the member signs up on the phone and taps at the place."""
    activity(officer, desk, "周二太极晨练", when().replace(hour=6, minute=30), weekly=True)
    shot(officer, "chapters-16-activity-form")
    officer.get_by_role("button", name="建好并开放报名").click()
    expect(officer.get_by_text("活动建好了")).to_be_visible()
    shot(officer, "chapters-17-activity-desk")
    activity(officer, desk, "太极体验课", when())
    officer.get_by_role("button", name="建好并开放报名").click()
    expect(officer.get_by_text("活动建好了")).to_be_visible()
    here = officer.url
    phone.goto(f"/chapters/{slug}/calendar/")
    shot(phone, "chapters-18-calendar")
    phone.get_by_role("link", name="太极体验课").first.click()
    expect(phone.locator(".p-chapters-days a").first).to_be_visible()
    shot(phone, "chapters-19-activity")
    phone.locator(".p-chapters-days a").first.click()
    phone.locator("#consent").check()
    shot(phone, "chapters-20-sheet")
    phone.get_by_role("button", name="确认报名").click()
    expect(phone.locator("figure.qr img")).to_be_visible()
    shot(phone, "chapters-21-entry")
    officer.goto(here)
    officer.get_by_role("link", name=re.compile("签到|报名表|现场")).first.click()
    officer.wait_for_url(re.compile(r"/signups/\d+"))
    sheet = re.search(r"/signups/(\d+)", officer.url).group(1)
    officer.goto(f"/desk/signups/{sheet}/screen")
    code = officer.locator(".onsite__code").inner_text().replace(" ", "")
    shot(officer, "chapters-22-screen")
    phone.goto(f"/signups/{sheet}/here?c={code}")
    shot(phone, "chapters-23-here")
    phone.get_by_role("button", name="我到了").click()
    expect(phone.get_by_text("签到好了")).to_be_visible()
    shot(phone, "chapters-24-checked-in")
    officer.goto(here)
    expect(officer.get_by_text("已到 1")).to_be_visible()


def volunteer(officer, phone, desk, slug, shot):
    """A team, a shift taken in another window, checked in from the leader's list; hours told and confirmed."""
    officer.goto(f"{desk}volunteers/teams/new")
    officer.fill("#name", "太极助老队")
    officer.fill("#summary", "到社区教老人练操。")
    shot(officer, "chapters-25-team-form")
    officer.get_by_role("button", name="保存").click()
    expect(officer.get_by_role("link", name="排班")).to_be_visible()
    team = officer.url
    officer.get_by_role("link", name="排班").click()
    officer.wait_for_url(re.compile("new"))
    begins = when()
    officer.fill("#title", "社区教操")
    officer.fill("#day", begins.date().isoformat())
    officer.fill("#begins", f"{begins:%H:%M}")
    officer.fill("#ends", f"{begins + timedelta(hours=1):%H:%M}")
    officer.fill("#place", "同心社区活动室")
    shot(officer, "chapters-26-shift-form")
    officer.locator("form.panel button.btn--primary").click()
    officer.wait_for_url(lambda url: "new" not in url)
    phone.goto(f"/chapters/{slug}/volunteers/")
    shot(phone, "chapters-27-teams")
    phone.get_by_role("link", name="太极助老队").first.click()
    phone.get_by_role("link", name="我要加入").click()
    phone.get_by_role("button", name="申请加入").click()
    expect(phone.get_by_text("申请发出了").first).to_be_visible()
    officer.goto(team)
    shot(officer, "chapters-28-team")
    officer.get_by_role("button", name="同意", exact=True).click()
    officer.get_by_role("heading", name="申请加入").wait_for(state="detached")
    window = phone.context.new_page()
    window.goto(f"/chapters/{slug}/volunteers/")
    window.get_by_role("link", name="太极助老队").first.click()
    expect(window.get_by_role("heading", name="太极助老队").first).to_be_visible()
    shot(window, "chapters-29-team-page")
    window.get_by_role("link", name=re.compile("报名")).first.click()
    window.get_by_role("button", name="确认报名").click()
    expect(window.locator("figure.qr img")).to_be_visible()
    sheet_entry(officer, team, shot)
    phone.goto("/chapters/my/volunteer/")
    shot(phone, "chapters-31-my-volunteer")
    phone.get_by_role("link", name="补报工时").click()
    phone.fill("#begins_at", f"{datetime.now(SHANGHAI) - timedelta(days=1):%Y-%m-%dT09:00}")
    phone.fill("#minutes", "95")
    phone.fill("#note", "在同心社区教王奶奶练八段锦")
    shot(phone, "chapters-32-report")
    phone.get_by_role("button", name="报给领队").click()
    expect(phone.get_by_text("补报收到了")).to_be_visible()
    officer.goto(f"{desk}volunteers/hours/")
    shot(officer, "chapters-33-hours")
    officer.get_by_role("button", name="确认").click()
    expect(officer.get_by_text("没有要办的工时")).to_be_visible()


def sheet_entry(officer, team, shot):
    """The leader checks the member in by name, from the list of the shift."""
    officer.goto(team)
    officer.get_by_role("link", name=re.compile("社区教操")).click()
    officer.wait_for_url(lambda url: url != team)
    shot(officer, "chapters-30-shift")
    officer.get_by_role("link", name=re.compile("签到")).first.click()
    officer.fill("#q", MEMBER)
    officer.locator("form", has=officer.locator("#q")).get_by_role("button").first.click()
    officer.wait_for_url(re.compile(r"[?&]q="))
    shot(officer, "chapters-30b-list")
    officer.locator("li, tr", has_text=MEMBER).get_by_role("button", name=re.compile("签到")).click()
    expect(officer.get_by_text("签到成功").first).to_be_visible()


def statement(phone, stranger, shot):
    """A numbered statement, that somebody else finds to be genuine."""
    phone.goto("/chapters/my/volunteer/")
    phone.get_by_role("button", name=re.compile("证明")).click()
    expect(phone.locator(".proof__code")).to_be_visible()
    phone.locator(".proof__code").evaluate("part => Promise.all([part, ...part.querySelectorAll('*')].map((one) => one.decode?.()))")
    shot(phone, "chapters-34-statement")
    text = phone.locator(".proof").inner_text()
    number = re.search(r"[A-Z0-9]{4,}(?:-[A-Z0-9]{4,})+", text).group()
    stranger.goto("/verify/")
    stranger.fill("input[name=number]", number)
    stranger.locator("main form button").click()
    expect(stranger.get_by_text(MEMBER[0]).first).to_be_visible()
    shot(stranger, "chapters-35-verified")


def benefit(union, city, officer, phone, desk, shot):
    """One birth, two covers: the employer's union pays, the chapter's claim says who did."""
    add_benefit(union, desk, shot)
    first = claim(phone, "生育慰问", shot, "chapters-37")
    second = claim(phone, "喜得贵子贺礼", shot, "chapters-38")
    expect(phone.get_by_text("同一件事只支付一次")).to_be_visible()
    expect(phone.get_by_text(re.compile(f"由青禾第二纺织厂工会处理（编号 {first}）")).first).to_be_visible()
    shot(phone, "chapters-39-covered")
    officer.goto(f"{desk}claims/")
    shot(officer, "chapters-40-claims-of-chapter")
    open_claim(officer, second)
    shot(officer, "chapters-41-covered-desk")
    union.goto("/desk/chapters/claims/")
    shot(union, "chapters-42-claims")
    open_claim(union, first)
    union.get_by_role("button", name=re.compile("打开内容")).click()
    expect(union.get_by_text("出生证明.png")).to_be_visible()
    shot(union, "chapters-43-first-check")
    with union.expect_navigation():
        union.get_by_role("button", name="初审通过").click()
    city.goto("/desk/chapters/claims/")
    open_claim(city, first)
    city.get_by_role("button", name="复审通过").click()
    expect(city.get_by_text("可以发放了")).to_be_visible()
    city.goto("/desk/chapters/payments/")
    shot(city, "chapters-44-payments")
    city.get_by_role("button", name="建发放单").click()
    expect(city.get_by_role("heading", name="登记发放")).to_be_visible()
    city.fill("#on", datetime.now(SHANGHAI).date().isoformat())
    city.fill("#reference", "HD20260001")
    city.get_by_role("button", name="登记为已发放").click()
    expect(city.get_by_text("HD20260001").first).to_be_visible()
    shot(city, "chapters-45-paid")
    phone.reload()
    expect(phone.get_by_text(re.compile(f"已由青禾第二纺织厂工会支付（编号 {first}）")).first).to_be_visible()
    shot(phone, "chapters-46-paid-by-the-other")
    phone.goto("/chapters/my/claims/")
    shot(phone, "chapters-47-my-claims")


def add_benefit(page, desk, shot):
    """The union adds a benefit of the chapter's: it works in the chapter for that."""
    page.goto("/desk/")
    page.locator(".scope summary").click()
    page.locator(".scope").get_by_role("button", name=NAME).click()
    expect(page.locator(".scope summary", has_text=NAME)).to_be_visible()
    page.goto("/desk/chapters/benefits/new")
    page.select_option("#category", label="生育")
    page.fill("#name", "喜得贵子贺礼")
    page.fill("#yuan", "300")
    page.fill("#waiting_months", "0")
    shot(page, "chapters-36-benefit-form")
    page.get_by_role("button", name="加上").click()
    expect(page.get_by_text("福利加上了")).to_be_visible()
    page.locator(".scope summary").click()
    page.locator(".scope").get_by_role("button", name="东津区总工会").click()
    expect(page.locator(".scope summary", has_text="东津区总")).to_be_visible()


def claim(phone, name, shot, prefix):
    """Claim a benefit on the phone, in four steps; returns the claim's number."""
    phone.goto("/chapters/my/claims/?category=birth")
    phone.get_by_role("link", name=name).first.click()
    expect(phone.get_by_role("heading", name=name).first).to_be_visible()
    phone.fill("#on", datetime.now(SHANGHAI).date().isoformat())
    phone.fill("#what", "女儿出生")
    shot(phone, f"{prefix}a-event")
    phone.get_by_role("button", name="保存，下一步").click()
    phone.locator("input[type=file]").first.set_input_files(paper())
    shot(phone, f"{prefix}b-papers")
    phone.get_by_role("button", name="保存，下一步").click()
    phone.fill("#name", MEMBER)
    phone.fill("#bank", "工商银行东津支行")
    phone.fill("#account", "6222020000001234567")
    shot(phone, f"{prefix}c-payee")
    phone.get_by_role("button", name="保存，下一步").click()
    phone.check("#consent")
    shot(phone, f"{prefix}d-summary")
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.get_by_role("button", name="撤回申请")).to_be_visible()
    shot(phone, f"{prefix}e-sent")
    return re.search(r"FL-[\w-]+", phone.locator("main header", has_text=name).inner_text()).group()


def open_claim(page, number):
    """Open a claim from the list."""
    before = page.url
    page.locator("a", has_text=number).or_(page.locator("tr", has_text=number).get_by_role("link")).first.click()
    page.wait_for_url(lambda url: url != before)


def paper():
    """Return a photo of a paper."""
    out = io.BytesIO()
    Image.new("RGB", (600, 400), "#f4efe4").save(out, "PNG")
    return {"name": "出生证明.png", "mimeType": "image/png", "buffer": out.getvalue()}
