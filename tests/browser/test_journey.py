"""From a correspondent's draft to a reader's phone: issue 2's journey in real browsers, web and worker running."""

from __future__ import annotations

import io
import re
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADLINE = "夜班食堂添了一口热汤锅"
PUBLISH_LIMIT_SECONDS = 5
SETTLED = "() => new Promise((done) => setTimeout(done, 100))"
"""The editor puts the caret in order 20 ms after it gets the focus: a timer that is set later and longer ends after that one."""


@pytest.fixture(scope="session")
def photo(tmp_path_factory):
    """A picture as a phone would send it."""
    image = Image.new("RGB", (1600, 1000), "#c9b38a")
    ImageDraw.Draw(image).ellipse((500, 200, 1100, 800), fill="#ab231b")
    path = tmp_path_factory.mktemp("photo") / "汤锅.jpg"
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    path.write_bytes(out.getvalue())
    return path


def write(page, photo):
    """Fill in the editor as a person does: fields, two bylines, a photo, text typed into the rich editor."""
    page.goto("/desk/news/new")
    page.fill("#kicker", "后厨改灶记")
    page.fill("#headline", HEADLINE)
    page.fill("#slug_line", "本网讯")
    page.locator('[name="byline_names"]').first.fill("沈一禾、罗工宣")
    page.click('[data-add="bylines"]')
    page.locator('[name="byline_role"]').nth(1).select_option("photographer")
    page.locator('[name="byline_names"]').nth(1).fill("周牧")
    body = page.locator(".rte__body")
    body.click()
    page.keyboard.type("夜里十一点，恒渡机电食堂的汤锅还冒着热气。")
    page.keyboard.press("Enter")
    page.keyboard.type("企业工会说，这口锅是夜班工人提的意见。")
    page.select_option("#section_id", label="基层")
    page.click("[data-choose]")
    page.click("#choose-tab-upload")
    page.set_input_files("#pick-file", photo)
    page.wait_for_selector("dialog .asset:has(:checked)")
    page.click("dialog [data-use]")
    page.fill("#cover_alt", "食堂窗口前的一口汤锅")
    page.fill("#cover_caption", "夜班工人在窗口盛汤。")
    page.fill("#cover_credit", "周牧")


def minutes_ahead():
    """A full minute that lies between one and two minutes ahead, in Shanghai."""
    now = datetime.now(SHANGHAI)
    return (now + timedelta(seconds=75)).replace(second=0, microsecond=0)


