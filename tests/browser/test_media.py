"""The library in a real browser: dropped files, a focal point picked by a click, a replaced picture before readers' eyes."""

from __future__ import annotations

import io
import re
import time

import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SECONDS = 60
DROP = """([zone, name, text]) => {
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


def until(found):
    deadline = time.monotonic() + SECONDS
    while not found():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.2)


def test_files_are_sent_one_by_one_and_the_list_follows(person, tmp_path, shot):
    page = person("editor")
    page.goto("/desk/media/")
    before = page.locator(".asset").count()
    (tmp_path / "压缩包.zip").write_bytes(b"PK\x03\x04")
    page.fill("#up-folder", "夜班")
    page.set_input_files("#up", [photo(tmp_path, "汤锅.jpg", "#c9b38a"), tmp_path / "压缩包.zip", photo(tmp_path, "汤锅二.jpg", "#ab231b")])
    page.wait_for_selector(".upload .chip--bad")
    assert "压缩包不能直接上传" in page.inner_text(".upload .field__error")
    until(lambda: page.locator(".asset").count() == before + 2)
    page.evaluate(DROP, [page.query_selector("[data-drop]"), "名单.csv", "姓名\\n林晓棠"])
    until(lambda: page.locator(".asset").count() == before + 3)
    page.set_input_files("#up", [photo(tmp_path, "同一张.jpg", "#ab231b")])
    page.wait_for_selector(".upload .chip--info")
    shot(page, "media-upload-1280")
    page.locator('.asset input[name="ids"]').first.check()
    assert "已选 1 个" in page.inner_text(".bulk")
    page.goto("/desk/media/")
    page.select_option("#f-folder", label="夜班")
    page.click("form.toolbar button")
    assert page.locator(".asset").count() == 3


def test_a_click_sets_the_focal_point_and_the_worker_cuts_around_it(person, tmp_path, shot):
    page = person("editor")
    page.goto("/desk/media/")
    page.set_input_files("#up", [photo(tmp_path, "全景.jpg", "#2f6f4f", (1600, 500))])
    page.wait_for_selector(".upload .chip--ok")
    page.click(".upload a")
    page.wait_for_selector("[data-focal] img")
    box = page.locator("[data-focal] img").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.5)
    assert abs(int(page.input_value("#focal_x")) - 900) < 10
    page.fill("#alt", "厂区全景")
    page.fill("#credit", "周牧")
    page.click('form[data-unsaved] button.btn--primary')
    page.wait_for_selector(".notice--ok")

    def cut():
        page.reload()
        return "-3x2-" in (page.get_attribute(".cut--3x2", "src") or "")

    until(cut)
    shot(page, "media-asset-1280")


def test_readers_see_a_replaced_picture_at_once(person, tmp_path):
    editor, reader = person("editor"), person()
    reader.goto("/news/jiangxin/")
    reader.click(".story__title a")
    reader.wait_for_selector(".figure img")
    link = reader.url
    old = reader.get_attribute(".figure img", "src")
    editor.goto("/desk/media/")
    editor.click(f'.asset:has(img[src*="{re.search(r"[0-9a-f]{32}", old)[0]}"]) a')
    editor.wait_for_selector("#h-uses")
    editor.set_input_files("#file", photo(tmp_path, "新.jpg", "#123456"))
    editor.click('form[action$="/replace"] button')
    editor.wait_for_selector(".notice--ok")
    time.sleep(1)
    reader.goto(link)
    new = reader.get_attribute(".figure img", "src")
    assert (new, new != old) == (re.sub(r"\.jpg$", "-v2.jpg", old), True)
    assert reader.request.get(old).url.endswith(new)
