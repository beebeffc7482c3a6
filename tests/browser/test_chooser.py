"""Choosing from the library: with the mouse, with the keyboard alone, on a phone, without scripts."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FIGURES = """() => [...document.querySelectorAll('.rte__body figure')].map((figure) => ({
  alt: figure.querySelector('img').alt, seen: figure.querySelector('img').naturalWidth > 0, text: figure.querySelector('figcaption').textContent.trim(),
}))"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOCUSED = "document.activeElement.closest('[data-media-field]')?.id || document.activeElement.className"


def photo(folder, name, colour):
    out = io.BytesIO()
    Image.new("RGB", (1600, 1000), colour).save(out, "JPEG")
    path = folder / name
    path.write_bytes(out.getvalue())
    return path


def open_chooser(page, button="[data-choose]"):
    page.click(button)
    page.wait_for_selector("dialog #choose-list")


def tile(page, name):
    return page.locator("dialog .asset", has=page.get_by_text(name, exact=True))


def until(page, true):
    """Wait until an expression holds; Playwright's own way would evaluate text in the page, which the policy forbids."""
    for _ in range(200):
        if page.evaluate(true):
            return
        page.wait_for_timeout(50)
    pytest.fail(true)


def saved(page):
    page.click('button[name="then"][value="save"]:not([tabindex])')
    page.wait_for_url(re.compile(r"/desk/news/\d+/edit"))


def test_a_cover_two_pictures_and_a_document_are_chosen_in_one_go_each(person, shot):
    page = person("editor")
    page.goto("/desk/news/new")
    page.fill("#headline", "从素材库里选图")
    open_chooser(page)
    shot(page, "chooser-1280")
    tile(page, "湖滨晨练").click()
    page.click("dialog [data-use]")
    page.wait_for_selector("dialog", state="detached")
    assert page.inner_text("[data-card] [data-name]") == "湖滨晨练"
    assert (page.input_value("#cover_credit"), page.input_value("#cover_alt") != "") == ("温予", True)
    assert page.evaluate(FOCUSED) == "cover_id"

    page.locator(".rte__body").click()
    page.keyboard.type("第一段。")
    open_chooser(page, ".rte__bar button:has-text('图片')")
    tile(page, "送课上门").click()
    page.fill("dialog [type=search]", "车间")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog h2:has-text('符合条件的')")
    assert page.locator("dialog .asset:has(:checked) .asset__name").all_inner_texts() == ["送课上门"]
    tile(page, "装配二车间").click()
    assert "已选 2 个" in page.inner_text("dialog [data-chosen]")
    page.click("dialog [data-use]")
    page.wait_for_selector(".rte__body figure >> nth=1")
    until(page, f"({FIGURES})().every((figure) => figure.seen)")
    first, second = page.evaluate(FIGURES)
    assert ("摄影 周牧" in first["text"], "摄影 周牧" in second["text"], first["alt"] != second["alt"] != "") == (True, True, True)
    assert "2 张图，都有说明和署名" in page.inner_text(".rte__foot")
    page.keyboard.press("Control+z")
    assert page.locator(".rte__body figure").count() == 0
    page.keyboard.press("Control+Shift+z")
    assert page.locator(".rte__body figure").count() == 2

    page.locator(".rte__body p").first.click()
    page.keyboard.press("End")
    open_chooser(page, ".rte__bar button:has-text('附件')")
    page.locator("dialog .asset").first.click()
    page.click("dialog [data-use]")
    page.wait_for_selector(".rte__body a[href^='/media/file/']")
    assert re.fullmatch(r"第一段。《.+》（[A-Z]+，[\d.]+ [KM]B）", page.inner_text(".rte__body p >> nth=0"))
    shot(page, "chooser-editor-1280")
    saved(page)
    assert page.locator(".rte__body figure").count() == 2
    assert page.locator(".rte__body a[href^='/media/file/']").count() == 1
    assert page.inner_text("[data-card] [data-name]") == "湖滨晨练"
    page.click("[data-clear]")
    assert (page.input_value("[name=cover_id]"), page.input_value("#cover_credit"), page.evaluate(FOCUSED)) == ("", "", "cover_id")


