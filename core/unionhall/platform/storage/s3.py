"""A bucket that speaks S3 (MinIO, Ceph, OSS, COS, AWS …), for sites with several machines; needs the extra `s3`."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import structlog
from flask_babel import lazy_gettext as _l

from unionhall.base.config import Config
from unionhall.base.errors import ConfigProblem, NotFound, Unavailable
from unionhall.platform.storage.interface import CHUNK, NAME, Stored, checked

CLIENT = {"connect_timeout": "2s", "timeout": "30s"}
RETRY: dict[str, Any] = {"max_retries": 1, "retry_timeout": timedelta(seconds=4)}
PROBE = "unionhall-probe"
LISTED = 1000
REFUSED = re.compile(r"status code: 40[13]\b|InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied")
ADVICE = {
    "storage-bucket": _l("没有这个桶。请核对 media_url。"),
    "storage-keys": _l("不认这对密钥，或者不准写入。请核对 s3_access_key、s3_secret_key、s3_region。"),
    "storage-unreachable": _l("连不上。请核对 s3_endpoint。"),
}
KINDS = mimetypes.MimeTypes()
KINDS.add_type("image/webp", ".webp")
KINDS.add_type("image/avif", ".avif")
log = structlog.get_logger("unionhall.storage")


class Bucket:
    """One bucket, perhaps with a prefix. A bucket that does not answer is given up on within seconds."""

    kind = "s3"

    def __init__(self, url: str, config: Config) -> None:
        try:
            import obstore
            from obstore.store import S3Store
        except ImportError as error:
            raise ConfigProblem(f"media_url = {url}: {error}; pip install 'unionhall[s3]'") from error
        self._s3 = obstore
        self._store = S3Store(**_options(url, config), client_options=_client(config), retry_config=RETRY)  # type: ignore[arg-type]

    def put(self, name: str, data: bytes | BinaryIO) -> None:
        kind = KINDS.guess_type(name)[0] or "application/octet-stream"
        with _reaching(storing=True):
            self._s3.put(self._store, checked(name), data, attributes={"Content-Type": kind})

    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        wanted: Any = {"offset": start} if end is None else (start, end)
        with _reaching():
            found = self._s3.get(self._store, checked(name), options={"range": wanted} if start or end is not None else None)
        return _pieces(found)

    def stat(self, name: str) -> Stored:
        with _reaching():
            return _stored(self._s3.head(self._store, checked(name)))

    def exists(self, name: str) -> bool:
        try:
            self.stat(name)
        except NotFound:
            return False
        return True

    def delete(self, name: str) -> bool:
        try:
            with _reaching(storing=True):
                self._s3.delete(self._store, checked(name))
        except Unavailable as error:
            log.warning("file could not be removed", name=name, error=str(error))
            return False
        return True

    def files(self) -> Iterator[Stored]:
        with _reaching(storing=True):
            for found in self._s3.list(self._store, chunk_size=LISTED):
                yield from (_stored(item) for item in found if NAME.fullmatch(item["path"]))

    def local(self, name: str) -> Path | None:
        checked(name)
        return None

    def address(self, name: str, seconds: int) -> str | None:
        return str(self._s3.sign(self._store, "GET", checked(name), timedelta(seconds=seconds)))

    def trouble(self) -> str:
        try:
            with _reaching(storing=True):
                self._s3.put(self._store, PROBE, b"probe")
                self._s3.delete(self._store, PROBE)
        except Unavailable as error:
            return str(ADVICE[error.code])
        return ""


def _options(url: str, config: Config) -> dict[str, Any]:
    parts = urlsplit(url)
    keys = {"access_key_id": config.s3_access_key, "secret_access_key": config.s3_secret_key, "endpoint": config.s3_address(url)}
    return {
        "bucket": parts.netloc, "prefix": parts.path.strip("/") or None, "region": config.s3_region,
        "virtual_hosted_style_request": config.s3_virtual_hosted, **{name: value for name, value in keys.items() if value},
    }  # fmt: skip


def _client(config: Config) -> dict[str, Any]:
    return CLIENT | ({"allow_http": True} if config.s3_endpoint.startswith("http://") else {})


@contextmanager
def _reaching(*, storing: bool = False) -> Iterator[None]:
    """Turn the library's errors into ours; while storing or listing, "not found" is about the bucket."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError) as error:
        text = str(error)
        if isinstance(error, FileNotFoundError) and not storing and "NoSuchBucket" not in text:
            raise NotFound() from None
        log.warning("S3 refused or did not answer", error=text.partition("\n")[0])
        raise _refusal(text) from error


def _refusal(text: str) -> Unavailable:
    """Say it for everybody, with a code for the administrator; the library's text holds the server's own."""
    code = "storage-unreachable"
    if "NoSuchBucket" in text:
        code = "storage-bucket"
    elif REFUSED.search(text):
        code = "storage-keys"
    return Unavailable(_l("存放文件的地方现在连不上，文件没有存取成功。请稍后再试，或者告诉管理员。"), code=code)


def _stored(meta: Any) -> Stored:
    return Stored(meta["path"], meta["size"], meta["last_modified"], (meta["e_tag"] or "").strip('"'))


def _pieces(found: Any) -> Iterator[bytes]:
    with _reaching():
        for piece in found.stream(min_chunk_size=CHUNK):
            yield bytes(piece)
