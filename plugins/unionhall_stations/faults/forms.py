"""Forms of faults."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, TextAreaField

from unionhall.plugin import DeskForm, at_most, optional_field, required
from unionhall_stations.directory.labels import service_name
from unionhall_stations.models import Service


class ReportForm(DeskForm):
    """What does not work."""

    service = RadioField(_l("哪里坏了"), [required(_l("请选哪里坏了。"))])
    text = TextAreaField(_l("怎么坏的"), [required(_l("请写哪里坏了。")), at_most(500)])
    photo = FileField(_l("照片"))

    def offer(self, services: Iterable[Service]) -> None:
        """Let the member choose one of the services, or something else."""
        self.service.choices = [*((str(row.id), service_name(row)) for row in services), ("0", _("站里其他地方"))]

    @property
    def service_id(self) -> int | None:
        """Return the service that was chosen, None for something else."""
        return int(self.service.data or 0) or None


class ReplyForm(DeskForm):
    """What the keeper says to a report."""

    reply = TextAreaField(_l("回复"), [optional_field(), at_most(500)])
    off = BooleanField(_l("这项服务暂不能用"))
