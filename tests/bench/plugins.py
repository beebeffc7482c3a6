"""What enabled plugins cost an article that is rendered anew: none, then twenty, on the same site in the same run.

Each of the twenty does what a usual plugin does on a page that is not its own: it has an entry in the main menu and in the desk, is
asked for the slot below the article and fills it in one case of five, counts views, offers search, feed, sitemap, cards and a job.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import measuring
import sqlalchemy as sa

NUMBER, TARGET = 20, 1.2
SOURCE = '''
from datetime import timedelta
from flask import Blueprint
from markupsafe import Markup
from unionhall.plugin import Card, Job, NavItem, Permission, Plugin, Role, fills, hookimpl, needs
PLUGIN = Plugin("{name}", "{name}", "For the benchmark.")
site, desk = Blueprint("{name}", __name__), Blueprint("{name}_desk", __name__)
site.add_url_rule("/", "page", lambda: "page")
desk.add_url_rule("/", "page", needs("{name}.read")(lambda: "page"))
@hookimpl
def unionhall_site_blueprints(): return [site]
@hookimpl
def unionhall_desk_blueprints(): return [desk]
@hookimpl
def unionhall_permissions(): return [Permission("{name}.read", "{name}", (Role.ORG_ADMIN,))]
@hookimpl
def unionhall_navigation(area, actor):
    if area == "main": yield NavItem("{name}", "/{name}/", order=500)
@hookimpl
@fills("news_article_end")
def unionhall_slot(slot, page):
    return [Markup('<aside class="panel">{name}</aside>')] if slot == "news_article_end" and {fills} else []
@hookimpl
def unionhall_home_blocks(now): return []
@hookimpl
def unionhall_member_cards(person): return []
@hookimpl
def unionhall_sitemap(now): return []
@hookimpl
def unionhall_feed(now, limit): return []
@hookimpl
def unionhall_jobs(): return [Job("{name}.tick", "{name}", timedelta(days=1), lambda now: None)]
'''


def write(folder: Path) -> list[str]:
    """Write twenty installed distributions into a folder; returns the plugins' names."""
    names = [f"bench{number:02}" for number in range(1, NUMBER + 1)]
    for number, name in enumerate(names):
        package, about = folder / f"unionhall_{name}", folder / f"unionhall_{name}-1.0.dist-info"
        package.mkdir(parents=True)
        about.mkdir()
        (package / "__init__.py").write_text('"""For the benchmark."""\n')
        (package / "plugin.py").write_text(SOURCE.format(name=name, fills=number % 5 == 0))
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: unionhall-{name}\nVersion: 1.0\nRequires-Dist: unionhall>=0.1\n")
        (about / "entry_points.txt").write_text(f"[unionhall.plugins]\n{name} = unionhall_{name}.plugin\n")
    return names


@contextmanager
def installed(folder: Path) -> Iterator[list[str]]:
    """Put the twenty on the path of every process that is started within."""
    before = os.environ["PYTHONPATH"]
    names = write(folder)
    os.environ["PYTHONPATH"] = f"{folder}{os.pathsep}{before}"
    try:
        yield names
    finally:
        os.environ["PYTHONPATH"] = before


def run(table: Any, place: Path, requests: list[bytes], serving: Callable[..., Any], seconds: float, say: Callable[[str], None]) -> None:
    """Measure an uncached article with no plugin enabled, and with twenty, in turns; a turn each way evens out what the machine does."""
    costs: dict[bool, list[float]] = {False: [], True: []}
    with installed(place / "plugins") as names:
        for turn in (False, True, True, False):
            _switch(place, names, on=turn)
            with serving(place, PAGE_CACHE_MB="0") as (root, port, _cold):
                measuring.measure(root, port, requests, seconds=1.0)
                cost = measuring.measure(root, port, requests, seconds=seconds)
            costs[turn].append(cost.cpu)
            table.line(f"article, uncached, {NUMBER if turn else 0} of {NUMBER} plugins enabled", cost)
    ratio = sum(costs[True]) / sum(costs[False])
    say(f"{f'an article with {NUMBER} enabled plugins (≤ {TARGET} × none)':52}{ratio:9.2f} ×")


def _switch(place: Path, names: list[str], *, on: bool) -> None:
    """Enable or disable all of them by the command that an administrator uses, once each way."""
    environment = os.environ | {"UNIONHALL_INSTANCE": str(place)}
    engine = sa.create_engine(f"sqlite:///{place / 'unionhall.sqlite3'}")
    with engine.connect() as connection:
        enabled = set(connection.execute(sa.text("SELECT name FROM host_plugin WHERE enabled")).scalars())
    engine.dispose()
    if wanted := [name for name in names if (name in enabled) is not on]:
        command = [sys.executable, "-m", "unionhall", "plugins", "enable" if on else "disable", *wanted]
        subprocess.run(command, env=environment, check=True, capture_output=True)
