"""Which theme a page is rendered with: the site's choice, a preview's, or that of a surface such as a terminal.

Every theme has a loader of its own, and Jinja keeps compiled templates by loader: two themes that bring the same template
never see each other's, and each is compiled once. What belongs to a look is decided once in a request and kept in `g.look`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, current_app, g, has_app_context, has_request_context, request
from flask.templating import DispatchingJinjaLoader
from flask.templating import Environment as FlaskEnvironment
from flask_babel import lazy_gettext as _l
from jinja2 import BaseLoader, BytecodeCache, ChoiceLoader, FileSystemLoader, PrefixLoader, Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from sqlalchemy import String, Text, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.exceptions import HTTPException

from unionhall.base import clock, db
from unionhall.base.errors import UnionHallError
from unionhall.host.themes import BUNDLED, Theme, lineage
from unionhall.platform import pagecache

EXTENSION = "unionhall.looks"
SURFACE_COOKIE = "uh_surface"  # set and taken away by the door of a surface, never by a browser
log = structlog.get_logger("unionhall.looks")


class ThemeChoice(db.Model):
    """The site's theme: one row, none until somebody chooses."""

    __tablename__ = "host_theme"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    chosen_at: Mapped[datetime]
    chosen_by: Mapped[int | None]


class ThemeFault(db.Model):
    """A template of the site's theme that failed while a page was rendered; the original stood in for it."""

    __tablename__ = "host_theme_fault"
    theme: Mapped[str] = mapped_column(String(80), primary_key=True)
    template: Mapped[str] = mapped_column(String(200), primary_key=True)
    error: Mapped[str] = mapped_column(Text)
    happened_at: Mapped[datetime]


class ThemeFailed(UnionHallError):
    """A theme that somebody previews could not render this page."""

    status = 500
    code = "theme-failed"


@dataclass(frozen=True)
class Look:
    """A theme with its parents and where its templates are looked up; the empty name is the core as it is."""

    name: str
    chain: tuple[Theme, ...]
    loader: BaseLoader
    preview: bool = False

    @property
    def theme(self) -> Theme | None:
        """Return the theme itself."""
        return self.chain[0] if self.chain else None

    @property
    def surface(self) -> str:
        """Return what the theme is for when it is not for readers' own browsers, such as "kiosk"."""
        return self.chain[0].surface if self.chain else ""


class Environment(FlaskEnvironment):
    """Flask's template environment, with the loader of the look in force; `kept` holds compiled templates of the process (tests)."""

    kept: BytecodeCache | None = None

    @property
    def loader(self) -> BaseLoader | None:
        """Return where templates come from in this request."""
        known = self._app.extensions.get(EXTENSION) if hasattr(self, "_app") else None
        if known is None:
            return self._first
        return current().loader if has_app_context() else known.plain.loader

    @loader.setter
    def loader(self, value: BaseLoader | None) -> None:
        self._first = value

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **{"bytecode_cache": self.kept} | options)
        self._app = app


class Page(Template):
    """A template whose macros are imported at no cost, and which gives way to the original when a theme's own fails."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()  # nothing is ever a global of one rendering alone

    def render(self, *args: Any, **values: Any) -> str:
        """Return the page; the theme's fault is logged and shown to administrators, not to readers."""
        try:
            return super().render(*args, **values)
        except (HTTPException, UnionHallError, SQLAlchemyError):
            raise
        except Exception as error:
            if not has_app_context() or not current().chain or hasattr(error, "unionhall_core"):
                raise
            return _rescue(self, error, args, values)


