"""Static files: every package's `static/` at `/static/<name>/<fingerprint>/…`, cached for ever by browsers."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

from unionhall import __version__
from unionhall.base.crypto import config


def mount_assets(app: Flask, folders: dict[str, Path]) -> None:
    """Serve the folders in front of the application and give templates `asset('site/site.css')`."""
    whitenoise = WhiteNoise(app.wsgi_app, immutable_file_test=lambda path, url: url.startswith("/static/"))
    prefixes: dict[str, str] = {}
    for name, folder in folders.items():
        prefixes[name] = f"/static/{name}/{_fingerprint(folder)}"
        whitenoise.add_files(str(folder), prefix=prefixes[name])
    app.wsgi_app = whitenoise  # type: ignore[method-assign]
    app.extensions["unionhall.assets"] = prefixes

    def asset(path: str) -> str:
        name, _, rest = path.partition("/")
        return f"{prefixes[name]}/{rest}"

    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["has_asset"] = lambda path: (folders[path.partition("/")[0]] / path.partition("/")[2]).exists()


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:10]


def build(app: Flask) -> str:
    """Return what tells one build of the site from another: the version and every static file."""
    prefixes = app.extensions["unionhall.assets"]
    return hashlib.sha256(repr((__version__, sorted(prefixes.items()))).encode()).hexdigest()[:12]


def absolute(path: str) -> str:
    """Return a site-relative path as an absolute address, from configuration, never from the Host header."""
    return config().site_url.rstrip("/") + path
