"""Taking a plugin's data along, and removing everything of it."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

from flask import Response, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField

from unionhall.base import clock
from unionhall.base.errors import PluginProblem, RuleBroken
from unionhall.base.web import fail, go
from unionhall.desk.forms import DeskForm
from unionhall.host import lifecycle
from unionhall.host.status import Status
from unionhall.platform.access import SITE, current_actor, needs, require
from unionhall.system import plugin_data, purge_facts, purging
from unionhall.system.desk import bp
from unionhall.system.desk_plugins import status_or_404

PIECE = 64 * 1024


class PurgeForm(DeskForm):
    """The plugin's name, typed, and a word about the data."""

    typed = StringField(_l("输入插件的名称确认"))
    without = BooleanField(_l("不用导出，数据不要了"))


@bp.get("/plugins/<name>/purge")
@needs(lifecycle.SWITCH)
def ask_purge(name: str) -> ResponseReturnValue:
    """Say what would go: tables, and everything that is kept under the plugin's name."""
    require(current_actor(), lifecycle.SWITCH, SITE)
    return _page(status_or_404(name), PurgeForm(formdata=None))


@bp.post("/plugins/<name>/export")
@needs(lifecycle.SWITCH)
def export_plugin(name: str) -> ResponseReturnValue:
    """Give the plugin's tables and files as one zip."""
    require(current_actor(), lifecycle.SWITCH, SITE)
    status_or_404(name)
    now = clock.now()
    target = TemporaryFile()  # noqa: SIM115 - the answer reads and closes it
    purging.export(name, target, actor=current_actor(), now=now)
    answer = Response(_pieces(target), mimetype="application/zip")
    answer.content_length = target.tell()
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}-{clock.local(now):%Y%m%d-%H%M}.zip")
    answer.cache_control.no_store = True
    return answer


@bp.post("/plugins/<name>/purge")
@needs(lifecycle.SWITCH)
def purge_plugin(name: str) -> ResponseReturnValue:
    """Remove everything of a plugin whose name was typed and whose data was exported, or is not wanted."""
    actor, now = current_actor(), clock.now()
    require(actor, lifecycle.SWITCH, SITE)
    status, form = status_or_404(name), PurgeForm()
    if not form.accepted():
        return _page(status, form), 422
    if (form.typed.data or "").strip() != name:
        form.refuse(RuleBroken(_("和插件的名称不一样。请输入：%(name)s", name=name), field="typed"))
        return _page(status, form), 422
    if not form.without.data and purging.exported_at(name, now) is None:
        form.refuse(RuleBroken(_("还没有导出数据。先导出，或者勾选“不用导出”。"), field="without"))
        return _page(status, form), 422
    try:
        purging.purge(name, actor=actor, now=now)
    except (PluginProblem, RuleBroken) as error:
        fail()
        form.refuse(RuleBroken(str(error)))
        return _page(status, form), error.status
    flash(_("“%(name)s”的数据已清除。", name=status.label), "ok")
    return go(url_for("system_desk.plugins"))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file from its start, and close it however far somebody read."""
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _page(status: Status, form: PurgeForm) -> str:
    name = status.found.name
    return render_template(
        "system/plugin_purge.html", status=status, form=form, tables=plugin_data.counted(name), kept=purge_facts.kept(name),
        refusal=_refusal(name), exported=purging.exported_at(name, clock.now()),
    )  # fmt: skip


def _refusal(name: str) -> str:
    try:
        purging.check(name)
    except PluginProblem as error:
        return str(error)
    return ""
