"""The settings screen."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import Conflict
from unionhall.base.web import go
from unionhall.platform.access import SITE, can, current_actor, needs, require
from unionhall.settings import queries, services
from unionhall.settings.forms import SettingsForm

READ = "settings.read"
GROUPS = {
    "site": ("site_name", "site_name_en", "organiser", "description", "hotline", "hotline_hours", "address", "contact_email"),
    "legal": ("icp_number", "police_number", "site_code", "privacy_url"),
    "newsroom": ("credit_required", "review_hours", "preview_days"),
    "notices": ("quiet_from", "quiet_until"),
    "terminals": ("terminal_idle_seconds",),
    "maintenance": ("maintenance", "maintenance_note"),
}
bp = Blueprint("settings_desk", __name__, url_prefix="/settings")


@bp.get("/")
@needs(READ)
def settings() -> ResponseReturnValue:
    """Show the settings in force; they are the whole site's, so a right in one branch of the tree is not enough."""
    require(current_actor(), READ, SITE)
    stored = queries.stored()
    form = SettingsForm(formdata=None, obj=stored)
    form.seen.data = queries.stamp(stored)
    return _page(form)


@bp.post("/")
@needs(services.MANAGE)
def change() -> ResponseReturnValue:
    """Store what differs; who saves second sees both and loses nothing."""
    require(current_actor(), services.MANAGE, SITE)
    form = SettingsForm()
    if not form.accepted():
        return _page(form), 422
    try:
        changed = services.change(form.values(), seen=form.seen.data or "", actor=current_actor(), now=clock.now())
    except Conflict as error:
        form.refuse(error)
        stored = queries.stored()
        form.seen.data = queries.stamp(stored)
        return _page(form, form.differing(stored)), error.status
    flash(_("设置已保存，读者马上能看到。") if changed else _("没有改动。"), "ok")
    return go(url_for("settings_desk.settings"))


def _page(form: SettingsForm, theirs: list[tuple[str, str, str]] | None = None) -> str:
    manages = can(current_actor(), services.MANAGE, SITE)
    return render_template("settings/desk.html", form=form, groups=GROUPS, manages=manages, theirs=theirs or [])
