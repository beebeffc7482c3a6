"""What people are told of chapters."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import NoticeKind, Text

_SAMPLE = {"chapter": "太极协会工会", "who": "周敏", "reason": "请补上筹备组名单。", "day": "2027-05-14"}


def _kind(name: str, label: Text, zh: tuple[str, str], en: tuple[str, str], *values: str) -> NoticeKind:
    return NoticeKind(
        f"chapters.{name}", label, {"zh_CN": zh, "en": en}, {each: _SAMPLE[each] for each in ("chapter", *values)}
    )


KINDS = (
    _kind("asked", _l("有人申请加入协会"), ("有人申请加入{chapter}", "有会员申请加入“{chapter}”，请到编务台答复。"),
          ("Somebody asks to join {chapter}", "A member asks to join “{chapter}”. Please answer at the desk.")),
    _kind("accepted", _l("加入协会的申请通过"), ("你已加入{chapter}", "“{chapter}”通过了你的申请。你在单位工会的会籍不变。"),
          ("You have joined {chapter}", "“{chapter}” has accepted you. Your membership in your own union stays as it is.")),
    _kind("refused", _l("加入协会的申请没有通过"),
          ("{chapter}没有通过你的申请", "“{chapter}”没有通过你的申请。原因：{reason}\n30 天以后可以再申请。"),
          ("{chapter} has not accepted you", "“{chapter}” has not accepted you. The reason: {reason}\nYou may ask again after 30 days."),
          "reason"),
    _kind("added", _l("被列入协会名册"),
          ("你已加入{chapter}", "“{chapter}”把你列入了会员名册。你在单位工会的会籍不变；不想参加，一步就能退出。"),
          ("You have been added to {chapter}",
           "“{chapter}” has put you on its roster. Your own union stays as it is; you can leave in one step.")),
    _kind("founding_asked", _l("有成立协会的申请"), ("申请成立{chapter}", "{who} 申请成立“{chapter}”，请审批。"),
          ("Request to found {chapter}", "{who} asks to found “{chapter}”. Please decide."), "who"),
    _kind("founding_approved", _l("成立协会的申请批准"), ("已批准成立{chapter}", "“{chapter}”批准成立。请按期召开成立大会，再登记结果。"),
          ("{chapter} has been approved", "“{chapter}” may be founded. Please hold the founding congress and note its result.")),
    _kind("founding_back", _l("成立协会的申请退回或没有批准"),
          ("成立{chapter}的申请有答复", "成立“{chapter}”的申请没有批准或需要修改。原因：{reason}"),
          ("An answer to founding {chapter}",
           "The request to found “{chapter}” was returned or refused. The reason: {reason}"), "reason"),
    _kind("term_ends", _l("协会任期快到"), ("{chapter}的任期到 {day}", "“{chapter}”本届任期到 {day}。请按章程筹备换届。"),
          ("The term of {chapter} ends on {day}", "The term of “{chapter}” ends on {day}. Please prepare the election."), "day"),
    _kind("expired", _l("协会任期届满、没有负责人"),
          ("{chapter}任期届满", "“{chapter}”任期届满，还没有选出新的负责人。请上级工会督促换届。"),
          ("The term of {chapter} is over",
           "The term of “{chapter}” is over and nobody heads it. The union above should see to an election.")),
)  # fmt: skip
