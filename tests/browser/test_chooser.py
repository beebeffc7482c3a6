"""Choosing from the library: with the mouse, with the keyboard alone, on a phone, without scripts."""

from __future__ import annotations

import io
import re

import pytest
from browser_pages import fits
from PIL import Image
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FIGURES = """() => Promise.all([...document.querySelectorAll('.rte__body figure img')].map(
  (img) => img.decode().then(() => ({ alt: img.alt, seen: img.naturalWidth > 0 })),
))"""
COVER, NAME = "#cover_id", "[data-card] [data-name]"


def photo(folder, name, colour):
    out = io.BytesIO()
    Image.new("RGB", (1600, 1000), colour).save(out, "JPEG")
    path = folder / name
    path.write_bytes(out.getvalue())
    return path


def open_chooser(page, button="[data-choose]"):
    page.click(button)
    expect(page.locator("dialog #choose-list")).to_be_visible()


def tile(page, name):
    return page.locator("dialog .asset", has=page.get_by_text(name, exact=True))


def focus_is_in_the_cover(page):
    """The field of the cover has the focus again."""
    expect(page.locator(f"{COVER}:focus, {COVER} :focus")).to_have_count(1)


def saved(page):
    with page.expect_navigation(url=re.compile(r"/desk/news/\d+/edit")):
        page.click('button[name="then"][value="save"]:not([tabindex])')


def test_a_cover_two_pictures_and_a_document_are_chosen_in_one_go_each(person, shot):
    page = person("editor")
    page.goto("/desk/news/new")
    page.fill("#headline", "从素材库里选图")
    open_chooser(page)
    shot(page, "chooser-1280")
    tile(page, "湖滨晨练").click()
    page.click("dialog [data-use]")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(NAME)).to_have_text("湖滨晨练")
    expect(page.locator("#cover_credit")).to_have_value("温予")
    expect(page.locator("#cover_alt")).not_to_have_value("")
    focus_is_in_the_cover(page)

    page.locator(".rte__body").click()
    page.keyboard.type("第一段。")
    open_chooser(page, ".rte__bar button:has-text('图片')")
    tile(page, "送课上门").click()
    page.fill("dialog [type=search]", "车间")
    page.keyboard.press("Enter")
    expect(page.locator("dialog h2", has_text="符合条件的")).to_be_visible()
    expect(page.locator("dialog .asset:has(:checked) .asset__name")).to_have_text(["送课上门"])
    tile(page, "装配二车间").click()
    expect(page.locator("dialog [data-chosen]")).to_contain_text("已选 2 个")
    page.click("dialog [data-use]")
    figures = page.locator(".rte__body figure")
    expect(figures).to_have_count(2)
    expect(figures.locator("figcaption")).to_contain_text(["摄影 周牧", "摄影 周牧"])
    first, second = page.evaluate(FIGURES)
    assert (first["seen"], second["seen"], first["alt"] != second["alt"] != "") == (True, True, True)
    expect(page.locator(".rte__foot")).to_contain_text("2 张图，都有说明和署名")
    page.keyboard.press("Control+z")
    expect(figures).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    expect(figures).to_have_count(2)

    page.locator(".rte__body p").first.click()
    page.keyboard.press("End")
    open_chooser(page, ".rte__bar button:has-text('附件')")
    page.locator("dialog .asset").first.click()
    page.click("dialog [data-use]")
    expect(page.locator(".rte__body p").first).to_have_text(re.compile(r"^第一段。《.+》（[A-Z]+，[\d.]+ [KM]B）$"))
    linked = page.locator(".rte__body a[href^='/media/file/']")
    expect(linked).to_have_count(1)
    shot(page, "chooser-editor-1280")
    saved(page)
    expect(figures).to_have_count(2)
    expect(linked).to_have_count(1)
    expect(page.locator(NAME)).to_have_text("湖滨晨练")
    page.click("[data-clear]")
    expect(page.locator("[name=cover_id]")).to_have_value("")
    expect(page.locator("#cover_credit")).to_have_value("")
    focus_is_in_the_cover(page)


