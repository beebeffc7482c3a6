"""What people read of transfers: names of kinds and states, and what to do about each problem."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from unionhall.news.transfers.models import TransferState

FORMATS: dict[str, LazyString] = {
    "wxr": _l("WordPress 导出文件（.xml）"),
    "markdown": _l("Markdown 文件夹（.zip）"),
    "jsonl": _l("职工之家导出文件（JSON 行，.jsonl）"),
}
STATES: dict[str, tuple[LazyString, str]] = {
    TransferState.WAITING: (_l("排队中"), "info"),
    TransferState.RUNNING: (_l("进行中"), "info"),
    TransferState.TRIED: (_l("等你确认"), "warn"),
    TransferState.DONE: (_l("完成"), "ok"),
    TransferState.FAILED: (_l("没有做完"), "bad"),
    TransferState.CANCELLED: (_l("已取消"), ""),
}
OTHERS: dict[str, LazyString] = {
    "attachment": _l("附件条目（图片随文章导入）"), "comment": _l("评论，没有导入"), "nav_menu_item": _l("菜单项，没有导入"),
    "trash": _l("回收站里的，没有导入"), "auto-draft": _l("自动草稿，没有导入"), "+org": _l("新建的组织"), "+section": _l("新建的栏目"),
    "pictures": _l("图片"), "missing": _l("找不到的图片"),
}  # fmt: skip
_ADVICE: dict[str, LazyString] = {
    "picture-missing": _l("把图片文件夹压缩成 .zip，和文件一起再导入一次。"),
    "picture-refused": _l("在文章里重新上传这张图。"),
    "document-missing": _l("把放图片和文件的文件夹压缩成 .zip，和导出的文件一起再导入一次。"),
    "document-refused": _l("在文章里重新上传这个文件。"),
    "broken-item": _l("在原来的网站上打开这一篇，重新保存后再导出；或者手工补录。"),
    "broken-line": _l("请从原站重新导出；只缺这一条时，可以手工补录。"),
    "unknown-line": _l("请从原站重新导出。"),
    "mended": _l("打开文章看一遍，读起来没有问题就不用管。"),
    "refused": _l("按提示改好来源，再导入一次：已经有的会跳过。"),
    "edited-here": _l("需要来源的新内容时，请自己对照着改。"),
    "no-title": _l("打开文章，补上标题。"),
    "long-title": _l("打开文章，拟一个短标题。"),
    "tags": _l("不用管；想换标签，可以打开文章改。"),
    "private": _l("要公开，请走审稿流程再发布。"),
    "password": _l("要公开，请走审稿流程再发布。"),
    "no-date": _l("在来源里写上日期，再导入一次。"),
    "front-matter": _l("改好文件开头的说明，再导入一次。"),
    "too-large": _l("把文件拆小，再导入一次。"),
    "unreadable": _l("检查这个文件能不能打开，再导入一次。"),
    "address-taken": _l("不用管；两篇用过同一个网址时，只能通向一篇。"),
    "slug-taken": _l("不用管；旧网址仍然通向原来那一篇。"),
    "org-unknown": _l("需要归到原来的组织时，请先建好组织，或请有权限的人导入。"),
    "section-unknown": _l("需要时先建好栏目，再把稿件换过去。"),
    "no-pages-section": _l("需要时请总编辑建“网站页面”栏目，网址写 pages。"),
    "same-origin": _l("不用管；同一来源的稿件只留一份。"),
    "schedule-passed": _l("打开文章，看还要不要发布。"),
    "place-refused": _l("需要时请手工建好，再导入一次。"),
}


def advice(code: str) -> str:
    """Return what to do about a problem, nothing for one that nobody thought of."""
    return str(_ADVICE.get(code, ""))


def other(name: str) -> str:
    """Return how a count that is no article is called; WordPress' own kinds keep their names."""
    return str(OTHERS.get(name, name))
