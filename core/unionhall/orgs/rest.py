"""The org tree for programs: what its public pages say."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from pydantic import Field

from unionhall.base.errors import NotFound
from unionhall.hooks.api import ApiCall, ApiModel, ApiOperation, ApiPage, ApiResource
from unionhall.host.assets import absolute
from unionhall.orgs import queries
from unionhall.orgs.models import Org, OrgKind, OrgStatus
from unionhall.orgs.site import label


class OrgsIn(ApiModel):
    """Which orgs: those right below one, of one kind."""

    parent: str | None = Field(None, max_length=80, description="slug")
    kind: OrgKind | None = None


class OrgOut(ApiModel):
    """An org; `name` is in the answer's language where there is such a name, `parent` the slug of the one above."""

    id: int
    slug: str
    kind: OrgKind
    name: str
    short_name: str
    parent: str | None
    url: str
    updated_at: datetime


class OrgDetailOut(OrgOut):
    """An org with its contacts; `merged_into` is the slug of the org that took over."""

    status: OrgStatus
    summary: str
    address: str
    phone: str
    merged_into: str | None


def orgs(call: ApiCall) -> ApiPage:
    """Return the orgs at work, the oldest first."""
    given: OrgsIn = call.query
    parent = queries.by_slug(given.parent) if given.parent is not None else None
    after = int(call.after[0]) if call.after else 0
    rows = queries.at_work_after(after, call.limit + 1, parent_id=parent.id if parent else None, kind=given.kind)
    shown = rows[: call.limit]
    return ApiPage([OrgOut(**_plain(org)) for org in shown], [shown[-1].id] if len(rows) > call.limit else None)


def org(call: ApiCall) -> OrgDetailOut:
    """Return the org with this address, or the one that had it last. Raises NotFound."""
    found = queries.holder_of_slug(call.path["slug"])
    if found is None:
        raise NotFound()
    into = found.merged_into.slug if found.merged_into else None
    return OrgDetailOut(
        **_plain(found), status=OrgStatus(found.status), summary=found.summary, address=found.address, phone=found.phone, merged_into=into
    )


def _plain(found: Org) -> dict[str, object]:
    return {
        "id": found.id, "slug": found.slug, "kind": OrgKind(found.kind), "name": label(found), "short_name": found.short_name,
        "parent": found.parent.slug if found.parent else None, "url": absolute(f"/orgs/{found.slug}/"), "updated_at": found.updated_at,
    }  # fmt: skip


RESOURCE = ApiResource("orgs", _l("组织"), (
    ApiOperation(
        "GET", "/orgs", "orgs_list", _l("各级工会"), orgs, scope=None, query=OrgsIn, answer=OrgOut, paged=True, shared=True,
        errors={404: ("not-found",)}, description=_l("parent 只列出一个组织的直接下级，kind 只列出一种。"),
    ),
    ApiOperation(
        "GET", "/orgs/{slug}", "orgs_get", _l("一个组织"), org, scope=None, answer=OrgDetailOut, shared=True,
        description=_l("旧地址也找得到；已合并的组织在 merged_into 里写明去了哪里。"),
    ),
))  # fmt: skip
