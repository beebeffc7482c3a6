"""The box for programs."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import ApiCall, ApiModel, ApiOperation, ApiResource, tag_page
from unionhall_sample import queries


class SuggestionOut(ApiModel):
    """A suggestion that something came of."""

    id: int
    text: str


def suggestion(call: ApiCall) -> SuggestionOut:
    """Return a suggestion that everybody may see. Raises NotFound."""
    found = queries.shown(call.path["id"])
    tag_page(f"sample:suggestion:{found.id}")
    return SuggestionOut(id=found.id, text=found.text)


RESOURCE = ApiResource("sample", _l("建议箱"), [
    ApiOperation(
        "GET", "/suggestions/{id:int}", "sample_suggestion", _l("一条有结果的建议"), suggestion, scope=None, answer=SuggestionOut, shared=True
    ),
])  # fmt: skip
