"""What chapters bring to the rest of the site: words of the audit trail, a campaign's component, the API, settings that count."""

from __future__ import annotations

import re
import warnings
from datetime import timedelta
from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import unionhall_chapters
from unionhall.base import clock
from unionhall.hooks.components import ComponentView
from unionhall.hooks.types import SYSTEM, Role
from unionhall.platform import audit
from unionhall.system import plugin_settings
from unionhall_chapters.activities import figures as activities
from unionhall_chapters.benefits import figures as benefits
from unionhall_chapters.benefits import settings
from unionhall_chapters.benefits.states import MOVES
from unionhall_chapters.joining import admitting, choices
from unionhall_chapters.joining.component import JOIN
from unionhall_chapters.joining.states import STEPS
from unionhall_chapters.models import ChapterState
from unionhall_chapters.trail import WORDS

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_every_act_of_the_plugin_has_words():
    written = [path.read_text("utf-8") for path in Path(unionhall_chapters.__file__).parent.rglob("*.py")]
    acts = {act for text in written for act in re.findall(r'record_audit\(\s*f?"(chapters\.[a-z_]+)"', text)}
    objects = {kind for text in written for kind in re.findall(r'record_audit\(\s*f?"[^"]+",\s*f?"([a-z_]+)', text)}
    acts |= {f"chapters.{step}" for step in STEPS} | {f"chapters.claim_{act}" for act in MOVES}
    assert len(acts) > 60
    assert acts - set(WORDS.acts) == set()
    assert len(objects) > 12
    assert objects - set(WORDS.objects) == set()


def test_the_audit_trail_is_read_in_words(client, login, work, make):
    with work():
        reader = make.account(Role.AUDITOR, make.root).id
        now, root = clock.now(), make.root.id
        audit.record("chapters.claim_check", "claim:7", actor=SYSTEM, now=now, org_id=root, before="submitted", after="checked")
        audit.record("publicity.opened", "publicity:3", actor=SYSTEM, now=now, org_id=root)
        audit.record("proofs.issued", "proof:9", actor=SYSTEM, now=now, org_id=root)
        audit.record("unheard.of", "riddle:1", actor=SYSTEM, now=now, org_id=root)
    login(client, reader)
    page = client.get("/desk/system/audit/").text
    for words in ("初审通过", "福利申请 7", "待初审 → 待复审", "开始公示", "公示 3", "开具证明", "证明 9", "unheard.of", "riddle 1"):
        assert words in page


def test_a_campaign_lets_people_join_and_counts_who_did(app, work, make, chapter):
    with work():
        taiji, books = chapter(name="太极协会工会", slug="taiji"), chapter(name="读书协会工会", join_rule="invitation")
        closed = chapter(name="停办协会工会", state=ChapterState.SUSPENDED)
        members = [make.member(make.root) for _number in range(3)]
        for person in members[:2]:
            admitting.admit(taiji, person.id, "asked", actor=SYSTEM, now=clock.now())
        admitting.admit(books, members[0].id, "asked", actor=SYSTEM, now=clock.now())
        begins = clock.now() - timedelta(days=3)
        chosen = {"chapters": [taiji.id, books.id, closed.id]}
        view = ComponentView(1, 1, "chapters.join", "加入", chosen, make.root.id, make.root.path, "running", begins, None)
        [figure] = JOIN.figures(view)
        assert (figure.people, figure.times) == (2, 3)
        late = ComponentView(1, 1, "chapters.join", "加入", chosen, make.root.id, make.root.path, "running", clock.now() + timedelta(days=1), None)
        assert next(iter(JOIN.figures(late))).people == 0
        assert [each["name"] for each in JOIN.data(view, clock.now())["chapters"]] == ["太极协会工会", "读书协会工会"]
        empty = ComponentView(1, 1, "chapters.join", "加入", {}, make.root.id, make.root.path, "running", begins, None)
        assert len(list(JOIN.lacks(empty))) == 1
    with app.test_request_context(), work():
        body = JOIN.render(view, clock.now())
        assert "/chapters/taiji/join" in body
        assert "凭邀请加入" in body
        assert "停办协会工会" not in body
        assert JOIN.render(empty, clock.now()) == ""


def test_programs_read_chapters_and_what_comes_next(client, work, chapter):
    with work():
        for number in range(3):
            chapter(name=f"协会{number}", slug=f"first-{number}", kind="region" if number else "association")
    first = client.get("/api/v1/chapters/chapters?limit=2").json
    assert [item["slug"] for item in first["items"]] == ["first-0", "first-1"]
    assert [item["slug"] for item in client.get("/api/v1/chapters/chapters?kind=association").json["items"]] == ["first-0"]
    one = client.get("/api/v1/chapters/chapters/first-0").json
    assert (one["people"], one["second"], one["join"], one["state"]) == (0, 0, "approval", "active")
    assert client.get("/api/v1/chapters/chapters/nowhere").status_code == 404
    assert client.get("/api/v1/chapters/activities").status_code == 200


def test_what_a_site_chose_holds(work):
    with work():
        chosen = {"founders_min": 40, "publicity_days": 7, "benefit_months": 3, "claim_days": 90, "small_number": 8}
        plugin_settings.change("chapters", chosen, actor=SYSTEM, now=clock.now())
    with work():
        found = (choices.founders_min(), settings.publicity_days(), settings.benefit_months(), settings.claim_days(), settings.small_number())
        assert found == (40, 7, 3, 90, 8)
        assert {figure.small for figure in (*activities.report(), *benefits.figures()) if figure.unit in ("people", "times")} == {8}


def test_whatever_programs_ask_of_chapters_the_answer_is_announced(app, work, chapter):
    with work():
        chapter(slug="first")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
        wanted = [found.ok() for found in schema.get_all_operations() if found.ok().path.startswith("/api/v1/chapters/")]
    assert {operation.path.removeprefix("/api/v1/chapters") for operation in wanted} == {"/chapters", "/chapters/{slug}", "/activities"}
    for operation in wanted:

        @given(operation.as_strategy())
        @settings_(max_examples=8, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def answers(case):
            case.call_and_validate(checks=CHECKS)

        answers()
