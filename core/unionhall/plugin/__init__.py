"""The public API: the only module of UnionHall that a plugin imports (and `unionhall.testing` in its tests).

Each name is a promise: it leaves only after a release in which using it warns. One that will leave moves from the imports
into DEPRECATED; it then warns with a `UnionHallDeprecation` that names the release without it.
"""

from typing import Any

from unionhall.accounts.administration import grant as grant_role
from unionhall.accounts.administration import revoke as revoke_role
from unionhall.accounts.demo import account_id as demo_account
from unionhall.accounts.offices import give_up as give_up_office_role
from unionhall.accounts.offices import hold as hold_office_role
from unionhall.accounts.offices import who_may
from unionhall.accounts.passwords import hash_password as hash_secret
from unionhall.accounts.passwords import matches as check_secret
from unionhall.accounts.queries import holders as accounts_with
from unionhall.accounts.queries import id_of_login as account_id_of
from unionhall.accounts.queries import logins as account_logins
from unionhall.accounts.queries import names as account_names
from unionhall.accounts.throttle import Limit as ThrottleLimit
from unionhall.accounts.throttle import source as throttle_source
from unionhall.accounts.throttle import spend as throttle
from unionhall.base import clock, workdays
from unionhall.base.append_only import append_only, changeable
from unionhall.base.crypto import keyed_hash, keyed_hashes, seal, sign, unseal, unsign
from unionhall.base.db import Model, UTCDateTime, after_commit, session, unit_of_work, update_count, write_aside
from unionhall.base.db import keep as keep_so_far
from unionhall.base.errors import Conflict, NotAllowed, NotFound, RuleBroken, TooMany, UnionHallError
from unionhall.base.i18n import site_language
from unionhall.base.richtext import clean as clean_html
from unionhall.base.richtext import plain_text
from unionhall.base.text import fold, like_escape, masked_name, slugify, tidy
from unionhall.base.web import client_address, fail, go, never_cache, safe_next, takes_files
from unionhall.campaigns.kinds.fields import RichTextField
from unionhall.campaigns.kinds.text import shown as shown_text
from unionhall.campaigns.pages import tag as campaign_tag
from unionhall.campaigns.reach import component_view, keep_component
from unionhall.desk.charts import Buckets as ChartBuckets
from unionhall.desk.charts import bars as bar_chart
from unionhall.desk.charts import in_buckets as chart_buckets
from unionhall.desk.forms import DayField, DeskForm, MomentField, at_most, no_line_breaks, required
from unionhall.desk.forms import choices as form_choices
from unionhall.desk.forms import optional as optional_field
from unionhall.desk.lists import Pager, export_url, here, page_number
from unionhall.desk.money import YuanField, in_yuan
from unionhall.desk.scope import current as desk_scope
from unionhall.desk.scope import org_id as desk_org
from unionhall.hooks.api import ANY_TOKEN, ApiCall, ApiModel, ApiOperation, ApiPage, ApiResource, ApiScope
from unionhall.hooks.api import Id as ApiId
from unionhall.hooks.api import Moment as ApiMoment
from unionhall.hooks.components import ComponentType, ComponentView, Figure
from unionhall.hooks.markers import UnionHallDeprecation, fills, hookimpl
from unionhall.hooks.people import Channel, Kept, Message, NoticeKind, Person, PersonalData
from unionhall.hooks.proofs import ProofKind
from unionhall.hooks.publicity import PublicityKind
from unionhall.hooks.reporting import AuditWords, Cell, ExportSource, ReportFigure
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
    RoleKind,
    SearchDocument,
    SearchResult,
    SearchSource,
    SitemapEntry,
    Text,
)
from unionhall.host.assets import absolute
from unionhall.host.registry import is_live as plugin_is_live
from unionhall.media.fields import MediaField, MediaListField
from unionhall.media.files import remove as remove_files
from unionhall.media.files import write as store_files
from unionhall.media.queries import by_ids as media_assets
from unionhall.media.queries import shared_pictures
from unionhall.media.uploads import read_file
from unionhall.media.uses import assets_in as media_in
from unionhall.media.uses import note_uses as note_media
from unionhall.members.ages import count_ages as count_member_ages
from unionhall.members.codes import code_for as member_code
from unionhall.members.codes import member_of as member_of_code
from unionhall.members.counting import Belong, belonging, belonging_by_org
from unionhall.members.finding import Found as MemberFound
from unionhall.members.finding import find as find_members
from unionhall.members.identity import is_mobile, masked_mobile, open_mobile, seal_mobile
from unionhall.members.imports.tables import read_table
from unionhall.members.looks import note as note_looks
from unionhall.members.queries import briefs as member_names
from unionhall.members.queries import by_id as member_view
from unionhall.members.queries import covers as member_covers
from unionhall.members.queries import current_member, current_member_id
from unionhall.members.queries import held_by as memberships_of
from unionhall.members.queries import ids_at as members_at
from unionhall.members.queries import ids_below as members_below
from unionhall.members.queries import numbers_at as membership_numbers
from unionhall.members.queries import unions_of as member_unions
from unionhall.members.roster_checks import folded_mobile
from unionhall.members.second import RosterLine
from unionhall.members.second import by_identity as member_by_identity
from unionhall.members.second import join as join_second_union
from unionhall.members.second import leave as leave_union
from unionhall.members.second import lines as roster_lines
from unionhall.members.second import member_at as roster_line
from unionhall.members.second import number as roster_number
from unionhall.news.blocks import rows_of as news_rows
from unionhall.news.editor_labels import editor_labels
from unionhall.notices.services import note_address as note_notice_address
from unionhall.notices.services import notify
from unionhall.orgs.models import Org, OrgKind
from unionhall.orgs.queries import Place as OrgPlace
from unionhall.orgs.queries import ancestors as orgs_above
from unionhall.orgs.queries import by_ids as orgs_by_ids
from unionhall.orgs.queries import by_path as org_by_path
from unionhall.orgs.queries import by_slug as org_by_slug
from unionhall.orgs.queries import manageable as orgs_where
from unionhall.orgs.queries import regions as org_regions
from unionhall.orgs.services import OrgFields, close_org, merge_org
from unionhall.orgs.services import create_org as found_org
from unionhall.platform.access import OrgOwned, can, current_actor, in_subtree, needs, require, scoped, unscoped
from unionhall.platform.audit import record as record_audit
from unionhall.platform.audit import verify as verify_audit
from unionhall.platform.mail import send as send_mail
from unionhall.platform.outbox import publish
from unionhall.platform.pagecache import purge as purge_pages
from unionhall.platform.pagecache import remembered, shared
from unionhall.platform.pagecache import tag as tag_page
from unionhall.platform.pagecache import until as page_until
from unionhall.platform.reads import count_views, views_of
from unionhall.platform.search import changed as search_changed
from unionhall.platform.storage.sending import respond_privately as send_stored
from unionhall.plugin.deprecation import Deprecated, deprecated_name
from unionhall.proofs.models import Proof
from unionhall.proofs.paper import blank as blank_pdf
from unionhall.proofs.paper import can_make as can_make_pdf
from unionhall.proofs.queries import of_member as proofs_of
from unionhall.proofs.services import issue as issue_proof
from unionhall.proofs.services import revoke as revoke_proof
from unionhall.publicity.queries import of_owner as publicity_of
from unionhall.publicity.services import open_publicity
from unionhall.publicity.services import withdraw as withdraw_publicity
from unionhall.reports.labels import period_name
from unionhall.reports.periods import Period as ReportPeriod
from unionhall.reports.periods import asked as report_period
from unionhall.reports.periods import choices as report_periods
from unionhall.reports.small import Cover as SmallCover
from unionhall.reports.small import cover as small_cover
from unionhall.signups.attendance import Attendance, Came
from unionhall.signups.attendance import came as people_who_came
from unionhall.signups.attendance import came_by as people_who_came_by
from unionhall.signups.attendance import coming as sign_ups_coming
from unionhall.signups.attendance import here as numbers_here
from unionhall.signups.attendance import of_sheet as sheet_attendance
from unionhall.signups.attendance import times_of as times_members_came
from unionhall.signups.block import panel as sheet_panel
from unionhall.signups.calling_off import call_off as call_off_sheet
from unionhall.signups.checkin import check_in, check_out
from unionhall.signups.checkin import of_sheet as sheet_entry
from unionhall.signups.enrolling import Enrolment, enrol
from unionhall.signups.entries import Wish as SignUp
from unionhall.signups.entries import cancel as cancel_sign_up
from unionhall.signups.entries import sign_up
from unionhall.signups.figures import of_sheet as sheet_figures
from unionhall.signups.handing import hand_over as hand_over_entry
from unionhall.signups.models import Audience as SheetAudience
from unionhall.signups.models import Sheet, SheetState
from unionhall.signups.people import Applicant
from unionhall.signups.people import of_member as applicant_of
from unionhall.signups.people import present as present_applicant
from unionhall.signups.places import band as sheet_band
from unionhall.signups.places import page_tag as sheet_tag
from unionhall.signups.queries import by_ids as sheets_by_ids
from unionhall.signups.queries import live as live_sign_up
from unionhall.signups.queries import of_owner as sheet_of
from unionhall.signups.sheets import Setup as SheetSetup
from unionhall.signups.sheets import copy_sheet, create_sheet, remove_sheet, update_sheet
from unionhall.signups.sheets import occupied as sheet_occupied
from unionhall.signups.sheets import set_state as set_sheet_state
from unionhall.signups.sheets import setup_of as sheet_setup
from unionhall.signups.standing import of as sheet_standing
from unionhall.system.plugin_settings import plugin_settings
from unionhall.system.settings_form import SettingsForm

