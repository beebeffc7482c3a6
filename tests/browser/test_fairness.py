"""Draws that are over, computed again by anybody: in the page, from the file, and from a file that somebody changed."""

from __future__ import annotations

import json
import re

import pytest
from browser_pages import PHONE, fits
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
BATCH = "安全生产月知识竞答抽奖"
SAME, OTHER = "每一项都和公布的一致", "不一致："


@pytest.fixture(params=["batch", "instant"])
def title(request, arranged):
    """Return the title of a draw that is over: one drawn at the end, and one drawn at once for each."""
    return BATCH if request.param == "batch" else arranged("instant")["title"]


def test_anybody_computes_a_draw_again(person, title, command, tmp_path, shot):
    anybody, file = person(**PHONE), tmp_path / "draw.json"
    open_proof(anybody, title)
    compute(anybody, SAME)
    assert fits(anybody)
    shot(anybody, f"fairness-{'batch' if title == BATCH else 'instant'}")
    with anybody.expect_download() as download:
        anybody.get_by_role("link", name="下载全部数据").click()
    published = download.value.path().read_bytes()
    file.write_bytes(published)
    program, *words, _name = anybody.locator("[data-draw-proof] code").inner_text().split()
    code, said = command(*words, str(file))
    assert (program, code) == ("unionhall", 0), said
    changes = forged(published)
    file.write_bytes(changes["result"])
    code, said = command(*words, str(file))
    assert (code, "Traceback" in said) == (1, False), said
    for changed in changes.values():
        served(anybody, changed)
        compute(anybody, OTHER)
        expect(anybody.locator("[data-draw-said]")).not_to_contain_text(SAME)


def open_proof(page, title):
    """From the list of draws to the proof, as somebody who is not logged in."""
    page.goto("/rewards/draws/")
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("link", name=re.compile("公平性证明")).first.click()
    expect(page.get_by_role("heading", name="自己算一遍")).to_be_visible()


def compute(page, said):
    """Compute it on the device."""
    page.get_by_role("button", name="在我的设备上重新计算").click()
    expect(page.locator("[data-draw-said]")).to_contain_text(said)


def served(page, changed):
    """From now on the page gets this file: as if the site itself had changed it afterwards."""
    page.unroute_all()
    page.route("**/draw-*.json", lambda route: route.fulfill(status=200, content_type="application/json", body=changed))


def forged(published):
    """Return files in each of which one byte is another one: of a ticket in the list, of the secret, of the rules, of the public value, of a
    result.
    """
    told, found = json.loads(published), {}
    ticket, result = told["entrants"][0], next(row for row in told["results"] if row[-1] or row[2])
    pieces = {"list": f'"{ticket}"', "secret": f'"{told["secret"]}"', "public": json.dumps(told["public"], ensure_ascii=False)}
    pieces |= {"rules": json.dumps(told["spec"], ensure_ascii=False), "result": json.dumps(result, ensure_ascii=False)}
    text = published.decode()
    for name, piece in pieces.items():
        assert piece in text, name
        digit = re.search(r"\d(?=\D*$)", piece)
        other = piece[: digit.start()] + ("1" if digit.group() != "1" else "2") + piece[digit.end() :]
        at = text.index(piece)
        found[name] = (text[:at] + other + text[at + len(piece) :]).encode()
        assert sum(one != two for one, two in zip(found[name], published, strict=True)) == 1, name
    return found
