"""Keys and tokens: signed links, random tokens, sealed fields. Algorithm and key version stand with each value."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from unionhall.base.config import Config


def config() -> Config:
    """Return the running application's configuration."""
    found: Config = current_app.config["UNIONHALL"]
    return found


def new_token() -> str:
    """Return 256 random bits, safe in addresses (ASVS 7.2.3 asks for 128 or more)."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what the database keeps of a token: SHA-256, hex. Tokens are random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign(purpose: str, value: object) -> str:
    """Return a signed, timed token that holds a JSON value; `purpose` keeps one use from serving another."""
    return str(_serializer(purpose).dumps(value))


def unsign(purpose: str, token: str, max_age: int) -> object | None:
    """Return the value of a token not older than `max_age` seconds, or None when it is forged or stale."""
    try:
        value: object = _serializer(purpose).loads(token, max_age=max_age)
    except BadData:
        return None
    return value


def signed_at(purpose: str, token: str) -> datetime | None:
    """Return when a token was signed, None when it is forged."""
    try:
        _value, moment = _serializer(purpose).loads(token, return_timestamp=True)
    except BadData:
        return None
    found: datetime = moment
    return found


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    keys = [*config().old_secret_keys, config().secret_key]
    return URLSafeTimedSerializer(keys, salt=f"unionhall.{purpose}", signer_kwargs={"digest_method": hashlib.sha256})


def seal(purpose: str, plain: str) -> str:
    """Return the text encrypted with AES-256-GCM under a key made for the purpose."""
    nonce = secrets.token_bytes(12)
    sealed = _cipher(purpose, config().secret_key).encrypt(nonce, plain.encode(), purpose.encode())
    return "a1:" + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(purpose: str, sealed: str) -> str:
    """Return the plain text; tries the present key, then the old ones. Raises ValueError when none opens it."""
    algorithm, _, body = sealed.partition(":")
    raw = base64.urlsafe_b64decode(body)
    if algorithm == "a1":
        for key in (config().secret_key, *config().old_secret_keys):
            try:
                return _cipher(purpose, key).decrypt(raw[:12], raw[12:], purpose.encode()).decode()
            except InvalidTag:
                continue
    raise ValueError("sealed value cannot be opened with the keys of this site")


def keyed_hash(purpose: str, value: str) -> str:
    """Return HMAC-SHA256, hex, of a value: equal values match, nobody without the key can guess them."""
    started = _hasher(purpose, config().secret_key).copy()
    started.update(value.encode())
    return started.hexdigest()


def keyed_hashes(purpose: str, value: str) -> list[str]:
    """Return what `keyed_hash` gives with the present key, then what it gave with each of the old ones: for values that outlive a key."""
    older = (hmac.new(_key(purpose, key), value.encode(), hashlib.sha256).hexdigest() for key in config().old_secret_keys)
    return [keyed_hash(purpose, value), *older]


def is_keyed_hash(purpose: str, value: str, digest: str) -> bool:
    """Say whether a keyed hash was made with the present key or one of the old ones."""
    keys = (config().secret_key, *config().old_secret_keys)
    made = (hmac.new(_key(purpose, key), value.encode(), hashlib.sha256).hexdigest() for key in keys)
    return any(hmac.compare_digest(each.encode(), digest.encode()) for each in made)


@lru_cache(maxsize=64)
def _key(purpose: str, secret: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"unionhall.{purpose}".encode()).derive(secret.encode())


@lru_cache(maxsize=64)
def _cipher(purpose: str, secret: str) -> AESGCM:
    return AESGCM(_key(purpose, secret))


@lru_cache(maxsize=64)
def _hasher(purpose: str, secret: str) -> hmac.HMAC:
    return hmac.new(_key(purpose, secret), digestmod=hashlib.sha256)
