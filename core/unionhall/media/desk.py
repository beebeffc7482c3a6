"""The library's grid: found, narrowed, ordered."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from unionhall.desk import scope
from unionhall.desk.lists import Pager, page_number
from unionhall.media import labels, library, rights, uses
from unionhall.media.desk_blueprint import bp
from unionhall.media.desk_upload import homes
from unionhall.media.library import PLACES, SORTS, STATES, Filter
from unionhall.media.models import Kind
from unionhall.orgs import queries as orgs
from unionhall.platform.access import can, current_actor, needs


@bp.get("/")
@needs(rights.USE)
def index() -> ResponseReturnValue:
    """Show the assets of the org that one works in and below, narrowed by what was asked."""
    actor = current_actor()
    wanted = asked(request.args, scope.current(actor), page_number())
    assets, total = library.listed(actor, wanted)
    return render_template(
        "media/desk_library.html", assets=assets, wanted=wanted, total=total, page=Pager(wanted.page, total, library.PAGE),
        counts=library.counts(actor, wanted.below), used=uses.numbers([asset.id for asset in assets]), labels=labels,
        folders=library.folder_names(actor, wanted.below), tags=library.tags(actor, wanted.below),
        scope_org=orgs.by_path(wanted.below), homes=homes(actor), manages=can(actor, rights.MANAGE),
    )  # fmt: skip


def asked(args: Mapping[str, str], below: str, page: int = 1) -> Filter:
    """Read the filter from query values; a value that nobody offers is answered with 400."""
    kind, state, place, sort = args.get("kind", ""), args.get("state", ""), args.get("place", ""), args.get("sort", "new")
    if kind not in {"", *Kind} or state not in {"", *STATES} or place not in PLACES or sort not in SORTS:
        abort(400)
    return Filter(
        below=below, search=args.get("q", "").strip()[:100], kind=kind, folder=args.get("folder", "")[:40],
        tag=args.get("tag", "")[:30], state=state, place=place, sort=sort, page=page,
    )  # fmt: skip
