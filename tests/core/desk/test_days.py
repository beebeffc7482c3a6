"""Days and moments in forms: what can be reckoned with, and what is said of the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from werkzeug.datastructures import MultiDict

from unionhall.desk.forms import DayField, DeskForm, MomentField


class DatesForm(DeskForm):
    day = DayField("日子")
    moment = MomentField("时间")


def sent(app, day, moment):
    with app.test_request_context(method="POST"):
        form = DatesForm(formdata=MultiDict({"day": day, "moment": moment}), meta={"csrf": False})
        form.validate()
        return form, form.errors


@pytest.mark.parametrize("year", ["0001", "1899", "2200", "9999"])
def test_a_year_that_nobody_can_reckon_with_is_refused_at_its_field(app, year):
    form, errors = sent(app, f"{year}-01-01", f"{year}-12-31T23:59")
    assert (form.day.data, form.moment.data) == (None, None)
    assert all("年份要在 1900 到 2199 之间" in errors[name][0] for name in ("day", "moment"))


def test_the_first_and_the_last_day_are_taken(app):
    form, errors = sent(app, "1900-01-01", "2199-12-31T23:59")
    assert (form.day.data, form.moment.data, errors) == (date(1900, 1, 1), datetime(2199, 12, 31, 15, 59, tzinfo=UTC), {})
