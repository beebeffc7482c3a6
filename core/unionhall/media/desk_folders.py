"""Folders of the orgs that one looks after: renamed, removed; they are made where something is put into them."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import UnionHallError
from unionhall.base.web import go
from unionhall.desk import scope
from unionhall.desk.forms import DeskForm
from unionhall.media import folders, library, queries, rights
from unionhall.media.desk_blueprint import bp
from unionhall.media.forms import FolderForm
from unionhall.platform.access import current_actor, needs


@bp.get("/folders/")
@needs(rights.MANAGE)
def folder_list() -> ResponseReturnValue:
    """List the folders in the org that one works in and below."""
    actor = current_actor()
    return render_template("media/desk_folders.html", rows=library.folders(actor, scope.current(actor)))


@bp.route("/folders/<int:folder_id>/", methods=["GET", "POST"])
@needs(rights.MANAGE)
def rename_folder(folder_id: int) -> ResponseReturnValue:
    """Give a folder another name."""
    actor, form = current_actor(), FolderForm()
    folder, org = queries.folder(folder_id, actor)
    if form.accepted():
        try:
            folders.rename(folder, form.name.data or "", org=org, actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("文件夹现在叫“%(name)s”。", name=folder.name), "ok")
            return go(url_for("media_desk.folder_list"))
    elif not form.is_submitted():
        form.name.data = folder.name
    return render_template("media/desk_folder.html", folder=folder, org=org, form=form), 422 if form.problems else 200


@bp.route("/folders/<int:folder_id>/remove", methods=["GET", "POST"])
@needs(rights.MANAGE)
def remove_folder(folder_id: int) -> ResponseReturnValue:
    """Ask, then remove a folder; what lies in it stays."""
    actor, form = current_actor(), DeskForm()
    folder, org = queries.folder(folder_id, actor)
    if form.accepted():
        name = folder.name
        folders.remove(folder, org=org, actor=actor, now=clock.now())
        flash(_("文件夹“%(name)s”已删除，里面的素材都还在。", name=name), "ok")
        return go(url_for("media_desk.folder_list"))
    return render_template("media/desk_folder_remove.html", folder=folder, org=org, number=library.number_in(folder)), 200
