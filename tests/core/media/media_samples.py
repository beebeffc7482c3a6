"""Files of every kind for the library's tests, and reads past all rights."""

from __future__ import annotations

import io
import zipfile

from PIL import Image
from sqlalchemy import select

from unionhall.base import db
from unionhall.media.models import Asset
from unionhall.platform import access

CONTENT_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'


def jpeg(colour="red", size=(1200, 800), **options):
    """Return a JPEG in one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG", **options)
    return file.getvalue()


def packed(members=None, **more):
    """Return a zip archive; by default a small docx."""
    files = {"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": b"<w:document/>"} if members is None else members
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (files | more).items():
            archive.writestr(name, data)
    return file.getvalue()


PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def find(asset_id):
    """Return an asset, whoever's it is; None when it is gone."""
    return db.session().scalar(access.unscoped(select(Asset).where(Asset.id == asset_id), why="test"))


def every():
    """Return all assets, oldest first."""
    return list(db.session().scalars(access.unscoped(select(Asset).order_by(Asset.id), why="test")))
