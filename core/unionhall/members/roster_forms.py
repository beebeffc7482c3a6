"""Forms of the roster: a person, a step and why, a transfer, an answer, a file."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField

from unionhall.desk.forms import DayField, DeskForm, at_most, choices, no_line_breaks, optional, required
from unionhall.members import names
from unionhall.members.imports.columns import LABELS
from unionhall.members.models import Handover, Member
from unionhall.members.roster_checks import Fields
from unionhall.members.roster_labels import FIELDS, HANDOVERS, ID_KINDS


def number(text: object) -> int:
    """Return an id that a form brought, 0 for anything else."""
    value = str(text or "")
    return int(value) if value.isdecimal() and len(value) < 10 else 0


def _cases() -> list[Any]:
    return choices((kind.value, label) for kind, (label, _note) in HANDOVERS.items())


class MemberForm(DeskForm):
    """What is said of a person. When a person is corrected, an empty number means: as it was."""

    version = HiddenField()
    org_id = SelectField(_l("所属工会"), coerce=number, validate_choice=False)
    name = StringField(_l("姓名"), [required(_l("还没有填姓名。")), at_most(names.MOST), no_line_breaks])
    id_kind = SelectField(_l("证件类型"), choices=choices(ID_KINDS.items()), default="resident")
    id_number = StringField(_l("证件号码"), [optional(), at_most(40), no_line_breaks])
    mobile = StringField(_l("手机号"), [optional(), at_most(40), no_line_breaks])
    no_mobile = BooleanField(_l("去掉手机号"))
    employer = StringField(_l("工作单位"), [optional(), at_most(120), no_line_breaks])
    job = StringField(_l("岗位"), [optional(), at_most(60), no_line_breaks])
    joined_on = DayField(_l("入会日期"), [optional()])
    pending = BooleanField(_l("资料还要核对，先列为待确认"))
    reason = StringField(_l("原因"), [optional(), at_most(200), no_line_breaks])
    kind = SelectField(_l("转接的情形"), choices=_cases(), validate_choice=False)

    def handover(self) -> Handover:
        """Return why somebody who is on the roster elsewhere is asked for; a new employer unless another case was chosen."""
        return Handover(self.kind.data) if self.kind.data in set(Handover) else Handover.NEW_EMPLOYER

    def fields(self) -> Fields:
        """Return what was typed, for the services."""
        return Fields(
            name=self.name.data or "", id_number=self.id_number.data or "", id_kind=self.id_kind.data or "resident",
            mobile=self.mobile.data or "", employer=self.employer.data or "", job=self.job.data or "", joined_on=self.joined_on.data,
        )  # fmt: skip

    def differing(self, member: Member, joined: object) -> list[tuple[str, str, str]]:
        """Return (label, what is stored now, what was typed) of what is not the same; numbers are not shown."""
        pairs: list[tuple[str, Any, Any]] = [
            ("name", member.name, self.name.data), ("employer", member.employer, self.employer.data), ("job", member.job, self.job.data),
            ("joined", joined, self.joined_on.data),
        ]  # fmt: skip
        return [(str(FIELDS[name]), str(old or "—"), str(new or "—")) for name, old, new in pairs if (old or "") != (new or "")]


class ReasonForm(DeskForm):
    """Why something is done."""

    reason = StringField(_l("原因"), [required(_l("请写明原因，会记入档案。")), at_most(200), no_line_breaks])


class SecondForm(ReasonForm):
    """A second union, and why."""

    org_id = SelectField(_l("工会"), coerce=number, validate_choice=False)


class SendForm(ReasonForm):
    """Where a membership is to go, and why."""

    kind = RadioField(_l("转接的情形"), choices=_cases(), default=Handover.NEW_EMPLOYER.value)
    to_org = StringField(_l("接收会籍的工会"), [optional(), at_most(120), no_line_breaks])


class MoveForm(SendForm):
    """Where a member wants their own membership to go, and why."""

    reason = StringField(_l("原因"), [required(_l("请写明为什么要转，例如什么时候到哪里上班。")), at_most(200), no_line_breaks])


class AnswerForm(DeskForm):
    """Accepting or refusing a transfer."""

    effective_on = DayField(_l("生效日期"), [optional()])
    answer = TextAreaField(_l("说明"), [optional(), at_most(200)])


class RosterFileForm(DeskForm):
    """A file with members, and whose they are."""

    org_id = SelectField(_l("导入到哪个工会"), coerce=number, validate_choice=False)
    file = FileField(_l("文件"))


class ColumnsForm(DeskForm):
    """Which column is which; `fill` says what the columns are called."""

    def mapping(self, form: Any) -> dict[str, int]:
        """Return {field: column} that was chosen."""
        chosen = {name: form.get(f"column_{name}", "") for name in LABELS}
        return {name: int(value) for name, value in chosen.items() if value.isdecimal() and len(value) < 4}
