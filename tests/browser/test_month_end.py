"""The month's end by hand: finance cuts and sends, the stores' managers answer at their tills, two people pay, and everything adds up."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pypdfium2
import pytest
from browser_pages import DEMO_TILL, PHONE, begin, enrol, fits, in_large_print
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
DOUBT, ANSWER, FIXED, BANK_SLIP = "这张小票顾客没有用券，是我们扫错的。", "查过监控，确实多付了 10 元。", "-10", "HD-MONTH-001"
ROAD = {
    "拨入": ("外", "可用"), "拨出": ("可用", "外"), "人工发券": ("可用", "会员手里"), "核销": ("会员手里", "已核销，待结算"),
    "核销余额退回": ("会员手里", "可用"), "撤销核销": ("已核销，待结算", "会员手里"), "过期退回": ("会员手里", "可用"), "付给门店": ("已核销，待结算", "已付给门店"),
}  # fmt: skip
"""From which account to which each kind of movement goes, as the fund's page calls them."""


def yuan(text):
    """Return an amount that a page shows: "1,250.50 元"."""
    return Decimal(re.search(r"[+-]?[\d,]+(?:\.\d+)?(?= 元)", text).group().replace(",", ""))


def test_a_month_from_the_cut_to_the_last_closed_statement(person, arranged, command, shot):
    told = arranged("month")
    finance, second = person("payer"), person("payer2")
    one, _other = told["stores"]
    pages = cut(finance, command, told, shot)
    send_all(finance, told, pages)
    at_one, at_other = person(**PHONE), person(**PHONE)
    for till, name, code in zip((at_one, at_other), told["managers"], (DEMO_TILL, told["code"]), strict=True):
        manager(till, name, code)
    confirm(at_other, told, Decimal("6.50"), shot)
    doubt(at_one, told, shot)
    answer(finance, second, pages[one], shot)
    seen_and_confirmed(at_one, shot)
    on_paper(finance, pages[one], one)
    run = draw_up(finance, told, shot)
    payment_file(finance, run, told, shot)
    pay(finance, second, run, shot)
    close(finance, at_one, pages, told, command, shot)
    adds_up(finance, told, shot)


def cut(finance, command, told, shot):
    """Cut last month; the fund has a statement for each of its stores. Returns {store: its statement's address}."""
    code, said = command("rewards", "settle", "--month", told["month"])
    assert code == 0, said
    finance.goto(f"/desk/rewards/settlements/?month={told['month']}&state=cut")
    pages, rows = {}, finance.locator("tbody tr", has_text=told["fund"])
    expect(rows).to_have_count(2)
    shot(finance, "month-01-cut")
    for store in told["stores"]:
        link = rows.filter(has_text=store).get_by_role("link", name=store)
        pages[store] = link.get_attribute("href")
    return pages


def send_all(finance, told, pages):
    """Send them from the desk, one by one."""
    for page in pages.values():
        finance.goto(page)
        finance.get_by_role("button", name="发给门店").click()
        expect(finance.get_by_text("发出了，门店在收银台能看到了。")).to_be_visible()


def manager(till, name, code):
    """Make a phone a store's till, with its manager at it, who opens the statements."""
    enrol(till, code)
    begin(till, name)
    till.get_by_role("link", name=re.compile("^结算单")).click()
    expect(till.get_by_role("heading", name="结算单", exact=True)).to_be_visible()


def open_statement(till, told):
    till.goto("/rewards/till/statements/")
    row = till.locator("li", has_text=told["fund"])
    expect(row).to_contain_text("等门店确认")
    row.get_by_role("link").click()
    expect(till.get_by_role("heading", name=re.compile("结算单$"))).to_be_visible()


def confirm(till, told, fen, shot):
    """The second store's manager reads and agrees."""
    open_statement(till, told)
    assert fits(till)
    shot(till, "month-02-till-statement")
    in_large_print(till, shot, "month-02-till-statement")
    button = till.get_by_role("button", name=re.compile("^确认，应付"))
    assert yuan(button.inner_text()) == fen
    button.click()
    expect(till.get_by_text("确认好了，工会会安排付款。")).to_be_visible()


def doubt(till, told, shot):
    """The first store's manager finds a line that is wrong, and says so; while that is open nothing can be confirmed."""
    open_statement(till, told)
    line = till.locator("#line option", has_text="10 元").nth(0)
    till.select_option("#line", value=line.get_attribute("value"))
    till.fill("#words", DOUBT)
    till.get_by_role("button", name="告诉工会").click()
    expect(till.get_by_text("收到了，工会答复以后会在这里显示。")).to_be_visible()
    expect(till.locator("main")).to_contain_text("门店有疑问")
    expect(till.get_by_role("button", name=re.compile("^确认"))).to_have_count(0)
    assert fits(till)
    shot(till, "month-03-doubt")


