"""The library in a real browser: dropped files, a focal point picked by a click, a replaced picture before readers' eyes."""

from __future__ import annotations

import io
import re
import time
from functools import partial

import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WORKER_MILLISECONDS = 60_000
DROP = """(zone, [name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name, { type: 'text/csv' }));
  for (const type of ['dragenter', 'dragover', 'drop']) zone.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""


def photo(folder, name, colour, size=(1600, 700)):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    path = folder / name
    path.write_bytes(out.getvalue())
    return path


def comes(page, link, wanted):
    """Open a page again and again until something on it is as expected, as a person does who waits for it."""
    deadline = time.monotonic() + WORKER_MILLISECONDS / 1000
    while True:
        page.goto(link)
        try:
            return wanted(timeout=500)
        except AssertionError:
            if time.monotonic() > deadline:
                raise


def test_files_are_sent_one_by_one_and_the_list_follows(person, tmp_path, shot):
    page = person("editor")
    page.goto("/desk/media/")
    assets = page.locator(".asset")
    expect(assets.first).to_be_visible()
    before = assets.count()
    (tmp_path / "压缩包.zip").write_bytes(b"PK\x03\x04")
    page.fill("#up-folder", "夜班")
    page.set_input_files("#up", [photo(tmp_path, "汤锅.jpg", "#c9b38a"), tmp_path / "压缩包.zip", photo(tmp_path, "汤锅二.jpg", "#ab231b")])
    expect(page.locator(".upload .field__error")).to_contain_text("压缩包不能直接上传")
    expect(assets).to_have_count(before + 2, timeout=WORKER_MILLISECONDS)
    page.locator("[data-drop]").evaluate(DROP, ["名单.csv", "姓名\n林晓棠"])
    expect(assets).to_have_count(before + 3, timeout=WORKER_MILLISECONDS)
    page.set_input_files("#up", [photo(tmp_path, "同一张.jpg", "#ab231b")])
    page.wait_for_selector(".upload .chip--info")
    shot(page, "media-upload-1280")
    page.locator('.asset input[name="ids"]').first.check()
    expect(page.locator(".bulk")).to_contain_text("已选 1 个")
    page.goto("/desk/media/")
    page.select_option("#f-folder", label="夜班")
    page.click("form.toolbar button")
    expect(page).to_have_url(re.compile("folder="))
    expect(assets).to_have_count(3)


def test_a_click_sets_the_focal_point_and_the_worker_cuts_around_it(person, tmp_path, shot):
    page = person("editor")
    page.goto("/desk/media/")
    page.set_input_files("#up", [photo(tmp_path, "全景.jpg", "#2f6f4f", (1600, 500))])
    page.wait_for_selector(".upload .chip--ok")
    page.click(".upload a")
    page.wait_for_selector("[data-focal] img")
    box = page.locator("[data-focal] img").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.5)
    expect(page.locator("#focal_x")).to_have_value(re.compile("^(89[1-9]|90[0-9])$"))
    page.fill("#alt", "厂区全景")
    page.fill("#credit", "周牧")
    page.click('form[data-unsaved] button.btn--primary')
    expect(page.locator(".notice--ok")).to_be_visible()
    comes(page, page.url, partial(expect(page.locator(".cut--3x2")).to_have_attribute, "src", re.compile("-3x2-")))
    shot(page, "media-asset-1280")


def test_readers_see_a_replaced_picture_at_once(person, tmp_path):
    editor, reader = person("editor"), person()
    reader.goto("/news/jiangxin/")
    reader.click(".story__title a")
    picture = reader.locator(".figure img").first
    picture.wait_for()
    link, old = reader.url, picture.get_attribute("src")
    editor.goto("/desk/media/")
    editor.click(f'.asset:has(img[src*="{re.search(r"[0-9a-f]{32}", old)[0]}"]) a')
    editor.wait_for_selector("#h-uses")
    editor.set_input_files("#file", photo(tmp_path, "新.jpg", "#123456"))
    editor.click('form[action$="/replace"] button')
    expect(editor.locator(".notice--ok")).to_be_visible()
    new = re.sub(r"\.jpg$", "-v2.jpg", old)
    assert new != old
    comes(reader, link, partial(expect(picture).to_have_attribute, "src", new))
    assert reader.request.get(old).url.endswith(new)
