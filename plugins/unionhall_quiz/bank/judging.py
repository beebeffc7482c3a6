"""What makes a question right: enough options, an answer that is among them, an article of this site."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from unionhall.plugin import RuleBroken, fold, tidy
from unionhall_quiz.bank.models import QuestionKind

KEYS = "abcdef"
LONGEST, LONGEST_OPTION = 500, 120


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its words, and the picture of a question about pictures."""

    text: str
    media_id: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author wrote. `right` are places in `options`, from 0; of an order the options stand in the right order."""

    topic_id: int
    kind: str
    text: str
    options: tuple[Option, ...]
    right: tuple[int, ...] = ()
    explanation: str = ""
    article_url: str = ""
    article_title: str = ""
    difficulty: int = 2
    valid_until: date | None = None
    media_id: int | None = None

    @property
    def answer(self) -> list[str]:
        """Return the keys of the right options, in order where order counts."""
        if self.kind == QuestionKind.ORDER:
            return list(KEYS[: len(self.options)])
        return [KEYS[place] for place in sorted(set(self.right))]

    @property
    def fingerprint(self) -> str:
        """Return what equal questions have in common, however they are written."""
        words = [fold(self.text), *sorted(fold(option.text) + str(option.media_id or "") for option in self.options)]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()


def check(draft: Draft, today: date) -> None:
    """Raise RuleBroken for a question that cannot be answered, or whose answer cannot be right."""
    if not tidy(draft.text):
        raise RuleBroken(_("还没有写题目。"), field="text")
    number = len(draft.options)
    if draft.kind == QuestionKind.TRUE_FALSE:
        if number != 2 or len(set(draft.right)) != 1:
            raise RuleBroken(_("判断题请选“对”或“错”。"), field="truth")
    else:
        _check_options(draft, number)
    if draft.article_url and not _is_local(draft.article_url):
        raise RuleBroken(_("请填本站文章的地址，以 / 开头，例如 /news/policy/abc。"), field="article_url")
    if draft.valid_until and draft.valid_until < today:
        raise RuleBroken(_("有效期已经过了（%(day)s），题目不会再被抽到。", day=draft.valid_until), field="valid_until")


def _check_options(draft: Draft, number: int) -> None:
    least = 3 if draft.kind == QuestionKind.ORDER else 2
    if not least <= number <= len(KEYS):
        told = _("这类题要有 %(least)s 到 %(most)s 个选项，现在是 %(n)s 个。", least=least, most=len(KEYS), n=number)
        raise RuleBroken(told, field="options")
    words = [(fold(option.text), option.media_id) for option in draft.options]
    if len(set(words)) < number:
        raise RuleBroken(_("有两个选项是一样的，请改掉一个。"), field="options")
    if draft.kind == QuestionKind.PICTURE and not all(option.media_id for option in draft.options):
        raise RuleBroken(_("看图选的每个选项都要有一张图片。"), field="pictures")
    if draft.kind != QuestionKind.PICTURE and not all(tidy(option.text) for option in draft.options):
        raise RuleBroken(_("选项不能空着。"), field="options")
    right = set(draft.right)
    if draft.kind == QuestionKind.ORDER:
        return
    if not right or not right <= set(range(number)):
        raise RuleBroken(_("还没有标出正确的选项。"), field="options")
    if draft.kind in (QuestionKind.SINGLE, QuestionKind.PICTURE) and len(right) > 1:
        raise RuleBroken(_("这类题只有一个正确答案，现在标了 %(n)s 个。要多个正确答案，请改成多选。", n=len(right)), field="options")
    if draft.kind == QuestionKind.MULTIPLE and len(right) < 2:
        raise RuleBroken(_("多选题至少有两个正确答案。只有一个的，请改成单选。"), field="options")


def _is_local(url: str) -> bool:
    return url.startswith("/") and not url.startswith(("//", "/\\")) and not any(mark in url for mark in "\\ \t\r\n")
