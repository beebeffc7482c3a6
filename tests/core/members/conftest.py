"""A roster with somebody on it, a house with two unions, text messages that are read instead of sent."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from unionhall.base import clock
from unionhall.base.crypto import unseal
from unionhall.hooks.people import Channel
from unionhall.hooks.types import Role
from unionhall.members import identity
from unionhall.members.imports import running
from unionhall.members.imports.models import ImportLine, RosterImport
from unionhall.members.models import Member
from unionhall.orgs.models import OrgKind
from unionhall.platform import channels
from unionhall.platform.access import unscoped
from unionhall.platform.outbox import OutboxMessage

NAME, MOBILE = "何秀英", "13800002617"


@pytest.fixture(autouse=True)
def sms_channel(app, monkeypatch):
    """A site that can send text messages; nothing leaves it."""
    known = {"sms": Channel("sms", "短信", lambda message, key: "")}
    monkeypatch.setitem(app.extensions, "unionhall.channels", lambda: known)


@pytest.fixture
def number(make):
    """The identity number of the one on the roster."""
    return make.id_number(907)


@pytest.fixture
def member(work, make, number):
    """Somebody on the roster of a district's union, not activated."""
    with work():
        return make.member(make.org(name="青禾第二纺织厂工会"), name=NAME, id_number=number, mobile=MOBILE).id


@pytest.fixture
def load(work):
    """Return `load(member_id)`: the row as it is now, detached."""

    def one(member_id):
        with work() as session:
            found = session.scalars(unscoped(select(Member).where(Member.id == member_id), why="test")).one()
            session.expunge_all()
        return found

    return one


@pytest.fixture
def texts(work):
    """Return `texts()`: (number, text) of every text message that waits to be sent to somebody."""

    def waiting():
        with work() as session:
            found = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == channels.TOPIC).order_by(OutboxMessage.id))
            opened = [json.loads(unseal(channels.SEALED, item.payload["sealed"])) for item in found]
        return [(item["to"], item["text"]) for item in opened if item["to"]]

    return waiting


@pytest.fixture
def code(texts):
    """Return `code()`: the one in the latest text message."""
    return lambda: re.search(r"\d{6}", texts()[-1][1]).group()


@pytest.fixture
def claim(post, number):
    """Return `claim(client, **changes)`, which fills in the form of activation."""

    def send(client, **changes):
        filled = {"name": NAME, "id_number": number, "mobile": MOBILE, "agree": "y"} | changes
        return post(client, "/activate", **{name: value for name, value in filled.items() if value is not None})

    return send


@pytest.fixture
def activated(app, claim, post, code, member):
    """A browser whose owner has just been activated."""
    client = app.test_client()
    claim(client)
    assert post(client, "/activate/code", code=code()).status_code == 303
    return client


@pytest.fixture
def prove(post, code):
    """Return `prove(client)`, which proves by a code who one is."""

    def send(client):
        post(client, "/my/confirm/send")
        assert post(client, "/my/confirm/code", code=code()).status_code == 303

    return send


@pytest.fixture
def house(work, make):
    """A district with two works unions below it, and a neighbour; each with an administrator."""
    with work():
        city = make.org()
        district, other = make.org(city, OrgKind.DISTRICT, "青川区总工会"), make.org(city, OrgKind.DISTRICT, "邻水区总工会")
        one, two = make.org(district, OrgKind.ENTERPRISE, "青川制药工会"), make.org(district, OrgKind.ENTERPRISE, "青川电机工会")
        admins = {org.name[:2] + org.name[2:4]: make.account(Role.ORG_ADMIN, org).id for org in (district, other, one, two)}
        return SimpleNamespace(
            city=city.id, district=district.id, other=other.id, one=one.id, two=two.id, admin=admins["青川区总"], neighbour=admins["邻水区总"],
            one_admin=admins["青川制药"], two_admin=admins["青川电机"], auditor=make.account(Role.AUDITOR, district).id,
        )  # fmt: skip


@pytest.fixture
def send(house) -> Callable[..., str]:
    """Return `send(browser, data, name)`: upload a file, get the import's address."""

    def upload(browser: Any, data: bytes, name: str = "名册.xlsx", org: int | None = None) -> str:
        values = {"org_id": str(org or house.district), "file": (io.BytesIO(data), name)}
        answer = browser.client.post(
            "/desk/members/imports/new", data={"csrf_token": browser.token(), **values}, content_type="multipart/form-data"
        )
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return str(answer.location)

    return upload


@pytest.fixture
def worker(app) -> Callable[[], None]:
    """Return a function that does what waits."""

    def go() -> None:
        with app.app_context():
            running.work(clock.now())

    return go


@pytest.fixture
def state(work) -> Callable[[str], Any]:
    """Return `state(address)`: an import as it stands, with its lines."""

    def read(address: str) -> Any:
        number = int(address.rstrip("/").rpartition("/")[2])
        with work() as session:
            found = session.scalars(unscoped(select(RosterImport).where(RosterImport.id == number), why="test")).one()
            lines = session.scalars(select(ImportLine).where(ImportLine.import_id == number).order_by(ImportLine.line, ImportLine.id))
            return SimpleNamespace(
                id=found.id, state=found.state, counts=dict(found.counts), error=found.error, token=found.token, mapping=dict(found.mapping),
                lines=[(line.line, line.outcome, line.field, line.code) for line in lines],
            )  # fmt: skip

    return read


@pytest.fixture
def roster(work) -> Callable[[], dict[str, Any]]:
    """Return `roster()`: {name: (org id, employer, mobile, version)} of everybody."""

    def read() -> dict[str, Any]:
        with work() as session:
            people = session.scalars(unscoped(select(Member), why="test"))
            return {each.name: (each.org_id, each.employer, identity.open_mobile(each.mobile_sealed), each.version) for each in people}

    return read


@pytest.fixture
def everybody(work) -> Callable[[], int]:
    """Return how many people are on the roster."""

    def count() -> int:
        with work() as session:
            return len(session.scalars(unscoped(select(Member.id), why="test")).all())

    return count