def test_the_keyboard_alone_is_enough(person):
    page = person("editor")
    page.goto("/desk/news/new")
    page.locator("[data-choose]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog #choose-list")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate(FOCUSED) == "cover_id"
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog #choose-list")
    page.keyboard.type("晨练")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog h2:has-text('符合条件的')")
    for _step in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))")
        if page.evaluate("document.activeElement.name") == "pick-ids":
            break
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog", state="detached")
    assert (page.inner_text("[data-card] [data-name]"), page.evaluate(FOCUSED)) == ("湖滨晨练", "cover_id")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog #choose-list")
    page.locator("#choose-tab-library").focus()
    page.keyboard.press("ArrowRight")
    assert page.is_visible("dialog #choose-upload [data-drop]")


def test_on_a_phone_files_are_uploaded_in_the_chooser_and_chosen_at_once(person, tmp_path, shot):
    page = person("correspondent", width=390, height=844)
    page.goto("/desk/news/new")
    open_chooser(page)
    assert page.evaluate(OVERFLOW) == 0
    assert page.evaluate("document.querySelector('dialog').getBoundingClientRect().width") == 390
    shot(page, "chooser-390")
    page.click("#choose-tab-upload")
    (tmp_path / "说明.pdf").write_bytes(b"%PDF-1.4 broken")
    page.set_input_files("#pick-file", [tmp_path / "说明.pdf", photo(tmp_path, "手机拍的.jpg", "#5a7d3c")])
    page.wait_for_selector("dialog .upload .chip--bad")
    page.wait_for_selector("dialog .upload .chip--ok")
    page.locator("dialog [data-chosen]", has_text="已选 1 个").wait_for()
    shot(page, "chooser-upload-390")
    page.click("dialog [data-use]")
    page.locator("[data-card] [data-name]", has_text="手机拍的.jpg").wait_for()
    assert page.inner_text("[data-card] [data-lacks]") == "缺署名"
    assert page.evaluate(OVERFLOW) == 0


def test_a_cover_is_chosen_without_scripts(person, tmp_path):
    page = person("correspondent", scripts=False)
    page.goto("/desk/news/new")
    page.fill("#headline", "没有脚本也能选图")
    page.fill("#body", "第一段。\n第二段。")
    page.click("[data-choose]")
    page.set_input_files("#pick-file", photo(tmp_path, "无脚本.jpg", "#7d3c5a"))
    page.click("[data-upload-send]")
    page.fill("#f-pick-q", "没有的")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".asset:has(:checked) .asset__name").all_inner_texts() == ["无脚本.jpg"]
    page.click("[data-use]")
    assert (page.input_value("#headline"), page.input_value("#body"), page.inner_text("[data-card] [data-name]")) == (
        "没有脚本也能选图", "第一段。\n第二段。", "无脚本.jpg",
    )
    saved(page)
    assert page.inner_text("[data-card] [data-name]") == "无脚本.jpg"


def test_enter_in_a_field_saves_and_opens_no_chooser(person):
    page = person("editor")
    page.goto("/desk/news/new")
    page.fill("#headline", "回车就是保存")
    page.focus("#cover_alt")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert re.search(r"/desk/news/\d+/edit", page.url)


def test_a_network_that_fails_is_said_and_nothing_is_lost(person):
    page = person("editor")
    page.goto("/desk/news/new")
    page.fill("#headline", "断网的时候")
    page.route("**/desk/media/choose*", lambda route: route.fulfill(status=403, body=""))
    page.click("[data-choose]")
    page.wait_for_selector("[data-failed]:not([hidden])")
    page.click(".rte__bar button:has-text('图片')")
    page.wait_for_selector(".rte__tray .notice--bad")
    assert (page.locator("dialog").count(), page.input_value("#headline")) == (0, "断网的时候")
