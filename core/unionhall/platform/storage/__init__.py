"""Where uploaded files lie: one small protocol, a local folder, a bucket that speaks S3; `storage()` is the site's own."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app

from unionhall.base.config import Config
from unionhall.base.errors import ConfigProblem
from unionhall.platform.storage.interface import NAME, Storage, Stored
from unionhall.platform.storage.local import LocalFolder

__all__ = ["NAME", "LocalFolder", "Storage", "Stored", "open_storage", "storage"]


def storage() -> Storage:
    """Return the site's storage."""
    found: Storage = current_app.extensions["unionhall.storage"]
    return found


def open_storage(url: str, config: Config) -> Storage:
    """Return the storage at an address, `s3://bucket/prefix`, or the local folder for "". Raises ConfigProblem."""
    if not url:
        return LocalFolder(config.media_folder)
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise ConfigProblem(f"media_url = {url}: s3://bucket/prefix")
    from unionhall.platform.storage.s3 import Bucket

    return Bucket(url, config)
