"""Which column of a spreadsheet is which: found by the words people write above them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l

from unionhall.base.text import fold
from unionhall.hooks.types import Text

LABELS: dict[str, Text] = {
    "name": _l("姓名"), "id": _l("证件号码"), "kind": _l("证件类型"), "mobile": _l("手机号"), "org": _l("所属工会"),
    "employer": _l("工作单位"), "job": _l("岗位"), "joined": _l("入会日期"),
}  # fmt: skip
NEEDED = ("name", "id")
HEADINGS = {
    "name": ("姓名", "会员姓名", "名字", "职工姓名", "name", "fullname"),
    "id": ("证件号码", "身份证号", "身份证号码", "身份证", "公民身份号码", "证件号", "居民身份证号码", "会员证件号",
           "id", "idnumber", "idcard"),
    "kind": ("证件类型", "证件种类", "证件名称", "idtype"),
    "mobile": ("手机号", "手机号码", "手机", "移动电话", "联系电话", "电话", "联系方式", "电话号码", "mobile", "phone"),
    "org": ("所属工会", "工会", "工会名称", "基层工会", "所属组织", "所在工会", "所属基层工会", "union", "org"),
    "employer": ("工作单位", "单位", "单位名称", "所在单位", "企业名称", "公司", "employer", "company"),
    "job": ("岗位", "职务", "工种", "职位", "职业", "job", "position"),
    "joined": ("入会日期", "入会时间", "加入工会日期", "入会年月", "入会日", "joined", "joinedon"),
}
HEAD_LINES = 20  # a title, a department, a date may stand above the headings
_ASIDE = re.compile(r"[(（\[【].*?[)）\]】]|[\s*:：_\-/]")
_FIELD_OF = {heading: field for field, headings in HEADINGS.items() for heading in headings}


def field_of(heading: str) -> str:
    """Return the field that a heading means, "" for none; remarks in brackets, stars and spaces do not count."""
    return _FIELD_OF.get(_ASIDE.sub("", fold(heading)), "")


def find_headings(lines: Sequence[Sequence[str]]) -> int | None:
    """Return the place of the line that holds the headings: the one with most known words, at least two; None without one."""
    best, place = 1, None
    for at, cells in enumerate(lines[:HEAD_LINES]):
        known = len({field for cell in cells if (field := field_of(cell))})
        if known > best:
            best, place = known, at
    return place


def mapped(headings: Sequence[str]) -> dict[str, int]:
    """Return {field: column} for the headings that are known; of two for one field, the first."""
    found: dict[str, int] = {}
    for column, heading in enumerate(headings):
        if field := field_of(heading):
            found.setdefault(field, column)
    return found


def complete(mapping: Mapping[str, int]) -> bool:
    """Say whether a mapping names the columns without which nothing can be imported."""
    return all(field in mapping for field in NEEDED)