__all__ = [
    "ANY_TOKEN", "READER", "STAFF", "SYSTEM", "Actor", "ApiCall", "ApiId", "ApiModel", "ApiMoment", "ApiOperation", "ApiPage",
    "ApiResource", "ApiScope", "Applicant", "Area", "Attendance", "AuditWords", "Belong", "Came", "Card", "Cell", "Channel",
    "ChartBuckets", "ComponentType", "ComponentView", "Conflict", "DayField", "DeskForm", "Enrolment", "Event", "ExportSource",
    "FeedEntry", "Figure", "HomeBlock", "Job", "Kept", "MediaField", "MediaListField", "MediaPlace", "MediaUser", "MemberFound",
    "Message", "Model", "MomentField", "NavItem", "NotAllowed", "NotFound", "NoticeKind", "Org", "OrgFields", "OrgKind", "OrgOwned",
    "OrgPlace", "PageView", "Pager", "Permission", "Person", "PersonalData", "Plugin", "Proof", "ProofKind", "PublicityKind",
    "ReportFigure", "ReportPeriod", "RichTextField", "Role", "RoleKind", "RosterLine", "RuleBroken", "SearchDocument", "SearchResult",
    "SearchSource", "SettingsForm", "Sheet", "SheetAudience", "SheetSetup", "SheetState", "SignUp", "SitemapEntry", "SmallCover", "Text",
    "ThrottleLimit", "TooMany", "UTCDateTime", "UnionHallDeprecation", "UnionHallError", "YuanField", "absolute", "account_id_of",
    "account_logins", "account_names", "accounts_with", "after_commit", "append_only", "applicant_of", "at_most", "bar_chart",
    "belonging", "belonging_by_org", "blank_pdf", "call_off_sheet", "campaign_tag", "can", "can_make_pdf", "cancel_sign_up", "changeable",
    "chart_buckets", "check_in", "check_out", "check_secret", "clean_html", "client_address", "clock", "close_org", "component_view",
    "copy_sheet", "count_member_ages", "count_views", "create_sheet", "current_actor", "current_member", "current_member_id",
    "demo_account", "desk_org", "desk_scope", "editor_labels", "enrol", "export_url", "fail", "fills", "find_members", "fold",
    "folded_mobile", "form_choices", "found_org", "give_up_office_role", "go", "grant_role", "hand_over_entry", "hash_secret", "here",
    "hold_office_role", "hookimpl", "in_subtree", "in_yuan", "is_mobile", "issue_proof", "join_second_union", "keep_component",
    "keep_so_far", "keyed_hash", "keyed_hashes", "leave_union", "like_escape", "live_sign_up", "masked_mobile", "masked_name",
    "media_assets", "media_in", "member_by_identity", "member_code", "member_covers", "member_names", "member_of_code", "member_unions",
    "member_view", "members_at", "members_below", "membership_numbers", "memberships_of", "merge_org", "needs", "never_cache",
    "news_rows", "no_line_breaks", "note_looks", "note_media", "note_notice_address", "notify", "numbers_here", "open_mobile",
    "open_publicity", "optional_field", "org_by_path", "org_by_slug", "org_regions", "orgs_above", "orgs_by_ids", "orgs_where",
    "page_number", "page_until", "people_who_came", "people_who_came_by", "period_name", "plain_text", "plugin_is_live",
    "plugin_settings", "present_applicant", "proofs_of", "publicity_of", "publish", "purge_pages", "read_file", "read_table",
    "record_audit", "remembered", "remove_files", "remove_sheet", "report_period", "report_periods", "require", "required",
    "revoke_proof", "revoke_role", "roster_line", "roster_lines", "roster_number", "safe_next", "scoped", "seal", "seal_mobile",
    "search_changed", "send_mail", "send_stored", "session", "set_sheet_state", "shared", "shared_pictures", "sheet_attendance",
    "sheet_band", "sheet_entry", "sheet_figures", "sheet_occupied", "sheet_of", "sheet_panel", "sheet_setup", "sheet_standing",
    "sheet_tag", "sheets_by_ids", "shown_text", "sign", "sign_up", "sign_ups_coming", "site_language", "slugify", "small_cover",
    "store_files", "tag_page", "takes_files", "throttle", "throttle_source", "tidy", "times_members_came", "unit_of_work", "unscoped",
    "unseal", "unsign", "update_count", "update_sheet", "verify_audit", "views_of", "who_may", "withdraw_publicity", "workdays",
    "write_aside",
]  # fmt: skip

DEPRECATED: dict[str, Deprecated] = {}


def __getattr__(name: str) -> Any:
    return deprecated_name(__name__, DEPRECATED, name)
