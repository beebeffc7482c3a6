"""What a program should know of the site before anything else."""

from __future__ import annotations

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from unionhall.base.crypto import config
from unionhall.hooks.api import ApiCall, ApiModel, ApiOperation, ApiResource
from unionhall.settings.queries import site_settings


class SiteOut(ApiModel):
    """The site's name in the answer's language, its languages, and whom to call."""

    name: str
    organiser: str
    description: str
    languages: list[str]
    hotline: str
    hotline_hours: str
    address: str
    privacy_url: str
    url: str


def site(_call: ApiCall) -> SiteOut:
    """Return the site's own words."""
    found = site_settings()
    english = str(get_locale()) == "en" and found.site_name_en
    return SiteOut(
        name=found.site_name_en if english else found.site_name, organiser=found.organiser, description=found.description,
        languages=[language.replace("_", "-") for language in config().languages], hotline=found.hotline,
        hotline_hours=found.hotline_hours, address=found.address, privacy_url=found.privacy_url, url=config().site_url,
    )  # fmt: skip


RESOURCE = ApiResource("site", _l("站点"), (
    ApiOperation("GET", "/site", "site_get", _l("站点的名称、语言和热线"), site, scope=None, answer=SiteOut, shared=True),
))  # fmt: skip
