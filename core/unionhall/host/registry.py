"""The plugin host: what is loaded, what is live, and the calls that reach both."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pluggy
import structlog
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from unionhall.base import db
from unionhall.base.errors import PluginProblem
from unionhall.hooks import specs
from unionhall.hooks.markers import PROJECT
from unionhall.host import switching, truth
from unionhall.host.conduct import Conduct
from unionhall.host.discovery import Found
from unionhall.host.fitting import fitting
from unionhall.host.revisions import Revision, after, chain
from unionhall.host.status import Status, statuses
from unionhall.host.truth import Truth

SAFE = "UNIONHALL_SAFE"
FILLS = "unionhall_fills"
SILENCED = frozenset({
    "unionhall_navigation", "unionhall_dashboard_cards", "unionhall_home_blocks", "unionhall_member_cards", "unionhall_slot",
    "unionhall_sitemap", "unionhall_feed", "unionhall_api_counts",
})  # fmt: skip
log = structlog.get_logger("unionhall.host")
_T = TypeVar("_T")


@dataclass
class _Kept:
    """What follows from one truth: who is live, and who answers each hook."""

    truth: Truth
    live: frozenset[str]
    quarantined: frozenset[str]
    answering: dict[tuple[str, str], list[tuple[Found, Any]]] = field(default_factory=dict)


class PluginHost:
    """Holds every loaded plugin and calls their hooks: core features first, then plugins in the site's order."""

    def __init__(self, features: Iterable[Found], plugins: Iterable[Found], *, safe: bool = False) -> None:
        self.manager = pluggy.PluginManager(PROJECT)
        self.manager.add_hookspecs(specs)
        self.safe = safe
        self.features = list(features)
        self.plugins: list[Found] = []
        self.conduct = Conduct()
        for found in self.features:
            self.manager.register(found.module, name=found.name)
        for found in plugins:
            self.plugins.append(self._register(found))
        self._depths = _depths(self.plugins)
        self._items: dict[tuple[str, str], list[Any]] = {}
        self._chains = {found.name: chain(found.folder / "migrations") for found in self.plugins if found.folder}
        self._core = frozenset(found.name for found in self.features)
        self._kept = _Kept(Truth(), frozenset(), frozenset())

    def _register(self, found: Found) -> Found:
        if found.module is None:
            return found
        try:
            for name, module in _modules(found):
                self.manager.register(module, name=name)
            self.manager.check_pending()
        except (pluggy.PluginValidationError, PluginProblem, ValueError) as error:
            self._unregister(found)
            log.exception("plugin refused", plugin=found.name)
            return found.failed(error)
        return found

    def _unregister(self, found: Found) -> None:
        for name, _module in _modules(found):
            with suppress(Exception):
                self.manager.unregister(name=name)

    def set_aside(self, name: str, error: BaseException) -> None:
        """Take a plugin out that was refused or failed while being mounted; the rest goes on."""
        log.error("plugin set aside", plugin=name, error=repr(error))
        for found in self.plugins:
            if found.name == name:
                self._unregister(found)
        self._kept = _Kept(Truth(), frozenset(), frozenset())
        self.plugins = [found.failed(error) if found.name == name else found for found in self.plugins]

    def loaded(self) -> list[Found]:
        """Return features and loaded plugins, in call order as far as it is known before the database is."""
        plugins = (found for found in self.plugins if found.module is not None)
        return [*self.features, *sorted(plugins, key=lambda found: _place(found, {}, self._depths))]

    def chain(self, name: str) -> tuple[Revision, ...]:
        """Return a plugin's migrations, oldest first."""
        return self._chains.get(name, ())

    def refresh(self) -> None:
        """Read again who is enabled, at most once a second; without a database what was known stands."""
        self._now()

    def _now(self) -> _Kept:
        if not self.plugins:
            return self._kept
        try:
            found = truth.now(name for name, every in self._chains.items() if every)
        except SQLAlchemyError:
            if db.is_writing():
                raise
            db.session().rollback()
            log.warning("enabled set could not be read")
            return self._kept
        kept = self._kept
        if kept.truth is found or kept.truth == found:
            return kept
        kept = self._following(found)
        if not db.is_writing():
            self._kept = kept
        return kept

    def _following(self, found: Truth) -> _Kept:
        """Live is who is enabled and loaded, whose tables are as new as its code, and whose needs are live."""
        wanted = [item for item in self.plugins if item.plugin and item.module and item.name in found.enabled]
        fit = {item.name: item.plugin for item in wanted if after(self.chain(item.name), found.applied.get(item.name)) == ()}
        while lacking := [name for name, plugin in fit.items() if plugin and not set(plugin.requires) <= set(fit)]:
            for name in lacking:
                del fit[name]
        held = frozenset(item.name for item in self.plugins if found.quarantined.get(item.name) == item.version)
        return _Kept(found, frozenset(fit), held)

    def is_enabled(self, name: str) -> bool:
        """Say whether hooks and pages of this feature or plugin are live."""
        return name in self._core or name in self._now().live

    def is_switched_on(self, name: str) -> bool:
        """Say whether the site wants this plugin, live or not."""
        return name in self._now().truth.enabled

    def is_quarantined(self, name: str) -> bool:
        """Say whether a plugin's display hooks are silent because they failed or were slow too often."""
        return name in self._now().quarantined or self.conduct.is_held(name)

    def not_live(self, found: Found) -> list[str]:
        """Return the plugins that this one needs and that do not work."""
        live = self._now().live
        return [need for need in (found.plugin.requires if found.plugin else ()) if need not in live]

    def label(self, name: str) -> str:
        """Return what people call a plugin; its name when it is not loaded."""
        return next((str(found.plugin.label) for found in self.plugins if found.name == name and found.plugin), name)

    def statuses(self) -> list[Status]:
        """Return every plugin found or left behind, with its state, reason and remedy, in the site's order."""
        return statuses(self)

    def place(self, found: Found) -> tuple[int, int, str]:
        """Return what plugins are sorted by: the site's order, then who is needed before who needs it, then the name."""
        return _place(found, self._now().truth.places, self._depths)

    def switch(self, name: str, *, on: bool) -> None:
        """Switch a row, without migrations, permission or audit (see `lifecycle`). Raises PluginProblem when a need is missing."""
        found = next((found for found in self.plugins if found.name == name), None)
        if found is None or found.plugin is None:
            raise PluginProblem(_("没有安装叫“%(name)s”的插件，或者它没有载入。", name=name), code="plugin-not-loaded")
        self.check_needs(found, on=on)
        switching.note(name, on=on, distribution=found.distribution)

    def check_needs(self, found: Found, *, on: bool) -> None:
        """Raise PluginProblem when a plugin lacks what it needs, or is needed by one that is enabled."""
        enabled = self._now().truth.enabled
        if on:
            missing = [need for need in (found.plugin.requires if found.plugin else ()) if need not in enabled]
            if missing:
                names = "、".join(self.label(name) for name in missing)
                told = _("“%(name)s”需要先启用：%(names)s。", name=self.label(found.name), names=names)
                raise PluginProblem(told, code="plugin-needs")
            return
        users = [item for item in self.plugins if item.name in enabled and item.plugin and found.name in item.plugin.requires]
        if users:
            names = "、".join(self.label(item.name) for item in users)
            told = _("“%(name)s”正被别的插件使用，请先停用：%(names)s。", name=self.label(found.name), names=names)
            raise PluginProblem(told, code="plugin-needed")

    def implementations(self, hook: str, *, slot: str = "", everyone: bool = False) -> Iterator[tuple[Found, Any]]:
        """Return (plugin, implementation) in call order, of those that are live and fill a slot, or of everyone loaded."""
        if everyone:
            return iter(self._answering(hook, None))
        kept, key = self._now(), (hook, slot)
        if key not in kept.answering:
            found = self._answering(hook, kept)
            kept.answering[key] = [(owner, impl) for owner, impl in found if not slot or slot in getattr(impl.function, FILLS, (slot,))]
        return iter(kept.answering[key])

    def _answering(self, hook: str, kept: _Kept | None) -> list[tuple[Found, Any]]:
        by_name = {impl.plugin_name: impl for impl in getattr(self.manager.hook, hook).get_hookimpls()}
        places = kept.truth.places if kept else {}
        plugins = sorted((found for found in self.plugins if found.module), key=lambda found: _place(found, places, self._depths))
        return [
            (found, by_name[name])
            for found in [*self.features, *plugins]
            if found.core or kept is None or found.name in kept.live
            for name, _module in _modules(found)
            if name in by_name
        ]

    def collect(self, hook: str, **arguments: Any) -> list[Any]:
        """Call a display hook on everyone live, each by itself: who fails is logged by name, counted and left out."""
        results: list[Any] = []
        for found, impl in self.implementations(hook, slot=arguments.get("slot", "")):
            if found.core:
                results.extend(_listed(call_one(impl, arguments)))
            elif hook not in SILENCED or not self._silent(found.name):
                answer, _failed = self.isolated(found.name, hook, lambda impl=impl: fitting(hook, _listed(call_one(impl, arguments))))  # type: ignore[misc]
                results.extend(answer or ())
        return results

    def _silent(self, name: str) -> bool:
        return name in self._kept.quarantined or self.conduct.is_held(name)

    def isolated(self, owner: str, what: str, ask: Callable[[], _T]) -> tuple[_T | None, bool]:
        """Ask something for display: returns (answer, False), or (None, True) when it failed; counted against its plugin.

        In a unit of work that writes, only what was asked is taken back. Nothing but an interruption from outside gets through.
        """
        started, failed = time.perf_counter(), False
        try:
            with db.session().begin_nested() if db.is_writing() else nullcontext():
                return ask(), False
        except KeyboardInterrupt:
            raise
        except BaseException:
            failed = True
            log.exception("hook failed", hook=what, plugin=owner)
            if not db.is_writing():
                db.session().rollback()
            return None, True
        finally:
            if owner not in self._core:
                self.conduct.note(self, owner, what, time.perf_counter() - started, failed=failed)

    def silenced(self, hook: str, *, slot: str = "") -> list[str]:
        """Return the labels of plugins that would answer a display hook and are in quarantine, for a notice to editors."""
        held = (found.name for found, _impl in self.implementations(hook, slot=slot) if not found.core and self.is_quarantined(found.name))
        return [self.label(name) for name in dict.fromkeys(held)]

    def is_core(self, name: str) -> bool:
        """Say whether a name is a core feature's, and no plugin's."""
        return name in self._core

    def version(self, name: str) -> str:
        """Return a plugin's version, "" of one that is not installed."""
        return next((found.version for found in self.plugins if found.name == name), "")

    def call(self, hook: str, **arguments: Any) -> list[Any]:
        """Call a writing hook on everyone live; the first failure is the caller's."""
        return [call_one(impl, arguments) for _, impl in self.implementations(hook)]

    def items(self, found: Found, hook: str) -> list[Any]:
        """Return what a feature or plugin says to a hook without arguments; a plugin is asked once."""
        key = (found.name, hook)
        if found.core or key not in self._items:
            impls = {impl.plugin_name: impl for impl in getattr(self.manager.hook, hook).get_hookimpls()}
            said = [item for name, _module in _modules(found) if name in impls for item in _listed(call_one(impls[name], {}))]
            if found.core:
                return said
            self._items[key] = said
        return self._items[key]

    def implements(self, found: Found, hook: str) -> bool:
        """Say whether a feature or plugin implements a hook."""
        return any(hasattr(module, hook) for _name, module in _modules(found))

    def gather(self, hook: str) -> Iterator[tuple[Found, Any]]:
        """Call a start-up hook on everyone loaded; a plugin that fails is set aside, a core feature raises."""
        for found in self.loaded():
            try:
                items = self.items(found, hook)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                if found.core:
                    raise
                self.set_aside(found.name, error)
                continue
            for item in items:
                yield found, item


