"""The editor's form."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import DeskForm, MediaField, MediaListField


class DoneForm(DeskForm):
    """What came of a suggestion; the view sets `org_id`, so that the fields know whose it is."""

    org_id = 0
    picture_id = MediaField(_l("办好以后的照片"))
    papers = MediaListField(_l("附件"), kind="document", most=3)