class Looks:
    """The looks of a site, one for every theme that is sound."""

    def __init__(self, app: Flask, *, every: Mapping[str, Theme], default: str, instance: Path, owned: Mapping[str, Path]) -> None:
        self.every, self.default = every, default
        originals: dict[str, BaseLoader] = {f"@{name}": FileSystemLoader(folder / name) for name, folder in owned.items()}
        core = [*map(FileSystemLoader, owned.values()), PrefixLoader(originals), DispatchingJinjaLoader(app)]
        own = FileSystemLoader(instance / "templates")
        self.plain = Look("", (), ChoiceLoader([own, *core]))
        self._known = {"": self.plain}
        for name, theme in every.items():
            if theme.sound:
                chain = lineage(name, every)
                folders = [FileSystemLoader(one.folder / "templates") for one in chain]
                self._known[name] = Look(name, chain, ChoiceLoader([own, *folders, *core]))
        self._surfaces = {theme.surface: theme.name for theme in every.values() if theme.sound and theme.surface}

    def named(self, name: str) -> Look | None:
        """Return the look of a theme that is installed and sound."""
        return self._known.get(name)

    def of_site(self) -> Look:
        """Return the look that the site has: the choice, else the configured one, else the bundled one, else none."""
        chosen = pagecache.remembered("theme", chosen_name)
        for name in (chosen, self.default, BUNDLED):
            if name and name in self._known and not self.every[name].surface:
                return self._known[name]
        return self.plain

    def of_request(self) -> Look:
        """Return the look of whoever asks: that of the surface the page is for, else the site's."""
        surface = request.cookies.get(SURFACE_COOKIE) if has_request_context() else None
        found = self._surfaces.get(surface) if surface else None
        return self._known[found] if found else self.of_site()


def chosen_name() -> str:
    """Return the name of the theme that was chosen, empty when nobody chose or the database cannot say."""
    try:
        return db.session().scalar(select(ThemeChoice.name)) or ""
    except SQLAlchemyError:
        if db.is_writing() or pagecache.is_remembered("theme"):
            raise
        db.session().rollback()
        return ""


def looks() -> Looks:
    """Return the running application's looks."""
    found: Looks = current_app.extensions[EXTENSION]
    return found


def current() -> Look:
    """Return the look of this request, decided once."""
    found: Look | None = g.get("look")
    if found is None:
        found = g.look = looks().of_request()
    return found


def preview(name: str) -> bool:
    """Let this request alone be rendered with another theme; False when there is no sound theme of this name."""
    found = looks().named(name)
    if found is None or not found.theme or found.theme.surface:
        return False
    g.look = replace(found, preview=True)
    return True


def sheets() -> list[str]:
    """Return the stylesheets of the look, for `asset()`: the oldest parent's first."""
    return [f"theme-{theme.name}/theme.css" for theme in reversed(current().chain) if theme.stylesheet]


def faults_of(name: str) -> list[ThemeFault]:
    """Return what failed while pages were rendered with a theme since it was chosen."""
    return list(db.session().scalars(select(ThemeFault).where(ThemeFault.theme == name).order_by(ThemeFault.template)))


@contextmanager
def _original() -> Iterator[None]:
    """Render with the core's own templates, still under the theme's stylesheet; no fragment of one gets into the other."""
    mine, fragments = g.look, g.pop("fragments", None)
    g.look, g.fragments = replace(mine, loader=looks().plain.loader), {}
    try:
        yield
    finally:
        g.look, g.fragments = mine, fragments
        if fragments is None:
            del g.fragments


def _rescue(page: Page, error: Exception, args: tuple[Any, ...], values: dict[str, Any]) -> str:
    look, name = current(), page.name or ""
    with _original():
        try:
            body = current_app.jinja_env.get_template(name).render(*args, **values)
        except Exception:
            error.unionhall_core = True  # type: ignore[attr-defined]  # the original fails as well: not the theme's fault
            raise error from None
    log.error("template of the theme failed", theme=look.name, template=name, error=repr(error))
    if look.preview:
        g.look = replace(look, loader=looks().plain.loader)
        g.pop("fragments", None)
        told = {"theme": look.chain[0].label, "template": name, "error": f"{type(error).__name__}: {error}"[:300]}
        raise ThemeFailed(_l("主题“%(theme)s”的模板 %(template)s 在这一页出了错：%(error)s。读者看到的页面没有变。", **told)) from error
    _keep(look.name, name, error)
    return body


def _keep(theme: str, template: str, error: Exception) -> None:
    """Write down once what failed; a request that writes leaves it to the next one that reads."""
    told: set[tuple[str, str]] = looks().__dict__.setdefault("told", set())
    if (theme, template) in told or db.is_writing():
        return
    told.add((theme, template))
    row = {"theme": theme, "template": template[:200], "error": f"{type(error).__name__}: {error}"[:2000], "happened_at": clock.now()}
    try:
        db.write_beside(insert(ThemeFault).values(**row))
    except IntegrityError:
        log.info("fault of the theme is known", theme=theme, template=template)