def answer(finance, second, page, shot):
    """Finance agrees to a correction; not the one who proposed it approves it. The statement itself stands."""
    finance.goto(page)
    finance.get_by_role("link", name="答复这条疑问").click()
    finance.get_by_label("同意，下一期更正").check()
    finance.fill("#yuan", FIXED)
    finance.fill("#words", ANSWER)
    shot(finance, "month-04-answer")
    finance.get_by_role("button", name="答复门店").click()
    expect(finance.get_by_text("更正的部分要由另一位同事批准")).to_be_visible()
    for who, waits in ((finance, 0), (second, 1)):
        who.goto("/desk/rewards/adjustments/")
        who.locator("tr", has_text=ANSWER).get_by_role("link").first.click()
        expect(who.locator("main")).to_contain_text(ANSWER)
        expect(who.get_by_role("button", name="批准，进下一期")).to_have_count(waits)
    shot(second, "month-05-approve")
    second.get_by_role("button", name="批准，进下一期").click()
    expect(second.get_by_text("批准了，进这家门店的下一期结算单。")).to_be_visible()


def seen_and_confirmed(till, shot):
    """The manager reads the answer and confirms what the statement always said: 30 yuan."""
    till.reload()
    expect(till.locator("main")).to_contain_text(f"工会答复：{ANSWER}")
    shot(till, "month-06-answered")
    button = till.get_by_role("button", name=re.compile("^确认，应付"))
    assert yuan(button.inner_text()) == 30
    button.click()
    expect(till.locator("main")).to_contain_text("门店已确认")


def saved(download):
    return download.value.path().read_bytes()


def on_paper(finance, page, store):
    """The statement as PDF, in Chinese and whole; its lines as a spreadsheet that adds up."""
    finance.goto(page)
    with finance.expect_download() as download:
        finance.get_by_role("link", name="打印结算单").click()
    read = pypdfium2.PdfDocument(saved(download))
    text = "".join(one.get_textpage().get_text_range() for one in read)
    read.close()
    hash_code = finance.locator(".p-rewards-hash").inner_text()
    assert all(words in text for words in ("驿站消费券结算单", store, "月末十元券", "应付合计", "30 元")), text
    assert hash_code in re.sub(r"\s", "", text)
    head, *rows = spreadsheet(finance, "导出明细", "月末核对")
    fen, receipt = head.index("金额（元）"), head.index("小票号")
    assert sorted(row[fen] for row in rows) == [-10, 10, 10, 10, 10]
    assert len({row[receipt] for row in rows}) == 5


def spreadsheet(page, link, purpose, *, whole=False):
    """Export what a page shows, with a purpose, and return the file's rows without the notes at their end; `whole` asks for whole numbers."""
    page.get_by_role("link", name=re.compile(link)).click()
    page.fill("#purpose", purpose)
    for box in page.get_by_label(re.compile("包含完整号码|我只把完整号码")).all() if whole else ():
        box.check()
    page.get_by_role("button", name="生成文件").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(saved(download))).get_sheet_by_index(0).to_python()
    assert any(f"用途：{purpose}" in row for row in rows)
    return rows[: next(at for at, row in enumerate(rows) if not any(row))]


def draw_up(finance, told, shot):
    """Finance puts the two statements, and no others, into a run. Returns its address."""
    finance.goto("/desk/rewards/payments/")
    rows = finance.locator("form tbody tr")
    expect(rows.filter(has_text=told["fund"])).to_have_count(2)
    for row in rows.all():
        row.get_by_role("checkbox").set_checked(told["fund"] in row.inner_text())
    finance.fill("#label", "月末对账经费付款")
    shot(finance, "month-07-payments")
    finance.get_by_role("button", name="建付款单").click()
    expect(finance.get_by_text("付款单建好了")).to_be_visible()
    expect(finance.locator("main")).to_contain_text("2 张结算单 · 36.50 元")
    return finance.url


def payment_file(finance, run, told, shot):
    """The bank's file has whole account numbers and the sums."""
    head, *rows = spreadsheet(finance, "导出付款文件", "给银行付款", whole=True)
    named = [dict(zip(head, row, strict=True)) for row in rows]
    assert sorted(Decimal(str(row[name])) for row in named for name in head if "元" in name) == [Decimal("6.5"), Decimal("30")]
    assert all(any(re.fullmatch(r"\d{16,19}", str(value)) for value in row.values()) for row in named), named
    assert all(any(store in str(value) for row in rows for value in row) for store in told["stores"]), rows
    finance.goto(run)


