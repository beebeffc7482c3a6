"""Hook implementations of this part: wiring only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.plugin import (
    ApiResource,
    Card,
    ComponentType,
    ExportSource,
    Job,
    MediaUser,
    NoticeKind,
    PageView,
    PersonalData,
    ReportFigure,
    SearchSource,
    fills,
    hookimpl,
)
from unionhall_chapters.activities import (  # noqa: F401 - the routes
    cards,
    component,
    counting,
    days,
    demo,
    desk,
    desk_days,
    exports,
    figures,
    findable,
    keeping,
    making,
    notes,
    rest,
    site,
)


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Days of activities, made some weeks ahead."""
    return [Job("chapters.occurrences", _l("协会活动排日子、每周报名"), timedelta(hours=1), making.make_due)]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """A day that is off, a risk note that changed."""
    return notes.KINDS


@hookimpl
@fills("chapters_chapter")
def unionhall_slot(slot: str, page: PageView) -> Iterable[Markup]:
    """The next days on a chapter's page."""
    return cards.of_chapter(page) if slot == "chapters_chapter" else ()


@hookimpl
def unionhall_member_cards(now: datetime) -> Iterable[Card]:
    """The next days of one's own."""
    return cards.of_member(now)


@hookimpl
def unionhall_search_sources() -> Iterable[SearchSource]:
    """Activities that readers find."""
    return [findable.SOURCE]


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """Coming every week."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Attendance."""
    return [exports.ATTENDANCE]


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """Activities held, people, person-times."""
    return figures.report()


@hookimpl
def unionhall_media_users() -> Iterable[MediaUser]:
    """Pictures of days that were held."""
    return [MediaUser(days.MEDIA, _l("协会活动"), cards.media_places, "chapters:occurrence:")]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Activities go to the org that stays."""
    keeping.hand_over(source_id, target_id)


@hookimpl
def unionhall_block_types() -> Iterable[ComponentType]:
    """Next activities as a part of a campaign."""
    return [component.ACTIVITIES]


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    """Activities for programs."""
    return [rest.RESOURCE]


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Activities of the demo's chapters, with their past."""
    demo.load(now)
