"""From a correspondent's draft to a reader's phone: issue 2's journey in real browsers, web and worker running."""

from __future__ import annotations

import io
import re
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageDraw

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADLINE = "夜班食堂添了一口热汤锅"
PUBLISH_LIMIT_SECONDS = 5
CARET_MILLISECONDS = 300  # the editor puts the caret in order 20 ms after it gets the focus: nobody types sooner, a script does


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
    assert "退回时要写清理由" in editor.inner_text("main")
    editor.fill("#note", "请补充汤锅每天供应到几点。")
    editor.click('button[value="return"]')
    editor.wait_for_load_state()

    writer.goto(f"/desk/news/{number}/edit")
    assert "请补充汤锅每天供应到几点。" in writer.inner_text("main")
    writer.locator(".rte__body p").last.click()
    writer.wait_for_timeout(CARET_MILLISECONDS)
    writer.keyboard.press("End")
    writer.keyboard.press("Enter")
    writer.keyboard.type("热汤供应到凌晨两点。")
    writer.click('button[name="then"][value="submit"]')
    writer.wait_for_load_state()

    editor.goto(f"/desk/news/{number}/review")
    assert "热汤供应到凌晨两点" in editor.locator(".diff ins").all_inner_texts().__str__()
    editor.click('button[value="pass"]')
    editor.wait_for_load_state()
    moment = minutes_ahead()
    editor.goto(f"/desk/news/{number}/publish")
    editor.fill("#publish_at", moment.strftime("%Y-%m-%dT%H:%M"))
    shot(editor, "publish-1280")
    editor.click('form[action$="/schedule"] button:not([formaction])')
    editor.wait_for_load_state()

    reader = person(width=390, height=844)
    reader.goto("/")
    assert HEADLINE not in reader.inner_text("body")
    while datetime.now(SHANGHAI) < moment:
        time.sleep(0.2)
    deadline = moment + timedelta(seconds=PUBLISH_LIMIT_SECONDS)
    while HEADLINE not in reader.inner_text("body") and datetime.now(SHANGHAI) < deadline:
        time.sleep(0.3)
        reader.goto("/")
    assert HEADLINE in reader.inner_text("body")
    reader.goto("/news/jiceng/")
    reader.click(f"text={HEADLINE}")
    reader.wait_for_load_state()
    article = reader.url
    text = reader.inner_text("article")
    assert all(words in text for words in ("后厨改灶记", "沈一禾", "罗工宣", "周牧", "本网讯", "热汤供应到凌晨两点"))
    assert reader.locator("article figure img").first.evaluate("image => image.complete && image.naturalWidth > 0")
    assert text.index("汤锅还冒着热气") < text.index("热汤供应到凌晨两点")
    shot(reader, "article-390")
    for path in ("/feed.xml", "/news/jiceng/feed.xml"):
        assert HEADLINE in reader.request.get(path).text()
    assert article.partition("/news/")[2] in reader.request.get("/sitemap.xml").text()

    editor.goto(f"/desk/news/{number}/edit")
    editor.fill("#subhead", "供应到凌晨三点")
    editor.click('button[name="then"][value="save"]:not([tabindex])')
    editor.wait_for_load_state()
    editor.goto(f"/desk/news/{number}/publish")
    editor.locator('form[action$="/correct"] textarea').fill("供应时间应为凌晨三点。")
    editor.locator('form[action$="/correct"] button').click()
    editor.wait_for_load_state()
    reader.goto(article)
    assert "供应时间应为凌晨三点。" in reader.inner_text("article")
    assert "供应到凌晨三点" in reader.inner_text("article")

    neighbour = person("neighbour")
    assert neighbour.goto(f"/desk/news/{number}/edit").status == 404
    neighbour.goto("/desk/news/")
    assert HEADLINE not in neighbour.inner_text("main")


def test_the_second_saver_sees_both_and_loses_nothing(person, shot):
    first, second = person("editor"), person("editor")
    first.goto("/desk/news/?tab=draft")
    first.click(".cell-title a")
    address = first.url
    second.goto(address)
    first.fill("#headline", "第一个人改的标题")
    second.fill("#headline", "第二个人改的标题")
    for page in (first, second):
        page.click('button[name="then"][value="save"]:not([tabindex])')
        page.wait_for_load_state()
    text = second.inner_text("main")
    assert "第一个人改的标题" in text.replace("\n", "") or "第一" in text
    assert second.input_value("#headline") == "第二个人改的标题"
    shot(second, "conflict-1280")
    second.click('button[name="then"][value="save"]:not([tabindex])')
    second.wait_for_load_state()
    first.goto(address)
    assert first.input_value("#headline") == "第二个人改的标题"
    first.goto(address.replace("/edit", "/history"))
    first.get_by_role("link", name="比上一版").first.click()
    first.wait_for_load_state()
    assert (first.locator("main del").all_inner_texts(), first.locator("main ins").all_inner_texts()) == (["一"], ["二"])
    shot(first, "diff-1280")


def test_a_story_can_be_written_without_scripts(person):
    page = person("correspondent", scripts=False)
    page.goto("/desk/news/new")
    page.fill("#headline", "没有脚本也能写")
    page.click('[data-add="bylines"]')
    assert page.input_value("#headline") == "没有脚本也能写"
    page.locator('[name="byline_names"]').first.fill("沈一禾")
    page.fill("#body", "第一段。\n## 小标题\n第二段。")
    page.click('button[name="then"][value="save"]:not([tabindex])')
    page.wait_for_load_state()
    assert "<h2>小标题</h2>" in page.input_value("#body")
