"""The public API: the only module of UnionHall that a plugin imports (and `unionhall.testing` in its tests).

Each name is a promise: it leaves only after a release in which using it warns.
"""

from unionhall.accounts.queries import names as account_names
from unionhall.base import clock
from unionhall.base.crypto import keyed_hash, seal, sign, unseal, unsign
from unionhall.base.db import Model, UTCDateTime, after_commit, session, unit_of_work, update_count
from unionhall.base.errors import Conflict, NotAllowed, NotFound, RuleBroken, TooMany, UnionHallError
from unionhall.base.richtext import clean as clean_html
from unionhall.base.richtext import plain_text
from unionhall.base.text import fold, like_escape, slugify, tidy
from unionhall.base.web import fail, go, never_cache, safe_next
from unionhall.desk.forms import DeskForm, MomentField, at_most, required
from unionhall.desk.forms import optional as optional_field
from unionhall.desk.lists import Pager, here, page_number
from unionhall.desk.scope import current as desk_scope
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import (
    READER,
    STAFF,
    SYSTEM,
    Actor,
    Area,
    Card,
    Event,
    FeedEntry,
    HomeBlock,
    Job,
    MediaPlace,
    MediaUser,
    NavItem,
    PageView,
    Permission,
    Plugin,
    Role,
    SearchDocument,
    SearchResult,
    SearchSource,
    SitemapEntry,
)
from unionhall.host.assets import absolute
from unionhall.media.fields import MediaField, MediaListField
from unionhall.media.queries import by_ids as media_assets
from unionhall.media.uses import assets_in as media_in
from unionhall.media.uses import note_uses as note_media
from unionhall.platform.access import OrgOwned, can, current_actor, in_subtree, needs, require, scoped, unscoped
from unionhall.platform.audit import record as record_audit
from unionhall.platform.mail import send as send_mail
from unionhall.platform.outbox import publish
from unionhall.platform.pagecache import purge as purge_pages
from unionhall.platform.pagecache import remembered, shared
from unionhall.platform.pagecache import tag as tag_page
from unionhall.platform.pagecache import until as page_until
from unionhall.platform.reads import count_views, views_of
from unionhall.platform.search import changed as search_changed

__all__ = [
    "READER",
    "STAFF",
    "SYSTEM",
    "Actor",
    "Area",
    "Card",
    "Conflict",
    "DeskForm",
    "Event",
    "FeedEntry",
    "HomeBlock",
    "Job",
    "MediaField",
    "MediaListField",
    "MediaPlace",
    "MediaUser",
    "Model",
    "MomentField",
    "NavItem",
    "NotAllowed",
    "NotFound",
    "OrgOwned",
    "PageView",
    "Pager",
    "Permission",
    "Plugin",
    "Role",
    "RuleBroken",
    "SearchDocument",
    "SearchResult",
    "SearchSource",
    "SitemapEntry",
    "TooMany",
    "UTCDateTime",
    "UnionHallError",
    "absolute",
    "account_names",
    "after_commit",
    "at_most",
    "can",
    "clean_html",
    "clock",
    "count_views",
    "current_actor",
    "desk_scope",
    "fail",
    "fold",
    "go",
    "here",
    "hookimpl",
    "in_subtree",
    "keyed_hash",
    "like_escape",
    "media_assets",
    "media_in",
    "needs",
    "never_cache",
    "note_media",
    "optional_field",
    "page_number",
    "page_until",
    "plain_text",
    "publish",
    "purge_pages",
    "record_audit",
    "remembered",
    "require",
    "required",
    "safe_next",
    "scoped",
    "seal",
    "search_changed",
    "send_mail",
    "session",
    "shared",
    "sign",
    "slugify",
    "tag_page",
    "tidy",
    "unit_of_work",
    "unscoped",
    "unseal",
    "unsign",
    "update_count",
    "views_of",
]
