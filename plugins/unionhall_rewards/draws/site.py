"""Pages of draws for everybody: prizes and chances, who won, and what anybody needs to compute it all again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from flask import abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Pager,
    PageView,
    clock,
    current_actor,
    current_member,
    member_names,
    never_cache,
    page_number,
    page_until,
    shared,
    tag_page,
)
from unionhall_rewards.blueprints import site
from unionhall_rewards.draws import audience, entering, labels, pages, pausing, proving, publishing, queries, shown
from unionhall_rewards.draws.models import Algorithm, Draw, DrawState

MINUTE = timedelta(minutes=1)
FILES = {"spec.json": "application/json", "entrants.txt": "text/plain", "eligible.txt": "text/plain", "results.json": "application/json"}


@site.get("/draws/")
@shared()
def draws() -> ResponseReturnValue:
    """List the draws that were published."""
    tag_page(pages.LIST)
    rows, now = queries.listed(), clock.now()
    page_until(min([_changes(row, now) for row in rows], default=now + timedelta(days=1)))
    return render_template("rewards/draws/list.html", rows=rows, ways=labels.WAYS, page_view=PageView("rewards.draws"))


def _changes(draw: Draw, now: datetime) -> datetime:
    """Return until when a page about a draw is true: stock and winners of one that runs are at most a minute old."""
    if labels.standing(draw, now) == DrawState.OPEN and draw.algo == Algorithm.INSTANT:
        return now + MINUTE
    ahead = [moment for moment in (draw.opens_at, draw.closes_at) if moment > now]
    return min(ahead, default=now + timedelta(days=1))


def _public(key: str) -> Draw:
    found = queries.public(key)
    tag_page(pages.tag_of(found.id))
    page_until(_changes(found, clock.now()))
    return found


@site.get("/draws/<key>/")
@shared()
def draw(key: str) -> ResponseReturnValue:
    """Show a draw: prizes, chances, dates, how it is drawn, who won."""
    found, now = _public(key), clock.now()
    return render_template(
        "rewards/draws/draw.html", draw=found, phase=labels.standing(found, now), ways=labels.WAYS, odds=shown.panel(found),
        who=audience.words(found), reveal_by=labels.reveal_by(found),
        compensations=pausing.given(found.id), instant=found.algo == Algorithm.INSTANT,
        page_view=PageView("rewards.draw", found.id, found.org_id),
    )  # fmt: skip


@site.get("/draws/<key>/winners")
@shared("page")
def winners(key: str) -> ResponseReturnValue:
    """Show who won: the first character of the name and the end of the pseudonym."""
    found, page = _public(key), page_number()
    rows, total = queries.winners(found, page=page)
    if page > 1 and not rows:
        abort(404)
    names = member_names(row.entry.member_id for row in rows if row.entry.member_id)
    lines = [(row, _masked(names.get(row.entry.member_id or 0, ("", None))[0]), labels.short_holder(row.entry.holder)) for row in rows]
    return render_template(
        "rewards/draws/winners.html", draw=found, rows=lines, total=total, pager=Pager(page, total, queries.SIZE),
        page_view=PageView("rewards.draw", found.id, found.org_id),
    )  # fmt: skip


def _masked(name: str) -> str:
    return f"{name[:1]}**" if name else _("（已注销）")


@site.get("/draws/<key>/proof")
@shared()
def proof(key: str) -> ResponseReturnValue:
    """Show the proof: what was committed to, when, and everything to compute the result again."""
    found, now = _public(key), clock.now()
    return render_template(
        "rewards/draws/proof.html", draw=found, phase=labels.standing(found, now), spec=publishing.parsed(found),
        frozen=proving.is_frozen(found), done=found.state == DrawState.DONE, instant=found.algo == Algorithm.INSTANT,
        reveal_by=labels.reveal_by(found), page_view=PageView("rewards.draw", found.id, found.org_id),
    )  # fmt: skip


@site.get("/draws/<key>/check")
def check(key: str) -> ResponseReturnValue:
    """Compute one entry again on the server: for browsers without scripts."""
    never_cache()
    found, code = queries.public(key), request.args.get("code", "").strip().upper()[:70]
    checked = proving.check(found, code) if code else None
    return render_template(
        "rewards/draws/check.html", draw=found, code=code, checked=checked, frozen=proving.is_frozen(found),
        instant=found.algo == Algorithm.INSTANT,
    )  # fmt: skip


@site.get("/draws/<key>/<file>")
def download(key: str, file: str) -> ResponseReturnValue:
    """Send one of the published files: rules, lists, results, or all of it in one."""
    found = queries.public(key)
    if file == f"draw-{found.key}.json":
        return _file(json.dumps(proving.bundle(found), ensure_ascii=False), "application/json", file)
    if file not in FILES:
        abort(404)
    if file == "spec.json":
        return _file(found.spec, FILES[file], f"{found.key}-{file}")
    if file == "eligible.txt":
        return _file(_lines(queries.frozen_list(found.id, queries.ELIGIBLE)), FILES[file], f"{found.key}-{file}")
    if not proving.is_frozen(found) or (file == "results.json" and found.state != DrawState.DONE):
        abort(404)
    if file == "entrants.txt":
        return _file(_lines(queries.codes(found.id)), FILES[file], f"{found.key}-{file}")
    return _file(json.dumps(proving.results(found), ensure_ascii=False), FILES[file], f"{found.key}-{file}")


def _lines(rows: list[str]) -> str:
    return "".join(f"{row}\n" for row in rows)


def _file(body: str, mime: str, name: str) -> ResponseReturnValue:
    made = make_response(body)
    made.headers["Content-Type"] = f"{mime}; charset=utf-8"
    made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return made


@site.get("/draws/<key>/mine")
def mine(key: str) -> ResponseReturnValue:
    """Show one's own chances in a draw, and the way to check each."""
    never_cache()
    if not current_actor().known:
        abort(401)
    found, member = queries.public(key), current_member()
    rows = queries.entries_of(member.id, found.id) if member else []
    told = entering.tell([(row, found) for row in rows])
    return render_template(
        "rewards/draws/mine.html", draw=found, rows=list(zip(rows, told, strict=True)), member=member, source=pausing.SOURCE,
        phase=labels.standing(found, clock.now()), why=audience.why_not(found.id, member.id) if member else "",
    )  # fmt: skip
