"""The desk's forms of inspections."""

from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, HiddenField, MultipleFileField, RadioField, StringField, TextAreaField

from unionhall.plugin import DayField, DeskForm, at_most, form_choices, no_line_breaks, optional_field
from unionhall_stations.inspections.models import Inspection
from unionhall_stations.inspections.services import Filled, Sent


class BeginForm(DeskForm):
    """Whether a visit is secret."""

    secret = BooleanField(_l("神秘访客：不提前说，也不写谁去的"))


class VisitForm(DeskForm):
    """A visit: each point has a choice, a note and photos of its own, read from the request."""

    version = HiddenField()
    summary = TextAreaField(_l("总的情况"), [optional_field(), at_most(2000)])
    fix_by = DayField(_l("整改期限"), [optional_field()], description=_l("有不合格的才填。"))

    def bind(self, found: Inspection) -> None:
        """Take the points of an inspection; what was sent wins over what is kept."""
        self.points = {point.id: self._of(point.id, point.result, point.note) for point in found.points}
        self.note_errors: dict[int, str] = {}

    def _of(self, point_id: int, result: str, note: str) -> tuple[str, str]:
        if not self.is_submitted():
            return result, note
        return request.form.get(f"result-{point_id}", result), request.form.get(f"note-{point_id}", note)[:400]

    @property
    def seen(self) -> int:
        """Return the version that was shown, 0 for what is no number."""
        text = str(self.version.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    def uploads(self) -> list[tuple[int | None, FileStorage]]:
        """Return the photos that were sent, with the point that each shows."""
        found: list[tuple[int | None, FileStorage]] = []
        for name in request.files:
            kind, _dash, number = name.partition("-")
            if kind == "photo" and number.isdecimal() and len(number) < 10:
                found += [(int(number), upload) for upload in request.files.getlist(name)]
        return found

    def filled(self, photos: list[Sent]) -> Filled:
        """Return what was filled in."""
        return Filled(self.points, self.summary.data or "", self.fix_by.data, photos)


class FixForm(DeskForm):
    """What was mended."""

    note = TextAreaField(_l("改了什么"), [optional_field(), at_most(1000)])
    photos = MultipleFileField(_l("整改后的照片"))

    def uploads(self) -> list[tuple[int | None, FileStorage]]:
        """Return the photos that were sent."""
        return [(None, upload) for upload in self.photos.data or () if isinstance(upload, FileStorage)]


class CheckForm(DeskForm):
    """What a second look found."""

    passed = RadioField(_l("复查结果"), choices=form_choices([("yes", _l("改好了")), ("no", _l("还不行"))]), default="yes")
    note = TextAreaField(_l("说明"), [optional_field(), at_most(1000)], description=_l("还不行的要写哪里不行。"))
    fix_by = DayField(_l("新的整改期限"), [optional_field()], description=_l("还不行的才填。"))


class NominateForm(DeskForm):
    """Why a station is put up."""

    reason = StringField(_l("推荐理由"), [optional_field(), at_most(400), no_line_breaks])
