"""Routes of the org tree for readers."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from unionhall.base.errors import NotFound
from unionhall.base.text import tidy
from unionhall.hooks.types import PageView, Text
from unionhall.orgs import queries
from unionhall.orgs.models import Org, OrgKind, OrgStatus
from unionhall.platform.pagecache import shared

LEVELS = 3
KINDS: dict[str, Text] = {
    OrgKind.PROVINCE: _l("省级工会"), OrgKind.CITY: _l("市级工会"), OrgKind.DISTRICT: _l("区县工会"),
    OrgKind.STREET: _l("街道、乡镇、园区工会"), OrgKind.ENTERPRISE: _l("企业工会"), OrgKind.ASSOCIATION: _l("协会工会"),
}  # fmt: skip

bp = Blueprint("orgs", __name__, url_prefix="/orgs")


def label(org: Org) -> str:
    """Return the org's name in the reader's language."""
    return org.name_en if str(get_locale()) == "en" and org.name_en else org.name


bp.add_app_template_global(label, "org_label")
bp.add_app_template_global(lambda org: KINDS[org.kind], "org_kind")


@bp.get("/")
@shared(unless=("q",))
def tree() -> ResponseReturnValue:
    """Show the upper levels of the tree, or the orgs whose name matches."""
    search = tidy(request.args.get("q", ""))[:60]
    if search:
        return render_template("orgs/found.html", orgs=queries.within([queries.root().path], search=search), search=search)
    listed = queries.upper(LEVELS)
    deepest = [org.id for org in listed if org.depth == LEVELS - 1]
    return render_template("orgs/tree.html", nodes=queries.tree(listed), below=queries.numbers_below(deepest))


@bp.get("/<slug>/")
@shared("page")
def org(slug: str) -> ResponseReturnValue:
    """Show one org; one that was merged leads to where it went, an address of old to the present one."""
    found = queries.holder_of_slug(slug)
    if found is None:
        raise NotFound()
    if found.status == OrgStatus.MERGED and found.merged_into:
        return redirect(url_for("orgs.org", slug=found.merged_into.slug), 301)
    if found.slug != slug:
        return redirect(url_for("orgs.org", slug=found.slug), 301)
    return render_template(
        "orgs/org.html", org=found, above=queries.ancestors(found), children=queries.children(found),
        noindex=not found.active, page_view=PageView("orgs.org", found.id, found.id),
    )  # fmt: skip
