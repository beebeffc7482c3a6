"""The list of assets as a spreadsheet: what there is, and who is to be credited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.hooks.reporting import Cell, ExportSource
from unionhall.hooks.types import Actor
from unionhall.media import labels, library, rights, uses
from unionhall.media.desk import asked

PART = 500


def _header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [
        _("编号"), _("标题"), _("文件名"), _("种类"), _("组织"), _("文件夹"), _("署名"), _("授权"), _("替代文字"), _("宽"), _("高"),
        _("字节"), _("用在几处"), _("上传"),
    ]  # fmt: skip


def _rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    wanted, before = asked(filters, scope), None
    while assets := library.part(actor, wanted, before=before, limit=PART):
        used = uses.numbers([asset.id for asset in assets])
        for asset in assets:
            yield [
                asset.id, asset.title, asset.file_name, str(labels.KINDS[asset.kind]), asset.org.name,
                asset.folder.name if asset.folder else "", asset.credit, asset.licence, asset.alt, asset.width or None,
                asset.height or None, asset.bytes, used.get(asset.id, 0), asset.created_at,
            ]  # fmt: skip
        before = assets[-1].id


SOURCE = ExportSource("media.assets", _l("素材清单"), rights.USE, _header, _rows, personal=False)
