"""Where articles from another site belong here: orgs and sections by their addresses, people by login and name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from unionhall.accounts.models import Account
from unionhall.base import db
from unionhall.base.text import fold
from unionhall.hooks.types import Actor
from unionhall.news import references, rights, sections
from unionhall.news.exchange import jsonl
from unionhall.news.models import Section
from unionhall.orgs import queries as orgs
from unionhall.orgs import services as org_services
from unionhall.orgs.models import Org, OrgKind
from unionhall.platform import access


class Places:
    """Looks up, for one unit of work, what lines name; `root` is the address of the other site's root org."""

    def __init__(self, root: str, actor: Actor, now: datetime) -> None:
        self.root, self.actor, self.now = root, actor, now
        self._orgs: dict[str, Org | None] = {}
        self._sections: dict[str, Section | None] = {}
        self._people: dict[tuple[str, str], Account | None] = {}

    def org(self, slug: str | None) -> Org | None:
        """Return the org with this address, or the one that it was merged into; the other root is this one."""
        if slug is None:
            return None
        if slug not in self._orgs:
            found = orgs.root() if slug == self.root else orgs.holder_of_slug(slug)
            self._orgs[slug] = found.merged_into if found is not None and found.merged_into else found
        return self._orgs[slug]

    def writable(self, slug: str) -> Org | None:
        """Return the org if the actor may write and sign off in its name, as one must who brings published articles."""
        found = self.org(slug)
        may = found is not None and all(access.can(self.actor, name, found) for name in (rights.WRITE, rights.SIGN_OFF))
        return found if may else None

    def section(self, slug: str) -> Section | None:
        """Return the section with this address."""
        if slug not in self._sections:
            self._sections[slug] = db.session().scalar(select(Section).where(Section.slug == slug))
        return self._sections[slug]

    def account_of(self, person: jsonl.Person | None) -> int | None:
        """Return whose act something was. Only the system is believed: nobody else writes what other people have done."""
        found = self._account(person) if self.actor.system else None
        return found.id if found is not None else None

    def linked(self, person: jsonl.Person | None, org: Org) -> int | None:
        """Return the account that a byline of this org may lead to."""
        found = self._account(person)
        return found.id if found is not None and references.linkable(found, org, self.actor) else None

    def _account(self, person: jsonl.Person | None) -> Account | None:
        """Return the account with the same login and the same name."""
        if person is None:
            return None
        key = (fold(person.login), person.name)
        if key not in self._people:
            wanted = select(Account).where(Account.login_key == key[0], Account.name == person.name)
            self._people[key] = db.session().scalar(access.unscoped(wanted, why="judged by the caller"))
        return self._people[key]

    def add_org(self, line: jsonl.OrgLine) -> bool:
        """Make an org that is not here, if the actor may; say whether it was made. Raises RuleBroken."""
        parent = self.org(line.parent)
        if self.org(line.slug) is not None or parent is None or line.status == "merged":
            return False
        if not access.can(self.actor, org_services.MANAGE, parent):
            return False
        fields = org_services.OrgFields(
            name=line.name, short_name=line.short_name, kind=OrgKind(line.kind), slug=line.slug, name_en=line.name_en,
            summary=line.summary, address=line.address, phone=line.phone, established_on=line.established_on,
        )  # fmt: skip
        self._orgs[line.slug] = org_services.create_org(parent, fields, actor=self.actor, now=self.now)
        return True

    def add_section(self, line: jsonl.SectionLine) -> bool:
        """Make a section that is not here, if the actor may; say whether it was made. Raises RuleBroken."""
        if self.section(line.slug) is not None or not access.can(self.actor, rights.SECTIONS, access.SITE):
            return False
        fields = sections.SectionFields(line.name, line.slug, line.name_en, line.summary, line.position, line.open, line.steps)
        self._sections[line.slug] = sections.save_section(None, fields, actor=self.actor, now=self.now)
        return True

    def close_org(self, slug: str) -> None:
        """Close an org that was made here and is closed at its source. Raises RuleBroken while orgs below are at work."""
        found = self.org(slug)
        if found is not None and found.active and found.parent is not None:
            org_services.close_org(found, actor=self.actor, now=self.now)
