"""Configuration: environment variables `UNIONHALL_*` over `instance/unionhall.cfg` over defaults."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from unionhall.base.errors import ConfigProblem


class Config(BaseSettings):
    """Everything a site's administrator sets on the server; what editors set lives in the settings feature."""

    model_config = SettingsConfigDict(env_prefix="UNIONHALL_", extra="forbid", frozen=True)

    instance: Path = Path("instance")
    secret_key: str = ""
    old_secret_keys: tuple[str, ...] = ()
    database_url: str = ""
    site_url: str = "http://127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ()
    proxy_hops: int = Field(0, ge=0, le=5)
    secure_cookies: bool = False
    testing: bool = False
    demo: bool = False
    maintenance: bool = False
    theme: str = "hall"
    languages: tuple[str, ...] = ("zh_CN", "en")
    upload_limit: int = Field(12 * 1024 * 1024, ge=1024)
    files_limit: int = Field(64 * 1024 * 1024, ge=1024, description="bytes of a request that brings several files")
    password_cost: int = Field(3, ge=1, description="argon2 passes; RFC 9106 low-memory profile")
    password_memory: int = Field(65536, ge=8, description="argon2 memory in KiB")
    staff_idle_minutes: int = Field(30, ge=1)
    session_hours: int = Field(12, ge=1)
    require_second_factor: bool = False
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    mail_from: str = "unionhall@localhost"
    sms_url: str = Field("", pattern=r"^(https?://\S+)?$", description="the gateway that text messages are handed to; none when empty")
    sms_key: str = Field("", description="the secret that requests to the gateway are signed with")
    sms_sign: str = Field("", max_length=20, description="the signature that the operators approved, without 【】")
    sms_templates: str = Field("", description="kind=template of the provider, separated by commas")
    wechat_url: str = Field("https://api.weixin.qq.com", pattern=r"^https?://\S+$")
    wechat_app_id: str = ""
    wechat_secret: str = ""
    wechat_templates: str = Field("", description="kind=approved template, separated by commas")
    redis_url: str = ""
    media_url: str = Field("", pattern=r"^(s3://[^/\s]+(/\S*)?)?$", description="s3://bucket/prefix; instance/media when empty")
    media_signed: bool = Field(False, description="send readers to the bucket by addresses that end, instead of through us")
    s3_endpoint: str = Field("", pattern=r"^(https?://\S+)?$")
    s3_region: str = "us-east-1"
    s3_access_key: str = ""
    s3_secret_key: str = ""
    s3_virtual_hosted: bool = Field(False, description="the bucket's name stands in the host name (OSS, COS, AWS)")
    page_cache_mb: int = Field(32, ge=0, description="memory for kept pages in each web process; 0 keeps none")
    search_backend: Literal["whoosh", "tantivy", "postgres"] = "whoosh"
    pdf_font: str = Field("", description="file of a Chinese font for PDFs; looked for in the usual places when empty")
    backup_folder: str = Field("", description="where the worker puts a backup every night; none when empty")
    backup_keep: int = Field(14, ge=1, description="how many nightly backups are kept")
    api_origins: tuple[str, ...] = Field((), description="sites whose pages may use the API from a browser; \"*\" is any")
    web_threads: int = Field(8, ge=1)
    web_workers: int = Field(1, ge=1)
    log_level: str = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the caller passed, then the environment, then the instance's file."""
        instance = init_settings().get("instance") or env_settings().get("instance") or "instance"
        return init_settings, env_settings, InitSettingsSource(settings_cls, _read_file(Path(instance) / "unionhall.cfg"))

    @property
    def database(self) -> str:
        """Return the SQLAlchemy address; SQLite in the instance folder unless set."""
        url = self.database_url or f"sqlite:///{self.instance.resolve() / 'unionhall.sqlite3'}"
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def media_folder(self) -> Path:
        """Return the folder that holds uploaded files."""
        return self.instance / "media"

    def s3_address(self, url: str) -> str:
        """Return where requests for a bucket go; the bucket's name stands in front of the host when it is asked for there."""
        endpoint = self.s3_endpoint.rstrip("/") or f"https://s3.{self.s3_region}.amazonaws.com"
        scheme, host = endpoint.split("://", 1)
        return f"{scheme}://{urlsplit(url).netloc}.{host}" if self.s3_virtual_hosted else endpoint

    @property
    def media_origin(self) -> str:
        """Return the host that pages may show files from besides our own, "" when there is none."""
        if not (self.media_url and self.media_signed):
            return ""
        parts = urlsplit(self.s3_address(self.media_url))
        return f"{parts.scheme}://{parts.netloc}"


def load(overrides: dict[str, Any] | None = None) -> Config:
    """Read the configuration; `overrides` beats all else (tests). Raises ConfigProblem naming every bad value."""
    try:
        config = Config(**(overrides or {}))
    except ValidationError as error:
        raise ConfigProblem("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())) from None
    if not config.secret_key:
        config = config.model_copy(update={"secret_key": _kept_key(config.instance)})
    return config


def _read_file(path: Path) -> dict[str, str]:
    """Read `name = value` lines; `#` starts a comment line."""
    if not path.exists():
        return {}
    values: dict[str, str] = {}
    for line in path.read_text("utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.lstrip().startswith("#"):
            values[name.strip().lower()] = value.strip()
    values.pop("instance", None)
    return values


def _kept_key(instance: Path) -> str:
    """Return the site's own random key, made at the first start and readable by its owner only."""
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = instance / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text("ascii").strip()
