"""大家在看: what was looked at most within a week. A job ranks; pages read ten rows that each process remembers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy import bindparam, delete, func, insert, select

from unionhall.base import clock, db
from unionhall.news import cards, stories
from unionhall.news.models import Article, MostRead, Revision, Section
from unionhall.news.stories import LIVE, A, R, S
from unionhall.platform import pagecache, reads
from unionhall.platform.reads.models import DayViews

KIND = "news.article"
TAG = "news:most_read"
DAYS, KEPT, SHOWN, SHOWN_AT_HOME, FEWEST = 7, 10, 8, 5, 3
REMEMBERED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list."""

    id: int
    url: str
    headline: str


_LIVE_IDS = select(A.id).where(A.id.in_(bindparam("ids", expanding=True)), LIVE)
_LINES = (
    select(A.id, S.slug.label("section"), A.slug, R.headline)
    .select_from(
        MostRead.__table__.join(Article.__table__, MostRead.__table__.c.article_id == A.id)
        .join(Section.__table__, A.section_id == S.id)
        .join(Revision.__table__, A.live_id == R.id)
    )
    .where(LIVE).order_by(MostRead.__table__.c.position)
)  # fmt: skip


def live_ids(ids: Sequence[int]) -> Iterable[int]:
    """Return those of the articles that readers may open now, archived ones left out: only their views are counted."""
    return stories.ids_of(_LIVE_IDS, ids=list(ids))


reads.count_views(KIND, live_ids)


def refresh(now: datetime) -> bool:
    """Rank the live articles of the last seven days (the job); pages are dropped only when the list is another one."""
    ids = ranked(now)
    before = list(db.session().scalars(select(MostRead.article_id).order_by(MostRead.position)))
    db.session().rollback()
    if before == ids:
        return False
    with db.unit_of_work():
        store(ids)
    return True


def ranked(now: datetime) -> list[int]:
    """Return the live articles that were looked at most within the last seven days, most viewed first."""
    since = clock.local_day(now) - timedelta(days=DAYS - 1)
    return stories.ids_of(
        select(A.id)
        .select_from(DayViews.__table__.join(Article.__table__, DayViews.object_id == A.id))
        .where(DayViews.kind == KIND, DayViews.day >= since, LIVE)
        .group_by(A.id).order_by(func.sum(DayViews.views).desc(), A.id.desc()).limit(KEPT)
    )  # fmt: skip


def store(ids: Sequence[int]) -> None:
    """Make this the list, in the unit of work that is open."""
    db.session().execute(delete(MostRead))
    if ids:
        db.session().execute(insert(MostRead), [{"position": at, "article_id": number} for at, number in enumerate(ids)])
    pagecache.purge(TAG)


def shown(*, but: int | None = None, most: int = SHOWN) -> Iterable[Markup]:
    """Yield the block for a column beside something, the page's own article left out; nothing while there is too little."""
    lines = pagecache.remembered("news.most_read", _read, seconds=REMEMBERED_SECONDS)
    pagecache.tag(TAG, *(f"news:article:{line.id}" for line in lines))
    others = tuple(line for line in lines if line.id != but)[:most]
    if len(others) >= FEWEST:
        yield cards.block("news/most_read.html", lines=others)


def _read() -> tuple[Line, ...]:
    return tuple(Line(row.id, f"/news/{row.section}/{row.slug}/", row.headline) for row in stories.rows_of(_LINES))
