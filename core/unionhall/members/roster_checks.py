"""What is said of a member, read from what somebody typed: every number folded, checked, and answered with what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from unionhall.base.errors import RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.types import Text
from unionhall.members import identity, names

EARLIEST = date(1900, 1, 1)
_OTHER = re.compile(r"[A-Z0-9]{5,20}")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d{1,2}|\d{15}0{2,}\d?")
PROBLEMS: dict[str, Text] = {
    "name-empty": _l("没有姓名。"),
    "name-long": _l("姓名超过 60 个字。"),
    "name-formula": _l("姓名像是公式或出错的单元格。请改成文字。"),
    "name-private": _l("姓名里有别的电脑显示不出来的自造字。请换成国家标准里的字。"),
    "name-digits": _l("姓名里几乎都是数字，可能填错了列。"),
    "id-empty": _l("没有证件号码。"),
    "id-destroyed": _l("号码被 Excel 改成了科学计数或数值，后几位已经丢失。请把这一列设成“文本”，重新填写完整的号码。"),
    "id-length": _l("身份证号不是 18 位。"),
    "id-form": _l("身份证号里有不该有的字符；只有最后一位可以是 X。"),
    "id-date": _l("身份证号里的出生日期不存在。"),
    "id-check": _l("身份证号的校验位不对，多半是有一位填错了。"),
    "id-other": _l("证件号码应当是 5 到 20 位字母和数字。"),
    "id-formula": _l("号码是公式或出错的单元格。请改成文字。"),
    "mobile-form": _l("手机号不是 1 开头的 11 位号码。"),
    "mobile-destroyed": _l("手机号被 Excel 改成了科学计数。请把这一列设成“文本”，重新填写。"),
    "joined-form": _l("看不懂入会日期。请写成 2026-05-14 的样子。"),
    "joined-range": _l("入会日期在将来，或者早得不可能。"),
    "employer-long": _l("单位超过 120 个字。"),
    "job-long": _l("岗位超过 60 个字。"),
    "kind-unknown": _l("证件类型只有：居民身份证、港澳台居民证件、护照。"),
}


@dataclass(frozen=True, slots=True)
class Fields:
    """What a person or a spreadsheet says of a member, as typed; "" and None: nothing said."""

    name: str = ""
    id_number: str = ""
    id_kind: str = "resident"
    mobile: str = ""
    employer: str = ""
    job: str = ""
    joined_on: date | None = None


def id_problem(number: str, kind: str) -> str:
    """Return "" for a folded number that can be stored, else the code of what is wrong."""
    if not number:
        return "id-empty"
    if number.startswith(("=", "#", "@")):
        return "id-formula"
    if kind != "resident":
        return "" if _OTHER.fullmatch(number) else "id-other"
    found = identity.resident_problem(number)
    return f"id-{found}" if found and not _SCIENTIFIC.fullmatch(number) else ("id-destroyed" if found else "")


def mobile_problem(number: str) -> str:
    """Return "" for a folded mobile number, or for none, else the code of what is wrong."""
    if not number or identity.is_mobile(number):
        return ""
    return "mobile-destroyed" if _SCIENTIFIC.fullmatch(number) else "mobile-form"


def folded_mobile(text: str) -> str:
    """Return a mobile number as it is compared: folded, without the country's code."""
    number = identity.folded(text).removeprefix("+")
    return number.removeprefix("86") if len(number) == 13 else number


def checked(fields: Fields, today: date, *, whole: bool = True) -> Fields:
    """Return the fields as they are stored. Raises RuleBroken at the first one that cannot be; `whole`: name and number must be there."""
    name, number = names.tidied(fields.name), identity.folded(fields.id_number)
    if wrong := names.problem(name):
        _refuse(f"name-{wrong}", "name")
    if (whole or number) and (code := id_problem(number, fields.id_kind)):
        _refuse(code, "id_number")
    mobile = folded_mobile(fields.mobile)
    if code := mobile_problem(mobile):
        _refuse(code, "mobile")
    employer, job = tidy(fields.employer), tidy(fields.job)
    if len(employer) > 120:
        _refuse("employer-long", "employer")
    if len(job) > 60:
        _refuse("job-long", "job")
    if fields.joined_on and not EARLIEST <= fields.joined_on <= today:
        _refuse("joined-range", "joined_on")
    return Fields(name, number, fields.id_kind, mobile, employer, job, fields.joined_on)


def _refuse(code: str, field: str) -> None:
    raise RuleBroken(PROBLEMS[code], code=code, field=field)
