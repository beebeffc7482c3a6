"""Form fields that hold assets of the library: one, or several in order. Whatever a browser sends is judged here.

An asset that the object holds already (the form is made with `obj=` or `data=`) stays, also for who could not choose it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import Field, ValidationError
from wtforms.widgets import HiddenInput

from unionhall.base import db
from unionhall.desk import scope
from unionhall.media import queries, rights
from unionhall.media.models import Asset, Kind
from unionhall.orgs.models import Org
from unionhall.platform import access
from unionhall.platform.access import current_actor

CHOSEN = "pick-ids"
MOST = 60


class _Held(Field):
    """What the two fields have in common.

    `kind` is "image" or "document", "" for both. `org` names what holds the id of the org whose object this is: a field of the
    form or an attribute that the view sets on it; without one, the org that the editor works in counts.
    """

    widget = HiddenInput()
    many = False
    fills: Mapping[str, str] = MappingProxyType({})

    def __init__(
        self, label: Any = None, validators: Any = None, *, kind: str = Kind.IMAGE.value, org: str = "org_id", **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.kind, self._org, self._form = kind, org, kwargs.get("_form")
        self._judged: tuple[list[int], list[Asset]] | None = None

    @property
    def ids(self) -> list[int]:
        """Return the ids that it holds, judged or not."""
        return _ids(self.data)

    @property
    def assets(self) -> list[Asset]:
        """Return the assets that it holds, without those that this actor may not use here."""
        if self._judged is None or self._judged[0] != self.ids:
            self._judged = (self.ids, self._usable(self.ids))
        return self._judged[1]

    @property
    def may_choose(self) -> bool:
        """Say whether the actor may use the library for this org."""
        return access.can(current_actor(), rights.USE, self._path())

    @property
    def chooser(self) -> str:
        """Return the address of the page on which one chooses for this field."""
        asked: dict[str, Any] = {
            "pick-want": self.kind, "pick-field": self.short_name, "pick-org": self._org_id(), "pick-many": int(self.many),
        }  # fmt: skip
        return url_for("media_desk.choose", **{name: value for name, value in asked.items() if value})

    @property
    def org_field(self) -> str:
        """Return the name of the form's field with the org, for the page's script; nothing when there is none."""
        return self._org if self._form is not None and self._org in self._form._fields else ""

    def _usable(self, ids: list[int]) -> list[Asset]:
        known, kept = queries.by_ids(ids), set(_ids(self.object_data))
        fitting = [known[item] for item in ids if item in known and self.kind in {"", known[item].kind}]
        actor, path = current_actor(), self._path()
        return [asset for asset in fitting if asset.id in kept or rights.may_use(actor, asset, path)]

    def _org_id(self) -> int:
        if self._form is None:
            return 0
        field = self._form._fields.get(self._org)
        value = getattr(self._form, self._org, None) if field is None else field.data
        return next(iter(_ids(value)), 0)

    def _path(self) -> str:
        number = self._org_id()
        if not number:
            return scope.current(current_actor())
        org = db.session().get(Org, number) if number <= queries.LARGEST_ID else None
        return org.path if org else scope.NOWHERE


class MediaField(_Held):
    """One asset: `data` is its id or None.

    `fills` says which text fields of the form take over the words of a chosen picture, {"alt": "cover_alt"}: those that are
    empty, or that say what the picture before it said.
    """

    def __init__(self, label: Any = None, validators: Any = None, *, fills: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.fills = dict(fills or {})

    @property
    def asset(self) -> Asset | None:
        """Return the asset that it holds, None for one that this actor may not use here."""
        return next(iter(self.assets), None)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the id; a form that does not ask leaves what there is."""
        if valuelist:
            self.data = next(iter(_ids(valuelist)), None)

    def pre_validate(self, form: Any) -> None:
        """Refuse what the actor may not use here, and what is gone."""
        if (self.data is not None or _typed(self.raw_data)) and self.asset is None:
            raise ValidationError(_refusal(self.kind))

    def arrange(self, form: Any, verb: str, _place: int) -> None:
        """Take over what was chosen ("use"), or hold nothing any more ("remove")."""
        before = self.asset
        if verb == "use":
            self.data = next(iter(_ids(request.form.getlist(CHOSEN))), self.data)
        elif verb == "remove":
            self.data = None
        if verb in {"use", "remove"}:
            self._fill(form, before)

    def _fill(self, form: Any, before: Asset | None) -> None:
        for name, target in self.fills.items():
            field, said = form._fields[target], (getattr(before, name) if before else "")
            if self.asset is None:
                field.data = ""
            elif (field.data or "").strip() in {"", said}:
                field.data = getattr(self.asset, name)

    def _value(self) -> str:
        return str(self.asset.id) if self.asset else ""


class MediaListField(_Held):
    """Several assets in order: `data` is the list of their ids, at most `most`."""

    many = True

    def __init__(self, label: Any = None, validators: Any = None, *, most: int = 12, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.most = min(most, MOST)

    def process_data(self, value: Iterable[int] | None) -> None:
        """Take the object's list."""
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the ids in the order of the rows."""
        self.data = _ids(valuelist)

    def pre_validate(self, form: Any) -> None:
        """Refuse too many; what the actor may not use here, and what is gone, is left out and said."""
        if len(self.ids) > self.most:
            raise ValidationError(_("最多 %(n)s 个，现在是 %(m)s 个。请去掉几个再保存。", n=self.most, m=len(self.ids)))
        if lost := len(self.ids) - len(self.assets):
            raise ValidationError(
                ngettext(
                    "有 %(num)d 个刚刚被删除，或者不在你能用的范围里，已经拿掉了。请看一看，再保存一次。",
                    "有 %(num)d 个刚刚被删除，或者不在你能用的范围里，已经拿掉了。请看一看，再保存一次。", lost,
                )
            )

    def arrange(self, form: Any, verb: str, place: int) -> None:
        """Add what was chosen ("use"), move a row ("up", "down") or take it out ("remove"); what cannot be done changes nothing."""
        rows = self.ids
        other = place + {"up": -1, "down": 1}.get(verb, 0)
        if verb == "use":
            rows = list(dict.fromkeys([*rows, *_ids(request.form.getlist(CHOSEN))]))
        elif verb == "remove" and place < len(rows):
            del rows[place]
        elif verb in {"up", "down"} and place < len(rows) and 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
        self.data = rows

    def _value(self) -> str:
        return ",".join(str(asset.id) for asset in self.assets)


def _ids(value: Any) -> list[int]:
    """Return the ids in an id, a list of them, or what a browser sent, each once; anything else is none."""
    every = value if isinstance(value, (list, tuple)) else [value]
    texts = [str(item).strip() for item in every if item is not None]
    return list(dict.fromkeys(int(text) for text in texts if text.isdecimal() and text.isascii() and len(text) < 10))[: 2 * MOST]


def _typed(raw: Any) -> bool:
    return any(str(text).strip() for text in raw or [])


def _refusal(kind: str) -> str:
    if kind == Kind.DOCUMENT:
        return _("这个文件刚刚被删除，或者不在你能用的范围里。请另选一个。")
    return _("这张图刚刚被删除，或者不在你能用的范围里。请另选一张。")
