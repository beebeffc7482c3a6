"""The settings screen of one plugin."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import Conflict, NotFound
from unionhall.base.web import go
from unionhall.host.registry import host
from unionhall.host.status import Status
from unionhall.orgs.queries import root
from unionhall.platform.access import SITE, can, current_actor, needs, require
from unionhall.system import plugin_settings
from unionhall.system.desk import PLUGINS, bp
from unionhall.system.settings_form import SettingsForm


@bp.get("/plugins/<name>/settings")
@needs(PLUGINS)
def plugin_settings_page(name: str) -> ResponseReturnValue:
    """Show the settings of a plugin in force."""
    require(current_actor(), PLUGINS, SITE)
    status, kind = _plugin(name)
    current, version = plugin_settings.stored(name)
    form = kind(formdata=None, obj=current)
    form.seen.data = str(version)
    return _page(status, form)


@bp.post("/plugins/<name>/settings")
@needs(plugin_settings.MANAGE)
def change_plugin_settings(name: str) -> ResponseReturnValue:
    """Store what differs; who saves second sees both and loses nothing."""
    require(current_actor(), plugin_settings.MANAGE, SITE)
    status, kind = _plugin(name)
    current, _version = plugin_settings.stored(name)
    form = kind(obj=current)
    form.org_id = root().id
    if not form.accepted():
        return _page(status, form), 422 if form.problems else 200
    try:
        seen = form.seen.data or ""
        number = int(seen) if seen.isdecimal() and len(seen) < 10 else -1
        changed = plugin_settings.change(name, form.values(), seen=number, actor=current_actor(), now=clock.now())
    except Conflict as error:
        form.refuse(error)
        current, version = plugin_settings.stored(name)
        form.seen.data = str(version)
        return _page(status, form, form.differing(current)), error.status
    flash(_("设置已保存，马上生效。") if changed else _("没有改动。"), "ok")
    return go(url_for("system_desk.plugin_settings_page", name=name))


def _plugin(name: str) -> tuple[Status, type[SettingsForm]]:
    status = next((item for item in host().statuses() if item.found.name == name), None)
    kind = plugin_settings.form_of(name) if status else None
    if status is None or kind is None:
        raise NotFound()
    return status, kind


def _page(status: Status, form: SettingsForm, theirs: list[tuple[str, str, str]] | None = None) -> str:
    form.org_id = root().id
    manages = can(current_actor(), plugin_settings.MANAGE, SITE)
    names = list(form.values())
    return render_template("system/plugin_settings.html", status=status, form=form, names=names, manages=manages, theirs=theirs or [])
