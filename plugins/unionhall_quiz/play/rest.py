"""The quiz for programs: rounds for everybody; today's questions without answers, and handing in, for a member's own app."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import Field

from unionhall.plugin import (
    ApiCall,
    ApiId,
    ApiModel,
    ApiMoment,
    ApiOperation,
    ApiResource,
    ApiScope,
    NotFound,
    RuleBroken,
    absolute,
    client_address,
    clock,
    current_member,
)
from unionhall_quiz.bank.models import QuestionKind
from unionhall_quiz.play import asking, attempts, chances, queries, shown
from unionhall_quiz.play.models import Attempt, AttemptState, Round

PLAY = "quiz.play"
Place = Annotated[int, Field(ge=1, le=50)]


class Rounds(ApiModel):
    """The rounds that go on."""

    items: list[RoundOut]


class RoundOut(ApiModel):
    """A round; `open` says that one may begin now, `text` how it stands in words."""

    id: ApiId
    slug: str
    title: str
    url: str
    open: bool
    text: str
    opens_at: ApiMoment | None
    closes_at: ApiMoment | None
    questions: int
    answered_today: int


class OptionOut(ApiModel):
    """One option, known by its place as shown."""

    place: Place
    text: str
    image: str


class QuestionOut(ApiModel):
    """One question; `chosen` are the places that are kept already (of an order: the place that comes first, second, …)."""

    place: Place
    kind: QuestionKind
    topic: str
    text: str
    image: str
    options: list[OptionOut]
    chosen: list[Place]


class AttemptOut(ApiModel):
    """An attempt that one is at: hand it in with its `nonce` until `due_at`."""

    day: date
    nonce: str
    began_at: ApiMoment
    due_at: ApiMoment
    questions: list[QuestionOut]


class AnswerIn(ApiModel):
    """One answer: the places chosen; of an order all places, the first one first."""

    question: Place
    options: Annotated[list[Place], Field(max_length=50)]


class AnswersIn(ApiModel):
    """All answers; `keep` stores them without handing them in."""

    nonce: Annotated[str, Field(min_length=20, max_length=40)]
    answers: Annotated[list[AnswerIn], Field(max_length=50)]
    keep: bool = False


class MarkOut(ApiModel):
    """How one question was answered, and why."""

    place: Place
    right: bool
    answer: list[str]
    explanation: str
    article: str


class ResultOut(ApiModel):
    """What came of an attempt: `state` "open" (kept), "scored" or "late"; `chance` and `prize` tell of the draw."""

    day: date
    state: AttemptState
    score: int | None
    total: int
    passed: bool
    chance: str
    drawn: str
    prize: str
    marks: list[MarkOut]
    url: str


def rounds(call: ApiCall) -> Rounds:
    """Return the rounds that go on."""
    return Rounds(items=[_round(row) for row in shown.rows(queries.running(), call.now)])


def _round(row: shown.Row) -> RoundOut:
    window, found = row.standing.window or row.standing.next, row.round
    return RoundOut(
        id=found.id, slug=found.slug, title=found.title, url=absolute(row.url), open=row.standing.open, text=row.standing.text,
        opens_at=window.opens_at if window else None, closes_at=window.closes_at if window else None, questions=found.wanted,
        answered_today=row.done,
    )  # fmt: skip


def _member_id() -> tuple[int, int]:
    member = current_member()
    if member is None:
        raise RuleBroken(_("每日一答只给激活了的会员。请先激活。"), code="quiz-members-only")
    return member.id, member.org_id


def begin(call: ApiCall) -> AttemptOut:
    """Begin today's attempt, or the next try, or return the one that was begun."""
    found, (member_id, org_id) = queries.by_slug(call.path["slug"]), _member_id()
    attempt = attempts.start(found, member_id, org_id, address=client_address(), agent=request.user_agent.string, now=call.now)
    if attempt.state != AttemptState.OPEN or attempts.late(attempt, call.now):
        raise RuleBroken(_("今天已经答过了。"), code="quiz-done")
    return _attempt(attempt)


def present(call: ApiCall) -> AttemptOut:
    """Return the attempt that one is at. Raises NotFound when none was begun or it is over."""
    found, (member_id, _org) = queries.by_slug(call.path["slug"]), _member_id()
    attempt = queries.present(found.id, member_id, call.now)
    if attempt is None or attempt.state != AttemptState.OPEN or attempts.late(attempt, call.now):
        raise NotFound()
    return _attempt(attempt)


def _attempt(attempt: Attempt) -> AttemptOut:
    typed = asking.fields(attempt.order, attempt.paper.questions, attempt.chosen)
    return AttemptOut(
        day=attempt.day, nonce=attempt.nonce, began_at=clock.local(attempt.began_at), due_at=clock.local(attempt.due_at),
        questions=[_question(item) for item in asking.items(attempt.order, attempt.paper.questions, typed)],
    )  # fmt: skip