def pay(finance, second, run, shot):
    """Who drew the run up cannot say that it was paid; the other one does, once."""
    expect(finance.get_by_text("要由另一位同事来登记")).to_be_visible()
    expect(finance.locator("#reference")).to_have_count(0)
    shot(finance, "month-08-own-run")
    second.goto(run)
    second.fill("#reference", BANK_SLIP)
    shot(second, "month-09-pay")
    second.get_by_role("button", name="登记为已付款").click()
    expect(second.get_by_text("登记好了，账上已经记成付给门店。")).to_be_visible()
    expect(second.locator("#reference")).to_have_count(0)
    expect(second.get_by_role("button", name="撤回这张付款单")).to_have_count(0)


def close(finance, till, pages, told, command, shot):
    """A closed statement takes nothing any more: not from the till that had it open, not from the desk, not from another cut."""
    one, other = (pages[store] for store in told["stores"])
    finance.goto(other)
    late = finance.context.new_page()
    late.goto(other)
    for page in (one, other):
        finance.goto(page)
        finance.get_by_role("button", name="关账").click()
        expect(finance.get_by_text("关账了，这张结算单以后不会再变。")).to_be_visible()
        expect(finance.get_by_role("button", name=re.compile("发给门店|记下|关账"))).to_have_count(0)
    shot(finance, "month-10-closed")
    late.get_by_role("button", name="关账").click()
    expect(late.get_by_text("现在是“已关账”，这一步做不了")).to_be_visible()
    till.reload()
    expect(till.locator("main")).to_contain_text("已关账")
    expect(till.locator("main")).to_contain_text(BANK_SLIP)
    expect(till.get_by_role("button", name=re.compile("确认|告诉工会"))).to_have_count(0)
    assert fits(till)
    shot(till, "month-11-till-closed")
    before = finance.locator(".p-rewards-hash").inner_text()
    code, said = command("rewards", "settle", "--month", told["month"])
    assert (code, "0 张" in said) == (0, True), said
    finance.reload()
    expect(finance.locator(".p-rewards-hash")).to_have_text(before)
    expect(finance.locator("main")).to_contain_text("和出单时一样")


def adds_up(finance, told, shot):
    """The fund's page: every account, every month, opening and what moved make the closing; nothing is lost between the accounts."""
    finance.goto(f"/desk/rewards/funds/{told['fund_id']}/")
    shot(finance, "month-12-fund")
    months = read_months(finance)
    balance = dict.fromkeys({name for road in ROAD.values() for name in road} - {"外"}, Decimal(0))
    for moved, accounts in months:
        change = dict.fromkeys(["外", *balance], Decimal(0))
        for kind, amount in moved.items():
            source, target = ROAD[kind]
            change[source] -= amount
            change[target] += amount
        for name, (opening, told_change, closing) in accounts.items():
            assert (opening, told_change) == (balance.get(name, 0), change.get(name, 0)), (name, moved)
            assert opening + told_change == closing
            balance[name] = closing
    assert balance == {
        "可用": Decimal("763.50"), "会员手里": 0, "已核销，待结算": 0, "已付给门店": Decimal("36.50"),
    } | {name: 0 for name in balance if name not in ("可用", "会员手里", "已核销，待结算", "已付给门店")}  # fmt: skip
    tiles = {tile.locator("dt").inner_text(): yuan(tile.locator("dd").inner_text()) for tile in finance.locator(".p-rewards-tiles .stat").all()}
    assert tiles.pop("拨入合计") == 800 == sum(tiles.values())
    assert {name: tiles[name] for name in balance} == balance
    finance.goto("/desk/rewards/reconciliation/")
    shot(finance, "month-13-reconciliation")


def read_months(page):
    """Return [({kind of movement: yuan}, {account: (opening, change, closing)})], the oldest month first, as the page says it."""
    found = []
    for row in page.locator(".p-rewards-months tbody tr").all():
        head = row.locator("th")
        if head.count():
            moved = {kind: yuan(words) for words in head.locator("small").inner_text().split("，") for kind in [words.split(" ")[0]]}
            found.append((moved, {}))
        name, *amounts = row.locator("td").all_inner_texts()
        found[-1][1][name] = tuple(yuan(text) for text in amounts)
    return found if found[0][1]["可用"][0] == 0 else found[::-1]