def test_a_story_from_draft_to_reader(person, photo, shot):
    writer = person("correspondent")
    write(writer, photo)
    shot(writer, "editor-1280")
    writer.click('button[name="then"][value="submit"]')
    writer.wait_for_url(re.compile(r"/desk/news/\d+"))
    number = re.search(r"/desk/news/(\d+)", writer.url).group(1)

    editor = person("editor")
    editor.goto(f"/desk/news/{number}/review")
    shot(editor, "review-1280")
    editor.click('button[value="return"]')
    expect(editor.locator("main")).to_contain_text("退回时要写清理由")
    editor.fill("#note", "请补充汤锅每天供应到几点。")
    editor.click('button[value="return"]')
    expect(editor).to_have_url(re.compile("/desk/news/review/"))

    writer.goto(f"/desk/news/{number}/edit")
    expect(writer.locator("main")).to_contain_text("请补充汤锅每天供应到几点。")
    writer.locator(".rte__body p").last.click()
    writer.evaluate(SETTLED)
    writer.keyboard.press("End")
    writer.keyboard.press("Enter")
    writer.keyboard.type("热汤供应到凌晨两点。")
    with writer.expect_navigation():
        writer.click('button[name="then"][value="submit"]')

    editor.goto(f"/desk/news/{number}/review")
    expect(editor.locator(".diff ins", has_text="热汤供应到凌晨两点")).to_have_count(1)
    editor.click('button[value="pass"]')
    expect(editor).to_have_url(re.compile(f"/desk/news/{number}/publish"))
    moment = minutes_ahead()
    editor.goto(f"/desk/news/{number}/publish")
    editor.fill("#publish_at", moment.strftime("%Y-%m-%dT%H:%M"))
    shot(editor, "publish-1280")
    with editor.expect_navigation():
        editor.click('form[action$="/schedule"] button:not([formaction])')

    reader = person(width=390, height=844)
    reader.goto("/")
    expect(reader.locator("body")).not_to_contain_text(HEADLINE)
    while datetime.now(SHANGHAI) < moment:
        time.sleep(0.2)
    deadline = moment + timedelta(seconds=PUBLISH_LIMIT_SECONDS)
    while HEADLINE not in reader.inner_text("body") and datetime.now(SHANGHAI) < deadline:
        time.sleep(0.3)
        reader.goto("/")
    assert HEADLINE in reader.inner_text("body")
    reader.goto("/news/jiceng/")
    reader.click(f"text={HEADLINE}")
    reader.wait_for_url(re.compile(r"/news/.*\d"))
    article = reader.url
    for words in ("后厨改灶记", "沈一禾", "罗工宣", "周牧", "本网讯", re.compile("汤锅还冒着热气.*热汤供应到凌晨两点", re.DOTALL)):
        expect(reader.locator("article.article")).to_contain_text(words)
    picture = reader.locator("article figure img").first
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    shot(reader, "article-390")
    for path in ("/feed.xml", "/news/jiceng/feed.xml"):
        assert HEADLINE in reader.request.get(path).text()
    assert article.partition("/news/")[2] in reader.request.get("/sitemap.xml").text()

    editor.goto(f"/desk/news/{number}/edit")
    editor.fill("#subhead", "供应到凌晨三点")
    save(editor)
    editor.goto(f"/desk/news/{number}/publish")
    editor.locator('form[action$="/correct"] textarea').fill("供应时间应为凌晨三点。")
    with editor.expect_navigation():
        editor.locator('form[action$="/correct"] button').click()
    reader.goto(article)
    expect(reader.locator("article.article")).to_contain_text("供应时间应为凌晨三点。")
    expect(reader.locator("article.article")).to_contain_text("供应到凌晨三点")

    neighbour = person("neighbour")
    assert neighbour.goto(f"/desk/news/{number}/edit").status == 404
    neighbour.goto("/desk/news/")
    expect(neighbour.locator("main")).not_to_contain_text(HEADLINE)


def save(page):
    """Save the article and wait for what comes back, the same address or not."""
    with page.expect_navigation():
        page.click('button[name="then"][value="save"]:not([tabindex])')


def test_the_second_saver_sees_both_and_loses_nothing(person, shot):
    first, second = person("editor"), person("editor")
    first.goto("/desk/news/?tab=draft")
    first.click(".cell-title a")
    first.wait_for_url(re.compile(r"/desk/news/\d+/edit"))
    address = first.url
    second.goto(address)
    first.fill("#headline", "第一个人改的标题")
    second.fill("#headline", "第二个人改的标题")
    save(first)
    save(second)
    expect(second.locator("main")).to_contain_text("第一")
    expect(second.locator("#headline")).to_have_value("第二个人改的标题")
    shot(second, "conflict-1280")
    save(second)
    first.goto(address)
    expect(first.locator("#headline")).to_have_value("第二个人改的标题")
    first.goto(address.replace("/edit", "/history"))
    first.get_by_role("link", name="比上一版").first.click()
    expect(first.locator("main del")).to_have_text(["一"])
    expect(first.locator("main ins")).to_have_text(["二"])
    shot(first, "diff-1280")


def test_a_story_can_be_written_without_scripts(person):
    page = person("correspondent", scripts=False)
    page.goto("/desk/news/new")
    page.fill("#headline", "没有脚本也能写")
    page.click('[data-add="bylines"]')
    expect(page.locator('[name="byline_names"]')).to_have_count(2)
    expect(page.locator("#headline")).to_have_value("没有脚本也能写")
    page.locator('[name="byline_names"]').first.fill("沈一禾")
    page.fill("#body", "第一段。\n## 小标题\n第二段。")
    save(page)
    expect(page.locator("#body")).to_have_value(re.compile("<h2>小标题</h2>"))