def _question(item: asking.Item) -> QuestionOut:
    ranked = sorted(item.picked, key=lambda spot: int(item.picked[spot])) if item.ordered else sorted(item.picked, key=int)
    return QuestionOut(
        place=item.place, kind=QuestionKind(item.kind), topic=item.topic, text=item.text, image=_src(item.image),
        options=[OptionOut(place=each.place, text=each.text, image=_src(each.image)) for each in item.options],
        chosen=[int(spot) for spot in ranked],
    )  # fmt: skip


def _src(image: object) -> str:
    return absolute(str(image.src)) if image is not None and hasattr(image, "src") else ""


def answer(call: ApiCall) -> ResultOut:
    """Keep answers, or hand them in; handing in again returns the result that there is. Raises NotFound, RuleBroken."""
    found, (member_id, _org) = queries.by_slug(call.path["slug"]), _member_id()
    attempt = queries.by_nonce(found.slug, call.body.nonce)
    if attempt is None or attempt.member_id != member_id:
        raise NotFound()
    chosen = asking.read(attempt.order, attempt.paper.questions, _typed(attempt, call.body.answers))
    if call.body.keep and attempt.state == AttemptState.OPEN:
        if not attempts.keep(attempt, chosen, now=call.now):
            raise RuleBroken(_("答题时间已过，没有存。"), code=attempts.LATE)
        return _result(attempt, found)
    return _result(attempts.submit(attempt, chosen, now=call.now), found)


def _typed(attempt: Attempt, given: list[AnswerIn]) -> dict[str, list[str]]:
    kinds = {question["id"]: question["kind"] for question in attempt.paper.questions}
    typed = dict[str, list[str]]()
    for each in given:
        number = attempt.order[each.question - 1][0] if each.question <= len(attempt.order) else 0
        if kinds.get(number) == QuestionKind.ORDER:
            typed |= {f"q{each.question}-{spot}": [str(rank)] for rank, spot in enumerate(each.options, start=1)}
        else:
            typed[f"q{each.question}"] = [str(spot) for spot in each.options]
    return typed


def result(call: ApiCall) -> ResultOut:
    """Return what came of a day's attempt. Raises NotFound."""
    found, (member_id, _org) = queries.by_slug(call.path["slug"]), _member_id()
    attempt = queries.attempt_of(found.id, member_id, _day(call.path["day"]))
    if attempt is None or attempt.state == AttemptState.OPEN:
        raise NotFound()
    return _result(attempt, found)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound() from None


def _result(attempt: Attempt, found: Round) -> ResultOut:
    over, drawn = attempt.state == AttemptState.SCORED, chances.outcome(attempt)
    rows = shown.answers(attempts.shown(attempt), attempt.chosen) if over else []
    return ResultOut(
        day=attempt.day, state=AttemptState(attempt.state), score=attempt.score, total=attempt.total, passed=attempt.passed,
        chance=attempt.chance, drawn=drawn.state if drawn else "", prize=drawn.prize if drawn else "", marks=[_mark(row) for row in rows],
        url=absolute(f"/quiz/{found.slug}/days/{attempt.day.isoformat()}"),
    )  # fmt: skip


def _mark(row: shown.Answer) -> MarkOut:
    url = row.question["article_url"]
    return MarkOut(
        place=row.place, right=row.right, answer=[text for text, _image, right, _chosen in row.options if right],
        explanation=row.question["explanation"], article=absolute(url) if url else "",
    )  # fmt: skip


Rounds.model_rebuild()
REFUSALS = {422: ("quiz-members-only", attempts.CLOSED, attempts.NOT_OPEN, attempts.AUDIENCE, attempts.NO_QUESTIONS, "quiz-done")}
RESOURCE = ApiResource("quiz_rounds", _l("每日一答"), (
    ApiOperation("GET", "/rounds", "quiz_rounds_list", _l("正在进行的每日一答"), rounds, scope=None, answer=Rounds, shared=True),
    ApiOperation(
        "GET", "/rounds/{slug}/attempt", "quiz_attempt_get", _l("我正在答的题，没有答案"), present, scope=PLAY, answer=AttemptOut,
        errors={422: ("quiz-members-only",)},
    ),
    ApiOperation(
        "POST", "/rounds/{slug}/attempt", "quiz_attempt_begin", _l("开始今天的答题"), begin, scope=PLAY, answer=AttemptOut, errors=REFUSALS,
    ),
    ApiOperation(
        "POST", "/rounds/{slug}/answers", "quiz_answers_send", _l("存答案，或者交答案"), answer, scope=PLAY, answer=ResultOut,
        body=AnswersIn, errors={422: ("quiz-members-only", attempts.LATE)},
        description=_l("keep 为真只存不交。同一份交两次，得到同一个结果。"),
    ),
    ApiOperation(
        "GET", "/rounds/{slug}/days/{day}", "quiz_result_get", _l("我某一天的结果"), result, scope=PLAY, answer=ResultOut,
        errors={422: ("quiz-members-only",)},
    ),
), scopes=[ApiScope(PLAY, _l("替我答每日一答"))])  # fmt: skip
