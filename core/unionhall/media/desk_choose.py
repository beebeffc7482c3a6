"""The chooser: one picks assets for a form. A page that works alone, and what the dialog of media/choose.js shows.

Without scripts the form that asks is sent here whole; what was typed is carried along, and goes back with what was chosen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from unionhall.base import db
from unionhall.base.web import fail, safe_next
from unionhall.desk import scope
from unionhall.desk.lists import Pager
from unionhall.hooks.types import Actor
from unionhall.media import choices, labels, library, queries, rights
from unionhall.media.desk_blueprint import bp
from unionhall.media.desk_upload import Outcome, home, homes, keep_all
from unionhall.media.library import PLACES, SORTS, Filter
from unionhall.media.models import Asset, Kind
from unionhall.orgs.models import Org
from unionhall.platform import access
from unionhall.platform.access import current_actor, needs

OWN = "pick-"
PAGE = 24
MOST_CHOSEN = 60
_FIELD = re.compile(r"[A-Za-z]\w{0,60}", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """For what one chooses: assets of a kind ("" for any), one or `many`; `field` of the form at `back` gets them."""

    want: str = ""
    many: bool = False
    field: str = ""
    back: str = ""
    org: str = ""


@bp.route("/choose", methods=["GET", "POST"])
@needs(rights.USE)
def choose() -> ResponseReturnValue:
    """Show what may be chosen; files sent along are kept, and are chosen at once."""
    actor, asked = current_actor(), _asked()
    wanted = _wanted(actor, asked)
    outcomes = _kept(actor, asked)
    chosen = _chosen(actor, asked, outcomes)
    assets, total = library.listed(actor, wanted, size=PAGE)
    refused = [item for item in outcomes if not item.asset]
    if refused:
        fail()
    shown: dict[str, Any] = {
        "asked": asked, "wanted": wanted, "chosen": chosen, "total": total, "page": Pager(wanted.page, total, PAGE),
        "assets": [asset for asset in assets if asset not in chosen], "refused": refused, "labels": labels,
        "described": choices.described, "carried": _carried(), "homes": _homes(actor, asked), "org": _number(asked.org),
        "folders": library.folder_names(actor, wanted.below), "tags": library.tags(actor, wanted.below),
        "files_lost": any(file.filename for name, file in request.files.items(multi=True) if not name.startswith(OWN)),
    }  # fmt: skip
    return render_template("media/desk_choose.html", **shown), 422 if refused else 200


def _asked() -> Asked:
    """Read for what one chooses; what nobody offers is answered with 400."""
    want, field = _own("want"), _own("field")
    if want not in {"", *Kind} or (field and not _FIELD.fullmatch(field)):
        abort(400)
    # A link could name any address of the desk, and the button here would send a good token there: only a form that brought one may.
    back = safe_next(request.form.get(f"{OWN}back"), "")
    return Asked(want, _own("many") == "1", field, back if back.startswith("/desk/") and field else "", _own("org")[:10])


def _wanted(actor: Actor, asked: Asked) -> Filter:
    kind, place, sort = asked.want or _own("kind"), _own("place"), _own("sort") or "new"
    if kind not in {"", *Kind} or place not in PLACES or sort not in SORTS:
        abort(400)
    return Filter(
        below=scope.current(actor), search=_own("q").strip()[:100], kind=kind, folder=_own("folder")[:40], tag=_own("tag")[:30],
        place=place, sort=sort, page=min(_number(_own("page")), 100_000) or 1,
    )  # fmt: skip


def _kept(actor: Actor, asked: Asked) -> list[Outcome]:
    files = [file for file in request.files.getlist(f"{OWN}file") if file.filename] if request.method == "POST" else []
    return keep_all(files, home(actor, asked.org).id, actor, want=asked.want) if files else []


def _chosen(actor: Actor, asked: Asked, outcomes: list[Outcome]) -> list[Asset]:
    """Return what is chosen so far, in that order: what was sent now comes last, or alone where only one may be chosen."""
    fresh = [item.asset.id for item in outcomes if item.asset]
    before = [_number(text) for text in request.values.getlist(f"{OWN}ids")[: 2 * MOST_CHOSEN]]
    every = [*before, *fresh] if asked.many else [*fresh, *before]
    found = [asset for asset in queries.seen(every, actor) if asked.want in {"", asset.kind}]
    return found[:MOST_CHOSEN] if asked.many else found[:1]


def _homes(actor: Actor, asked: Asked) -> list[Org]:
    """Return the orgs that an upload may belong to; the one whose form asks is among them, wherever one works just now."""
    found, number = homes(actor), _number(asked.org)
    org = db.session().get(Org, number) if number and all(other.id != number for other in found) else None
    return [org, *found] if org and access.can(actor, rights.USE, org) else found


def _carried() -> list[tuple[str, str]]:
    """Return what stands in the form that asks, to go back with the choice."""
    every = request.form.items(multi=True)
    return [(name, value) for name, value in every if not name.startswith(OWN) and name not in {"csrf_token", "rows"}]


def _own(name: str) -> str:
    return request.values.get(OWN + name, "")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0
