"""Setting a site up: tables, root org, first section, first administrator, demo content."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.accounts import administration
from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import SYSTEM
from unionhall.host import lifecycle, migrations
from unionhall.host.assets import absolute
from unionhall.host.registry import host
from unionhall.members import demo as members
from unionhall.news.models import ReviewStep, Section
from unionhall.news.rights import REVIEW
from unionhall.notices import demo as notices
from unionhall.orgs import queries as orgs
from unionhall.orgs.models import OrgKind
from unionhall.orgs.services import OrgFields, found_root
from unionhall.platform import audit
from unionhall.platform.access import unscoped

DEMO_LOGINS = (
    "editor", "correspondent", "chief", "orgadmin", "clerk", "auditor", "admin", "member", "member2", "neighbour", "officer", "cityadmin",
    "finance",
)  # fmt: skip


def set_up(org_name: str, kind: OrgKind = OrgKind.PROVINCE) -> None:
    """Create tables and what every site starts with; harmless when called again."""
    migrations.upgrade()
    with db.unit_of_work() as session:
        found_root(OrgFields(name=org_name, short_name=org_name, kind=kind, slug="zong"), now=clock.now())
        if session.scalar(select(Section.id).limit(1)) is None:
            section = Section(slug="news", name=_("要闻"), name_en="News", position=1)
            section.steps = [ReviewStep(position=0, label=_("审核"), permission=REVIEW)]
            session.add(section)


def first_administrator_link(login: str) -> str:
    """Return the one-time address where the first system administrator sets a password (valid 72 h)."""
    with db.unit_of_work():
        path = administration.first_administrator(orgs.root(), login=login, name=login, now=clock.now())
    return absolute(path)


def load_demo() -> list[str]:
    """Load the demo once into an empty site; returns lines that name the demo accounts and who may activate. Raises RuleBroken."""
    with db.unit_of_work() as session:
        known = session.scalar(unscoped(select(Account.id).where(Account.login_key == "editor"), why="demo"))
        if known is None:
            if session.scalar(unscoped(select(Account.id).limit(1), why="demo")) is not None:
                raise RuleBroken(_("演示内容只能装进空站点，这里已经有账号了。"))
            _fill(clock.now())
    return [
        _("演示账号（密码是 demo-加登录名）：%(logins)s", logins=" ".join(DEMO_LOGINS)),
        _("还没激活的会员，可以在 /activate 试：%(name)s，证件号码 %(number)s，手机 %(mobile)s。验证码写在 instance/messages 里。",
          **members.waiting()),
    ]


def _enable_bundled(now: datetime) -> None:
    """Switch on the plugins that come with this distribution, those that others need first."""
    waiting = [found for found in host().plugins if found.distribution == "unionhall" and found.plugin]
    while ready := [found for found in waiting if found.plugin and all(host().is_switched_on(need) for need in found.plugin.requires)]:
        for found in ready:
            lifecycle.enable(found.name, actor=SYSTEM, now=now)
        waiting = [found for found in waiting if found not in ready]


def _fill(now: datetime) -> None:
    _enable_bundled(now)
    host().call("unionhall_demo", now=now)
    notices.settle(now)
    audit.record("site.demo_loaded", "site", actor=SYSTEM, now=now)
