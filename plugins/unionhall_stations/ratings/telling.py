"""What people are told of ratings."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from unionhall.plugin import NoticeKind, accounts_with, member_names, notify
from unionhall_stations import rights
from unionhall_stations.ratings.models import Rating

_SAMPLE = {"station": "同心路驿站", "stars": "4", "text": "谢谢提醒，饮水机换好了。"}
KINDS = (
    NoticeKind(
        "stations.rated", _l("驿站有新评语"),
        {
            "zh_CN": ("{station}有一条 {stars} 星评语", "会员评价了{station}：{stars} 星。评语要看过才公开，请去看一看，回复他。"),
            "en": ("{station}: words with {stars} stars", "A member rated {station} with {stars} stars. "
                   "The words are public only after you have looked; please read and answer them."),
        },
        _SAMPLE,
    ),
    NoticeKind(
        "stations.rating_reply", _l("驿站回复了你的评价"),
        {
            "zh_CN": ("{station}回复了你的评价", "{station}回复：{text}"),
            "en": ("{station} answered your rating", "{station} says: {text}"),
        },
        _SAMPLE,
    ),
)  # fmt: skip


def tell_keepers(found: Rating, *, now: datetime) -> None:
    """Tell those who keep the station that words wait for a look."""
    accounts = accounts_with(rights.MANAGE, found.org.path, now)
    values = {"station": found.station.name, "stars": str(found.stars), "text": ""}
    url = f"/desk/stations/ratings/{found.id}/"
    notify("stations.rated", accounts, values, key=str(found.id), now=now, url=url, org_id=found.org_id)


def tell_author(found: Rating, *, now: datetime) -> None:
    """Tell whoever rated of the reply, as long as it is known who that was."""
    _name, account = member_names([found.member_id]).get(found.member_id, ("", None)) if found.member_id else ("", None)
    if account is not None:
        values = {"station": found.station.name, "stars": str(found.stars), "text": found.reply}
        url = f"/stations/{found.station.slug}/rate"
        notify("stations.rating_reply", [account], values, key=f"{found.id}:{found.version}", now=now, url=url, org_id=found.org_id)
