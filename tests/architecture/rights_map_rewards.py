"""Who may do what with stations, rewards and the quiz, written down by hand."""

from __future__ import annotations

from unionhall.hooks.types import Role

C, E, CE, OA, AU, SA = Role.CORRESPONDENT, Role.EDITOR, Role.CHIEF_EDITOR, Role.ORG_ADMIN, Role.AUDITOR, Role.SYSTEM_ADMIN
KEEPER, FINANCE, OPERATOR, EXAMINER = "stations.keeper", "rewards.finance", "rewards.operator", "quiz.examiner"
ADDED = (KEEPER, FINANCE, OPERATOR, EXAMINER)
ROLES = (*Role, *ADDED)
PERMISSIONS = {
    "stations.read": {OA, AU, KEEPER, FINANCE, OPERATOR},
    "stations.manage": {OA, KEEPER},
    "stations.approve": {OA, SA},
    "stations.stores": {OA, KEEPER},
    "stations.inspect": {OA, KEEPER},
    "rewards.read": {OA, AU, FINANCE, OPERATOR},
    "rewards.draws": {OA, OPERATOR},
    "rewards.coupons": {OA, OPERATOR},
    "rewards.fund": {OA, OPERATOR},
    "rewards.approve": {OA, FINANCE},
    "rewards.settle": {OA, FINANCE},
    "rewards.offers": {OA, OPERATOR},
    "quiz.read": {OA, AU, CE, E, EXAMINER},
    "quiz.write": {OA, CE, E, EXAMINER},
    "quiz.review": {OA, CE, EXAMINER},
    "quiz.manage": {OA, EXAMINER},
}
PUBLIC = {
    "stations.stations", "stations.station", "rewards.draws", "rewards.draw", "rewards.download", "rewards.check", "rewards.proof",
    "rewards.winners", "rewards.offers", "rewards.offer", "quiz.rounds", "quiz.round", "quiz.ranking",
}  # fmt: skip
MINE = {
    "stations.visit", "stations.rate", "stations.report_fault", "stations.my_fault", "rewards.wallet", "rewards.member_card", "rewards.coupon", "rewards.appeal_void", "rewards.coupon_qr", "rewards.mine",
    "rewards.merchant_home", "rewards.merchant_new", "rewards.merchant_offer", "rewards.merchant_withdraw", "rewards.use_offer",
    "rewards.shown_offer", "quiz.result", "quiz.remind", "quiz.start", "quiz.study", "quiz.today", "quiz.submit", "quiz.mistakes",
    "quiz.together", "quiz.choose_naming",
}  # fmt: skip
TILL = {  # of devices that were enrolled at a station: others find nothing there
    "stations.choose_pin", "stations.hand_over", "rewards.till", "rewards.till_look",
    "rewards.till_receipt", "rewards.till_reverse", "rewards.till_redeem", "rewards.till_release", "rewards.till_statements",
    "rewards.till_statement", "rewards.till_confirm", "rewards.till_dispute", "rewards.till_pdf", "rewards.till_today",
}  # fmt: skip
DOOR = {"stations.till", "stations.enrol", "stations.begin_turn"}  # where a device becomes a till, and a clerk types the PIN
API = {
    "quiz_rounds_list": None, "quiz_answers_send": "quiz.play", "quiz_attempt_get": "quiz.play", "quiz_attempt_begin": "quiz.play",
    "quiz_result_get": "quiz.play", "rewards_coupons_list": "rewards.coupons", "rewards_coupons_get": "rewards.coupons", "stations_list": None,
    "stations_get": None,
}  # fmt: skip
OBJECTS = {
    "station_id", "store_id", "fund_id", "budget_id", "adjustment_id", "coupon_id", "draw_id", "gift_id", "kind_id", "merchant_id",
    "offer_id", "payment_id", "flag_id", "statement_id", "voiding_id", "attempt_id", "round_id", "question_id", "topic_id",
    "inspection_id", "rating_id", "fault_id",
}  # fmt: skip
OWN = {"coupon_id", "use_id", "merchant_id", "offer_id", "fault_id"}
EVERYBODYS = {"service_id"}  # the catalogue of services belongs to the whole site
WORDS = {
    "stations_desk.take_step": {"name": "open"}, "stations_desk.move_service": {"where": "up"},
    "rewards_desk.settlements_act": {"act": "send"},
}  # fmt: skip