def _modules(found: Found) -> list[tuple[str, Any]]:
    """Return (name it is registered by, module) of a plugin's own module, then of its parts."""
    parts = [(f"{found.name}/{place}", module) for place, module in enumerate(found.parts)]
    return [(found.name, found.module), *parts] if found.module else []


def _depths(plugins: Iterable[Found]) -> dict[str, int]:
    """Return how many plugins stand below each: {"stations": 0, "rewards": 1}; who needs each other in a circle stands at its end."""
    needs = {found.name: set(found.plugin.requires) if found.plugin else set() for found in plugins}
    depths: dict[str, int] = {}
    while ready := [name for name in needs if name not in depths and all(need in depths or need not in needs for need in needs[name])]:
        depths |= {name: 1 + max((depths.get(need, 0) for need in needs[name]), default=-1) for name in ready}
    return {name: depths.get(name, len(needs)) for name in needs}


def _place(found: Found, places: Mapping[str, int], depths: Mapping[str, int]) -> tuple[int, int, str]:
    return places.get(found.name, 100), depths.get(found.name, 0), found.name


def call_one(impl: Any, arguments: dict[str, Any]) -> Any:
    """Call one implementation with those of the arguments that it takes."""
    return impl.function(**{name: arguments[name] for name in impl.argnames})


def _listed(answer: Any) -> list[Any]:
    if answer is None:
        return []
    return list(answer) if isinstance(answer, Iterable) else [answer]


def safe_start() -> bool:
    """Say whether this process was asked to start without plugins."""
    return os.environ.get(SAFE, "") not in {"", "0"}


def host() -> PluginHost:
    """Return the running application's plugin host."""
    found: PluginHost = current_app.extensions["unionhall.host"]
    return found


def is_live(name: str) -> bool:
    """Say whether the pages and hooks of a plugin are live; what one plugin gave another to call is called only then."""
    return host().is_enabled(name)


def collect(hook: str, **arguments: Any) -> list[Any]:
    """Short for `host().collect(...)`."""
    return host().collect(hook, **arguments)


def isolated(name: str, what: str, ask: Callable[[], _T]) -> tuple[_T | None, bool]:
    """Ask a function that a feature or plugin handed over, `name` is what it is registered as ("chapters.card")."""
    return host().isolated(name.partition(".")[0], what, ask)
