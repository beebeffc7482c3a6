"""The settings screen."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.web import go
from unionhall.platform.access import SITE, can, current_actor, needs
from unionhall.settings import queries, services
from unionhall.settings.forms import SettingsForm

READ = "settings.read"
GROUPS = {
    "site": ("site_name", "site_name_en", "organiser", "description", "hotline", "hotline_hours", "address", "contact_email"),
    "legal": ("icp_number", "police_number", "site_code", "privacy_url"),
    "newsroom": ("credit_required", "review_hours", "preview_days"),
    "maintenance": ("maintenance", "maintenance_note"),
}
bp = Blueprint("settings_desk", __name__, url_prefix="/settings")


@bp.get("/")
@needs(READ)
def settings() -> ResponseReturnValue:
    """Show the settings in force."""
    return _page(SettingsForm(formdata=None, obj=queries.site_settings()))


@bp.post("/")
@needs(services.MANAGE)
def change() -> ResponseReturnValue:
    """Store what differs."""
    form = SettingsForm()
    if not form.accepted():
        return _page(form), 422
    values = {name: getattr(form, name).data for name in asdict(queries.site_settings())}
    changed = services.change(
        {name: value.strip() if isinstance(value, str) else "" if value is None else value for name, value in values.items()},
        actor=current_actor(), now=clock.now(),
    )  # fmt: skip
    flash(_("设置已保存，读者马上能看到。") if changed else _("没有改动。"), "ok")
    return go(url_for("settings_desk.settings"))


def _page(form: SettingsForm) -> str:
    return render_template("settings/desk.html", form=form, groups=GROUPS, manages=can(current_actor(), services.MANAGE, SITE))
