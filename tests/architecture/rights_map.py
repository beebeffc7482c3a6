"""Who may do what, written down by hand: permissions and roles, public and personal addresses, API operations and scopes."""

from __future__ import annotations

from unionhall.hooks.types import Role

C, E, CE, OA, AU, SA = Role.CORRESPONDENT, Role.EDITOR, Role.CHIEF_EDITOR, Role.ORG_ADMIN, Role.AUDITOR, Role.SYSTEM_ADMIN
OFFICER, LEADER = "chapters.officer", "chapters.leader"
ADDED = (OFFICER, LEADER)
ROLES = (*Role, *ADDED)
NEWSROOM = {E, CE}
PERMISSIONS = {
    "desk.enter": set(ROLES),
    "news.write": {C, *NEWSROOM, OFFICER},
    "news.read": {*NEWSROOM, OA, AU},
    "news.edit": NEWSROOM,
    "news.review": NEWSROOM,
    "news.sign_off": {CE},
    "news.publish": NEWSROOM,
    "news.import": NEWSROOM,
    "news.transfer": {CE},
    "news.sections": {CE, SA},
    "members.manage": {OA},
    "campaigns.read": {*NEWSROOM, OA, AU},
    "campaigns.edit": NEWSROOM,
    "campaigns.approve": {CE},
    "campaigns.run": NEWSROOM,
    "media.use": {C, *NEWSROOM, OFFICER},
    "media.manage": NEWSROOM,
    "members.read": {OA, AU},
    "members.import": {OA},
    "members.unmask": {OA},
    "orgs.read": {OA, SA, AU},
    "orgs.manage": {OA, SA},
    "accounts.read": {OA, SA, AU},
    "accounts.manage": {OA, SA},
    "notices.manage": {CE, SA},
    "notices.read": {OA, SA, AU},
    "notices.retry": {OA, SA},
    "settings.read": {SA, AU},
    "settings.manage": {SA},
    "system.plugins": {SA, AU},
    "system.plugin_settings": {SA},
    "system.switch_plugins": {SA},
    "system.jobs": {SA},
    "system.themes": {SA},
    "system.themes_read": {SA, AU},
    "terminals.manage": {SA},
    "system.audit": {AU},
    "signups.read": {*NEWSROOM, OA, AU, *ADDED},
    "signups.manage": {*NEWSROOM, OA, OFFICER},
    "signups.check_in": {*NEWSROOM, OA, Role.CLERK, *ADDED},
    "exports.full": {OA},
    "exports.log": {OA, AU},
    "reports.read": {OA, CE, AU},
    "proofs.read": {OA, AU},
    "proofs.revoke": {OA},
    "publicity.handle": {OA},
    "chapters.read": {OA, AU, *ADDED},
    "chapters.manage": {OA, OFFICER},
    "chapters.found": {OA},
    "chapters.lead": {OA, *ADDED},
    "chapters.benefits": {OA},
    "chapters.claims": {OA, OFFICER},
    "chapters.settle": {OA},
}
PUBLIC = {
    "site.home", "site.preferences", "site.feed", "site.sitemap", "site.sitemap_part", "site.robots", "site.corner", "site.search", "site.suggest", "site.favicon",
    "accounts.login", "accounts.second", "accounts.after_login", "accounts.logout", "accounts.forgot", "accounts.reset",
    "media.show", "media.download", "news.latest", "news.section", "news.section_feed", "news.article", "news.qr", "news.by_name", "news.with_tag",
    "notices.inbox", "notices.notice", "notices.read_all", "notices.preferences", "notices.unsubscribe",
    "signups.sheet", "signups.join", "signups.guest_entry", "signups.mine", "signups.my_entry", "signups.my_answers", "signups.my_code",
    "signups.my_calendar", "signups.my_file", "signups.on_site",
    "publicity.notices", "publicity.notice", "publicity.objection",
    "campaigns.campaigns", "campaigns.calendar", "campaigns.campaign", "campaigns.one_calendar", "campaigns.qr",
    "news.preview", "news.preview_page", "orgs.tree", "orgs.org", "system.healthz", "system.readyz", "system.audit_heads",
    "accounts.login_code", "accounts.login_code_enter", "members.activate", "members.activate_code", "members.consent_text", "members.receipt",
    "rest.openapi", "rest.docs",
    "terminals.enrol", "terminals.help_page", "terminals.state", "terminals.reset", "terminals.idle",
    "proofs.verify", "proofs.check",
    "chapters.chapters", "chapters.chapter", "chapters.rules", "chapters.join", "chapters.step", "chapters.organise",
    "chapters.calendar", "chapters.calendar_feed", "chapters.activity", "chapters.volunteers", "chapters.volunteer_team",
    "chapters.exercise", "chapters.exercise_poster", "chapters.exercise_qr", "chapters.benefits", "chapters.benefit",
}  # fmt: skip
MINE = {
    "members.activate_password", "members.my", "members.memberships", "members.ask_transfer", "members.withdraw_transfer", "members.code", "members.profile", "members.account", "members.confirm",
    "members.confirm_by_password", "members.confirm_send", "members.confirm_by_code", "members.password", "members.phone",
    "members.phone_code", "members.end_session", "members.end_other_sessions", "members.privacy", "members.looks", "members.download",
    "members.withdraw", "members.end_account", "members.erase",
    "proofs.mine", "proofs.proof", "proofs.code", "proofs.pdf",
    "accounts.my_tokens", "accounts.make_token", "accounts.revoke_token",
    "chapters.every_week", "chapters.join_team", "chapters.my_volunteer", "chapters.volunteer_act", "chapters.volunteer_profile",
    "chapters.report_hours", "chapters.my_exercise", "chapters.ask_coach", "chapters.my_claims", "chapters.my_claim",
    "chapters.new_claim", "chapters.claim_event", "chapters.claim_papers", "chapters.my_paper", "chapters.remove_paper",
    "chapters.claim_payee", "chapters.claim_summary", "chapters.withdraw_claim", "chapters.appeal_claim",
}  # fmt: skip
API = {
    "session_create": None, "session_second": None, "session_delete": "",
    "site_get": None, "orgs_list": None, "orgs_get": None, "search_find": None,
    "sections_list": None, "articles_list": None, "articles_get": None,
    "me_get": "me.read", "member_get": "me.read", "tokens_list": "me.read", "tokens_get": "me.read",
    "tokens_rename": "me.write", "tokens_revoke": "me.write", "personal_data_get": "me.read",
    "notices_list": "me.read", "notices_read": "me.write", "notices_read_all": "me.write",
    "proofs_get": None,
    "campaigns_list": None, "campaigns_get": None,
    "sheets_get": None, "entries_create": "signups.write", "entries_list": "signups.read", "entries_get": "signups.read",
    "entries_change": "signups.write", "entries_cancel": "signups.write", "entries_accept": "signups.write",
    "entries_decline": "signups.write",
    "chapters_activities_list": None, "chapters_list": None, "chapters_get": None,
}  # fmt: skip
API_OBJECTS = {
    "/me/tokens/{id}": "token_id", "/me/notices/{id}/read": "notice_id", "/me/signups/{id}": "entry_id",
    "/me/signups/{id}/cancel": "entry_id", "/me/signups/{id}/accept": "entry_id", "/me/signups/{id}/decline": "entry_id",
}  # fmt: skip
API_FOR_ANYBODY = {"/signups/{id}/entries"}
ANYBODYS_OWN = {"desk.enter"}
CHAPTERS = {"chapter_id", "founding_id", "benefit_id", "claim_id", "payment_id", "course_id", "visit_id", "row_id"}
OBJECTS = {
    "article_id", "account_id", "org_id", "asset_id", "folder_id", "transfer_id", "correction_id", "delivery_id", "member_id",
    "handover_id", "roster_import_id", "sheet_id", "campaign_id", "export_id", "proof_id",
    "notice_id",
    *CHAPTERS,
}  # fmt: skip
PARTS = {
    "objection_id", "paper_id", "series_id", "day_id", "application_id", "office_id", "hours_id", "shift_id", "team_id",
}  # fmt: skip
ABOVE = {"founding_id", "benefit_id", "payment_id", "row_id"}  # things of the union above a chapter, not of the chapter
OWN = {"claim_id", "paper_id", "proof_id"}
LOOKED_FIRST = {"chapters_desk.claim_paper": 403}
WORDS = {
    "chapters_desk.take_step": {"name": "suspend"}, "chapters_desk.act_on_founding": {"act": "return"}, "chapters.step": {"act": "leave"},
}  # fmt: skip
LATE = {  # where the token is looked for after something else
    "members_desk.start_import": {403},  # the right is judged before a large form is read at all
    "notices.unsubscribe": {404},  # a mail program sends it: the address carries a token of its own
    "terminals.reset": {404},  # only a terminal is asked for a token
}
