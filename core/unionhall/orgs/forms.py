"""Forms about orgs."""

from __future__ import annotations

from dataclasses import asdict

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Regexp

from unionhall.desk.forms import DayField, DeskForm, at_most, choices, no_line_breaks, optional, required
from unionhall.orgs.labels import KINDS
from unionhall.orgs.models import Org, OrgKind
from unionhall.orgs.services import OrgFields

_PHONE = Regexp(r"^[0-9０-９ +\-()（）转]*$", message=_l("电话只写数字和 - 就行，例如 0571-12345678。"))


class OrgForm(DeskForm):
    """What is said of an org."""

    version = HiddenField()
    name = StringField(_l("全称"), [required(_l("还没有填全称。")), at_most(120), no_line_breaks])
    short_name = StringField(_l("简称"), [required(_l("还没有填简称。")), at_most(40), no_line_breaks])
    kind = SelectField(_l("层级"), choices=choices((kind.value, label) for kind, label in KINDS.items()))
    name_en = StringField(_l("英文名"), [optional(), at_most(200), no_line_breaks])
    slug = StringField(_l("网址"), [optional(), at_most(60), no_line_breaks])
    summary = TextAreaField(_l("简介"), [optional(), at_most(1000)])
    address = StringField(_l("地址"), [optional(), at_most(200), no_line_breaks])
    phone = StringField(_l("电话"), [optional(), at_most(40), _PHONE, no_line_breaks])
    established_on = DayField(_l("成立日期"), [optional()])
    certificate = StringField(_l("法人资格证书编号"), [optional(), at_most(60), no_line_breaks])
    certificate_until = DayField(_l("证书有效期至"), [optional()])
    term_ends = DayField(_l("本届任期至"), [optional()])

    def fields(self) -> OrgFields:
        """Return what was filled in, for the services."""
        return OrgFields(
            name=self.name.data or "", short_name=self.short_name.data or "", kind=OrgKind(self.kind.data),
            slug=self.slug.data or "", name_en=self.name_en.data or "", summary=self.summary.data or "",
            address=self.address.data or "", phone=self.phone.data or "", certificate=self.certificate.data or "",
            certificate_until=self.certificate_until.data, term_ends=self.term_ends.data,
            established_on=self.established_on.data,
        )

    def differing(self, org: Org) -> list[tuple[str, str, str]]:
        """Return (label, what is stored now, what was typed) of every field that is not the same."""
        found = []
        for name in asdict(self.fields()):
            field, stored, typed = self[name], getattr(org, name), getattr(self.fields(), name)
            if name == "kind":
                stored, typed = KINDS[stored], KINDS[typed]
            if (stored or "") != (typed or ""):
                found.append((str(field.label.text), str(stored or "—"), str(typed or "—")))
        return found


class TargetForm(DeskForm):
    """Another org to move below or to merge into."""

    target = SelectField(_l("目标组织"), coerce=int)