def test_the_keyboard_alone_is_enough(person):
    page = person("editor")
    page.goto("/desk/news/new")
    page.locator("[data-choose]").focus()
    dialog = page.locator("dialog")
    page.keyboard.press("Enter")
    expect(dialog.locator("#choose-list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    focus_is_in_the_cover(page)
    page.keyboard.press("Enter")
    expect(dialog.locator("#choose-list")).to_be_visible()
    expect(dialog.locator("[type=search]")).to_be_focused()
    page.keyboard.type("晨练")
    page.keyboard.press("Enter")
    expect(dialog.locator("h2", has_text="符合条件的")).to_be_visible()
    for _step in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))")
        if page.evaluate("document.activeElement.name") == "pick-ids":
            break
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator(NAME)).to_have_text("湖滨晨练")
    focus_is_in_the_cover(page)
    page.keyboard.press("Enter")
    expect(dialog.locator("#choose-list")).to_be_visible()
    page.locator("#choose-tab-library").focus()
    page.keyboard.press("ArrowRight")
    expect(dialog.locator("#choose-upload [data-drop]")).to_be_visible()


def test_on_a_phone_files_are_uploaded_in_the_chooser_and_chosen_at_once(person, tmp_path, shot):
    page = person("correspondent", width=390, height=844)
    page.goto("/desk/news/new")
    open_chooser(page)
    assert fits(page)
    assert page.locator("dialog").bounding_box()["width"] == 390
    shot(page, "chooser-390")
    page.click("#choose-tab-upload")
    (tmp_path / "说明.pdf").write_bytes(b"%PDF-1.4 broken")
    page.set_input_files("#pick-file", [tmp_path / "说明.pdf", photo(tmp_path, "手机拍的.jpg", "#5a7d3c")])
    expect(page.locator("dialog .upload .chip--bad")).to_be_visible()
    expect(page.locator("dialog .upload .chip--ok")).to_be_visible()
    expect(page.locator("dialog [data-chosen]")).to_contain_text("已选 1 个")
    shot(page, "chooser-upload-390")
    page.click("dialog [data-use]")
    expect(page.locator(NAME)).to_have_text("手机拍的.jpg")
    expect(page.locator("[data-card] [data-lacks]")).to_have_text("缺署名")
    assert fits(page)


def test_a_cover_is_chosen_without_scripts(person, tmp_path):
    page = person("correspondent", scripts=False)
    page.goto("/desk/news/new")
    page.fill("#headline", "没有脚本也能选图")
    page.fill("#body", "第一段。\n第二段。")
    page.click("[data-choose]")
    page.set_input_files("#pick-file", photo(tmp_path, "无脚本.jpg", "#7d3c5a"))
    page.click("[data-upload-send]")
    expect(page.locator(".asset:has(:checked) .asset__name")).to_have_text(["无脚本.jpg"])
    page.fill("#f-pick-q", "没有的")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".asset:has(:checked) .asset__name")).to_have_text(["无脚本.jpg"])
    page.click("[data-use]")
    expect(page.locator("#headline")).to_have_value("没有脚本也能选图")
    expect(page.locator("#body")).to_have_value("第一段。\n第二段。")
    expect(page.locator(NAME)).to_have_text("无脚本.jpg")
    saved(page)
    expect(page.locator(NAME)).to_have_text("无脚本.jpg")


def test_enter_in_a_field_saves_and_opens_no_chooser(person):
    page = person("editor")
    page.goto("/desk/news/new")
    page.fill("#headline", "回车就是保存")
    page.focus("#cover_alt")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/desk/news/\d+/edit"))


def test_a_network_that_fails_is_said_and_nothing_is_lost(person):
    page = person("editor")
    page.goto("/desk/news/new")
    page.fill("#headline", "断网的时候")
    page.route("**/desk/media/choose*", lambda route: route.fulfill(status=403, body=""))
    page.click("[data-choose]")
    expect(page.locator("[data-failed]")).to_be_visible()
    page.click(".rte__bar button:has-text('图片')")
    expect(page.locator(".rte__tray .notice--bad")).to_be_visible()
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("#headline")).to_have_value("断网的时候")
