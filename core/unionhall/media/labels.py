"""Words for the library: kinds, states, acts, sizes."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from unionhall.media.models import Kind

KINDS = {Kind.IMAGE.value: _l("图片"), Kind.DOCUMENT.value: _l("文件")}
STATES = {"unused": _l("没有用到的"), "no-credit": _l("缺署名的图片"), "no-alt": _l("缺替代文字的图片"), "loose": _l("没有归入文件夹的")}
PLACES = {"": _l("本级和下级"), "here": _l("只看本级"), "mine": _l("我上传的"), "shared": _l("上级共享的")}
SORTS = {"new": _l("最新的在前"), "old": _l("最早的在前"), "large": _l("最大的在前"), "small": _l("最小的在前")}
ACTS = {
    "media.uploaded": _l("上传素材"), "media.edited": _l("改素材资料"), "media.replaced": _l("替换文件"), "media.deleted": _l("删除素材"),
    "media.moved": _l("移动素材"), "media.tagged": _l("给素材加标签"), "media.folder_renamed": _l("文件夹改名"),
    "media.folder_removed": _l("删除文件夹"),
}  # fmt: skip


def pairs(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return names as choices of a list."""
    return [(name, name) for name in names]


def size(number: int) -> str:
    """Return a file's size as people say it: "345 KB", "3.1 MB"."""
    if number < 1024 * 1024:
        return f"{max(1, round(number / 1024))} KB"
    return f"{number / 1024 / 1024:.1f} MB"
