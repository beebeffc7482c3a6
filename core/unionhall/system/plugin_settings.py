"""Settings of plugins: read with types and defaults, changed with a look at what somebody else saved meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from unionhall.base import db
from unionhall.base.errors import Conflict
from unionhall.hooks.types import Actor, MediaPlace
from unionhall.host.registry import host
from unionhall.media.fields import MediaField, MediaListField
from unionhall.media.uses import note_uses
from unionhall.platform import access, audit, pagecache
from unionhall.platform.pagecache.memory import remembered
from unionhall.system.models import PluginChoice
from unionhall.system.settings_form import SettingsForm, defaults, fields, from_json, to_json

MANAGE = "system.plugin_settings"
MEDIA_KIND = "system.plugin_settings"


class PluginSettings(Mapping[str, Any]):
    """The settings of a plugin in force, by name or as attributes; they cannot be changed here."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_values", MappingProxyType(dict(values)))

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"no setting {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("settings are changed in the desk")


def form_of(name: str) -> type[SettingsForm] | None:
    """Return the settings form of a loaded plugin, enabled or not; None where it has none."""
    for found, impl in host().implementations("unionhall_settings_form", everyone=True):
        form = impl.function() if found.name == name else None
        if form is not None:
            if not issubclass(form, SettingsForm):
                raise TypeError(f"{form!r} must be a SettingsForm")
            return form  # type: ignore[no-any-return]  # judged above
    return None


def plugin_settings(name: str) -> PluginSettings:
    """Return the settings of a plugin in force: what was chosen over its form's defaults; a second old at most."""
    return remembered(f"plugin-settings:{name}", lambda: stored(name)[0])


def stored(name: str) -> tuple[PluginSettings, int]:
    """Return the settings as the database has them this moment, and how many times they were saved."""
    form = form_of(name)
    row = db.session().execute(select(PluginChoice.choices, PluginChoice.version).where(PluginChoice.name == name)).first()
    if form is None:
        return PluginSettings({}), row.version if row else 0
    found, declared = defaults(form), fields(form)
    for key, value in (row.choices if row else {}).items():
        if key in declared:
            found[key] = _read(declared[key], value, found[key])
    return PluginSettings(found), row.version if row else 0


def _read(field: Any, value: Any, default: Any) -> Any:
    try:
        return from_json(field, value)
    except (TypeError, ValueError, ArithmeticError):
        return default


def change(name: str, values: Mapping[str, Any], *, seen: int | None = None, actor: Actor, now: datetime) -> list[str]:
    """Store the settings of a plugin that differ from what holds now; returns their names.

    Raises Conflict when they were saved since `seen`, the version that the person had before them; LookupError for a
    setting that the plugin's form does not have.
    """
    access.require(actor, MANAGE, access.SITE)
    form = form_of(name)
    current, version = stored(name)
    if form is None or (unknown := set(values) - set(current)):
        raise LookupError(f"plugin {name!r} has no such settings: {sorted(unknown) if form else values}")
    if seen is not None and seen != version:
        raise Conflict(_("你打开这一页之后，有人改过设置。下面是你填写的内容，请对照现在的设置再保存一次。"))
    changed = sorted(key for key, value in values.items() if current[key] != value)
    if changed:
        _store(name, {key: to_json(values[key]) for key in changed}, version, now)
        _note_media(name, form, {**current, **values})
        pagecache.purge(pagecache.SITE)
        audit.record("system.plugin_settings_changed", f"plugin:{name}", actor=actor, now=now, keys=list(changed))
    return changed


def _store(name: str, choices: dict[str, Any], version: int, now: datetime) -> None:
    """Write over the version that was read; who wrote in this very moment was first."""
    old = db.session().scalar(select(PluginChoice.choices).where(PluginChoice.name == name)) or {}
    done = 0
    try:
        if version:
            mine = update(PluginChoice).where(PluginChoice.name == name, PluginChoice.version == version)
            done = db.update_count(mine.values(choices={**old, **choices}, version=version + 1, updated_at=now))
        else:
            db.session().add(PluginChoice(name=name, choices=choices, version=1, updated_at=now))
            db.session().flush()
            done = 1
    except db.IntegrityError:
        db.session().rollback()
    if not done:
        raise Conflict(_("有人在同一时刻改了设置，这次没有保存。请再保存一次。"))


def _note_media(name: str, form: type[SettingsForm], values: Mapping[str, Any]) -> None:
    held = [key for key, field in fields(form).items() if issubclass(field.field_class, (MediaField, MediaListField))]
    if held:
        number = db.session().scalar(select(PluginChoice.id).where(PluginChoice.name == name)) or 0
        chosen = [values[key] for key in held]
        ids = [asset for value in chosen for asset in (value if isinstance(value, tuple) else [value]) if asset]
        note_uses(MEDIA_KIND, number, ids)


def media_places(ids: Sequence[int], actor: Actor) -> Iterable[MediaPlace]:
    """Return the settings that show assets, for the pages of those assets."""
    if not access.can(actor, "system.plugins", access.SITE):
        return
    for row in db.session().execute(select(PluginChoice.id, PluginChoice.name).where(PluginChoice.id.in_(ids))):
        url = url_for("system_desk.plugin_settings_page", name=row.name)
        yield MediaPlace(row.id, _("插件 %(name)s 的设置", name=row.name), url, public=True)


def forget(name: str) -> None:
    """Remove the settings of a plugin."""
    number = db.session().scalar(select(PluginChoice.id).where(PluginChoice.name == name))
    if number is not None:
        note_uses(MEDIA_KIND, number, ())
        db.session().execute(delete(PluginChoice).where(PluginChoice.id == number))
