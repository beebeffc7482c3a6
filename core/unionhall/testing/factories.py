"""Factories: orgs, accounts, sections and articles, made through the services that the site uses."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from unionhall.accounts import administration, passwords
from unionhall.accounts.models import Account, LoginSession
from unionhall.accounts.sessions import actor_of, cookie_name
from unionhall.base import clock, db
from unionhall.base.crypto import new_token, token_hash
from unionhall.hooks.types import SYSTEM, Actor, Role
from unionhall.media.models import Asset
from unionhall.members import identity
from unionhall.members.models import Member, Membership, Status
from unionhall.news import editing, publishing, review
from unionhall.news.content import BylineLine, Content
from unionhall.news.models import Article, ReviewStep, Section, State
from unionhall.news.rights import REVIEW
from unionhall.orgs import queries as orgs
from unionhall.orgs.models import Org, OrgKind
from unionhall.orgs.services import OrgFields, create_org
from unionhall.platform import pagecache

PASSWORD = "四季常青的那棵树"  # noqa: S105 - of test accounts only


class Make:
    """Makes things inside the unit of work that is open; names count up, so that nothing is random."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def number(self) -> int:
        """Return the next number, which nothing else gets."""
        return next(self._numbers)

    def go_on(self, number: int) -> None:
        """Go on counting after this number: what was made up to it is there."""
        self._numbers = count(number + 1)

    @property
    def root(self) -> Org:
        """Return the site's root org."""
        return orgs.root()

    def org(self, parent: Org | None = None, kind: OrgKind = OrgKind.CITY, name: str = "", **fields: Any) -> Org:
        """Return a new org below `parent` (the root unless given)."""
        label = name or f"测试工会{next(self._numbers)}"
        return create_org(parent or self.root, OrgFields(name=label, short_name=label, kind=kind, **fields), actor=SYSTEM, now=clock.now())

    def account(self, role: Role | str | None = None, org: Org | None = None, login: str = "", **fields: Any) -> Account:
        """Return a new account, with a grant when a role is given, and PASSWORD as its password."""
        number, place = next(self._numbers), org or self.root
        account = administration.create_account(
            place, login=login or f"person{number}", name=fields.pop("name", f"人员{number}"), actor=SYSTEM, now=clock.now(), **fields
        )
        account.password_hash = passwords.hash_password(PASSWORD)
        if role:
            administration.grant(account, role, place, actor=SYSTEM, now=clock.now())
        db.session().flush()
        return account

    def id_number(self, number: int = 0) -> str:
        """Return a valid resident number that nobody has, of somebody born in May 1988."""
        number = number or next(self._numbers)
        first = f"330199198805{1 + number // 1000 % 28:02d}{number % 1000:03d}"
        return first + identity.check_digit(first)

    def member(
        self, org: Org | None = None, *, name: str = "", id_number: str = "", mobile: str = "", account: Account | bool = False,
        status: Status = Status.ACTIVE, also: tuple[Org, ...] = (), **fields: Any,
    ) -> Member:
        """Return a member of the org's roster; `account=True` activates them with a new account, `also` are secondary unions."""
        number, now, place = next(self._numbers), clock.now(), org or self.root
        id_number, mobile = id_number or self.id_number(), mobile or f"139{number:08d}"
        member = Member(
            org_id=place.id, name=name or f"会员{number}", name_key=f"huiyuan{number}", id_sealed=identity.seal_id(id_number),
            id_hash=identity.id_hash(id_number), mobile_sealed=identity.seal_mobile(mobile), mobile_hash=identity.mobile_hash(mobile),
            created_at=now, updated_at=now, **fields,
        )  # fmt: skip
        if account:
            given = account if isinstance(account, Account) else self.account(org=place, name=member.name)
            member.account_id, member.activated_at = given.id, now
        db.session().add(member)
        db.session().flush()
        day = clock.local_day(now)
        for union, primary in [(place, True), *((other, False) for other in also)]:
            row = {"status": status if primary else Status.ACTIVE, "joined_on": day, "created_at": now, "updated_at": now}
            db.session().add(Membership(member_id=member.id, org_id=union.id, is_primary=primary, **row))
        db.session().flush()
        return member

    def actor(self, role: Role, org: Org | None = None) -> Actor:
        """Return the actor that a new account with this role is."""
        return actor_of(self.account(role, org), clock.now())

    def actor_of(self, account: Account) -> Actor:
        """Return the actor that an account is now."""
        return actor_of(account, clock.now())

    def section(self, *, name: str = "", slug: str = "", steps: tuple[tuple[str, str], ...] = (("审核", REVIEW),)) -> Section:
        """Return a new section; `steps` are (name, permission)."""
        number = next(self._numbers)
        section = Section(slug=slug or f"section-{number}", name=name or f"栏目{number}", position=number)
        section.steps = [ReviewStep(position=at, label=label, permission=kind) for at, (label, kind) in enumerate(steps)]
        db.session().add(section)
        db.session().flush()
        pagecache.purge(pagecache.SITE)
        return section

    def content(self, headline: str = "", **fields: Any) -> Content:
        """Return content that may be published."""
        filled: dict[str, Any] = {
            "headline": headline or f"标题{next(self._numbers)}", "body": "<p>正文第一段。</p><p>正文第二段。</p>",
            "bylines": (BylineLine("reporter", ("林晓棠",)),), "summary": "一句话摘要。",
        }
        return Content(**(filled | fields))

    def picture(self, org: Org | None = None, **fields: Any) -> Asset:
        """Return a picture in the library, with WebP renditions and without its files."""
        number, now = next(self._numbers), clock.now()
        filled: dict[str, Any] = {
            "org_id": (org or self.root).id, "stem": f"{number:032x}", "extension": "jpg", "mime": "image/jpeg", "width": 1600,
            "height": 1000, "bytes": 1, "sha256": f"{number:064x}", "renditions": {"480.webp": 1, "960.webp": 1},
            "file_name": f"图{number}.jpg", "version": 1, "created_at": now, "updated_at": now,
        }  # fmt: skip
        asset = Asset(**(filled | fields))
        db.session().add(asset)
        db.session().flush()
        return asset

    def article(
        self, org: Org | None = None, section: Section | None = None, author: Account | None = None,
        state: State = State.DRAFT, content: Content | None = None,
    ) -> Article:
        """Return an article that came to its state the ordinary way."""
        now, place = clock.now(), org or self.root
        section = section or db.session().scalars(select(Section).order_by(Section.id)).first() or self.section()
        writer = actor_of(author, now) if author else SYSTEM
        article = editing.create_article(place, section, content or self.content(), actor=writer, now=now)
        if state is State.ARCHIVED:
            state = State.PUBLISHED
            self._bring(article, state)
            publishing.archive(article, actor=SYSTEM, now=now)
            return article
        self._bring(article, state)
        return article

    def _bring(self, article: Article, state: State) -> None:
        now = clock.now()
        if state is State.DRAFT:
            return
        review.submit(article, actor=SYSTEM, now=now)
        if state is State.SUBMITTED:
            return
        if state is State.RETURNED:
            review.give_back(article, reason="请补充数字来源。", actor=SYSTEM, now=now)
            return
        while article.state == State.SUBMITTED:
            review.pass_step(article, revision_id=article.head_id or 0, actor=SYSTEM, now=now)
        if state is State.SCHEDULED:
            publishing.schedule(article, publish_at=now + timedelta(hours=1), actor=SYSTEM, now=now)
        elif state is not State.APPROVED:
            self._show(article, state)

    def _show(self, article: Article, state: State) -> None:
        now = clock.now()
        publishing.publish(article, actor=SYSTEM, now=now)
        if state is State.CORRECTED:
            editing.save(article, self.content("更正后的标题"), base_id=article.head_id or 0, actor=SYSTEM, now=now)
            publishing.correct(article, note="标题更正。", revision_id=article.head_id or 0, actor=SYSTEM, now=now)
        elif state is State.WITHDRAWN:
            publishing.withdraw(article, reason="事实有误，正在核实。", actor=SYSTEM, now=now)


def log_in(client: FlaskClient, account_id: int, *, strong: bool = False) -> None:
    """Give the test client a session of this account, without the password's cost."""
    now, token = clock.now(), new_token()
    with client.application.app_context(), db.unit_of_work() as session:
        session.add(
            LoginSession(
                account_id=account_id, token_hash=token_hash(token), started_at=now, seen_at=now, strong=strong,
                expires_at=now + timedelta(hours=12), address="127.0.0.1", agent="test",
            )
        )
        name = cookie_name()
    client.set_cookie(name, token)
