"""The bank: writing, a second person's review, choosing for a paper, and tables."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall_quiz import rights
from unionhall_quiz.bank import choosing, importing, judging, services
from unionhall_quiz.bank.judging import Draft, Option
from unionhall_quiz.bank.models import Question, QuestionState, Topic

DAY = date(2026, 5, 14)
OPTIONS = (Option("可回收物"), Option("有害垃圾"), Option("其他垃圾"))


@pytest.fixture
def topic(make):
    """Return `topic(name, org)`: a topic, inside the open unit of work."""

    def build(name="垃圾分类", org=None):
        return services.keep_topic(
            None, org or make.root, name=name, name_en="", summary="", position=10, active=True, actor=SYSTEM, now=clock.now()
        )

    return build


def draft(topic_id, text="废电池属于哪一类？", **more):
    return Draft(**({"topic_id": topic_id, "kind": "single", "text": text, "options": OPTIONS, "right": (1,)} | more))


@pytest.fixture
def question(make, topic):
    """Return `question(text, **columns)`: an approved question, inside the open unit of work."""

    def build(text="废电池属于哪一类？", *, under=None, org=None, state="approved", **columns):
        made = services.add(org or make.root, draft((under or topic(f"主题{text[:6]}")).id, text), actor=SYSTEM, now=clock.now())
        made.author_id, made.state = 1, state
        if state == "approved":
            made.reviewed_by, made.reviewed_at = 2, clock.now()
        for name, value in columns.items():
            setattr(made, name, value)
        db.session().flush()
        return made

    return build


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"text": "  "}, "text"), ({"options": OPTIONS[:1]}, "options"), ({"right": ()}, "options"), ({"right": (0, 1)}, "options"),
        ({"right": (5,)}, "options"), ({"options": (*OPTIONS, Option("有害垃圾"))}, "options"), ({"kind": "multiple"}, "options"),
        ({"kind": "order", "options": OPTIONS[:2]}, "options"), ({"kind": "picture"}, "pictures"), ({"kind": "true_false"}, "truth"),
        ({"options": (Option("可"), Option(""), Option("其他"))}, "options"), ({"article_url": "https://else.example/x"}, "article_url"),
        ({"article_url": "//else.example"}, "article_url"), ({"article_url": "/a b"}, "article_url"),
        ({"valid_until": DAY - timedelta(days=1)}, "valid_until"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_question(client, more, field):
    with client.application.test_request_context(), pytest.raises(RuleBroken) as told:
        judging.check(draft(1, **more), DAY)
    assert told.value.field == field


def test_an_order_stands_as_written_and_doubles_are_found_however_they_are_typed():
    order = draft(1, kind="order", right=())
    assert order.answer == ["a", "b", "c"]
    again = draft(2, "  废电池属于哪一类？ ", options=OPTIONS[::-1], right=(1,))
    assert again.fingerprint == draft(1).fingerprint != draft(1, "别的题").fingerprint


def test_somebody_else_reviews_and_a_change_goes_back(work, make, topic):
    with work():
        author, other = make.actor(Role.EDITOR), make.actor(Role.CHIEF_EDITOR)
        found = services.add(make.root, draft(topic().id), actor=author, now=clock.now())
        services.submit(found, actor=author, now=clock.now())
        with pytest.raises(NotAllowed):
            services.approve(found, actor=author, now=clock.now())
        number = found.id
    with work() as session:
        found = session.get(Question, number, execution_options={"unionhall_scope": "test"})
        services.approve(found, actor=other, now=clock.now())
        assert found.state == "approved"
        services.change(found, draft(found.topic_id, explanation="新的解析"), version=found.version, actor=author, now=clock.now())
        assert (found.state, found.reviewed_by, found.explanation) == ("review", None, "新的解析")
        with pytest.raises(Conflict):
            services.change(found, draft(found.topic_id), version=1, actor=author, now=clock.now())


@pytest.mark.both
def test_the_database_refuses_a_question_approved_by_its_author(work, question):
    from sqlalchemy.exc import IntegrityError

    with work():
        number = question().id
    with pytest.raises(IntegrityError), work() as session:
        session.get(Question, number, execution_options={"unionhall_scope": "test"}).reviewed_by = 1


@pytest.mark.both
def test_a_paper_takes_the_longest_unused_and_nothing_expired(work, make, topic, question):
    with work():
        region = make.org(make.root)
        other = make.org(make.root)
        under = topic("安全")
        fresh = [question(f"第{number}题", under=under, used_on=None).id for number in range(3)]
        used = question("用过的题", under=under, used_on=DAY - timedelta(days=3)).id
        question("过期的题", under=under, valid_until=DAY - timedelta(days=1))
        question("没审的题", under=under, state="review")
        question("停用的题", under=under, state="retired")
        own = question("区里自己的题", under=under, org=region).id
        question("邻区的题", under=under, org=other)
        assert choosing.usable(region.path, DAY) == {under.id: 5}
        first = [row.id for row in choosing.choose({under.id: 5}, region.path, DAY, b"seed")]
        assert (set(first), first[-1]) == ({*fresh, used, own}, used)
        assert first == [row.id for row in choosing.choose({under.id: 5}, region.path, DAY, b"seed")]
        assert len(choosing.choose({under.id: 9}, make.root.path, DAY, b"seed")) == 4
        orders = {tuple(row.id for row in choosing.choose({under.id: 4}, region.path, DAY, bytes([n]))) for n in range(8)}
        assert len(orders) > 1


def table(*lines):
    head = "题型,题目,A,B,C,答案,主题,难度,有效期至"
    return io.BytesIO("\n".join((head, *lines)).encode("gb18030"))


def test_a_table_is_judged_line_by_line(app, work, make, topic):
    with app.test_request_context(), work():
        topic()
        author = make.actor(Role.EDITOR)
        report = importing.read(
            table(
                "单选,第一题,甲,乙,丙,B,垃圾分类,容易,", "判断,第二题,,,,错,垃圾分类,,2027-01-01", "多选,第三题,甲,乙,丙,ＡＣ,垃圾分类,难,",
                "填空,第四题,,,,,垃圾分类,,", "单选,第五题,甲,乙,丙,D,垃圾分类,,", "单选,第六题,甲,乙,丙,A,没有的,,",
                "单选,第七题,甲,乙,丙,A,垃圾分类,,明年", "单选,第一题,丙,乙,甲,B,垃圾分类,,",
            ),
            make.root, clock.now(),
        )  # fmt: skip
        assert [draft.answer for _line, draft in report.drafts] == [["b"], ["b"], ["a", "c"]]
        assert ([(item.line, item.column) for item in report.problems], report.twice) == (
            [(5, "题型"), (6, "答案"), (7, "主题"), (8, "有效期至")], [9],
        )  # fmt: skip
        importing.store(report, make.root, submit=True, actor=author, now=clock.now())
        assert report.created == 3
        again = importing.read(table("单选,第一题,甲,乙,丙,B,垃圾分类,容易,"), make.root, clock.now())
        assert (again.drafts, again.twice) == ([], [2])
        with pytest.raises(RuleBroken, match="题型"):
            importing.read(io.BytesIO(b"a,b\n1,2"), make.root, clock.now())


def test_the_editor_keeps_what_was_typed_and_stores_once(work, person, send, topic):
    with work():
        number = topic().id
    editor = person(Role.EDITOR)
    filled = {"kind": "single", "topic_id": str(number), "text": "<b>哪一类</b>？", "difficulty": "2", "options-0-text": "甲", "options-1-text": "乙"}
    answer = send(editor, "/desk/quiz/questions/new", **filled)
    assert (answer.status_code, "还没有标出正确的选项" in answer.text, "&lt;b&gt;哪一类" in answer.text) == (422, True, True)
    answer = send(editor, "/desk/quiz/questions/new", **filled, **{"options-1-right": "y", "then": "submit"})
    assert answer.status_code == 303
    page = editor.get(answer.location)
    assert ("待审" in page.text, "自己出的题要请别人审" in page.text) == (True, False)
    assert send(editor, "/desk/quiz/questions/new", **filled, **{"options-1-right": "y"}).status_code == 422
    chief = person(Role.CHIEF_EDITOR)
    queue = chief.get("/desk/quiz/review/").text
    assert "哪一类" in queue
    assert send(chief, "/desk/quiz/review/", to=f"{answer.location}return", reason="").status_code == 422
    assert send(chief, "/desk/quiz/review/", to=f"{answer.location}approve").status_code == 303
    assert "可用" in editor.get(answer.location).text
    refused = send(chief, answer.location, to=f"{answer.location}approve")
    assert (refused.status_code, "刚刚有人处理过" in refused.text) == (409, True)


@pytest.mark.parametrize("path", ["questions/", "questions/new", "questions/import", "topics/", "topics/new", "review/", "questions/template.csv"])
def test_others_do_not_get_in(client, person, path):
    assert client.get(f"/desk/quiz/{path}").status_code == 302
    assert person().get(f"/desk/quiz/{path}").status_code == 403


def test_a_neighbour_sees_and_changes_nothing(work, make, person, send, question):
    with work():
        here, there = make.org(make.root), make.org(make.root)
        number = question("邻区的题", org=here).id
    stranger = person(Role.CHIEF_EDITOR, there)
    assert stranger.get(f"/desk/quiz/questions/{number}/").status_code == 404
    assert "邻区的题" not in stranger.get("/desk/quiz/questions/").text
    for act in ("submit", "approve", "return", "retire", "revive"):
        assert send(stranger, "/desk/quiz/questions/", to=f"/desk/quiz/questions/{number}/{act}").status_code == 404
    auditor = person(Role.AUDITOR)
    assert auditor.get(f"/desk/quiz/questions/{number}/").status_code == 200
    assert send(auditor, "/desk/quiz/questions/", to=f"/desk/quiz/questions/{number}/").status_code == 403


def test_a_table_goes_in_by_hand(work, person, send, topic):
    with work():
        topic()
    editor = person(Role.EDITOR)
    wrong = send(editor, "/desk/quiz/questions/import", file=(table("单选,一,甲,乙,,A,垃圾分类,,", "填空,二,,,,,垃圾分类,,"), "q.csv"))
    assert (wrong.status_code, "一行也没有导入" in wrong.text, "没有“填空”这种题型" in wrong.text) == (422, True, True)
    done = send(
        editor, "/desk/quiz/questions/import", file=(table("单选,一,甲,乙,,A,垃圾分类,,", "填空,二,,,,,垃圾分类,,"), "q.csv"), skip_wrong="y"
    )
    assert (done.status_code, "导入了 1 道题" in done.text) == (200, True)
    assert send(editor, "/desk/quiz/questions/import", file=(io.BytesIO(b"\x00\x01PK"), "q.xlsx")).status_code == 422
    assert send(editor, "/desk/quiz/questions/import").status_code == 422


def test_merging_orgs_takes_the_bank_along(work, make, topic, question):
    from unionhall_quiz.bank import keeping

    with work() as session:
        gone, stays = make.org(make.root), make.org(make.root)
        mine, other = topic("安全", gone), topic("安全", stays)
        number = question("并过去的题", under=mine, org=gone).id
        keeping.hand_over(gone.id, stays.id)
        moved = session.get(Question, number, execution_options={"unionhall_scope": "test"})
        names = {row.name for row in session.query(Topic).execution_options(unionhall_scope="test").filter_by(org_id=stays.id)}
        assert (moved.org_id, len(names), other.name in names) == (stays.id, 2, True)


def test_the_demo_fills_every_state(app, work, make, monkeypatch):
    from unionhall_quiz.bank import demo

    monkeypatch.setattr(demo, "demo_account", {"editor": 11, "chief": 12, "orgadmin": 13}.get)
    with app.test_request_context(), work() as session:
        demo.load(clock.now())
        rows = session.query(Question).execution_options(unionhall_scope="test").all()
        assert {row.state for row in rows} == {state.value for state in QuestionState}
        assert {row.kind for row in rows} == {"single", "multiple", "true_false", "order"}
    assert rights.READ == "quiz.read"
