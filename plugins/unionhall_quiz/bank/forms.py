"""Forms of the bank: a question, a topic, a review, a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange

from unionhall.plugin import (
    DayField,
    DeskForm,
    MediaField,
    MediaListField,
    at_most,
    form_choices,
    optional_field,
    required,
)
from unionhall_quiz.bank import labels
from unionhall_quiz.bank.judging import KEYS, LONGEST, LONGEST_OPTION, Draft, Option
from unionhall_quiz.bank.models import QuestionKind, Topic


class OptionForm(Form):
    """One option, and whether it is right."""

    text = StringField(_l("选项"), [at_most(LONGEST_OPTION)])
    right = BooleanField(_l("对"))


class QuestionForm(DeskForm):
    """A question. Empty options at the end do not count; of an order they stand in the right order."""

    org_id = 0
    version = HiddenField()
    kind = SelectField(_l("题型"), choices=form_choices(labels.KINDS.items()))
    topic_id = SelectField(_l("主题"), coerce=int)
    text = TextAreaField(_l("题目"), [required(_l("还没有写题目。")), at_most(LONGEST)])
    media_id = MediaField(_l("题目的图片"))
    options = FieldList(FormField(OptionForm), min_entries=len(KEYS), max_entries=len(KEYS))
    truth = RadioField(_l("判断题的答案"), choices=form_choices(labels.TRUTH.items()), validators=[optional_field()])
    pictures = MediaListField(_l("看图选的图片"), most=len(KEYS))
    explanation = TextAreaField(_l("解析"), [at_most(2000)])
    article_url = StringField(_l("想多了解，读哪篇文章"), [at_most(300)])
    article_title = StringField(_l("文章标题"), [at_most(120)])
    difficulty = SelectField(_l("难度"), choices=form_choices(labels.DIFFICULTIES.items()), coerce=int, default=2)
    valid_until = DayField(_l("有效期至"), [optional_field()])

    def offer(self, topics: Iterable[Topic]) -> None:
        """Offer these topics."""
        self.topic_id.choices = form_choices((row.id, row.name) for row in topics)

    def fill(self, draft: Draft, version: int) -> None:
        """Show a question."""
        for name in ("kind", "topic_id", "text", "media_id", "explanation", "article_url", "article_title", "difficulty", "valid_until"):
            self[name].data = getattr(draft, name)
        self.version.data = str(version)
        if draft.kind == QuestionKind.TRUE_FALSE:
            self.truth.data = draft.answer[0] if draft.answer else None
            return
        self.pictures.data = [option.media_id for option in draft.options if option.media_id]
        for place, option in enumerate(draft.options):
            self.options[place].form.text.data = option.text
            self.options[place].form.right.data = place in draft.right

    def draft(self) -> Draft:
        """Return what was typed."""
        kind = self.kind.data
        options, right = self._options(kind)
        return Draft(
            self.topic_id.data or 0, kind, self.text.data or "", options, right, self.explanation.data or "",
            (self.article_url.data or "").strip(), self.article_title.data or "", self.difficulty.data or 2, self.valid_until.data,
            self.media_id.data,
        )  # fmt: skip

    def _options(self, kind: str) -> tuple[tuple[Option, ...], tuple[int, ...]]:
        if kind == QuestionKind.TRUE_FALSE:
            place = list(labels.TRUTH).index(self.truth.data) if self.truth.data in labels.TRUTH else None
            return tuple(Option(str(word)) for word in labels.TRUTH.values()), () if place is None else (place,)
        pictures: Sequence[int] = self.pictures.data or [] if kind == QuestionKind.PICTURE else []
        rows = [entry.form for entry in self.options]
        used = max((place for place, row in enumerate(rows) if (row.text.data or "").strip()), default=-1) + 1
        used = max(used, len(pictures))
        options = tuple(
            Option(rows[place].text.data or "", pictures[place] if place < len(pictures) else None) for place in range(used)
        )  # fmt: skip
        right = tuple(place for place in range(used) if rows[place].right.data) if kind != QuestionKind.ORDER else ()
        return options, right


class ReturnForm(DeskForm):
    """Why a question goes back."""

    reason = StringField(_l("哪里要改"), [at_most(300)])


class TopicForm(DeskForm):
    """A topic."""

    name = StringField(_l("名称"), [required(_l("还没有写主题的名称。")), at_most(40)])
    name_en = StringField(_l("英文名称"), [at_most(80)])
    summary = StringField(_l("一句话说明"), [at_most(200)])
    position = IntegerField(
        _l("排在第几"), [optional_field(), NumberRange(1, 999, _l("请填 %(min)s 到 %(max)s 之间的整数。"))], default=100
    )
    active = BooleanField(_l("还在用"), default=True)


class ImportForm(DeskForm):
    """A file of questions."""

    file = FileField(_l("表格（.xlsx 或 .csv）"))
    submit_all = BooleanField(_l("导入后直接送审"), default=True)
    skip_wrong = BooleanField(_l("有错的行先放下，其余的照样导入"))
