"""The application factory. Reads top to bottom: configure, load plugins, mount, guard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from unionhall.base import config as configuration
from unionhall.base import db, i18n, links, logs, web
from unionhall.hooks.people import Channel
from unionhall.hooks.types import Event, RoleKind, SearchSource
from unionhall.host import assets, discovery, judging, looks, mounting, refusing, shielding, slots, theme_check, themes
from unionhall.host.registry import PluginHost
from unionhall.media import files
from unionhall.platform import access, bell, channels, mail, outbox, reads
from unionhall.platform.pagecache import layer, shelf
from unionhall.platform.reads import door
from unionhall.platform.search import indexes
from unionhall.platform.search import writing as search
from unionhall.platform.storage import open_storage
from unionhall.rest import dispatch
from unionhall.rest.door import ApiDoor
from unionhall.rest.table import trial
from unionhall.site import display
from unionhall.terminals.door import TerminalDoor

FEATURES = (
    "site", "desk", "rest", "settings", "orgs", "accounts", "media", "notices", "exports", "reports", "news", "members", "proofs",
    "publicity", "signups", "campaigns", "system", "themes", "terminals", "backup",
)  # fmt: skip


def create_app(overrides: dict[str, Any] | None = None, *, plugins: bool = True) -> Flask:
    """Build the application; `overrides` beats environment and file, `plugins=False` is `--safe`."""
    config = configuration.load(overrides)
    app = Flask("unionhall", static_folder=None, template_folder=None, instance_path=str(config.instance.resolve()))
    app.jinja_environment = looks.Environment  # type: ignore[assignment]
    app.url_rule_class = links.Rule
    app.config["UNIONHALL"] = config
    app.testing = config.testing
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if not config.testing:
        logs.init(config.log_level)
    db.init(app, config.database)

    features = [discovery.core_feature(f"unionhall.{name}.hooks") for name in FEATURES]
    host = PluginHost(features, discovery.find_plugins() if plugins else [], safe=not plugins)
    app.extensions["unionhall.host"] = host
    app.extensions["unionhall.storage"] = open_storage(config.media_url, config)

    web.init(app, config)
    bell.init(app, config.redis_url)
    judging.judge(app, host, trial())
    mounting.mount(app, host)
    dispatch.mount(app, host)
    _rights(app, host)
    _outbox(app, host)
    _channels(app, host)
    _search(app, host, config)
    _looks(app, host, config)
    _page_cache(app, config)
    _views(app, host)
    app.wsgi_app = TerminalDoor(app)  # type: ignore[method-assign]
    app.wsgi_app = ApiDoor(app.wsgi_app, config.languages, config.api_origins)  # type: ignore[method-assign]
    if config.proxy_hops:
        hops = config.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _rights(app: Flask, host: PluginHost) -> None:
    permissions = {item.name: item for _, item in host.gather("unionhall_permissions")}
    roles = [(found, kind) for found, kind in host.gather("unionhall_roles") if kind.name.startswith(f"{found.name}.")]

    def added() -> dict[str, RoleKind]:
        host.refresh()  # commands and jobs ask too, and no request has been before them
        return {kind.name: kind for found, kind in roles if host.is_enabled(found.name)}

    app.extensions["unionhall.rights"] = access.Rights(permissions, refusing.judge(host), added)


def _outbox(app: Flask, host: PluginHost) -> None:
    with app.app_context():
        outbox.handle(mail.TOPIC, mail.deliver)
        outbox.handle(channels.TOPIC, channels.deliver)
        outbox.handle(files.REMOVE, files.deliver)
        outbox.handle("event", lambda payload: host.call("unionhall_committed", event=Event(**payload)))


def _channels(app: Flask, host: PluginHost) -> None:
    every = list(host.gather("unionhall_channels"))

    def known() -> dict[str, Channel]:
        return {channel.name: channel for found, channel in every if host.is_enabled(found.name)}

    app.extensions["unionhall.channels"] = known


def _search(app: Flask, host: PluginHost, config: configuration.Config) -> None:
    every = [(found, shielding.shielded(host, found, source)) for found, source in host.gather("unionhall_search_sources")]

    def sources() -> dict[str, SearchSource]:
        return {source.kind: source for found, source in every if host.is_enabled(found.name)}

    search.init(app, indexes.open_index(config), sources, config.search_backend)


def _page_cache(app: Flask, config: configuration.Config) -> None:
    if config.page_cache_mb:
        kept = shelf.Shelf(config.redis_url, assets.build(app)) if config.redis_url else shelf.NoShelf()
        most = config.page_cache_mb * 1024 * 1024
        variants = display.cookies(config.languages)
        app.wsgi_app = layer.PageCache(app, variants=variants, most_bytes=most, shelf=kept)  # type: ignore[method-assign]


def _views(app: Flask, host: PluginHost) -> None:
    def enabled(name: str) -> bool:
        host.refresh()
        return host.is_enabled(name)

    app.wsgi_app = door.Door(app, enabled)  # type: ignore[method-assign]
    app.jinja_env.globals["view_mark"] = reads.mark


def _looks(app: Flask, host: PluginHost, config: configuration.Config) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.template_class = looks.Page
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_options["cache_size"] = -1
    every = theme_check.judge_all(themes.installed(), app.jinja_env)
    owned = mounting.folders(host, "templates")
    app.extensions[looks.EXTENSION] = looks.Looks(app, every=every, default=config.theme, instance=config.instance, owned=owned)
    static = {"base": Path(db.__file__).parent / "static", **mounting.folders(host, "static")}
    sound = [theme for theme in every.values() if theme.sound]
    static |= {f"theme-{theme.name}": theme.folder / "static" for theme in sound if (theme.folder / "static").is_dir()}
    assets.mount_assets(app, static)
    slots.init(app)
    links.init(app)
    app.jinja_env.globals.update(html_lang=i18n.html_lang, theme_sheets=looks.sheets)

    def catalogues() -> list[Path]:
        core = Path(db.__file__).parents[1] / "translations"
        themed = [theme.folder / "translations" for theme in reversed(looks.current().chain)]
        return [core, *mounting.folders(host, "translations").values(), *themed]

    i18n.init(app, config.languages, catalogues, lambda: looks.current().name)
