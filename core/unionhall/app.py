"""The application factory. Reads top to bottom: configure, load plugins, mount, guard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined, Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from werkzeug.middleware.proxy_fix import ProxyFix

from unionhall.base import config as configuration
from unionhall.base import db, i18n, links, logs, web
from unionhall.hooks.types import Actor, Event, SearchSource
from unionhall.host import assets, discovery, mounting, slots, themes
from unionhall.host.registry import PluginHost
from unionhall.media import files
from unionhall.platform import access, bell, mail, outbox, reads
from unionhall.platform.pagecache import layer, shelf
from unionhall.platform.reads import door
from unionhall.platform.search import indexes
from unionhall.platform.search import writing as search
from unionhall.platform.storage import open_storage
from unionhall.site import display

FEATURES = ("site", "desk", "settings", "orgs", "accounts", "media", "news", "system", "backup")


class Page(Template):
    """A template whose macros are imported at no cost: nothing is ever a global of one rendering alone."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


def create_app(overrides: dict[str, Any] | None = None, *, plugins: bool = True) -> Flask:
    """Build the application; `overrides` beats environment and file, `plugins=False` is `--safe`."""
    config = configuration.load(overrides)
    app = Flask("unionhall", static_folder=None, template_folder=None, instance_path=str(config.instance.resolve()))
    app.config["UNIONHALL"] = config
    app.testing = config.testing
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if not config.testing:
        logs.init(config.log_level)
    db.init(app, config.database)

    features = [discovery.core_feature(f"unionhall.{name}.hooks") for name in FEATURES]
    host = PluginHost(features, discovery.find_plugins() if plugins else [])
    app.extensions["unionhall.host"] = host
    app.extensions["unionhall.storage"] = open_storage(config.media_url, config)

    web.init(app, config)
    bell.init(app, config.redis_url)
    mounting.mount(app, host)
    _rights(app, host)
    _outbox(app, host)
    _search(app, host, config)
    _looks(app, host, config)
    _page_cache(app, config)
    _views(app, host)
    if config.proxy_hops:
        hops = config.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _rights(app: Flask, host: PluginHost) -> None:
    permissions = {item.name: item for _, item in host.gather("unionhall_permissions")}

    def refuse(actor: Actor, permission: str, org_path: str) -> bool:
        return False in host.call("unionhall_may", actor=actor, permission=permission, org_path=org_path)

    app.extensions["unionhall.rights"] = access.Rights(permissions, refuse)


def _outbox(app: Flask, host: PluginHost) -> None:
    with app.app_context():
        outbox.handle(mail.TOPIC, mail.deliver)
        outbox.handle(files.REMOVE, files.deliver)
        outbox.handle("event", lambda payload: host.call("unionhall_committed", event=Event(**payload)))


def _search(app: Flask, host: PluginHost, config: configuration.Config) -> None:
    every = list(host.gather("unionhall_search_sources"))

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
    chain = themes.lineage(config.theme)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.template_class = Page
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_loader = themes.loader(config.instance, chain, mounting.folders(host, "templates"))
    base = Path(db.__file__).parent
    static = {"base": base / "static", **mounting.folders(host, "static")}
    static |= {f"theme-{theme.name}": theme.folder / "static" for theme in chain if (theme.folder / "static").is_dir()}
    assets.mount_assets(app, static)
    slots.init(app)
    links.init(app)
    app.jinja_env.globals["html_lang"] = i18n.html_lang
    app.jinja_env.globals["theme"] = chain[0] if chain else None

    def catalogues() -> list[Path]:
        core = Path(db.__file__).parents[1] / "translations"
        return [core, *mounting.folders(host, "translations").values(), *(t.folder / "translations" for t in chain)]

    i18n.init(app, config.languages, catalogues)
