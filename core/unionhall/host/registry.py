"""The plugin host: what is loaded, what is enabled, and the calls that reach both."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pluggy
import structlog
from flask import current_app
from sqlalchemy import String, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import db
from unionhall.base.errors import PluginProblem
from unionhall.hooks import specs
from unionhall.hooks.markers import PROJECT
from unionhall.host.discovery import Found, State
from unionhall.platform import pagecache

SLOW_SECONDS = 0.5
RESERVED = frozenset({"base", "core", "static", "api", "my"})
log = structlog.get_logger("unionhall.host")


class PluginSwitch(db.Model):
    """The site's choice: is a plugin enabled, and where it stands in the order."""

    __tablename__ = "host_plugin"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    enabled: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=100)


@dataclass(frozen=True)
class Status:
    """A plugin as the plugins page shows it."""

    found: Found
    state: State


class PluginHost:
    """Holds every loaded plugin and calls their hooks: core features first, then plugins in the site's order."""

    def __init__(self, features: Iterable[Found], plugins: Iterable[Found]) -> None:
        self.manager = pluggy.PluginManager(PROJECT)
        self.manager.add_hookspecs(specs)
        self.features = list(features)
        self.plugins: list[Found] = []
        for found in self.features:
            self.manager.register(found.module, name=found.name)
        for found in plugins:
            self.plugins.append(self._register(found))
        self._enabled: frozenset[str] = frozenset()
        self._places: dict[str, int] = {}
        self._kept: dict[str, list[tuple[Found, Any]]] = {}

    def _register(self, found: Found) -> Found:
        if found.module is None:
            return found
        try:
            self._check_names(found)
            self.manager.register(found.module, name=found.name)
            self.manager.check_pending()
        except (pluggy.PluginValidationError, PluginProblem, ValueError) as error:
            with suppress(Exception):
                self.manager.unregister(name=found.name)
            log.exception("plugin refused", plugin=found.name)
            return found.failed(error)
        return found

    def _check_names(self, found: Found) -> None:
        """A plugin's name is its own, and so is the front of its tables' names."""
        if found.name in {*RESERVED, *(feature.name for feature in self.features)}:
            raise PluginProblem(f"the name {found.name!r} belongs to the core", code="plugin-name")
        package = found.module.__name__.partition(".")[0] if found.module else ""
        for mapper in db.Model.registry.mappers:
            table = str(getattr(mapper.class_, "__tablename__", ""))
            own = mapper.class_.__module__.partition(".")[0] == package
            if own and not table.startswith(f"{found.name}_"):
                raise PluginProblem(f"table {table!r} must begin with {found.name}_", code="plugin-table-name")

    def set_aside(self, name: str, error: BaseException) -> None:
        """Take a plugin out that failed while being mounted; the rest goes on."""
        log.error("plugin set aside", plugin=name, error=repr(error))
        self.manager.unregister(name=name)
        self._kept.clear()
        self.plugins = [found.failed(error) if found.name == name else found for found in self.plugins]

    def loaded(self) -> list[Found]:
        """Return features and loaded plugins, in call order as far as it is known before the database is."""
        return [*self.features, *(found for found in self.plugins if found.module is not None)]

    def refresh(self) -> None:
        """Read the enabled set again, at most once a second; without a database the last one stands."""
        if not self.plugins:
            return
        enabled, places = pagecache.remembered("plugins", self._switches)
        if (enabled, places) != (self._enabled, self._places):
            self._enabled, self._places = enabled, places
            self._kept.clear()

    def _switches(self) -> tuple[frozenset[str], dict[str, int]]:
        try:
            rows = db.session().execute(select(PluginSwitch.name, PluginSwitch.enabled, PluginSwitch.position)).all()
        except SQLAlchemyError:
            db.session().rollback()
            log.warning("enabled set could not be read")
            return self._enabled, self._places
        return frozenset(row.name for row in rows if row.enabled), {row.name: row.position for row in rows}

    def is_enabled(self, name: str) -> bool:
        """Say whether hooks and pages of this feature or plugin are live."""
        return name in self._enabled or any(found.name == name for found in self.features)

    def statuses(self) -> list[Status]:
        """Return every plugin found, with its state, in the site's order."""
        self.refresh()
        return [Status(found, self._state(found)) for found in sorted(self.plugins, key=self._place)]

    def _state(self, found: Found) -> State:
        if found.problem:
            return found.problem
        return "enabled" if found.name in self._enabled else "installed"

    def _place(self, found: Found) -> tuple[int, str]:
        return self._places.get(found.name, 100), found.name

    def switch(self, name: str, *, on: bool) -> None:
        """Enable or disable a plugin in this unit of work. Raises PluginProblem when it or a need is missing."""
        found = next((found for found in self.plugins if found.name == name), None)
        if found is None or found.plugin is None:
            raise PluginProblem(f"plugin {name!r} is not installed or cannot be loaded", code="plugin-not-loaded")
        self.refresh()
        self._check_needs(found, on)
        choice = db.session().get(PluginSwitch, name) or PluginSwitch(name=name)
        choice.enabled = on
        db.session().add(choice)
        pagecache.purge(pagecache.SITE)

    def _check_needs(self, found: Found, on: bool) -> None:
        if on:
            missing = [need for need in (found.plugin.requires if found.plugin else ()) if need not in self._enabled]
        else:
            missing = [
                other.name
                for other in self.plugins
                if other.name in self._enabled and other.plugin and found.name in other.plugin.requires
            ]
        if missing:
            raise PluginProblem(", ".join(missing), code="plugin-needs" if on else "plugin-needed")

    def implementations(self, hook: str, *, everyone: bool = False) -> Iterator[tuple[Found, Any]]:
        """Return (plugin, implementation) in call order, of those enabled, or of everyone loaded."""
        if everyone:
            return iter(self._answering(hook, everyone=True))
        self.refresh()
        if hook not in self._kept:
            self._kept[hook] = self._answering(hook, everyone=False)
        return iter(self._kept[hook])

    def _answering(self, hook: str, *, everyone: bool) -> list[tuple[Found, Any]]:
        by_name = {impl.plugin_name: impl for impl in getattr(self.manager.hook, hook).get_hookimpls()}
        plugins = sorted((found for found in self.plugins if found.module), key=self._place)
        return [
            (found, by_name[found.name])
            for found in [*self.features, *plugins]
            if found.name in by_name and (everyone or self.is_enabled(found.name))
        ]

    def collect(self, hook: str, **arguments: Any) -> list[Any]:
        """Call a display hook on everyone enabled, each by itself: who fails is logged by name and left out."""
        results: list[Any] = []
        for found, impl in self.implementations(hook):
            started = time.perf_counter()
            try:
                answer = _call(impl, arguments)
                if answer is not None:
                    results.extend(list(answer) if isinstance(answer, Iterable) else [answer])
            except (Exception, SystemExit):
                if found.core:
                    raise
                log.exception("hook failed", hook=hook, plugin=found.name)
                db.session().rollback()
            if (spent := time.perf_counter() - started) > SLOW_SECONDS:
                log.warning("slow hook", hook=hook, plugin=found.name, seconds=round(spent, 3))
        return results

    def call(self, hook: str, **arguments: Any) -> list[Any]:
        """Call a writing hook on everyone enabled; the first failure is the caller's."""
        return [_call(impl, arguments) for _, impl in self.implementations(hook)]

    def gather(self, hook: str) -> Iterator[tuple[Found, Any]]:
        """Call a start-up hook on everyone loaded; a plugin that fails is set aside, a core feature raises."""
        for found, impl in list(self.implementations(hook, everyone=True)):
            try:
                items = list(_call(impl, {}))
            except (Exception, SystemExit) as error:
                if found.core:
                    raise
                self.set_aside(found.name, error)
                continue
            for item in items:
                yield found, item


def _call(impl: Any, arguments: dict[str, Any]) -> Any:
    return impl.function(**{name: arguments[name] for name in impl.argnames})


def host() -> PluginHost:
    """Return the running application's plugin host."""
    found: PluginHost = current_app.extensions["unionhall.host"]
    return found


def collect(hook: str, **arguments: Any) -> list[Any]:
    """Short for `host().collect(...)`."""
    return host().collect(hook, **arguments)
