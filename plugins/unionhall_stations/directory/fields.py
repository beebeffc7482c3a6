"""Form fields of the directory that work without scripts: a week of opening hours, the services of a station, a place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _
from wtforms import Field, ValidationError
from wtforms.widgets import HiddenInput, TextInput

from unionhall_stations.directory.finding import MILLION
from unionhall_stations.directory.hours import DAY_MINUTES

RANGES = ("1", "2")


def read_time(text: str) -> int | None:
    """Return minutes after midnight of "6:30", None for an empty text. Raises ValueError."""
    text = text.strip().replace("：", ":")
    if not text:
        return None
    hour, colon, rest = text.partition(":")
    minute = rest[:2]
    if not (colon and hour.isdecimal() and minute.isdecimal() and len(hour) <= 2 and int(hour) < 24 and int(minute) < 60):
        raise ValueError(text)
    return int(hour) * 60 + int(minute)


def read_spans(texts: Mapping[str, str], prefix: str) -> list[list[int]]:
    """Return the hours in the values "<prefix>o1", "<prefix>c1", "<prefix>o2" …: closing not after opening is the next day.

    Raises ValidationError that says what is wrong.
    """
    found = []
    for number in RANGES:
        words = (texts.get(f"{prefix}o{number}", ""), texts.get(f"{prefix}c{number}", ""))
        try:
            opens, closes = read_time(words[0]), read_time(words[1])
        except ValueError:
            raise ValidationError(_("看不懂“%(text)s”。时间请写成 6:30 的样子。", text=" – ".join(words))) from None
        if opens is None and closes is None:
            continue
        if opens is None or closes is None:
            raise ValidationError(_("“%(text)s”只填了一半。开门和关门都要填，不开就都空着。", text=" – ".join(words).strip()))
        found.append([opens, closes if closes > opens else closes + DAY_MINUTES])
    found.sort()
    if len(found) == 2 and found[1][0] < found[0][1]:
        raise ValidationError(_("两段时间重叠了。"))
    return found


class WeekField(Field):
    """Seven days with two ranges each; `data` is the week as the table keeps it. Buttons copy the day above, or Monday to all."""

    widget = HiddenInput()

    def process_data(self, value: Any) -> None:
        """Take the station's week."""
        self.data = [list(day) for day in value] if value else [[] for _day in range(7)]
        self.texts = _texts(self.data)
        self.wrong: dict[int, str] = {}

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the times that were typed; what cannot be read stays as it was typed."""
        if not valuelist:
            return
        names = [f"d{day}{edge}{number}" for day in range(7) for edge in "oc" for number in RANGES]
        self.texts = {name: request.form.get(f"{self.name}-{name}", "").strip()[:8] for name in names}
        self._read()

    def _read(self) -> None:
        self.data, self.wrong = [], {}
        for day in range(7):
            try:
                self.data.append(read_spans(self.texts, f"d{day}"))
            except ValidationError as error:
                self.wrong[day] = str(error)
                self.data.append([])

    def pre_validate(self, form: Any) -> None:
        """Refuse a week with a day that cannot be read."""
        if self.wrong:
            raise ValidationError(_("有 %(n)s 天的时间要改，见下面。", n=len(self.wrong)))

    def arrange(self, form: Any, verb: str, place: int) -> None:
        """Copy the day above ("same", the day), Monday to every day ("all"), or open every day around the clock ("round")."""
        for day in range(1, 7) if verb == "all" else [place] if verb == "same" and 0 < place < 7 else []:
            above = 0 if verb == "all" else day - 1
            self.texts |= {f"d{day}{edge}{number}": self.texts[f"d{above}{edge}{number}"] for edge in "oc" for number in RANGES}
        if verb == "round":
            self.texts = _texts([[[0, DAY_MINUTES]] for _day in range(7)])
        self._read()
        self.wrong = {}

    def _value(self) -> str:
        return "1"


class OffersField(Field):
    """Which services a station offers: `data` is {service id: (note, works)}; `services` is set by the view."""

    widget = HiddenInput()

    def process_data(self, value: Any) -> None:
        """Take {service id: (note, works)}."""
        self.data = dict(value or {})

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a box, a note and a second box for each service."""
        if not valuelist:
            return
        chosen = [text for text in request.form.getlist(f"{self.name}-has") if text.isdecimal() and len(text) < 10]
        broken = set(request.form.getlist(f"{self.name}-broken"))
        self.data = {int(text): (request.form.get(f"{self.name}-note-{text}", ""), text not in broken) for text in chosen}

    def pre_validate(self, form: Any) -> None:
        """Refuse notes that are too long."""
        for note, _works in self.data.values():
            if len(note) > 80:
                raise ValidationError(_("说明最多 80 个字：“%(text)s…”", text=note[:20]))

    def _value(self) -> str:
        return "1"


class PlaceField(Field):
    """A place as "latitude, longitude" in degrees; `data` is both in millionths, None for nothing."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read two numbers. Raises ValueError that says how to write them."""
        text = (valuelist[0] if valuelist else "").strip().replace("，", ",")
        self.data = None
        if not text:
            return
        lat, _comma, lon = text.partition(",")
        try:
            place = (round(float(lat) * MILLION), round(float(lon) * MILLION))
        except (ValueError, OverflowError):
            raise ValueError(_("看不懂这个位置。请写成“纬度, 经度”，例如 30.245100, 120.158200。")) from None
        if not (abs(place[0]) <= 90 * MILLION and abs(place[1]) <= 180 * MILLION):
            raise ValueError(_("纬度在 -90 到 90 之间，经度在 -180 到 180 之间；纬度在前。"))
        self.data = place

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data[0] / MILLION:.6f}, {self.data[1] / MILLION:.6f}" if self.data else ""


def _texts(week: list[list[list[int]]]) -> dict[str, str]:
    found = {f"d{day}{edge}{number}": "" for day in range(7) for edge in "oc" for number in RANGES}
    for day, spans in enumerate(week[:7]):
        for number, (opens, closes) in zip(RANGES, spans, strict=False):
            found[f"d{day}o{number}"], found[f"d{day}c{number}"] = _clock(opens), _clock(closes)
    return found


def _clock(minutes: int) -> str:
    return f"{minutes % DAY_MINUTES // 60:02d}:{minutes % 60:02d}"
